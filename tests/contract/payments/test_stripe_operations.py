"""Capture, void, refund and saved methods, as Stripe documents them."""

import pytest
from pytest_httpserver import HTTPServer

from checkout_kit.errors import Refused, Unavailable
from checkout_kit.payments import StripePayments
from tests.contract.payments.played import INTENT, REFUNDS, Run, answers, forms, intent


def test_a_part_is_captured(httpserver: HTTPServer, stripe: StripePayments, run: Run) -> None:
    """The rest of what is held is released by Stripe; what was taken is the answer."""
    answers(httpserver, INTENT, (200, intent("requires_capture", amount=1590)))
    answers(httpserver, f"{INTENT}/capture", (200, intent("succeeded", amount=1590, amount_received=590)))
    taken = run(stripe.capture("pi_1", 590, key="co_1:1:capture"))
    assert (taken.state, taken.captured) == ("captured", 590)
    assert forms(httpserver)[1] == {"amount_to_capture": "590"}
    assert httpserver.log[1][0].headers["Idempotency-Key"] == "co_1:1:capture"


def test_a_capture_that_went_through_is_not_asked_again(
    httpserver: HTTPServer, stripe: StripePayments, run: Run
) -> None:
    """After a lost answer the state is read first."""
    answers(httpserver, INTENT, (200, intent("succeeded", amount_received=1590)))
    assert run(stripe.capture("pi_1", 1590, key="k")).captured == 1590
    assert len(httpserver.log) == 1


def test_what_is_canceled_is_not_captured(httpserver: HTTPServer, stripe: StripePayments, run: Run) -> None:
    """An authorisation that lapsed at Stripe cannot be taken any more."""
    answers(httpserver, INTENT, (200, intent("canceled")))
    with pytest.raises(Refused, match="canceled"):
        run(stripe.capture("pi_1", 1590, key="k"))


@pytest.mark.parametrize("operation", ["capture", "void"])
def test_what_is_undecided_is_asked_again_later(
    httpserver: HTTPServer, stripe: StripePayments, run: Run, operation: str
) -> None:
    """A bank debit may take days; nothing is parked meanwhile, and nothing is taken or given back."""
    answers(httpserver, INTENT, (200, intent("processing")))
    given = {"capture": (1590,), "void": ()}[operation]
    with pytest.raises(Unavailable, match="not decided"):
        run(getattr(stripe, operation)("pi_1", *given, key="k"))


def test_voiding_what_is_held_cancels_it(httpserver: HTTPServer, stripe: StripePayments, run: Run) -> None:
    """Once canceled, another void finds it done."""
    answers(httpserver, INTENT, (200, intent("requires_capture")))
    answers(httpserver, f"{INTENT}/cancel", (200, intent("canceled")))
    answers(httpserver, INTENT, (200, intent("canceled")))
    assert [run(stripe.void("pi_1", key="k")).state for _ in range(2)] == ["voided", "voided"]
    assert httpserver.log[1][0].headers["Idempotency-Key"] == "k"


def test_voiding_what_was_taken_refunds_it(httpserver: HTTPServer, stripe: StripePayments, run: Run) -> None:
    """A payment captured in the meantime is given back whole, and only once."""
    whole = intent("succeeded", amount_received=1590, latest_charge={"amount_refunded": 1590})
    answers(httpserver, INTENT, (200, intent("succeeded", amount_received=1590)))
    answers(httpserver, REFUNDS, (200, {"id": "re_1", "object": "refund", "status": "succeeded"}))
    answers(httpserver, INTENT, (200, whole), (200, whole))
    assert run(stripe.void("pi_1", key="k")).refunded == 1590
    assert forms(httpserver)[1] == {"payment_intent": "pi_1"}
    assert run(stripe.void("pi_1", key="k")).refunded == 1590
    assert len(httpserver.log) == 4


def test_a_refund_gives_back_a_part(httpserver: HTTPServer, stripe: StripePayments, run: Run) -> None:
    """The amount and the key go along; the answer is what was given back in all."""
    charge = {"object": "charge", "amount_refunded": 1090}
    answers(httpserver, INTENT, (200, intent("succeeded", amount_received=1590)))
    answers(httpserver, REFUNDS, (200, {"id": "re_2", "object": "refund", "status": "pending"}))
    answers(httpserver, INTENT, (200, intent("succeeded", amount_received=1590, latest_charge=charge)))
    given = run(stripe.refund("pi_1", 590, key="or_1:refund:r1"))
    assert (given.state, given.captured, given.refunded) == ("captured", 1590, 1090)
    assert forms(httpserver)[1] == {"payment_intent": "pi_1", "amount": "590"}
    assert httpserver.log[1][0].headers["Idempotency-Key"] == "or_1:refund:r1"


def test_more_than_was_taken_is_not_refunded(
    httpserver: HTTPServer, stripe: StripePayments, run: Run
) -> None:
    """Stripe's refusal is ours."""
    answers(httpserver, INTENT, (200, intent("succeeded", amount_received=1590)))
    answers(httpserver, REFUNDS, (400, {"error": {"type": "invalid_request_error", "param": "amount"}}))
    with pytest.raises(Refused):
        run(stripe.refund("pi_1", 1591, key="k"))


def test_saved_methods_are_offered(httpserver: HTTPServer, stripe: StripePayments, run: Run) -> None:
    """Labelled, with the customer's own default; what they did not agree to see again is left out."""
    owner = {"id": "cus_1", "object": "customer", "invoice_settings": {"default_payment_method": "pm_8"}}
    visa = {"brand": "visa", "last4": "4242"}
    methods = [
        {"id": "pm_9", "object": "payment_method", "type": "card", "card": visa, "customer": owner},
        {"id": "pm_8", "object": "payment_method", "type": "sepa_debit", "sepa_debit": {"last4": "3000"},
         "customer": owner, "allow_redisplay": "always"},
        {"id": "pm_7", "object": "payment_method", "type": "link", "link": {"email": "ann@example.com"},
         "customer": owner},
        {"id": "pm_6", "object": "payment_method", "type": "card", "card": visa, "customer": owner,
         "allow_redisplay": "limited"},
    ]  # fmt: skip
    answers(httpserver, "/v1/customers/cus_1/payment_methods", (200, {"object": "list", "data": methods}))
    found = run(stripe.saved_methods("cus_1"))
    assert [(method.token, method.label, method.is_default) for method in found] == [
        ("pm_9", "Visa ending in 4242", False),
        ("pm_8", "Sepa Debit ending in 3000", True),
        ("pm_7", "Link", False),
    ]
    assert run(stripe.saved_methods("cu_1")) == ()
    assert len(httpserver.log) == 1
