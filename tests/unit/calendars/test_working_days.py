"""Working days: found by arithmetic, as a walk would find them."""

import datetime as dt
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout_kit.calendars import MAX_GAP_DAYS, NoUsableDay, WorkCalendar
from checkout_kit.errors import InputError

START = dt.date(2027, 3, 1).toordinal()
WEEKDAYS = st.sets(st.integers(1, 7), min_size=1)
DAYS_OFF = st.sets(st.integers(-10, 60), max_size=25)


def _calendar(weekdays, days_off):
    return WorkCalendar(weekdays=weekdays, holidays=[dt.date.fromordinal(START + day) for day in days_off])


def _works(weekdays, days_off, day):
    return dt.date.fromordinal(day).isoweekday() in weekdays and day - START not in days_off


@given(WEEKDAYS, DAYS_OFF, st.integers(0, 40))
def test_membership_is_weekday_and_no_holiday(weekdays, days_off, ahead):
    """A day is worked when its weekday is and it is no holiday."""
    day = START + ahead
    assert (day in _calendar(weekdays, days_off)) == _works(weekdays, days_off, day)


@given(WEEKDAYS, DAYS_OFF, st.integers(0, 40), st.integers(0, 30))
def test_after_is_the_nth_day_of_a_walk(weekdays, days_off, ahead, count):
    """The n-th working day after a day is the one a walk counts to."""
    day = START + ahead
    expected, left = day, count
    while left:
        expected += 1
        left -= _works(weekdays, days_off, expected)
    assert _calendar(weekdays, days_off).after(day, count) == expected


@given(WEEKDAYS, DAYS_OFF, st.integers(0, 40), st.integers(1, 30))
def test_before_undoes_after_on_working_days(weekdays, days_off, ahead, count):
    """From a working day, n days on and n days back is where one was."""
    calendar = _calendar(weekdays, days_off)
    day = calendar.on_or_after(START + ahead)
    assert calendar.before(calendar.after(day, count), count) == day


@given(WEEKDAYS, DAYS_OFF, st.integers(0, 40))
def test_on_or_after_stays_on_a_working_day(weekdays, days_off, ahead):
    """Rolling forward ends on a working day with none in between."""
    calendar = _calendar(weekdays, days_off)
    found = calendar.on_or_after(START + ahead)
    assert found in calendar
    assert calendar.count(START + ahead - 1, found) == 1


@pytest.mark.parametrize(("closed", "found"), [(365, 365), (366, 366)])
def test_a_day_up_to_366_days_away_is_used(closed, found):
    """366 days is the farthest a next day may lie."""
    calendar = _calendar(range(1, 8), range(closed))
    assert calendar.on_or_after(START) == START + found


def test_a_day_farther_away_is_not():
    """Beyond that there is no usable day."""
    with pytest.raises(NoUsableDay):
        _calendar(range(1, 8), range(MAX_GAP_DAYS + 1)).on_or_after(START)


def test_a_long_gap_on_the_way_is_found():
    """Counting over a gap of more than 366 days fails, counting up to it does not."""
    calendar = _calendar(range(1, 8), range(10, 10 + MAX_GAP_DAYS))
    assert calendar.after(START, 9) == START + 9
    with pytest.raises(NoUsableDay):
        calendar.after(START, 10)


def test_a_gap_of_366_days_is_short_enough():
    """Two working days 366 days apart follow each other."""
    calendar = _calendar(range(1, 8), range(10, 9 + MAX_GAP_DAYS))
    assert calendar.after(START, 10) == START + 9 + MAX_GAP_DAYS


def test_days_beyond_the_calendar_era_are_not_usable():
    """Counting past the year 9999 is no usable day, not an overflow."""
    with pytest.raises(NoUsableDay):
        WorkCalendar().after(START, 10**12)
    with pytest.raises(NoUsableDay):
        WorkCalendar().before(START, 10**12)
    with pytest.raises(NoUsableDay):
        WorkCalendar(weekdays=[1]).on_or_after(dt.date.max.toordinal())


@pytest.mark.parametrize(
    ("weekdays", "path"),
    [([], "weekdays"), ([0], "weekdays[0]"), ([1, 8], "weekdays[1]"), (["1"], "weekdays[0]")],
)
def test_unusable_weekdays_are_named(weekdays, path):
    """No weekday, or one that is not ISO, is a fault at its place."""
    with pytest.raises(InputError) as caught:
        WorkCalendar(weekdays=weekdays)
    assert [fault.path for fault in caught.value.faults] == [path]


def test_intersection_works_where_both_do():
    """Days off of either are days off of both."""
    holiday = dt.date(2027, 3, 2)
    both = WorkCalendar(weekdays=[1, 2, 3]).intersection(WorkCalendar(weekdays=[2, 3, 6], holidays=[holiday]))
    assert both == WorkCalendar(weekdays=[2, 3], holidays=[holiday])


def test_calendars_are_values():
    """Equal content is equal, hashable and survives pickling."""
    one, other = WorkCalendar(weekdays=[5, 1, 1]), WorkCalendar(weekdays=(1, 5))
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)).after(START, 3) == other.after(START, 3)
