"""Time zones and wall times: which instant a wall time is, and which local day an instant falls on."""

import datetime as dt
import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import field, frozen

from checkout_kit.errors import InputError

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
EPOCH_ORDINAL = EPOCH.toordinal()
TICK = dt.timedelta(microseconds=1)
_DAY = dt.timedelta(days=1)
_HOUR = dt.timedelta(hours=1)
_MEMO_DAYS = 4096
# What these mean depends on the machine, or counts leap seconds.
_NOT_EVERYWHERE = frozenset({"localtime", "posixrules", "Factory"})
_WALL_TIME = re.compile(r"(?:([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?|24:00(?::00)?)", re.ASCII)


def load_zone(name: str, *, path: str = "tz") -> ZoneInfo:
    """The IANA zone of that name.

    Raises:
        InputError: there is no such zone.
    """
    try:
        if name not in _NOT_EVERYWHERE and not name.startswith(("posix/", "right/")):
            return ZoneInfo(name)
        raise ValueError(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError, AttributeError):
        raise InputError.of(
            path, "not a known time zone", found=name, remedy="use an IANA name such as 'Europe/Lisbon'"
        ) from None


def seconds_of_day(text: str, *, path: str = "time") -> int:
    """The wall time HH:MM or HH:MM:SS as seconds since midnight; "24:00" is the midnight that ends the day.

    >>> seconds_of_day("14:00"), seconds_of_day("24:00")
    (50400, 86400)

    Raises:
        InputError: not such a time.
    """
    match = _WALL_TIME.fullmatch(str(text))
    if match is None:
        raise InputError.of(path, "not a wall time", found=text, remedy="write HH:MM, from 00:00 to 24:00")
    if match[1] is None:
        return 86400
    return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)


def wall_instant(day: int, seconds: int, zone: ZoneInfo) -> dt.timedelta:
    """The instant, since the epoch, at which the clocks of `zone` show that time of that day (an ordinal).

    A time that occurs twice means the first; one that is skipped is shifted forward by the gap.
    """
    wall = dt.datetime.fromordinal(day) + dt.timedelta(seconds=seconds)
    return wall.replace(tzinfo=zone) - EPOCH


def since_epoch(instant: dt.datetime, *, path: str = "placed_at") -> dt.timedelta:
    """How long after the epoch an aware time is.

    Raises:
        InputError: the time is naive.
    """
    try:
        return instant - EPOCH
    except TypeError:
        raise InputError.of(
            path, "a time without a zone", found=str(instant), remedy="add its UTC offset, such as +01:00"
        ) from None


@frozen(kw_only=True)
class LocalDays:
    """The calendar day a zone has at an instant; each UTC day is worked out once and then looked up."""

    zone: ZoneInfo
    _memo: dict[int, tuple[tuple[dt.timedelta, int], ...]] = field(
        init=False, eq=False, repr=False, factory=dict
    )

    def day_at(self, since: dt.timedelta) -> int:
        """The local date, as an ordinal, `since` after the epoch."""
        for until, day in self.of_day(since.days):
            if since < until:
                return day
        raise AssertionError("the spans of a UTC day cover it")

    def of_day(self, utc_day: int) -> tuple[tuple[dt.timedelta, int], ...]:
        """The local days of one UTC day (days since the epoch), each with the instant at which it ends."""
        return self._memo.get(utc_day) or self._learn(utc_day)

    def _learn(self, utc_day: int) -> tuple[tuple[dt.timedelta, int], ...]:
        start, stop = dt.timedelta(days=utc_day), dt.timedelta(days=utc_day + 1)
        spans: list[tuple[dt.timedelta, int]] = []
        while start < stop:
            offset = self._offset(start)
            end = self._same_offset_until(start, stop, offset)
            while start < end:
                days = (start + offset) // _DAY
                start = min(end, dt.timedelta(days=days + 1) - offset)
                spans.append((start, EPOCH_ORDINAL + days))
        if len(self._memo) >= _MEMO_DAYS:
            self._memo.clear()
        known = self._memo[utc_day] = tuple(spans)
        return known

    def _offset(self, since: dt.timedelta) -> dt.timedelta:
        offset = (EPOCH + since).astimezone(self.zone).utcoffset()
        assert offset is not None
        return offset

    def _same_offset_until(
        self, start: dt.timedelta, stop: dt.timedelta, offset: dt.timedelta
    ) -> dt.timedelta:
        """The first instant after `start` with another offset, or `stop`; looks at each hour."""
        low, high = start, start
        while high < stop:
            low, high = high, min(stop, high + _HOUR)
            if self._offset(high) != offset:
                break
        else:
            return stop
        while high - low > TICK:
            middle = low + (high - low) // 2
            if self._offset(middle) == offset:
                low = middle
            else:
                high = middle
        return high
