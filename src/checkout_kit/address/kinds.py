"""What kind of place an address is, as far as its own words tell."""

import re

from checkout_kit.address.value import Address

_US_MILITARY = frozenset({"AA", "AE", "AP"})
# How post office boxes are written in the larger languages of mail. A number or a lone letter must follow, so
# that "9 Postbox Lane" stays a street; short forms count only where a line or a part of it begins.
_BOX = re.compile(
    r"""(?:(?:^|[\s,;(])(?:
        p\.?\s?o\.?\s?box | post(?:al)?\s(?:office\s)?box | gpo\sbox | locked\sbag
      | postfach | postbus | postboks | postlokero | bo[iî]te\spostale | case\spostale
      | apartado\s(?:de\scorreos|postal) | caixa\spostal | casella\spostale
      | skr(?:ytka|\.)\s?poczt(?:owa|\.) | абонентский\sящик | 私書箱 | 邮政信箱 | 郵政信箱 | 사서함
    )|(?:^|[,;(]\s*)(?:pob | b\.?p\.? | apartado | apdo\.? | а/я)
    )\s?(?:n[or°º.]*\s?|\#\s?)?(?:\d|[a-z]\b)""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)


def destination_kinds(address: Address) -> tuple[str, ...]:
    """`military` and `po_box` where the address itself says so; empty proves nothing.

    Whether a home or a business stands there only a validation service can tell.

    >>> destination_kinds(Address(country="US", line1="P.O. Box 12", city="APO", region="AE"))
    ('military', 'po_box')
    """
    lines = f"{address.line1}\n{address.line2}"
    is_box = _BOX.search(lines) is not None
    postal = address.postal_code.strip().upper()
    is_military = (address.country == "US" and address.region.strip().upper() in _US_MILITARY) or (
        address.country == "GB" and postal.startswith("BFPO")
    )
    return tuple(kind for kind, found in (("military", is_military), ("po_box", is_box)) if found)
