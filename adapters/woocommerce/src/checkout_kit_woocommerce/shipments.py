"""Tracking on an order: WooCommerce has no shipments of its own, so each is an entry of the meta data."""

import json

from checkout_kit.adapter import HttpResponse, ShipmentNotice, ShippedLine, Tree
from checkout_kit.errors import InputError, Refused

from checkout_kit_woocommerce.rest import SHIPMENT, meta_of

MOST_KEY_LENGTH = 255


def key_of(notice: ShipmentNotice) -> str:
    """The meta key of a shipment; one for each, so that two written at once do not overwrite each other."""
    key = SHIPMENT + notice.reference
    if not notice.reference or len(key) > MOST_KEY_LENGTH:
        raise InputError.of("reference", "must have 1 to 200 characters", found=notice.reference[:20])
    return key


def lines_to_ship(order: Tree, notice: ShipmentNotice) -> tuple[tuple[ShippedLine, ...], bool]:
    """What this shipment holds, and whether nothing is left then; raises Refused for more than is left."""
    left = {line["id"].text(): line["quantity"].whole() for line in order["line_items"].each()}
    for shipment in _written(order):
        for sent in shipment["lines"].each():
            line_id = sent["line_id"].text()
            left[line_id] = left.get(line_id, 0) - sent["quantity"].whole()
    wanted = {line.line_id: line.quantity for line in notice.lines} or left
    lines = tuple(
        ShippedLine(line_id=line_id, quantity=quantity)
        for line_id, quantity in wanted.items()
        if quantity > 0
    )
    if not lines or any(line.quantity > left.get(line.line_id, 0) for line in lines):
        raise Refused(f"order {notice.order_id}: not so many units are left to ship")
    for line in lines:
        left[line.line_id] -= line.quantity
    return lines, all(quantity <= 0 for quantity in left.values())


def _written(order: Tree) -> list[Tree]:
    found = []
    for key, value in meta_of(order).items():
        if key.startswith(SHIPMENT):
            found.append(Tree.loads(value.text("").encode()))
    return found


def entry(notice: ShipmentNotice, lines: tuple[ShippedLine, ...]) -> str:
    """The value kept under the shipment's key."""
    form = {
        "tracking_number": notice.tracking_number,
        "carrier": notice.carrier,
        "tracking_url": notice.tracking_url,
        "lines": [{"line_id": line.line_id, "quantity": line.quantity} for line in lines],
    }
    return json.dumps(form, separators=(",", ":"))


def note_for(notice: ShipmentNotice) -> str:
    """What the buyer is told; plain text, WooCommerce puts it into an e-mail of its own."""
    carrier = f" with {notice.carrier}" if notice.carrier else ""
    number = f" Tracking number: {notice.tracking_number}." if notice.tracking_number else ""
    link = f" {notice.tracking_url}" if notice.tracking_url.startswith("https://") else ""
    return f"Your parcel is on its way{carrier}.{number}{link}"


def is_told(notes: HttpResponse, notice: ShipmentNotice) -> bool:
    """Whether one of the order's notes already names the tracking number, or says the same without one."""
    named = notice.tracking_number or note_for(notice)
    return any(named in note["note"].text("") for note in notes.json().each())
