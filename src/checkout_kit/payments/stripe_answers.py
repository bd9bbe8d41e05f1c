"""What Stripe answers, as results: PaymentIntents, declines, and errors that leave a payment undecided.

Source: Stripe API reference, the PaymentIntent object, error codes and decline codes (API version 2026-10-28,
read 2026-11).
"""

from collections.abc import Mapping
from typing import Any, Final

from stripe import CardError, IdempotencyError, InvalidRequestError, StripeError

from checkout_kit.errors import Refused, Unavailable
from checkout_kit.payments.port import DeclineCode, PaymentResult, PaymentState
from checkout_kit.payments.stripe_amounts import from_stripe

_STATES: Final[Mapping[str, PaymentState]] = {
    "requires_payment_method": "declined",
    "requires_confirmation": "pending",
    "requires_action": "authentication",
    "processing": "pending",
    "requires_capture": "authorised",
    "canceled": "voided",
    "succeeded": "captured",
}
_DECLINES: Final[Mapping[str, DeclineCode]] = {
    "insufficient_funds": "insufficient_funds",
    "withdrawal_count_limit_exceeded": "insufficient_funds",
    "card_velocity_exceeded": "insufficient_funds",
    "expired_card": "expired_card",
    "incorrect_number": "incorrect_details",
    "invalid_number": "incorrect_details",
    "incorrect_cvc": "incorrect_details",
    "invalid_cvc": "incorrect_details",
    "incorrect_zip": "incorrect_details",
    "incorrect_address": "incorrect_details",
    "invalid_account": "incorrect_details",
    "invalid_expiry_month": "incorrect_details",
    "invalid_expiry_year": "incorrect_details",
    "resource_missing": "incorrect_details",
    "fraudulent": "fraud_suspected",
    "merchant_blacklist": "fraud_suspected",
    "stolen_card": "fraud_suspected",
    "lost_card": "fraud_suspected",
    "pickup_card": "fraud_suspected",
    "restricted_card": "fraud_suspected",
    "authentication_required": "authentication_failed",
    "authentication_not_handled": "authentication_failed",
    "mobile_device_authentication_required": "authentication_failed",
    "payment_intent_authentication_failure": "authentication_failed",
    "payment_intent_payment_attempt_expired": "canceled",
    "payment_method_customer_decline": "canceled",
    "approve_with_id": "processing_error",
    "issuer_not_available": "processing_error",
    "payment_method_provider_timeout": "processing_error",
    "processing_error": "processing_error",
    "reenter_transaction": "processing_error",
    "try_again_later": "processing_error",
}
_PAGES: Final = ("url", "hosted_instructions_url", "hosted_voucher_url", "mobile_auth_url")


def result_of(intent: Mapping[str, Any]) -> PaymentResult:
    """A PaymentIntent as it stands; what was given back is known when its `latest_charge` is expanded.

    Raises:
        Unavailable: the status is none that this version of the API documents.
    """
    state = _STATES.get(str(intent.get("status")))
    if state is None:
        raise Unavailable(f"Stripe reports the unknown payment status {intent.get('status')!r}")
    currency = str(intent.get("currency", "usd")).upper()
    last = intent.get("last_payment_error") or {}
    if state == "declined" and not last:
        state = "pending"
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, dict) else {}
    received = intent.get("amount_received", intent.get("amount") if state == "captured" else 0)
    return PaymentResult(
        state=state,
        payment_id=str(intent["id"]),
        code=_decline_code(last, charge) if state == "declined" else "",
        action_url=_action_url(intent.get("next_action") or {}),
        captured=from_stripe(int(received or 0), currency),
        refunded=from_stripe(int(charge.get("amount_refunded") or 0), currency),
    )


def decline_of(error: StripeError) -> PaymentResult | None:
    """The decline an error stands for; None when it is not about the way to pay."""
    body = _error_body(error)
    if not isinstance(error, CardError) and not (
        isinstance(error, InvalidRequestError) and _is_about_the_method(body)
    ):
        return None
    intent = body.get("payment_intent") or {}
    charge = intent.get("latest_charge")
    code = _decline_code(body, charge if isinstance(charge, dict) else {})
    return PaymentResult(state="declined", code=code, payment_id=str(intent.get("id", "")))


def _is_about_the_method(body: Mapping[str, Any]) -> bool:
    param = body.get("param")
    return str(param).startswith("payment_method") if param else body.get("code") in _DECLINES


def trouble_of(error: StripeError) -> Refused | Unavailable:
    """An error as the exception that says whether to ask again; Stripe's own words, which may name people or
    keys, are left out."""
    body = _error_body(error)
    words = (error.http_status, body.get("type"), body.get("code"), error.request_id)
    what = " ".join(str(word) for word in words if word) or type(error).__name__
    if isinstance(error, IdempotencyError):
        return Refused(f"Stripe knows this idempotency key with another request ({what})")
    if isinstance(error, CardError | InvalidRequestError):
        return Refused(f"Stripe refused the request ({what})")
    # A wrong key is the operator's to mend, and a time-out nobody's; the payment itself is still undecided.
    return Unavailable(f"Stripe did not carry out the request ({what}); try again")


def _error_body(error: StripeError) -> Mapping[str, Any]:
    body = error.json_body.get("error") if isinstance(error.json_body, dict) else None
    return body if isinstance(body, dict) else {}


def _decline_code(error: Mapping[str, Any], charge: Mapping[str, Any]) -> DeclineCode:
    if (charge.get("outcome") or {}).get("type") == "blocked":
        return "fraud_suspected"
    known = (_DECLINES.get(str(error.get(name))) for name in ("decline_code", "code"))
    return next((code for code in known if code), "declined")


def _action_url(action: Mapping[str, Any]) -> str:
    """The page that goes on with the payment: a bank's, a wallet's, or one with instructions."""
    details = action.get(str(action.get("type") or "redirect_to_url")) or {}
    return next((str(details[name]) for name in _PAGES if details.get(name)), "")
