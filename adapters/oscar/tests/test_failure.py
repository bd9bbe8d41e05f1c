"""A service that is dead, slow or talking nonsense never breaks a page of the shop."""

import datetime as dt
import json
import time
from pathlib import Path
from typing import Any

import pytest
from checkout_kit.adapter import HttpRequest, answer_rates
from checkout_kit.shipping import ShippingPolicy
from django.test import Client
from django.urls import reverse
from oscar.apps.order.models import Order
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from checkout_kit_oscar import OscarAdapter, OscarSettings
from checkout_kit_oscar.checks import check_settings
from checkout_kit_oscar.settings import shop_settings
from store import guest_walk, stock_shop

SECRET = "oscar-secret-1"
pytestmark = pytest.mark.django_db


def use_service(settings: Any, url: str, **more: object) -> None:
    """Let the shop ask a service instead of a policy."""
    settings.CHECKOUT_KIT = {
        "service_url": url,
        "shop": "main",
        "secret": SECRET,
        "timeout_s": 0.3,
        "fallback_price": "9.90 USD",
        "country": "US",
        **more,
    }


def test_service_answers_the_whole_checkout(settings: Any, client: Client, httpserver: HTTPServer) -> None:
    """Signed requests over HTTP; one order asks the service few times, because answers are kept."""
    policy = ShippingPolicy.load(settings.CHECKOUT_KIT["policy"])
    adapter = OscarAdapter(OscarSettings(shop="main", secret=SECRET))
    asked: list[bytes] = []

    def service(request: Request) -> Response:
        body = request.get_data()
        asked.append(body)
        received = HttpRequest(url=request.path, headers=dict(request.headers), body=body)
        answer = answer_rates(adapter, received, policy.quote, now=dt.datetime.now(dt.UTC))
        return Response(answer.body, answer.status, dict(answer.headers))

    httpserver.expect_request("/rates").respond_with_handler(service)
    use_service(settings, httpserver.url_for("/rates"))
    list(guest_walk(client, stock_shop()))
    order = Order.objects.get()
    assert (order.shipping_code, str(order.shipping_incl_tax)) == ("economy", "3.90")
    assert order.checkout_kit_promise.latest
    assert len(asked) <= 3, f"{len(asked)} calls for one order"
    assert "Ann" not in b"".join(asked).decode(), "a name is sent that no rule looks at"


def slow(_request: Request) -> Response:
    """Answers after the time-out."""
    time.sleep(0.8)
    return Response("{}")


ANSWERS = {
    "error": Response("oops", 500),
    "not JSON": Response("<html>"),
    "nonsense": Response(json.dumps({"outcome": "options", "currency": "USD", "options": [{"id": 1}]})),
    "another currency": Response(json.dumps({"outcome": "options", "currency": "EUR", "options": []})),
    "bad dates": Response(
        json.dumps(
            {
                "outcome": "options",
                "currency": "USD",
                "options": [
                    {"id": "x", "title": "x", "price": "1", "latest": "soon", "earliest": "", "ships_on": ""}
                ],
            }
        )
    ),
    "unavailable": Response(json.dumps({"outcome": "unavailable"}), 503),
    "redirect": Response("", 302, {"location": "/elsewhere"}),
    "refused": Response("", 401),
    "slow": slow,
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_broken_service_leaves_the_shop_open(
    kind: str, settings: Any, client: Client, httpserver: HTTPServer
) -> None:
    """Every page works, the fallback is offered at its price, and the order is placed without a promise."""
    answer = ANSWERS[kind]
    expected = httpserver.expect_request("/rates")
    if callable(answer) and not isinstance(answer, Response):
        expected.respond_with_handler(answer)
    else:
        expected.respond_with_response(answer)
    use_service(settings, httpserver.url_for("/rates"))
    list(guest_walk(client, stock_shop(), choice="standard"))
    order = Order.objects.get()
    assert (order.shipping_code, str(order.shipping_incl_tax)) == ("standard", "9.90")
    assert not hasattr(order, "checkout_kit_promise")
    httpserver.clear_all_handlers()


def test_dead_service_leaves_the_shop_open(settings: Any, client: Client) -> None:
    """Nobody listens on the port."""
    use_service(settings, "http://127.0.0.1:9/rates")
    list(guest_walk(client, stock_shop(), choice="standard"))
    assert Order.objects.get().shipping_code == "standard"


def test_dead_service_costs_one_timeout(settings: Any, client: Client, httpserver: HTTPServer) -> None:
    """After a failure the service is left alone: an order pays the time-out once, not on every page."""
    calls: list[Request] = []

    def hang(request: Request) -> Response:
        calls.append(request)
        return slow(request)

    httpserver.expect_request("/rates").respond_with_handler(hang)
    use_service(settings, httpserver.url_for("/rates"))
    list(guest_walk(client, stock_shop(), choice="standard"))
    assert len(calls) == 1


def test_a_basket_that_cannot_be_read_costs_nobody_else(
    settings: Any, client: Client, httpserver: HTTPServer
) -> None:
    """After a 400 the fallback is offered there, and the service is asked again at once."""
    calls: list[Request] = []

    def refuse(request: Request) -> Response:
        calls.append(request)
        return Response("{}", 400)

    httpserver.expect_request("/rates").respond_with_handler(refuse)
    use_service(settings, httpserver.url_for("/rates"), timeout_s=5.0)
    list(guest_walk(client, stock_shop(), choice="standard"))
    assert len(calls) > 1
    assert Order.objects.get().shipping_code == "standard"


def test_broken_policy_file_leaves_the_shop_open(settings: Any, client: Client, tmp_path: Path) -> None:
    """A file that went bad after the check costs the fallback price, not every page."""
    broken = tmp_path / "shipping.toml"
    broken.write_text("currency =")
    settings.CHECKOUT_KIT = {"policy": str(broken), "fallback_price": "9.90 USD", "country": "US"}
    list(guest_walk(client, stock_shop(), choice="standard"))
    assert Order.objects.get().shipping_code == "standard"


def test_line_that_lost_its_price_leaves_the_basket_open(client: Client) -> None:
    """A sold-out product without a price is left out of the question, as of the basket's total."""
    walk = guest_walk(client, stock_shop())
    assert "Economy" in [next(walk) for _ in range(2)][-1]
    lost = stock_shop(title="Lost", sku="L1")
    client.post(reverse("basket:add", kwargs={"pk": lost.pk}), {"quantity": 1})
    lost.stockrecords.update(price=None, num_in_stock=0)
    page = client.get(reverse("basket:summary"))
    assert (page.status_code, "Economy" in page.content.decode()) == (200, True)


def test_without_fallback_price_the_basket_page_still_opens(settings: Any, client: Client) -> None:
    """In a currency without a fallback the basket page says that delivery comes later."""
    use_service(settings, "http://127.0.0.1:9/rates", fallback_price="9.90 EUR")
    walk = guest_walk(client, stock_shop())
    next(walk)
    assert "Delivery is added at checkout" in next(walk)
    assert next(walk).startswith("delivery page: 302")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({}, "policy or service_url"),
        ({"policy": "a", "service_url": "https://b", "secret": "c", "fallback_price": "1 USD"}, "either"),
        ({"policy": "missing.toml", "fallback_price": "1 USD"}, "missing.toml"),
        ({"service_url": "http://rates.example/x", "secret": "s", "fallback_price": "1 USD"}, "https"),
        ({"service_url": "https://rates.example/x", "fallback_price": "1 USD"}, "secret"),
        ({"policy": "x", "fallback_price": "nine USD"}, "nine"),
        ({"policy": "x", "fallback_price": "9 QQQ"}, "QQQ"),
        ({"polcy": "x"}, "polcy"),
    ],
)
def test_wrong_settings_are_found_by_the_check(settings: Any, value: dict[str, object], words: str) -> None:
    """`manage.py check` says what is wrong, before a shopper does."""
    settings.CHECKOUT_KIT = value
    shop_settings.cache_clear()
    messages = check_settings()
    assert any(words in message.msg for message in messages), messages


def test_right_settings_pass_the_check() -> None:
    """The test shop itself is set up right."""
    assert check_settings() == []
