"""The address of a carrier's tracking page for one parcel."""

from urllib.parse import quote, urlsplit

from checkout_kit.errors import InputError

PLACEHOLDER = "{tracking}"


def tracking_url(template: str, number: str) -> str:
    """The template with the percent-encoded number for its `{tracking}`; empty where either is missing.

    >>> tracking_url("https://track.example/{tracking}", "a bcdef")
    'https://track.example/a%20bcdef'

    Raises:
        InputError: the template is no http(s) address of a host, so that no link can run a script.
    """
    if not template or not number:
        return ""
    parts = urlsplit(template)
    if parts.scheme not in ("http", "https") or not parts.netloc or PLACEHOLDER in parts.netloc:
        remedy = f"write for example https://carrier.example/parcels/{PLACEHOLDER}"
        raise InputError.of(
            "tracking_url", "not the address of a tracking page", found=template, remedy=remedy
        )
    return template.replace(PLACEHOLDER, quote(number, safe=""))
