"""How Stripe is called (form-encoded, one version pinned) and how its refusals are read."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from checkout_kit.adapter import HttpRequest, HttpResponse, Tree
from checkout_kit.errors import InputError, NotFound, Refused, Unavailable

from checkout_kit_stripe_checkout.settings import StripeCheckoutSettings


def call(
    settings: StripeCheckoutSettings,
    path: str,
    form: Mapping[str, object] | None = None,
    *,
    query: Mapping[str, object] | None = None,
    key: str = "",
) -> HttpRequest:
    """A GET, or with a form a POST; with an idempotency key it may be sent again."""
    headers = {
        "authorization": f"Bearer {settings.secret_key.reveal()}",
        "stripe-version": settings.api_version,
    }
    url = f"{settings.api_base}/v1/{path}" + (f"?{urlencode(list(flat(query)))}" if query else "")
    if form is None:
        return HttpRequest(method="GET", url=url, headers=headers)
    headers["content-type"] = "application/x-www-form-urlencoded"
    if key:
        headers["idempotency-key"] = key
    return HttpRequest(
        method="POST",
        url=url,
        headers=headers,
        body=urlencode(list(flat(form))).encode(),
        repeatable=bool(key),
    )


def flat(form: object, name: str = "") -> list[tuple[str, str]]:
    """Nested mappings and lists as Stripe's form names.

    >>> flat({"a": [{"b": 1}], "c": "x"})
    [('a[0][b]', '1'), ('c', 'x')]
    """
    if isinstance(form, Mapping):
        pairs = [(f"{name}[{key}]" if name else str(key), value) for key, value in form.items()]
    elif isinstance(form, list | tuple):
        pairs = [(f"{name}[{i}]", value) for i, value in enumerate(form)]
    else:
        return [(name, str(form))]
    return [found for key, value in pairs for found in flat(value, key)]


def accepted(response: HttpResponse, what: str) -> Tree:
    """The reply's object.

    Raises:
        NotFound: status 404.
        Refused: any other refusal, with Stripe's code and parameter and without its message.
        Unavailable: an answer that is no JSON.
    """
    if response.status == 404:
        raise NotFound(f"Stripe knows no such {what}")
    if not response.is_success:
        raise Refused(f"Stripe refused the {what} with status {response.status}{_reason(response)}")
    try:
        return response.json()
    except InputError as error:
        raise Unavailable(f"Stripe gave no JSON (status {response.status}): {error}") from None


def _reason(response: HttpResponse) -> str:
    try:
        error = response.json()["error"]
        words = [error[name].text("") for name in ("type", "code", "param")]
    except InputError:
        return ""
    said = [word for word in words if re.fullmatch(r"[A-Za-z0-9_.\[\]]{1,80}", word)]
    return f" ({', '.join(said)})" if said else ""


def checked_id(text: str, prefix: str) -> str:
    """An id of Stripe's with this prefix; raises InputError."""
    if not re.fullmatch(rf"{prefix}_[A-Za-z0-9_]{{1,200}}", text):
        raise InputError.of("id", f"not an id of the kind {prefix}_...", found=text[:30])
    return text
