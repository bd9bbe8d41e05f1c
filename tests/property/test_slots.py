"""Slots against a minute-by-minute reading of the merchant's words, clock changes included."""

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from checkout_kit.shipping.slots import SlotBook, SlotSchedule, SlotWindow, list_slots

ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]
CLOCKS = [f"{hour:02}:{minute}" for hour in range(24) for minute in ("00", "30")]


@st.composite
def schedules(draw):
    """One window per weekday set, with a cut-off the same day, the day before or a lead time."""
    start = draw(st.integers(2, 44))
    kind = draw(st.sampled_from(("same day", "day before", "lead")))
    window = SlotWindow(
        weekdays=tuple(sorted(draw(st.sets(st.integers(1, 7), min_size=1)))),
        starts=CLOCKS[start],
        ends=CLOCKS[draw(st.integers(start + 1, 47))],
        capacity=draw(st.integers(0, 3)),
        cutoff="" if kind == "lead" else CLOCKS[draw(st.integers(0, start if kind == "same day" else 47))],
        cutoff_days_before=int(kind == "day before"),
        lead_minutes=draw(st.integers(0, 600)) if kind == "lead" else 0,
    )
    return SlotSchedule(
        id="s",
        timezone=draw(st.sampled_from(ZONES)),
        windows=(window,),
        days_ahead=draw(st.integers(0, 6)),
        holidays=tuple(draw(st.sets(st.dates(dt.date(2027, 3, 12), dt.date(2027, 3, 16)), max_size=2))),
    )


nows = st.datetimes(
    dt.datetime(2027, 3, 10), dt.datetime(2027, 3, 30), timezones=st.just(dt.UTC)
) | st.datetimes(dt.datetime(2026, 10, 20), dt.datetime(2026, 11, 5), timezones=st.just(dt.UTC))


def instant(day, clock, zone):
    """The first instant at which the clock of the zone shows the time on that day, found by walking.

    A time that is skipped is reckoned with the offset before the gap.
    """
    local = dt.datetime.combine(day, dt.time.fromisoformat(clock))
    at = local.replace(tzinfo=dt.UTC) - dt.timedelta(hours=16)
    while at.astimezone(zone).replace(tzinfo=None) < local:
        at += dt.timedelta(minutes=1)
    if at.astimezone(zone).replace(tzinfo=None) > local:
        return local.replace(tzinfo=dt.UTC) - (at - dt.timedelta(minutes=1)).astimezone(zone).utcoffset()
    return at


@given(schedule=schedules(), now=nows, taken=st.integers(0, 3))
def test_slots_are_what_the_words_say(schedule, now, taken):
    """Every window of an open day that has not begun is listed, and offered before its cut-off with room."""
    zone = ZoneInfo(schedule.timezone)
    (window,) = schedule.windows
    expected = []
    today = now.astimezone(zone).date()
    for ahead in range(schedule.days_ahead + 1):
        day = today + dt.timedelta(days=ahead)
        starts = instant(day, window.starts, zone)
        if day in schedule.holidays or day.isoweekday() not in window.weekdays or starts <= now:
            continue
        order_by = starts - dt.timedelta(minutes=window.lead_minutes)
        if window.cutoff:
            before = day - dt.timedelta(days=window.cutoff_days_before)
            order_by = instant(before, window.cutoff, zone)
        left = max(0, window.capacity - taken)
        reason = "cutoff_passed" if now >= order_by else "" if left else "full"
        expected.append((f"s@{day}T{window.starts}", left, reason))
    counts = {slot_id: taken for slot_id, _, _ in expected}
    found = list_slots(schedule, now, taken=counts)
    assert [(slot.id, slot.left, slot.reason) for slot in found] == expected


@given(
    capacity=st.integers(0, 5),
    calls=st.lists(
        st.tuples(
            st.sampled_from(("hold", "confirm", "release", "wait")), st.sampled_from("abc"), st.integers(1, 3)
        ),
        max_size=25,
    ),
)
def test_a_book_never_gives_more_than_it_has(capacity, calls):
    """Whatever is called, places taken never exceed the capacity, and confirmed ones stay."""
    now = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    book, confirmed = SlotBook(capacity=capacity), set()
    for call, who, units in calls:
        if call == "wait":
            now += dt.timedelta(minutes=4 * units)
        elif call == "release":
            book, confirmed = book.release(who), confirmed - {who}
        else:
            found = (
                book.hold(who, now=now, ttl=dt.timedelta(minutes=10), units=units)
                if call == "hold"
                else book.confirm(who, now=now, units=units)
            )
            if found is not None:
                book = found
                confirmed |= {who} if call == "confirm" else set()
        assert book.taken(now) <= capacity
        assert confirmed <= {hold.id for hold in book.holds if hold.is_live(now)}
