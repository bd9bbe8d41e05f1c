"""The adapter: rates in the companion's form, orders and shipments through django-oscar's models."""

import datetime as dt
from typing import ClassVar

from checkout_kit.adapter import (
    Capability,
    CompanionAdapter,
    PlatformOrder,
    PlatformPromise,
    ShipmentNotice,
    ShipmentReceipt,
    Steps,
    in_process,
)

from checkout_kit_oscar.settings import OscarSettings


class OscarAdapter(CompanionAdapter[OscarSettings]):
    """Runs inside the shop's Django process; a service elsewhere may answer its rates just as well."""

    name = "oscar"
    title = "django-oscar"
    capabilities = frozenset({Capability.RATES, Capability.ORDERS, Capability.PROMISES, Capability.SHIPMENTS})
    settings_type: ClassVar[type[OscarSettings]] = OscarSettings
    amounts = "major"
    in_process = True

    def get_order(self, order_id: str) -> Steps[PlatformOrder]:
        """One order by its number."""
        from checkout_kit_oscar.orders import get_order

        return in_process(lambda: get_order(order_id))

    def list_orders(self, updated_since: dt.datetime) -> Steps[tuple[PlatformOrder, ...]]:
        """Orders placed since: django-oscar keeps no time of change."""
        from checkout_kit_oscar.orders import list_orders

        return in_process(lambda: list_orders(updated_since))

    def write_promise(self, promise: PlatformPromise) -> Steps[None]:
        """Keeps the promise beside the order, once."""
        from checkout_kit_oscar.orders import write_promise

        return in_process(lambda: write_promise(promise))

    def write_shipment(self, notice: ShipmentNotice) -> Steps[ShipmentReceipt]:
        """A shipping event with the tracking in its notes, once per reference."""
        from checkout_kit_oscar.orders import write_shipment

        return in_process(lambda: write_shipment(notice))
