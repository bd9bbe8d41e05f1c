"""An adapter with every capability, for a made-up platform; the suite itself is proven on it.

The platform, "Reference", sends the plain companion form and offers a small REST interface.
"""

import datetime as dt
import json
from collections.abc import Callable
from typing import ClassVar, Final

from attrs import field, frozen

from checkout_kit.adapter import (
    Capability,
    CompanionAdapter,
    CompanionSettings,
    HttpRequest,
    HttpResponse,
    PlatformLine,
    PlatformOrder,
    PlatformPromise,
    Secret,
    ShipmentNotice,
    ShipmentReceipt,
    Steps,
    Tree,
    WebhookEvent,
    all_pages,
    as_secret,
    https_url,
    json_response,
    promise_form,
)
from checkout_kit.cart import Cart, LineItem
from checkout_kit.errors import InputError, NotFound, Refused
from checkout_kit.shipping import Quote, QuoteRequest


@frozen(kw_only=True)
class ReferenceSettings(CompanionSettings):
    """A companion's settings, and where and with which token the platform is called."""

    api_url: str = field(validator=https_url)
    token: Secret = field(converter=as_secret)


class ReferenceAdapter(CompanionAdapter[ReferenceSettings]):
    """Every operation, each in its plainest form."""

    name = "reference"
    title = "Reference"
    capabilities: ClassVar[frozenset[Capability]] = frozenset(Capability) - {Capability.CHECKOUTS}
    settings_type = ReferenceSettings
    amounts = "major"
    questions: ClassVar[tuple[str, ...]] = ("hide",)
    _KINDS: Final = {"order.created": "order_placed", "order.canceled": "order_canceled"}

    def _request(
        self, method: str, path: str, document: object = None, *, key: str = "", repeatable: bool = False
    ) -> HttpRequest:
        headers = {"authorization": f"Bearer {self.settings.token.reveal()}", "accept": "application/json"}
        if key:
            headers["idempotency-key"] = key
        body = b"" if document is None else json.dumps(document, separators=(",", ":")).encode()
        url = f"{self.settings.api_url.rstrip('/')}/{path}"
        return HttpRequest(method=method, url=url, headers=headers, body=body, repeatable=repeatable)

    def _accepted(self, response: HttpResponse, what: str) -> Tree:
        if response.status == 404:
            raise NotFound(f"the platform knows no such {what}")
        if not response.is_success:
            raise Refused(f"the platform refused the {what} with status {response.status}")
        return response.json()

    def answer_question(
        self,
        question: str,
        request: HttpRequest,
        quoter: Callable[[QuoteRequest], Quote],
        *,
        now: dt.datetime,
    ) -> HttpResponse:
        """Which of the methods named to hide: those that are not offered."""
        offered = {option.id for option in quoter(self.parse_rates(request, now=now)).options}
        names = [name.text() for name in request.json()["names"].each()]
        return json_response({"hide": [name for name in names if name not in offered]})

    def get_cart(self, cart_id: str) -> Steps[Cart]:
        """One cart."""
        cart = self._accepted((yield self._request("GET", f"carts/{cart_id}")), "cart")
        currency = cart["currency"].text()
        lines = tuple(
            LineItem(
                id=line["id"].text(),
                sku=line["sku"].text(),
                quantity=line["quantity"].whole(),
                unit_price=self.amount_in(line["unit_price"], currency),
            )
            for line in cart["items"].each()
        )
        return Cart(currency=currency, lines=lines)

    def offer_options(self, cart_id: str, quote: Quote) -> Steps[None]:
        """Replaces the cart's options."""
        options = [self._option(option) for option in quote.options]
        request = self._request("PUT", f"carts/{cart_id}/options", {"options": options})
        self._accepted((yield request), "cart")

    def get_order(self, order_id: str) -> Steps[PlatformOrder]:
        """One order."""
        return self._order(self._accepted((yield self._request("GET", f"orders/{order_id}")), "order"))

    def list_orders(self, updated_since: dt.datetime) -> Steps[tuple[PlatformOrder, ...]]:
        """All pages of orders; each page names the next one by a cursor."""
        first = f"orders?since={int(updated_since.timestamp())}"
        return (
            yield from all_pages(
                self._request("GET", first),
                items=lambda page: tuple(
                    self._order(order) for order in self._accepted(page, "list")["orders"].each()
                ),
                following=lambda page: self._next_page(first, page.json()["next"].text("")),
            )
        )

    def write_promise(self, promise: PlatformPromise) -> Steps[None]:
        """Puts the promise on the order; the same again changes nothing."""
        document = {"option_id": promise.option_id, "title": promise.title, **promise_form(promise.promise)}
        request = self._request("PUT", f"orders/{promise.order_id}/promise", document)
        self._accepted((yield request), "order")

    def write_shipment(self, notice: ShipmentNotice) -> Steps[ShipmentReceipt]:
        """Looks for the shipment first, and writes it under its reference as idempotency key."""
        path = f"orders/{notice.order_id}/shipments"
        written = self._accepted((yield self._request("GET", path)), "order")
        for shipment in written["shipments"].each():
            if shipment["reference"].text("") == notice.reference:
                return ShipmentReceipt(id=shipment["id"].text(), is_repeat=True)
        document = {
            "reference": notice.reference,
            "tracking": notice.tracking_number,
            "carrier": notice.carrier,
            "lines": [{"id": line.line_id, "quantity": line.quantity} for line in notice.lines],
        }
        request = self._request("POST", path, document, key=notice.reference, repeatable=True)
        return ShipmentReceipt(id=self._accepted((yield request), "shipment")["id"].text())

    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        """An event, or None for the ping that follows registration."""
        event = request.json()
        if event["shop"].text(self.settings.shop) != self.settings.shop:
            raise NotFound("this shop is not served here")
        topic = event["topic"].text()
        if topic == "ping":
            return None
        if not event["id"].text():
            raise InputError.of("id", "must not be empty")
        kind = self._KINDS.get(topic, "other")
        return WebhookEvent(id=event["id"].text(), kind=kind, subject_id=event["order_id"].text(""))

    def _next_page(self, first: str, cursor: str) -> HttpRequest | None:
        return self._request("GET", f"{first}&cursor={cursor}") if cursor else None

    def _order(self, order: Tree) -> PlatformOrder:
        currency = order["currency"].text()
        promised = order["promise"]["latest"].text("")
        try:
            promised_on = dt.date.fromisoformat(promised) if promised else None
        except ValueError:
            raise InputError.of("promise.latest", "must be a date") from None
        lines = tuple(
            PlatformLine(line_id=line["id"].text(), sku=line["sku"].text(), quantity=line["quantity"].whole())
            for line in order["items"].each()
        )
        return PlatformOrder(
            id=order["id"].text(),
            currency=currency,
            total=self.amount_in(order["total"], currency),
            option_id=order["option_id"].text(""),
            promised_on=promised_on,
            lines=lines,
        )
