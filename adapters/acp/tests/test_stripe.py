"""Shared payment tokens: an agent's `spt_...` pays through the Stripe provider, played by a local server."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from attrs import define, field
from checkout_kit.payments import StripePayments
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from acp_shop import Shop, build_shop
from checkout_kit_acp import shared_payment_tokens

DETAILS = {
    "three_ds_cryptogram": "AAAABBBB==", "electronic_commerce_indicator": "05", "transaction_id": "t-1",
    "version": "2.2.0",
}  # fmt: skip


@define
class Stripe:
    """As much of Stripe as one payment needs; `first` is the status a new payment has."""

    first: str = "requires_capture"
    forms: list[dict[str, list[str]]] = field(factory=list)
    intent: dict[str, Any] = field(factory=dict)

    def __call__(self, request: Request) -> Response:
        """Create, read or capture the payment."""
        form = parse_qs(request.get_data(as_text=True))
        if request.method == "POST":
            self.forms.append(form)
        if request.path.endswith("/capture"):
            self.intent |= {"status": "succeeded", "amount_received": self.intent["amount"]}
        elif request.method == "POST":
            amount = int(form["amount"][0])
            self.intent |= {"id": "pi_1", "status": self.first, "amount": amount, "currency": "usd"}
            if self.first == "requires_action":
                url = "https://hooks.stripe.example/3ds"
                self.intent["next_action"] = {"redirect_to_url": {"url": url}}
        return Response(json.dumps(self.intent), content_type="application/json")


@pytest.fixture
def stripe(httpserver: HTTPServer) -> Stripe:
    """Stripe, answering below /v1."""
    played = Stripe()
    for method in ("GET", "POST"):
        for path in ("/v1/payment_intents", "/v1/payment_intents/pi_1", "/v1/payment_intents/pi_1/capture"):
            httpserver.expect_request(path, method=method).respond_with_handler(played)
    return played


@pytest.fixture
def stripe_shop(request: pytest.FixtureRequest, stripe: Stripe, httpserver: HTTPServer) -> Iterator[Shop]:
    """The shop with Stripe as its provider."""
    provider = StripePayments(secret_key="sk_test_1", api_base=httpserver.url_for("").rstrip("/"))
    made = build_shop(provider=provider, handlers=(shared_payment_tokens("acct_1"),))
    schemas = getattr(request.config, "acp_schemas", None)
    if schemas is not None:
        made.check = schemas.check
    yield made
    made.runner.run(made.service.close())
    made.runner.run(provider.close_async())
    made.runner.close()
    made.payments.close()


def test_a_shared_payment_token_pays(stripe_shop: Shop, stripe: Stripe) -> None:
    """The token goes to Stripe as a granted token, for the session's total, and makes the order."""
    session = stripe_shop.create("MUG")
    total = session["totals"][-1]["amount"]
    assert session["capabilities"]["payment"]["handlers"][0]["psp"] == "stripe"
    done = stripe_shop.complete(session, "spt_123")
    assert done["status"] == "completed"
    asked, captured = stripe.forms
    assert asked["payment_method_data[shared_payment_granted_token]"] == ["spt_123"]
    assert asked["amount"] == [str(total)]
    assert captured["amount_to_capture"] == [str(total)]
    order = stripe_shop.runner.run(stripe_shop.service.get_order(done["order"]["id"]))
    assert (order.payment.provider, order.payment.captured) == ("stripe", total)


def test_stripe_decides_whether_authentication_has_succeeded(stripe_shop: Shop, stripe: Stripe) -> None:
    """An agent's result ends the waiting only when Stripe has seen the authentication too."""
    stripe.first = "requires_action"
    session = stripe_shop.create("MUG")
    assert stripe_shop.complete(session, "spt_123")["status"] == "authentication_required"
    result = {"outcome": "authenticated", "outcome_details": DETAILS}
    waiting = stripe_shop.complete(session, "spt_123", authentication_result=result)
    assert waiting["status"] == "authentication_required"
    stripe.intent |= {"status": "requires_capture", "next_action": None}
    done = stripe_shop.complete(session, "spt_123", authentication_result=result)
    assert done["status"] == "completed"
