"""The page reports a new address: what the session gets, and what the page is told when it cannot be."""

import datetime as dt
import json
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from checkout_kit.adapter import HttpRequest, HttpResponse, run
from checkout_kit.shipping import Quote, QuoteRequest
from checkout_kit.testing import SampleOption, sample_quote
from stripe.params.checkout import _session_update_params as known

from checkout_kit_stripe_checkout import StripeCheckoutAdapter, StripeCheckoutSettings

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
ADAPTER = StripeCheckoutAdapter(StripeCheckoutSettings(secret_key="rk_test_1", webhook_secret="whsec_1"))
ADDRESS = {
    "line1": "12 Sample Street",
    "line2": None,
    "city": "New York",
    "state": "NY",
    "postal_code": "10001",
    "country": "US",
}
CHANGE = {"checkout_session_id": "cs_1", "shipping_details": {"name": "Ann", "address": ADDRESS}}
ITEM = {
    "id": "li_1",
    "quantity": 2,
    "amount_subtotal": 4998,
    "price": {"product": {"metadata": {"sku": "W1", "weight_g": "450"}}},
}


class Stripe:
    """Plays one session; remembers what was written to it."""

    def __init__(self, *, status: str = "open", found: int = 200, taken: int = 200) -> None:
        self.status, self.found, self.taken = status, found, taken
        self.written: dict[str, str] = {}
        self.asked: list[QuoteRequest] = []
        self.options = [SampleOption(method_id="std", title="Standard", price_minor=499)]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.written = dict(parse_qsl(request.content.decode()))
            return httpx.Response(self.taken, json={"error": {"code": "bad"}})
        if request.url.path.endswith("/line_items"):
            return httpx.Response(200, json={"data": [ITEM], "has_more": False})
        return httpx.Response(self.found, json={"currency": "usd", "status": self.status})

    def quote(self, request: QuoteRequest) -> Quote:
        """One option, unless there is none."""
        self.asked.append(request)
        until = NOW + dt.timedelta(hours=1)
        return sample_quote(self.options, currency="USD", placed_at=NOW, valid_until=until)


def changed(stripe: Stripe, document: Any = None, *, body: bytes | None = None) -> tuple[HttpResponse, Any]:
    """What the page is answered."""
    raw = json.dumps(CHANGE if document is None else document).encode() if body is None else body
    request = HttpRequest(url="/", body=raw)
    with httpx.Client(transport=httpx.MockTransport(stripe)) as client:
        response = run(ADAPTER.answer_page("address", request, stripe.quote, now=NOW), client)
    return response, json.loads(response.body)


def test_new_address_rewrites_the_options() -> None:
    """The session gets address and options in one call, and the goods quoted are Stripe's."""
    stripe = Stripe()
    response, told = changed(stripe)
    assert (response.status, told) == (200, {"type": "object", "value": {"succeeded": True}})
    (asked,) = stripe.asked
    assert (asked.cart.goods_total, asked.cart.lines[0].weight_g) == (4998, 900 // 2)
    assert (asked.destination.country, asked.destination.postal_code) == ("US", "10001")
    at = "collected_information[shipping_details]"
    assert stripe.written[f"{at}[name]"] == "Ann"
    assert stripe.written[f"{at}[address][line1]"] == "12 Sample Street"
    assert f"{at}[address][line2]" not in stripe.written
    assert stripe.written["shipping_options[0][shipping_rate_data][fixed_amount][amount]"] == "499"


def test_address_fields_are_those_of_the_vendor_s_library() -> None:
    """The address is written under the names of Stripe's own types."""
    stripe = Stripe()
    changed(stripe)
    prefix = "collected_information[shipping_details][address]["
    names = {name[len(prefix) : -1] for name in stripe.written if name.startswith(prefix)}
    allowed = known.SessionUpdateParamsCollectedInformationShippingDetailsAddress.__annotations__
    assert names
    assert names <= set(allowed)


def test_goods_named_by_the_browser_are_ignored() -> None:
    """What the browser adds changes nothing: neither goods nor prices nor options come from it."""
    stripe = Stripe()
    changed(stripe, {**CHANGE, "shipping_options": [{"amount": 0}], "line_items": [], "currency": "jpy"})
    assert stripe.asked[0].cart.currency == "USD"
    assert stripe.written["shipping_options[0][shipping_rate_data][fixed_amount][amount]"] == "499"


def rejected(stripe: Stripe, document: Any = None, *, body: bytes | None = None) -> int:
    """The status of a rejection; nothing has been written."""
    response, told = changed(stripe, document, body=body)
    assert told["type"] == "error"
    assert told["message"]
    return response.status


def test_nothing_to_offer_keeps_the_former_options() -> None:
    """The page is told; the session is not emptied."""
    stripe = Stripe()
    stripe.options = []
    assert rejected(stripe) == 200
    assert stripe.written == {}


@pytest.mark.parametrize("country", ["", "USA", "1"])
def test_unusable_country_is_told(country: str) -> None:
    """A country that does not exist is nowhere we deliver."""
    stripe = Stripe()
    address = {**ADDRESS, "country": country}
    document = {**CHANGE, "shipping_details": {"name": "Ann", "address": address}}
    assert rejected(stripe, document) == 200
    assert stripe.written == {}


@pytest.mark.parametrize("status", ["complete", "expired"])
def test_closed_session_is_409(status: str) -> None:
    """Completed and expired sessions take no changes."""
    stripe = Stripe(status=status)
    assert rejected(stripe) == 409
    assert stripe.written == {}


def test_unknown_session_is_404() -> None:
    """A session of another account does not exist here."""
    assert rejected(Stripe(found=404)) == 404


def test_refusal_of_stripe_is_told() -> None:
    """When Stripe does not take the address, the page asks for another."""
    assert rejected(Stripe(taken=400)) == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"checkout_session_id": "cs_1/../x"}',
        b'{"checkout_session_id": 7, "shipping_details": 1}',
        b'{"checkout_session_id": "cs_1", "shipping_details": {"address": {"city": ["x"]}}}',
        json.dumps({**CHANGE, "shipping_details": {"name": "x" * 501, "address": ADDRESS}}).encode(),
    ],
)
def test_malformed_is_400(body: bytes) -> None:
    """What is no address change is refused before Stripe is called."""
    stripe = Stripe(found=500)
    assert rejected(stripe, body=body) == 400


def test_huge_is_413() -> None:
    """A body above the limit is refused unread."""
    assert rejected(Stripe(), body=b" " * (ADAPTER.most_bytes + 1)) == 413


def test_answer_repeats_nothing_of_the_address() -> None:
    """Neither an acceptance nor a rejection shows what was sent."""
    for stripe in (Stripe(), Stripe(taken=400), Stripe(found=404)):
        assert b"Sample" not in changed(stripe)[0].body
