"""Fill in what an update only names: goods by sku, addresses by their id in the customer's book."""

from operator import is_not

from attrs import evolve

from checkout_kit.address import AddressBook
from checkout_kit.cart import Cart, LineItem
from checkout_kit.checkout import UNSET, Billing, DeliveryPatch, Item, Unset, Update
from checkout_kit.errors import Fault, InputError, NotFound, short_repr
from checkout_kit.service.settings import Catalog


def resolve(update: Update, cart: Cart | None, book: AddressBook, catalog: Catalog | None) -> Update:
    """The update with lines for its items and addresses for its saved ids.

    Raises:
        InputError: every unknown sku and every saved address that is not in this customer's book.
    """
    faults: list[Fault] = []
    if not isinstance(update.items, Unset):
        lines = _lines(update.items, cart, catalog, faults)
        update = evolve(update, lines=lines, items=UNSET)
    if not isinstance(update.deliveries, Unset):
        patches = [_patch(patch, i, book, faults) for i, patch in enumerate(update.deliveries)]
        if any(map(is_not, patches, update.deliveries)):
            update = evolve(update, deliveries=tuple(patches))
    if update.billing_saved_address_id:
        saved_id = update.billing_saved_address_id
        try:
            saved = book.get(saved_id)
        except NotFound:
            faults.append(_unknown("billing.saved_address_id", saved_id))
        else:
            billing = Billing(address=saved.address, saved_address_id=saved.id)
            update = evolve(update, billing=billing, billing_saved_address_id="")
    if faults:
        raise InputError(faults)
    return update


def _lines(
    items: tuple[Item, ...], cart: Cart | None, catalog: Catalog | None, faults: list[Fault]
) -> tuple[LineItem, ...]:
    present = {line.id: line for line in cart.lines} if cart is not None else {}
    taken = {item.id for item in items if item.id}
    lines: list[LineItem] = []
    for i, item in enumerate(items):
        known = present.get(item.id)
        template = known if known is not None and known.sku == item.sku else None
        if template is None and catalog is not None:
            template = catalog(item.sku)
        if template is None:
            faults.append(
                Fault(
                    f"lines[{i}].sku",
                    "the shop has no such goods",
                    short_repr(item.sku),
                    "use a sku it sells",
                )
            )
            continue
        line_id = item.id or _free_id(item.sku, taken)
        taken.add(line_id)
        discount = min(template.discount, max(item.quantity, 0) * template.unit_price)
        lines.append(evolve(template, id=line_id, quantity=item.quantity, discount=discount))
    return tuple(lines)


def _free_id(sku: str, taken: set[str]) -> str:
    if sku not in taken:
        return sku
    return next(f"{sku}-{n}" for n in range(2, len(taken) + 3) if f"{sku}-{n}" not in taken)


def _patch(patch: DeliveryPatch, place: int, book: AddressBook, faults: list[Fault]) -> DeliveryPatch:
    saved_id = patch.saved_address_id
    if isinstance(saved_id, Unset) or not saved_id:
        if isinstance(patch.address, Unset) or patch.address is None or not book.saved:
            return patch
        same = book.find(patch.address)
        return patch if same is None else evolve(patch, saved_address_id=same.id)
    try:
        return evolve(patch, address=book.get(saved_id).address)
    except NotFound:
        faults.append(_unknown(f"deliveries[{place}].saved_address_id", saved_id))
        return patch


def _unknown(path: str, saved_id: str) -> Fault:
    return Fault(path, "is not in this customer's address book", short_repr(saved_id))
