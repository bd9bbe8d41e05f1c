"""Webhooks, with signatures made and checked by the vendor's own library."""

import datetime as dt
import json
import time

import pytest
import stripe
from checkout_kit.adapter import HttpRequest, answer_webhook

from checkout_kit_stripe_checkout import StripeCheckoutAdapter, StripeCheckoutSettings

SECRET, FORMER = "whsec_0123456789", "whsec_9876543210"
ADAPTER = StripeCheckoutAdapter(
    StripeCheckoutSettings(secret_key="rk_test_1", webhook_secret=SECRET, former_webhook_secret=FORMER)
)
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "checkout.session.completed",
    "created": 1795446000,
    "data": {"object": {"id": "cs_1", "object": "checkout.session"}},
}
BODY = json.dumps(EVENT).encode()


def signed_by_vendor(secret: str, at: int, body: bytes = BODY) -> str:
    """A header made with the vendor's own function."""
    signature = stripe.WebhookSignature._compute_signature(f"{at}.{body.decode()}", secret)
    return f"t={at},v1={signature}"


def status(header: str, *, at: int, body: bytes = BODY) -> int:
    """What is answered to a webhook received at that second."""
    request = HttpRequest(url="/", headers={"stripe-signature": header}, body=body)
    now = dt.datetime.fromtimestamp(at, dt.UTC)
    return answer_webhook(ADAPTER, request, now=now, is_known=lambda _: False).response.status


@pytest.mark.parametrize(("secret", "expected"), [(SECRET, 200), (FORMER, 200), ("whsec_else", 401)])
def test_vendor_s_signature_opens(secret: str, expected: int) -> None:
    """What the vendor's library signs gets in, with the secret in use or the one being rolled."""
    assert status(signed_by_vendor(secret, 1795446000), at=1795446000) == expected


def test_our_signature_is_accepted_by_the_vendor() -> None:
    """What this scheme signs, and so every recording played in tests, the vendor's library accepts."""
    now = dt.datetime.fromtimestamp(int(time.time()), dt.UTC)
    request = ADAPTER.webhook_signature.sign(HttpRequest(url="/", body=BODY), secret=SECRET, now=now)
    header = request.headers["stripe-signature"]
    assert stripe.Webhook.construct_event(BODY, header, SECRET).id == "evt_1"


@pytest.mark.parametrize(("later_s", "expected"), [(0, 200), (299, 200), (301, 401), (-301, 401)])
def test_old_webhook_is_refused(later_s: int, expected: int) -> None:
    """A captured event does not pass after five minutes, nor one dated ahead."""
    assert status(signed_by_vendor(SECRET, 1795446000), at=1795446000 + later_s) == expected


def test_one_of_several_signatures_is_enough() -> None:
    """While a secret is rolled Stripe sends two."""
    wrong = "0" * 64
    right = signed_by_vendor(SECRET, 1795446000)
    assert status(right.replace(",v1=", f",v1={wrong},v1="), at=1795446000) == 200


def test_older_scheme_is_not_enough() -> None:
    """A signature under v0 only opens nothing."""
    assert status(signed_by_vendor(SECRET, 1795446000).replace("v1=", "v0="), at=1795446000) == 401


def test_api_key_signs_nothing() -> None:
    """The key for calling Stripe is no webhook secret."""
    assert status(signed_by_vendor("rk_test_1", 1795446000), at=1795446000) == 401


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"id": "", "type": "x"}', b'{"id": "e"}'])
def test_malformed_is_400(body: bytes) -> None:
    """Signed bytes that are no event are refused."""
    assert status(signed_by_vendor(SECRET, 1795446000, body), at=1795446000, body=body) == 400
