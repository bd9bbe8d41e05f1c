"""The adapter: rates for the companion plug-in, orders and fulfilments by Admin GraphQL."""

import datetime as dt
import json
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
    all_pages,
    as_secret,
    https_url,
    promise_form,
)
from checkout_kit.errors import Forbidden, InputError, NotFound, Refused

from checkout_kit_vendure import graphql as api

GONE: Final = frozenset({"Cancelled"})


@frozen(kw_only=True)
class VendureSettings(CompanionSettings):
    """`api_url` is the address of the Admin API; the administrator needs ReadOrder and UpdateOrder."""

    api_url: str = field(validator=https_url)
    username: str
    password: Secret = field(converter=as_secret)
    channel: str = ""


class VendureAdapter(CompanionAdapter[VendureSettings]):
    """Vendure writes integers with two decimals, whatever the currency."""

    name = "vendure"
    title = "Vendure"
    capabilities = frozenset({Capability.RATES, Capability.ORDERS, Capability.PROMISES, Capability.SHIPMENTS})
    settings_type: ClassVar[type[VendureSettings]] = VendureSettings
    amounts = 2

    def get_order(self, order_id: str) -> Steps[PlatformOrder]:
        """One order by its code."""
        token = yield from self._login()
        return self._platform_order((yield from self._order(order_id, token)))

    def list_orders(self, updated_since: dt.datetime) -> Steps[tuple[PlatformOrder, ...]]:
        """Every order changed after that instant, a hundred at a time."""
        token = yield from self._login()
        since = updated_since.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        seen = 0

        def page(skip: int) -> HttpRequest:
            return self._request(api.ORDERS, {"since": since, "skip": skip}, token)

        def items(response: HttpResponse) -> tuple[PlatformOrder, ...]:
            nonlocal seen
            found = api.data_of(response, "orders")["items"].each()
            seen += len(found)
            return tuple(self._platform_order(order) for order in found)

        def following(response: HttpResponse) -> HttpRequest | None:
            orders = api.data_of(response, "orders")
            is_last = not orders["items"].each() or seen >= orders["totalItems"].whole()
            return None if is_last else page(seen)

        return (yield from all_pages(page(0), items=items, following=following))

    def write_promise(self, promise: PlatformPromise) -> Steps[None]:
        """The plug-in's custom fields of the order."""
        token = yield from self._login()
        order = yield from self._order(promise.order_id, token)
        form = {"id": promise.option_id, "title": promise.title, **promise_form(promise.promise)}
        variables = {
            "id": order["id"].text(),
            "option": promise.option_id,
            "day": promise.promise.latest.isoformat(),
            "promise": json.dumps(form, separators=(",", ":")),
        }
        response = yield self._request(api.KEEP_PROMISE, variables, token)
        api.data_of(response, "setOrderCustomFields")

    def write_shipment(self, notice: ShipmentNotice) -> Steps[ShipmentReceipt]:
        """A fulfilment with the tracking code, shipped; one with the same code is only finished."""
        token = yield from self._login()
        order = yield from self._order(notice.order_id, token)
        before = [f for f in self._alive(order) if f["trackingCode"].text("") == notice.tracking_number]
        if before:
            fulfilment = before[0]["id"].text()
            if before[0]["state"].text() == "Pending":
                yield from self._ship(fulfilment, token)
            return ShipmentReceipt(id=fulfilment, is_repeat=True)
        handed = {"method": notice.carrier or "-", "trackingCode": notice.tracking_number}
        variables = {
            "input": {
                "lines": self._lines_to_ship(order, notice),
                "handler": {
                    "code": "manual-fulfillment",
                    "arguments": [{"name": name, "value": value} for name, value in handed.items()],
                },
            }
        }
        response = yield self._request(api.FULFIL, variables, token)
        fulfilment = api.data_of(response, "addFulfillmentToOrder")["id"].text()
        yield from self._ship(fulfilment, token)
        return ShipmentReceipt(id=fulfilment)

    def _request(self, query: str, variables: object, token: str = "") -> HttpRequest:
        return api.graphql(
            self.settings.api_url, query, variables, token=token, channel=self.settings.channel
        )

    def _login(self) -> Steps[str]:
        secret = {"user": self.settings.username, "password": self.settings.password.reveal()}
        response = yield self._request(api.LOGIN, secret)
        try:
            api.data_of(response, "login")
        except Refused:
            raise Forbidden("Vendure refused the login; check user name and password") from None
        token = response.headers.get("vendure-auth-token", "")
        if not token:
            raise InputError.of("vendure-auth-token", "is missing", remedy="let tokenMethod include 'bearer'")
        return token

    def _ship(self, fulfilment: str, token: str) -> Steps[None]:
        response = yield self._request(api.SHIP, {"id": fulfilment}, token)
        api.data_of(response, "transitionFulfillmentToState")

    def _order(self, code: str, token: str) -> Steps[Tree]:
        response = yield self._request(api.ORDER, {"code": code}, token)
        found = api.data_of(response, "orders")["items"].each()
        if not found:
            raise NotFound(f"Vendure knows no order {code[:60]!r}")
        return found[0]

    def _alive(self, order: Tree) -> list[Tree]:
        return [f for f in order["fulfillments"].each() if f["state"].text("") not in GONE]

    def _lines_to_ship(self, order: Tree, notice: ShipmentNotice) -> list[dict[str, object]]:
        left = {line["id"].text(): line["quantity"].whole() for line in order["lines"].each()}
        for fulfilment in self._alive(order):
            for line in fulfilment["lines"].each():
                left[line["orderLineId"].text()] -= line["quantity"].whole()
        wanted = {line.line_id: line.quantity for line in notice.lines} or left
        if any(quantity > left.get(line_id, 0) for line_id, quantity in wanted.items()):
            raise Refused(f"order {notice.order_id}: not so many units are left to ship")
        lines = [
            {"orderLineId": line_id, "quantity": quantity} for line_id, quantity in wanted.items() if quantity
        ]
        if not lines:
            raise Refused(f"order {notice.order_id}: nothing is left to ship")
        return list(lines)

    def _platform_order(self, order: Tree) -> PlatformOrder:
        currency, custom = order["currencyCode"].text(), order["customFields"]
        promised = custom["checkoutKitPromisedOn"].text("")
        try:
            promised_on = dt.date.fromisoformat(promised) if promised else None
        except ValueError:
            raise InputError.of("customFields.checkoutKitPromisedOn", "not a date") from None
        lines = tuple(
            PlatformLine(
                line_id=line["id"].text(),
                sku=line["productVariant"]["sku"].text(""),
                quantity=line["quantity"].whole(),
            )
            for line in order["lines"].each()
        )
        return PlatformOrder(
            id=order["code"].text(),
            number=order["code"].text(),
            currency=currency,
            total=self.amount_in(order["totalWithTax"], currency),
            option_id=custom["checkoutKitOption"].text(""),
            promised_on=promised_on,
            is_canceled=order["state"].text("") == "Cancelled",
            lines=lines,
        )
