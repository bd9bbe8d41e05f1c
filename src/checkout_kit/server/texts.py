"""Sentences of the page about days and changes; the promise's own words come from its room."""

import datetime as dt

from checkout_kit.checkout import Change, SlotPlace
from checkout_kit.promise import DeliveryPromise
from checkout_kit.promise.text import days_text, promise_text, words_of
from checkout_kit.promise.timeline import step_text, timeline
from checkout_kit.server.page_values import TimelineRow
from checkout_kit.server.reading import Reading
from checkout_kit.server.words import SOURCE_LANGUAGE
from checkout_kit.shipping.slots import Slot

_CAUSES = frozenset({"cart", "address", "customer", "discount_codes", "policy", "pickup_point", "time"})


def arrives(promise: DeliveryPromise, reading: Reading) -> str:
    """When it arrives, as the card of an option says it: `arrives Tue, 24 Nov`."""
    return promise_text(promise, reading.now, reading.zone, reading.locale)


def slot_text(slot: Slot | SlotPlace, reading: Reading) -> str:
    """When a slot is, by the clocks at the destination: `Mon, 23 Nov, 18:00–21:00`."""
    day = slot.starts_at.date()
    from babel.dates import format_time

    spoken = words_of(reading.locale)[1]
    locale = "en_GB" if str(spoken) == "en" else spoken
    starts, ends = (format_time(at.time(), "short", locale=locale) for at in (slot.starts_at, slot.ends_at))
    today = reading.now.astimezone(slot.starts_at.tzinfo).date()
    return f"{days_text(day, day, today, reading.locale)}, {starts}–{ends}"


def arrives_in_slot(slot: SlotPlace, reading: Reading) -> str:
    """When it arrives, in the slot that was picked."""
    return words_of(reading.locale)[0].arrives.format(when=slot_text(slot, reading))


def timeline_rows(
    promise: DeliveryPromise, placed_at: dt.datetime | None, reading: Reading
) -> tuple[TimelineRow, ...]:
    """The order's way from here to the door; the cut-off is left out once the order is placed."""
    steps = timeline(
        promise, reading.now, ship_from_tz=reading.zone, destination_tz=reading.zone, placed_at=placed_at
    )
    rows = []
    for step in steps:
        if step.kind == "cutoff" and placed_at is not None:
            continue
        title, when = step_text(step, reading.now, reading.zone, reading.locale)
        rows.append(TimelineRow(title=title, when=capitalised(when), state=step.state))
    return tuple(rows)


def change_sentence(change: Change, currency: str, reading: Reading) -> str:
    """What happened to the chosen delivery, with the old and the new value and the cause."""
    t, option = reading.words, change.title
    why = t(f"why_{change.cause}") if change.cause in _CAUSES else ""
    if change.kind == "price" and change.old_price is not None and change.new_price is not None:
        old, new = (reading.money(price, currency) for price in (change.old_price, change.new_price))
        return t("price_now", option=option, new=new, old=old, why=why)
    if change.kind == "date" and change.new_latest is not None and change.old_latest is not None:
        days = (change.old_latest, change.new_latest)
        old, new = (days_text(day, day, reading.today, reading.locale) for day in days)
        return t("date_now", option=option, new=new, old=old, why=why)
    if change.kind == "date":
        return t("date_changed", option=option, why=why)
    if change.kind == "option_unavailable":
        # Why it is gone is said in English alone; the list of what is not available has it in short.
        detail = change.detail if t.language == SOURCE_LANGUAGE else ""
        return f"{t('no_longer', option=option, why=why)} {detail}".strip()
    if change.kind == "slot_unavailable":
        return t("slot_gone", option=option)
    return t("offered_again" if change.kind == "option_restored" else "replaced", option=option, why=why)


def capitalised(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """The text as a sentence: a capital at its start, a full stop at its end; nothing stays nothing."""
    text = text.strip()
    return capitalised(text) + ("" if not text or text[-1] in ".!?" else ".")
