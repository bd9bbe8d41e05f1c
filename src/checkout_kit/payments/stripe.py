"""Stripe through PaymentIntents, spoken to by Stripe's own library.

Source: Stripe API reference, PaymentIntents, Refunds and webhooks (API version 2026-10-28, read 2026-11);
shared payment tokens of agents as in its changelog of 2026-04-22.
"""

import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final, ParamSpec

from attrs import field, frozen
from stripe import (
    DEFAULT_API_BASE,
    RequestOptions,
    SignatureVerificationError,
    StripeClient,
    StripeError,
    StripeObject,
    WebhookSignature,
)
from stripe.params import PaymentIntentCaptureParams, PaymentIntentCreateParams, RefundCreateParams

from checkout_kit.errors import Forbidden, InputError, Refused, Unavailable
from checkout_kit.payments.port import (
    ClientCall,
    PaymentNews,
    PaymentRequest,
    PaymentResult,
    SavedMethod,
    Steps,
)
from checkout_kit.payments.stripe_amounts import to_stripe
from checkout_kit.payments.stripe_answers import decline_of, result_of, trouble_of
from checkout_kit.payments.stripe_http import StripeHttp

API_VERSION: Final = "2026-10-28.endive"
# Stripe documents agents' tokens for preview versions only; what is read of the answer is the same.
_AGENTS_VERSION: Final = "2026-04-22.preview"
_TOLERANCE_S: Final = 300
_EXPANDED: Final = ["latest_charge"]

_P = ParamSpec("_P")


def _is_warning(record: logging.LogRecord) -> bool:
    """Below warnings the library logs whole requests and answers: tokens, names, addresses."""
    return record.levelno >= logging.WARNING


@frozen(kw_only=True)
class StripePayments:
    """The provider `stripe`; the keys come from the shop's settings and stay out of every repr.

    One instance serves threads and event loops; `close` or `close_async` ends its connections.

    Attributes:
        secret_key: `sk_...` or a restricted key that may write PaymentIntents and Refunds.
        webhook_secrets: `whsec_...`, more than one while it is being rotated.
        allowed_payment_method_types: such as `card`; none leaves the choice to the dashboard (automatic).
        captures_at_once: take the money with the authorisation, for methods that cannot hold it, such as bank
            redirects and vouchers; otherwise Stripe offers only those that can.
        api_version: the version the answers are read by; sent with every request.
        timeout_s: how long an answer is waited for.
        max_network_retries: how often the library asks again, with the same key, after an outage.
    """

    secret_key: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    allowed_payment_method_types: tuple[str, ...] = ()
    captures_at_once: bool = False
    api_base: str = DEFAULT_API_BASE
    api_version: str = API_VERSION
    timeout_s: float = 20.0
    max_network_retries: int = 1
    name: str = field(default="stripe", init=False)
    _http: StripeHttp = field(init=False, repr=False, eq=False)
    _client: StripeClient = field(init=False, repr=False, eq=False)

    @_http.default
    def _make_http(self) -> StripeHttp:
        return StripeHttp(self.timeout_s)

    @_client.default
    def _make_client(self) -> StripeClient:
        logging.getLogger("stripe").addFilter(_is_warning)
        return StripeClient(
            self.secret_key,
            stripe_version=self.api_version,
            base_addresses={"api": self.api_base},
            max_network_retries=self.max_network_retries,
            http_client=self._http,
        )

    def close(self) -> None:
        """Close the connections of blocking callers."""
        self._http.close()

    async def close_async(self) -> None:
        """Close the connections of the event loop."""
        await self._http.close_async()

    def authorise(self, request: PaymentRequest) -> Steps[PaymentResult]:
        """Create and confirm a PaymentIntent; a declined card is a result."""
        form: PaymentIntentCreateParams = {
            "amount": to_stripe(request.amount, request.currency),
            "currency": request.currency.lower(),
            "confirm": True,
            "capture_method": "automatic" if request.captures or self.captures_at_once else "manual",
            "metadata": {"checkout_id": request.reference, "attempt": str(request.attempt)},
        }
        options: RequestOptions = {"idempotency_key": request.key}
        is_of_agent = request.token.startswith("spt_")
        # An agent's token is of one method already, and its version is older than the list.
        if self.allowed_payment_method_types and not is_of_agent:
            form["allowed_payment_method_types"] = list(self.allowed_payment_method_types)
        elif request.return_url:
            form["automatic_payment_methods"] = {"enabled": True}
        else:
            form["automatic_payment_methods"] = {"enabled": True, "allow_redirects": "never"}
        if request.return_url:
            form["return_url"] = request.return_url
        if request.customer_ref.startswith("cus_"):
            form["customer"] = request.customer_ref
        if is_of_agent:
            form["payment_method_data"] = {"shared_payment_granted_token": request.token}  # type: ignore[typeddict-unknown-key,typeddict-item]
            options["stripe_version"] = _AGENTS_VERSION
        else:
            form["payment_method"] = request.token
        intents = self._client.v1.payment_intents
        try:
            return result_of((yield from _ask(intents.create, intents.create_async, form, options)))
        except StripeError as error:
            declined = decline_of(error)
            if declined is None:
                raise trouble_of(error) from None
            return declined

    def continue_authentication(self, payment_id: str) -> Steps[PaymentResult]:
        """The PaymentIntent as it stands after the bank's page."""
        return (yield from self.status(payment_id))

    def capture(self, payment_id: str, amount: int, *, key: str) -> Steps[PaymentResult]:
        """Capture the held amount, or a part and release the rest; once taken, the state is the answer."""
        intent = yield from self._decided(payment_id)
        if intent["status"] == "requires_capture":
            intents = self._client.v1.payment_intents
            units = to_stripe(amount, str(intent["currency"]).upper())
            form: PaymentIntentCaptureParams = {"amount_to_capture": units}
            options: RequestOptions = {"idempotency_key": key}
            intent = yield from _answer(intents.capture, intents.capture_async, payment_id, form, options)
        if intent["status"] != "succeeded":
            raise Refused(f"a payment that is {intent['status']!r} at Stripe cannot be captured")
        return result_of(intent)

    def void(self, payment_id: str, *, key: str) -> Steps[PaymentResult]:
        """Cancel the PaymentIntent, or refund what was taken and not given back yet."""
        intent = yield from self._decided(payment_id)
        if intent["status"] == "canceled":
            return result_of(intent)
        if intent["status"] == "succeeded":
            taken = result_of(intent)
            if taken.refunded >= taken.captured:
                return taken
            yield from self._refund({"payment_intent": payment_id}, key)
            return (yield from self.status(payment_id))
        intents = self._client.v1.payment_intents
        options: RequestOptions = {"idempotency_key": key}
        return result_of((yield from _answer(intents.cancel, intents.cancel_async, payment_id, {}, options)))

    def refund(self, payment_id: str, amount: int, *, key: str) -> Steps[PaymentResult]:
        """Give `amount` back; the result has what was given back in all."""
        intent = yield from self._read(payment_id)
        units = to_stripe(amount, str(intent["currency"]).upper())
        yield from self._refund({"payment_intent": payment_id, "amount": units}, key)
        return (yield from self.status(payment_id))

    def status(self, payment_id: str) -> Steps[PaymentResult]:
        """The PaymentIntent as it stands, with what was captured and refunded."""
        return result_of((yield from self._read(payment_id)))

    def saved_methods(self, customer_ref: str) -> Steps[tuple[SavedMethod, ...]]:
        """What a Stripe customer (`cus_...`) agreed to see again; empty for any other reference."""
        if not customer_ref.startswith("cus_"):
            return ()
        methods = self._client.v1.customers.payment_methods
        found = yield from _answer(
            methods.list, methods.list_async, customer_ref, {"limit": 10, "expand": ["data.customer"]}
        )
        # Stripe marks as limited what was kept for the shop's use only.
        shown = [method for method in found.get("data", ()) if method.get("allow_redisplay") != "limited"]
        return tuple(_saved_method(method) for method in shown)

    def read_webhook(self, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> PaymentNews | None:
        """News of a PaymentIntent or of a charge of one; other events, such as disputes, are None.

        The library measures the signature's age by the system's clock, not by `now`.

        Raises:
            Forbidden: the signature matches none of the secrets, or is older than five minutes.
            InputError: signed, and not an event.
        """
        signature = headers.get("stripe-signature", "")
        if not any(_is_signed(body, signature, secret) for secret in self.webhook_secrets):
            raise Forbidden("the webhook's signature does not match its body, or is too old")
        try:
            event = self._client.construct_event_without_verification(body)
            thing = event.data.object.to_dict()
        except (ValueError, AttributeError, KeyError, TypeError):
            raise InputError.of("", "not an event of Stripe's") from None
        kind, metadata = thing.get("object"), thing.get("metadata") or {}
        payment_id = thing.get("id") if kind == "payment_intent" else thing.get("payment_intent")
        reference, attempt = metadata.get("checkout_id"), str(metadata.get("attempt", ""))
        is_ours = payment_id and reference and attempt.isdecimal()
        if kind not in ("payment_intent", "charge") or not is_ours:
            return None
        return PaymentNews(payment_id=str(payment_id), reference=str(reference), attempt=int(attempt))

    def _read(self, payment_id: str) -> Steps[dict[str, Any]]:
        intents = self._client.v1.payment_intents
        return (
            yield from _answer(intents.retrieve, intents.retrieve_async, payment_id, {"expand": _EXPANDED})
        )

    def _decided(self, payment_id: str) -> Steps[dict[str, Any]]:
        intent = yield from self._read(payment_id)
        if intent["status"] == "processing":
            raise Unavailable("Stripe has not decided this payment yet; try again")
        return intent

    def _refund(self, form: RefundCreateParams, key: str) -> Steps[dict[str, Any]]:
        refunds = self._client.v1.refunds
        return (yield from _answer(refunds.create, refunds.create_async, form, {"idempotency_key": key}))


def _ask(
    run: Callable[_P, object], run_async: Callable[_P, Awaitable[object]], *given: _P.args, **named: _P.kwargs
) -> Steps[dict[str, Any]]:
    """One request of the library, as plain JSON; its own exceptions are raised as they are."""
    answer = yield ClientCall(
        run=partial(run, *given, **named), run_async=partial(run_async, *given, **named)
    )
    if not isinstance(answer, StripeObject):
        raise Unavailable("Stripe answered without a JSON object; try again")
    return answer.to_dict()


def _answer(
    run: Callable[_P, object], run_async: Callable[_P, Awaitable[object]], *given: _P.args, **named: _P.kwargs
) -> Steps[dict[str, Any]]:
    try:
        return (yield from _ask(run, run_async, *given, **named))
    except StripeError as error:
        raise trouble_of(error) from None


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    try:
        WebhookSignature.verify_header(body, signature, secret, _TOLERANCE_S)
    except (SignatureVerificationError, ValueError, TypeError):
        # The library lets bytes that are no UTF-8, and letters that are no ASCII, end in these.
        return False
    return True


def _saved_method(method: Mapping[str, Any]) -> SavedMethod:
    kind = str(method["type"])
    details, customer = method.get(kind) or {}, method.get("customer")
    settings = (customer.get("invoice_settings") if isinstance(customer, dict) else None) or {}
    label = str(details.get("brand") or kind).replace("_", " ").title()
    return SavedMethod(
        token=str(method["id"]),
        label=f"{label} ending in {details['last4']}" if details.get("last4") else label,
        is_default=settings.get("default_payment_method") == method["id"],
    )
