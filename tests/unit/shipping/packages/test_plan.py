"""Sourcing and splitting on small carts, one behaviour each."""

import datetime as dt

import pytest

from checkout_kit.cart import Cart, LineItem
from checkout_kit.errors import InputError
from checkout_kit.shipping.packages import (
    Allocation,
    Incoming,
    PackagePlan,
    Source,
    Take,
    by_attribute,
    by_availability,
    by_priority,
    by_shipping_class,
    by_weight,
    cheapest,
    fastest,
    fewest_packages,
    nearest,
    plan_packages,
)


def line(sku: str, quantity: int = 1, **facts: object) -> LineItem:
    """A line whose id is its sku, unless said otherwise."""
    return LineItem(**{"id": sku, "sku": sku, "quantity": quantity, "unit_price": 1000, **facts})


def cart(*lines: LineItem) -> Cart:
    """A cart in US dollars."""
    return Cart(currency="USD", lines=lines)


def shape(plan: PackagePlan) -> dict[str, dict[str, int]]:
    """Package id to units by line id."""
    return {p.id: {c.line_id: c.quantity for c in p.contents} for p in plan.packages}


def test_without_sources_each_line_ships_from_its_own_origin() -> None:
    """Lines of two origins make two packages, and stock is not looked at."""
    plan = plan_packages(cart(line("a", origin="east"), line("b", origin="west"), line("c", origin="east")))
    assert shape(plan) == {"east-1": {"a": 1, "c": 1}, "west-1": {"b": 1}}
    assert plan.is_complete


def test_lines_that_need_no_shipping_are_named_and_not_packed() -> None:
    """A download is listed as unshipped and in no package."""
    plan = plan_packages(cart(line("book"), line("download", requires_shipping=False)))
    assert shape(plan) == {"package-1": {"book": 1}}
    assert plan.unshipped == ("download",)


def test_a_cart_of_downloads_has_no_package_and_is_complete() -> None:
    """Nothing to ship is a complete plan without packages."""
    plan = plan_packages(cart(line("song", requires_shipping=False)), [Source(id="a", stock={})])
    assert (plan.packages, plan.is_complete) == ((), True)


def test_incomplete_sourcing_is_a_value() -> None:
    """What no source has is a shortage in the plan, and what there is still ships."""
    sources = [
        Source(id="eu-1", stock={"x": 5}, priority=1),
        Source(id="eu-2", stock={"x": 3}, priority=2),
        Source(id="eu-3", stock={"x": 10}, priority=3, is_enabled=False),
        Source(id="us-1", stock={"y": 5}, priority=4),
    ]
    plan = plan_packages(cart(line("x", 15)), sources, strategy=by_priority)
    assert shape(plan) == {"eu-1-1": {"x": 5}, "eu-2-1": {"x": 3}}
    assert [(s.line_id, s.missing) for s in plan.shortages] == [("x", 7)]
    assert not plan.is_complete


def test_priority_empties_sources_in_order() -> None:
    """The lowest priority number is emptied first even where another source has it all."""
    sources = [Source(id="big", stock={"x": 9}, priority=2), Source(id="shop", stock={"x": 1}, priority=1)]
    plan = plan_packages(cart(line("x", 4)), sources, strategy=by_priority)
    assert shape(plan) == {"big-1": {"x": 3}, "shop-1": {"x": 1}}


def test_nearest_empties_the_closest_first() -> None:
    """Distance decides before priority."""
    sources = [
        Source(id="far", stock={"x": 9}, priority=1, distance_m=90_000),
        Source(id="near", stock={"x": 1}, priority=2, distance_m=4_000),
    ]
    plan = plan_packages(cart(line("x", 2)), sources, strategy=nearest)
    assert shape(plan) == {"far-1": {"x": 1}, "near-1": {"x": 1}}


def test_fewest_packages_prefers_one_source_that_has_all() -> None:
    """One complete source beats two nearer or more important ones."""
    sources = [
        Source(id="a", stock={"x": 1, "y": 0}, priority=1),
        Source(id="b", stock={"y": 1}, priority=2),
        Source(id="c", stock={"x": 1, "y": 1}, priority=9),
    ]
    plan = plan_packages(cart(line("x"), line("y")), sources, strategy=fewest_packages)
    assert shape(plan) == {"c-1": {"x": 1, "y": 1}}
    assert plan.is_proven_best


def test_cheapest_takes_two_cheap_packages_over_one_dear() -> None:
    """The sum over packages decides, not their number."""
    sources = [
        Source(id="a", stock={"x": 1}, package_cost_minor=300),
        Source(id="b", stock={"y": 1}, package_cost_minor=300),
        Source(id="c", stock={"x": 1, "y": 1}, package_cost_minor=700),
    ]
    plan = plan_packages(cart(line("x"), line("y")), sources, strategy=cheapest)
    assert shape(plan) == {"a-1": {"x": 1}, "b-1": {"y": 1}}


def test_fastest_takes_the_sources_whose_last_package_is_soonest() -> None:
    """A slow source that could send everything in one package is left out."""
    sources = [
        Source(id="slow", stock={"x": 1, "y": 1}, arrives_on=dt.date(2026, 12, 4)),
        Source(id="a", stock={"x": 1}, arrives_on=dt.date(2026, 11, 25)),
        Source(id="b", stock={"y": 1}, arrives_on=dt.date(2026, 11, 26)),
    ]
    plan = plan_packages(cart(line("x"), line("y")), sources, strategy=fastest)
    assert shape(plan) == {"a-1": {"x": 1}, "b-1": {"y": 1}}


@pytest.mark.parametrize(
    ("strategy", "fact"),
    [(cheapest, "package_cost_minor"), (fastest, "arrives_on"), (nearest, "distance_m")],
)
def test_a_strategy_without_its_fact_names_every_source_that_lacks_it(strategy, fact) -> None:
    """A missing cost, date or distance is an input fault per source, never a guess."""
    with pytest.raises(InputError) as caught:
        plan_packages(cart(line("x")), [Source(id="a"), Source(id="b")], strategy=strategy)
    assert [fault.path for fault in caught.value.faults] == [f"sources.a.{fact}", f"sources.b.{fact}"]


def test_a_pinned_line_ships_from_its_origin_and_uses_up_its_stock() -> None:
    """A line that names its origin is served first there; another line of that sku gets what is left."""
    sources = [Source(id="a", stock={"x": 2}), Source(id="b", stock={"x": 2})]
    lines = (line("x", 1, id="free"), line("x", 2, id="pinned", origin="a"))
    plan = plan_packages(cart(*lines), sources)
    assert shape(plan) == {"a-1": {"pinned": 2}, "b-1": {"free": 1}}


def test_a_pinned_origin_that_is_no_source_is_a_fault() -> None:
    """An unknown origin names the line and the known sources."""
    with pytest.raises(InputError, match=r"lines\[0\].origin: names no source, found 'moon'; one of a"):
        plan_packages(cart(line("x", origin="moon")), [Source(id="a")])


def test_units_on_their_way_wait_in_their_own_package() -> None:
    """What is on the shelf leaves at once; the rest waits for the earliest delivery to a source."""
    soon, later = dt.date(2026, 12, 1), dt.date(2026, 12, 20)
    sources = [
        Source(id="a", stock={"x": 4}, incoming={"x": Incoming(quantity=9, on=later)}),
        Source(id="b", stock={}, incoming={"x": Incoming(quantity=3, on=soon)}),
    ]
    plan = plan_packages(cart(line("x", 9)), sources, splitters=[by_availability])
    assert [(p.id, p.quantity, p.release_on) for p in plan.packages] == [
        ("a-1", 4, None),
        ("a-2", 2, later),
        ("b-1", 3, soon),
    ]


def test_without_splitting_a_package_waits_for_its_last_unit() -> None:
    """One package leaves when its latest line may: pre-order and shelf goods together."""
    plan = plan_packages(cart(line("x"), line("y", release_on="2027-03-01")))
    assert [(p.quantity, p.release_on) for p in plan.packages] == [(2, dt.date(2027, 3, 1))]


def test_an_unreadable_release_day_is_a_fault() -> None:
    """A release day that is no date is named with its line."""
    with pytest.raises(InputError, match=r"lines\[0\].release_on: not a date, found 'soon'"):
        plan_packages(cart(line("x", release_on="soon")))


def test_classes_and_attributes_part_packages() -> None:
    """One package per shipping class, and within it one per value of an attribute."""
    lines = (
        line("a", shipping_class="bulky"),
        line("b", attributes={"cold": "yes"}),
        line("c"),
        line("d", shipping_class="bulky"),
    )
    plan = plan_packages(cart(*lines), splitters=[by_shipping_class, by_attribute("cold")])
    assert list(shape(plan).values()) == [{"a": 1, "d": 1}, {"b": 1}, {"c": 1}]


def test_a_weight_limit_fills_boxes() -> None:
    """Units of 600, 500, 400 and 500 g fit two boxes of one kilogram."""
    lines = [line(f"{g}-{i}", weight_g=g) for i, g in enumerate((600, 500, 400, 500))]
    plan = plan_packages(cart(*lines), splitters=[by_weight(1000)])
    assert list(shape(plan).values()) == [{"600-0": 1, "400-2": 1}, {"500-1": 1, "500-3": 1}]


def test_a_unit_over_the_limit_travels_alone() -> None:
    """What cannot be divided is still shipped, in a package of its own."""
    plan = plan_packages(
        cart(line("anvil", weight_g=9000), line("nail", 3, weight_g=5)), splitters=[by_weight(1000)]
    )
    assert list(shape(plan).values()) == [{"anvil": 1}, {"nail": 3}]


def test_an_unknown_weight_under_a_limit_is_a_fault_unless_there_is_a_default() -> None:
    """Packing by weight never guesses one."""
    unweighed = cart(line("x", 3))
    with pytest.raises(InputError, match=r"lines.x.weight_g: unknown"):
        plan_packages(unweighed, splitters=[by_weight(1000)])
    plan = plan_packages(unweighed, splitters=[by_weight(1000, default_weight_g=600)])
    assert len(plan.packages) == 3


def test_a_quantity_beyond_any_use_is_a_fault_under_a_weight_limit() -> None:
    """A billion units are refused by name; without a limit they are one package."""
    order = cart(line("x", 10**9, weight_g=1))
    with pytest.raises(InputError, match=r"lines.x.quantity: too many units to pack, found 1000000000"):
        plan_packages(order, splitters=[by_weight(1000)])
    assert plan_packages(order).packages[0].quantity == 10**9


def test_a_strategy_that_takes_too_much_is_refused() -> None:
    """A merchant's own strategy cannot ship what is not there."""

    def greedy(need, sources):
        return Allocation(
            takes=tuple(Take(source_id=s.id, sku=k, quantity=99) for s in sources for k in need)
        )

    with pytest.raises(InputError, match="took 99 of 'x' from 'a'"):
        plan_packages(cart(line("x", 2)), [Source(id="a", stock={"x": 2})], strategy=greedy)


def test_two_sources_of_one_id_are_a_fault() -> None:
    """A source id is used once."""
    with pytest.raises(InputError, match="sources: id used twice, found 'a'"):
        plan_packages(cart(line("x")), [Source(id="a"), Source(id="a")])


def test_a_plan_finds_its_packages_by_id() -> None:
    """`package` returns the one of that id and raises KeyError for any other."""
    plan = plan_packages(cart(line("x")))
    assert plan.package("package-1").quantity == 1
    with pytest.raises(KeyError, match="nope"):
        plan.package("nope")


def test_a_fraction_in_stock_is_refused_and_not_packed():
    """Half a unit is nobody's to send: goods by the metre are counted in the smallest unit sold."""
    with pytest.raises(InputError) as caught:
        Source(id="shop", stock={"A": 1.5}, distance_m=-1)
    assert [fault.path for fault in caught.value.faults] == [
        "sources.shop.distance_m",
        "sources.shop.stock.A",
    ]


def test_short_stock_is_emptied_in_order_and_told():
    """Source: magento/inventory, default sorted sources: 5.5 and 3 of 15 are taken, one source is shut.

    In tenths, the smallest unit sold, that is 55 and 30 of 150.
    """
    sources = [
        Source(id="eu-1", stock={"SKU-1": 55}, priority=1),
        Source(id="eu-2", stock={"SKU-1": 30}, priority=2),
        Source(id="eu-3", stock={"SKU-1": 100}, priority=3, is_enabled=False),
        Source(id="us-1", stock={"SKU-2": 50}, priority=4),
    ]
    cart = Cart(currency="USD", lines=[line("SKU-1", 150)])
    plan = plan_packages(cart, sources, strategy=by_priority)
    assert [(package.origin, package.quantity) for package in plan.packages] == [("eu-1", 55), ("eu-2", 30)]
    assert not plan.is_complete
    assert plan.shortages[0].missing == 65
