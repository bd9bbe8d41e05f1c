"""The adapter: rates by CarrierService, orders and fulfilments by Admin GraphQL, carts, webhooks."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Final

from checkout_kit.adapter import (
    Adapter,
    BodyHmac,
    Capability,
    HttpRequest,
    HttpResponse,
    NoOptions,
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
    promise_form,
)
from checkout_kit.cart import Cart
from checkout_kit.errors import InputError, NotFound, Unavailable
from checkout_kit.making import maker
from checkout_kit.shipping import QuoteRequest

from checkout_kit_shopify import graphql as api
from checkout_kit_shopify.orders import (
    fulfilment_input,
    open_parts,
    order_of,
    promise_metafields,
    written_before,
)
from checkout_kit_shopify.rates import rates_body, read_request
from checkout_kit_shopify.settings import ShopifySettings
from checkout_kit_shopify.storefront import cart_of, cart_request

MOST_PAGES: Final = 1000
_JSON = {"content-type": "application/json"}
_response = maker(HttpResponse)
_KINDS = {
    "orders/create": "order_placed",
    "orders/updated": "order_updated",
    "orders/cancelled": "order_canceled",
    "fulfillments/create": "shipment_changed",
    "fulfillments/update": "shipment_changed",
    "app/uninstalled": "uninstalled",
}


class ShopifyAdapter(Adapter[ShopifySettings]):
    """One shop; the same app secret signs rate call-backs and webhooks."""

    name = "shopify"
    title = "Shopify"
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
    settings_type = ShopifySettings
    signature = BodyHmac(("x-shopify-hmac-sha256", "shopify-hmac-sha256"))
    # Shopify keeps rates for 15 minutes by cart and address, whatever the answer's headers say.
    platform_cache_s = 900
    reads_only_body = True

    def rate_secrets(self) -> Sequence[str]:
        """The app's client secret and, while rotating, the former one."""
        current, former = self.settings.client_secret, self.settings.former_client_secret
        return (current.reveal(),) if former is None else (current.reveal(), former.reveal())

    def verify_rates(self, request: HttpRequest, *, now: dt.datetime) -> None:
        """Forbidden without the app's signature; NotFound for another shop of the same app."""
        super().verify_rates(request, now=now)
        self._check_shop(request)

    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        """The call-back's body."""
        own = self.settings
        return read_request(request.body, placed_at=now, channel=own.channel, attributes=own.attributes)

    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        """Rates; an empty list means "cannot ship", and 404 makes Shopify show the backup rates."""
        if isinstance(outcome, Options):
            return _response(headers=_JSON, body=rates_body(outcome.quote))
        if isinstance(outcome, NoOptions):
            return json_response({"rates": []})
        return json_response({"errors": [{"path": "", "message": outcome.reason}]}, status=404)

    def deadline_s(self, request: HttpRequest) -> float:
        """The time-out Shopify announces in milliseconds, less 10 % for the way; 3 s (its least) without."""
        text = request.header("x-shopify-timeout", "shopify-timeout")
        announced_ms = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 3000
        return max(0.2, min(announced_ms, 10_000) * 0.0009)

    def get_cart(self, cart_id: str) -> Steps[Cart]:
        """A cart of the Storefront API by its gid, with all its lines."""
        carts: list[Tree] = []

        def lines(response: HttpResponse) -> tuple[Tree, ...]:
            carts.append(api.data_of(response, "cart"))
            if carts[-1].is_absent:
                raise NotFound("Shopify knows no such cart; it is gone, or its key is missing")
            return carts[-1]["lines"]["nodes"].each()

        def following(_response: HttpResponse) -> HttpRequest | None:
            info = carts[-1]["lines"]["pageInfo"]
            if not info["hasNextPage"].flag(False):
                return None
            return cart_request(self.settings, cart_id, info["endCursor"].text())

        found = yield from all_pages(cart_request(self.settings, cart_id), items=lines, following=following)
        return cart_of(carts[0], found)

    def get_order(self, order_id: str) -> Steps[PlatformOrder]:
        """One order by number or gid."""
        gid = api.global_id("Order", order_id)
        response = yield api.graphql(self.settings, api.GET_ORDER, {"id": gid})
        return (yield from self._whole(self._found(api.data_of(response, "order"), order_id)))

    def list_orders(self, updated_since: dt.datetime) -> Steps[tuple[PlatformOrder, ...]]:
        """Every order updated since; Shopify shows 60 days back unless the app may read all orders."""
        since = updated_since.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        asked: dict[str, object] = {"query": f"updated_at:>='{since}'", "after": None}
        size, orders = api.MOST_ORDERS, list[PlatformOrder]()
        for _ in range(MOST_PAGES):
            response = yield api.graphql(self.settings, api.LIST_ORDERS, {**asked, "first": size})
            if size > 1 and api.is_too_costly(response):
                size //= 2
                continue
            page = api.data_of(response, "orders")
            for node in page["nodes"].each():
                orders.append((yield from self._whole(node)))
            if not page["pageInfo"]["hasNextPage"].flag(False):
                return tuple(orders)
            asked["after"] = page["pageInfo"]["endCursor"].text()
        raise Unavailable(f"more than {MOST_PAGES} pages of orders; ask for a shorter span of time")

    def _whole(self, order: Tree) -> Steps[PlatformOrder]:
        lines = yield from self._all_lines(order, api.MORE_LINES, "order")
        return order_of(order, lines)

    def _all_lines(self, holder: Tree, query: str, name: str) -> Steps[tuple[Tree, ...]]:
        """The nodes of `lineItems`, of which the first page came with their holder."""

        def following(lines: Tree) -> HttpRequest | None:
            info = lines["pageInfo"]
            if not info["hasNextPage"].flag(False):
                return None
            asked = {"id": holder["id"].text(), "after": info["endCursor"].text()}
            return api.graphql(self.settings, query, asked)

        def lines_of(response: HttpResponse) -> Tree:
            return api.data_of(response, name)["lineItems"]

        first = holder["lineItems"]
        request = following(first)
        if request is None:
            return first["nodes"].each()
        rest = yield from all_pages(
            request,
            items=lambda response: lines_of(response)["nodes"].each(),
            following=lambda response: following(lines_of(response)),
        )
        return (*first["nodes"].each(), *rest)

    def write_promise(self, promise: PlatformPromise) -> Steps[None]:
        """Two metafields in the namespace checkout_kit: promised_on (a date) and promise (JSON)."""
        form = {"option_id": promise.option_id, "title": promise.title, **promise_form(promise.promise)}
        facts = {
            "promised_on": ("date", promise.promise.latest.isoformat()),
            "promise": ("json", json.dumps(form, separators=(",", ":"))),
        }
        variables = promise_metafields(api.global_id("Order", promise.order_id), facts)
        api.data_of((yield api.graphql(self.settings, api.SET_METAFIELDS, variables)), "metafieldsSet")

    def write_shipment(self, notice: ShipmentNotice) -> Steps[ShipmentReceipt]:
        """A fulfilment with tracking, unless one with the same tracking number is there already."""
        gid = api.global_id("Order", notice.order_id)
        response = yield api.graphql(self.settings, api.GET_FULFILMENT, {"id": gid})
        order = self._found(api.data_of(response, "order"), notice.order_id)
        before = written_before(order, notice.tracking_number)
        if before:
            return ShipmentReceipt(id=before, is_repeat=True)
        parts = []
        for part in open_parts(order):
            parts.append((part, (yield from self._all_lines(part, api.MORE_LEFT, "fulfillmentOrder"))))
        variables = {"fulfillment": fulfilment_input(parts, notice)}
        response = yield api.graphql(self.settings, api.CREATE_FULFILMENT, variables)
        return ShipmentReceipt(id=api.data_of(response, "fulfillmentCreate")["fulfillment"]["id"].text())

    def register_carrier(self, callback_url: str, *, title: str) -> Steps[str]:
        """Make Shopify ask us for rates; returns the id of the carrier service. Needs write_shipping."""
        wanted = {
            "name": title,
            "callbackUrl": callback_url,
            "supportsServiceDiscovery": True,
            "active": True,
        }
        response = yield api.graphql(self.settings, api.CREATE_CARRIER, {"input": wanted})
        return api.data_of(response, "carrierServiceCreate")["carrierService"]["id"].text()

    def throttled_s(self, response: HttpResponse) -> float | None:
        """Shopify throttles with status 200 and the code THROTTLED."""
        return api.throttled_s(response)

    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        """The topic is in a header; the id is that of the event, so that a delivery repeated is known."""
        self._check_shop(request)
        topic = request.header("x-shopify-topic", "shopify-topic")
        event_id = request.header(
            "x-shopify-event-id", "shopify-event-id", "x-shopify-webhook-id", "shopify-webhook-id"
        )
        if not topic or not event_id:
            raise InputError.of("headers", "the topic or the id of the event is missing")
        body = request.json()
        subject = body["order_id"] if topic.startswith("fulfillments/") else body["id"]
        return WebhookEvent(
            id=f"{topic}:{event_id}",
            kind=_KINDS.get(topic, "other"),
            subject_id=subject.text(""),
            shop=self.settings.shop,
            occurred_at=event_instant(request.header("x-shopify-triggered-at", "shopify-triggered-at")),
            facts={"topic": topic},
        )

    def _check_shop(self, request: HttpRequest) -> None:
        domain = request.header("x-shopify-shop-domain", "shopify-shop-domain")
        if domain and domain.lower() != self.settings.shop:
            raise NotFound("this shop is not served here; the adapter is set up for another one")

    def _found(self, order: Tree, order_id: str) -> Tree:
        if order.is_absent:
            raise NotFound(f"Shopify knows no order {order_id[:60]!r} that this app may read")
        return order
