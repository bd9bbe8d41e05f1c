"""Pickup through the service: JSON in, JSON out, and the order that comes of it."""

import json
from collections.abc import Iterator

import pytest

from checkout_kit.address import AddressBook
from checkout_kit.cart import Customer
from checkout_kit.checkout import UNSET, Contact, DeliveryPatch, Profile
from checkout_kit.errors import NotReady
from checkout_kit.payments import TestPayments
from checkout_kit.server.answers import Checkout as CheckoutSchema
from checkout_kit.server.answers import Order as OrderSchema
from checkout_kit.service import CheckoutService
from checkout_kit.service.answer import order_answer
from checkout_kit.service.wire import parse_new_checkout, parse_update
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.storage import open_store
from checkout_kit.testing.checkouts import HOME, NOON

POLICY = ShippingPolicy.loads("""
currency = "USD"
[origins.austin]
timezone = "America/Chicago"
cutoff = "14:00"
[zones.home]
where = [{ country = "US" }]
[[methods]]
id = "home"
title = "To your door"
zones = ["home"]
price = "3.90"
[[methods]]
id = "desk"
title = "At our shop"
zones = ["home"]
price = "0.00"
pickup_points = ["shop"]
[pickup_points.shop]
title = "Our shop"
address = { country = "US", region = "TX", city = "Austin", line1 = "1 Elm St", postal_code = "73301" }
""")
NEW = {
    "currency": "USD",
    "lines": [{"id": "l1", "sku": "MUG", "quantity": 1, "unit_price": 1200}],
    "contact": {"email": "eva@example.com"},
    "payment": {"method": "test", "token": "tok_ok"},
}


@pytest.fixture
def service() -> Iterator[CheckoutService]:
    store = open_store("sqlite://")
    yield CheckoutService(store=store, policy=POLICY, payments=TestPayments(), clock=lambda: NOON)
    store.close()


def opened(service: CheckoutService, **more: object) -> str:
    new = parse_new_checkout(json.dumps({**NEW, **more}).encode(), trusted=True)
    return service.create(new).view.checkout.id


def patch(service: CheckoutService, checkout_id: str, **body: object) -> dict[str, object]:
    answer = service.update(checkout_id, parse_update(json.dumps(body).encode()).update).to_json()
    CheckoutSchema.model_validate_json(answer)
    return dict(json.loads(answer))


def test_absent_null_and_a_point_are_three_things() -> None:
    """A patch that names no point leaves it, null clears it."""
    patches = [
        parse_update(json.dumps({"delivery": body}).encode()).update.deliveries
        for body in ({"option_id": "desk"}, {"pickup_point_id": None}, {"pickup_point_id": "shop"})
    ]
    assert patches == [
        (DeliveryPatch(option_id="desk", pickup_point_id=UNSET),),
        (DeliveryPatch(pickup_point_id=None),),
        (DeliveryPatch(pickup_point_id="shop"),),
    ]


def test_a_buyer_sees_the_points_chooses_one_and_collects(service: CheckoutService) -> None:
    """Listed, chosen, billed, placed: the order's answer names the place."""
    checkout_id = opened(service)
    before = service.get(checkout_id).to_dict()["deliveries"][0]  # type: ignore[index]
    assert (before["pickup_point"], [p["title"] for p in before["pickup_points"]]) == (None, ["Our shop"])
    chosen = patch(service, checkout_id, delivery={"pickup_point_id": "shop"})
    delivery = chosen["deliveries"][0]  # type: ignore[index]
    assert delivery["pickup_point"]["address"]["line1"] == "1 Elm St"
    assert (delivery["address"], [o["id"] for o in delivery["options"]]) == (None, ["desk"])
    assert [w["method_id"] for w in delivery["withheld"]] == ["home"]
    assert [p["path"] for p in chosen["problems"]] == ["billing.address"]  # type: ignore[attr-defined]
    address = {"country": "US", "name": "Eva Cruz", "line1": "9 Oak Ave", "city": "Austin",
               "region": "TX", "postal_code": "73301"}  # fmt: skip
    assert patch(service, checkout_id, billing={"address": address})["status"] == "ready"
    order = service.complete(checkout_id, idempotency_key="k").order
    assert order is not None
    answer = order_answer(service.get_order(order.id))
    OrderSchema.model_validate_json(json.dumps(answer))
    assert answer["deliveries"][0]["pickup_point"] == delivery["pickup_point"]


def test_an_unknown_point_is_answered_with_a_problem(service: CheckoutService) -> None:
    """No exception before completing: the answer has the id without an address, and the problem's path."""
    checkout_id = opened(service, delivery={"pickup_point_id": "nowhere"})
    answer = service.get(checkout_id).to_dict()
    assert answer["deliveries"][0]["pickup_point"] == {  # type: ignore[index]
        "id": "nowhere", "title": "", "address": None
    }  # fmt: skip
    assert "deliveries[0].pickup_point" in [p["path"] for p in answer["problems"]]  # type: ignore[attr-defined]
    with pytest.raises(NotReady):
        service.complete(checkout_id, idempotency_key="k")


def test_signing_in_keeps_the_pickup_point(service: CheckoutService) -> None:
    """The customer's saved address fills a gap; a chosen point is none."""
    book, _ = AddressBook().save(HOME, id="ad_1")
    service.save_profile("cu_1", lambda _: Profile(book=book, contact=Contact(email="eva@example.com")))
    checkout_id = opened(service, delivery={"pickup_point_id": "shop"})
    (delivery,) = service.sign_in(checkout_id, Customer(id="cu_1")).checkout.deliveries
    assert delivery.pickup is not None
    assert (delivery.pickup.id, delivery.address) == ("shop", None)
