"""Places in delivery slots: what others have taken, and what one write holds and gives back."""

import datetime as dt

from attrs import evolve

from checkout_kit.checkout import Checkout, Rules, has_lost_slot, seat
from checkout_kit.service.settings import Settings
from checkout_kit.service.steps import Steps, StoreCall
from checkout_kit.storage import PlaceWrite, Store


def hold_id(checkout: Checkout, delivery_id: str) -> str:
    """Under which name a delivery holds its place."""
    return f"{checkout.id}:{delivery_id}"


def counted(store: Store, rules: Rules, checkout: Checkout, now: dt.datetime) -> Steps[Rules]:
    """The rules with the places that others hold at `now`; one look at the store, where there are slots."""
    slot_ids = rules.slots.slot_ids(now) if rules.slots.is_used else ()
    if not slot_ids:
        return rules
    own = tuple(hold_id(checkout, delivery.id) for delivery in checkout.deliveries)
    taken = yield StoreCall(lambda: store.taken_places(slot_ids, now=now, but=own))
    return evolve(rules, slots=evolve(rules.slots, taken=taken))


def is_slot_gone(checkout: Checkout, rules: Rules, now: dt.datetime) -> bool:
    """Whether a place the buyer is paying for has been given away or is too late to be had."""
    return has_lost_slot(checkout, seat(checkout, rules.slots, now))


def places_of(
    before: Checkout, after: Checkout, settings: Settings, now: dt.datetime
) -> tuple[tuple[PlaceWrite, ...], tuple[tuple[str, str], ...]]:
    """What the write from `before` to `after` holds, and what it gives back.

    An open checkout holds for a while from each of its writes; an order keeps for good; whatever else has
    ended gives back. A payment's failure holds nothing anew: the place may be gone, and it has to be noted.
    """
    had = {(d.slot.id, hold_id(before, d.id)) for d in before.deliveries if d.slot is not None}
    if not had and not [d for d in after.deliveries if d.slot is not None]:
        return (), ()
    ending = after.ending
    if ending is not None and ending.kind != "completed":
        return (), tuple(sorted(had))
    until = now + settings.holds_slots_for if ending is None else None
    attempt = after.attempt
    renews = ending is not None or attempt == before.attempt or (attempt and attempt.state == "authorising")
    wanted = tuple(
        PlaceWrite(
            slot_id=d.slot.id, hold_id=hold_id(after, d.id), capacity=d.slot.capacity, now=now, until=until
        )
        for d in after.deliveries
        if d.slot is not None
    )
    kept = {(place.slot_id, place.hold_id) for place in wanted}
    held = tuple(place for place in wanted if renews or (place.slot_id, place.hold_id) not in had)
    return held, tuple(sorted(had - kept))
