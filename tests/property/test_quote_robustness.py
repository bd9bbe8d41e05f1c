"""Bad input is refused in our own words, whatever it is, and nothing is ever priced zero by accident."""

import datetime as dt
from copy import deepcopy
from random import Random

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from checkout_kit import Cart, LineItem
from checkout_kit.errors import InputError, PolicyError
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.shipping.request_document import parse_request
from tests.strategies.policies import random_loaded, random_policy, random_request

seeds = st.integers(0, 2**48)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates()
junk = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)


def spoilt(rng: Random, document: dict[str, object], value: object) -> dict[str, object]:
    """The document with one place, anywhere, replaced by a value; or with a key taken out."""
    whole = deepcopy(document)
    node: dict[str, object] | list[object] = whole
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return whole
        key = rng.choice(keys)
        inner = node[key]  # type: ignore[index, call-overload]
        if isinstance(inner, dict | list) and inner and rng.random() < 0.8:
            node = inner
        elif rng.random() < 0.2:
            del node[key]  # type: ignore[arg-type]
            return whole
        else:
            node[key] = value  # type: ignore[index, call-overload]
            return whole


@settings(max_examples=250, deadline=None)
@given(seeds, junk)
def test_a_spoilt_policy_loads_or_is_refused_with_paths(seed: int, value: object) -> None:
    """One wrong value anywhere gives a policy that quotes, or a PolicyError whose faults have messages."""
    rng = Random(seed)
    document = spoilt(rng, random_policy(rng), value)
    try:
        policy = ShippingPolicy.from_dict(document)
    except PolicyError as error:
        faults = error.faults
    else:
        faults = ()
        policy.quote(random_request(rng)).explain()
    assert all(fault.message for fault in faults)


@settings(max_examples=100, deadline=None)
@given(junk)
def test_any_value_is_a_request_or_refused(value: object) -> None:
    """Whatever JSON arrives, the answer is a request or an InputError."""
    now = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    cart = {"currency": "USD", "lines": [{"sku": "a", "quantity": 1, "unit_price": 1}]}
    for raw in (
        value,
        {"cart": value, "destination": {"country": "US"}},
        {"cart": cart, "destination": value},
    ):
        try:
            found = parse_request(raw, now=now)
        except InputError:
            found = None
        assert found is None or found.placed_at == now


@settings(max_examples=100, deadline=None)
@given(
    seeds,
    st.integers(1, 10**12),
    st.integers(0, 10**15),
    st.integers(0, 10**12),
    st.datetimes(dt.datetime(1900, 1, 2), dt.datetime(9000, 1, 1), timezones=st.just(dt.UTC)),
)
def test_absurd_carts_and_instants_get_an_answer(
    seed: int, quantity: int, price: int, grams: int, placed_at: dt.datetime
) -> None:
    """A ton of anything in any year is offered at an exact price or withheld, and the parts still add up."""
    rng = Random(seed)
    policy, request = random_loaded(rng), random_request(rng)
    line = LineItem(id="l", sku="a", quantity=quantity, unit_price=price, weight_g=grams)
    asked = evolve(request, cart=Cart(currency="USD", lines=(line,)), placed_at=placed_at)
    quote = policy.quote(asked)
    assert len(quote.options) + len(quote.withheld) == len(policy.method_ids)
    for option in quote.options:
        assert sum(part.amount_minor for part in option.components) == option.price_minor
    assert quote.valid_until.tzinfo is not None


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_zero_always_has_a_cause(seed: int) -> None:
    """A price of zero is stated, shipped free, promoted or capped: some step says so."""
    rng = Random(seed)
    policy, request = random_loaded(rng), random_request(rng)
    for option in policy.quote(request).options:
        if option.is_free:
            kinds = {part.kind for part in option.components}
            stated_zero = all(part.amount_minor == 0 for part in option.components)
            assert option.components
            assert "shipping_discount" in kinds or stated_zero


def test_the_years_reckoned_with() -> None:
    """The first and the last year get an answer; the ends of the calendar are refused, never an overflow."""
    rng = Random(3)
    for _ in range(20):
        policy, request = random_loaded(rng), random_request(rng)
        for instant in (dt.datetime(1900, 1, 1), dt.datetime(2200, 6, 1), dt.datetime(9000, 12, 31)):
            quote = policy.quote(evolve(request, placed_at=instant.replace(tzinfo=dt.UTC)))
            assert len(quote.options) + len(quote.withheld) == len(policy.method_ids)
            assert quote.valid_until.tzinfo is not None
    for instant in (dt.datetime.min, dt.datetime.max):
        with pytest.raises(InputError, match="years reckoned with"):
            evolve(request, placed_at=instant.replace(tzinfo=dt.UTC))
