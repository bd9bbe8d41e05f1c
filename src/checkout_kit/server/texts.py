"""Sentences of the page about days and changes; dates and amounts are Babel's."""

import datetime as dt

from checkout_kit.checkout import Change
from checkout_kit.money import Money
from checkout_kit.promise import DeliveryPromise
from checkout_kit.server.page_values import TimelineRow

_CAUSES = {
    "cart": "because the cart has changed",
    "address": "because the address has changed",
    "discount_codes": "because of the discount code",
    "policy": "because the shop has changed its delivery",
    "time": "because time has passed",
}


def day(date: dt.date, locale: str) -> str:
    """A day as shoppers say it: weekday, day and month."""
    from babel.dates import format_skeleton

    return format_skeleton("MMMEd", date, locale=locale)


def arrives(promise: DeliveryPromise, now: dt.datetime, zone: dt.tzinfo, locale: str) -> str:
    """`arrives Tue, 24 Nov`."""
    return f"arrives {day(promise.latest, locale)}"


def time_left(left: dt.timedelta) -> str:
    """A countdown's text, to the minute.

    >>> time_left(dt.timedelta(hours=2, minutes=14, seconds=30)), time_left(dt.timedelta(days=1, hours=3))
    ('2 h 14 min', '1 d 3 h')
    """
    minutes = int(left.total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    if hours >= 24:
        return f"{hours // 24} d {hours % 24} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def change_sentence(change: Change, currency: str, locale: str) -> str:
    """What happened to the chosen delivery, with the old and the new value and the cause."""
    why = _CAUSES.get(change.cause, "")
    why = f", {why}" if why else ""
    if change.kind == "price" and change.old_price is not None and change.new_price is not None:
        old, new = (Money(price, currency).format(locale) for price in (change.old_price, change.new_price))
        return f"{change.title} now costs {new} instead of {old}{why}."
    if change.kind == "date":
        new_day = day(change.new_latest, locale) if change.new_latest else "on an unknown day"
        old_day = f" instead of {day(change.old_latest, locale)}" if change.old_latest else ""
        return f"{change.title} now arrives {new_day}{old_day}{why}."
    if change.kind == "option_unavailable":
        return f"{change.title} is no longer offered{why}. {change.detail}".strip()
    if change.kind == "option_restored":
        return f"{change.title} is offered again and chosen for you, as you had asked."
    return f"{change.title} is chosen now: what was chosen before is no longer offered{why}."


def timeline_rows(
    promise: DeliveryPromise, placed_at: dt.datetime | None, now: dt.datetime, zone: dt.tzinfo, locale: str
) -> tuple[TimelineRow, ...]:
    """The order's way from here to the door."""
    return (
        TimelineRow(title="Order placed", when="Today", state="current"),
        TimelineRow(title="Leaves us", when=day(promise.ships_on, locale), state="upcoming"),
        TimelineRow(title="Arrives", when=day(promise.latest, locale), state="upcoming"),
    )
