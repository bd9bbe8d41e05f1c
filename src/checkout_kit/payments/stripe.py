"""Stripe through PaymentIntents, as plain HTTP steps; no card number and no library is needed.

Source: Stripe API reference, PaymentIntents, Refunds, error codes and webhooks (API version 2026-10-28, read
2026-11); shared payment tokens of agents as in its changelog of 2026-04-22.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from attrs import field, frozen

from checkout_kit.errors import InputError, Refused, Unavailable
from checkout_kit.payments.port import (
    HttpCall,
    HttpReply,
    PaymentNews,
    PaymentRequest,
    PaymentResult,
    PaymentState,
    SavedMethod,
    Steps,
)
from checkout_kit.payments.signature import check_signature

_STATES: Final[Mapping[str, PaymentState]] = {
    "requires_capture": "authorised",
    "succeeded": "captured",
    "requires_action": "authentication",
    "requires_confirmation": "pending",
    "processing": "pending",
    "requires_payment_method": "declined",
    "canceled": "voided",
}
_DECLINES: Final = {
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
    "payment_intent_authentication_failure": "authentication_failed",
    "approve_with_id": "processing_error",
    "issuer_not_available": "processing_error",
    "processing_error": "processing_error",
    "reenter_transaction": "processing_error",
    "try_again_later": "processing_error",
}
# Stripe counts these in hundredths although ISO 4217 gives them no decimals.
_HUNDREDFOLD: Final = ("ISK", "UGX")
# And this one whole, although ISO 4217 gives it two.
_WHOLE: Final = ("MGA",)


@frozen(kw_only=True)
class StripePayments:
    """The provider `stripe`; the keys come from the shop's settings and stay out of every repr.

    Attributes:
        secret_key: `sk_...` or a restricted key that may write PaymentIntents and Refunds.
        webhook_secrets: `whsec_...`, more than one while it is being rotated.
        payment_method_types: such as `card`; none leaves the choice to the dashboard (automatic methods).
        api_version: the version the answers are read by; sent with every request.
    """

    secret_key: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    payment_method_types: tuple[str, ...] = ()
    api_base: str = "https://api.stripe.com"
    api_version: str = "2026-10-28.endive"
    name: str = field(default="stripe", init=False)

    def authorise(self, request: PaymentRequest) -> Steps[PaymentResult]:
        """Create and confirm a PaymentIntent; a declined card is a result."""
        form = {
            "amount": _to_stripe(request.amount, request.currency),
            "currency": request.currency.lower(),
            "confirm": "true",
            "capture_method": "automatic" if request.captures else "manual",
            "metadata[checkout_id]": request.reference,
            "metadata[attempt]": request.attempt,
        }
        for i, kind in enumerate(self.payment_method_types):
            form[f"payment_method_types[{i}]"] = kind
        if not self.payment_method_types:
            form["automatic_payment_methods[enabled]"] = "true"
            if not request.return_url:
                form["automatic_payment_methods[allow_redirects]"] = "never"
        if request.return_url:
            form["return_url"] = request.return_url
        if request.customer_ref.startswith("cus_"):
            form["customer"] = request.customer_ref
        if request.token.startswith("spt_"):
            form["payment_method_data[shared_payment_granted_token]"] = request.token
        else:
            form["payment_method"] = request.token
        reply = yield self._post("/v1/payment_intents", form, key=request.key)
        body = _json(reply)
        if reply.status in (400, 402, 404):
            return _declined(body)
        return _intent(_checked(reply, body))

    def continue_authentication(self, payment_id: str) -> Steps[PaymentResult]:
        """The PaymentIntent as it stands after the bank's page."""
        return (yield from self.status(payment_id))

    def capture(self, payment_id: str, amount: int, *, key: str) -> Steps[PaymentResult]:
        """Capture the held amount; asked again after it went through, the state is the answer."""
        intent = yield from self._read(payment_id)
        if intent["status"] == "requires_capture":
            form = {"amount_to_capture": _to_stripe(amount, str(intent["currency"]).upper())}
            reply = yield self._post(f"/v1/payment_intents/{quote(payment_id)}/capture", form, key=key)
            intent = _checked(reply, _json(reply))
        if intent["status"] != "succeeded":
            raise Refused(f"a payment that is {intent['status']!r} at Stripe cannot be captured")
        return _intent(intent)

    def void(self, payment_id: str, *, key: str) -> Steps[PaymentResult]:
        """Cancel the PaymentIntent, or refund it when its money was taken."""
        intent = yield from self._read(payment_id)
        if intent["status"] == "canceled":
            return _intent(intent)
        if intent["status"] == "succeeded":
            form = {"payment_intent": payment_id}
            reply = yield self._post("/v1/refunds", form, key=key)
            _checked(reply, _json(reply))
            return (yield from self.status(payment_id))
        reply = yield self._post(f"/v1/payment_intents/{quote(payment_id)}/cancel", {}, key=key)
        return _intent(_checked(reply, _json(reply)))

    def refund(self, payment_id: str, amount: int, *, key: str) -> Steps[PaymentResult]:
        """Give `amount` back; the result has what was given back in all."""
        intent = yield from self._read(payment_id)
        form = {"payment_intent": payment_id, "amount": _to_stripe(amount, str(intent["currency"]).upper())}
        reply = yield self._post("/v1/refunds", form, key=key)
        _checked(reply, _json(reply))
        return (yield from self.status(payment_id))

    def status(self, payment_id: str) -> Steps[PaymentResult]:
        """The PaymentIntent as it stands, with what was captured and refunded."""
        return _intent((yield from self._read(payment_id)))

    def saved_methods(self, customer_ref: str) -> Steps[tuple[SavedMethod, ...]]:
        """The cards of a Stripe customer (`cus_...`); empty for any other reference."""
        if not customer_ref.startswith("cus_"):
            return ()
        reply = yield self._get(f"/v1/customers/{quote(customer_ref)}/payment_methods?type=card&limit=10")
        cards = _checked(reply, _json(reply)).get("data", [])
        return tuple(
            SavedMethod(
                token=card["id"],
                label=f"{str(card['card']['brand']).title()} ending in {card['card']['last4']}",
                is_default=i == 0,
            )
            for i, card in enumerate(cards)
        )

    def read_webhook(self, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> PaymentNews | None:
        """News of a PaymentIntent or of a charge of one; other events are None.

        Raises:
            Forbidden: the signature matches none of the secrets, or is older than five minutes.
            InputError: signed, and not an event.
        """
        check_signature(headers.get("stripe-signature", ""), body, self.webhook_secrets, now)
        try:
            thing = json.loads(body)["data"]["object"]
            kind, metadata = thing["object"], thing.get("metadata") or {}
        except (ValueError, KeyError, TypeError):
            raise InputError.of("", "not an event of Stripe's") from None
        payment_id = thing["id"] if kind == "payment_intent" else thing.get("payment_intent")
        reference, attempt = metadata.get("checkout_id"), str(metadata.get("attempt", ""))
        if (
            kind not in ("payment_intent", "charge")
            or not payment_id
            or not reference
            or not attempt.isdecimal()
        ):
            return None
        return PaymentNews(payment_id=str(payment_id), reference=str(reference), attempt=int(attempt))

    def _read(self, payment_id: str) -> Steps[dict[str, Any]]:
        reply = yield self._get(f"/v1/payment_intents/{quote(payment_id)}?expand[]=latest_charge")
        return _checked(reply, _json(reply))

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret_key}", "Stripe-Version": self.api_version}

    def _get(self, path: str) -> HttpCall:
        return HttpCall(method="GET", url=self.api_base + path, headers=self._headers())

    def _post(self, path: str, form: Mapping[str, object], *, key: str) -> HttpCall:
        headers = {"Idempotency-Key": key, "Content-Type": "application/x-www-form-urlencoded"}
        content = urlencode(form).encode()
        return HttpCall(
            method="POST", url=self.api_base + path, headers=self._headers() | headers, content=content
        )


def _json(reply: HttpReply) -> dict[str, Any]:
    try:
        body = json.loads(reply.content)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Unavailable(f"Stripe answered {reply.status} without a JSON object; try again")
    return body


def _checked(reply: HttpReply, body: dict[str, Any]) -> dict[str, Any]:
    """The body of a success; anything else as the exception that says whether to try again."""
    if reply.status < 300:
        return body
    error = body.get("error") or {}
    what = f"{reply.status} {error.get('type', '')} {error.get('code', '')}".strip()
    if reply.status in (400, 402, 404):
        raise Refused(f"Stripe refused the request ({what})")
    # A wrong key or a used idempotency key is the operator's to mend; the payment itself is still undecided.
    raise Unavailable(f"Stripe did not carry out the request ({what}); try again")


def _declined(body: dict[str, Any]) -> PaymentResult:
    error = body.get("error") or {}
    if error.get("type") == "idempotency_error":
        raise Refused("Stripe knows this idempotency key with another request")
    word = error.get("decline_code") or error.get("code") or ""
    code = _DECLINES.get(str(word)) or _DECLINES.get(str(error.get("code"))) or "declined"
    intent = error.get("payment_intent") or {}
    return PaymentResult(state="declined", code=code, payment_id=str(intent.get("id", "")))


def _intent(intent: dict[str, Any]) -> PaymentResult:
    state = _STATES.get(str(intent.get("status")))
    if state is None:
        raise Unavailable(f"Stripe reports the unknown payment status {intent.get('status')!r}")
    currency = str(intent.get("currency", "usd")).upper()
    last = intent.get("last_payment_error") or {}
    if state == "declined" and not last:
        state = "pending"
    action = (intent.get("next_action") or {}).get("redirect_to_url") or {}
    charge = intent.get("latest_charge")
    refunded = charge.get("amount_refunded", 0) if isinstance(charge, dict) else 0
    received = intent.get("amount_received", intent.get("amount") if state == "captured" else 0)
    word = last.get("decline_code") or last.get("code") or ""
    return PaymentResult(
        state=state,
        payment_id=str(intent["id"]),
        code=_DECLINES.get(str(word), "declined") if state == "declined" else "",
        action_url=str(action.get("url") or ""),
        captured=_from_stripe(int(received or 0), currency),
        refunded=_from_stripe(int(refunded), currency),
    )


def _to_stripe(amount: int, currency: str) -> int:
    if currency in _HUNDREDFOLD:
        return amount * 100
    if currency in _WHOLE:
        _refuse_finer(amount, currency, 100)
        return amount // 100
    if currency in ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"):
        _refuse_finer(amount, currency, 10)
    return amount


def _refuse_finer(amount: int, currency: str, step: int) -> None:
    if amount % step:
        raise Refused(
            f"Stripe takes {currency} in steps of {step} minor units, got {amount}; round prices to them"
        )


def _from_stripe(amount: int, currency: str) -> int:
    if currency in _WHOLE:
        return amount * 100
    return amount // 100 if currency in _HUNDREDFOLD else amount
