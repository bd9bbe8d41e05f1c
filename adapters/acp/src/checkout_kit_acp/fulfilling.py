"""What an agent asks about delivery, as patches of the checkout's deliveries."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen
from checkout_kit.address import Address
from checkout_kit.cart import LineItem
from checkout_kit.checkout import UNSET, DeliveryPatch, Unset
from checkout_kit.service import CheckoutView

from checkout_kit_acp.faults import Json
from checkout_kit_acp.messages import error
from checkout_kit_acp.options import DIGITAL, parts_of, split_option_id
from checkout_kit_acp.postal import to_address
from checkout_kit_acp.session import NamedGroup

if TYPE_CHECKING:
    from checkout_kit_acp import wire

ONE = "delivery"
_SELECTED = "$.selected_fulfillment_options"


@frozen(kw_only=True)
class Asked:
    """The deliveries an agent asks for: patches, its names for them, and what cannot be done."""

    patches: tuple[DeliveryPatch, ...] = ()
    replaces: bool = False
    groups: tuple[NamedGroup, ...] | None = None
    messages: tuple[Json, ...] = field(default=())

    def without_options(self) -> "Asked":
        """The same without choices, for an option that turned out not to be offered."""
        told = error(
            "invalid", "This option is not offered for these items and this address.", param=_SELECTED
        )
        cleared = tuple(evolve(patch, option_id=UNSET) for patch in self.patches)
        return evolve(self, patches=cleared, messages=(*self.messages, told))


def asked_address(details: "wire.FulfillmentDetails | None", place: str) -> tuple[Address | None, list[Json]]:
    """The address of some details; one whose country is no code is told and not used."""
    if details is None or details.address is None:
        return None, []
    address = to_address(details.address, name=details.name or "", phone=details.phone_number or "")
    if address is None:
        param = f"$.{place}.address.country"
        return None, [error("invalid", "The country must be a two-letter ISO 3166 code.", param=param)]
    return address, []


def asked_groups(groups: "Sequence[wire.Group]", lines: Sequence[LineItem], common: Address | None) -> Asked:
    """One delivery for each shipped group; the first takes along every line that no other names.

    A group without an address goes to the common one.
    """
    messages: list[Json] = []
    named: list[NamedGroup] = []
    patches: list[DeliveryPatch] = []
    shipped = sum(group.destination_type == "shipping" for group in groups)
    for i, group in enumerate(groups):
        place = f"fulfillment_groups[{i}]"
        ids = tuple(dict.fromkeys(group.item_ids))
        if group.destination_type == DIGITAL:
            named.append(NamedGroup(id=group.id, destination_type=DIGITAL, item_ids=ids))
            continue
        if group.destination_type != "shipping":
            told = "This shop ships; it offers no pickup and no local delivery here."
            messages.append(error("unsupported", told, param=f"$.{place}.destination_type"))
            continue
        delivery_id = ONE if shipped == 1 else f"{ONE}_{len(patches) + 1}"
        address, faults = asked_address(group.fulfillment_details, f"{place}.fulfillment_details")
        messages += faults
        address = address or common
        patches.append(
            DeliveryPatch(
                id=delivery_id,
                line_ids=_lines(ids, lines) if patches else (),
                address=UNSET if address is None else address,
            )
        )
        named.append(NamedGroup(id=group.id, delivery_id=delivery_id, item_ids=ids))
    return Asked(
        patches=tuple(patches) or (DeliveryPatch(id=ONE, line_ids=()),),
        replaces=True,
        groups=tuple(named),
        messages=tuple(messages),
    )


def _lines(item_ids: Sequence[str], lines: Sequence[LineItem]) -> tuple[str, ...]:
    """The lines an agent names, by their own id or by their item's."""
    named = set(item_ids)
    return tuple(line.id for line in lines if line.id in named or line.sku in named)


def asked_options(
    selections: "Sequence[wire.Selection]", view: CheckoutView, groups: Sequence[NamedGroup]
) -> Asked:
    """The deliveries' options; different options for items of one delivery divide it."""
    messages: list[Json] = []
    chosen: list[tuple[str, str, tuple[str, ...]]] = []
    parts = parts_of(view, groups)
    lines = view.checkout.cart.lines
    for i, selection in enumerate(selections):
        if selection.type == DIGITAL:
            continue
        if selection.type != "shipping":
            messages.append(
                error(
                    "unsupported", "This shop ships; it offers no other way.", param=f"{_SELECTED}[{i}].type"
                )
            )
            continue
        group, option = split_option_id(selection.option_id)
        ids = _lines(selection.item_ids, lines)
        part = next((one for one in parts if group and one.group.id == group), None)
        if part is None:
            part = max(parts, key=lambda one: len(set(one.line_ids) & set(ids)), default=None)
        if part is not None:
            option = option if part.group.id == group else selection.option_id
            chosen.append((part.delivery.id, option, ids))
        elif len(view.checkout.deliveries) == 1:
            chosen.append((view.checkout.deliveries[0].id, selection.option_id, ids))
    divided = _divided(view, chosen)
    if divided:
        return Asked(patches=divided, replaces=True, groups=(), messages=tuple(messages))
    by_delivery = {delivery_id: option for delivery_id, option, _ in chosen}
    patches = tuple(DeliveryPatch(id=key, option_id=option) for key, option in by_delivery.items())
    return Asked(patches=patches, messages=tuple(messages))


def is_plain(selections: "Sequence[wire.Selection]", view: CheckoutView) -> bool:
    """Whether there is one delivery and one option for it, whatever items are named."""
    options = {one.option_id for one in selections if one.type != DIGITAL}
    return len(view.checkout.deliveries) == 1 and len(options) <= 1


def _divided(
    view: CheckoutView, chosen: Sequence[tuple[str, str, tuple[str, ...]]]
) -> tuple[DeliveryPatch, ...]:
    """One delivery for each option where a single one was asked to go several ways, else nothing."""
    by_option: dict[str, tuple[str, ...]] = {}
    for _, option, ids in chosen:
        by_option[option] = (*by_option.get(option, ()), *ids)
    deliveries = view.checkout.deliveries
    is_apart = len({line for ids in by_option.values() for line in ids}) == sum(map(len, by_option.values()))
    if len(deliveries) != 1 or len(by_option) < 2 or not is_apart or not all(by_option.values()):
        return ()
    address = deliveries[0].address
    return tuple(
        DeliveryPatch(id=f"{ONE}_{i + 1}", line_ids=ids if i else (), address=address, option_id=option)
        for i, (option, ids) in enumerate(by_option.items())
    )


def joined(first: Asked, then: Asked) -> Asked:
    """Both, where they patch the same deliveries; what comes second wins."""
    merged = {patch.id: patch for patch in first.patches}
    for patch in then.patches:
        known = merged.get(patch.id)
        merged[patch.id] = patch if known is None else _over(known, patch)
    return Asked(
        patches=tuple(merged.values()),
        replaces=first.replaces or then.replaces,
        groups=then.groups if then.groups is not None else first.groups,
        messages=(*first.messages, *then.messages),
    )


def _over(before: DeliveryPatch, after: DeliveryPatch) -> DeliveryPatch:
    address = before.address if isinstance(after.address, Unset) else after.address
    lines = before.line_ids if isinstance(after.line_ids, Unset) else after.line_ids
    option = before.option_id if isinstance(after.option_id, Unset) else after.option_id
    return evolve(before, address=address, line_ids=lines, option_id=option)
