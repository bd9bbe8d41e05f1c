"""Money against exact fractions: nothing is lost, doubled or rounded twice."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from checkout_kit.errors import CurrencyMismatch, InputError
from checkout_kit.money import Money, allocate, divide_half_up, exponent, is_currency, minor_units

CURRENCIES = ("USD", "JPY", "KWD", "CLF", "EUR", "XAF", "ISK")
amounts = st.integers(-(10**14), 10**14)
currencies = st.sampled_from(CURRENCIES)


def half_up(value: Fraction) -> int:
    """The nearest whole number, halves away from zero, by the definition."""
    whole = math.floor(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


@given(amount=amounts, currency=currencies)
def test_an_amount_survives_being_written_in_major_units(amount: int, currency: str) -> None:
    """With exactly the currency's decimals, and read back without rounding."""
    money = Money(amount, currency)
    assert -money.decimal.as_tuple().exponent == exponent(currency)  # type: ignore[operator]
    assert Money.of(str(money.decimal), currency) == money
    assert str(money) == f"{money.decimal} {currency}"


@given(amount=amounts, currency=currencies)
def test_what_is_finer_than_the_minor_unit_is_refused(amount: int, currency: str) -> None:
    """A tenth of a cent is nobody's to round away."""
    finer = Decimal(10 * amount + 1).scaleb(-exponent(currency) - 1)
    with pytest.raises(InputError, match="finer than the minor unit"):
        minor_units(finer, currency)


@pytest.mark.parametrize(
    "amount", ["", "three", "1,50", "NaN", "Infinity", "-inf", "1e16", "1e-17", "1e999999"]
)
def test_what_is_no_amount_is_refused_in_no_time(amount: str) -> None:
    """Neither guessed at nor spelt out digit by digit."""
    with pytest.raises(InputError, match="amount"):
        minor_units(amount, "USD")


@given(numerator=st.integers(), denominator=st.integers(1, 10**9))
def test_division_rounds_halves_away_from_zero(numerator: int, denominator: int) -> None:
    """As the exact fraction does."""
    assert divide_half_up(numerator, denominator) == half_up(Fraction(numerator, denominator))


@given(total=st.integers(-(10**12), 10**12), weights=st.lists(st.integers(0, 10**9), min_size=1, max_size=9))
def test_shares_add_up_and_are_fair(total: int, weights: list[int]) -> None:
    """Each is its exact share, up or down to a whole unit; who is owed most, or comes first, gets more."""
    parts = allocate(total, weights)
    assert sum(parts) == total
    weighed = weights if any(weights) else [1] * len(weights)
    for part, weight in zip(parts, weighed, strict=True):
        assert abs(part - Fraction(total * weight, sum(weighed))) < 1
    exact = [Fraction(abs(total) * weight, sum(weighed)) for weight in weighed]
    by_claim = sorted(range(len(exact)), key=lambda i: math.floor(exact[i]) - exact[i])
    more = {i for i in by_claim if abs(parts[i]) > math.floor(exact[i])}
    assert more == set(by_claim[: len(more)])


@pytest.mark.parametrize("weights", [(), (1, -1)])
def test_shares_of_nobody_or_of_less_than_nothing_are_refused(weights: tuple[int, ...]) -> None:
    """There is no fair answer."""
    with pytest.raises(ValueError, match="one or more weights >= 0"):
        allocate(100, weights)


@given(one=amounts, other=amounts)
def test_money_adds_and_compares_in_one_currency_only(one: int, other: int) -> None:
    """As its minor units do; two currencies never meet."""
    first, second = Money(one, "USD"), Money(other, "USD")
    assert (first + second, first - second, -first) == (
        Money(one + other, "USD"),
        Money(one - other, "USD"),
        Money(-one, "USD"),
    )
    assert (first < second, first >= second, bool(first)) == (one < other, one >= other, one != 0)
    assert first * 3 == Money(3 * one, "USD")
    for act in (
        lambda: first + Money(other, "EUR"),
        lambda: first - Money(0, "EUR"),
        lambda: first < Money(0, "EUR"),
    ):
        with pytest.raises(CurrencyMismatch):
            act()


def test_a_currency_is_known_or_refused() -> None:
    """Retired and invented codes are no currencies, nor is a code in small letters."""
    assert all(is_currency(code) for code in CURRENCIES)
    for code in ("DEM", "XXX", "usd", ""):
        assert not is_currency(code)
        with pytest.raises(InputError, match="not an ISO 4217 currency"):
            Money(100, code)


def test_the_largest_amount_has_sixteen_digits() -> None:
    """More than any shop takes, and exact."""
    assert minor_units("1e15", "USD") == 10**17
    assert Money(-390, "EUR").format("de-DE") == "-3,90\N{NO-BREAK SPACE}€"


def test_exponents_agree_with_unicodes() -> None:
    """Unicode leaves out decimals that a country no longer uses in cash; others it counts as ISO does."""
    fractions = get_global("currency_fractions")
    known = {code: fractions[code][0] for code in fractions if is_currency(code)}
    assert len(known) > 20
    assert {code for code, digits in known.items() if digits and digits != exponent(code)} == set()
    assert {code for code in known if exponent(code) == 0} <= {code for code in known if known[code] == 0}
