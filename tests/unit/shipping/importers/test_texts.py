"""Numbers in a shop's own separators, and policies written as TOML."""

import datetime as dt
import tomllib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout_kit.errors import InputError
from checkout_kit.shipping.importers import parse_number, to_toml


@pytest.mark.parametrize(
    ("text", "decimal", "group", "value"),
    [
        ("12345,67", ",", ".", "12345.67"),
        ("12.345,67", ",", ".", "12345.67"),
        ("1 234,5", ",", " ", "1234.5"),
        ("1,234.5", ".", ",", "1234.5"),
        (".5", ".", "", "0.5"),
        ("-3", ".", "", "-3"),
        (" 7. ", ".", "", "7"),
    ],
)
def test_numbers_follow_the_shops_separators(text, decimal, group, value):
    """Decimal and group separators are the merchant's, not the programmer's."""
    assert parse_number(text, decimal=decimal, group=group) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "decimal", "group"),
    [
        ("1.5", ",", "."),
        ("12,34.5", ".", ","),
        ("1,234", ".", ""),
        ("", ".", ""),
        (".", ".", ""),
        ("1e5", ".", ""),
        ("ten", ".", ""),
    ],
)
def test_a_misplaced_separator_is_a_fault(text, decimal, group):
    """`1.5` in a shop that writes `1,5` is refused rather than read as fifteen."""
    with pytest.raises(InputError, match="not a number"):
        parse_number(text, decimal=decimal, group=group)


scalars = st.text(max_size=12) | st.integers(-9, 9) | st.booleans() | st.dates(dt.date(2000, 1, 1))
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=40,
)


@given(st.dictionaries(st.text(max_size=8), values, max_size=5))
def test_toml_reads_back_to_the_same(mapping):
    """Whatever a policy may hold survives the way to TOML and back, keys of any characters included."""
    assert tomllib.loads(to_toml(mapping)) == mapping


def test_toml_refuses_what_it_cannot_write():
    """There is no null in TOML; leaving the key out is the way to say nothing."""
    with pytest.raises(TypeError, match="NoneType"):
        to_toml({"a": None})
