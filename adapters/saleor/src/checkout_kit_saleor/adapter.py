"""The adapter: shipping methods by synchronous webhook, orders and fulfilments by GraphQL, webhooks."""

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

from checkout_kit.adapter import (
    Adapter,
    BodyHmac,
    Capability,
    HttpRequest,
    HttpResponse,
    NoOptions,
    NotServed,
    Options,
    PlatformOrder,
    PlatformPromise,
    RateOutcome,
    ShipmentNotice,
    ShipmentReceipt,
    Steps,
    Tree,
    WebhookEvent,
    all_pages,
    event_instant,
    json_response,
    quote_for_cache,
)
from checkout_kit.cart import Cart
from checkout_kit.errors import InputError, NotFound, Refused
from checkout_kit.shipping import Quote, QuoteRequest

from checkout_kit_saleor import graphql as api
from checkout_kit_saleor.answers import metadata_of, methods_of
from checkout_kit_saleor.checkouts import read_order_request, read_request, subscribed_cart
from checkout_kit_saleor.filters import excluded_methods
from checkout_kit_saleor.jws import is_detached, verify_detached
from checkout_kit_saleor.keys import InstanceKeys
from checkout_kit_saleor.orders import fulfil_input, order_of, written_before
from checkout_kit_saleor.settings import SaleorSettings

RATES_EVENT: Final = "shipping_list_methods_for_checkout"
FILTER_EVENT: Final = "checkout_filter_shipping_methods"
ORDER_FILTER_EVENT: Final = "order_filter_shipping_methods"
# For orders Saleor keeps what is hidden for three minutes.
ORDER_CACHE_S: Final = 180
_SIGNATURE = ("saleor-signature", "x-saleor-signature")
_KINDS = {
    "order_created": "order_placed",
    "order_updated": "order_updated",
    "order_cancelled": "order_canceled",
    "fulfillment_created": "shipment_changed",
    "fulfillment_tracking_number_updated": "shipment_changed",
}


class SaleorAdapter(Adapter[SaleorSettings]):
    """One instance; both of Saleor's signatures are read, a detached JWS and the older hexadecimal HMAC."""

    name = "saleor"
    title = "Saleor"
    capabilities = frozenset(
        {
            Capability.RATES,
            Capability.CARTS,
            Capability.ORDERS,
            Capability.PROMISES,
            Capability.SHIPMENTS,
            Capability.WEBHOOKS,
        }
    )
    settings_type = SaleorSettings
    signature = BodyHmac(_SIGNATURE, "hex")
    questions = ("filter",)

    def __init__(self, settings: SaleorSettings) -> None:
        super().__init__(settings)
        self._keys = InstanceKeys(settings.jwks_url, settings.jwks)
        # How long Saleor keeps what we answer is a setting of each instance, so it shadows the class's value.
        vars(self)["platform_cache_s"] = settings.cache_s

    def rate_secrets(self) -> Sequence[str]:
        """The webhook's secretKey, where one is set."""
        return () if self.settings.secret_key is None else (self.settings.secret_key.reveal(),)

    def verify_rates(self, request: HttpRequest, *, now: dt.datetime) -> None:
        """Raises Forbidden unless the instance signed exactly these bytes, in a scheme that is set up."""
        sent = request.header(*_SIGNATURE)
        if not is_detached(sent):
            super().verify_rates(request, now=now)
        else:
            verify_detached(sent, request.body, self._keys.known, most_bytes=self.most_bytes)

    def fetch_first(self, request: HttpRequest, *, now: dt.datetime) -> Steps[None] | None:
        """The instance's keys, when a signature names one that is not known; at most once a minute."""
        return self._keys.fetch_for(request.header(*_SIGNATURE), now=now)

    def verify_webhook(self, request: HttpRequest, *, now: dt.datetime) -> None:
        """The same two schemes."""
        self.verify_rates(request, now=now)

    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        """The checkout, with or without a subscription query."""
        self._check_shop(request)
        event = request.header("saleor-event", "x-saleor-event").lower()
        if event not in {RATES_EVENT, ""}:
            raise InputError.of("saleor-event", "not the event for shipping methods")
        return read_request(request.json(), placed_at=now)

    def answer_question(
        self,
        question: str,
        request: HttpRequest,
        quoter: Callable[[QuoteRequest], Quote],
        *,
        now: dt.datetime,
    ) -> HttpResponse:
        """Which methods to hide, and why; as long ahead as Saleor keeps the answer, like the list itself."""
        self._check_shop(request)
        event = request.header("saleor-event", "x-saleor-event").lower()
        if event not in {FILTER_EVENT, ORDER_FILTER_EVENT, ""}:
            raise InputError.of("saleor-event", "not the event for hiding shipping methods")
        document = request.json()
        try:
            if event == ORDER_FILTER_EVENT:
                asked, keeps_s = read_order_request(document["order"], placed_at=now), ORDER_CACHE_S
            else:
                asked, keeps_s = read_request(document, placed_at=now), self.platform_cache_s
        except InputError as error:
            # Before there is an address, nothing can be said against a method.
            places = {fault.path for fault in error.faults}
            if isinstance(error, NotServed) or places == {"destination.country"}:
                return json_response({"excluded_methods": []})
            raise
        methods = document["shippingMethods"]
        if methods.is_absent:
            methods = document["shipping_methods"]
        quote = quote_for_cache(quoter, asked, keeps_s=keeps_s)
        return json_response({"excluded_methods": excluded_methods(methods, quote)})

    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        """A bare list; Saleor treats an empty one and an error alike, but only the error is in its log."""
        if isinstance(outcome, Options):
            asked_at = outcome.quote.placed_at if request is None else request.placed_at
            return json_response(methods_of(outcome.quote, asked_at=asked_at, zone=self.settings.timezone))
        if isinstance(outcome, NoOptions):
            return json_response([])
        return json_response({"errors": [{"path": "", "message": outcome.reason}]}, status=503)

    def deadline_s(self, request: HttpRequest) -> float:
        """Saleor waits 18 s; a shopper does not."""
        return 8.0

    def get_cart(self, cart_id: str) -> Steps[Cart]:
        """The cart of a checkout by its id; needs the permission MANAGE_CHECKOUTS."""
        variables = {"id": api.checked_id(cart_id, "checkout")}
        response = yield api.graphql(self.settings, api.GET_CHECKOUT, variables)
        return subscribed_cart(api.found(response, "checkout", cart_id))

    def get_order(self, order_id: str) -> Steps[PlatformOrder]:
        """One order by its id."""
        variables = {"id": api.checked_id(order_id, "order")}
        response = yield api.graphql(self.settings, api.GET_ORDER, variables)
        return order_of(api.found(response, "order", order_id))

    def list_orders(self, updated_since: dt.datetime) -> Steps[tuple[PlatformOrder, ...]]:
        """Every order changed since, the one changed longest ago first."""
        since = updated_since.astimezone(dt.UTC).isoformat()

        def page(after: str | None) -> HttpRequest:
            return api.graphql(self.settings, api.LIST_ORDERS, {"since": since, "after": after})

        def items(response: HttpResponse) -> tuple[PlatformOrder, ...]:
            return tuple(order_of(edge["node"]) for edge in api.data_of(response, "orders")["edges"].each())

        def following(response: HttpResponse) -> HttpRequest | None:
            info = api.data_of(response, "orders")["pageInfo"]
            return page(info["endCursor"].text()) if info["hasNextPage"].flag(False) else None

        return (yield from all_pages(page(None), items=items, following=following))

    def write_promise(self, promise: PlatformPromise) -> Steps[None]:
        """Metadata of the order, public and private; the same keys are overwritten."""
        named = metadata_of(promise.option_id, promise.title, promise.promise)
        variables = {
            "id": api.checked_id(promise.order_id, "order"),
            "input": [{"key": key, "value": value} for key, value in named.items()],
        }
        response = yield api.graphql(self.settings, api.SET_METADATA, variables)
        for mutation in ("updateMetadata", "updatePrivateMetadata"):
            api.found(response, mutation, promise.order_id)

    def write_shipment(self, notice: ShipmentNotice) -> Steps[ShipmentReceipt]:
        """A fulfilment with its tracking number, unless one with the same number is there already.

        Saleor takes neither the carrier nor a link; an unpaid order is refused (CANNOT_FULFILL_UNPAID_ORDER).
        """
        order_id = api.checked_id(notice.order_id, "order")
        response = yield api.graphql(self.settings, api.GET_FULFILMENT, {"id": order_id})
        order = api.found(response, "order", order_id)
        before = written_before(order, notice.tracking_number)
        if before:
            return ShipmentReceipt(id=before, is_repeat=True)
        wanted = fulfil_input(order, notice, warehouse_id=self.settings.warehouse_id)
        response = yield api.graphql(self.settings, api.FULFIL, {"id": order_id, "input": wanted})
        made = api.found(response, "orderFulfill", order_id)["fulfillments"].each()
        if not made:
            raise Refused(f"Saleor made no fulfilment for order {order_id}")
        # Shipping from several warehouses makes several; each carries the number.
        return ShipmentReceipt(id=made[0]["id"].text())

    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        """The event is in a header; Saleor numbers none, and repeats one with the same bytes."""
        self._check_shop(request)
        event = request.header("saleor-event", "x-saleor-event").lower()
        if not event:
            raise InputError.of("saleor-event", "is missing")
        document = request.json()
        return WebhookEvent(
            id=f"{event}:{hashlib.sha256(request.body).hexdigest()}",
            kind=_KINDS.get(event, "other"),
            subject_id=_subject(document),
            shop=self.settings.host,
            occurred_at=_instant(document),
            facts={"event": event},
        )

    def _check_shop(self, request: HttpRequest) -> None:
        url = request.header("saleor-api-url", "x-saleor-api-url")
        host = (urlsplit(url).hostname or "") if url else request.header("saleor-domain", "x-saleor-domain")
        if host.lower().partition(":")[0] != self.settings.host:
            raise NotFound("this instance is not served here; the adapter is set up for another one")


def _subject(document: Tree) -> str:
    if isinstance(document.value, list):
        first = document.each()[:1]
        return first[0]["id"].text("") if first else ""
    return document["order"]["id"].text("")


def _instant(document: Tree) -> dt.datetime | None:
    if isinstance(document.value, list):
        return None
    return event_instant(document["issuedAt"].text(""))
