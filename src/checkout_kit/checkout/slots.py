"""The delivery slot of each delivery: seated while it is offered, let go with word of it, never exchanged."""

import datetime as dt
from collections import Counter

from attrs import evolve

from checkout_kit.checkout.commands import DeliveryPatch
from checkout_kit.checkout.value import Change, Checkout, Choice, Delivery, SlotPlace
from checkout_kit.errors import InputError
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping.slots import Slot, SlotRules

_MOST_NAMED = 5


def slot_choices(
    delivery: Delivery, rules: SlotRules, now: dt.datetime, *, taken: Counter[str] | None = None
) -> tuple[Slot, ...] | None:
    """The slots of a delivery's chosen option at `now`, offered or with a reason; None where it has none.

    `taken` are places that other deliveries of the same checkout have.
    """
    choice = delivery.choice
    if choice is None:
        return None
    schedule = rules.schedule_of(choice.method_id, "" if delivery.pickup is None else delivery.pickup.id)
    if schedule is None:
        return None
    ready_on = choice.promise.earliest if choice.promise else None
    return rules.offer(schedule, now, not_before=ready_on, also_taken=taken or Counter())


def seat(
    checkout: Checkout, rules: SlotRules, now: dt.datetime, *, patches: tuple[DeliveryPatch, ...] = ()
) -> Checkout:
    """The checkout with every wanted slot taken that can be had, and what was lost among its changes.

    A slot that is full, closed or too early for the goods stays wanted, so that it is a problem until the
    buyer picks another or none. Of `patches`, the ones just applied, those that name a slot have to be right.

    Raises:
        InputError: a slot was named that the chosen option does not have.
    """
    if not any(delivery.slot or delivery.wanted_slot for delivery in checkout.deliveries):
        return checkout
    asked = {patch.id for patch in patches if patch.slot_id}
    taken: Counter[str] = Counter()
    deliveries: list[Delivery] = []
    changes: list[Change] = []
    for i, before in enumerate(checkout.deliveries):
        after = _seated(before, rules, now, taken, f"deliveries[{i}].slot_id" if before.id in asked else "")
        deliveries.append(after)
        if after.slot is not None:
            taken[after.slot.id] += 1
        elif before.slot is not None and after.wanted_slot and before.choice is not None:
            changes.append(
                Change(
                    kind="slot_unavailable", cause="time", delivery_id=before.id,
                    option_id=before.choice.option_id, title=before.choice.title,
                )
            )  # fmt: skip
    if tuple(deliveries) == checkout.deliveries:
        return checkout
    return evolve(checkout, deliveries=tuple(deliveries), changes=(*checkout.changes, *changes))


def promised(delivery: Delivery) -> Choice | None:
    """The chosen option as it is promised: on the slot's own day where one was picked."""
    choice, slot = delivery.choice, delivery.slot
    if choice is None or slot is None:
        return choice
    day, order_by = slot.starts_at.date(), slot.order_by
    promise = choice.promise or DeliveryPromise(earliest=day, latest=day, ships_earliest=day, ships_on=day)
    # Whichever closes first: the goods have to leave in time for the slot.
    order_by = min(order_by, promise.order_by or order_by)
    return evolve(choice, promise=evolve(promise, earliest=day, latest=day, order_by=order_by))


def has_lost_slot(before: Checkout, after: Checkout) -> bool:
    """Whether a slot that was held is not any more."""
    return any(
        was.slot is not None and now.slot is None
        for was, now in zip(before.deliveries, after.deliveries, strict=True)
    )


def _seated(
    delivery: Delivery, rules: SlotRules, now: dt.datetime, taken: Counter[str], path: str
) -> Delivery:
    wanted = delivery.slot.id if delivery.slot is not None else delivery.wanted_slot
    if not wanted:
        return delivery
    slots = slot_choices(delivery, rules, now, taken=taken)
    if slots is None:
        if path and delivery.choice is not None:
            raise InputError.of(path, "is not offered: the chosen option has no slots", found=wanted)
        # Without a choice the slot waits for one; a choice without slots has none to wait for.
        return evolve(delivery, slot=None, wanted_slot=wanted if delivery.choice is None else "")
    slot = next((one for one in slots if one.id == wanted), None)
    if slot is None and path:
        some = [one.id for one in slots if one.is_offered][:_MOST_NAMED]
        remedy = f"choose one of the offered, such as {', '.join(some)}" if some else "none is offered now"
        raise InputError.of(path, "is not a slot of the chosen option", found=wanted, remedy=remedy)
    if slot is None:
        schedules = {one.id.partition("@")[0] for one in slots}
        is_of_these = wanted.partition("@")[0] in schedules or not schedules
        return evolve(delivery, slot=None, wanted_slot=wanted if is_of_these else "")
    if not slot.is_offered:
        return evolve(delivery, slot=None, wanted_slot=wanted)
    place = SlotPlace(
        id=slot.id, starts_at=slot.starts_at, ends_at=slot.ends_at, order_by=slot.order_by,
        capacity=slot.capacity,
    )  # fmt: skip
    return delivery if place == delivery.slot else evolve(delivery, slot=place, wanted_slot="")
