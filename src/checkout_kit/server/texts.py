"""Sentences of the page about days and changes; the promise's own words come from its room."""

import datetime as dt
from typing import Final

from checkout_kit.checkout import Change
from checkout_kit.money import Money
from checkout_kit.promise import DeliveryPromise
from checkout_kit.promise.text import days_text, promise_text
from checkout_kit.promise.timeline import step_text, timeline
from checkout_kit.server.page_values import TimelineRow

_CAUSES: Final = {
    "cart": "because the cart has changed",
    "address": "because the address has changed",
    "discount_codes": "because of the discount code",
    "policy": "because the shop has changed its delivery",
    "time": "because time has passed",
}


def arrives(promise: DeliveryPromise, now: dt.datetime, zone: dt.tzinfo, locale: str) -> str:
    """When it arrives, as the card of an option says it: `arrives Tue, 24 Nov`."""
    return promise_text(promise, now, zone, locale)


def timeline_rows(
    promise: DeliveryPromise,
    placed_at: dt.datetime | None,
    now: dt.datetime,
    zone: dt.tzinfo,
    locale: str,
) -> tuple[TimelineRow, ...]:
    """The order's way from here to the door; the cut-off is left out once the order is placed."""
    steps = timeline(promise, now, ship_from_tz=zone, destination_tz=zone, placed_at=placed_at)
    rows = []
    for step in steps:
        if step.kind == "cutoff" and placed_at is not None:
            continue
        title, when = step_text(step, now, zone, locale)
        rows.append(TimelineRow(title=title, when=capitalised(when), state=step.state))
    return tuple(rows)


def change_sentence(change: Change, currency: str, today: dt.date, locale: str) -> str:
    """What happened to the chosen delivery, with the old and the new value and the cause."""
    why = _CAUSES.get(change.cause, "")
    why = f", {why}" if why else ""
    if change.kind == "price" and change.old_price is not None and change.new_price is not None:
        old, new = (Money(price, currency).format(locale) for price in (change.old_price, change.new_price))
        return f"{change.title} now costs {new} instead of {old}{why}."
    if change.kind == "date" and change.new_latest is not None and change.old_latest is not None:
        old, new = (days_text(day, day, today, locale) for day in (change.old_latest, change.new_latest))
        return f"{change.title} now arrives {new} instead of {old}{why}."
    if change.kind == "date":
        return f"The delivery date of {change.title} has changed{why}."
    if change.kind == "option_unavailable":
        return f"{change.title} is no longer offered{why}. {change.detail}".strip()
    if change.kind == "option_restored":
        return f"{change.title} is offered again and chosen for you, as you had asked."
    return f"{change.title} is chosen now: what was chosen before is no longer offered{why}."


def capitalised(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """The text as a sentence: a capital at its start, a full stop at its end; nothing stays nothing."""
    text = text.strip()
    return capitalised(text) + ("" if not text or text[-1] in ".!?" else ".")
