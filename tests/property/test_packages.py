"""Sourcing and splitting against brute force: nothing lost or doubled, and the minimum is the minimum."""

import datetime as dt
from itertools import combinations

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from checkout_kit.cart import Cart, LineItem
from checkout_kit.shipping.packages import (
    Incoming,
    Source,
    by_availability,
    by_shipping_class,
    by_weight,
    cheapest,
    fastest,
    fewest_packages,
    package_carts,
    plan_packages,
)
from checkout_kit.shipping.packages.boxes import fewest_boxes
from checkout_kit.shipping.packages.cover import minimum_cover
from checkout_kit.shipping.packages.sourcing import STRATEGIES

SKUS = ("p", "q", "r")
DAY = dt.date(2026, 11, 23)


@st.composite
def source_lists(draw, most=6):
    """Up to `most` sources with stock of some skus and every fact a strategy may need."""
    count = draw(st.integers(1, most))
    return [
        Source(
            id=f"s{i}",
            stock=draw(st.none() | st.dictionaries(st.sampled_from(SKUS), st.integers(0, 6)))
            if i == 0
            else draw(st.dictionaries(st.sampled_from(SKUS), st.integers(0, 6))),
            incoming=draw(
                st.dictionaries(
                    st.sampled_from(SKUS),
                    st.builds(
                        Incoming,
                        quantity=st.integers(0, 4),
                        on=st.integers(1, 9).map(lambda n: DAY + dt.timedelta(n)),
                    ),
                    max_size=1,
                )
            ),
            priority=draw(st.integers(0, 3)),
            is_enabled=draw(st.integers(0, 5)) > 0,
            distance_m=draw(st.integers(0, 50)),
            package_cost_minor=draw(st.integers(0, 900)),
            arrives_on=DAY + dt.timedelta(draw(st.integers(0, 6))),
        )
        for i in range(count)
    ]


@st.composite
def carts(draw):
    """Carts of one to five lines, some pinned, some not shipped."""
    lines = [
        LineItem(
            id=str(i),
            sku=draw(st.sampled_from(SKUS)),
            quantity=draw(st.integers(1, 6)),
            unit_price=100,
            weight_g=draw(st.integers(0, 900)),
            shipping_class=draw(st.sampled_from(("", "bulky"))),
            requires_shipping=draw(st.integers(0, 4)) > 0,
            release_on=draw(st.sampled_from(("", "", "2027-01-04"))),
            origin=draw(st.sampled_from(("", "", "", "s0"))),
        )
        for i in range(draw(st.integers(1, 5)))
    ]
    return Cart(currency="USD", lines=tuple(lines))


@given(
    cart=carts(),
    sources=source_lists(),
    strategy=st.sampled_from(sorted(STRATEGIES)),
    splitters=st.sampled_from(
        ((), (by_weight(1000),), (by_availability, by_shipping_class), (by_shipping_class, by_weight(700)))
    ),
)
def test_each_unit_is_in_exactly_one_package_or_shortage(cart, sources, strategy, splitters):
    """Units packed plus units missing equal the cart's, per line; no source gives more than it has."""
    plan = plan_packages(cart, sources, strategy=STRATEGIES[strategy], splitters=splitters)
    packed: dict[str, int] = {}
    used: dict[tuple[str, str], int] = {}
    skus = {line.id: line.sku for line in cart.lines}
    for package in plan.packages:
        for content in package.contents:
            packed[content.line_id] = packed.get(content.line_id, 0) + content.quantity
            key = (package.origin, skus[content.line_id])
            used[key] = used.get(key, 0) + content.quantity
    missing = {s.line_id: s.missing for s in plan.shortages}
    for line in cart.lines:
        expected = line.quantity if line.requires_shipping else 0
        assert packed.get(line.id, 0) + missing.get(line.id, 0) == expected
    for source in sources:
        for sku in SKUS:
            incoming = source.incoming[sku].quantity if sku in source.incoming else 0
            shelf = source.on_hand(sku, 10**6)
            assert used.get((source.id, sku), 0) <= shelf + incoming
    assert len({package.id for package in plan.packages}) == len(plan.packages)


@given(cart=carts(), sources=source_lists(), strategy=st.sampled_from(sorted(STRATEGIES)))
def test_the_order_of_sources_does_not_matter(cart, sources, strategy):
    """Sources listed backwards give the same plan."""
    forward = plan_packages(cart, sources, strategy=STRATEGIES[strategy])
    assert plan_packages(cart, sources[::-1], strategy=STRATEGIES[strategy]) == forward


def had(need, sources):
    """Brute force: how much of each sku these sources hold together."""
    return {sku: min(n, sum(s.on_hand(sku, n) for s in sources)) for sku, n in need.items()}


def covers(need, sources):
    """Brute force: every set of sources that holds as much as all of them do."""
    full = had(need, sources)
    return [
        chosen
        for size in range(len(sources) + 1)
        for chosen in combinations(sources, size)
        if had(need, chosen) == full
    ]


needs = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 9), min_size=1)


@given(need=needs, sources=source_lists(most=7))
@settings(max_examples=150)
def test_fewest_packages_is_the_true_minimum(need, sources):
    """No smaller set of sources holds as much."""
    allocation = fewest_packages(need, sources)
    used = {take.source_id for take in allocation.takes}
    assert allocation.is_proven_best
    assert len(used) == min(len(chosen) for chosen in covers(need, sources))


@given(need=needs, sources=source_lists(most=7))
@settings(max_examples=150)
def test_cheapest_is_the_true_minimum(need, sources):
    """No other set of sources that holds as much costs less."""
    used = {take.source_id for take in cheapest(need, sources).takes}
    cost = sum(s.package_cost_minor for s in sources if s.id in used)
    assert cost == min(sum(s.package_cost_minor for s in chosen) for chosen in covers(need, sources))


@given(
    stocks=st.lists(st.tuples(*[st.integers(0, 1)] * 3), min_size=2, max_size=7),
    costs=st.lists(st.integers(1, 9), min_size=7, max_size=7),
    need=st.tuples(*[st.integers(1, 2)] * 3),
)
@settings(max_examples=300)
def test_the_cheapest_cover_is_found_where_no_source_has_two_of_anything(stocks, costs, need):
    """Every single unit counts; taking the best source first is often not the cheapest way."""

    def held(chosen):
        return [min(wanted, sum(stocks[i][j] for i in chosen)) for j, wanted in enumerate(need)]

    everyone = range(len(stocks))
    ways = [way for size in range(len(stocks) + 1) for way in combinations(everyone, size)]
    least = min(sum(costs[i] for i in way) for way in ways if held(way) == held(everyone))
    found, is_proven = minimum_cover(need, stocks, costs)
    assert is_proven
    assert (held(found), sum(costs[i] for i in found)) == (held(everyone), least)


@given(need=needs, sources=source_lists(most=6))
def test_fastest_is_the_true_minimum(need, sources):
    """No other set of sources that holds as much has an earlier last package."""
    used = {take.source_id for take in fastest(need, sources).takes}
    last = max((s.arrives_on for s in sources if s.id in used), default=DAY)
    assert last == min(max((s.arrives_on for s in chosen), default=DAY) for chosen in covers(need, sources))


def least_boxes(weights, limit):
    """Brute force: the fewest boxes, by trying every box for every unit."""

    def place(at, room):
        if at == len(weights):
            return len(room)
        if weights[at] > limit:
            return 1 + place(at + 1, room)
        found = [place(at + 1, (*room, limit - weights[at]))]
        for i, left in enumerate(room):
            if weights[at] <= left:
                found.append(place(at + 1, (*room[:i], left - weights[at], *room[i + 1 :])))
        return min(found)

    return place(0, ())


@given(weights=st.lists(st.integers(0, 12), min_size=1, max_size=7), limit=st.integers(1, 12))
@settings(max_examples=150)
def test_weight_boxes_are_the_fewest_and_within_the_limit(weights, limit):
    """Every unit is in one box, no shared box is too heavy, and no packing has fewer boxes."""
    boxes = fewest_boxes(weights, limit)
    assert sorted(i for box in boxes for i in box) == list(range(len(weights)))
    assert all(len(box) == 1 or sum(weights[i] for i in box) <= limit for box in boxes)
    assert len(boxes) == least_boxes(weights, limit)


@given(cart=carts(), sources=source_lists(), discounts=st.data())
def test_package_carts_hold_the_cart_and_no_more(cart, sources, discounts):
    """Every package cart is valid, and none of the discounts grows or goes negative."""
    lines = tuple(
        evolve(line, discount=discounts.draw(st.integers(0, line.quantity * line.unit_price)))
        for line in cart.lines
    )
    goods = sum(line.total for line in lines)
    cart = evolve(cart, lines=lines, order_discount=discounts.draw(st.integers(0, goods)))
    plan = plan_packages(cart, sources)
    parts = package_carts(cart, plan)
    for line in lines:
        packed = [part for c in parts.values() for part in c.lines if part.id == line.id]
        assert sum(part.discount for part in packed) <= line.discount
        if sum(part.quantity for part in packed) == line.quantity:
            assert sum(part.discount for part in packed) == line.discount
    if plan.is_complete and not plan.unshipped:
        assert sum(c.order_discount for c in parts.values()) == cart.order_discount
        assert sum(c.goods_total for c in parts.values()) == cart.goods_total
