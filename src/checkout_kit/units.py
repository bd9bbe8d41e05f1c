"""Weights in grams and lengths in millimetres, as integers, parsed from what a merchant writes."""

import re
from decimal import ROUND_HALF_UP, Decimal

from attrs import field, frozen, validators

from checkout_kit.errors import InputError

# Source: international avoirdupois pound of 1959 (0.45359237 kg) and inch (25.4 mm), exact by definition.
_GRAMS = {"mg": Decimal("0.001"), "g": Decimal(1), "kg": Decimal(1000), "t": Decimal(1_000_000)}
_GRAMS |= {"lb": Decimal("453.59237"), "oz": Decimal("28.349523125")}
_MILLIMETRES = {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000), "in": Decimal("25.4")}
_MILLIMETRES |= {"ft": Decimal("304.8")}
_QUANTITY = re.compile(r"\s*(\d{1,12}(?:\.\d{1,9})?)\s*([a-z]+)\s*")


def _parse(text: str, units: dict[str, Decimal], *, path: str, what: str) -> int:
    match = _QUANTITY.fullmatch(text)
    if match is None or match[2] not in units:
        known = ", ".join(units)
        raise InputError.of(path, f"not a {what}", found=text, remedy=f"write a number and one of {known}")
    return int((Decimal(match[1]) * units[match[2]]).to_integral_value(ROUND_HALF_UP))


def parse_weight_g(text: str, *, path: str = "weight") -> int:
    """Grams in a weight such as `1.5 kg` or `12 oz`, rounded half-up to a whole gram.

    >>> parse_weight_g("1 kg"), parse_weight_g("12 oz")
    (1000, 340)
    """
    return _parse(text, _GRAMS, path=path, what="weight")


def parse_length_mm(text: str, *, path: str = "length") -> int:
    """Millimetres in a length such as `30 cm` or `12 in`, rounded half-up to a whole millimetre.

    >>> parse_length_mm("30 cm"), parse_length_mm("12 in")
    (300, 305)
    """
    return _parse(text, _MILLIMETRES, path=path, what="length")


@frozen
class Dimensions:
    """The outer box of one unit, in millimetres."""

    length_mm: int = field(validator=validators.gt(0))
    width_mm: int = field(validator=validators.gt(0))
    height_mm: int = field(validator=validators.gt(0))

    @property
    def volume_mm3(self) -> int:
        """The volume of the box in cubic millimetres."""
        return self.length_mm * self.width_mm * self.height_mm
