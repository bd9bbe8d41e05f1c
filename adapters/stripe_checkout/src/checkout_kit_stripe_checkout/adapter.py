"""The adapter: options written onto Checkout Sessions, completed sessions as orders, webhooks."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from checkout_kit.adapter import (
    Adapter,
    Capability,
    HttpRequest,
    HttpResponse,
    PlatformOrder,
    PlatformPromise,
    ShipmentNotice,
    ShipmentReceipt,
    Steps,
    TimestampedHmac,
    Tree,
    WebhookEvent,
    all_pages,
)
from checkout_kit.cart import Cart
from checkout_kit.errors import InputError, NotFound, Refused
from checkout_kit.shipping import Quote, QuoteRequest

from checkout_kit_stripe_checkout.api import accepted, call, checked_id
from checkout_kit_stripe_checkout.options import metadata_of, options_form
from checkout_kit_stripe_checkout.page import accepted_answer, read_change, rejected_answer
from checkout_kit_stripe_checkout.sessions import cart_of, order_of
from checkout_kit_stripe_checkout.settings import StripeCheckoutSettings

PER_PAGE: Final = 100
LONGEST_SESSION: Final = dt.timedelta(hours=24)
_EXPAND: Final = ["shipping_cost.shipping_rate", "payment_intent"]
_KINDS: Final = {
    "checkout.session.completed": "order_placed",
    "checkout.session.async_payment_succeeded": "order_updated",
    "checkout.session.async_payment_failed": "order_canceled",
    "checkout.session.expired": "cart_changed",
}


class StripeCheckoutAdapter(Adapter[StripeCheckoutSettings]):
    """One account. Stripe asks nobody for rates: we write the options onto the session."""

    name = "stripe_checkout"
    title = "Stripe Checkout"
    capabilities = frozenset(
        {
            Capability.CARTS,
            Capability.OPTIONS,
            Capability.ORDERS,
            Capability.PROMISES,
            Capability.SHIPMENTS,
            Capability.WEBHOOKS,
        }
    )
    settings_type = StripeCheckoutSettings
    webhook_signature = TimestampedHmac("stripe-signature")
    most_bytes = 300_000
    pages = ("address",)
    page_failed = rejected_answer("Please try again.", status=503)

    def webhook_secrets(self) -> Sequence[str]:
        """The endpoint's secret and, while it is rolled, the former one."""
        kept = (self.settings.webhook_secret, self.settings.former_webhook_secret)
        return tuple(secret.reveal() for secret in kept if secret is not None)

    def get_cart(self, cart_id: str) -> Steps[Cart]:
        """The goods of a session, all pages of them: a session itself shows only ten."""
        session = yield from self._session(cart_id)
        return cart_of(session, (yield from self._items(cart_id)))

    def offer_options(self, cart_id: str, quote: Quote) -> Steps[None]:
        """Replaces the session's options by the five best; raises Refused when there is none to offer."""
        yield from self._offer(cart_id, quote, {})

    def page_origins(self) -> Sequence[str]:
        """Of the pages that hold the Checkout form."""
        return self.settings.page_origins

    def answer_page(
        self, page: str, request: HttpRequest, quoter: Callable[[QuoteRequest], Quote], *, now: dt.datetime
    ) -> Steps[HttpResponse]:
        """Answers the page's report of a new address: quotes the session's goods and rewrites its options.

        The browser sends it, so nothing in it is trusted but the address; the goods come from Stripe. What
        cannot be done is an answer of type `error`, on which the session keeps its former options.
        """
        if len(request.body) > self.most_bytes:
            return rejected_answer("The address is too long.", status=413)
        try:
            change = read_change(request)
        except InputError:
            return rejected_answer("This address cannot be read.", status=400)
        try:
            session = yield from self._session(change.session_id)
            if session["status"].text("open") != "open":
                return rejected_answer("This checkout is closed.", status=409)
            cart = cart_of(session, (yield from self._items(change.session_id)))
            try:
                asked = QuoteRequest(
                    cart=cart, destination=change.destination, placed_at=now, channel=self.settings.channel
                )
            except InputError:
                return rejected_answer("We do not deliver to this address.")
            quote = quoter(asked)
            if not quote.options:
                return rejected_answer("We do not deliver to this address.")
            details = {"collected_information": {"shipping_details": change.details}}
            yield from self._offer(change.session_id, quote, details)
        except NotFound:
            return rejected_answer("This checkout is not known.", status=404)
        except Refused:
            return rejected_answer("The address could not be taken; please check it.")
        return accepted_answer()

    def get_order(self, order_id: str) -> Steps[PlatformOrder]:
        """A completed session by its id; one that is open or expired is no order."""
        session = yield from self._session(order_id)
        if session["status"].text() != "complete":
            raise NotFound("this Checkout Session is not completed, so there is no order yet")
        return order_of(session, (yield from self._items(order_id)))

    def list_orders(self, updated_since: dt.datetime) -> Steps[tuple[PlatformOrder, ...]]:
        """Every session completed since, the oldest first.

        Stripe lists by creation; a session lives for 24 hours at most, so those a day older are read too.
        """
        since = int((updated_since - LONGEST_SESSION).timestamp())
        asked = {
            "limit": PER_PAGE,
            "status": "complete",
            "created": {"gte": since},
            "expand": [f"data.{name}" for name in _EXPAND],
        }
        sessions = yield from self._all("checkout/sessions", asked)
        orders = []
        for session in reversed(sessions):
            items = yield from self._items(session["id"].text())
            orders.append(order_of(session, items))
        return tuple(orders)

    def write_promise(self, promise: PlatformPromise) -> Steps[None]:
        """Metadata of the payment: a completed session takes no changes any more."""
        session = yield from self._session(promise.order_id)
        path = f"payment_intents/{self._payment_id(session)}"
        form = {"metadata": metadata_of(promise.option_id, promise.promise)}
        # Without a key: writing one promise, another and the first again must end with the first, and Stripe
        # would answer the third from memory.
        accepted((yield call(self.settings, path, form)), "payment")

    def write_shipment(self, notice: ShipmentNotice) -> Steps[ShipmentReceipt]:
        """The payment's one tracking number; several parcels stand in it with commas. Lines are not kept."""
        session = yield from self._session(notice.order_id)
        payment_id = self._payment_id(session)
        shipping = session["payment_intent"]["shipping"]
        numbers = [n.strip() for n in shipping["tracking_number"].text("").split(",") if n.strip()]
        if notice.tracking_number in numbers:
            return ShipmentReceipt(id=payment_id, is_repeat=True)
        details = session["collected_information"]["shipping_details"]
        person = shipping if not shipping["address"].is_absent else details
        fields = ("line1", "line2", "city", "state", "postal_code", "country")
        address = {name: person["address"][name].text("") for name in fields}
        carried = ", ".join([*numbers, notice.tracking_number])
        form = {
            "shipping": {
                "name": person["name"].text(""),
                "address": {name: text for name, text in address.items() if text},
                "carrier": notice.carrier or "-",
                "tracking_number": carried,
            }
        }
        key = _key(payment_id, notice.reference, carried)
        path = f"payment_intents/{payment_id}"
        accepted((yield call(self.settings, path, form, key=key)), "payment")
        return ShipmentReceipt(id=payment_id)

    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        """An event of a session; a completed one whose payment is still under way is only placed."""
        event = request.json()
        kind = event["type"].text()
        session = event["data"]["object"]
        created = event["created"].whole(0)
        return WebhookEvent(
            id=_not_empty(event["id"]),
            kind=_KINDS.get(kind, "other"),
            subject_id=session["id"].text(""),
            occurred_at=dt.datetime.fromtimestamp(created, dt.UTC) if 0 < created < 2**32 else None,
            facts={"type": kind, "payment_status": session["payment_status"].text("")},
        )

    def _offer(self, session_id: str, quote: Quote, more: Mapping[str, object]) -> Steps[None]:
        if not quote.options:
            raise Refused("there is no option to offer; the session keeps its former ones")
        path = f"checkout/sessions/{checked_id(session_id, 'cs')}"
        form = {**more, "shipping_options": options_form(quote, self.settings)}
        # The instant belongs to the key: the same options after others must not be answered from memory.
        key = _key(path, quote.placed_at.isoformat(), repr(form))
        accepted((yield call(self.settings, path, form, key=key)), "session")

    def _session(self, session_id: str) -> Steps[Tree]:
        path = f"checkout/sessions/{checked_id(session_id, 'cs')}"
        response = yield call(self.settings, path, query={"expand": _EXPAND})
        return accepted(response, "session")

    def _items(self, session_id: str) -> Steps[tuple[Tree, ...]]:
        path = f"checkout/sessions/{checked_id(session_id, 'cs')}/line_items"
        return (yield from self._all(path, {"limit": PER_PAGE, "expand": ["data.price.product"]}))

    def _all(self, path: str, query: dict[str, object]) -> Steps[tuple[Tree, ...]]:
        def items(response: HttpResponse) -> tuple[Tree, ...]:
            return accepted(response, "list")["data"].each()

        def following(response: HttpResponse) -> HttpRequest | None:
            page = response.json()
            if not page["has_more"].flag(False):
                return None
            last = page["data"].each()[-1:]
            after = last[0]["id"].text() if last else ""
            return call(self.settings, path, query={**query, "starting_after": after})

        return (
            yield from all_pages(call(self.settings, path, query=query), items=items, following=following)
        )

    def _payment_id(self, session: Tree) -> str:
        payment = session["payment_intent"]
        if payment.is_absent:
            raise Refused("this session has no payment (nothing was to pay), so nothing can be written to it")
        return checked_id(payment["id"].text(), "pi")


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _not_empty(tree: Tree) -> str:
    text = tree.text()
    if not text:
        raise InputError.of(tree.path, "must not be empty")
    return text
