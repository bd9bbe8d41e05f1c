"""Order events: signed, whole, sent again until they are taken."""

import datetime as dt
import json

import pytest
from checkout_kit.adapter import HttpRequest
from checkout_kit.adapter.protocol_orders import Adjustment, FulfillmentEvent, record_activity
from checkout_kit.checkout import Event
from checkout_kit.errors import Forbidden, Unavailable
from checkout_kit.payments import HttpCall, HttpReply
from checkout_kit.service.steps import StoreCall

from acp_shop import HOOK_SECRET, NOON, OTHER_KEY, Shop, complete_body, create_body
from checkout_kit_acp.webhooks import SIGNATURE


def sent(shop: Shop, order: dict, status: int = 200, kind: str = "order.placed") -> HttpCall | None:
    """The call made for an order's event, answered with this status."""
    event = Event(
        key=f"{order['id']}:{kind}", kind=kind, checkout_id=order["checkout_session_id"], order_id=order["id"]
    )
    assert shop.service.deliver is not None
    steps, call, reply = shop.service.deliver(event, 0), None, None
    while True:
        try:
            step = steps.send(reply)
        except StopIteration:
            return call
        if isinstance(step, StoreCall):
            reply = step.run()
        else:
            call, reply = step, HttpReply(status=status)


def placed(shop: Shop) -> dict:
    """The order of a completed session."""
    return shop.complete(shop.create("MUG"))["order"]


def test_the_whole_order_is_sent_under_a_signature(shop: Shop) -> None:
    """The receiver verifies time stamp and raw body, and finds the order as the session showed it."""
    order = placed(shop)
    call = sent(shop, order)
    assert call is not None
    received = HttpRequest(url=call.url, headers=call.headers, body=call.content)
    SIGNATURE.verify(received, secrets=[HOOK_SECRET], now=NOON)
    event = json.loads(call.content)
    assert event == {"type": "order_create", "data": order}


def test_the_tolerance_is_five_minutes(shop: Shop) -> None:
    """A captured event cannot be replayed later, nor with another body."""
    call = sent(shop, placed(shop))
    assert call is not None
    received = HttpRequest(url=call.url, headers=call.headers, body=call.content)
    SIGNATURE.verify(received, secrets=[HOOK_SECRET], now=NOON + dt.timedelta(seconds=300))
    with pytest.raises(Forbidden):
        SIGNATURE.verify(received, secrets=[HOOK_SECRET], now=NOON + dt.timedelta(seconds=301))
    changed = HttpRequest(url=call.url, headers=call.headers, body=call.content + b" ")
    with pytest.raises(Forbidden):
        SIGNATURE.verify(changed, secrets=[HOOK_SECRET], now=NOON)


def test_a_repeated_event_keeps_its_request_id(shop: Shop) -> None:
    """The receiver can tell a second delivery by Request-Id."""
    order = placed(shop)
    first, again = sent(shop, order), sent(shop, order)
    assert first is not None
    assert again is not None
    assert first.headers["request-id"] == again.headers["request-id"]


@pytest.mark.parametrize(("status", "is_taken"), [(200, True), (409, True), (400, True), (401, False),
                                                  (429, False), (500, False)])  # fmt: skip
def test_what_is_sent_again(shop: Shop, status: int, is_taken: bool) -> None:
    """A duplicate is taken, a malformed event given up with a log entry, everything else tried again."""
    order = placed(shop)
    if is_taken:
        sent(shop, order, status)
    else:
        with pytest.raises(Unavailable):
            sent(shop, order, status)


def test_changes_are_updates(shop: Shop) -> None:
    """An order that changed is sent as an update."""
    call = sent(shop, placed(shop), kind="order.changed")
    assert call is not None
    assert json.loads(call.content)["type"] == "order_update"


def test_agents_without_a_receiver_and_other_channels_are_passed_over(shop: Shop) -> None:
    """Nothing is sent for a session of an agent without a receiver, or for a checkout of the page."""
    other = {"authorization": f"Bearer {OTHER_KEY}"}
    session = shop.json("POST", "/checkout_sessions", create_body(), status=201, **other)
    path = f"/checkout_sessions/{session['id']}/complete"
    assert sent(shop, shop.json("POST", path, complete_body(), **other)["order"]) is None
    assert sent(shop, {"id": "or_page", "checkout_session_id": "co_page"}) is None


def test_what_happens_to_an_order_is_told(shop: Shop) -> None:
    """A parcel and a refund stand in the order of the session, in the event, and in its totals."""
    session = shop.create("MUG", "MUG", "TEA")
    order = shop.complete(session)["order"]
    parcel = FulfillmentEvent(
        id="e1", type="shipped", occurred_at=NOON, quantities={"MUG": 2}, carrier="Post",
        tracking_number="1Z", tracking_url="https://post.example/1Z",
    )  # fmt: skip
    refund = Adjustment(id="a1", type="refund", occurred_at=NOON, quantities={"TEA": -1}, amount=-696)
    for entry in (parcel, refund, refund):
        shop.runner.run(record_activity(shop.service, shop.documents, order["id"], entry))
    seen = shop.json("GET", f"/checkout_sessions/{session['id']}")["order"]
    lines = {line["id"]: (line["quantity"], line["status"]) for line in seen["line_items"]}
    assert lines["MUG"] == ({"ordered": 2, "current": 2, "fulfilled": 2}, "fulfilled")
    assert lines["TEA"] == ({"ordered": 1, "current": 0, "fulfilled": 0}, "removed")
    assert seen["status"] == "shipped"
    assert seen["fulfillments"][0]["tracking_number"] == "1Z"
    assert [one["amount"] for one in seen["adjustments"]] == [696]
    assert seen["totals"][-1] == {"type": "amount_refunded", "display_text": "Refunded", "amount": 696}
    call = sent(shop, order, kind="order.changed")
    assert call is not None
    assert json.loads(call.content) == {"type": "order_update", "data": seen}
    arrived = FulfillmentEvent(id="e2", type="delivered", occurred_at=NOON, quantities={"MUG": 2})
    shop.runner.run(record_activity(shop.service, shop.documents, order["id"], arrived))
    assert shop.json("GET", f"/checkout_sessions/{session['id']}")["order"]["status"] == "fulfilled"
