"""Numbers as merchants typed them, in the decimal and group separators of their shop."""

import re
from decimal import Decimal

from checkout_kit.errors import InputError


def parse_number(text: str, *, decimal: str = ".", group: str = "", path: str = "number") -> Decimal:
    """The number in a text; group separators may only stand between groups of three digits.

    >>> parse_number("12.345,67", decimal=",", group="."), parse_number("12345,67", decimal=",", group=".")
    (Decimal('12345.67'), Decimal('12345.67'))

    Raises:
        InputError: the text is no such number, or a group separator stands where none belongs.
    """
    point = re.escape(decimal)
    whole = r"\d+"
    if group:
        whole = rf"(?:\d{{1,3}}(?:{re.escape(group)}\d{{3}})+|\d+)"
    match = re.fullmatch(rf"\s*(-?)({whole})?(?:{point}(\d*))?\s*", text)
    if match is None or not (match[2] or match[3]):
        example = f"1234{decimal}50"
        raise InputError.of(path, "not a number", found=text, remedy=f"write it as {example}")
    digits = (match[2] or "0").replace(group, "") if group else match[2] or "0"
    return Decimal(f"{match[1]}{digits}.{match[3] or '0'}")


def amount_text(number: Decimal) -> str:
    """A price as a merchant writes it: whole, or with two decimals at least.

    >>> amount_text(Decimal("10.5")), amount_text(Decimal("100")), amount_text(Decimal("1.234"))
    ('10.50', '100', '1.234')
    """
    text = plain(number)
    return f"{text}0" if len(text.partition(".")[2]) == 1 else text


def plain(number: Decimal) -> str:
    """The number without exponent and without needless zeros.

    >>> plain(Decimal("10.50")), plain(Decimal("100")), plain(Decimal("0.00"))
    ('10.5', '100', '0')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
