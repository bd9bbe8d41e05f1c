"""An order with two shipping profiles, which Medusa fulfils apart."""

import json
from typing import Any

import pytest
from checkout_kit.adapter import HttpRequest, HttpResponse, ShipmentNotice, ShippedLine, Tree
from checkout_kit.errors import Refused

from checkout_kit_medusa import MedusaAdapter, MedusaSettings
from checkout_kit_medusa.shipments import made_before, parcels_to_make

MEDUSA = MedusaAdapter(MedusaSettings(shop="main", secret="s", api_url="https://shop.example", api_key="k"))
NOTICE = ShipmentNotice(order_id="order_1", reference="p-1", tracking_number="1Z9", carrier="UPS")


def item(number: int, profile: str, *, quantity: int = 1, ships: bool = True) -> dict[str, Any]:
    """An order line, nothing of it fulfilled."""
    return {
        "id": f"line_{number}",
        "quantity": quantity,
        "requires_shipping": ships,
        "detail": {"fulfilled_quantity": 0},
        "variant": {"product": {"shipping_profile": {"id": profile}}},
    }


def order(*fulfilments: dict[str, Any]) -> dict[str, Any]:
    """Two profiles, each with its method, and a voucher that is not shipped."""
    methods = [("so_1", "small"), ("so_2", "bulky")]
    return {
        "items": [item(1, "small", quantity=2), item(2, "bulky"), item(3, "small", ships=False)],
        "shipping_methods": [
            {"shipping_option_id": option, "shipping_option": {"shipping_profile_id": profile}}
            for option, profile in methods
        ],
        "fulfillments": list(fulfilments),
    }


def fulfilment(number: int, *, parts: int, tracking: str = "1Z9") -> dict[str, Any]:
    """A fulfilment of our notice for the line of that number."""
    return {
        "id": f"ful_{number}",
        "canceled_at": None,
        "metadata": {"checkout_kit_reference": "p-1", "checkout_kit_parts": parts},
        "labels": [{"tracking_number": tracking}] if tracking else [],
        "items": [{"line_item_id": f"line_{number}", "quantity": 1}],
    }


def test_each_profile_is_a_parcel_with_its_option() -> None:
    """Lines are grouped by profile, and what is not shipped stands apart."""
    parcels = parcels_to_make(Tree(order()), NOTICE, [])
    found = [(parcel.option_id, [line["id"] for line in parcel.lines]) for parcel in parcels]
    assert found == [("so_1", ["line_1"]), ("so_2", ["line_2"]), ("so_1", ["line_3"])]


def test_a_begun_notice_makes_only_its_rest() -> None:
    """Of a notice for two lines that stopped after the first, the second is made."""
    lines = (ShippedLine(line_id="line_1", quantity=1), ShippedLine(line_id="line_2", quantity=1))
    notice = ShipmentNotice(order_id="order_1", reference="p-1", tracking_number="1Z9", lines=lines)
    begun = Tree(order(fulfilment(1, parts=2)))
    parcels = parcels_to_make(begun, notice, made_before(begun, notice))
    assert [line["id"] for parcel in parcels for line in parcel.lines] == ["line_2"]


def test_a_finished_notice_makes_nothing() -> None:
    """All its parts are there, though a line of the order is not fulfilled."""
    done = Tree(order(fulfilment(1, parts=2), fulfilment(2, parts=2)))
    assert parcels_to_make(done, NOTICE, made_before(done, NOTICE)) == []


def test_more_than_is_left_is_refused() -> None:
    """Three of a line of two."""
    lines = (ShippedLine(line_id="line_1", quantity=3),)
    notice = ShipmentNotice(order_id="order_1", reference="p-1", tracking_number="1Z9", lines=lines)
    with pytest.raises(Refused, match="not so many"):
        parcels_to_make(Tree(order()), notice, [])


def test_a_half_shipped_notice_is_finished() -> None:
    """Of two fulfilments one has no label yet: it is shipped, and nothing new is made."""
    begun = order(fulfilment(1, parts=2), fulfilment(2, parts=2, tracking=""))
    steps = MEDUSA.write_shipment(NOTICE)
    next(steps)
    sent = steps.send(HttpResponse(status=200, body=json.dumps({"order": begun}).encode()))
    assert isinstance(sent, HttpRequest)
    assert sent.url.endswith("/orders/order_1/fulfillments/ful_2/shipments")
    with pytest.raises(StopIteration) as done:
        steps.send(HttpResponse(status=200, body=b'{"order": {}}'))
    assert (done.value.value.id, done.value.value.is_repeat) == ("ful_1", False)
