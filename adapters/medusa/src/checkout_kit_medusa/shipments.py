"""Which fulfilments a parcel needs: one for each shipping profile, and one for what is not shipped."""

from collections.abc import Sequence
from typing import Final

from attrs import frozen
from checkout_kit.adapter import ShipmentNotice, Tree
from checkout_kit.errors import Refused

from checkout_kit_medusa import rest

FIELDS: Final = (
    rest.FIELDS
    + ",*fulfillments.labels,*fulfillments.items"
    + ",items.variant.product.shipping_profile.id,shipping_methods.shipping_option.shipping_profile_id"
)
REFERENCE: Final = "checkout_kit_reference"
PARTS: Final = "checkout_kit_parts"
Lines = list[dict[str, object]]


@frozen
class Parcel:
    """The lines of one fulfilment, and the shipping option of their profile; empty for Medusa's choice."""

    option_id: str
    lines: Lines

    def document(self, notice: ShipmentNotice, *, parts: int, location: str) -> dict[str, object]:
        """The fulfilment to make; `parts` says how many the notice makes, so that a repeat knows its rest."""
        document: dict[str, object] = {
            "items": self.lines,
            "no_notification": not notice.notify_buyer,
            "metadata": {REFERENCE: notice.reference} | ({PARTS: parts} if parts > 1 else {}),
        }
        if self.option_id:
            document["shipping_option_id"] = self.option_id
        if location:
            document["location_id"] = location
        return document


def made_before(order: Tree, notice: ShipmentNotice) -> list[Tree]:
    """The fulfilments of this notice, by its reference or its tracking number."""
    return [
        fulfilment
        for fulfilment in order["fulfillments"].each()
        if fulfilment["canceled_at"].is_absent
        and (
            fulfilment["metadata"][REFERENCE].text("") == notice.reference
            or carries(fulfilment, notice.tracking_number)
        )
    ]


def carries(fulfilment: Tree, tracking_number: str) -> bool:
    """Whether a label of the fulfilment has this number."""
    return tracking_number in {label["tracking_number"].text("") for label in fulfilment["labels"].each()}


def lines_of(fulfilment: Tree) -> Lines:
    """The lines that a fulfilment was made of."""
    return [
        {"id": item["line_item_id"].text(), "quantity": item["quantity"].whole()}
        for item in fulfilment["items"].each()
    ]


def parcels_to_make(order: Tree, notice: ShipmentNotice, made: Sequence[Tree]) -> list[Parcel]:
    """What is still to be fulfilled for the notice; nothing when all its parts are made.

    Raises:
        Refused: less is left than shipped, or nothing.
    """
    if made and len(made) >= max(fulfilment["metadata"][PARTS].whole(1) for fulfilment in made):
        return []
    left = {
        item["id"].text(): item["quantity"].whole() - item["detail"]["fulfilled_quantity"].whole(0)
        for item in order["items"].each()
    }
    already = {line["id"] for fulfilment in made for line in lines_of(fulfilment)}
    named = {line.line_id: line.quantity for line in notice.lines if line.line_id not in already}
    wanted = named if notice.lines else left
    if any(quantity > left.get(line_id, 0) for line_id, quantity in wanted.items()):
        raise Refused(f"order {notice.order_id}: not so many units are left to ship")
    options = {
        method["shipping_option"]["shipping_profile_id"].text(""): method["shipping_option_id"].text("")
        for method in order["shipping_methods"].each()
    }
    parcels: dict[tuple[str, bool], Lines] = {}
    for item in order["items"].each():
        quantity = wanted.get(item["id"].text(), 0)
        if quantity:
            profile = item["variant"]["product"]["shipping_profile"]["id"].text("")
            line: dict[str, object] = {"id": item["id"].text(), "quantity": quantity}
            parcels.setdefault((profile, item["requires_shipping"].flag(True)), []).append(line)
    if not parcels:
        raise Refused(f"order {notice.order_id}: nothing is left to ship")
    return [Parcel(options.get(profile, ""), lines) for (profile, _), lines in parcels.items()]
