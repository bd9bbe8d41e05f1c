"""Events to a receiver that fails, hangs and answers twice: at least once, in order, poison parked."""

import datetime as dt
import json
import time
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from checkout_kit.checkout import Event
from checkout_kit.errors import InputError, Unavailable
from checkout_kit.payments import TestPayments
from checkout_kit.payments.signature import check_signature
from checkout_kit.service import CheckoutService, NewCheckout, Settings, deliver_to
from checkout_kit.service.steps import HttpClient, drive
from checkout_kit.storage import open_store
from checkout_kit.storage.sql import SqlStore
from checkout_kit.testing.checkouts import NOON, POLICY, filled_in

SECRET = "whsec_events"


@pytest.fixture
def store() -> Iterator[SqlStore]:
    store = open_store("sqlite://")
    yield store
    store.close()


class Shop:
    """A service that delivers to the local server, with a clock to move."""

    def __init__(self, store: SqlStore, url: str, max_attempts: int = 12) -> None:
        self.now = NOON
        self.store = store
        deliver = deliver_to(url, secret=SECRET, allows_private=True, timeout_s=0.3, clock=lambda: self.now)
        self.service = CheckoutService(
            store=store, policy=POLICY, payments=TestPayments(), clock=lambda: self.now, deliver=deliver,
            settings=Settings(emits_events=True, max_attempts=max_attempts),
        )  # fmt: skip

    def buy(self) -> str:
        opened = self.service.create(NewCheckout(currency="USD", update=filled_in()))
        self.service.complete(opened.view.checkout.id, idempotency_key="k")
        return opened.view.checkout.id

    def rounds(self, count: int) -> None:
        for _ in range(count):
            self.service.run_due()
            self.now += dt.timedelta(hours=1)


def test_a_receiver_that_fails_hangs_and_loses_answers_gets_every_event_in_order(
    store: SqlStore, httpserver: HTTPServer
) -> None:
    """Three troubles, then peace: each event arrives, again where its answer was lost, and in order."""
    got: list[tuple[str, str]] = []
    troubles = ["fail", "hang", "lose"]

    def receive(request: Request) -> Response:
        check_signature(request.headers["checkout-kit-signature"], request.get_data(), (SECRET,), shop.now)
        event = json.loads(request.get_data())
        trouble = troubles.pop(0) if troubles else ""
        if trouble == "fail":
            return Response(status=503)
        got.append((event["id"], event["type"]))
        if trouble == "hang":
            time.sleep(0.6)
        return Response(status=500 if trouble == "lose" else 204)

    httpserver.expect_request("/events", method="POST").respond_with_handler(receive)
    shop = Shop(store, httpserver.url_for("/events"))
    checkout_id = shop.buy()
    shop.rounds(6)
    assert [kind for _, kind in got] == ["checkout.created"] * 3 + ["order.placed"]
    assert len(set(got)) == 2
    assert got[-1][0] == f"or_{checkout_id.removeprefix('co_')}:placed"
    assert shop.service.run_due().events == 0
    shop.service.close()


def test_poison_is_parked_and_the_others_go_on(store: SqlStore, httpserver: HTTPServer) -> None:
    """An event nobody can digest is parked with the reason, and can be sent again by hand."""
    refused = {"on": True}

    def receive(request: Request) -> Response:
        is_created = json.loads(request.get_data())["type"] == "checkout.created"
        return Response(status=422 if refused["on"] and is_created else 200)

    httpserver.expect_request("/events").respond_with_handler(receive)
    shop = Shop(store, httpserver.url_for("/events"), max_attempts=3)
    shop.buy()
    shop.rounds(5)
    (parked,) = store.list_parked()
    assert "answered 422" in parked.error
    kinds = [json.loads(request.get_data())["type"] for request, _ in httpserver.log]
    assert kinds == ["checkout.created"] * 3 + ["order.placed"]
    refused["on"] = False
    assert store.unpark(parked.key, due_at=shop.now)
    shop.rounds(1)
    assert store.list_parked() == ()
    shop.service.close()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.0.0.8", "192.168.1.1", "169.254.169.254", "[::1]"]
)
def test_events_do_not_go_into_a_private_network(host: str) -> None:
    """Loopback, private and link-local receivers are refused before anything is sent."""
    deliver = deliver_to(f"https://{host}/events", secret=SECRET)
    event = Event(key="k", kind="order.placed", checkout_id="co_1")
    with pytest.raises(Unavailable, match="not public"):
        drive(deliver(event, 0), HttpClient().call)


@pytest.mark.parametrize("url", ["http://shop.example/events", "ftp://shop.example", "shop.example", ""])
def test_events_go_by_https(url: str) -> None:
    """An unencrypted or unusable URL is an input fault."""
    with pytest.raises(InputError):
        deliver_to(url, secret=SECRET)
