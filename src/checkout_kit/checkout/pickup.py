"""Collecting instead of delivering: the place a delivery names, as the policy in force knows it."""

from attrs import evolve

from checkout_kit.checkout.value import Checkout, Delivery, PickupPlace, lines_of
from checkout_kit.shipping.slots import PickupPoint, PickupRules


def locate(delivery: Delivery, pickup: PickupRules) -> Delivery:
    """The delivery with its pickup point as the policy describes it now; a point it lacks has no address."""
    place = delivery.pickup
    if place is None:
        return delivery
    point = pickup.points.get(place.id)
    found = evolve(place, address=None) if point is None else _place(point)
    return delivery if found == place else evolve(delivery, pickup=found)


def is_moved(before: Delivery, after: Delivery) -> bool:
    """Whether the pickup point of a delivery is not where it was when it was shown."""
    was, now = before.pickup, after.pickup
    return (
        was is not None
        and now is not None
        and was.id == now.id
        and was.address is not None
        and now.address is not None
        and was.address != now.address
    )


def pickup_choices(checkout: Checkout, delivery: Delivery, pickup: PickupRules) -> tuple[PickupPoint, ...]:
    """The points this delivery may be collected at, in policy order; none where nothing is shipped."""
    if not pickup.methods:
        return ()
    ids = set(lines_of(checkout, delivery))
    if not ids:
        return ()
    lines = tuple(line for line in checkout.cart.lines if line.id in ids)
    return pickup.open_to(evolve(checkout.cart, lines=lines, order_discount=0))


def _place(point: PickupPoint) -> PickupPlace:
    return PickupPlace(
        id=point.id, title=point.title, address=point.address, destination_kind=point.destination_kind,
        origin=point.origin,
    )  # fmt: skip
