"""Weights and lengths against exact fractions, in every unit a merchant writes."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout_kit.errors import InputError
from checkout_kit.units import Dimensions, parse_length_mm, parse_weight_g


@given(
    text=st.decimals("0.001", "9999.999", places=3),
    unit=st.sampled_from([("kg", 1000), ("g", 1), ("t", 10**6)]),
)
def test_weights_are_whole_grams_rounded_half_up(text: Decimal, unit: tuple[str, int]) -> None:
    """Whatever the unit they are written in."""
    name, grams = unit
    assert parse_weight_g(f"{text} {name}") == math.floor(Fraction(text) * grams + Fraction(1, 2))


@pytest.mark.parametrize(
    ("text", "grams"), [("1 lb", 454), ("16oz", 454), ("0.5 oz", 14), ("2500 mg", 3), (" 1.0005 kg ", 1001)]
)
def test_pounds_ounces_and_milligrams_are_weights(text: str, grams: int) -> None:
    """By the pound of 1959; spaces do not matter."""
    assert parse_weight_g(text) == grams


@pytest.mark.parametrize(
    ("text", "mm"), [("1 m", 1000), ("2.5 cm", 25), ("1 ft", 305), ("0.1 in", 3), ("10mm", 10)]
)
def test_lengths_are_whole_millimetres(text: str, mm: int) -> None:
    """An inch is 25.4 of them."""
    assert parse_length_mm(text) == mm


@pytest.mark.parametrize("text", ["", "kg", "1", "-1 kg", "1 stone", "1e3 g", "1.5.0 kg", "1 cm"])
def test_what_is_no_weight_names_the_units_there_are(text: str) -> None:
    """With the path it stood at."""
    with pytest.raises(InputError, match=r"^parcel: not a weight.*mg, g, kg, t, lb, oz"):
        parse_weight_g(text, path="parcel")


def test_a_box_has_three_sides_and_the_volume_between_them() -> None:
    """None of them nothing."""
    assert Dimensions(300, 200, 150).volume_mm3 == 9_000_000
    for sides in ((0, 1, 1), (1, -1, 1), (1, 1, 0)):
        with pytest.raises(ValueError, match="must be > 0"):
            Dimensions(*sides)
