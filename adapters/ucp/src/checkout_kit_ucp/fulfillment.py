"""Fulfillment both ways: a platform's methods as deliveries, deliveries as methods with options."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from attrs import evolve, frozen
from checkout_kit.adapter.protocol_options import ShownOption, promised_times, shown_options
from checkout_kit.address import Address
from checkout_kit.checkout import Delivery, DeliveryPatch, lines_of
from checkout_kit.service import CheckoutView
from checkout_kit.shipping import Quote

from checkout_kit_ucp.faults import Json, error
from checkout_kit_ucp.postal import address_id, from_address, to_address
from checkout_kit_ucp.reading import AskedMethod
from checkout_kit_ucp.session import NamedDestination, NamedMethod
from checkout_kit_ucp.versions import V2026_04_08, Version

NOWHERE: Final = (DeliveryPatch(id="delivery", line_ids=(), address=None, option_id=None),)
SHIPPING: Final = "shipping"


@frozen(kw_only=True)
class Wanted:
    """What a platform's methods ask of a checkout, and the names it gave."""

    patches: tuple[DeliveryPatch, ...] = NOWHERE
    named: tuple[NamedMethod, ...] = ()
    messages: tuple[Json, ...] = ()

    def without_options(self) -> "Wanted":
        """The same without a choice of option, for one that turned out not to be offered."""
        message = error(
            "option_unavailable",
            "The selected delivery option is not offered for this cart and destination; another is selected.",
            path="$.fulfillment.methods",
        )
        cleared = tuple(evolve(patch, option_id=None) for patch in self.patches)
        return evolve(self, patches=cleared, messages=(*self.messages, message))


def wanted_deliveries(
    methods: Sequence[AskedMethod] | None,
    before: Sequence[NamedMethod],
    line_ids: Sequence[str],
    country: str,
) -> Wanted:
    """The deliveries that take the place of what there was; a lone method takes every line."""
    messages: list[Json] = []
    shipped: list[AskedMethod] = []
    for i, method in enumerate(methods or ()):
        if method.type == SHIPPING:
            shipped.append(method)
            continue
        place = f"$.fulfillment.methods[{i}].type"
        messages.append(error("unsupported", "This shop ships; it offers no other way.", path=place))
    patches, named = [], []
    for i, method in enumerate(shipped):
        delivery_id = "delivery" if len(shipped) == 1 else f"delivery_{i + 1}"
        known = next((one for one in before if one.id == method.id), None)
        destinations = tuple(
            NamedDestination(id=one.id, postal={"address_country": country, **one.postal})
            for one in method.destinations
        ) or (known.destinations if known is not None else ())
        lone = destinations[0].id if len(destinations) == 1 else ""
        selected = method.selected_destination_id or lone
        chosen = next((one for one in destinations if one.id == selected), None)
        address = None if chosen is None else to_address(chosen.postal)
        if chosen is not None and address is None:
            place = f"$.fulfillment.methods[{i}].destinations"
            messages.append(error("missing", "The destination's country is missing.", path=place))
        elif method.selected_destination_id and chosen is None:
            place = f"$.fulfillment.methods[{i}].selected_destination_id"
            messages.append(error("invalid", "No destination has this id.", path=place))
        named.append(
            NamedMethod(
                delivery_id=delivery_id,
                id=method.id,
                group_id=method.group_id or f"{method.id}_group",
                destinations=destinations,
                selected_destination_id=selected if chosen is not None else "",
            )
        )
        own = tuple(one for one in method.line_ids if one in line_ids) if len(shipped) > 1 else ()
        option = method.option_id or None
        patches.append(DeliveryPatch(id=delivery_id, line_ids=own, address=address, option_id=option))
    return Wanted(patches=tuple(patches) or NOWHERE, named=tuple(named), messages=tuple(messages))


def fulfillment_json(
    view: CheckoutView, named: Sequence[NamedMethod], version: Version, zone: dt.tzinfo
) -> Json | None:
    """The `fulfillment` member: one method per delivery with one group; None when nothing is shipped."""
    by_delivery = {one.delivery_id: one for one in named}
    methods = []
    for i, (delivery, quote) in enumerate(zip(view.checkout.deliveries, view.quotes, strict=True)):
        lines = lines_of(view.checkout, delivery)
        if lines:
            name = by_delivery.get(delivery.id) or _our_name(delivery, i)
            methods.append(_method_json(delivery, quote, name, lines, version=version, zone=zone))
    return {"methods": methods} if methods else None


def _our_name(delivery: Delivery, place: int) -> NamedMethod:
    own = SHIPPING if place == 0 else f"{SHIPPING}_{place + 1}"
    return NamedMethod(delivery_id=delivery.id, id=own, group_id=f"{own}_group")


def _method_json(
    delivery: Delivery, quote: Quote | None, name: NamedMethod, lines: Sequence[str], *, version: Version,
    zone: dt.tzinfo,
) -> Json:  # fmt: skip
    group: Json = {
        "id": name.group_id,
        "line_item_ids": list(lines),
        "options": [_option_json(one, version, zone) for one in shown_options(quote, delivery.choice)],
        "selected_option_id": delivery.choice.option_id if delivery.choice is not None else None,
    }
    destinations, selected = destinations_json(delivery.address, name, version)
    method: Json = {"id": name.id, "type": SHIPPING, "line_item_ids": list(lines), "groups": [group]}
    if destinations:
        method |= {"destinations": destinations, "selected_destination_id": selected}
    return method


def destinations_json(
    address: Address | None, name: NamedMethod, version: Version
) -> tuple[list[Json], str | None]:
    """The destinations and the selected one's id; an address given elsewhere joins under an id of ours."""
    kind: Json = {} if version == V2026_04_08 else {"type": "shipping_address"}
    shown: list[Json] = [{"id": one.id, **kind, **_given(one)} for one in name.destinations]
    if address is None:
        return shown, None
    given = next((one for one in name.destinations if one.id == name.selected_destination_id), None)
    if given is not None and to_address(given.postal) == address:
        return shown, given.id
    own: Json = {"id": address_id(address), **kind, **from_address(address)}
    return [one for one in shown if one["id"] != own["id"]] + [own], address_id(address)


def _given(destination: NamedDestination) -> Json:
    return {name: text for name, text in destination.postal.items() if text}


def _option_json(option: ShownOption, version: Version, zone: dt.tzinfo) -> Json:
    document: Json = {"id": option.id, "title": option.title}
    if option.description:
        plain = {"plain": option.description}
        document["description"] = option.description if version == V2026_04_08 else plain
    if option.promise is not None:
        first, last = promised_times(option.promise, zone)
        document |= {"earliest_fulfillment_time": first, "latest_fulfillment_time": last}
    rows: list[Json] = [{"type": "total", "amount": option.price}]
    if option.regular_price > option.price:
        rows = [
            {"type": "subtotal", "amount": option.regular_price},
            {"type": "discount", "amount": option.price - option.regular_price},
            *rows,
        ]
    document["totals"] = rows
    return document
