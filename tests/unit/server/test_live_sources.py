"""Live rates for call-backs: the file that names the services, and what is asked, heard and said of it."""

import asyncio
import datetime as dt
import json
import logging
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from checkout_kit import Address, Cart, LineItem
from checkout_kit.errors import InputError
from checkout_kit.server.adapters import Heard
from checkout_kit.server.live_sources import AskSources, load_live
from checkout_kit.server.policy_facts import PolicyFacts, load_facts
from checkout_kit.shipping import QuoteRequest

POLICY = """
currency = "USD"
default_item_weight = "250 g"
[origins.shop]
address = { country = "US", region = "NY", postal_code = "11201" }
timezone = "America/New_York"
cutoff = "14:00"
[zones.home]
where = [{ country = "US" }]
[[methods]]
id = "ground"
title = "Ground"
price = { by = "live", otherwise = "9.90" }
[[methods]]
id = "express"
title = "Express"
rates = [{ zones = ["home"], price = { by = "live" } }]
[[methods]]
id = "post"
title = "Post"
price = "5.00"
"""
NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def facts(tmp_path: Path) -> PolicyFacts:
    """The shop's policy."""
    file = tmp_path / "shop.toml"
    file.write_text(POLICY)
    return load_facts(file)


@pytest.fixture
def load(tmp_path: Path, facts: PolicyFacts) -> Callable[..., AskSources]:
    """Read a file of sources."""

    def load(text: str, **environment: str) -> AskSources:
        file = tmp_path / "live.toml"
        file.write_text(text)
        return load_live(file, facts, environment)

    return load


def request_of(**changes: object) -> QuoteRequest:
    """Two mugs to Brooklyn."""
    line = LineItem(id="1", sku="MUG", quantity=2, unit_price=1200, **{"weight_g": 300, **changes})
    cart = Cart(currency="USD", lines=[line])
    to = Address(country="US", region="NY", postal_code="11215", name="Ann Example")
    return QuoteRequest(cart=cart, destination=to, placed_at=NOON)


def answer(price_minor: int, service: str = "GND") -> dict[str, object]:
    """What a rate service says."""
    return {"rates": [{"service": service, "price_minor": price_minor, "currency": "USD"}]}


def hear(ask: AskSources, request: QuoteRequest, *, deadline_s: float = 2.0) -> Heard:
    """Ask once."""
    return asyncio.run(_hear(ask, request, deadline_s))


async def _hear(ask: AskSources, request: QuoteRequest, deadline_s: float) -> Heard:
    return await ask(request, deadline_s)


def test_policy_says_what_may_be_priced_live(facts: PolicyFacts) -> None:
    """Which methods have a live price anywhere in them, where parcels leave, and what a line weighs."""
    assert facts.live_methods == ("ground", "express")
    assert facts.origin == Address(country="US", region="NY", postal_code="11201")
    assert facts.default_weight_g == 250


def test_service_is_asked_with_its_token(load: Callable[..., AskSources], httpserver: HTTPServer) -> None:
    """It gets the parcel and the two places, no name, and its rates are in the request that is quoted."""
    asked: list[Request] = []

    def serve(request: Request) -> Response:
        asked.append(request)
        return Response(json.dumps(answer(845)), content_type="application/json")

    httpserver.expect_request("/v1").respond_with_handler(serve)
    ask = load(
        f'[sources.bridge]\nurl = "{httpserver.url_for("/v1")}"\nmethods = {{ GND = "ground" }}\n'
        'token_from = "BRIDGE"\n',
        BRIDGE="s3cret",
    )
    heard = hear(ask, request_of(weight_g=None))
    assert heard.is_whole
    (rate,) = heard.request.live_rates
    assert (rate.method_id, rate.price_minor, rate.source) == ("ground", 845, "bridge")
    (sent,) = asked
    assert sent.headers["authorization"] == "Bearer s3cret"
    body = json.loads(sent.get_data())
    assert body["parcels"] == [{"weight_g": 500, "size_mm": None}]
    assert (body["origin"]["postal_code"], body["destination"]["postal_code"]) == ("11201", "11215")
    assert "Ann" not in sent.get_data(as_text=True)
    assert "s3cret" not in repr(ask)


def test_one_source_that_fails_leaves_the_others(
    load: Callable[..., AskSources], httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    """What came in time counts, and that somebody was silent is known and in the log."""
    httpserver.expect_request("/good").respond_with_json(answer(845))
    httpserver.expect_request("/bad").respond_with_data("no", status=500)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        urls = {
            "slow": f"http://127.0.0.1:{silent.getsockname()[1]}/",
            "bad": httpserver.url_for("/bad"),
            "good": httpserver.url_for("/good"),
        }
        text = "".join(
            f'[sources.{name}]\nurl = "{url}"\nmethods = {{ GND = "ground" }}\n' for name, url in urls.items()
        )
        with caplog.at_level(logging.WARNING):
            heard = hear(load(text), request_of(), deadline_s=0.5)
    assert not heard.is_whole
    assert [rate.source for rate in heard.request.live_rates] == ["good"]
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "live rates of slow: deadline (failed)",
        "live rates of bad: http_status 500 (failed)",
    ]


def test_answers_are_remembered(load: Callable[..., AskSources], httpserver: HTTPServer) -> None:
    """The same parcel to the same place is asked for once, whoever it is for."""
    httpserver.expect_ordered_request("/v1").respond_with_json(answer(845))
    ask = load(f'[sources.bridge]\nurl = "{httpserver.url_for("/v1")}"\nmethods = {{ GND = "ground" }}\n')

    async def twice() -> list[int]:
        heard = [await ask(request_of(), 2.0) for _ in range(2)]
        return [rate.price_minor for each in heard for rate in each.request.live_rates]

    assert asyncio.run(twice()) == [845, 845]
    httpserver.check_assertions()


def test_cart_that_cannot_be_rated_is_not_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    """Without a weight, or with nothing to send, the stored prices stand, and not for a moment only."""
    ask = AskSources((), origin=Address(country="US"))
    with caplog.at_level(logging.INFO):
        for request in (request_of(weight_g=None), request_of(requires_shipping=False)):
            assert hear(ask, request) == Heard(request=request)
    assert caplog.messages == ["live rates are not asked for: a line has no weight"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", ["sources"]),
        ("[sources.a]", ["sources.a.url", "sources.a.methods"]),
        ('[sources.a]\nurl = "https://a.example"\nmethods = {}', ["sources.a.methods"]),
        (
            '[sources.a]\nurl = "http://a.example"\nmethods = { X = "post", Y = "no" }\ntoken_from = "NONE"',
            ["sources.a.url", "sources.a.methods.X", "sources.a.methods.Y", "sources.a.token_from"],
        ),
        (
            '[sources.a]\nurl = "https://u:p@a.example"\nmethods = { X = "ground" }\ntoken = "s3cret"',
            ["sources.a.token"],
        ),
        ('[sources.a]\nurl = "https://u:p@a.example"\nmethods = { X = "ground" }', ["sources.a.url"]),
        (
            '[sources.a]\nurl = "https://a.example"\nmethods = { X = "ground" }\ntimeout_s = 0',
            ["sources.a.timeout_s"],
        ),
    ],
)
def test_every_fault_of_the_file_is_named(
    load: Callable[..., AskSources], text: str, places: list[str]
) -> None:
    """Unknown keys, methods that are not priced live, unsafe URLs and unset tokens are refused together."""
    with pytest.raises(InputError, match=r"live\.toml") as refused:
        load(text)
    assert [fault.path for fault in refused.value.faults] == places


def test_file_that_is_not_there_is_named(facts: PolicyFacts, tmp_path: Path) -> None:
    """The refusal says which file, and why it cannot be read."""
    with pytest.raises(InputError, match=r"none\.toml: cannot be read"):
        load_live(tmp_path / "none.toml", facts, {})


def test_parcels_have_to_leave_somewhere(tmp_path: Path) -> None:
    """A policy whose first origin has no address cannot be rated by anybody."""
    shop, live = tmp_path / "shop.toml", tmp_path / "live.json"
    shop.write_text("\n".join(line for line in POLICY.splitlines() if not line.startswith("address")))
    live.write_text('{"sources": {"a": {"url": "https://a.example", "methods": {"X": "ground"}}}}')
    with pytest.raises(InputError, match="give the policy's first origin an address"):
        load_live(live, load_facts(shop), {})
