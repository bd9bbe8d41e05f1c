"""Which of Saleor's methods are hidden: those of options that the policy withholds, with its reason."""

import base64
import datetime as dt
import json
from typing import Any

import pytest
from checkout_kit.adapter import HttpRequest, answer_question
from checkout_kit.shipping import Quote, QuoteRequest, Withheld
from checkout_kit.testing import SampleOption, sample_quote

from checkout_kit_saleor import FILTERED_METHODS, SaleorAdapter, SaleorSettings

NOW = dt.datetime(2026, 11, 23, 18, 0, tzinfo=dt.UTC)
ADAPTER = SaleorAdapter(
    SaleorSettings(api_url="https://shop.example/graphql/", app_token="t", secret_key="hex", cache_s=600)
)
CHECKOUT = {
    "channel": {"slug": "web", "currencyCode": "USD"},
    "shippingAddress": {"country": {"code": "US"}},
    "lines": [{"id": "a", "quantity": 1, "undiscountedUnitPrice": {"amount": 1}}],
}
PLAIN = {
    "channel": {"slug": "web", "currency_code": "USD"},
    "currency": "USD",
    "shipping_address": {"country": "US"},
    "lines": [{"sku": "W", "quantity": 1, "base_price": "1.00"}],
}
BUILT_IN = base64.b64encode(b"ShippingMethod:7").decode()


def external(option: str) -> str:
    """The global id of our method in Saleor."""
    return base64.b64encode(f"app:checkout-kit:{option}".encode()).decode()


def quoted(request: QuoteRequest) -> Quote:
    """Economy always; same-day until 18:05, and not to Canada."""
    is_late = request.placed_at > NOW + dt.timedelta(minutes=5)
    options = [SampleOption(method_id="economy", title="Economy", price_minor=1)]
    withheld = []
    if is_late:
        message = "today's cut-off has passed"
        withheld.append(
            Withheld(method_id="same-day", title="Today", reason="cutoff_passed", message=message)
        )
    else:
        options.append(SampleOption(method_id="same-day", title="Today", price_minor=1))
    until = NOW + dt.timedelta(days=1) if is_late else NOW + dt.timedelta(minutes=5)
    return sample_quote(
        options, currency="USD", placed_at=request.placed_at, valid_until=until, withheld=withheld
    )


def ask(document: Any, *, now: dt.datetime = NOW, **headers: str) -> Any:
    """The status and the document answered to a signed question."""
    sent = {"saleor-api-url": "https://shop.example/graphql/"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    request = HttpRequest(url="/", headers=sent, body=json.dumps(document).encode())
    signed = ADAPTER.signature.sign(request, secret="hex", now=now)
    answer = answer_question(ADAPTER, "filter", signed, quoted, now=now)
    return answer.status, json.loads(answer.body)


def hidden(*methods: dict[str, Any], now: dt.datetime = NOW, **checkout: Any) -> dict[str, str]:
    """The ids hidden with their reasons, asked with our subscription."""
    status, document = ask({"checkout": CHECKOUT | checkout, "shippingMethods": list(methods)}, now=now)
    assert status == 200
    return {method["id"]: method["reason"] for method in document["excluded_methods"]}


def test_method_of_an_option_withheld_is_hidden_with_the_reason() -> None:
    """Same-day is hidden after its cut-off, ours and the shop's own that is marked as such."""
    methods = (
        {"id": external("same-day"), "option": "same-day"},
        {"id": BUILT_IN, "option": "same-day"},
        {"id": external("economy"), "option": "economy"},
    )
    late = NOW + dt.timedelta(hours=1)
    reason = "today's cut-off has passed"
    assert hidden(*methods, now=late) == {external("same-day"): reason, BUILT_IN: reason}


def test_method_that_will_be_withheld_while_saleor_keeps_it_is_hidden() -> None:
    """As with the list itself: within the time that Saleor keeps the answer, the cut-off has passed."""
    assert hidden({"id": external("same-day"), "option": "same-day"}) == {
        external("same-day"): "today's cut-off has passed"
    }


def test_methods_without_an_option_are_left_alone() -> None:
    """Neither the shop's own nor another app's methods are judged, whatever their ids hold."""
    others = (
        {"id": BUILT_IN, "option": None},
        {"id": external("drone"), "option": None},
        {"id": "no base64"},
    )
    assert hidden(*others) == {}


def test_marked_method_that_the_policy_no_longer_has_is_hidden() -> None:
    """An option that was removed from the policy cannot be kept."""
    assert "no longer" in hidden({"id": BUILT_IN, "option": "pigeon"})[BUILT_IN]


def test_question_without_a_subscription_is_answered() -> None:
    """Then the option is read from the id of our method, as the payload has no metadata."""
    methods = [{"id": external("same-day"), "name": "x"}, {"id": BUILT_IN, "name": "y"}]
    status, document = ask({"checkout": PLAIN, "shipping_methods": methods})
    assert status == 200
    assert [method["id"] for method in document["excluded_methods"]] == [external("same-day")]


@pytest.mark.parametrize(
    "changes",
    [{"shippingAddress": None}, {"channel": {"slug": "web", "currencyCode": "QQQ"}}],
    ids=["no address", "unknown currency"],
)
def test_what_cannot_be_judged_hides_nothing(changes: dict[str, Any]) -> None:
    """Before there is an address nothing can be said against a method."""
    assert hidden({"id": external("same-day"), "option": "same-day"}, **changes) == {}


ORDER = {
    "channel": {"slug": "web", "currencyCode": "USD"},
    "shippingAddress": {"country": {"code": "US"}},
    "lines": [
        {
            "id": "a",
            "quantity": 2,
            "isShippingRequired": True,
            "variant": {
                "sku": "W",
                "weight": {"value": 1, "unit": "LB"},
                "product": {"productType": {"slug": "glass", "kind": "GIFT_CARD"}},
                "channelListings": [
                    {"channel": {"slug": "app"}, "price": {"amount": 1}},
                    {"channel": {"slug": "web"}, "price": {"amount": 24.99}},
                ],
            },
        },
        {"id": "b", "quantity": 1, "isShippingRequired": False, "variant": None},
    ],
}


def test_methods_of_a_draft_order_are_judged_too() -> None:
    """By the prices listed in its channel, and no further ahead than Saleor keeps that answer."""
    seen: list[QuoteRequest] = []

    def quoter(request: QuoteRequest) -> Quote:
        seen.append(request)
        return quoted(request)

    methods = [{"id": BUILT_IN, "option": "same-day"}]
    for minutes, ids in ((0, []), (4, [BUILT_IN])):
        now = NOW + dt.timedelta(minutes=minutes)
        sent = {
            "saleor-api-url": "https://shop.example/graphql/",
            "saleor-event": "order_filter_shipping_methods",
        }
        body = json.dumps({"order": ORDER, "shippingMethods": methods}).encode()
        signed = ADAPTER.signature.sign(HttpRequest(url="/", headers=sent, body=body), secret="hex", now=now)
        answer = answer_question(ADAPTER, "filter", signed, quoter, now=now)
        assert [method["id"] for method in json.loads(answer.body)["excluded_methods"]] == ids
    lines = [(line.unit_price, line.weight_g, line.requires_shipping) for line in seen[0].cart.lines]
    assert lines == [(2499, 454, True), (0, None, False)]
    assert seen[0].channel == "web"
    assert [(line.shipping_class, line.is_gift_card) for line in seen[0].cart.lines] == [
        ("glass", True),
        ("", False),
    ]


@pytest.mark.parametrize(
    ("document", "headers", "status"),
    [
        ({}, {}, 400),
        ({"checkout": CHECKOUT, "shippingMethods": "x"}, {}, 400),
        ({"checkout": CHECKOUT, "shippingMethods": [{"id": "a"}] * 501}, {}, 400),
        ({"checkout": CHECKOUT, "shippingMethods": [7]}, {}, 400),
        ({"checkout": CHECKOUT}, {"saleor_event": "order_filter_shipping_methods"}, 400),
        ({"order": {"lines": []}}, {"saleor_event": "order_filter_shipping_methods"}, 400),
        ({"order": ORDER}, {"saleor_event": "checkout_filter_shipping_methods"}, 400),
        ({"order": ORDER}, {"saleor_event": "order_confirmed"}, 400),
        ({"checkout": CHECKOUT}, {"saleor_api_url": "https://other.example/graphql/"}, 404),
        ({"checkout": CHECKOUT}, {"saleor_event": "checkout_filter_shipping_methods"}, 200),
    ],
)
def test_malformed_questions_are_refused(document: Any, headers: dict[str, str], status: int) -> None:
    """As rate requests are."""
    assert ask(document, **headers)[0] == status


def test_subscription_asks_for_the_mark_and_no_person() -> None:
    """The metadata that marks a method, and nothing of the buyer."""
    assert 'metafield(key: "checkout_kit_option")' in FILTERED_METHODS
    assert FILTERED_METHODS.count("{") == FILTERED_METHODS.count("}")
    for word in ("email", "Name", "street", "phone"):
        assert word not in FILTERED_METHODS
