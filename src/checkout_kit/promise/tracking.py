"""Tracking events of one shipment, and what they add up to however late or doubled they come in."""

import datetime as dt
from collections.abc import Iterable
from typing import Literal

from attrs import field, frozen

from checkout_kit.errors import InputError

TrackingStatus = Literal[
    "handed_over",
    "in_transit",
    "customs_hold",
    "delayed",
    "out_for_delivery",
    "delivery_attempted",
    "delivered",
    "returned",
]

Cause = Literal[
    "late_handover",
    "early_handover",
    "customs_hold",
    "carrier_delay",
    "missed_delivery",
    "overdue",
    "out_for_delivery",
    "delivered",
    "returned",
]


def _aware(instance: "TrackingEvent", _attribute: object, at: dt.datetime) -> None:
    if at.utcoffset() is None:
        raise InputError.of("at", "a time without a zone", found=str(at), remedy="add its UTC offset")


@frozen(kw_only=True)
class TrackingEvent:
    """One scan: what happened to the parcel at an instant, by the carrier's clock.

    Raises:
        InputError: `at` is naive.
    """

    status: TrackingStatus
    at: dt.datetime = field(validator=_aware)
    place: str = ""


@frozen(kw_only=True)
class Tracking:
    """All events of a shipment in the order they happened, each once.

    >>> day = dt.datetime(2026, 2, 1, 10, tzinfo=dt.UTC)
    >>> delivered = TrackingEvent(status="delivered", at=day + dt.timedelta(days=2))
    >>> late_scan = TrackingEvent(status="in_transit", at=day + dt.timedelta(days=1))
    >>> Tracking.of([delivered, late_scan]).status
    'delivered'
    """

    events: tuple[TrackingEvent, ...] = ()

    @classmethod
    def of(cls, events: Iterable[TrackingEvent]) -> "Tracking":
        """The events sorted by when they happened; equal instants keep the order they came in."""
        return cls(events=tuple(sorted(dict.fromkeys(events), key=lambda event: event.at)))

    @property
    def delivered(self) -> TrackingEvent | None:
        """The first delivery; no other scan, whenever it happened or came in, undoes it."""
        return next((event for event in self.events if event.status == "delivered"), None)

    @property
    def last(self) -> TrackingEvent | None:
        """The delivery, else the latest event by the carrier's clock, else None."""
        return self.delivered or (self.events[-1] if self.events else None)

    @property
    def status(self) -> TrackingStatus | None:
        """Where the parcel stands; None before the first scan."""
        return self.last.status if self.last else None

    @property
    def handed_over(self) -> TrackingEvent | None:
        """The first event that shows the carrier had the parcel, whatever it was called."""
        return self.events[0] if self.events else None

    def holds(self, until: dt.datetime) -> tuple[tuple[TrackingEvent, dt.datetime], ...]:
        """Every stop (customs, delay) with the instant it ended: the next other scan, or `until`."""
        stops: list[tuple[TrackingEvent, dt.datetime]] = []
        held: TrackingEvent | None = None
        for event in self.events:
            if event.status in ("customs_hold", "delayed"):
                held = held or event
            elif held is not None:
                stops.append((held, event.at))
                held = None
        if held is not None:
            stops.append((held, max(until, held.at)))
        return tuple(stops)
