"""Deliveries as the protocol shows them: options with times and totals, what is selected, and groups."""

import datetime as dt
from collections.abc import Sequence

from attrs import frozen
from checkout_kit.adapter.protocol_options import ShownOption, promised_times, shown_options
from checkout_kit.checkout import Checkout, Delivery, lines_of
from checkout_kit.service import CheckoutView
from checkout_kit.shipping import Quote

from checkout_kit_acp.faults import Json
from checkout_kit_acp.postal import from_address
from checkout_kit_acp.session import NamedGroup
from checkout_kit_acp.totals import total_row

DIGITAL = "digital"
_BETWEEN = "/"


@frozen(kw_only=True)
class Part:
    """One delivery of a checkout with its lines, its quote and the agent's name for it."""

    delivery: Delivery
    quote: Quote | None
    line_ids: tuple[str, ...]
    group: NamedGroup

    def option_id(self, own: str, *, is_alone: bool) -> str:
        """The id an option has among those of all deliveries."""
        return own if is_alone else f"{self.group.id}{_BETWEEN}{own}"


def parts_of(view: CheckoutView, groups: Sequence[NamedGroup]) -> tuple[Part, ...]:
    """The deliveries that have something to carry."""
    by_delivery = {group.delivery_id: group for group in groups if group.delivery_id}
    found = []
    for delivery, quote in zip(view.checkout.deliveries, view.quotes, strict=True):
        lines = lines_of(view.checkout, delivery)
        if lines:
            group = by_delivery.get(delivery.id) or NamedGroup(id=delivery.id, delivery_id=delivery.id)
            found.append(Part(delivery=delivery, quote=quote, line_ids=lines, group=group))
    return tuple(found)


def split_option_id(option_id: str) -> tuple[str, str]:
    """The group named in an option's id (empty where there is none) and the option's own id."""
    group, _, own = option_id.rpartition(_BETWEEN)
    return group, own


def options_json(parts: Sequence[Part], checkout: Checkout, zone: dt.tzinfo) -> list[Json]:
    """Every option of every delivery; goods that are not shipped have one of their own."""
    is_alone = len(parts) == 1
    found = [
        _option_json(option, part.option_id(option.id, is_alone=is_alone), zone)
        for part in parts
        for option in shown_options(part.quote, part.delivery.choice)
    ]
    if any(not line.requires_shipping for line in checkout.cart.lines):
        found.append(
            {"type": DIGITAL, "id": DIGITAL, "title": "Digital delivery", "totals": [total_row("total", 0)]}
        )
    return found


def _option_json(option: ShownOption, option_id: str, zone: dt.tzinfo) -> Json:
    document: Json = {"type": "shipping", "id": option_id, "title": option.title}
    if option.description:
        document["description"] = option.description
    if option.promise is not None:
        first, last = promised_times(option.promise, zone)
        document |= {"earliest_delivery_time": first, "latest_delivery_time": last}
    rows = [total_row("total", option.price, "Shipping")]
    if option.regular_price > option.price:
        discount = total_row("discount", option.regular_price - option.price)
        rows = [total_row("subtotal", option.regular_price), discount, *rows]
    document["totals"] = rows
    return document


def selected_json(parts: Sequence[Part], checkout: Checkout) -> list[Json]:
    """The option chosen for each delivery, with the ids of its items."""
    is_alone = len(parts) == 1
    found: list[Json] = [
        {
            "type": "shipping",
            "option_id": part.option_id(part.delivery.choice.option_id, is_alone=is_alone),
            "item_ids": item_ids(checkout, part.line_ids),
        }
        for part in parts
        if part.delivery.choice is not None
    ]
    digital = [line.id for line in checkout.cart.lines if not line.requires_shipping]
    if digital:
        found.append({"type": DIGITAL, "option_id": DIGITAL, "item_ids": item_ids(checkout, tuple(digital))})
    return found


def item_ids(checkout: Checkout, line_ids: Sequence[str]) -> list[str]:
    """The ids of the items on these lines, each once, in cart order."""
    wanted = set(line_ids)
    return list(dict.fromkeys(line.sku for line in checkout.cart.lines if line.id in wanted))


def groups_json(parts: Sequence[Part], groups: Sequence[NamedGroup], checkout: Checkout) -> list[Json]:
    """The groups the agent named and the deliveries there are; empty where it named none and there is one."""
    if not groups and len(parts) <= 1:
        return []
    found: list[Json] = []
    for part in parts:
        shown: Json = {
            "id": part.group.id,
            "item_ids": item_ids(checkout, part.line_ids),
            "destination_type": "shipping",
        }
        if part.delivery.address is not None:
            shown["fulfillment_details"] = {"address": from_address(part.delivery.address)}
        found.append(shown)
    found += [
        {"id": group.id, "item_ids": list(group.item_ids), "destination_type": group.destination_type}
        for group in groups
        if group.destination_type == DIGITAL
    ]
    return found
