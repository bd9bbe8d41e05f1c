"""Apply an update to the sections of a checkout; what was not given stays, what was given replaces."""

from attrs import evolve

from checkout_kit.cart import Cart
from checkout_kit.checkout.commands import UNSET, ContactPatch, DeliveryPatch, Unset, Update
from checkout_kit.checkout.copying import copied
from checkout_kit.checkout.value import Checkout, Choice, Contact, Delivery, PickupPlace
from checkout_kit.errors import Fault, InputError
from checkout_kit.making import maker

_contact_of = maker(Contact)
_PLAIN = ("billing", "business", "accepts_terms", "saves_address", "note")


def apply_update(checkout: Checkout, update: Update, written: dict[str, object]) -> Checkout:
    """The checkout with the update's sections in place, and the `written` fields; options are not settled.

    Raises:
        InputError: a delivery names a line that is not in the cart, or two deliveries name one line, or one
            names both an address and a pickup point.
    """
    if update.replaces:
        checkout = evolve(
            checkout, cart=evolve(checkout.cart, lines=(), order_discount=0, discount_codes=()), contact=None,
            deliveries=(Delivery(),), billing=None, payment=None, business=None, accepts_terms=False,
            saves_address=False, note="",
        )  # fmt: skip
    changed: dict[str, object] = {
        name: value for name in _PLAIN if (value := getattr(update, name)) is not UNSET
    }
    cart = _cart(checkout.cart, update)
    if cart is not checkout.cart:
        changed["cart"] = cart
    if update.contact is not UNSET:
        changed["contact"] = _contact(checkout.contact, update.contact)
    if update.deliveries is not UNSET:
        changed["deliveries"] = _deliveries(checkout, update.deliveries, only=update.replaces_deliveries)
    if update.payment is not UNSET:
        changed["payment"] = update.payment
    updated = copied(checkout, changed | written)
    if "cart" in changed or "deliveries" in changed:
        updated = _without_lost_lines(updated, is_cart_change="cart" in changed)
    return updated


def _cart(cart: Cart, update: Update) -> Cart:
    changed: dict[str, object] = {}
    if update.lines is not UNSET:
        changed["lines"] = update.lines
    if update.order_discount is not UNSET:
        changed["order_discount"] = update.order_discount
    if update.discount_codes is not UNSET:
        changed["discount_codes"] = update.discount_codes
    if not changed:
        return cart
    updated = evolve(cart, **changed)  # type: ignore[arg-type]
    return cart if updated == cart else updated


def _contact(contact: Contact | None, patch: ContactPatch | Unset | None) -> Contact | None:
    if patch is None or isinstance(patch, Unset):
        return None
    before = contact or Contact()
    return _contact_of(
        email=before.email if isinstance(patch.email, Unset) else patch.email,
        phone=before.phone if isinstance(patch.phone, Unset) else patch.phone,
        accepts_marketing=(
            before.accepts_marketing
            if isinstance(patch.accepts_marketing, Unset)
            else patch.accepts_marketing
        ),
        accepts_recovery=(
            before.accepts_recovery if isinstance(patch.accepts_recovery, Unset) else patch.accepts_recovery
        ),
    )


def _deliveries(
    checkout: Checkout, patches: tuple[DeliveryPatch, ...] | Unset, *, only: bool
) -> tuple[Delivery, ...]:
    if isinstance(patches, Unset):
        return checkout.deliveries
    by_id = {delivery.id: delivery for delivery in checkout.deliveries}
    patched: dict[str, Delivery] = {}
    both: list[Fault] = []
    for i, patch in enumerate(patches):
        patched[patch.id] = _delivery(by_id.get(patch.id) or Delivery(id=patch.id), patch)
        if patch.pickup_point_id and patch.address:
            path = f"deliveries[{i}].pickup_point_id"
            both.append(Fault(path, "given beside an address", repr(patch.pickup_point_id), "give one"))
    if len(patched) != len(patches):
        raise InputError.of("deliveries", "two of them have the same id", remedy="give each its own id")
    if both:
        raise InputError(both)
    if only:
        by_id = {key: delivery for key, delivery in by_id.items() if key in patched}
    elif patched and by_id.keys() == {"delivery"} and "delivery" not in patched:
        by_id = {}
    return tuple((by_id | patched).values())


def _delivery(delivery: Delivery, patch: DeliveryPatch) -> Delivery:
    changed: dict[str, object] = {}
    if patch.line_ids is not UNSET:
        changed["line_ids"] = patch.line_ids
    if patch.address is not UNSET:
        changed["address"] = patch.address
        changed["saved_address_id"] = "" if patch.saved_address_id is UNSET else patch.saved_address_id
        if patch.address is not None:
            changed["pickup"] = None
    if not isinstance(patch.pickup_point_id, Unset):
        changed |= _pickup(delivery, patch.pickup_point_id)
    if not isinstance(patch.option_id, Unset):
        changed |= _selected(delivery.choice, patch.option_id or "")
    if not isinstance(patch.slot_id, Unset):
        is_same = delivery.slot is not None and delivery.slot.id == patch.slot_id
        changed |= {} if is_same else {"slot": None, "wanted_slot": patch.slot_id or ""}
    differs = {name: value for name, value in changed.items() if value != getattr(delivery, name)}
    return copied(delivery, differs) if differs else delivery


def _selected(choice: Choice | None, option_id: str) -> dict[str, object]:
    if choice is None or choice.option_id != option_id:
        return {"wanted": option_id, "choice": None}
    # Named again, it stays as it was shown, so that the buyer is told what differs from that.
    return {"wanted": option_id, "choice": choice if choice.by_buyer else evolve(choice, by_buyer=True)}


def _pickup(delivery: Delivery, point_id: str | None) -> dict[str, object]:
    if not point_id:
        return {"pickup": None}
    if delivery.pickup is not None and delivery.pickup.id == point_id:
        return {}
    return {"pickup": PickupPlace(id=point_id), "address": None, "saved_address_id": ""}


def _without_lost_lines(checkout: Checkout, *, is_cart_change: bool) -> Checkout:
    """Line ids of removed lines leave their deliveries; an unknown id in a new delivery is a fault."""
    if len(checkout.deliveries) == 1 and not checkout.deliveries[0].line_ids:
        return checkout
    known = {line.id for line in checkout.cart.lines}
    seen: dict[str, str] = {}
    faults: list[Fault] = []
    deliveries = []
    for i, delivery in enumerate(checkout.deliveries):
        for k, line_id in enumerate(delivery.line_ids):
            at = f"deliveries[{i}].line_ids[{k}]"
            if line_id in seen:
                faults.append(Fault(at, f"already goes with delivery {seen[line_id]!r}", repr(line_id)))
            elif line_id not in known and not is_cart_change:
                faults.append(Fault(at, "is not a line of this cart", repr(line_id)))
            seen[line_id] = delivery.id
        kept = tuple(line_id for line_id in delivery.line_ids if line_id in known)
        if kept or not delivery.line_ids:
            deliveries.append(delivery if kept == delivery.line_ids else evolve(delivery, line_ids=kept))
    if sum(not delivery.line_ids for delivery in deliveries) > 1:
        faults.append(
            Fault("deliveries", "only one delivery may leave its lines open", "", "name the line_ids")
        )
    if faults:
        raise InputError(faults)
    left = tuple(deliveries) or (Delivery(),)
    return checkout if left == checkout.deliveries else evolve(checkout, deliveries=left)
