"""Events to a receiver that fails, hangs and answers twice: at least once, in order, poison parked."""

import asyncio
import datetime as dt
import json
import socket
import time
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from checkout_kit.checkout import Event
from checkout_kit.errors import InputError, Unavailable
from checkout_kit.payments import HttpCall, HttpReply, TestPayments
from checkout_kit.payments.signature import check_signature
from checkout_kit.service import CheckoutService, NewCheckout, Settings, deliver_to
from checkout_kit.service.delivery import public_addresses, to_public_address
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


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("64:ff9b::5db8:d822", True),
        ("64:ff9b::a00:1", False),
        ("2002:7f00:1::", False),
        ("::ffff:10.0.0.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
        ("fd00::1", False),
        ("fe80::1%lo", False),
    ],
)
def test_only_public_addresses_take_events(
    address: str, is_public: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also the private address inside one that a gateway translates is seen."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (address, 443))])
    if is_public:
        assert public_addresses("shop.example", 443) == (address,)
    else:
        with pytest.raises(Unavailable, match="not public"):
            public_addresses("shop.example", 443)


def test_a_name_that_changes_its_address_leads_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """The event goes to the very address that was checked; the name is looked up once for each delivery."""
    answers = iter(["93.184.216.34", "10.0.0.8"])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (next(answers), 443))])
    deliver = deliver_to("https://shop.example/events", secret=SECRET)
    event = Event(key="k", kind="order.placed", checkout_id="co_1")
    sent: list[HttpCall] = []

    def http(call: HttpCall) -> HttpReply:
        sent.append(call)
        return HttpReply(status=204)

    drive(deliver(event, 0), http)
    assert [(call.url, call.connect_to) for call in sent] == [
        ("https://shop.example/events", "93.184.216.34")
    ]
    with pytest.raises(Unavailable, match="not public"):
        drive(deliver(event, 1), http)


def test_each_attempt_takes_the_next_address_of_the_host() -> None:
    """And the first again after the last, so that one dead address of several holds nothing up."""
    taken = []
    for attempts in range(5):
        steps = to_public_address(HttpCall(method="POST", url="https://hooks.example/"), attempts)
        next(steps)
        with pytest.raises(StopIteration) as found:
            steps.send(("192.0.2.1", "192.0.2.2", "192.0.2.3"))
        taken.append(found.value.value.connect_to[-1])
    assert taken == ["1", "2", "3", "1", "2"]


def test_a_bound_call_still_names_its_host(httpserver: HTTPServer) -> None:
    """Connecting to an address, the request is for the host of its URL."""
    httpserver.expect_request(
        "/events", headers={"host": f"shop.example:{httpserver.port}"}
    ).respond_with_data("")
    call = HttpCall(
        method="POST", url=f"http://shop.example:{httpserver.port}/events", connect_to=httpserver.host
    )
    client = HttpClient()
    assert client.call(call).status == 200
    # A connection is not kept: its certificate was checked for this name, and the next may be another's.
    assert httpserver.log[0][0].headers["connection"] == "close"
    client.close()


def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    """An answer that points elsewhere is a failure, and nothing goes there."""
    httpserver.expect_request("/events").respond_with_data(
        status=307, headers={"location": httpserver.url_for("/inside")}
    )
    deliver = deliver_to(httpserver.url_for("/events"), secret=SECRET, allows_private=True)
    client = HttpClient()
    with pytest.raises(Unavailable, match="answered 307"):
        drive(deliver(Event(key="k", kind="order.placed", checkout_id="co_1"), 0), client.call)
    assert [request.path for request, _ in httpserver.log] == ["/events"]
    client.close()


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize(("pause_s", "size"), [(0.05, 1), (0.0, 1 << 20)])
def test_an_answer_without_end_is_left(
    httpserver: HTTPServer, *, is_async: bool, pause_s: float, size: int
) -> None:
    """A receiver that drips its answer, or floods, is given up in time and memory."""

    def forever() -> Iterator[bytes]:
        for _ in range(200):
            time.sleep(pause_s)
            yield b"x" * size

    httpserver.expect_request("/events").respond_with_handler(lambda _: Response(forever()))
    call = HttpCall(method="POST", url=httpserver.url_for("/events"), timeout_s=0.5)
    client = HttpClient()

    async def ask() -> None:
        try:
            await client.call_async(call)
        finally:
            await client.close_async()

    began = time.monotonic()
    with pytest.raises(Unavailable, match="did not answer"):
        asyncio.run(ask()) if is_async else client.call(call)
    assert time.monotonic() - began < 8
    client.close()


@pytest.mark.parametrize(
    "url",
    [
        "https://h:99999/x",
        "https://[::1/x",
        "http://shop.example/events",
        "ftp://shop.example",
        "shop.example",
        "",
    ],
)
def test_events_go_by_https(url: str) -> None:
    """An unencrypted or unusable URL is an input fault."""
    with pytest.raises(InputError):
        deliver_to(url, secret=SECRET)
