"""Zones and wall times on ordinary days and on the nights the clocks change."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout_kit.calendars import LocalDays, load_zone, seconds_of_day, wall_instant
from checkout_kit.calendars.zones import EPOCH, since_epoch
from checkout_kit.errors import InputError

ZONES = [
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Havana",
    "America/St_Johns",
    "Pacific/Kiritimati",
    "UTC",
]


@given(
    st.sampled_from(ZONES),
    st.datetimes(dt.datetime(2004, 1, 1), dt.datetime(2028, 1, 1), timezones=st.just(dt.UTC)),
)
def test_local_day_is_the_zones_own_date(name, instant):
    """The looked-up day is the date of the zone's clocks, whatever they do that night."""
    expected = instant.astimezone(ZoneInfo(name)).date()
    assert LocalDays(zone=ZoneInfo(name)).day_at(instant - EPOCH) == expected.toordinal()


@pytest.mark.parametrize(
    ("zone", "day", "wall", "utc"),
    [
        ("America/New_York", "2027-03-02", "14:00", "2027-03-02T19:00:00Z"),
        ("America/New_York", "2027-03-14", "02:30", "2027-03-14T07:30:00Z"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00Z"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45:00Z"),
        ("Australia/Lord_Howe", "2027-04-04", "01:45", "2027-04-03T14:45:00Z"),
        ("America/Havana", "2027-03-13", "24:00", "2027-03-14T05:00:00Z"),
        ("Pacific/Apia", "2011-12-30", "14:00", "2011-12-31T00:00:00Z"),
        ("Europe/Berlin", "2027-12-31", "24:00", "2027-12-31T23:00:00Z"),
    ],
)
def test_wall_times_are_one_instant(zone, day, wall, utc):
    """A repeated time is the first, a skipped one is shifted forward, 24:00 ends the day."""
    found = wall_instant(dt.date.fromisoformat(day).toordinal(), seconds_of_day(wall), ZoneInfo(zone))
    assert EPOCH + found == dt.datetime.fromisoformat(utc)


@pytest.mark.parametrize(
    "text", ["24:01", "25:00", "14", "9:00", "12:60", "", "noon", "24:00:01", "１４:00", None]
)
def test_what_is_no_wall_time_is_refused(text):
    """Anything but HH:MM or HH:MM:SS up to 24:00 is a fault."""
    with pytest.raises(InputError, match="not a wall time"):
        seconds_of_day(text)


def test_seconds_are_allowed():
    """A wall time may have seconds."""
    assert seconds_of_day("00:00:59") == 59


@pytest.mark.parametrize(
    "name", ["America", "Nowhere/Land", "", "../UTC", "/etc/localtime", "localtime", "right/UTC", None, 5]
)
def test_what_is_no_zone_is_refused(name):
    """Folders, paths and unknown names are faults that name the field."""
    with pytest.raises(InputError, match="tz: not a known time zone"):
        load_zone(name)


def test_naive_times_are_refused():
    """A time without a zone is no instant."""
    with pytest.raises(InputError, match="placed_at: a time without a zone"):
        since_epoch(dt.datetime(2027, 3, 2))


def test_the_memo_is_bounded():
    """Asking for more days than are kept starts afresh and still answers."""
    days = LocalDays(zone=ZoneInfo("UTC"))
    for utc_day in range(4200):
        assert days.day_at(dt.timedelta(days=utc_day)) == EPOCH.toordinal() + utc_day
    assert len(days._memo) <= 4096
