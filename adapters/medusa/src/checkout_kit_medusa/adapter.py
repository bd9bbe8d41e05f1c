"""The adapter: rates for the fulfilment provider, orders and shipments by Admin REST."""

import datetime as dt
from typing import ClassVar

from attrs import field, frozen
from checkout_kit.adapter import (
    Capability,
    CompanionAdapter,
    CompanionSettings,
    HttpRequest,
    HttpResponse,
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
from checkout_kit.errors import Refused

from checkout_kit_medusa import rest


@frozen(kw_only=True)
class MedusaSettings(CompanionSettings):
    """`api_url` is the address of the Medusa server, `api_key` a secret API key of it.

    `location` is the stock location that ships, where there is more than one.
    """

    api_url: str = field(validator=https_url)
    api_key: Secret = field(converter=as_secret)
    location: str = ""


class MedusaAdapter(CompanionAdapter[MedusaSettings]):
    """Medusa 2 writes amounts as major units, in any currency."""

    name = "medusa"
    title = "Medusa"
    capabilities = frozenset({Capability.RATES, Capability.ORDERS, Capability.PROMISES, Capability.SHIPMENTS})
    settings_type: ClassVar[type[MedusaSettings]] = MedusaSettings
    amounts = "major"

    def get_order(self, order_id: str) -> Steps[PlatformOrder]:
        """One order by its id."""
        return rest.order_of((yield from self._order(order_id, rest.FIELDS)))

    def list_orders(self, updated_since: dt.datetime) -> Steps[tuple[PlatformOrder, ...]]:
        """Every order changed since, fifty at a time, oldest change first."""
        since = updated_since.astimezone(dt.UTC).isoformat()
        seen = 0

        def page(offset: int) -> HttpRequest:
            query = {"updated_at[$gte]": since, "order": "updated_at", "fields": rest.FIELDS}
            return self._admin("orders", limit=50, offset=offset, **query)

        def items(response: HttpResponse) -> tuple[PlatformOrder, ...]:
            nonlocal seen
            found = rest.accepted(response, "list")["orders"].each()
            seen += len(found)
            return tuple(rest.order_of(order) for order in found)

        def following(response: HttpResponse) -> HttpRequest | None:
            reply = response.json()
            return page(seen) if reply["orders"].each() and seen < reply["count"].whole() else None

        return (yield from all_pages(page(0), items=items, following=following))

    def write_promise(self, promise: PlatformPromise) -> Steps[None]:
        """The order's metadata `checkout_kit`, beside whatever else is there."""
        order = yield from self._order(promise.order_id, rest.FIELDS)
        kept = order["metadata"].value
        form = {"option_id": promise.option_id, "title": promise.title, **promise_form(promise.promise)}
        metadata = {**(kept if isinstance(kept, dict) else {}), "checkout_kit": form}
        response = yield self._admin(rest.order_path(promise.order_id), {"metadata": metadata})
        rest.accepted(response, "order")

    def write_shipment(self, notice: ShipmentNotice) -> Steps[ShipmentReceipt]:
        """A fulfilment and its shipment with the tracking; one begun under the same reference is finished."""
        order = yield from self._order(notice.order_id, rest.FIELDS_WITH_LABELS)
        alive = [f for f in order["fulfillments"].each() if f["canceled_at"].is_absent]
        for fulfilment in alive:
            numbers = [label["tracking_number"].text("") for label in fulfilment["labels"].each()]
            if notice.tracking_number in numbers:
                return ShipmentReceipt(id=fulfilment["id"].text(), is_repeat=True)
        begun = [f for f in alive if f["metadata"]["checkout_kit_reference"].text("") == notice.reference]
        if not begun:
            lines = self._lines_to_ship(order, notice)
            document: dict[str, object] = {
                "items": lines,
                "no_notification": not notice.notify_buyer,
                "metadata": {"checkout_kit_reference": notice.reference},
            }
            if self.settings.location:
                document["location_id"] = self.settings.location
            path = f"{rest.order_path(notice.order_id)}/fulfillments"
            made = rest.accepted((yield self._admin(path, document, fields="*fulfillments")), "fulfilment")
            known = {fulfilment["id"].text() for fulfilment in order["fulfillments"].each()}
            begun = [f for f in made["order"]["fulfillments"].each() if f["id"].text() not in known]
            if not begun:
                raise Refused(f"order {notice.order_id}: Medusa made no fulfilment")
        else:
            lines = [
                {"id": item["line_item_id"].text(), "quantity": item["quantity"].whole()}
                for item in begun[0]["items"].each()
            ]
        fulfilment_id = begun[0]["id"].text()
        label = {
            "tracking_number": notice.tracking_number,
            "tracking_url": notice.tracking_url,
            "label_url": "",
        }
        shipment = {"items": lines, "labels": [label], "no_notification": not notice.notify_buyer}
        path = f"{rest.order_path(notice.order_id)}/fulfillments/{fulfilment_id}/shipments"
        rest.accepted((yield self._admin(path, shipment)), "shipment")
        return ShipmentReceipt(id=fulfilment_id, is_repeat=False)

    def _admin(self, path: str, document: object = None, **query: str | int) -> HttpRequest:
        key = self.settings.api_key.reveal()
        return rest.admin(self.settings.api_url, path, key, document=document, **query)

    def _order(self, order_id: str, fields: str) -> Steps[Tree]:
        response = yield self._admin(rest.order_path(order_id), fields=fields)
        return rest.accepted(response, "order")["order"]

    def _lines_to_ship(self, order: Tree, notice: ShipmentNotice) -> list[dict[str, object]]:
        left = {
            item["id"].text(): item["quantity"].whole() - item["detail"]["fulfilled_quantity"].whole(0)
            for item in order["items"].each()
        }
        wanted = {line.line_id: line.quantity for line in notice.lines} or left
        if any(quantity > left.get(line_id, 0) for line_id, quantity in wanted.items()):
            raise Refused(f"order {notice.order_id}: not so many units are left to ship")
        lines: list[dict[str, object]] = [
            {"id": line_id, "quantity": quantity} for line_id, quantity in wanted.items() if quantity
        ]
        if not lines:
            raise Refused(f"order {notice.order_id}: nothing is left to ship")
        return lines
