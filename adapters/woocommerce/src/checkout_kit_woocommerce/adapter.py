"""The adapter: rates for the plug-in, carts by Store API, orders and tracking by REST v3, webhooks."""

import datetime as dt
import json
import re
from typing import ClassVar, Final
from urllib.parse import urlsplit

from checkout_kit.adapter import (
    BodyHmac,
    Capability,
    CompanionAdapter,
    HttpRequest,
    HttpResponse,
    PlatformOrder,
    PlatformPromise,
    ShipmentNotice,
    ShipmentReceipt,
    Steps,
    WebhookEvent,
    all_pages,
    event_instant,
    promise_form,
)
from checkout_kit.cart import Cart
from checkout_kit.errors import InputError, NotFound

from checkout_kit_woocommerce.rest import (
    OPTION,
    PROMISE,
    PROMISED_ON,
    accepted,
    meta_of,
    order_of,
    order_path,
    rest,
)
from checkout_kit_woocommerce.settings import WooCommerceSettings
from checkout_kit_woocommerce.shipments import entry, is_told, key_of, lines_to_ship, note_for
from checkout_kit_woocommerce.store import cart_of, cart_request

PER_PAGE: Final = 100
_PING: Final = re.compile(rb"webhook_id=[0-9]{1,19}")
_KINDS: Final = {
    "order.created": "order_placed",
    "order.updated": "order_updated",
    "order.restored": "order_updated",
    "order.deleted": "order_canceled",
}


class WooCommerceAdapter(CompanionAdapter[WooCommerceSettings]):
    """One shop. WooCommerce calls nobody for rates, so a plug-in of ours inside it does (`plugin/`)."""

    name = "woocommerce"
    title = "WooCommerce"
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
    settings_type: ClassVar[type[WooCommerceSettings]] = WooCommerceSettings
    webhook_signature = BodyHmac(("x-wc-webhook-signature",))
    amounts = "major"

    def deadline_s(self, request: HttpRequest) -> float:
        """The plug-in waits for 2 s."""
        return 1.8

    def get_cart(self, cart_id: str) -> Steps[Cart]:
        """The cart of a Cart-Token; for an expired one WooCommerce starts a new cart, which is empty."""
        return cart_of((yield cart_request(self.settings, cart_id)))

    def get_order(self, order_id: str) -> Steps[PlatformOrder]:
        """One order by its id, which is not always its number."""
        response = yield rest(self.settings, "GET", order_path(order_id))
        return order_of(accepted(response, "order"))

    def list_orders(self, updated_since: dt.datetime) -> Steps[tuple[PlatformOrder, ...]]:
        """Every order modified since, by date of creation; what changes while pages are read comes once."""
        since = updated_since.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")
        number = 1

        def page() -> HttpRequest:
            return rest(
                self.settings,
                "GET",
                "orders",
                modified_after=since,
                dates_are_gmt="true",
                orderby="date",
                order="asc",
                per_page=PER_PAGE,
                page=number,
            )

        def items(response: HttpResponse) -> tuple[PlatformOrder, ...]:
            return tuple(order_of(order) for order in accepted(response, "list").each())

        def following(response: HttpResponse) -> HttpRequest | None:
            nonlocal number
            pages = response.headers.get("x-wp-totalpages", "")
            if number >= (int(pages) if pages.isascii() and pages.isdecimal() and len(pages) < 7 else 0):
                return None
            number += 1
            return page()

        orders = yield from all_pages(page(), items=items, following=following)
        return tuple({order.id: order for order in orders}.values())

    def write_promise(self, promise: PlatformPromise) -> Steps[None]:
        """Three entries of the order's meta data; the same keys again are overwritten."""
        form = {"option_id": promise.option_id, "title": promise.title, **promise_form(promise.promise)}
        entries = {
            OPTION: promise.option_id,
            PROMISED_ON: promise.promise.latest.isoformat(),
            PROMISE: json.dumps(form, separators=(",", ":")),
        }
        document = {"meta_data": [{"key": key, "value": value} for key, value in entries.items()]}
        accepted((yield rest(self.settings, "PUT", order_path(promise.order_id), document)), "order")

    def write_shipment(self, notice: ShipmentNotice) -> Steps[ShipmentReceipt]:
        """An entry of the order's meta data and a note to the buyer; with the last parcel it is completed."""
        path, key = order_path(notice.order_id), key_of(notice)
        order = accepted((yield rest(self.settings, "GET", path)), "order")
        is_repeat = key in meta_of(order)
        if not is_repeat:
            lines, is_last = lines_to_ship(order, notice)
            document: dict[str, object] = {"meta_data": [{"key": key, "value": entry(notice, lines)}]}
            if is_last and order["status"].text("") in {"processing", "on-hold"}:
                document["status"] = "completed"
            accepted((yield rest(self.settings, "PUT", path, document)), "order")
        if notice.notify_buyer:
            yield from self._tell(path, notice)
        return ShipmentReceipt(id=key, is_repeat=is_repeat)

    def _tell(self, path: str, notice: ShipmentNotice) -> Steps[None]:
        # Writing may have stopped between the entry and the note, so it is looked for, not assumed.
        notes = yield rest(self.settings, "GET", f"{path}/notes", type="customer")
        accepted(notes, "notes")
        if not is_told(notes, notice):
            document = {"note": note_for(notice), "customer_note": True}
            accepted((yield rest(self.settings, "POST", f"{path}/notes", document)), "note")

    def verify_webhook(self, request: HttpRequest, *, now: dt.datetime) -> None:
        """The signature of the raw body; only the ping that follows registration comes without one."""
        if not self._is_ping(request):
            super().verify_webhook(request, now=now)

    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        """The topic is in a header; a delivery is known by its id."""
        if self._is_ping(request):
            return None
        source = urlsplit(request.header("x-wc-webhook-source")).hostname or ""
        if source.lower() != self.settings.host:
            raise NotFound("this shop is not served here; the adapter is set up for another one")
        topic = request.header("x-wc-webhook-topic")
        delivery = request.header("x-wc-webhook-delivery-id")
        if not topic or not delivery:
            raise InputError.of("headers", "the topic or the id of the delivery is missing")
        body = request.json()
        kind = _KINDS.get(topic, "other")
        if kind == "order_updated" and body["status"].text("") == "cancelled":
            kind = "order_canceled"
        return WebhookEvent(
            id=delivery,
            kind=kind,
            subject_id=body["id"].text(""),
            shop=self.settings.shop,
            occurred_at=event_instant(body["date_modified_gmt"].text("")),
            facts={"topic": topic},
        )

    def _is_ping(self, request: HttpRequest) -> bool:
        return not request.header("x-wc-webhook-topic") and _PING.fullmatch(request.body) is not None
