"""Live sources that answer, dawdle, hang, fail and talk nonsense, played by a real HTTP server."""

import asyncio
import datetime as dt
import json
import threading
import time

import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from checkout_kit.address import Address
from checkout_kit.carriers import (
    JsonRateSource,
    Parcel,
    RateCache,
    RateRequest,
    fetch_rates,
    fetch_rates_async,
)
from checkout_kit.shipping.live import LiveRate

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
REQUEST = RateRequest(
    origin=Address(country="US", region="NY", postal_code="11201"),
    destination=Address(country="US", region="IL", postal_code="60601", name="A Buyer"),
    parcels=(Parcel(weight_g=1200),),
    currency="USD",
)
GOOD = {"rates": [{"service": "GND", "price_minor": 890, "currency": "USD", "transit_max_days": 4}]}


def ask_sync(sources, deadline_s=5.0, **more):
    """The sync face with a client of its own."""
    with httpx.Client(trust_env=False) as client:
        return fetch_rates(sources, REQUEST, client=client, now=NOW, deadline_s=deadline_s, **more)


def ask_async(sources, deadline_s=5.0, **more):
    """The async face with a client of its own."""

    async def run():
        async with httpx.AsyncClient(trust_env=False) as client:
            return await fetch_rates_async(
                sources, REQUEST, client=client, now=NOW, deadline_s=deadline_s, **more
            )

    return asyncio.run(run())


@pytest.fixture(params=[ask_sync, ask_async], ids=["sync", "async"])
def ask(request):
    """Both faces must give the same answers."""
    return request.param


@pytest.fixture(scope="module")
def threaded_server():
    """A server that answers several requests at once."""
    with HTTPServer(port=0, threaded=True) as server:
        yield server


@pytest.fixture
def httpserver(threaded_server):
    """The threaded server, with nothing expected yet."""
    threaded_server.clear()
    return threaded_server


@pytest.fixture
def hang(httpserver):
    """An event that keeps a handler waiting until the test is over."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def source(httpserver):
    """A maker of sources, each with a path of its own on the test server."""

    def make(name, reply, **settings):
        httpserver.expect_request(f"/{name}", method="POST").respond_with_handler(reply)
        return JsonRateSource(
            id=name, url=httpserver.url_for(f"/{name}"), methods={"GND": f"{name}-ground"}, **settings
        )

    return make


def answer(payload, status=200):
    """A handler with a fixed JSON answer."""
    return lambda _request: Response(json.dumps(payload), status=status, content_type="application/json")


def waiting(event):
    """A handler that answers well, but only after the event."""

    def handler(_request: Request) -> Response:
        event.wait(20)
        return Response(json.dumps(GOOD))

    return handler


def test_every_source_is_asked_and_reported(ask, source):
    """Two good sources give their rates, in the order of the sources."""
    found = ask([source("a", answer(GOOD)), source("b", answer(GOOD))])
    assert [(rate.method_id, rate.price_minor, rate.source) for rate in found.rates] == [
        ("a-ground", 890, "a"),
        ("b-ground", 890, "b"),
    ]
    assert [(report.source_id, report.outcome, report.reason) for report in found.reports] == [
        ("a", "live", ""),
        ("b", "live", ""),
    ]
    assert found.failed == ()


@pytest.mark.parametrize(
    ("reply", "reason", "detail"),
    [
        (answer({}, status=500), "http_status", "500"),
        (answer({}, status=302), "http_status", "302"),
        (lambda _request: Response("<html>down for repairs</html>"), "malformed", "MalformedReply"),
        (answer({"rates": [{"service": "GND", "price_minor": "8.90"}]}), "malformed", "MalformedReply"),
        (
            answer({"rates": [{"service": "GND", "price_minor": -1, "currency": "USD"}]}),
            "malformed",
            "MalformedReply",
        ),
        (
            answer({"rates": [{"service": "GND", "price_minor": 1, "currency": "EUR"}]}),
            "malformed",
            "CurrencyMismatch",
        ),
        (lambda _request: Response(b" " * 1_100_000), "too_large", "1000000"),
    ],
    ids=["500", "redirect", "html", "float", "negative", "currency", "huge"],
)
def test_one_bad_source_does_not_empty_the_list(ask, source, reply, reason, detail):
    """The good source's rate stays and the bad one is reported with its reason."""
    found = ask([source("bad", reply), source("good", answer(GOOD))])
    assert [rate.method_id for rate in found.rates] == ["good-ground"]
    assert [(r.source_id, r.outcome, r.reason, r.detail) for r in found.failed] == [
        ("bad", "failed", reason, detail)
    ]


def test_a_refused_connection_is_reported(ask, source):
    """A service that is not there is unreachable, not an exception."""
    gone = JsonRateSource(id="gone", url="http://127.0.0.1:9/rates", methods={})
    found = ask([gone, source("good", answer(GOOD))])
    assert [(r.source_id, r.reason, r.detail) for r in found.failed] == [
        ("gone", "unreachable", "ConnectError")
    ]
    assert len(found.rates) == 1


def test_a_hanging_source_is_cut_off_by_its_own_timeout(ask, source, hang):
    """The source's time-out ends the exchange long before the deadline."""
    found = ask([source("hangs", waiting(hang), timeout_s=0.2), source("good", answer(GOOD))], deadline_s=10)
    assert [(r.source_id, r.reason) for r in found.failed] == [("hangs", "timeout")]
    assert len(found.rates) == 1


def test_a_dripping_source_is_cut_off_by_its_own_timeout(ask, source):
    """A body that comes one byte at a time never resets the time-out of the whole exchange."""

    def drip():
        for _ in range(200):
            time.sleep(0.05)
            yield b" "

    found = ask([source("drips", lambda _request: Response(drip()), timeout_s=0.3)], deadline_s=8)
    assert [(r.source_id, r.reason) for r in found.failed] == [("drips", "timeout")]


def test_the_deadline_ends_all_waiting_together(ask, source, hang):
    """Three patient sources that hang cost one deadline and leave the good one's rate."""
    slow = [source(name, waiting(hang), timeout_s=30) for name in "xyz"]
    found = ask([*slow, source("good", answer(GOOD))], deadline_s=0.5)
    assert [(r.source_id, r.reason) for r in found.failed] == [
        ("x", "deadline"),
        ("y", "deadline"),
        ("z", "deadline"),
    ]
    assert [rate.method_id for rate in found.rates] == ["good-ground"]


def test_the_stored_table_stands_in_for_a_failing_source(ask, source):
    """The stored rate is given and the report says both that it is stored and why."""
    stored = LiveRate(method_id="a-ground", price_minor=990, currency="USD", source="table")
    found = ask([source("a", answer({}, status=503))], stored={"a": (stored,)})
    assert found.rates == (stored,)
    assert [(r.outcome, r.reason, r.detail) for r in found.reports] == [("stored", "http_status", "503")]


def test_a_fresh_cache_entry_saves_the_call(ask, source, httpserver):
    """The second request within the time to live is answered without asking."""
    one = source("a", answer(GOOD))
    cache = RateCache()
    first = ask([one], cache=cache)
    second = ask([one], cache=cache)
    assert first.rates == second.rates
    assert [r.outcome for r in (*first.reports, *second.reports)] == ["live", "cached"]
    assert len(httpserver.log) == 1


def test_an_expired_entry_stands_in_before_the_stored_table_and_says_so(ask, source):
    """A stale rate is marked, and beats the stored table."""
    one = source("a", answer({}, status=500))
    cache = RateCache(ttl=dt.timedelta(0), keep=dt.timedelta(hours=1))
    warm = JsonRateSource(id="a", url=one.url, methods=dict(one.methods))
    rate = LiveRate(method_id="a-ground", price_minor=890, currency="USD", source="a")
    from checkout_kit.carriers.cache import content_key

    cache.put(content_key(warm.id, REQUEST), (rate,), NOW)
    found = ask([one], cache=cache, stored={"a": (rate,)})
    assert [(r.is_stale, r.price_minor) for r in found.rates] == [(True, 890)]
    assert [(r.outcome, r.reason) for r in found.reports] == [("stale", "http_status")]


class Broken:
    """A source whose own code fails."""

    timeout_s = 1.0

    def __init__(self, name, where):
        self.id = name
        self.where = where

    def prepare(self, request):
        """Fails when told to."""
        if self.where == "prepare":
            raise RuntimeError("secret-token-123")
        return JsonRateSource(id="x", url=self.where, methods={}).prepare(request)

    def interpret(self, request, reply):
        """Always fails."""
        raise RuntimeError("secret-token-123")


def test_a_fault_in_a_sources_own_code_is_reported_without_its_text(ask, source):
    """A plug-in's exception becomes a report that names its kind and never its message."""
    good = source("good", answer(GOOD))
    found = ask([Broken("one", "prepare"), Broken("two", good.url), good])
    assert [(r.source_id, r.reason, r.detail) for r in found.failed] == [
        ("one", "source_error", "RuntimeError"),
        ("two", "source_error", "RuntimeError"),
    ]
    assert [rate.method_id for rate in found.rates] == ["good-ground"]
    assert "secret" not in repr(found)


def test_no_sources_give_no_rates(ask):
    """An empty list is answered at once."""
    found = ask([])
    assert (found.rates, found.reports) == ((), ())


def test_two_sources_of_one_id_are_refused(ask, source):
    """Reports and cache entries would mix, so the ids must differ."""
    one = source("a", answer(GOOD))
    with pytest.raises(ValueError, match="needs its own id"):
        ask([one, one])


def test_the_cheapest_rate_of_a_method_wins(ask, source):
    """Two sources that rate one method: the lower price is kept, a tie goes to the first."""
    dear = {"rates": [{"service": "GND", "price_minor": 999, "currency": "USD"}]}
    one, two = source("a", answer(dear)), source("b", answer(GOOD))
    same = JsonRateSource(id="b", url=two.url, methods={"GND": "a-ground"})
    assert ask([one, same]).by_method()["a-ground"].price_minor == 890
