"""Converting between our minor units, grams and millimetres and what platforms write instead."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from checkout_kit.errors import InputError
from checkout_kit.money import divide_half_up, exponent
from checkout_kit.units import Dimensions

# Source: international avoirdupois pound of 1959, exact by definition.
_GRAMS: Final = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "t": Decimal(1_000_000),
    "lb": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
_UNIT_NAMES: Final = {
    "grams": "g",
    "gram": "g",
    "kilograms": "kg",
    "kgs": "kg",
    "lbs": "lb",
    "pounds": "lb",
    "ounces": "oz",
    "tonne": "t",
}
# Source: international yard of 1959, exact by definition.
_MILLIMETRES: Final = {
    "mm": Decimal(1),
    "cm": Decimal(10),
    "m": Decimal(1000),
    "in": Decimal("25.4"),
    "ft": Decimal("304.8"),
    "yd": Decimal("914.4"),
}


def to_scale(amount_minor: int, currency: str, decimals: int) -> int:
    """Our minor units as an integer with `decimals` decimals, for platforms with one scale for all.

    Half-up where the platform is coarser than the currency.

    >>> to_scale(1000, "JPY", 2), to_scale(499, "USD", 2), to_scale(1234, "KWD", 2)
    (100000, 499, 123)
    """
    shift = decimals - exponent(currency)
    return amount_minor * 10**shift if shift >= 0 else divide_half_up(amount_minor, 10**-shift)


def from_scale(amount: int, currency: str, decimals: int) -> int:
    """An integer with `decimals` decimals as our minor units, half-up where the currency is coarser.

    >>> from_scale(100000, "JPY", 2), from_scale(499, "USD", 2), from_scale(123, "KWD", 2)
    (1000, 499, 1230)
    """
    shift = exponent(currency) - decimals
    return amount * 10**shift if shift >= 0 else divide_half_up(amount, 10**-shift)


def from_major(amount: Decimal, currency: str) -> int:
    """Major units as minor units, half-up; for platforms that compute in floats and send the tail along.

    >>> from_major(Decimal("49.98"), "USD"), from_major(Decimal("1000.0"), "JPY")
    (4998, 1000)
    """
    return int(amount.scaleb(exponent(currency)).to_integral_value(ROUND_HALF_UP))


def to_major(amount_minor: int, currency: str) -> str:
    """Minor units as plain decimal text in major units.

    >>> to_major(499, "USD"), to_major(1000, "JPY"), to_major(1234, "KWD")
    ('4.99', '1000', '1.234')
    """
    decimals = exponent(currency)
    if decimals == 0:
        return str(amount_minor)
    whole, rest = divmod(abs(amount_minor), 10**decimals)
    return f"{'-' if amount_minor < 0 else ''}{whole}.{rest:0{decimals}}"


def to_grams(value: Decimal, unit: str, *, path: str = "weight") -> int:
    """A weight in any common unit and spelling as whole grams, half-up.

    >>> to_grams(Decimal("0.45"), "kg"), to_grams(Decimal(12), "OZ"), to_grams(Decimal(2), "lbs")
    (450, 340, 907)

    Raises:
        InputError: an unknown unit, or a negative weight.
    """
    name = unit.strip().lower()
    factor = _GRAMS.get(_UNIT_NAMES.get(name, name))
    if factor is None:
        raise InputError.of(path, "unknown unit of weight", found=unit, remedy="use g, kg, t, oz or lb")
    if value < 0:
        raise InputError.of(path, "must not be negative", found=str(value))
    return int((value * factor).to_integral_value(ROUND_HALF_UP))


def to_dimensions(*sides: tuple[Decimal, str], path: str = "dimensions") -> Dimensions | None:
    """The box of one unit from length, width and height with their units; None where a side is 0, not known.

    Half-up to whole millimetres, and never to nothing.

    >>> to_dimensions((Decimal(30), "cm"), (Decimal(12), "in"), (Decimal("0.2"), "mm"))
    Dimensions(length_mm=300, width_mm=305, height_mm=1)

    Raises:
        InputError: an unknown unit, or a negative side.
    """
    length_mm, width_mm, height_mm = (_to_mm(value, unit, path) for value, unit in sides)
    if not (length_mm and width_mm and height_mm):
        return None
    return Dimensions(length_mm=length_mm, width_mm=width_mm, height_mm=height_mm)


def _to_mm(value: Decimal, unit: str, path: str) -> int:
    factor = _MILLIMETRES.get(unit.strip().lower())
    if factor is None:
        known = ", ".join(_MILLIMETRES)
        raise InputError.of(path, "unknown unit of length", found=unit, remedy=f"use one of {known}")
    if value < 0:
        raise InputError.of(path, "must not be negative", found=str(value))
    return max(1, int((value * factor).to_integral_value(ROUND_HALF_UP))) if value else 0
