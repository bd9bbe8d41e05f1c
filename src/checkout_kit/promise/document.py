"""The promise as plain JSON values, the same everywhere one is written out."""

import datetime as dt

from checkout_kit.promise.value import DeliveryPromise

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def named_day(day: dt.date) -> str:
    """A date with its English weekday, for logs and reports: `Fri 2027-03-05`."""
    return f"{_WEEKDAYS[day.weekday()]} {day.isoformat()}"


def promise_document(promise: DeliveryPromise) -> dict[str, object]:
    """The promise's dates and its cut-off in ISO 8601; what it does not have is left out."""
    document: dict[str, object] = {
        "ships_earliest": promise.ships_earliest.isoformat(),
        "ships_on": promise.ships_on.isoformat(),
        "earliest": promise.earliest.isoformat(),
        "latest": promise.latest.isoformat(),
    }
    if promise.order_by is not None:
        document["order_by"] = promise.order_by.isoformat()
    if promise.confidence is not None:
        document["confidence"] = promise.confidence
    return document
