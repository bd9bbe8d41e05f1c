"""Converting between our minor units and grams and what platforms write instead."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from checkout_kit.errors import InputError
from checkout_kit.money import divide_half_up, exponent

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
