"""Delivery and collection slots: a wall-time window at the destination, its own cut-off, limited room."""

import datetime as dt
from collections.abc import Mapping

from attrs import field, frozen

from checkout_kit.calendars import load_zone, seconds_of_day, wall_instant
from checkout_kit.errors import Fault, InputError
from checkout_kit.promise import DeliveryPromise

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NOTHING_TAKEN: Mapping[str, int] = {}


@frozen(kw_only=True)
class SlotWindow:
    """A window that recurs on some weekdays (ISO, 1 = Monday), with room for `capacity` orders each time.

    `starts` and `ends` are wall times of the schedule's zone. The cut-off is the wall time `cutoff`,
    `cutoff_days_before` days before the slot's day; without one it is `lead_minutes` before the slot starts.
    """

    weekdays: tuple[int, ...]
    starts: str
    ends: str
    capacity: int
    cutoff: str = ""
    cutoff_days_before: int = 0
    lead_minutes: int = 0


@frozen(kw_only=True)
class SlotSchedule:
    """All windows of one kind of slot, such as a van's round or a shop's collection desk.

    Raises:
        InputError: every window that cannot be used, with its path.
    """

    id: str
    timezone: str
    windows: tuple[SlotWindow, ...]
    holidays: tuple[dt.date, ...] = ()
    days_ahead: int = field(default=7)

    def __attrs_post_init__(self) -> None:
        faults = list(_schedule_faults(self))
        if faults:
            raise InputError(faults)


@frozen(kw_only=True)
class Slot:
    """One window on one day; `reason` is why it is not offered, empty when it is.

    Reasons: `cutoff_passed`, `full`, `too_early` (the goods are not there yet).
    """

    id: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    order_by: dt.datetime
    capacity: int
    left: int
    reason: str = ""

    @property
    def is_offered(self) -> bool:
        """Whether it can be chosen."""
        return not self.reason

    @property
    def promise(self) -> DeliveryPromise:
        """The slot's own day, promised while its cut-off has not passed."""
        day = self.starts_at.date()
        return DeliveryPromise(
            earliest=day, latest=day, ships_earliest=day, ships_on=day, order_by=self.order_by
        )


def slot_day(slot_id: str) -> dt.date | None:
    """The day in a slot's id; None for an id that no schedule made.

    >>> slot_day("evening@2026-11-24T18:00")
    datetime.date(2026, 11, 24)
    """
    try:
        return dt.datetime.strptime(slot_id.rpartition("@")[2], "%Y-%m-%dT%H:%M").date()  # noqa: DTZ007
    except ValueError:
        return None


def list_slots(
    schedule: SlotSchedule,
    now: dt.datetime,
    *,
    taken: Mapping[str, int] = _NOTHING_TAKEN,
    not_before: dt.date | None = None,
) -> tuple[Slot, ...]:
    """Every slot that starts after `now` in the days ahead, in order, offered or with a reason.

    `taken` is how many places each slot id has given away; `not_before` is the first day the goods can be
    there. All instants have the fixed offset of the schedule's zone at that instant, safe to compare.
    A slot is offered only strictly before its cut-off.

    Raises:
        InputError: `now` is naive.
    """
    if now.tzinfo is None or now.utcoffset() is None:
        raise InputError.of("now", "has no time zone", found=str(now), remedy="add an offset such as +00:00")
    zone = load_zone(schedule.timezone, path="timezone")
    today = now.astimezone(zone).date()
    slots: list[Slot] = []
    for ahead in range(schedule.days_ahead + 1):
        day = today + dt.timedelta(days=ahead)
        if day in schedule.holidays:
            continue
        for window in schedule.windows:
            if day.isoweekday() in window.weekdays:
                slot = _slot(schedule, window, day)
                if now < slot.starts_at:
                    slots.append(_judged(slot, now, taken.get(slot.id, 0), not_before))
    return tuple(sorted(slots, key=lambda slot: (slot.starts_at, slot.id)))


def _judged(slot: Slot, now: dt.datetime, taken: int, not_before: dt.date | None) -> Slot:
    left = max(0, slot.capacity - taken)
    reason = ""
    if now >= slot.order_by:
        reason = "cutoff_passed"
    elif not_before is not None and slot.starts_at.date() < not_before:
        reason = "too_early"
    elif left == 0:
        reason = "full"
    return Slot(
        id=slot.id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        order_by=slot.order_by,
        capacity=slot.capacity,
        left=left,
        reason=reason,
    )


def _slot(schedule: SlotSchedule, window: SlotWindow, day: dt.date) -> Slot:
    zone = load_zone(schedule.timezone, path="timezone")

    def at(date: dt.date, wall: str) -> dt.datetime:
        instant = _EPOCH + wall_instant(date.toordinal(), seconds_of_day(wall), zone)
        return instant.astimezone(dt.timezone(instant.astimezone(zone).utcoffset() or dt.timedelta()))

    starts_at = at(day, window.starts)
    if window.cutoff:
        order_by = at(day - dt.timedelta(days=window.cutoff_days_before), window.cutoff)
    else:
        order_by = starts_at - dt.timedelta(minutes=window.lead_minutes)
    return Slot(
        id=f"{schedule.id}@{day.isoformat()}T{window.starts}",
        starts_at=starts_at,
        ends_at=at(day, window.ends),
        order_by=order_by,
        capacity=window.capacity,
        left=window.capacity,
    )


def _schedule_faults(schedule: SlotSchedule) -> list[Fault]:
    faults: list[Fault] = []
    try:
        load_zone(schedule.timezone, path="timezone")
    except InputError as error:
        faults += error.faults
    if not 0 <= schedule.days_ahead <= 366:
        faults.append(Fault("days_ahead", "must lie between 0 and 366", repr(schedule.days_ahead)))
    if not schedule.windows:
        faults.append(Fault("windows", "is empty", "()", "add a window, or remove the schedule"))
    seen: dict[tuple[int, str], int] = {}
    for i, window in enumerate(schedule.windows):
        at = f"windows[{i}]"
        faults += _window_faults(window, at)
        for weekday in window.weekdays:
            first = seen.setdefault((weekday, window.starts), i)
            if first != i:
                message = f"starts at the same time of a weekday as windows[{first}]"
                faults.append(Fault(f"{at}.starts", message, repr(window.starts), "merge the two"))
                break
    return faults


def _window_faults(window: SlotWindow, at: str) -> list[Fault]:
    faults: list[Fault] = []
    times: dict[str, int] = {}
    for name in ("starts", "ends", "cutoff"):
        text = getattr(window, name)
        if name == "cutoff" and not text:
            continue
        try:
            times[name] = seconds_of_day(text, path=f"{at}.{name}")
        except InputError as error:
            faults += error.faults
    if not window.weekdays or any(not 1 <= day <= 7 for day in window.weekdays):
        faults.append(
            Fault(f"{at}.weekdays", "not ISO weekdays", repr(window.weekdays), "1 = Monday ... 7 = Sunday")
        )
    if "starts" in times and "ends" in times and times["ends"] <= times["starts"]:
        faults.append(
            Fault(f"{at}.ends", "not after the start", repr(window.ends), "end it later the same day")
        )
    for name in ("capacity", "cutoff_days_before", "lead_minutes"):
        if getattr(window, name) < 0:
            faults.append(Fault(f"{at}.{name}", "must not be negative", repr(getattr(window, name))))
    is_same_day = window.cutoff and window.cutoff_days_before == 0
    if is_same_day and times.get("cutoff", 0) > times.get("starts", 86400):
        faults.append(
            Fault(
                f"{at}.cutoff",
                "after the slot has started",
                repr(window.cutoff),
                "set it at or before the start",
            )
        )
    if window.cutoff and window.lead_minutes:
        faults.append(
            Fault(f"{at}.lead_minutes", "given beside a cut-off", repr(window.lead_minutes), "keep one")
        )
    return faults
