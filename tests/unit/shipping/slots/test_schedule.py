"""Which slots are offered when: windows, cut-offs, room, holidays and nights the clock changes."""

import datetime as dt

import pytest

from checkout_kit.errors import InputError
from checkout_kit.shipping.slots import SlotSchedule, SlotWindow, list_slots


def at(text):
    """An instant with its offset."""
    return dt.datetime.fromisoformat(text)


def schedule(*windows, tz="America/Los_Angeles", **more):
    """A schedule of the given windows."""
    return SlotSchedule(id="van", timezone=tz, windows=windows, **more)


EVENING = SlotWindow(weekdays=(1, 2, 3, 4, 5), starts="18:00", ends="21:00", capacity=2, cutoff="16:00")


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ("2021-07-09T15:59:59-07:00", ""),
        ("2021-07-09T16:00:00-07:00", "cutoff_passed"),
        ("2021-07-09T16:15:00-07:00", "cutoff_passed"),
        ("2021-07-09T23:15:00+00:00", "cutoff_passed"),
    ],
)
def test_a_slot_is_offered_strictly_before_its_cutoff(now, reason):
    """The cut-off is an instant of the schedule's zone, whatever offset the question comes in."""
    first = list_slots(schedule(EVENING), at(now))[0]
    assert (first.id, first.reason) == ("van@2021-07-09T18:00", reason)
    assert first.starts_at.isoformat() == "2021-07-09T18:00:00-07:00"


def test_a_started_slot_is_no_longer_listed():
    """At its start a slot is gone; the next one is a working day later."""
    slots = list_slots(schedule(EVENING), at("2021-07-09T18:00:00-07:00"))
    assert slots[0].id == "van@2021-07-12T18:00"


def test_a_cutoff_may_lie_on_an_earlier_day():
    """Order by 20:00 two days before."""
    window = SlotWindow(
        weekdays=(1,), starts="08:00", ends="12:00", capacity=1, cutoff="20:00", cutoff_days_before=2
    )
    slot = list_slots(schedule(window), at("2026-11-21T12:00:00-08:00"))[0]
    assert slot.order_by.isoformat() == "2026-11-21T20:00:00-08:00"


def test_a_lead_time_counts_back_from_the_start():
    """Ninety minutes before the start is the last moment."""
    window = SlotWindow(weekdays=(1,), starts="10:00", ends="11:00", capacity=1, lead_minutes=90)
    slot = list_slots(schedule(window), at("2026-11-22T12:00:00-08:00"))[0]
    assert slot.order_by.isoformat() == "2026-11-23T08:30:00-08:00"


def test_a_full_slot_stays_in_the_list_with_its_reason():
    """Places taken reduce what is left; none left is `full`, more than there is never below zero."""
    now = at("2026-11-23T09:00:00-08:00")
    taken = {"van@2026-11-23T18:00": 1, "van@2026-11-24T18:00": 2, "van@2026-11-25T18:00": 9}
    slots = list_slots(schedule(EVENING, days_ahead=2), now, taken=taken)
    assert [(s.left, s.reason, s.is_offered) for s in slots] == [
        (1, "", True),
        (0, "full", False),
        (0, "full", False),
    ]


def test_goods_that_come_later_make_slots_too_early():
    """Slots before the goods are there are listed with that reason."""
    slots = list_slots(
        schedule(EVENING, days_ahead=1), at("2026-11-23T09:00:00-08:00"), not_before=dt.date(2026, 11, 24)
    )
    assert [s.reason for s in slots] == ["too_early", ""]


def test_holidays_have_no_slots():
    """A day off is left out."""
    closed = schedule(EVENING, days_ahead=1, holidays=(dt.date(2026, 11, 24),))
    assert [s.id for s in list_slots(closed, at("2026-11-23T09:00:00-08:00"))] == ["van@2026-11-23T18:00"]


def test_a_slot_promises_its_own_day():
    """Earliest and latest are the slot's day, with the cut-off to count down to."""
    slot = list_slots(schedule(EVENING), at("2026-11-23T09:00:00-08:00"))[0]
    assert slot.promise.earliest == slot.promise.latest == dt.date(2026, 11, 23)
    assert slot.promise.order_by == slot.order_by


@pytest.mark.parametrize(
    ("day", "starts", "ends", "utc"),
    [
        ("2027-03-14", "02:30", "04:00", ("10:30", "11:00")),
        ("2027-11-07", "01:30", "03:00", ("08:30", "11:00")),
    ],
)
def test_slots_on_nights_the_clock_changes(day, starts, ends, utc):
    """A skipped wall time moves forward by the gap; one that occurs twice means the first."""
    window = SlotWindow(weekdays=(7,), starts=starts, ends=ends, capacity=1)
    slot = list_slots(schedule(window), at(f"{day}T00:00:00-08:00"))[0]
    assert (f"{slot.starts_at.astimezone(dt.UTC):%H:%M}", f"{slot.ends_at.astimezone(dt.UTC):%H:%M}") == utc


def test_the_second_pass_of_an_hour_is_after_the_cutoff_of_the_first():
    """Instants are compared, not wall times, when the clock is put back."""
    window = SlotWindow(weekdays=(7,), starts="06:00", ends="08:00", capacity=1, cutoff="01:40")
    second_pass = at("2027-11-07T01:20:00-08:00")
    assert list_slots(schedule(window, days_ahead=0), second_pass)[0].reason == "cutoff_passed"


def test_every_fault_of_a_schedule_is_reported_together():
    """Zone, window and number faults come in one error with their paths."""
    bad = SlotWindow(weekdays=(), starts="18:00", ends="17:00", capacity=-1, cutoff="25:00")
    late = SlotWindow(weekdays=(1,), starts="09:00", ends="10:00", capacity=1, cutoff="11:00", lead_minutes=5)
    twin = SlotWindow(weekdays=(1, 2), starts="09:00", ends="12:00", capacity=1)
    with pytest.raises(InputError) as caught:
        schedule(bad, late, twin, tz="Mars/Olympus", days_ahead=-1)
    assert sorted(fault.path for fault in caught.value.faults) == [
        "days_ahead",
        "timezone",
        "windows[0].capacity",
        "windows[0].cutoff",
        "windows[0].ends",
        "windows[0].weekdays",
        "windows[1].cutoff",
        "windows[1].lead_minutes",
        "windows[2].starts",
    ]


def test_an_empty_schedule_is_a_fault():
    """A schedule without windows would silently offer nothing."""
    with pytest.raises(InputError, match="windows: is empty"):
        schedule()


def test_a_naive_now_is_refused():
    """A time without an offset is not guessed at."""
    with pytest.raises(InputError, match="now: has no time zone"):
        list_slots(schedule(EVENING), dt.datetime(2026, 11, 23))


def test_a_window_ends_after_it_starts():
    """Not at the same time, and not before."""
    for ends in ("18:00", "17:00"):
        with pytest.raises(InputError, match="not after the start"):
            schedule(SlotWindow(weekdays=(1,), starts="18:00", ends=ends, capacity=1))
