"""An order's options out of its packages' options, with hand-made quotes."""

import datetime as dt

import pytest

from checkout_kit.address import Address
from checkout_kit.cart import Cart, LineItem
from checkout_kit.errors import InputError
from checkout_kit.money import Money
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping import PriceComponent, Quote, QuoteRequest, ShippingOption, Withheld
from checkout_kit.shipping.packages import (
    Source,
    combine_quotes,
    package_carts,
    package_requests,
    plan_packages,
)

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


class Face:
    """The fixed part of a method."""

    def __init__(self, method_id):
        self.method_id = method_id
        self.title = method_id.title()
        self.description = ""
        self.service = ""


class Pricing:
    """A pricing that knows one component per method and what is withheld."""

    currency = "USD"

    def __init__(self, prices, withheld):
        self._prices = prices
        self._withheld = withheld

    def components(self, face):
        """One component: the whole price."""
        return (PriceComponent("shipping", face.title, self._prices[face.method_id]),)

    def withheld(self):
        """The reasons given."""
        return tuple(
            Withheld(method_id=m, title=m.title(), reason="condition_not_met", message=f"no {m}")
            for m in self._withheld
        )


def day(number):
    """A promise that names that day of December."""
    date = dt.date(2026, 12, number)
    order_by = dt.datetime(2026, 11, 21, 12 + number % 8, tzinfo=dt.UTC)
    return DeliveryPromise(earliest=date, latest=date, ships_earliest=date, ships_on=date, order_by=order_by)


def quote(withheld=(), **offers):
    """A quote with a price and a December day per method; a None day is no promise."""
    pricing = Pricing({m: price for m, (price, _) in offers.items()}, withheld)
    options = tuple(
        ShippingOption(Face(m), price, None if at is None else day(at), pricing)
        for m, (price, at) in offers.items()
    )
    return Quote(options, NOW, "", pricing)


def line(sku, quantity=1, **facts):
    """A line of ten dollars each."""
    return LineItem(**{"id": sku, "sku": sku, "quantity": quantity, "unit_price": 1000, **facts})


CART = Cart(currency="USD", lines=(line("a", origin="east"), line("b", origin="west")))
PLAN = plan_packages(CART)
EAST, WEST = "east-1", "west-1"


def test_prices_add_up_and_the_last_package_decides_the_promise():
    """Three and five dollars are eight; every field of the promise is the later one."""
    order = combine_quotes(PLAN, {EAST: quote(economy=(300, 4)), WEST: quote(economy=(500, 2))})
    (option,) = order.options
    assert (option.id, option.title, option.price) == ("economy", "Economy", Money(800, "USD"))
    assert option.promise == DeliveryPromise(
        earliest=dt.date(2026, 12, 4),
        latest=dt.date(2026, 12, 4),
        ships_earliest=dt.date(2026, 12, 4),
        ships_on=dt.date(2026, 12, 4),
        order_by=day(4).order_by,
    )
    assert [(p, c.amount_minor) for p, c in option.components] == [(EAST, 300), (WEST, 500)]
    assert [o.promise for _, o in option.choices] == [day(4), day(2)]


def test_a_package_without_a_promise_leaves_the_order_without_one():
    """An unknown date is not covered by a known one."""
    order = combine_quotes(PLAN, {EAST: quote(economy=(300, None)), WEST: quote(economy=(500, 2))})
    assert order.options[0].promise is None


def test_a_method_one_package_cannot_have_is_withheld_with_that_packages_reason():
    """Every method is offered or withheld, never lost."""
    order = combine_quotes(
        PLAN,
        {
            EAST: quote(economy=(300, 4), express=(900, 1)),
            WEST: quote(withheld=("express",), economy=(500, 2)),
        },
    )
    assert [option.id for option in order.options] == ["economy"]
    assert [(w.method_id, w.message) for w in order.withheld] == [("express", "package west-1: no express")]


def test_each_package_may_go_its_own_way():
    """A selection per package is priced and named by what was chosen."""
    both = quote(economy=(300, 4), express=(900, 1))
    order = combine_quotes(PLAN, {EAST: both, WEST: both})
    mixed = order.choose({EAST: "express", WEST: "economy"})
    assert (mixed.id, mixed.title) == ("east-1=express,west-1=economy", "Express + Economy")
    assert mixed.price == Money(1200, "USD")
    assert mixed.promise is not None
    assert mixed.promise.latest == dt.date(2026, 12, 4)
    assert order.choose({EAST: "express", WEST: "express"}) == order.option("express")


def test_a_selection_is_checked_as_a_whole():
    """A missing, an unknown and an unoffered choice are reported together."""
    order = combine_quotes(PLAN, {EAST: quote(economy=(300, 4)), WEST: quote(economy=(300, 4))})
    with pytest.raises(InputError) as caught:
        order.choose({EAST: "rocket", "north-1": "economy"})
    assert [str(fault) for fault in caught.value.faults] == [
        "selection.north-1: no such package, found 'north-1'; use one of east-1, west-1",
        "selection.east-1: not offered, found 'rocket'; use one of economy",
        "selection.west-1: not offered, found None; use one of economy",
    ]


def test_without_a_common_method_the_cheapest_and_the_fastest_mix_stand_in():
    """Packages that share no method can still be bought together."""
    order = combine_quotes(
        PLAN,
        {
            EAST: quote(withheld=("freight",), economy=(300, 4), express=(900, 1)),
            WEST: quote(withheld=("economy", "express"), freight=(5000, 9)),
        },
    )
    assert [(o.id, o.price.amount) for o in order.options] == [
        ("cheapest-mix", 5300),
        ("fastest-mix", 5900),
    ]
    assert {w.method_id for w in order.withheld} == {"economy", "express", "freight"}


def test_equal_mixes_are_offered_once():
    """Where the cheapest is the fastest there is one mix."""
    order = combine_quotes(PLAN, {EAST: quote(a=(1, 1)), WEST: quote(b=(1, 1))})
    assert [o.id for o in order.options] == ["cheapest-mix"]


def test_a_package_nobody_delivers_leaves_the_order_without_options():
    """One package without an option withholds the rest instead of dropping the package."""
    order = combine_quotes(PLAN, {EAST: quote(economy=(300, 4)), WEST: quote(withheld=("economy",))})
    assert order.options == ()
    assert [w.method_id for w in order.withheld] == ["economy"]


def test_a_package_without_a_quote_is_a_fault():
    """Forgetting to ask for a package is not the same as nothing being offered."""
    with pytest.raises(InputError, match=r"quotes.west-1: the package has no quote"):
        combine_quotes(PLAN, {EAST: quote()})


def test_no_packages_have_no_options():
    """A cart of downloads combines to nothing to choose."""
    downloads = Cart(currency="USD", lines=(line("song", requires_shipping=False),))
    order = combine_quotes(plan_packages(downloads), {})
    assert (order.options, order.withheld) == ((), ())


def test_discounts_are_shared_out_to_the_cent():
    """A line discount follows units, the order discount follows goods, downloads keep their share."""
    cart = Cart(
        currency="USD",
        lines=(line("a", 3, discount=100), line("song", requires_shipping=False)),
        order_discount=391,
    )
    sources = [Source(id="x", stock={"a": 2}), Source(id="y", stock={"a": 1})]
    parts = package_carts(cart, plan_packages(cart, sources))
    assert [(c.quantity, c.lines[0].discount, c.order_discount) for c in parts.values()] == [
        (2, 67, 194),
        (1, 33, 97),
    ]


def test_a_package_request_looks_at_the_whole_order_for_thresholds():
    """Origin and release day are the package's; the whole cart goes along; nothing else changes."""
    cart = Cart(
        currency="USD", lines=(line("a", origin="east", release_on="2027-01-04"), line("b", origin="west"))
    )
    request = QuoteRequest(
        cart=cart,
        destination=Address(country="US"),
        placed_at=NOW,
        channel="web",
        release_on=dt.date(2026, 12, 24),
    )
    asked = [(p.id, r) for p, r in package_requests(request, plan_packages(cart))]
    assert [(i, r.origin, r.release_on, r.cart.quantity) for i, r in asked] == [
        (EAST, "east", dt.date(2027, 1, 4), 1),
        (WEST, "west", dt.date(2026, 12, 24), 1),
    ]
    assert all(r.whole_cart is cart and r.channel == "web" for _, r in asked)
