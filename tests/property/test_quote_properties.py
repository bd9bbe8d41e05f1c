"""What holds of every quote, whatever the policy and the cart."""

import datetime as dt
from random import Random

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from checkout_kit.shipping import QuoteRequest, ShippingPolicy, replay
from checkout_kit.shipping.engine import Engine
from checkout_kit.shipping.free_shipping import distance_to_free
from checkout_kit.shipping.pricing import PricedRequest
from checkout_kit.shipping.rate import Itemised
from tests.strategies.policies import random_loaded, random_request

randoms = st.integers(0, 2**48).map(Random)
quick = settings(max_examples=80, deadline=None)


def drawn(rng: Random) -> tuple[ShippingPolicy, QuoteRequest]:
    """A policy and a request for it."""
    return random_loaded(rng), random_request(rng)


def priced(engine: Engine, request: QuoteRequest) -> PricedRequest:
    """The request before any method is looked at."""
    return PricedRequest(request, engine.cell(engine.zones.place(request.destination)), engine)


@quick
@given(randoms)
def test_same_request_same_answer(rng: Random) -> None:
    """A quote is a function of policy and request: asked twice, and of a policy loaded twice, it is equal."""
    seed = rng.getrandbits(32)
    policy, request = drawn(Random(seed))
    again, _ = drawn(Random(seed))
    first = policy.quote(request)
    assert first == policy.quote(request)
    assert first == again.quote(request)
    assert again.digest == policy.digest
    assert first.explain() == policy.quote(request).explain()


@quick
@given(randoms)
def test_line_order_does_not_matter(rng: Random) -> None:
    """Prices, promises and reasons do not depend on the order of the cart's lines."""
    policy, request = drawn(rng)
    turned = evolve(request, cart=evolve(request.cart, lines=request.cart.lines[::-1]))
    ours, theirs = policy.quote(request), policy.quote(turned)
    assert ours.options == theirs.options
    assert {w.method_id: w.reason for w in ours.withheld} == {w.method_id: w.reason for w in theirs.withheld}


@quick
@given(randoms)
def test_every_method_is_offered_or_withheld(rng: Random) -> None:
    """No method vanishes and none is both; every withheld one has a reason and a message."""
    policy, request = drawn(rng)
    quote = policy.quote(request)
    ids = [option.method_id for option in quote.options] + [each.method_id for each in quote.withheld]
    assert sorted(ids) == sorted(policy.method_ids)
    assert all(each.reason and each.message for each in quote.withheld)


@quick
@given(randoms)
def test_price_is_the_exact_sum_of_its_components(rng: Random) -> None:
    """Components add up to the price, which is never negative nor above the regular price."""
    policy, request = drawn(rng)
    for option in policy.quote(request).options:
        assert sum(part.amount_minor for part in option.components) == option.price_minor
        assert option.price_minor >= 0
        assert option.regular_price.amount >= option.price_minor
        assert 0 <= option.tax.amount <= option.price_minor


@quick
@given(randoms)
def test_trace_replays_to_the_cent(rng: Random) -> None:
    """The trace names every method, and its recorded inputs alone give every price again."""
    policy, request = drawn(rng)
    quote = policy.quote(request)
    trace = quote.explain()
    assert replay(trace) == {option.id: option.price_minor for option in quote.options}
    assert [method.method_id for method in trace.methods] == list(policy.method_ids)
    assert all(method.sentences() for method in trace.methods)


@settings(max_examples=160, deadline=None)
@given(randoms)
def test_quick_walk_and_full_walk_agree(rng: Random) -> None:
    """The lean evaluation gives the same options as itemising every rate."""
    policy, request = drawn(rng)
    engine = policy.engines["USD"]
    asked = priced(engine, request)
    lean = asked.quick_options()
    if lean is not None:
        assert lean == asked.full_options()
        for option in lean:
            rate = next(rate for rate in asked.cell.rates if rate is not None and rate.face is option.face)
            itemised = asked.price(rate)
            assert isinstance(itemised, Itemised)
            assert option.regular_price_minor == itemised.regular_minor


@quick
@given(randoms)
def test_quotes_that_saw_the_same_offer_the_same(rng: Random) -> None:
    """Whatever differs between two requests, what the quick walk looked at stands for the whole offer."""
    policy, request = drawn(rng)
    first = policy.quote(request)
    later = request.placed_at + dt.timedelta(seconds=rng.randrange(100_000))
    lines = tuple(evolve(line, title="another", sku=line.sku) for line in request.cart.lines)
    turned = evolve(request.cart, lines=lines[::-1])
    for other in (evolve(request, placed_at=later), evolve(request, cart=turned), random_request(rng)):
        again = policy.quote(other)
        if first.seen is not None and first.seen == again.seen:
            assert again.options == first.options
            regular = [option.regular_price_minor for option in first.options]
            assert [option.regular_price_minor for option in again.options] == regular


@quick
@given(randoms)
def test_free_shipping_is_a_fixed_point(rng: Random) -> None:
    """Re-quoting changes nothing: what is reached is free of its base price, what is missing is positive."""
    policy, request = drawn(rng)
    quote = policy.quote(request)
    again = policy.quote(evolve(request, last_option_id=quote.default_option_id or ""))
    assert again.options == quote.options
    assert again.free_shipping == quote.free_shipping
    assert again.default_option_id == quote.default_option_id
    asked = priced(policy.engines["USD"], request)
    alone = [distance_to_free(rate, asked) for rate in asked.cell.plan.free_rates]
    offered = {option.id for option in quote.options}
    assert quote.free_shipping == tuple(free for free in alone if free and free.method_id in offered)
    for free in quote.free_shipping:
        assert not (free.reached and free.missing)
        assert free.reached or free.missing or free.needs_code


@quick
@given(randoms)
def test_no_regret_goes_unsaid(rng: Random) -> None:
    """A discount that costs more shipping than it saves, and an item that ends free shipping, are notices."""
    policy, request = drawn(rng)
    quote, cart = policy.quote(request), request.cart
    said = {(notice.code, notice.method_id) for notice in quote.notices}
    bare = tuple(evolve(line, discount=0) for line in cart.lines)
    saved = cart.order_discount + sum(line.discount for line in cart.lines)
    plain = policy.quote(evolve(request, cart=evolve(cart, lines=bare, order_discount=0, discount_codes=())))
    for option in quote.options:
        other = plain.option(option.id)
        if other is not None and option.price_minor > other.price_minor + saved:
            assert ("discount_costs_shipping", option.id) in said
        for line in cart.lines if len(cart.lines) > 1 else ():
            rest = tuple(each for each in cart.lines if each is not line)
            goods = sum(each.total for each in rest)
            smaller = evolve(cart, lines=rest, order_discount=min(cart.order_discount, goods))
            before = policy.quote(evolve(request, cart=smaller)).option(option.id)
            if before is not None and before.is_free and not option.is_free:
                assert ("item_costs_shipping", option.id) in said


@settings(max_examples=160, deadline=None)
@given(randoms)
def test_bounds_of_a_partial_destination_contain_the_final_quote(rng: Random) -> None:
    """However much of region, postal code and kind is hidden, price and dates stay within the bounds."""
    policy, request = drawn(rng)
    to = request.destination
    code = to.postal_code
    shown = code.split(" ")[0] if to.country == "GB" else code[: rng.randrange(len(code) + 1)]
    partial = evolve(
        request,
        destination=evolve(to, region=rng.choice([to.region, ""]), postal_code=rng.choice([shown, ""])),
        destination_kind=rng.choice([request.destination_kind, ""]),
    )
    bounds, final = policy.quote_bounds(partial), policy.quote(request)
    for option in final.options:
        known = bounds.option(option.id)
        assert known is not None
        assert known.price_min <= option.price <= known.price_max
        if option.promise is not None:
            assert known.earliest is not None
            assert known.latest is not None
            assert known.earliest <= option.promise.earliest
            assert option.promise.latest <= known.latest
    for known in bounds.options:
        assert final.option(known.method_id) is not None or not known.is_certain


@quick
@given(randoms)
def test_answer_holds_until_it_says(rng: Random) -> None:
    """The same request placed at `valid_until` gets the same prices and promises."""
    policy, request = drawn(rng)
    quote = policy.quote(request)
    assert quote.valid_until >= request.placed_at
    assert policy.quote(evolve(request, placed_at=quote.valid_until)).options == quote.options


@quick
@given(randoms)
def test_what_was_asked_before_changes_no_answer_s_end(rng: Random) -> None:
    """`valid_until` is the same from a policy that answered other instants before and from a new one."""
    seed = rng.getrandbits(32)
    (used, request), (fresh, _) = drawn(Random(seed)), drawn(Random(seed))
    for _ in range(3):
        earlier = request.placed_at + dt.timedelta(minutes=rng.randrange(-600, 600))
        assert used.quote(evolve(request, placed_at=earlier)).valid_until >= earlier
    assert used.quote(request).valid_until == fresh.quote(request).valid_until
