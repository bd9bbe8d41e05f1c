"""The way of an order as the shopper sees it: ordered, cut-off, ships, in transit, delivered."""

import datetime as dt
from collections.abc import Iterable
from typing import Literal

from attrs import frozen

from checkout_kit.promise.text import days_text, words_of
from checkout_kit.promise.tracking import Tracking, TrackingEvent
from checkout_kit.promise.value import DeliveryPromise

StepKind = Literal["ordered", "cutoff", "ships", "in_transit", "delivered"]
StepState = Literal["done", "current", "upcoming", "late"]
_KINDS: tuple[StepKind, ...] = ("ordered", "cutoff", "ships", "in_transit", "delivered")


@frozen(kw_only=True)
class TimelineStep:
    """One step: the days it is planned for or was done on, and the instant where one is known."""

    kind: StepKind
    state: StepState
    first_day: dt.date
    last_day: dt.date
    at: dt.datetime | None = None


def timeline(
    promise: DeliveryPromise,
    now: dt.datetime,
    *,
    ship_from_tz: dt.tzinfo,
    destination_tz: dt.tzinfo,
    placed_at: dt.datetime | None = None,
    events: Iterable[TrackingEvent] | None = None,
) -> tuple[TimelineStep, ...]:
    """The steps of a promise at `now`; `placed_at` is None while the order is only being considered.

    Without `events` (None) nothing is known of the parcel and the plan is taken for true, except that it is
    never said to be delivered. With events, even none yet, a step that should be done and is not is late.
    """
    tracking = None if events is None else Tracking.of(event for event in events if event.at <= now)
    today = now.astimezone(destination_tz).date()
    ordered_at = placed_at or now
    day = ordered_at.astimezone(ship_from_tz).date()
    is_placed = placed_at is not None
    steps = [_step("ordered", "done" if is_placed else "current", day, day, placed_at)]
    if promise.order_by is not None:
        cutoff_day = promise.order_by.date()
        is_over = is_placed or promise.order_by < now
        steps.append(
            _step("cutoff", "done" if is_over else "upcoming", cutoff_day, cutoff_day, promise.order_by)
        )
    return (
        *steps,
        _ships(promise, now.astimezone(ship_from_tz).date(), ship_from_tz, is_placed, tracking),
        _in_transit(promise, today, is_placed, tracking),
        _delivered(promise, today, destination_tz, is_placed, tracking),
    )


def timeline_document(steps: Iterable[TimelineStep]) -> list[dict[str, str]]:
    """The steps as plain JSON values, dates and instants in ISO 8601."""
    return [
        {
            "kind": step.kind,
            "state": step.state,
            "first_day": step.first_day.isoformat(),
            "last_day": step.last_day.isoformat(),
            **({"at": step.at.isoformat()} if step.at else {}),
        }
        for step in steps
    ]


def step_text(step: TimelineStep, now: dt.datetime, tz: dt.tzinfo, locale: str = "en") -> tuple[str, str]:
    """A step's title and its days, in the reader's language and zone.

    >>> from zoneinfo import ZoneInfo
    >>> day = dt.date(2026, 11, 24)
    >>> step = TimelineStep(kind="ships", state="upcoming", first_day=day, last_day=day)
    >>> step_text(step, dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC), ZoneInfo("Europe/Rome"), "it")
    ('Spedizione', 'domani')
    """
    words, spoken = words_of(locale)
    title = words.steps[_KINDS.index(step.kind)]
    today = now.astimezone(tz).date()
    if step.at is None or step.kind == "delivered":
        return title, days_text(step.first_day, step.last_day, today, locale)
    from babel.dates import format_time

    local = step.at.astimezone(tz)
    clock = format_time(local.time(), "short", locale="en_GB" if str(spoken) == "en" else spoken)
    return title, f"{days_text(local.date(), local.date(), today, locale)}, {clock}"


def _step(
    kind: StepKind, state: StepState, first: dt.date, last: dt.date, at: dt.datetime | None = None
) -> TimelineStep:
    return TimelineStep(kind=kind, state=state, first_day=first, last_day=last, at=at)


def _ships(
    promise: DeliveryPromise, today: dt.date, tz: dt.tzinfo, is_placed: bool, tracking: Tracking | None
) -> TimelineStep:
    first, last = promise.ships_earliest, promise.ships_on
    if not is_placed:
        return _step("ships", "upcoming", first, last)
    if tracking is None:
        return _step("ships", _by_plan(first, last, today), first, last)
    if tracking.handed_over is not None:
        at = tracking.handed_over.at
        return _step("ships", "done", at.astimezone(tz).date(), at.astimezone(tz).date(), at)
    if today > last:
        return _step("ships", "late", first, last)
    return _step("ships", "current" if today >= first else "upcoming", first, last)


def _in_transit(
    promise: DeliveryPromise, today: dt.date, is_placed: bool, tracking: Tracking | None
) -> TimelineStep:
    first, last = promise.ships_on, promise.latest
    state: StepState = "upcoming"
    if is_placed and tracking is None:
        state = "current" if today > first else "upcoming"
    elif is_placed and tracking is not None and tracking.handed_over is not None:
        state = "done" if tracking.status in ("out_for_delivery", "delivered") else "current"
    return _step("in_transit", state, first, max(first, last))


def _delivered(
    promise: DeliveryPromise, today: dt.date, tz: dt.tzinfo, is_placed: bool, tracking: Tracking | None
) -> TimelineStep:
    first, last = promise.earliest, promise.latest
    if not is_placed:
        return _step("delivered", "upcoming", first, last)
    if tracking is not None and tracking.delivered is not None:
        at = tracking.delivered.at
        return _step("delivered", "done", at.astimezone(tz).date(), at.astimezone(tz).date(), at)
    if tracking is not None and today > last:
        return _step("delivered", "late", first, last)
    is_near = today >= first if tracking is None else tracking.status == "out_for_delivery"
    return _step("delivered", "current" if is_near else "upcoming", first, last)


def _by_plan(first: dt.date, last: dt.date, today: dt.date) -> StepState:
    if today > last:
        return "done"
    return "current" if today >= first else "upcoming"
