"""Stripe's documented shapes, played by a local server: what must be sent, and what may come back."""

import datetime as dt
import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer
from stripe import WebhookSignature
from werkzeug import Request, Response

from checkout_kit.errors import Forbidden, InputError, Refused, Unavailable
from checkout_kit.payments import HttpCall, PaymentRequest, PaymentResult, StripePayments
from checkout_kit.payments.signature import sign
from checkout_kit.service.steps import HttpClient, drive

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
SECRET = "whsec_one"


def intent(status: str, **more: Any) -> dict[str, Any]:
    return {"id": "pi_1", "object": "payment_intent", "status": status, "currency": "usd", **more}


def asked(**more: Any) -> PaymentRequest:
    given = {
        "key": "co_1:1:authorise",
        "amount": 1590,
        "currency": "USD",
        "token": "pm_1",
        "reference": "co_1",
    }
    return PaymentRequest(**{**given, **more})


@pytest.fixture
def stripe(httpserver: HTTPServer) -> StripePayments:
    return StripePayments(
        secret_key="sk_test_1",
        webhook_secrets=(SECRET, "whsec_two"),
        api_base=httpserver.url_for("").rstrip("/"),
    )


def run(steps: Any) -> Any:
    client = HttpClient()
    try:
        return drive(steps, client.call)
    finally:
        client.close()


def forms(httpserver: HTTPServer) -> list[dict[str, str]]:
    return [{k: v[0] for k, v in parse_qs(r.get_data(as_text=True)).items()} for r, _ in httpserver.log]


def answers(httpserver: HTTPServer, path: str, *bodies: tuple[int, dict[str, Any]]) -> None:
    for status, body in bodies:
        httpserver.expect_ordered_request(path).respond_with_json(body, status=status)


def test_a_payment_is_created_confirmed_and_held(httpserver: HTTPServer, stripe: StripePayments) -> None:
    """One request with the key, the version, the reference; nothing is captured yet."""
    answers(httpserver, "/v1/payment_intents", (200, intent("requires_capture", amount_received=0)))
    result = run(stripe.authorise(asked(return_url="https://shop.example/back", attempt=2)))
    assert result == PaymentResult(state="authorised", payment_id="pi_1")
    (request, _) = httpserver.log[0]
    assert request.headers["Idempotency-Key"] == "co_1:1:authorise"
    assert request.headers["Stripe-Version"] == "2026-10-28.endive"
    assert request.headers["Authorization"] == "Bearer sk_test_1"
    (form,) = forms(httpserver)
    assert form == {
        "amount": "1590", "currency": "usd", "confirm": "true", "capture_method": "manual",
        "metadata[checkout_id]": "co_1", "metadata[attempt]": "2",
        "automatic_payment_methods[enabled]": "true",
        "return_url": "https://shop.example/back", "payment_method": "pm_1",
    }  # fmt: skip


def test_an_agent_pays_with_a_shared_token(httpserver: HTTPServer, stripe: StripePayments) -> None:
    """A token of an agent goes where Stripe expects it, never as a payment method."""
    answers(httpserver, "/v1/payment_intents", (200, intent("succeeded", amount_received=1590)))
    assert run(stripe.authorise(asked(token="spt_1", captures=True))).captured == 1590
    (form,) = forms(httpserver)
    assert form["payment_method_data[shared_payment_granted_token]"] == "spt_1"
    assert form["capture_method"] == "automatic"
    assert "payment_method" not in form


def test_the_bank_wants_to_see_the_buyer(httpserver: HTTPServer, stripe: StripePayments) -> None:
    """3-D Secure: the page to send the buyer to, then the outcome."""
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank.example/3ds"}}
    failed = {"code": "payment_intent_authentication_failure"}
    answers(httpserver, "/v1/payment_intents", (200, intent("requires_action", next_action=action)))
    answers(
        httpserver, "/v1/payment_intents/pi_1",
        (200, intent("requires_payment_method", last_payment_error=failed)),
        (200, intent("requires_capture")),
    )  # fmt: skip
    waits = run(stripe.authorise(asked()))
    assert (waits.state, waits.action_url) == ("authentication", "https://bank.example/3ds")
    no = run(stripe.continue_authentication("pi_1"))
    assert (no.state, no.code) == ("declined", "authentication_failed")
    assert run(stripe.continue_authentication("pi_1")).state == "authorised"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (
            {"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds"},
            "insufficient_funds",
        ),
        ({"type": "card_error", "code": "card_declined", "decline_code": "fraudulent"}, "fraud_suspected"),
        ({"type": "card_error", "code": "card_declined", "decline_code": "generic_decline"}, "declined"),
        ({"type": "card_error", "code": "card_declined", "decline_code": "something_new"}, "declined"),
        ({"type": "card_error", "code": "expired_card"}, "expired_card"),
        ({"type": "card_error", "code": "incorrect_cvc"}, "incorrect_details"),
        ({"type": "card_error", "code": "processing_error"}, "processing_error"),
        ({"type": "card_error", "code": "authentication_required"}, "authentication_failed"),
    ],
)
def test_declines_become_a_few_fixed_codes(
    httpserver: HTTPServer, stripe: StripePayments, error: dict[str, str], code: str
) -> None:
    """A decline is a 402 with the payment inside the error; an unknown reason is a plain decline."""
    body = {"error": {**error, "payment_intent": intent("requires_payment_method")}}
    answers(httpserver, "/v1/payment_intents", (402, body))
    assert run(stripe.authorise(asked())) == PaymentResult(state="declined", code=code, payment_id="pi_1")


@pytest.mark.parametrize("status", [401, 403, 409, 429, 500, 503])
def test_what_is_not_an_answer_can_be_asked_again(
    httpserver: HTTPServer, stripe: StripePayments, status: int
) -> None:
    """Outages, rate limits and a wrong key leave the payment undecided; no secret is in the message."""
    answers(
        httpserver, "/v1/payment_intents", (status, {"error": {"type": "api_error", "message": "sk_test_1"}})
    )
    with pytest.raises(Unavailable) as caught:
        run(stripe.authorise(asked()))
    assert "sk_test" not in str(caught.value)


def test_an_answer_that_is_no_json_is_no_answer(httpserver: HTTPServer, stripe: StripePayments) -> None:
    """A proxy's page in between is an outage."""
    httpserver.expect_request("/v1/payment_intents").respond_with_data("<html>", status=200)
    with pytest.raises(Unavailable):
        run(stripe.authorise(asked()))


def test_a_key_of_another_request_is_refused(httpserver: HTTPServer, stripe: StripePayments) -> None:
    """Stripe's idempotency error is not a decline."""
    answers(httpserver, "/v1/payment_intents", (400, {"error": {"type": "idempotency_error"}}))
    with pytest.raises(Refused, match="another request"):
        run(stripe.authorise(asked()))


def test_the_same_key_is_one_payment(httpserver: HTTPServer, stripe: StripePayments) -> None:
    """A server that honours keys, as Stripe does, makes one payment of two equal requests."""
    made: dict[str, str] = {}

    def create(request: Request) -> Response:
        payment = made.setdefault(request.headers["Idempotency-Key"], f"pi_{len(made) + 1}")
        return Response(
            json.dumps({**intent("requires_capture"), "id": payment}), mimetype="application/json"
        )

    httpserver.expect_request("/v1/payment_intents").respond_with_handler(create)
    first, again, other = (run(stripe.authorise(asked(key=key))).payment_id for key in ("a", "a", "b"))
    assert (first, again, other) == ("pi_1", "pi_1", "pi_2")


def test_a_capture_that_went_through_is_not_asked_again(
    httpserver: HTTPServer, stripe: StripePayments
) -> None:
    """After a lost answer the state is read first."""
    answers(httpserver, "/v1/payment_intents/pi_1", (200, intent("succeeded", amount_received=1590)))
    assert run(stripe.capture("pi_1", 1590, key="k")).captured == 1590
    assert len(httpserver.log) == 1


def test_voiding_what_was_taken_refunds_it(httpserver: HTTPServer, stripe: StripePayments) -> None:
    """A payment captured in the meantime is given back whole."""
    charge = {"amount_refunded": 1590}
    answers(httpserver, "/v1/payment_intents/pi_1", (200, intent("succeeded", amount_received=1590)))
    answers(httpserver, "/v1/refunds", (200, {"id": "re_1", "status": "succeeded"}))
    answers(
        httpserver, "/v1/payment_intents/pi_1",
        (200, intent("succeeded", amount_received=1590, latest_charge=charge)),
    )  # fmt: skip
    assert run(stripe.void("pi_1", key="k")).refunded == 1590
    assert forms(httpserver)[1] == {"payment_intent": "pi_1"}


@pytest.mark.parametrize(
    ("currency", "amount", "sent"),
    [("JPY", 500, "500"), ("ISK", 5, "500"), ("KWD", 5120, "5120"), ("USD", 1, "1"), ("MGA", 500, "5")],
)
def test_amounts_are_counted_as_stripe_counts_them(
    httpserver: HTTPServer, stripe: StripePayments, currency: str, amount: int, sent: str
) -> None:
    """Minor units as they are, except where Stripe counts hundredths of a currency that has none."""
    body = intent("succeeded", amount_received=int(sent)) | {"currency": currency.lower()}
    answers(httpserver, "/v1/payment_intents", (200, body))
    assert run(stripe.authorise(asked(currency=currency, amount=amount))).captured == amount
    assert forms(httpserver)[0]["amount"] == sent


def test_amounts_finer_than_stripe_takes_are_refused(stripe: StripePayments) -> None:
    """A price Stripe would reject is refused before it is sent."""
    with pytest.raises(Refused, match="steps of 10 minor units"):
        next(stripe.authorise(asked(currency="KWD", amount=5124)))
    with pytest.raises(Refused, match="steps of 100 minor units"):
        next(stripe.authorise(asked(currency="MGA", amount=510)))


def test_saved_cards_are_offered(httpserver: HTTPServer, stripe: StripePayments) -> None:
    """The cards of a Stripe customer, labelled; another reference asks nothing."""
    cards = {"data": [{"id": "pm_9", "card": {"brand": "visa", "last4": "4242"}}]}
    answers(httpserver, "/v1/customers/cus_1/payment_methods", (200, cards))
    (method,) = run(stripe.saved_methods("cus_1"))
    assert (method.token, method.label, method.is_default) == ("pm_9", "Visa ending in 4242", True)
    assert run(stripe.saved_methods("cu_1")) == ()


def test_a_webhook_is_news_of_a_payment(stripe: StripePayments) -> None:
    """Signed with either secret; about a payment of ours, or nothing."""
    ours = intent("succeeded", metadata={"checkout_id": "co_1", "attempt": "2"})
    body = json.dumps({"type": "payment_intent.succeeded", "data": {"object": ours}}).encode()
    for secret in (SECRET, "whsec_two"):
        news = stripe.read_webhook({"stripe-signature": sign(body, secret, NOW)}, body, NOW)
        assert news is not None
        assert (news.payment_id, news.reference, news.attempt) == ("pi_1", "co_1", 2)
    other = json.dumps({"data": {"object": {"object": "customer", "id": "cus_1"}}}).encode()
    assert stripe.read_webhook({"stripe-signature": sign(other, SECRET, NOW)}, other, NOW) is None


def test_a_forged_or_old_webhook_is_refused(stripe: StripePayments) -> None:
    """Wrong secret, changed body, no signature, too old, and signed rubbish."""
    body = b'{"data": {}}'
    good = sign(body, SECRET, NOW)
    for header, sent, now in (
        (sign(body, "whsec_other", NOW), body, NOW),
        (good, body + b" ", NOW),
        ("", body, NOW),
        ("t=x,v1=y", body, NOW),
        (good, body, NOW + dt.timedelta(seconds=301)),
    ):
        with pytest.raises(Forbidden):
            stripe.read_webhook({"stripe-signature": header}, sent, now)
    with pytest.raises(InputError):
        stripe.read_webhook({"stripe-signature": good}, body, NOW)


def test_our_signature_is_the_one_stripe_makes() -> None:
    """Stripe's own library accepts what we sign, so the scheme cannot drift."""
    header = sign(b"{}", "whsec_test", dt.datetime.fromtimestamp(1_700_000_000, dt.UTC))
    assert WebhookSignature.verify_header("{}", header, "whsec_test")


def test_no_secret_shows(stripe: StripePayments) -> None:
    """Neither the provider nor a call of it shows a key."""
    call = next(stripe.authorise(asked()))
    assert isinstance(call, HttpCall)
    assert "sk_test" not in repr(stripe) + repr(call)
    assert "whsec" not in repr(stripe)
