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

from checkout_kit_medusa import rest, shipments


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
        named = {"order_id": promise.order_id, "option_id": promise.option_id, "title": promise.title}
        form = {**named, **promise_form(promise.promise)}
        metadata = {**(kept if isinstance(kept, dict) else {}), "checkout_kit": form}
        response = yield self._admin(rest.order_path(promise.order_id), {"metadata": metadata})
        rest.accepted(response, "order")

    def write_shipment(self, notice: ShipmentNotice) -> Steps[ShipmentReceipt]:
        """A fulfilment for each shipping profile, with its tracking as shipment; one begun is finished."""
        order = yield from self._order(notice.order_id, shipments.FIELDS)
        made = shipments.made_before(order, notice)
        is_repeat = bool(made)
        for fulfilment in made:
            if not shipments.carries(fulfilment, notice.tracking_number):
                is_repeat = False
                yield from self._ship(notice, fulfilment["id"].text(), shipments.lines_of(fulfilment))
        parcels = shipments.parcels_to_make(order, notice, made)
        first = made[0]["id"].text() if made else ""
        known = {fulfilment["id"].text() for fulfilment in order["fulfillments"].each()}
        for parcel in parcels:
            is_repeat = False
            document = parcel.document(
                notice, parts=len(made) + len(parcels), location=self.settings.location
            )
            path = f"{rest.order_path(notice.order_id)}/fulfillments"
            reply = rest.accepted((yield self._admin(path, document, fields="*fulfillments")), "fulfilment")
            found = {fulfilment["id"].text() for fulfilment in reply["order"]["fulfillments"].each()} - known
            if not found:
                raise Refused(f"order {notice.order_id}: Medusa made no fulfilment")
            fulfilment_id = min(found)
            known |= found
            yield from self._ship(notice, fulfilment_id, parcel.lines)
            first = first or fulfilment_id
        return ShipmentReceipt(id=first, is_repeat=is_repeat)

    def _ship(self, notice: ShipmentNotice, fulfilment_id: str, lines: shipments.Lines) -> Steps[None]:
        label = {
            "tracking_number": notice.tracking_number,
            "tracking_url": notice.tracking_url,
            "label_url": "",
        }
        shipment = {"items": lines, "labels": [label], "no_notification": not notice.notify_buyer}
        path = f"{rest.order_path(notice.order_id)}/fulfillments/{fulfilment_id}/shipments"
        rest.accepted((yield self._admin(path, shipment)), "shipment")

    def _admin(self, path: str, document: object = None, **query: str | int) -> HttpRequest:
        key = self.settings.api_key.reveal()
        return rest.admin(self.settings.api_url, path, key, document=document, **query)

    def _order(self, order_id: str, fields: str) -> Steps[Tree]:
        response = yield self._admin(rest.order_path(order_id), fields=fields)
        return rest.accepted(response, "order")["order"]
