"""Stripe's webhooks: signed by Stripe's own library, believed only as news that something happened."""

import datetime as dt
import json
import time
from typing import Any

import pytest
from stripe import WebhookSignature

from checkout_kit.errors import Forbidden, InputError
from checkout_kit.payments import PaymentNews, StripePayments

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
STRIPE = StripePayments(secret_key="sk_test_1", webhook_secrets=("whsec_one", "whsec_two"))
OURS = {"checkout_id": "co_1", "attempt": "2"}


def event(kind: str, thing: dict[str, Any]) -> bytes:
    return json.dumps({"id": "evt_1", "object": "event", "type": kind, "data": {"object": thing}}).encode()


def signed(body: bytes, secret: str = "whsec_one", *, age_s: int = 0) -> dict[str, str]:
    stamp = int(time.time()) - age_s
    header = WebhookSignature.generate_signature_header(body.decode("latin-1"), secret, stamp)  # type: ignore[no-untyped-call]
    return {"stripe-signature": header}


def heard(kind: str, thing: dict[str, Any]) -> PaymentNews | None:
    body = event(kind, thing)
    return STRIPE.read_webhook(signed(body), body, NOW)


@pytest.mark.parametrize("secret", ["whsec_one", "whsec_two"])
def test_a_webhook_is_news_of_a_payment(secret: str) -> None:
    """Signed with either secret, while they are rotated."""
    body = event("payment_intent.succeeded", {"object": "payment_intent", "id": "pi_1", "metadata": OURS})
    news = STRIPE.read_webhook(signed(body, secret), body, NOW)
    assert news == PaymentNews(payment_id="pi_1", reference="co_1", attempt=2)


@pytest.mark.parametrize("kind", ["charge.refunded", "charge.captured", "charge.updated"])
def test_a_charge_is_news_of_its_payment(kind: str) -> None:
    """A refund made in the dashboard comes as a charge, which carries the payment's metadata."""
    charge = {"object": "charge", "id": "ch_1", "payment_intent": "pi_1", "metadata": OURS}
    assert heard(kind, charge) == PaymentNews(payment_id="pi_1", reference="co_1", attempt=2)


@pytest.mark.parametrize(
    ("kind", "thing"),
    [
        ("charge.dispute.created", {"object": "dispute", "id": "du_1", "payment_intent": "pi_1"}),
        ("charge.dispute.created", {"object": "dispute", "payment_intent": "pi_1", "metadata": OURS}),
        ("refund.created", {"object": "refund", "id": "re_1", "payment_intent": "pi_1", "metadata": {}}),
        ("radar.early_fraud_warning.created", {"object": "radar.early_fraud_warning", "id": "issfr_1"}),
        ("customer.updated", {"object": "customer", "id": "cus_1", "metadata": OURS}),
        ("charge.succeeded", {"object": "charge", "id": "ch_1", "metadata": OURS}),
        ("payment_intent.created", {"object": "payment_intent", "id": "pi_2", "metadata": {}}),
        ("payment_intent.created", {"object": "payment_intent", "id": "pi_2"}),
        ("invented.tomorrow", {"object": "invention"}),
    ],
)
def test_what_is_about_something_else_is_harmless(kind: str, thing: dict[str, Any]) -> None:
    """Disputes, warnings, customers, payments of others: taken, and nothing follows."""
    assert heard(kind, thing) is None


GOOD = event("payment_intent.succeeded", {"object": "payment_intent", "id": "pi_1", "metadata": OURS})


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (signed(GOOD, "whsec_other"), GOOD),
        (signed(GOOD), GOOD + b" "),
        (signed(GOOD, age_s=301), GOOD),
        ({}, GOOD),
        ({"stripe-signature": "t=x,v1=y"}, GOOD),
        ({"stripe-signature": "t=1"}, GOOD),
        ({"stripe-signature": f"t={int(time.time())},v1=\N{SNOWMAN}"}, GOOD),
        (signed(b"\xff\xfe"), b"\xff\xfe"),
    ],
)
def test_a_forged_or_old_webhook_is_refused(headers: dict[str, str], body: bytes) -> None:
    """Wrong secret, changed body, too old, no signature or a broken one, and bytes that are no text."""
    with pytest.raises(Forbidden):
        STRIPE.read_webhook(headers, body, NOW)


def test_without_secrets_nothing_is_taken() -> None:
    """A provider that was given no secret refuses every webhook."""
    unset = StripePayments(secret_key="sk_test_1")
    with pytest.raises(Forbidden):
        unset.read_webhook(signed(GOOD, ""), GOOD, NOW)


@pytest.mark.parametrize("body", [b"", b"7", b"[]", b'{"data": {}}', b'{"object": "event", "data": {}}'])
def test_what_is_signed_and_no_event_is_said_to_be_none(body: bytes) -> None:
    """Only somebody with the secret can send this."""
    with pytest.raises(InputError):
        STRIPE.read_webhook(signed(body), body, NOW)
