"""Collecting instead of delivering: which methods go where, what is asked for, and what is kept."""

import datetime as dt

import pytest
from attrs import evolve
from pydantic_core import from_json, to_json

from checkout_kit.cart import LineItem
from checkout_kit.checkout import (
    Billing,
    Checkout,
    Complete,
    DeliveryPatch,
    PaymentOutcome,
    PickupPlace,
    PlaceOrder,
    Refresh,
    Rules,
    SigningKeys,
    Transition,
    Update,
    lock_options,
    pickup_choices,
    problems,
    quote_request,
    transition,
)
from checkout_kit.errors import InputError, NotReady
from checkout_kit.orders import place_order
from checkout_kit.orders.document import pack_order, unpack_order
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.storage.codec import CheckoutCodec
from checkout_kit.testing.checkouts import HOME, MUG, NOON, empty_checkout, filled_in

KEYS = SigningKeys({"k": b"0123456789abcdef0123456789abcdef"})
TEXT = """
currency = "USD"
[origins.austin]
timezone = "America/Chicago"
cutoff = "14:00"
[origins.dallas]
timezone = "America/Chicago"
cutoff = "14:00"
[zones.texas]
where = [{ country = "US", regions = ["TX"] }]
[services.ground]
transit = "2 business days"
[[methods]]
id = "home"
title = "To your door"
service = "ground"
zones = ["texas"]
price = "3.90"
[[methods]]
id = "desk"
title = "At our shop"
service = "ground"
zones = ["texas"]
price = "0.00"
pickup_points = ["shop"]
[[methods]]
id = "box"
title = "At a locker"
service = "ground"
zones = ["texas"]
price = "2.00"
pickup_points = ["locker"]
when = { destination_kinds = ["locker"] }
[pickup_points.shop]
title = "Our shop"
address = { country = "US", region = "TX", city = "Austin", line1 = "1 Elm St", postal_code = "73301" }
origin = "dallas"
[pickup_points.locker]
title = "Locker"
kind = "locker"
address = { country = "US", region = "TX", city = "Austin", line1 = "2 Elm St", postal_code = "73301" }
max_weight = "1 kg"
"""
POLICY = ShippingPolicy.loads(TEXT)
ELSEWHERE = ShippingPolicy.loads(TEXT.replace("1 Elm St", "8 Birch St"))
WITHOUT_SHOP = ShippingPolicy.loads(
    TEXT.replace('["shop"]', '["locker"]').partition("[pickup_points.shop]")[0]
    + "[pickup_points.locker]"
    + TEXT.partition("[pickup_points.locker]")[2]
)


def step(
    checkout: Checkout, command: object, policy: ShippingPolicy = POLICY, now: dt.datetime = NOON
) -> Transition:
    rules = Rules(pickup=policy.pickup, keys=KEYS)
    return transition(checkout, command, policy.quote, now, rules)  # type: ignore[arg-type]


def collect(point_id: str | None, **more: object) -> Update:
    return Update(deliveries=(DeliveryPatch(pickup_point_id=point_id, **more),))  # type: ignore[arg-type]


def collected(point_id: str = "shop") -> Checkout:
    """A checkout that can be completed and is collected at the shop."""
    update = evolve(filled_in(), deliveries=collect(point_id).deliveries, billing=Billing(address=HOME))
    return step(empty_checkout(), update).checkout


def withheld(done: Transition) -> list[tuple[str, str]]:
    (quote,) = done.quotes
    assert quote is not None
    return [(each.method_id, each.reason) for each in quote.withheld]


def test_only_methods_that_go_to_the_point_are_offered() -> None:
    """The quote is asked for the point's own place; every other method is withheld with its reason."""
    done = step(collected(), Refresh())
    (quote,) = done.quotes
    assert quote is not None
    assert [option.id for option in quote.options] == ["desk"]
    assert withheld(done) == [("home", "address_only"), ("box", "not_at_this_pickup_point")]
    request = quote_request(done.checkout, done.checkout.deliveries[0], NOON)
    assert request is not None
    assert (request.destination, request.destination_kind, request.origin) == (
        POLICY.pickup_points["shop"].address,
        "pickup_point",
        "dallas",
    )
    at_locker = step(collected("locker"), Refresh())
    assert withheld(at_locker) == [("home", "address_only"), ("desk", "not_at_this_pickup_point")]
    assert problems(at_locker.checkout) == ()


def test_methods_of_pickup_points_are_not_offered_to_an_address() -> None:
    """At home the desk is withheld, with what would offer it; the cheapest left is preselected."""
    done = step(empty_checkout(), filled_in())
    (quote,) = done.quotes
    assert quote is not None
    assert [option.id for option in quote.options] == ["home"]
    assert quote.default_option_id == "home"
    assert withheld(done) == [("desk", "pickup_only"), ("box", "pickup_only")]
    assert {each.hint for each in quote.withheld} == {"Choose a pickup point."}


def test_a_point_and_an_address_take_each_others_place() -> None:
    """Setting one clears the other, null clears the point, and what is not named stays."""
    there = step(step(empty_checkout(), filled_in()).checkout, collect("shop")).checkout
    assert there.deliveries[0].address is None
    assert step(there, Update(note="ring")).checkout.deliveries == there.deliveries
    other = step(there, collect("locker")).checkout.deliveries[0].pickup
    assert other is not None
    assert (other.id, other.title) == ("locker", "Locker")
    home = step(there, Update(deliveries=(DeliveryPatch(address=HOME),))).checkout.deliveries[0]
    assert (home.pickup, home.address) == (None, HOME)
    cleared = step(there, collect(None)).checkout
    assert (cleared.deliveries[0].pickup, cleared.deliveries[0].choice) == (None, None)
    assert [p.path for p in problems(cleared)] == ["deliveries[0].address"]


def test_a_delivery_does_not_go_to_two_places() -> None:
    """A point beside an address in one patch is refused with its path."""
    with pytest.raises(InputError) as caught:
        step(empty_checkout(), collect("shop", address=HOME))
    assert [fault.path for fault in caught.value.faults] == ["deliveries[0].pickup_point_id"]


def test_what_is_collected_needs_no_address_but_a_bill_does() -> None:
    """The only thing missing is whom to bill, for there is no delivery address to follow."""
    unbilled = step(empty_checkout(), evolve(filled_in(), deliveries=collect("shop").deliveries)).checkout
    assert unbilled.billing_address is None
    assert [(p.code, p.path) for p in problems(unbilled)] == [("billing_missing", "billing.address")]
    assert problems(collected()) == ()


def test_the_bill_follows_the_delivery_that_goes_to_an_address() -> None:
    """One line collected, one sent home: each is quoted for its own place, home is billed."""
    bowl = LineItem(id="l2", sku="BOWL", quantity=1, unit_price=900, weight_g=100)
    patches = (
        DeliveryPatch(id="desk", line_ids=("l1",), pickup_point_id="shop"),
        DeliveryPatch(id="home", line_ids=("l2",), address=HOME),
    )
    update = evolve(filled_in(lines=(MUG, bowl)), deliveries=patches, replaces_deliveries=True)
    split = step(empty_checkout(), update).checkout
    assert [d.choice and d.choice.option_id for d in split.deliveries] == ["desk", "home"]
    assert (split.billing_address, problems(split)) == (HOME, ())


@pytest.mark.parametrize("point_id", ["nowhere", "shop' OR 1"])
def test_an_unknown_point_is_a_problem(point_id: str) -> None:
    """It is kept as asked for, nothing is offered, and the problem names the member."""
    checkout = collected(point_id)
    assert checkout.deliveries[0].pickup == PickupPlace(id=point_id)
    (problem,) = problems(checkout)
    assert (problem.code, problem.path) == ("pickup_point_unavailable", "deliveries[0].pickup_point")
    with pytest.raises(NotReady):
        step(checkout, Complete())


def test_a_point_that_is_no_longer_served_is_a_problem_until_it_is_again() -> None:
    """The policy drops the point: the choice is let go; it comes back with the point."""
    chosen = step(collected(), collect("shop", option_id="desk")).checkout
    dropped = step(chosen, Refresh(), WITHOUT_SHOP).checkout
    place = dropped.deliveries[0].pickup
    assert place is not None
    assert (place.title, place.address, dropped.deliveries[0].choice) == ("Our shop", None, None)
    assert [p.code for p in problems(dropped)] == ["pickup_point_unavailable"]
    with pytest.raises(NotReady):
        step(chosen, Complete(), WITHOUT_SHOP)
    again = step(dropped, Refresh()).checkout.deliveries[0]
    assert (again.pickup, again.choice and again.choice.option_id) == (chosen.deliveries[0].pickup, "desk")


def test_a_point_that_moved_is_shown_before_the_order_is_placed() -> None:
    """The first completion is refused with the news and keeps the new place; the second goes through."""
    done = step(collected(), Complete(), ELSEWHERE)
    assert done.refusal is not None
    assert [str(p).partition(" at ")[0] for p in done.refusal.problems] == ["pickup_point_moved"]
    place = done.checkout.deliveries[0].pickup
    assert place is not None
    assert place.address is not None
    assert place.address.line1 == "8 Birch St"
    assert step(done.checkout, Complete(), ELSEWHERE).checkout.attempt is not None


def test_going_to_a_pickup_point_is_a_cause_of_its_own() -> None:
    """Collected instead of delivered, collected elsewhere, and delivered again are told apart."""
    home = step(empty_checkout(), evolve(filled_in(), deliveries=(DeliveryPatch(address=HOME),))).checkout
    at_shop = step(home, collect("shop")).checkout
    at_locker = step(at_shop, collect("locker")).checkout
    again = step(at_locker, Update(deliveries=(DeliveryPatch(address=HOME),))).checkout
    seen = [{change.cause for change in each.changes} for each in (at_shop, at_locker, again)]
    assert seen == [{"pickup_point"}, {"pickup_point"}, {"address"}]


def test_what_a_point_cannot_take_is_withheld_and_the_point_not_listed() -> None:
    """Three mugs are too heavy for the locker: it is not among the choices, and says why when named."""
    light = collected("locker")
    assert [p.id for p in pickup_choices(light, light.deliveries[0], POLICY.pickup)] == ["shop", "locker"]
    done = step(light, Update(lines=(evolve(MUG, quantity=3),)))
    heavy = done.checkout
    assert [p.id for p in pickup_choices(heavy, heavy.deliveries[0], POLICY.pickup)] == ["shop"]
    assert ("box", "pickup_point_refuses") in withheld(done)
    (change,) = heavy.changes
    assert change.kind == "option_unavailable"
    assert "weighs 1200 g" in change.detail
    assert [p.code for p in problems(heavy)] == ["option_missing"]
    digital = step(light, Update(lines=(evolve(MUG, requires_shipping=False),))).checkout
    assert pickup_choices(digital, digital.deliveries[0], POLICY.pickup) == ()


def test_a_lock_is_for_an_option_that_goes_there() -> None:
    """A home method locked for the point's own place is refused; the desk's lock is honoured."""
    checkout = collected()
    request = quote_request(checkout, checkout.deliveries[0], NOON)
    assert request is not None
    locks = {o.option_id: o.token for o in lock_options(POLICY.quote(request), request, KEYS)}
    with pytest.raises(InputError, match="does not go there"):
        step(checkout, Update(deliveries=(DeliveryPatch(lock=locks["home"]),)))
    locked = step(checkout, Update(deliveries=(DeliveryPatch(lock=locks["desk"]),))).checkout
    assert locked.deliveries[0].wanted == "desk"


def test_the_order_keeps_the_place_and_reads_back() -> None:
    """Checkout and order survive storage; a delivery without a point is stored as it always was."""
    checkout = collected()
    assert CheckoutCodec().decode(checkout.id, CheckoutCodec().encode(checkout)) == checkout
    order = place_order(
        checkout, PlaceOrder(order_id="or_1", payment_id="p", is_captured=True), NOON, provider="test"
    )
    (delivery,) = order.deliveries
    assert delivery.pickup is not None
    assert delivery.pickup.address == POLICY.pickup_points["shop"].address
    assert delivery.choice is not None
    assert delivery.choice.promise is not None
    assert unpack_order(from_json(to_json(pack_order(order)))) == order
    home = step(empty_checkout(), filled_in()).checkout
    assert set(from_json(CheckoutCodec().encode(home))["deliveries"][0]) == {"address", "choice"}


def test_a_collected_order_is_paid_like_any_other() -> None:
    """Complete asks for goods and pickup; the authorised payment ends the checkout."""
    paying = step(collected("locker"), Complete()).checkout
    assert paying.attempt is not None
    assert paying.attempt.amount == 1400
    paid = step(paying, PaymentOutcome(attempt=1, state="authorised", payment_id="p")).checkout
    assert paid.ending is not None
