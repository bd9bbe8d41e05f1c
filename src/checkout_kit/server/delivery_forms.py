"""The deliveries of a posted form as patches: place, option and goods of each."""

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import evolve

from checkout_kit.checkout import UNSET, Checkout, Delivery, DeliveryPatch, Unset, Update, lines_of
from checkout_kit.server.form_fields import posted_address
from checkout_kit.server.page_problems import prefix_of

MOST_DELIVERIES: Final = 5
NEW_ADDRESS: Final = "new"
SAME_ADDRESS: Final = "same"
PICKUP: Final = "pickup:"
SPLIT: Final = "split"
MERGE: Final = "merge:"


def posted_deliveries(
    form: Mapping[str, str], checkout: Checkout, countries: tuple[str, ...]
) -> tuple[tuple[DeliveryPatch, ...] | Unset, bool]:
    """What changed in the deliveries, and whether the ones not named are dropped."""
    shown = dict(_shown(form, checkout))
    patches: dict[str, DeliveryPatch] = {}
    first = checkout.deliveries[0]
    for delivery in checkout.deliveries:
        if delivery.id in shown:
            prefix = shown[delivery.id]
            patch = _patch(form, prefix, delivery, countries)
            if form.get(f"{prefix}place") == SAME_ADDRESS:
                patch = _following(patch, delivery, first, patches.get(first.id))
            patches[delivery.id] = patch
    before = {line: d.id for d in checkout.deliveries for line in lines_of(checkout, d)}
    after, split_id = _owners(form, checkout, shown, before)
    if after == before:
        changed = tuple(patch for patch in patches.values() if patch != DeliveryPatch(id=patch.id))
        return changed or UNSET, False
    if split_id:
        patches[split_id] = _like(first, patches.get(first.id), split_id)
    kept: list[DeliveryPatch] = []
    for delivery_id in (*(delivery.id for delivery in checkout.deliveries), *filter(None, (split_id,))):
        goods = tuple(line for line, owner in after.items() if owner == delivery_id)
        if goods:
            # The first takes whatever no other names, so that goods added later are sent too.
            patch = patches.get(delivery_id, DeliveryPatch(id=delivery_id))
            kept.append(evolve(patch, line_ids=goods if kept else ()))
    return tuple(kept), True


def _shown(form: Mapping[str, str], checkout: Checkout) -> Iterator[tuple[str, str]]:
    """The ids of the deliveries the form shows, with the beginning of their controls' names."""
    known = {delivery.id for delivery in checkout.deliveries}
    for index in range(max(MOST_DELIVERIES, len(known))):
        prefix = prefix_of(index)
        delivery_id = form.get(f"{prefix}delivery", "" if prefix else checkout.deliveries[0].id)
        if delivery_id in known:
            yield delivery_id, prefix


def _patch(
    form: Mapping[str, str], prefix: str, delivery: Delivery, countries: tuple[str, ...]
) -> DeliveryPatch:
    patch = DeliveryPatch(id=delivery.id)
    place = form.get(f"{prefix}place", NEW_ADDRESS)
    if place.startswith(PICKUP):
        point_id = place.removeprefix(PICKUP)
        if delivery.pickup is None or delivery.pickup.id != point_id:
            patch = evolve(patch, pickup_point_id=point_id)
    elif place not in (NEW_ADDRESS, SAME_ADDRESS):
        if place != delivery.saved_address_id:
            patch = evolve(patch, saved_address_id=place)
    elif place == NEW_ADDRESS and f"{prefix}country" in form:
        address = posted_address(form, countries, prefix)
        if address != delivery.address or delivery.saved_address_id:
            patch = evolve(patch, address=address)
    option_id = form.get(f"{prefix}option", "")
    chosen = delivery.choice.option_id if delivery.choice else ""
    if option_id and option_id != chosen:
        return evolve(patch, option_id=option_id)
    slot_id, picked = form.get(f"{prefix}slot"), delivery.slot.id if delivery.slot else delivery.wanted_slot
    return patch if slot_id is None or slot_id == picked else evolve(patch, slot_id=slot_id or None)


def without_options(update: Update) -> Update:
    """The update without the options and slots it chooses."""
    if isinstance(update.deliveries, Unset):
        return update
    return evolve(
        update, deliveries=tuple(evolve(patch, option_id=UNSET, slot_id=UNSET) for patch in update.deliveries)
    )


def goes_to_same_place(delivery: Delivery, first: Delivery) -> bool:
    """Whether a delivery goes to the address of the first one."""
    return delivery.pickup is None and delivery.address == first.address


def _following(
    patch: DeliveryPatch, delivery: Delivery, first: Delivery, first_patch: DeliveryPatch | None
) -> DeliveryPatch:
    """The patch with the first delivery's address, as this very form changes it."""
    if first_patch is not None and first_patch.saved_address_id:
        return evolve(patch, saved_address_id=first_patch.saved_address_id)
    if first_patch is not None and not isinstance(first_patch.address, Unset):
        return evolve(patch, address=first_patch.address)
    if goes_to_same_place(delivery, first):
        return patch
    if first.saved_address_id:
        return evolve(patch, saved_address_id=first.saved_address_id)
    return evolve(patch, address=first.address)


def _like(first: Delivery, first_patch: DeliveryPatch | None, delivery_id: str) -> DeliveryPatch:
    """A new delivery that goes where the first one goes."""
    patch = DeliveryPatch(id=delivery_id)
    if first.pickup is not None:
        return evolve(patch, pickup_point_id=first.pickup.id)
    return _following(patch, Delivery(id=delivery_id), first, first_patch)


def _owners(
    form: Mapping[str, str], checkout: Checkout, shown: Mapping[str, str], before: Mapping[str, str]
) -> tuple[dict[str, str], str]:
    """Which delivery each line goes with now, and the id of the new one where the buyer asked for one."""
    first = checkout.deliveries[0].id
    after = dict(before)
    action = form.get("action", "")
    for delivery in checkout.deliveries[1:]:
        prefix = shown.get(delivery.id, "")
        if prefix and f"{prefix}goods" in form:
            for line_id, owner in before.items():
                is_ticked = f"{prefix}goes:{line_id}" in form
                if is_ticked and owner != delivery.id:
                    after[line_id] = delivery.id
                elif not is_ticked and owner == delivery.id and after[line_id] == owner:
                    after[line_id] = first
        if action == MERGE + delivery.id:
            after = {line_id: first if owner == delivery.id else owner for line_id, owner in after.items()}
    left = [line_id for line_id, owner in after.items() if owner == first]
    if action != SPLIT or len(left) < 2 or len(checkout.deliveries) >= MOST_DELIVERIES:
        return after, ""
    taken = {delivery.id for delivery in checkout.deliveries}
    split_id = next(f"delivery-{n}" for n in range(2, len(taken) + 3) if f"delivery-{n}" not in taken)
    after[left[-1]] = split_id
    return after, split_id
