"""Delivery time: a clock that runs on the weekdays on which parcels arrive."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime

_WEEK = 7
_SHORTEST_DAY = 0.02


def moment_of(at: datetime) -> float:
    """Wall clock as days since the proleptic Gregorian day 0; the whole part is `date.toordinal()`.

    >>> moment_of(datetime(2027, 3, 5, 12))
    740045.5
    """
    return at.toordinal() + (at.hour * 3600 + at.minute * 60 + at.second) / 86_400


class DeliveryClock:
    """Each weekday is as long as its share of arrivals; a whole week always measures 7.

    Counting in this time, two orders of a Thursday and of a Sunday wait equally long, and a promise lands on
    a Sunday only where parcels do arrive on Sundays.
    """

    __slots__ = ("_length", "_start", "arrivals_by_weekday")

    def __init__(self, arrivals_by_weekday: Sequence[float]) -> None:
        self.arrivals_by_weekday = tuple(arrivals_by_weekday)
        total = sum(arrivals_by_weekday)
        lengths = [max(_WEEK * arrivals / total, _SHORTEST_DAY) for arrivals in arrivals_by_weekday]
        stretch = _WEEK / sum(lengths)
        self._length = tuple(length * stretch for length in lengths)
        self._start = tuple(sum(self._length[:weekday]) for weekday in range(_WEEK))

    def reading(self, moment: float) -> float:
        """The clock at a moment (see `moment_of`), in clock days."""
        day = int(moment)
        week, weekday = divmod(day - 1, _WEEK)
        return _WEEK * week + self._start[weekday] + (moment - day) * self._length[weekday]

    def day_at(self, reading: float) -> int:
        """The ordinal of the day on which the clock shows `reading`.

        >>> clock = DeliveryClock((1, 1, 1, 1, 1, 0.3, 0.1))
        >>> friday = moment_of(datetime(2027, 3, 5, 9))
        >>> clock.day_at(clock.reading(friday) + 1.0) - int(friday)
        1
        >>> clock.day_at(clock.reading(friday) + 1.6) - int(friday)
        3
        """
        week, rest = divmod(reading, _WEEK)
        return int(week) * _WEEK + bisect_right(self._start, rest)
