"""A checkout paid through Stripe: lost answers, 3-D Secure, webhooks replayed and out of order."""

import asyncio
import datetime as dt
import json
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from attrs import define, evolve, field
from pytest_httpserver import HTTPServer
from stripe import WebhookSignature
from werkzeug import Request, Response

from checkout_kit.payments import StripePayments
from checkout_kit.server import create_app
from checkout_kit.service import AsyncCheckoutService, CheckoutService, CheckoutView, NewCheckout
from checkout_kit.storage import open_store
from checkout_kit.storage.sql import SqlStore
from checkout_kit.testing.checkouts import NOON, POLICY, filled_in

SECRET = "whsec_1"


@define
class Stripe:
    """As much of Stripe as these payments need: states, and keys that are honoured."""

    first: str = "requires_capture"
    answers_late: int = 0
    intents: dict[str, dict[str, Any]] = field(factory=dict)
    keys: dict[str, str] = field(factory=dict)
    captures: list[str] = field(factory=list)

    def __call__(self, request: Request) -> Response:
        """One request, answered as documented."""
        form = {name: value[0] for name, value in parse_qs(request.get_data(as_text=True)).items()}
        if self.answers_late and request.method == "POST":
            self.answers_late -= 1
            self._answer(request, form)
            time.sleep(0.3)
        return Response(json.dumps(self._answer(request, form)), content_type="application/json")

    def _answer(self, request: Request, form: dict[str, str]) -> dict[str, Any]:
        if request.path == "/v1/payment_intents":
            payment = self.keys.setdefault(request.headers["Idempotency-Key"], f"pi_{len(self.keys) + 1}")
            metadata = {name: form[f"metadata[{name}]"] for name in ("checkout_id", "attempt")}
            assert form["capture_method"] == ("automatic" if self.first == "processing" else "manual")
            fresh = {"id": payment, "object": "payment_intent", "status": self.first, "currency": "usd",
                     "amount": int(form["amount"]), "amount_received": 0, "metadata": metadata}  # fmt: skip
            if self.first == "requires_action":
                page = {"url": f"https://bank.example/{payment}"}
                fresh["next_action"] = {"type": "redirect_to_url", "redirect_to_url": page}
            return self.intents.setdefault(payment, fresh)
        intent = self.intents[request.path.split("/")[3]]
        if request.path.endswith("/capture") and intent["status"] == "requires_capture":
            self.captures.append(str(intent["id"]))
            intent |= {"status": "succeeded", "amount_received": int(form["amount_to_capture"])}
        elif request.path.endswith("/cancel"):
            intent |= {"status": "canceled"}
        return intent


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def stripe(httpserver: HTTPServer) -> Stripe:
    played = Stripe()
    httpserver.expect_request(re.compile("/v1/.*")).respond_with_handler(played)
    return played


@pytest.fixture
def payments(httpserver: HTTPServer, stripe: Stripe) -> Iterator[StripePayments]:
    base = httpserver.url_for("").rstrip("/")
    made = StripePayments(
        secret_key="sk_test_1", webhook_secrets=(SECRET,), api_base=base, timeout_s=0.2, max_network_retries=0
    )
    yield made
    made.close()


@pytest.fixture
def store() -> Iterator[SqlStore]:
    made = open_store("sqlite://")
    yield made
    made.close()


def completed(service: CheckoutService) -> CheckoutView:
    opened = service.create(NewCheckout(currency="USD", update=filled_in("pm_1")))
    return service.complete(opened.view.checkout.id, idempotency_key="k1")


def event(kind: str, thing: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    """Headers and body of a webhook, as Stripe signs it."""
    body = json.dumps({"id": "evt_1", "object": "event", "type": kind, "data": {"object": thing}})
    return {"Stripe-Signature": WebhookSignature.generate_signature_header(body, SECRET)}, body.encode()


def test_an_answer_that_was_lost_is_settled_by_the_next_round(
    stripe: Stripe, payments: StripePayments, store: SqlStore
) -> None:
    """The payment is made and the answer comes too late: the checkout waits, then there is one of each."""
    clock = Clock()
    service = CheckoutService(store=store, policy=POLICY, payments=payments, clock=clock)
    stripe.answers_late = 1
    view = completed(service)
    assert (view.status.name, view.order) == ("completing", None)
    clock.now += dt.timedelta(hours=1)
    service.run_due()
    done = service.get(view.checkout.id)
    assert done.order is not None
    assert (done.order.payment.provider, done.order.payment.captured) == ("stripe", 1590)
    assert (list(stripe.intents), stripe.captures) == (["pi_1"], ["pi_1"])
    service.close()


def test_a_capture_whose_answer_was_lost_is_found_done(
    stripe: Stripe, payments: StripePayments, store: SqlStore
) -> None:
    """The order stands, the money is taken once, and the next round notes it."""
    clock = Clock()
    service = CheckoutService(store=store, policy=POLICY, payments=payments, clock=clock)
    stripe.first = "requires_action"
    view = completed(service)
    stripe.intents["pi_1"] |= {"status": "requires_capture", "next_action": None}
    stripe.answers_late = 1
    placed = service.continue_authentication(view.checkout.id)
    assert placed.order is not None
    assert placed.order.payment.captured == 0
    clock.now += dt.timedelta(hours=1)
    service.run_due()
    assert service.get_order(placed.order.id).payment.captured == 1590
    assert stripe.captures == ["pi_1"]
    service.close()


def test_webhooks_in_any_order_place_one_order(
    stripe: Stripe, payments: StripePayments, store: SqlStore
) -> None:
    """3-D Secure on an event loop: late news first, each twice, among a dispute and a stranger's payment."""
    stripe.first = "requires_action"

    async def walk() -> CheckoutView:
        service = AsyncCheckoutService(store=store, policy=POLICY, payments=payments, clock=Clock())
        opened = await service.create(NewCheckout(currency="USD", update=filled_in("pm_1")))
        checkout_id = opened.view.checkout.id
        waiting = await service.complete(checkout_id, idempotency_key="k1")
        assert waiting.status.reason == "authentication"
        intent = stripe.intents["pi_1"]
        intent |= {"status": "requires_capture", "next_action": None}
        stranger = intent | {"metadata": {"checkout_id": "of another shop", "attempt": "1"}}
        dispute = {"object": "dispute", "id": "du_1", "payment_intent": "pi_1"}
        charge = {"object": "charge", "id": "ch_1", "payment_intent": "pi_1", "metadata": intent["metadata"]}
        for kind, thing, is_ours in (
            ("payment_intent.succeeded", intent, True),
            ("charge.dispute.created", dispute, False),
            ("payment_intent.amount_capturable_updated", intent, True),
            ("payment_intent.created", stranger, False),
            ("charge.captured", charge, True),
        ):
            for _ in range(2):
                assert await service.payment_webhook(*event(kind, thing)) is is_ours
        view = await service.get(checkout_id)
        await service.close()
        await payments.close_async()
        return view

    view = asyncio.run(walk())
    assert view.order is not None
    assert view.order.payment.captured == 1590
    assert stripe.captures == ["pi_1"]


def test_a_payment_without_its_checkout_is_voided(
    stripe: Stripe, payments: StripePayments, store: SqlStore
) -> None:
    """The buyer gives up at the bank's page and the bank says yes all the same: the money is let go."""
    service = CheckoutService(store=store, policy=POLICY, payments=payments, clock=Clock())
    stripe.first = "requires_action"
    view = completed(service)
    service.cancel(view.checkout.id, reason="changed my mind")
    assert stripe.intents["pi_1"]["status"] == "canceled"
    assert stripe.captures == []
    service.close()


def test_a_bank_debit_is_an_order_once_the_bank_has_decided(
    stripe: Stripe, payments: StripePayments, store: SqlStore
) -> None:
    """Taken at once, undecided for days: nothing is placed before, nothing is captured or lost after."""
    at_once = evolve(payments, captures_at_once=True)
    clock = Clock()
    service = CheckoutService(store=store, policy=POLICY, payments=at_once, clock=clock)
    stripe.first = "processing"
    view = completed(service)
    assert (view.status.name, view.order) == ("completing", None)
    for _ in range(3):
        clock.now += dt.timedelta(hours=2)
        service.run_due()
    assert service.get(view.checkout.id).order is None
    stripe.intents["pi_1"] |= {"status": "succeeded", "amount_received": 1590}
    assert service.payment_webhook(*event("payment_intent.succeeded", stripe.intents["pi_1"]))
    placed = service.get(view.checkout.id).order
    assert placed is not None
    assert (placed.payment.state, placed.payment.captured) == ("captured", 1590)
    assert (list(stripe.intents), stripe.captures) == (["pi_1"], [])
    service.close()
    at_once.close()


def test_webhooks_come_in_through_the_server(
    stripe: Stripe, payments: StripePayments, store: SqlStore
) -> None:
    """At the address the dashboard is given: ours place the order, strangers are taken, forgeries are not."""
    stripe.first = "requires_action"

    async def walk() -> tuple[list[int], CheckoutView]:
        service = AsyncCheckoutService(store=store, policy=POLICY, payments=payments, clock=Clock())
        opened = await service.create(NewCheckout(currency="USD", update=filled_in("pm_1")))
        await service.complete(opened.view.checkout.id, idempotency_key="k1")
        intent = stripe.intents["pi_1"]
        intent |= {"status": "requires_capture", "next_action": None}
        stranger = intent | {"metadata": {"checkout_id": "of another shop", "attempt": "1"}}
        headers, body = event("payment_intent.amount_capturable_updated", intent)
        sent = [(headers, body + b" "), event("payment_intent.created", stranger), (headers, body)]
        transport = httpx.ASGITransport(app=create_app(service))
        async with httpx.AsyncClient(transport=transport, base_url="https://shop.example") as client:
            answers = [
                await client.post("/api/payments/webhook", headers=headers, content=body)
                for headers, body in sent
            ]
        view = await service.get(opened.view.checkout.id)
        await service.close()
        await payments.close_async()
        return [answer.status_code for answer in answers], view

    statuses, view = asyncio.run(walk())
    assert statuses == [401, 204, 204]
    assert view.order is not None
    assert view.order.payment.captured == 1590
