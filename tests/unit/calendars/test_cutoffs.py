"""The cut-off table: a date's own time beats its weekday's, which beats the usual one."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from checkout_kit.calendars import CutoffTable
from checkout_kit.errors import InputError

FRIDAY = dt.date(2027, 12, 24)
ZONE = ZoneInfo("Europe/Lisbon")


def test_the_more_particular_time_wins():
    """Usual, by weekday, by date, in that order."""
    table = CutoffTable(
        zone=ZONE, cutoff="14:00", cutoff_by_weekday={5: "12:00"}, cutoff_by_date={FRIDAY: "10:00"}
    )
    week_before = FRIDAY - dt.timedelta(days=7)
    day_before = FRIDAY - dt.timedelta(days=1)
    hours = [table.seconds(day.toordinal()) // 3600 for day in (day_before, week_before, FRIDAY)]
    assert hours == [14, 12, 10]


def test_every_unusable_entry_is_reported():
    """Times and weekdays are checked together."""
    with pytest.raises(InputError) as caught:
        CutoffTable(
            zone=ZONE, cutoff="25:00", cutoff_by_weekday={0: "12:00", 5: "x"}, cutoff_by_date={FRIDAY: ""}
        )
    paths = [fault.path for fault in caught.value.faults]
    assert paths == ["cutoff_by_weekday.0", "cutoff", "cutoff_by_weekday.5", "cutoff_by_date.2027-12-24"]
