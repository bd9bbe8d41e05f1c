"""What adapters and the core tell each other beside quotes: outcomes, orders, shipments and events."""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen

from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping import Quote


@frozen(kw_only=True)
class Options:
    """There are options; the answer may be kept for `fresh_s` seconds, never past a cut-off it depends on."""

    quote: Quote
    fresh_s: int = 0


@frozen(kw_only=True)
class NoOptions:
    """A definite none: this cart cannot be shipped there. `reason` is a stable code without personal data."""

    reason: str
    fresh_s: int = 0


@frozen(kw_only=True)
class RatesUnavailable:
    """We cannot say: the platform should show its fallback rates and must not conclude "cannot ship"."""

    reason: str = "unavailable"


RateOutcome = Options | NoOptions | RatesUnavailable


@frozen(kw_only=True)
class PlatformLine:
    """One line of a platform's order; `line_id` is the platform's id, which shipments refer to."""

    line_id: str
    sku: str
    quantity: int


@frozen(kw_only=True)
class PlatformOrder:
    """An order as the platform knows it.

    `option_id` is the id of the shipping option chosen; `promised_on` the promised latest day as far as the
    platform still shows it. `total` is in minor units of `currency`.
    """

    id: str
    currency: str
    total: int
    lines: tuple[PlatformLine, ...] = ()
    number: str = ""
    option_id: str = ""
    promised_on: dt.date | None = None
    is_canceled: bool = False


@frozen(kw_only=True)
class PlatformPromise:
    """A promise to be written onto a platform's order: the option chosen, its title and its dates."""

    order_id: str
    option_id: str
    title: str
    promise: DeliveryPromise


@frozen(kw_only=True)
class ShippedLine:
    """How many units of one order line are in a shipment."""

    line_id: str
    quantity: int


@frozen(kw_only=True)
class ShipmentNotice:
    """A parcel on its way, to be written to the platform; no lines means everything not yet shipped.

    `reference` is our id of the shipment: writing the same one twice changes nothing.
    """

    order_id: str
    reference: str
    tracking_number: str
    carrier: str = ""
    tracking_url: str = ""
    lines: tuple[ShippedLine, ...] = ()
    notify_buyer: bool = True


@frozen(kw_only=True)
class ShipmentReceipt:
    """The platform's id for a shipment written; `is_repeat` when it was there already."""

    id: str
    is_repeat: bool = False


def _read_only(value: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(value))


@frozen(kw_only=True)
class WebhookEvent:
    """Something a platform reports.

    Attributes:
        id: the platform's id of the event; the same id again is the same event.
        kind: one of EVENT_KINDS.
        subject_id: the platform's id of what the event is about.
        shop: the platform's name of the shop.
        facts: further plain facts, named by the adapter; never addresses.
    """

    id: str
    kind: str
    subject_id: str
    shop: str = ""
    occurred_at: dt.datetime | None = None
    facts: Mapping[str, str] = field(factory=dict, converter=_read_only, hash=False)


def event_instant(text: str) -> dt.datetime | None:
    """When something happened as a platform writes it, UTC without a zone; None for what is no instant.

    >>> str(event_instant("2026-11-23T10:00:00")), event_instant("soon")
    ('2026-11-23 10:00:00+00:00', None)
    """
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


EVENT_KINDS = (
    "order_placed",
    "order_updated",
    "order_canceled",
    "cart_changed",
    "shipment_changed",
    "uninstalled",
    "other",
)
"""Every kind a WebhookEvent may have."""
