"""The adapter: rates as a shipping provider, orders and shipments by REST, promises as metafields."""

import datetime as dt
import json
import re
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from checkout_kit.adapter import (
    Adapter,
    Capability,
    HttpRequest,
    HttpResponse,
    NoOptions,
    Options,
    PlatformLine,
    PlatformOrder,
    PlatformPromise,
    RateOutcome,
    SharedToken,
    ShipmentNotice,
    ShipmentReceipt,
    Steps,
    Tree,
    WebhookEvent,
    all_pages,
    from_major,
    json_response,
)
from checkout_kit.cart import Cart
from checkout_kit.errors import Fault, InputError, NotFound, Refused, Unavailable
from checkout_kit.shipping import Quote, QuoteRequest

from checkout_kit_bigcommerce.carts import cart_of
from checkout_kit_bigcommerce.rates import nothing_form, quotes_form, read_request
from checkout_kit_bigcommerce.settings import BigCommerceSettings
from checkout_kit_bigcommerce.signature import StandardWebhooks
from checkout_kit_bigcommerce.webhooks import event_of

API: Final = "https://api.bigcommerce.com/stores"
NAMESPACE: Final = "checkout_kit"
PER_PAGE: Final = 250


class BigCommerceAdapter(Adapter[BigCommerceSettings]):
    """BigCommerce signs nothing: our secret is the last part of the quote URL."""

    name = "bigcommerce"
    title = "BigCommerce"
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
    settings_type = BigCommerceSettings
    signature = SharedToken()
    webhook_signature = StandardWebhooks()
    reads_only_body = True
    questions = ("check_connection_options",)

    def rate_secrets(self) -> Sequence[str]:
        """The secret of the quote URL and, while it is changed, the former one."""
        kept = (self.settings.callback_secret, self.settings.former_callback_secret)
        return tuple(secret.reveal() for secret in kept if secret is not None)

    def webhook_secrets(self) -> Sequence[str]:
        """The app's client secret; the secret of the quote URL opens no webhook."""
        return () if self.settings.client_secret is None else (self.settings.client_secret.reveal(),)

    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        """The quote request; NotFound for another store."""
        base = request.json()["base_options"]
        if base["store_id"].text() != self.settings.store_id:
            raise NotFound("this store is not served here; the adapter is set up for another one")
        return read_request(base, placed_at=now, channel=self.settings.channel)

    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        """Quotes with the time they hold as ttl; without an answer 503, so that nothing is kept."""
        if isinstance(outcome, Options):
            ordered_at = outcome.quote.placed_at.astimezone(ZoneInfo(self.settings.timezone))
            name = self.settings.carrier_name
            return json_response(
                quotes_form(outcome.quote, ordered_at=ordered_at, carrier_name=name, ttl_s=outcome.fresh_s)
            )
        if isinstance(outcome, NoOptions):
            return json_response(nothing_form(ttl_s=outcome.fresh_s))
        return json_response(nothing_form(ttl_s=0, text="Delivery cannot be priced just now."), status=503)

    def render_fault(self, status: int, faults: Sequence[Fault]) -> HttpResponse:
        """A refusal with its reasons as messages."""
        text = "; ".join(f"{f.path}: {f.message}" if f.path else f.message for f in faults)
        return json_response(nothing_form(ttl_s=0, text=text or "refused"), status=status)

    def answer_question(
        self,
        question: str,
        request: HttpRequest,
        quoter: Callable[[QuoteRequest], Quote],
        *,
        now: dt.datetime,
    ) -> HttpResponse:
        """Whether a connection works, when a merchant saves it: it does, as the URL carried our secret."""
        if not isinstance(request.json()["connection_options"].value, dict | None):
            raise InputError.of("connection_options", "must be an object")
        return json_response({"valid": True, "messages": []})

    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        """An event with the id of what has changed; NotFound for another store of the same app."""
        body = request.json()
        if body["producer"].text("") != f"stores/{self.settings.store_hash}":
            raise NotFound("this store is not served here; the adapter is set up for another one")
        return event_of(body)

    def get_cart(self, cart_id: str) -> Steps[Cart]:
        """One cart by its id."""
        if not re.fullmatch(r"[0-9a-fA-F-]{8,40}", cart_id):
            raise InputError.of("id", "not the id of a BigCommerce cart", found=cart_id[:60])
        reply = yield from self._read(f"v3/carts/{cart_id}", "cart")
        return cart_of(reply["data"])

    def get_order(self, order_id: str) -> Steps[PlatformOrder]:
        """One order with its products and our metafields."""
        order = yield from self._read(f"v2/orders/{_number(order_id)}", "order")
        return (yield from self._complete(order))

    def list_orders(self, updated_since: dt.datetime) -> Steps[tuple[PlatformOrder, ...]]:
        """Every order changed since, by id: a change while pages are read passes none over."""
        since = updated_since.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")
        orders = yield from self._list("v2/orders", "list", min_date_modified=since, sort="id:asc")
        found: dict[str, PlatformOrder] = {}
        for order in orders:
            found[order["id"].text()] = yield from self._complete(order)
        return tuple(found.values())

    def write_promise(self, promise: PlatformPromise) -> Steps[None]:
        """Two metafields of the order: option_id and promised_on."""
        order_id = _number(promise.order_id)
        known = yield from self._metafields(order_id)
        wanted = {"option_id": promise.option_id, "promised_on": promise.promise.latest.isoformat()}
        for key, value in wanted.items():
            document = {"namespace": NAMESPACE, "key": key, "value": value, "permission_set": "read"}
            path, method = f"v3/orders/{order_id}/metafields", "POST"
            if key in known:
                path, method = f"{path}/{known[key]['id'].text()}", "PUT"
            _accepted((yield self._request(method, path, document)), "metafield")

    def write_shipment(self, notice: ShipmentNotice) -> Steps[ShipmentReceipt]:
        """A shipment with its tracking, unless one with the same number is there; one address at a time."""
        order_id = _number(notice.order_id)
        for shipment in (yield from self._list(f"v2/orders/{order_id}/shipments", "order")):
            if notice.tracking_number and shipment["tracking_number"].text("") == notice.tracking_number:
                return ShipmentReceipt(id=shipment["id"].text(), is_repeat=True)
        products = yield from self._list(f"v2/orders/{order_id}/products", "order")
        document = _shipment(products, notice)
        made = _accepted(
            (yield self._request("POST", f"v2/orders/{order_id}/shipments", document)), "shipment"
        )
        return ShipmentReceipt(id=made["id"].text())

    def throttled_s(self, response: HttpResponse) -> float | None:
        """The quota's window, in milliseconds until it starts anew."""
        text = response.headers.get("x-rate-limit-time-reset-ms", "")
        return int(text) / 1000 if response.status == 429 and text.isdecimal() and len(text) < 7 else None

    def _request(self, method: str, path: str, document: object = None) -> HttpRequest:
        headers = {"x-auth-token": self.settings.access_token.reveal(), "accept": "application/json"}
        body = b"" if document is None else json.dumps(document, separators=(",", ":")).encode()
        if document is not None:
            headers["content-type"] = "application/json"
        url = f"{API}/{self.settings.store_hash}/{path}"
        return HttpRequest(method=method, url=url, headers=headers, body=body)

    def _read(self, path: str, what: str) -> Steps[Tree]:
        return _accepted((yield self._request("GET", path)), what)

    def _list(self, path: str, what: str, **query: str) -> Steps[tuple[Tree, ...]]:
        """All pages of a V2 list; an empty page is 204 without a body."""
        number = 1

        def page() -> HttpRequest:
            asked = urlencode({**query, "limit": PER_PAGE, "page": number})
            return self._request("GET", f"{path}?{asked}")

        def items(response: HttpResponse) -> tuple[Tree, ...]:
            return () if response.status == 204 else _accepted(response, what).each()

        def following(response: HttpResponse) -> HttpRequest | None:
            nonlocal number
            if len(items(response)) < PER_PAGE:
                return None
            number += 1
            return page()

        return (yield from all_pages(page(), items=items, following=following))

    def _metafields(self, order_id: str) -> Steps[dict[str, Tree]]:
        query = urlencode({"namespace": NAMESPACE, "limit": "50"})
        reply = yield from self._read(f"v3/orders/{order_id}/metafields?{query}", "order")
        return {field["key"].text(): field for field in reply["data"].each()}

    def _chosen(self, order_id: str, products: Sequence[Tree]) -> Steps[str]:
        """The code of the quote the shopper chose; empty where nothing is sent or no carrier was asked."""
        places = sorted({product["order_address_id"].whole(0) for product in products} - {0})
        if not places:
            return ""
        path = f"v2/orders/{order_id}/shipping_addresses/{places[0]}/shipping_quotes"
        response = yield self._request("GET", path)
        if response.status in {204, 404}:
            return ""
        quote = _accepted(response, "quote")
        # One object as a rule, and a list is taken too: the documentation is not clear about it.
        first = quote.each()[:1] if isinstance(quote.value, list) else (quote,)
        return first[0]["rate_id"].text("") if first else ""

    def _complete(self, order: Tree) -> Steps[PlatformOrder]:
        order_id = order["id"].text()
        products = yield from self._list(f"v2/orders/{_number(order_id)}/products", "order")
        fields = yield from self._metafields(order_id)
        value = {key: field["value"].text("") for key, field in fields.items()}
        currency = order["currency_code"].text().upper()
        try:
            day = value.get("promised_on", "")
            promised_on = dt.date.fromisoformat(day) if day else None
        except ValueError:
            raise InputError.of("metafields.promised_on", "not a date") from None
        lines = tuple(
            PlatformLine(line_id=p["id"].text(), sku=p["sku"].text(""), quantity=p["quantity"].whole())
            for p in products
        )
        return PlatformOrder(
            id=order_id,
            number=order_id,
            currency=currency,
            total=from_major(order["total_inc_tax"].decimal(), currency),
            option_id=value.get("option_id") or (yield from self._chosen(order_id, products)),
            promised_on=promised_on,
            is_canceled=order["status"].text("") == "Cancelled",
            lines=lines,
        )


def _number(text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise InputError.of("id", "not the number of a BigCommerce order", found=text[:60])
    return text


def _accepted(response: HttpResponse, what: str) -> Tree:
    if response.status == 404:
        raise NotFound(f"BigCommerce knows no such {what}")
    if not response.is_success:
        raise Refused(f"BigCommerce refused the {what} with status {response.status}")
    try:
        return response.json()
    except InputError as error:
        raise Unavailable(f"BigCommerce gave no JSON (status {response.status}): {error}") from None


def _left(product: Tree) -> int:
    """Units of an order's product still to be sent; downloads and gift certificates never are."""
    if product["type"].text("physical") != "physical":
        return 0
    gone = product["quantity_shipped"].whole(0) + product["quantity_refunded"].whole(0)
    return product["quantity"].whole() - gone


def _shipment(products: Sequence[Tree], notice: ShipmentNotice) -> dict[str, object]:
    left = {p["id"].text(): _left(p) for p in products}
    numbers = {p["id"].text(): p["id"].whole() for p in products}
    places = {p["id"].text(): p["order_address_id"].whole(0) for p in products}
    asked = {line.line_id: line.quantity for line in notice.lines} or left
    wanted = {line_id: quantity for line_id, quantity in asked.items() if quantity > 0}
    if not wanted or any(quantity > left.get(line_id, 0) for line_id, quantity in wanted.items()):
        raise Refused(f"order {notice.order_id}: not so many units are left to ship")
    addresses = {places[line_id] for line_id in wanted}
    if len(addresses) > 1:
        raise Refused(
            f"order {notice.order_id}: the goods go to {len(addresses)} addresses; write one shipment each"
        )
    form: dict[str, object] = {
        "order_address_id": addresses.pop(),
        "tracking_number": notice.tracking_number,
        "items": [{"order_product_id": numbers[line_id], "quantity": q} for line_id, q in wanted.items()],
    }
    if notice.tracking_url:
        form["tracking_link"] = notice.tracking_url
    elif notice.carrier:
        # Slugs of Aftership: "Royal Mail" is royal-mail there.
        form["tracking_carrier"] = re.sub(r"[^a-z0-9]+", "-", notice.carrier.lower()).strip("-")
    return form
