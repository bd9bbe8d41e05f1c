"""The adapter: options onto sessions, orders from completed ones, tracking onto their payments, webhooks."""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from attrs import field, frozen
from checkout_kit.adapter import (
    Adapter,
    Capability,
    HttpRequest,
    HttpResponse,
    PlatformLine,
    PlatformOrder,
    Secret,
    ShipmentNotice,
    ShipmentReceipt,
    Steps,
    TimestampedHmac,
    Tree,
    WebhookEvent,
    all_pages,
    as_secret,
    https_url,
    optional_secret,
)
from checkout_kit.errors import InputError, NotFound, Refused, Unavailable
from checkout_kit.shipping import Quote

from checkout_kit_stripe_checkout.options import option_form, our_amount

EXPAND: Final = ("line_items", "shipping_cost.shipping_rate", "payment_intent")
_KINDS: Final = {
    "checkout.session.completed": "order_placed",
    "checkout.session.async_payment_succeeded": "order_updated",
    "checkout.session.async_payment_failed": "order_canceled",
    "checkout.session.expired": "cart_changed",
}


@frozen(kw_only=True)
class StripeCheckoutSettings:
    """The account's secret key, the endpoint's signing secret, and the version payloads are written for."""

    api_key: Secret = field(converter=as_secret)
    webhook_secret: Secret = field(converter=as_secret)
    former_webhook_secret: Secret | None = field(default=None, converter=optional_secret)
    api_version: str = "2026-10-28.endive"
    api_url: str = field(default="https://api.stripe.com", validator=https_url)


class StripeCheckoutAdapter(Adapter[StripeCheckoutSettings]):
    """Stripe never asks for rates: the shop's own server writes them, again whenever the address changes."""

    name = "stripe_checkout"
    title = "Stripe Checkout"
    capabilities = frozenset(
        {Capability.OPTIONS, Capability.ORDERS, Capability.SHIPMENTS, Capability.WEBHOOKS}
    )
    settings_type = StripeCheckoutSettings
    webhook_signature = TimestampedHmac("stripe-signature")

    def webhook_secrets(self) -> Sequence[str]:
        """The endpoint's signing secret and, while rolling, the former one."""
        kept = (self.settings.webhook_secret, self.settings.former_webhook_secret)
        return tuple(secret.reveal() for secret in kept if secret is not None)

    def offer_options(self, cart_id: str, quote: Quote) -> Steps[None]:
        """Replace the session's shipping options; Refused when there is none, or the session is over."""
        form = option_form(quote)
        if not form:
            raise Refused("nothing can be shipped there; tell the buyer, the session keeps what it had")
        response = yield self._post(f"checkout/sessions/{_id(cart_id, 'cs')}", form)
        _accepted(response, "session")

    def get_order(self, order_id: str) -> Steps[PlatformOrder]:
        """One session by its id."""
        return _order((yield from self._session(order_id)))

    def list_orders(self, updated_since: dt.datetime) -> Steps[tuple[PlatformOrder, ...]]:
        """Completed sessions made since, oldest first; Stripe keeps no time of change."""
        query = {"status": "complete", "limit": "100", "created[gte]": str(int(updated_since.timestamp()))}
        query |= {f"expand[{n}]": f"data.{name}" for n, name in enumerate(EXPAND)}

        def page(after: str = "") -> HttpRequest:
            return self._get("checkout/sessions", query | ({"starting_after": after} if after else {}))

        def following(response: HttpResponse) -> HttpRequest | None:
            reply = _accepted(response, "list")
            sessions = reply["data"].each()
            more = reply["has_more"].flag(False) and sessions
            return page(sessions[-1]["id"].text()) if more else None

        newest_first = yield from all_pages(
            page(),
            items=lambda response: tuple(_order(s) for s in _accepted(response, "list")["data"].each()),
            following=following,
        )
        return newest_first[::-1]

    def write_shipment(self, notice: ShipmentNotice) -> Steps[ShipmentReceipt]:
        """Tracking on the session's payment; Stripe has no lines in shipments, and one tracking number."""
        session = yield from self._session(notice.order_id)
        payment = session["payment_intent"]
        shipping = payment["shipping"]
        if payment.is_absent or shipping.is_absent:
            raise Refused(f"session {notice.order_id}: there is no payment with a delivery address")
        payment_id = payment["id"].text()
        if shipping["tracking_number"].text("") == notice.tracking_number:
            return ShipmentReceipt(id=payment_id, is_repeat=True)
        form = {
            "shipping[name]": shipping["name"].text(""),
            "shipping[carrier]": notice.carrier,
            "shipping[tracking_number]": notice.tracking_number,
        }
        for part in ("line1", "line2", "city", "state", "postal_code", "country"):
            form[f"shipping[address][{part}]"] = shipping["address"][part].text("")
        sent = {name: value for name, value in form.items() if value}
        response = yield self._post(f"payment_intents/{_id(payment_id, 'pi')}", sent)
        return ShipmentReceipt(id=_accepted(response, "payment")["id"].text())

    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        """An event of a session; deliveries are repeated and come in any order, the id stays."""
        event = request.json()
        event_id, kind = event["id"].text(), event["type"].text()
        if not event_id:
            raise InputError.of("id", "must not be empty")
        made = event["created"].whole(0)
        return WebhookEvent(
            id=event_id,
            kind=_KINDS.get(kind, "other"),
            subject_id=event["data"]["object"]["id"].text(""),
            occurred_at=dt.datetime.fromtimestamp(made, dt.UTC) if 0 < made < 2**33 else None,
            facts={"type": kind},
        )

    def _session(self, session_id: str) -> Steps[Tree]:
        query = {f"expand[{n}]": name for n, name in enumerate(EXPAND)}
        response = yield self._get(f"checkout/sessions/{_id(session_id, 'cs')}", query)
        return _accepted(response, "session")

    def _headers(self) -> dict[str, str]:
        key = self.settings.api_key.reveal()
        return {"authorization": f"Bearer {key}", "stripe-version": self.settings.api_version}

    def _get(self, path: str, query: Mapping[str, str]) -> HttpRequest:
        url = f"{self.settings.api_url.rstrip('/')}/v1/{path}?{urlencode(query)}"
        return HttpRequest(method="GET", url=url, headers=self._headers())

    def _post(self, path: str, form: Mapping[str, str]) -> HttpRequest:
        body = urlencode(form).encode()
        # The same change has the same key, so sending it again repeats nothing.
        key = hashlib.sha256(path.encode() + b"\n" + body).hexdigest()[:40]
        headers = {"content-type": "application/x-www-form-urlencoded", "idempotency-key": key}
        url = f"{self.settings.api_url.rstrip('/')}/v1/{path}"
        return HttpRequest(url=url, headers=self._headers() | headers, body=body, repeatable=True)


def _id(text: str, prefix: str) -> str:
    if not re.fullmatch(rf"{prefix}_[A-Za-z0-9_]{{1,120}}", text):
        raise InputError.of("id", f"not an id of Stripe, {prefix}_...", found=text[:60])
    return text


def _accepted(response: HttpResponse, what: str) -> Tree:
    try:
        reply = response.json()
        code = (
            "" if response.is_success else reply["error"]["code"].text("") or reply["error"]["type"].text("")
        )
    except InputError as error:
        raise Unavailable(f"Stripe gave no JSON (status {response.status}): {error}") from None
    if response.status == 404:
        raise NotFound(f"Stripe knows no such {what}")
    if not response.is_success:
        raise Refused(f"Stripe refused the {what} with status {response.status} {code}".rstrip())
    return reply


def _order(session: Tree) -> PlatformOrder:
    currency = session["currency"].text().upper()
    chosen = session["shipping_cost"]["shipping_rate"]["metadata"]
    promised = chosen["promised_on"].text("")
    try:
        promised_on = dt.date.fromisoformat(promised) if promised else None
    except ValueError:
        raise InputError.of("shipping_cost.shipping_rate.metadata.promised_on", "not a date") from None
    lines = tuple(
        PlatformLine(
            line_id=line["id"].text(),
            sku=line["price"]["metadata"]["sku"].text(""),
            quantity=line["quantity"].whole(),
        )
        for line in session["line_items"]["data"].each()
    )
    return PlatformOrder(
        id=session["id"].text(),
        number=session["client_reference_id"].text(""),
        currency=currency,
        total=our_amount(session["amount_total"].whole(), currency),
        option_id=chosen["option_id"].text(""),
        promised_on=promised_on,
        is_canceled=session["status"].text("") == "expired",
        lines=lines,
    )
