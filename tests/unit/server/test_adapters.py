"""Adapters on the server: deadlines, fallback, what is kept and for how long, webhooks once each."""

import asyncio
import datetime as dt
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest
from pytest_httpserver import HTTPServer
from starlette.applications import Starlette

from checkout_kit.adapter import (
    AnyAdapter,
    Capability,
    HttpRequest,
    HttpResponse,
    Steps,
    WebhookEvent,
    in_process,
    json_response,
)
from checkout_kit.address import Address
from checkout_kit.cart import Cart, Customer, LineItem
from checkout_kit.errors import Unavailable
from checkout_kit.server.adapters import AdapterHost, Heard, adapter_routes
from checkout_kit.server.taken_events import EventsOfProcess
from checkout_kit.shipping import Quote, QuoteRequest
from checkout_kit.testing import SampleOption, sample_quote
from checkout_kit.testing.adapters.reference import ReferenceAdapter, ReferenceSettings
from checkout_kit.units import Dimensions

SECRET = "reference-secret-1"
REPLAY = Path(__file__).parents[1] / "testing" / "replay"
ADAPTER = ReferenceAdapter(
    ReferenceSettings(shop="main", secret=SECRET, api_url="https://reference.example", token="t")
)
TYPICAL = json.dumps(json.loads((REPLAY / "rates_typical.json").read_text())["request"]["body"]).encode()
START = dt.datetime(2026, 11, 23, 18, 50, tzinfo=dt.UTC)
CUTOFF = START + dt.timedelta(seconds=100)


class Shop:
    """A server with one adapter, a clock to set, and a policy whose answer changes at a cut-off."""

    def __init__(self, adapter: AnyAdapter = ADAPTER, **host: Any) -> None:
        self.adapter = adapter
        self.now = START
        self.quoted: list[QuoteRequest] = []
        self.host = AdapterHost(quoter=self.quote, clock=lambda: self.now, **host)
        self.app = Starlette(routes=adapter_routes([adapter], self.host))

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request to the application, in a loop of its own."""

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="https://shop.example") as client:
                return await client.request(method, path, **more)

        return asyncio.run(go())

    def quote(self, request: QuoteRequest) -> Quote:
        self.quoted.append(request)
        is_late = request.placed_at > CUTOFF
        title = "late" if is_late else "early"
        if request.live_rates:
            title += " live"
        option = SampleOption(method_id="m", title=title, price_minor=100)
        until = CUTOFF + dt.timedelta(days=1) if is_late else CUTOFF
        return sample_quote([option], currency="USD", placed_at=request.placed_at, valid_until=until)

    def quote_until(self, until: dt.datetime) -> Callable[[QuoteRequest], Quote]:
        """A policy whose answer holds until then."""

        def quote(request: QuoteRequest) -> Quote:
            self.quoted.append(request)
            option = SampleOption(method_id="m", title="until", price_minor=100)
            return sample_quote([option], currency="USD", placed_at=request.placed_at, valid_until=until)

        return quote

    def ask(self, **changes: Any) -> Any:
        """The typical rate request, signed now; changes go to the top of its body."""
        document = json.loads((REPLAY / "rates_typical.json").read_text())["request"]["body"] | changes
        return self.post("rates", json.dumps(document).encode())

    def post(self, what: str, body: bytes) -> Any:
        """A signed request to the adapter."""
        request = HttpRequest(url="/", body=body)
        assert self.adapter.signature is not None
        signed = self.adapter.signature.sign(request, secret=SECRET, now=self.now)
        return self.send("POST", f"/adapters/reference/{what}", content=body, headers=dict(signed.headers))

    def titles(self, **changes: Any) -> list[str]:
        """The titles now offered."""
        return [option["title"] for option in self.ask(**changes).json()["options"]]


def test_same_cart_and_address_are_quoted_once() -> None:
    """The second request for the same content is answered from what is kept, others are not."""
    shop = Shop()
    assert shop.titles() == shop.titles() == ["early"]
    assert len(shop.quoted) == 1
    shop.titles(destination={"country": "CA"})
    shop.titles(order_discount="1.00")
    assert len(shop.quoted) == 3


def test_answers_far_from_any_change_are_kept_as_they_are() -> None:
    """Until a change comes near, the same content gets the same bytes and freshness, and is quoted once."""
    shop = Shop()
    shop.now = CUTOFF - dt.timedelta(seconds=601)
    first = shop.ask()
    for seconds in (600, 302):
        shop.now = CUTOFF - dt.timedelta(seconds=seconds)
        again = shop.ask()
        assert (again.content, again.headers["cache-control"]) == (first.content, "private, max-age=300")
    assert len(shop.quoted) == 1
    shop.now = CUTOFF - dt.timedelta(seconds=299)
    assert shop.ask().headers["cache-control"] == "private, max-age=299"


class BodyReader(ReferenceAdapter):
    """Says that only the body counts, and counts how often it is read."""

    reads_only_body = True

    def __init__(self) -> None:
        super().__init__(ADAPTER.settings)
        self.reads = 0

    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        self.reads += 1
        return super().parse_rates(request, now=now)


def test_same_bytes_are_not_read_again_but_always_verified() -> None:
    """Where only the body counts, what is kept needs no second reading; a forged repeat is still refused."""
    adapter = BodyReader()
    shop = Shop(adapter)
    shop.now = CUTOFF - dt.timedelta(hours=1)
    first = shop.ask()
    assert shop.ask().content == first.content
    assert adapter.reads == 1
    forged = shop.send("POST", "/adapters/reference/rates", content=first.request.content)
    assert forged.status_code == 401


class HeaderReader(ReferenceAdapter):
    """Takes the country from a header, as a body alone never could."""

    reads_only_body = False

    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        read = super().parse_rates(request, now=now)
        country = request.header("x-country")
        return attrs.evolve(read, destination=attrs.evolve(read.destination, country=country))


def test_same_bytes_under_another_header_are_another_question() -> None:
    """Where a header counts too, what was read decides what is answered from what is kept."""
    shop = Shop(HeaderReader(ADAPTER.settings))
    body = json.dumps(json.loads((REPLAY / "rates_typical.json").read_text())["request"]["body"]).encode()
    for country in ("US", "FR", "US"):
        shop.now += dt.timedelta(seconds=1)
        sent = HttpRequest(url="/", headers={"x-country": country}, body=body)
        assert shop.adapter.signature is not None
        signed = shop.adapter.signature.sign(sent, secret=SECRET, now=shop.now)
        url = "/adapters/reference/rates"
        assert shop.send("POST", url, content=body, headers=dict(signed.headers)).status_code == 200
    assert [request.destination.country for request in shop.quoted] == ["US", "FR"]


def test_every_fact_of_a_request_is_in_its_text() -> None:
    """Kept answers are found by that text, so a field left out would answer one question with another's."""
    for kind in (QuoteRequest, Cart, LineItem, Address, Customer, Dimensions):
        assert all(each.repr for each in attrs.fields(kind)), kind.__name__


def test_kept_answer_never_outlives_its_cutoff() -> None:
    """At the cut-off the answer is a new one, and what is told about freshness counts down to it."""
    shop = Shop()
    ages = []
    for second in (0, 40, 99):
        shop.now = START + dt.timedelta(seconds=second)
        answer = shop.ask()
        assert answer.json()["options"][0]["title"] == "early"
        ages.append((answer.headers["cache-control"], answer.json()["fresh_s"]))
    assert ages == [("private, max-age=100", 100), ("private, max-age=60", 60), ("private, max-age=1", 1)]
    shop.now = CUTOFF + dt.timedelta(seconds=1)
    assert shop.titles() == ["late"]


def test_platform_that_keeps_answers_gets_the_later_one_in_time() -> None:
    """With a platform cache of 30 s the early answer is neither given nor kept in the last 30 s."""

    class Keeps(ReferenceAdapter):
        platform_cache_s = 30

    shop = Shop(Keeps(ADAPTER.settings))
    assert shop.titles() == ["early"]
    shop.now = CUTOFF - dt.timedelta(seconds=31)
    assert shop.titles() == ["early"]
    shop.now = CUTOFF - dt.timedelta(seconds=29)
    assert shop.titles() == ["late"]


class Impatient(ReferenceAdapter):
    """A platform that waits 0.2 s."""

    def deadline_s(self, request: HttpRequest) -> float:
        return 0.2


def test_slow_live_sources_are_left_out_in_time() -> None:
    """When live sources take longer than the platform waits, the stored table answers alone."""
    cancelled: list[bool] = []

    async def slow(request: QuoteRequest, deadline_s: float) -> Heard:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise
        return Heard(request=request)

    shop = Shop(Impatient(ADAPTER.settings), live=slow)
    assert shop.titles() == ["early"]
    assert cancelled == [True]


@pytest.mark.parametrize("failure", [Unavailable("the carrier is down"), ValueError("no number")])
def test_failing_live_sources_are_left_out(failure: Exception) -> None:
    """A live source that is unavailable, or breaks, does not empty the list."""

    async def failing(request: QuoteRequest, deadline_s: float) -> Heard:
        raise failure

    assert Shop(live=failing).titles() == ["early"]


def test_answer_without_live_rates_is_kept_for_half_a_minute() -> None:
    """While live sources fail they are not asked again for each call; once they are back they are heard."""
    asked: list[bool] = []

    async def failing(request: QuoteRequest, deadline_s: float) -> Heard:
        asked.append(True)
        raise Unavailable("the carrier is down")

    shop = Shop(live=failing)
    shop.now = CUTOFF - dt.timedelta(hours=1)
    shop.titles()
    shop.now += dt.timedelta(seconds=29)
    shop.titles()
    assert len(asked) == 1
    shop.now += dt.timedelta(seconds=1)
    shop.titles()
    assert len(asked) == 2


@pytest.mark.parametrize(("left_s", "said_s"), [(3600, 30), (30, 30), (12, 12)])
def test_answer_without_live_rates_says_so_short_a_freshness(left_s: int, said_s: int) -> None:
    """Nobody in between keeps longer what is asked for again after half a minute."""

    async def failing(request: QuoteRequest, deadline_s: float) -> Heard:
        raise Unavailable("the carrier is down")

    shop = Shop(live=failing)
    shop.now = CUTOFF - dt.timedelta(seconds=left_s)
    for _ in range(2):
        answer = shop.ask()
        assert (answer.headers["cache-control"], answer.json()["fresh_s"]) == (
            f"private, max-age={said_s}",
            said_s,
        )


def test_live_rates_reach_the_quote() -> None:
    """What live sources say in time is quoted with."""

    async def live(request: QuoteRequest, deadline_s: float) -> Heard:
        from checkout_kit.shipping.live import LiveRate

        rate = LiveRate(method_id="m", price_minor=1, currency="USD", source="x")
        return Heard(request=attrs.evolve(request, live_rates=(rate,)))

    assert Shop(live=live).titles() == ["early live"]


def test_cutoff_that_passes_while_live_sources_are_asked_has_passed() -> None:
    """What is promised and how long it may be kept count from when the answer is given."""

    async def live(request: QuoteRequest, deadline_s: float) -> Heard:
        shop.now += dt.timedelta(seconds=2)
        return Heard(request=request)

    shop = Shop(live=live)
    shop.now = CUTOFF - dt.timedelta(seconds=50)
    assert shop.ask().headers["cache-control"] == "private, max-age=48"
    shop.now = CUTOFF - dt.timedelta(seconds=1)
    assert shop.titles(order_discount="1.00") == ["late"]


def test_own_failure_is_unavailable() -> None:
    """A bug in quoting is 503 with the platform's body, never an empty list."""
    shop = Shop()
    object.__setattr__(shop.host, "quoter", lambda _: 1 / 0)
    answer = shop.ask()
    assert (answer.status_code, answer.json()["outcome"]) == (503, "unavailable")


def test_large_bodies_are_refused() -> None:
    """A body above the adapter's limit is 413, whatever its signature."""
    answer = Shop().send("POST", "/adapters/reference/rates", content=b" " * 1_000_001)
    assert answer.status_code == 413


def test_only_declared_routes_are_mounted() -> None:
    """An adapter without webhooks has no webhook address, and GET is not answered."""

    class RatesOnly(ReferenceAdapter):
        capabilities = frozenset({Capability.RATES})

    shop = Shop(RatesOnly(ADAPTER.settings))
    assert shop.post("webhooks", b"{}").status_code == 404
    assert shop.send("GET", "/adapters/reference/rates").status_code == 405


EVENT = json.dumps({"id": "e1", "topic": "order.created", "order_id": "o1"}).encode()


def test_webhook_is_taken_once() -> None:
    """A repeated delivery is answered with 200 and not handed on again."""
    taken: list[str] = []

    async def take(_adapter: AnyAdapter, event: WebhookEvent) -> None:
        taken.append(event.id)

    shop = Shop(on_event=take)
    assert [shop.post("webhooks", EVENT).status_code for _ in range(3)] == [200, 200, 200]
    assert taken == ["e1"]


def test_webhook_that_cannot_be_taken_comes_again() -> None:
    """While taking an event fails the platform is told so, and a later delivery is handed on."""
    attempts: list[str] = []

    async def take(_adapter: AnyAdapter, event: WebhookEvent) -> None:
        attempts.append(event.id)
        if len(attempts) == 1:
            raise Unavailable("database")

    shop = Shop(on_event=take)
    assert [shop.post("webhooks", EVENT).status_code for _ in range(3)] == [503, 200, 200]
    assert len(attempts) == 2


def test_webhook_whose_taking_breaks_comes_again() -> None:
    """An error nobody foresaw leaves the event free for the next delivery."""
    attempts: list[str] = []

    async def take(_adapter: AnyAdapter, event: WebhookEvent) -> None:
        attempts.append(event.id)
        if len(attempts) == 1:
            raise ZeroDivisionError

    shop, events = Shop(on_event=take), EventsOfProcess()
    signed = call_of(EVENT)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(shop.host.webhook(ADAPTER, signed, events=events))
    assert [asyncio.run(shop.host.webhook(ADAPTER, signed, events=events)).status for _ in range(2)] == [
        200,
        200,
    ]
    assert len(attempts) == 2


def test_webhook_that_is_being_taken_comes_again() -> None:
    """Who delivers an event while it is being taken is asked to come again, as taking it may yet fail."""
    attempts: list[str] = []

    async def take(_adapter: AnyAdapter, event: WebhookEvent) -> None:
        attempts.append(event.id)
        await asyncio.sleep(0.02)
        if len(attempts) == 1:
            raise Unavailable("database")

    shop, events, signed = Shop(on_event=take), EventsOfProcess(), call_of(EVENT)

    async def together() -> list[int]:
        answers = await asyncio.gather(*(shop.host.webhook(ADAPTER, signed, events=events) for _ in range(3)))
        assert all(answer.headers["retry-after"] == "5" for answer in answers if answer.status == 503)
        return [answer.status for answer in answers]

    assert asyncio.run(together()) == [503, 503, 503]
    assert asyncio.run(together()) == [200, 503, 503]
    assert asyncio.run(together()) == [200, 200, 200]
    assert len(attempts) == 2


def test_event_of_another_shop_is_another_event() -> None:
    """Platforms number the events of each shop."""
    taken: list[str] = []

    class Twice(ReferenceAdapter):
        def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
            event = super().parse_webhook(request)
            return event and attrs.evolve(event, shop=request.header("x-shop"))

    async def take(_adapter: AnyAdapter, event: WebhookEvent) -> None:
        taken.append(event.shop)

    shop, events = Shop(Twice(ADAPTER.settings), on_event=take), EventsOfProcess()
    for name in ("a", "b", "a"):
        signed = call_of(EVENT)
        request = attrs.evolve(signed, headers={**signed.headers, "x-shop": name})
        assert asyncio.run(shop.host.webhook(shop.adapter, request, events=events)).status == 200
    assert taken == ["a", "b"]


def test_unsigned_webhook_is_refused() -> None:
    """Without a signature nothing is handed on."""
    assert Shop().send("POST", "/adapters/reference/webhooks", content=EVENT).status_code == 401


class FetchingAdapter(ReferenceAdapter):
    """Lets a request in once something has been fetched, which takes a moment and may fail."""

    def __init__(self, *, fails: bool = False) -> None:
        super().__init__(ADAPTER.settings)
        self.fetches, self.fails = 0, fails

    def fetch_first(self, request: HttpRequest, *, now: dt.datetime) -> Steps[None] | None:
        return None if self.fetches else in_process(self._fetch)

    def _fetch(self) -> None:
        time.sleep(0.02)
        if self.fails:
            raise Unavailable("no keys")
        self.fetches += 1


def test_requests_that_come_together_wait_for_one_fetch() -> None:
    """What verifying needs is fetched once, however many ask for it at the same time."""
    adapter = FetchingAdapter()
    shop = Shop(adapter)
    signed = ADAPTER.signature.sign(HttpRequest(url="/", body=EVENT), secret=SECRET, now=START)

    async def go() -> list[int]:
        answers = await asyncio.gather(
            *(shop.host.webhook(adapter, signed, events=EventsOfProcess()) for _ in range(5))
        )
        return [answer.status for answer in answers]

    assert asyncio.run(go()) == [200] * 5
    assert adapter.fetches == 1


def test_what_cannot_be_verified_for_now_is_asked_for_again() -> None:
    """While nothing can be fetched, the platform hears 503 and tries again; a refusal would be final."""
    shop = Shop(FetchingAdapter(fails=True))
    assert shop.post("webhooks", EVENT).status_code == 503
    assert shop.ask().status_code == 503


def call_of(body: bytes = TYPICAL, *, secret: str = SECRET, now: dt.datetime = START) -> HttpRequest:
    """A rate request as the platform signs it."""
    assert ADAPTER.signature is not None
    return ADAPTER.signature.sign(HttpRequest(url="/", body=body), secret=secret, now=now)


@pytest.mark.parametrize("adapter", [ADAPTER, BodyReader()], ids=["any", "body only"])
@pytest.mark.parametrize("left_s", [7200, 200, -5])
@pytest.mark.parametrize(
    "request_",
    [call_of(), call_of(b"{"), call_of(secret="other"), call_of(b" " * 1_000_001), call_of(b"{}")],
    ids=["fine", "malformed", "forged", "huge", "empty"],
)
def test_what_need_not_be_waited_for_is_the_same_at_once(
    adapter: AnyAdapter, left_s: int, request_: HttpRequest
) -> None:
    """Fresh or kept, offered or refused: with nothing to wait for both ways give the same answer."""
    awaited, at_once = Shop(adapter), Shop(adapter)
    for shop in (awaited, at_once):
        shop.now = START
        object.__setattr__(shop.host, "quoter", shop.quote_until(START + dt.timedelta(seconds=left_s)))
    for _ in range(2):
        want = asyncio.run(awaited.host.rates(adapter, request_))
        assert at_once.host.rates_at_once(adapter, request_) == want
    assert len(at_once.quoted) == len(awaited.quoted)


def test_own_failure_at_once_is_unavailable() -> None:
    """A bug in quoting is the platform's "unavailable" that way too."""
    shop = Shop()
    object.__setattr__(shop.host, "quoter", lambda _: 1 / 0)
    answer = shop.host.rates_at_once(ADAPTER, call_of())
    assert answer is not None
    assert answer.status == 503


def test_what_has_to_be_waited_for_is_not_answered_at_once() -> None:
    """With live sources only what is kept or refused is; before a key is fetched, nothing."""

    async def live(request: QuoteRequest, deadline_s: float) -> Heard:
        return Heard(request=request)

    shop = Shop(live=live)
    shop.now = START - dt.timedelta(hours=1)
    signed = call_of(now=shop.now)
    assert shop.host.rates_at_once(ADAPTER, signed) is None
    answer = asyncio.run(shop.host.rates(ADAPTER, signed))
    assert shop.host.rates_at_once(ADAPTER, signed) == answer
    refused = shop.host.rates_at_once(ADAPTER, call_of(secret="other", now=shop.now))
    assert refused is not None
    assert refused.status == 401
    assert Shop().host.rates_at_once(FetchingAdapter(), signed) is None


class AskedAdapter(ReferenceAdapter):
    """Answers one question beside rates."""

    questions = ("hide",)

    def answer_question(
        self,
        question: str,
        request: HttpRequest,
        quoter: Callable[[QuoteRequest], Quote],
        *,
        now: dt.datetime,
    ) -> HttpResponse:
        document = request.json()
        if document["break"].flag(False):
            raise ZeroDivisionError(f"near {SECRET}")
        return json_response({"hidden": document["names"].text(), "question": question})


@pytest.mark.parametrize(
    ("body", "status"),
    [(b'{"names": "x"}', 200), (b"{", 400), (b"{}", 400), (b'{"break": true}', 503), (b" " * 1_000_001, 413)],
    ids=["asked", "malformed", "incomplete", "our failure", "huge"],
)
def test_questions_beside_rates_are_answered(body: bytes, status: int) -> None:
    """Each has a route of its own, with the refusals of rates; nothing of ours is shown when we fail."""
    answer = Shop(AskedAdapter(ADAPTER.settings)).post("hide", body)
    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-store"
    assert SECRET not in answer.text
    if status == 200:
        assert answer.json() == {"hidden": "x", "question": "hide"}


def test_questions_must_be_signed_and_declared() -> None:
    """Unsigned they are refused before they are read; one that is not declared has no route."""
    asked = Shop(AskedAdapter(ADAPTER.settings))
    assert asked.send("POST", "/adapters/reference/hide", content=b"{").status_code == 401
    assert Shop().post("nothing", b"{}").status_code == 404


@pytest.mark.parametrize("path", ["/adapters/reference/rates/tok", "/adapters/reference/webhooks/tok"])
def test_paths_with_a_token_reach_the_adapter(path: str) -> None:
    """The longer path is answered by the adapter too, here by refusing it."""
    assert Shop().send("POST", path, content=b"{}").status_code == 401


class AsksAPage(ReferenceAdapter):
    """Its shop's own page asks for a greeting, which is fetched from the platform."""

    pages = ("greeting",)
    page_failed = json_response({"type": "error"}, status=503)

    def page_origins(self) -> tuple[str, ...]:
        """One shop."""
        return ("https://page.example",)

    def answer_page(
        self, page: str, request: HttpRequest, quoter: Callable[[QuoteRequest], Quote], *, now: dt.datetime
    ) -> Steps[HttpResponse]:
        """What the platform says, or whatever breaks on the way to it."""
        if request.body == b"broken":
            raise RuntimeError("reference-secret-1 is broken")
        response = yield HttpRequest(method="GET", url=request.body.decode())
        return json_response({"page": page, "said": response.json()["said"].text()})


def test_a_page_is_answered_with_what_the_platform_says(httpserver: HTTPServer) -> None:
    """The steps are carried out, nothing is kept, and only the shop's own origin may read the answer."""
    httpserver.expect_request("/said").respond_with_json({"said": "hello"})
    shop = Shop(AsksAPage(ADAPTER.settings))
    where = httpserver.url_for("/said").encode()
    for origin, allowed in (("https://page.example", "https://page.example"), ("https://evil.example", None)):
        answer = shop.send("POST", "/adapters/reference/greeting", content=where, headers={"origin": origin})
        assert answer.json() == {"page": "greeting", "said": "hello"}
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers.get("access-control-allow-origin") == allowed


def test_a_browser_may_ask_whether_it_may_ask() -> None:
    """JSON from another origin is announced by the browser first; a stranger's page is turned away."""
    shop = Shop(AsksAPage(ADAPTER.settings))
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    for origin, status in (("https://page.example", 200), ("https://evil.example", 400)):
        answer = shop.send("OPTIONS", "/adapters/reference/greeting", headers={"origin": origin, **asked})
        assert answer.status_code == status


@pytest.mark.parametrize("body", [b"broken", b"http://127.0.0.1:9/"])
def test_a_page_that_fails_is_told_so(body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """A fault of ours and a platform nobody reaches are told alike, and logged without the secret."""
    shop = Shop(AsksAPage(ADAPTER.settings))
    answer = shop.send("POST", "/adapters/reference/greeting", content=body)
    assert (answer.status_code, answer.json()) == (503, {"type": "error"})
    assert "greeting is not answered" in caplog.text
    assert SECRET not in caplog.text
