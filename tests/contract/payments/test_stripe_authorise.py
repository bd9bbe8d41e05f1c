"""Stripe's documented shapes, played by a local server: a payment asked for, and what may come back."""

from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from stripe.params import PaymentIntentCreateParams

from checkout_kit.errors import Refused, Unavailable
from checkout_kit.payments import PaymentResult, StripePayments
from tests.contract.payments.played import (
    INTENT,
    INTENTS,
    Run,
    alone,
    answers,
    asked,
    forms,
    intent,
    provider,
)


def test_a_payment_is_created_confirmed_and_held(
    httpserver: HTTPServer, stripe: StripePayments, run: Run
) -> None:
    """One request with the key, the version, the reference; nothing is captured yet."""
    answers(httpserver, INTENTS, (200, intent("requires_capture", amount_received=0)))
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


def test_without_a_way_back_no_method_redirects(
    httpserver: HTTPServer, stripe: StripePayments, run: Run
) -> None:
    """Stripe asks for a return URL unless redirects are ruled out."""
    answers(httpserver, INTENTS, (200, intent("requires_capture")))
    run(stripe.authorise(asked()))
    assert forms(httpserver)[0]["automatic_payment_methods[allow_redirects]"] == "never"


def test_named_methods_are_sent_as_this_version_takes_them(httpserver: HTTPServer) -> None:
    """The version pinned refuses `payment_method_types`; every name sent is one of the library's types."""
    answers(httpserver, INTENTS, (200, intent("requires_capture")))
    made = provider(httpserver, allowed_payment_method_types=("card", "link"))
    alone(made.authorise(asked(customer_ref="cus_1", return_url="https://a.example")))
    made.close()
    (form,) = forms(httpserver)
    assert (form["allowed_payment_method_types[0]"], form["allowed_payment_method_types[1]"]) == (
        "card",
        "link",
    )
    assert {name.partition("[")[0] for name in form} <= set(PaymentIntentCreateParams.__annotations__)
    assert not [name for name in form if name.startswith("automatic_payment_methods")]


def test_an_agent_pays_with_a_shared_token(httpserver: HTTPServer, stripe: StripePayments, run: Run) -> None:
    """A token of an agent goes where Stripe expects it, in the version that knows it."""
    answers(httpserver, INTENTS, (200, intent("succeeded", amount_received=1590)))
    assert run(stripe.authorise(asked(token="spt_1", captures=True))).captured == 1590
    (form,) = forms(httpserver)
    assert form["payment_method_data[shared_payment_granted_token]"] == "spt_1"
    assert form["capture_method"] == "automatic"
    assert "payment_method" not in form
    assert httpserver.log[0][0].headers["Stripe-Version"] == "2026-04-22.preview"


def test_an_agent_s_token_goes_without_the_list_of_methods(httpserver: HTTPServer) -> None:
    """The version that knows such tokens does not know the list yet."""
    answers(httpserver, INTENTS, (200, intent("requires_capture")))
    made = provider(httpserver, allowed_payment_method_types=("card",))
    alone(made.authorise(asked(token="spt_1")))
    made.close()
    (form,) = forms(httpserver)
    assert not [name for name in form if name.startswith("allowed_payment_method_types")]
    assert form["automatic_payment_methods[allow_redirects]"] == "never"


def test_the_bank_wants_to_see_the_buyer(httpserver: HTTPServer, stripe: StripePayments, run: Run) -> None:
    """3-D Secure: the page to send the buyer to, then the outcome."""
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank.example/3ds"}}
    failed = {"code": "payment_intent_authentication_failure"}
    answers(httpserver, INTENTS, (200, intent("requires_action", next_action=action)))
    answers(
        httpserver, INTENT,
        (200, intent("requires_payment_method", last_payment_error=failed)),
        (200, intent("requires_capture")),
    )  # fmt: skip
    waits = run(stripe.authorise(asked()))
    assert (waits.state, waits.action_url) == ("authentication", "https://bank.example/3ds")
    no = run(stripe.continue_authentication("pi_1"))
    assert (no.state, no.code) == ("declined", "authentication_failed")
    assert run(stripe.continue_authentication("pi_1")).state == "authorised"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("alipay_handle_redirect", "url"),
        ("pix_display_qr_code", "hosted_instructions_url"),
        ("boleto_display_details", "hosted_voucher_url"),
    ],
)
def test_other_methods_have_their_page_too(
    httpserver: HTTPServer, stripe: StripePayments, kind: str, name: str
) -> None:
    """Automatic methods bring wallets, codes and vouchers; each names the page that goes on."""
    action = {"type": kind, kind: {name: "https://pay.example/next"}}
    answers(httpserver, INTENT, (200, intent("requires_action", next_action=action)))
    waits = alone(stripe.status("pi_1"))
    assert (waits.state, waits.action_url) == ("authentication", "https://pay.example/next")


@pytest.mark.parametrize(
    ("status", "more", "state"),
    [
        ("requires_payment_method", {"last_payment_error": {"code": "card_declined"}}, "declined"),
        ("requires_payment_method", {"last_payment_error": None}, "pending"),
        ("requires_confirmation", {}, "pending"),
        ("requires_action", {}, "authentication"),
        ("processing", {}, "pending"),
        ("requires_capture", {}, "authorised"),
        ("canceled", {}, "voided"),
        ("succeeded", {}, "captured"),
    ],
)
def test_every_documented_status_has_its_state(
    httpserver: HTTPServer, stripe: StripePayments, run: Run, status: str, more: dict[str, Any], state: str
) -> None:
    """The seven statuses of a PaymentIntent."""
    answers(httpserver, INTENT, (200, intent(status, **more)))
    assert run(stripe.status("pi_1")).state == state


def test_a_status_nobody_documented_is_no_answer(
    httpserver: HTTPServer, stripe: StripePayments, run: Run
) -> None:
    """Nothing is guessed about money."""
    answers(httpserver, INTENT, (200, intent("teleported")))
    with pytest.raises(Unavailable, match="teleported"):
        run(stripe.status("pi_1"))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"code": "card_declined", "decline_code": "insufficient_funds"}, "insufficient_funds"),
        ({"code": "card_declined", "decline_code": "fraudulent"}, "fraud_suspected"),
        ({"code": "card_declined", "decline_code": "generic_decline"}, "declined"),
        ({"code": "card_declined", "decline_code": "something_new"}, "declined"),
        ({"code": "expired_card"}, "expired_card"),
        ({"code": "incorrect_cvc"}, "incorrect_details"),
        ({"code": "processing_error"}, "processing_error"),
        ({"code": "authentication_required"}, "authentication_failed"),
        ({"code": "payment_method_customer_decline"}, "canceled"),
    ],
)
def test_declines_become_a_few_fixed_codes(
    httpserver: HTTPServer, stripe: StripePayments, run: Run, error: dict[str, str], code: str
) -> None:
    """A decline is a 402 with the payment inside the error; an unknown reason is a plain decline."""
    body = {"type": "card_error", **error, "payment_intent": intent("requires_payment_method")}
    answers(httpserver, INTENTS, (402, {"error": body}))
    assert run(stripe.authorise(asked())) == PaymentResult(state="declined", code=code, payment_id="pi_1")


def test_what_radar_blocks_is_suspected_fraud(
    httpserver: HTTPServer, stripe: StripePayments, run: Run
) -> None:
    """A shop's own rule blocks with a plain decline code; the outcome of the charge says who did it."""
    outcome = {"type": "blocked", "reason": "rule", "network_status": "not_sent_to_network"}
    charge = {"object": "charge", "outcome": outcome}
    error = {"code": "card_declined", "decline_code": "generic_decline"}
    blocked = intent("requires_payment_method", last_payment_error=error, latest_charge=charge)
    answers(httpserver, INTENT, (200, blocked))
    assert run(stripe.status("pi_1")).code == "fraud_suspected"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, {"code": "resource_missing", "param": "payment_method"}),
        (400, {"code": "payment_method_unactivated", "param": "payment_method"}),
        (400, {"param": "payment_method_data[shared_payment_granted_token]"}),
    ],
)
def test_a_method_that_cannot_be_used_is_declined(
    httpserver: HTTPServer, stripe: StripePayments, run: Run, status: int, error: dict[str, str]
) -> None:
    """The buyer may choose another one."""
    answers(httpserver, INTENTS, (status, {"error": {"type": "invalid_request_error", **error}}))
    assert run(stripe.authorise(asked())).state == "declined"


@pytest.mark.parametrize("param", ["amount", "currency", "customer"])
def test_a_request_that_is_wrong_is_refused(
    httpserver: HTTPServer, stripe: StripePayments, run: Run, param: str
) -> None:
    """Not the buyer's doing, so it is shown to whoever runs the shop, with Stripe's id of the request."""
    error = {"type": "invalid_request_error", "code": "resource_missing", "param": param, "message": "Ann"}
    httpserver.expect_request(INTENTS).respond_with_json(
        {"error": error}, status=400, headers={"Request-Id": "req_1"}
    )
    with pytest.raises(Refused, match="req_1") as caught:
        run(stripe.authorise(asked()))
    assert "Ann" not in str(caught.value)


@pytest.mark.parametrize(
    ("currency", "amount", "sent"),
    [("JPY", 500, "500"), ("ISK", 5, "500"), ("KWD", 5120, "5120"), ("USD", 1, "1"), ("MGA", 500, "5")],
)
def test_amounts_are_counted_as_stripe_counts_them(
    httpserver: HTTPServer, stripe: StripePayments, run: Run, currency: str, amount: int, sent: str
) -> None:
    """Minor units as they are, except where Stripe counts hundredths of a currency that has none."""
    body = intent("succeeded", amount_received=int(sent)) | {"currency": currency.lower()}
    answers(httpserver, INTENTS, (200, body))
    assert run(stripe.authorise(asked(currency=currency, amount=amount))).captured == amount
    assert forms(httpserver)[0]["amount"] == sent


def test_amounts_finer_than_stripe_takes_are_refused(stripe: StripePayments) -> None:
    """A price Stripe would reject is refused before it is sent."""
    with pytest.raises(Refused, match="steps of 10 minor units"):
        next(stripe.authorise(asked(currency="KWD", amount=5124)))
    with pytest.raises(Refused, match="steps of 100 minor units"):
        next(stripe.authorise(asked(currency="MGA", amount=510)))
