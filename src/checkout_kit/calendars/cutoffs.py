"""Cut-offs: until which instant an order still counts for a working day."""

import datetime as dt
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from attrs import field, frozen

from checkout_kit.calendars.zones import seconds_of_day, wall_instant
from checkout_kit.errors import Fault, InputError


def weekday_rows(table: Mapping[int, str] | Iterable[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    """A table of wall times by weekday as hashable rows, in order."""
    return tuple(sorted(dict(table).items()))


def date_rows(
    table: Mapping[dt.date, str] | Iterable[tuple[dt.date, str]],
) -> tuple[tuple[dt.date, str], ...]:
    """A table of wall times by date as hashable rows, in order."""
    return tuple(sorted(dict(table).items()))


@frozen(kw_only=True)
class CutoffTable:
    """One wall time per day in one zone: a date's own beats its weekday's, which beats the usual one.

    Raises:
        InputError: every time that is not HH:MM between 00:00 and 24:00, and every day that is not a weekday.
    """

    zone: ZoneInfo
    cutoff: str
    cutoff_by_weekday: tuple[tuple[int, str], ...] = field(default=(), converter=weekday_rows)
    cutoff_by_date: tuple[tuple[dt.date, str], ...] = field(default=(), converter=date_rows)
    _week: tuple[int, ...] = field(init=False, eq=False, repr=False)
    _dates: dict[int, int] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults = cutoff_faults(self.cutoff, self.cutoff_by_weekday, self.cutoff_by_date)
        if faults:
            raise InputError(faults)
        usual = seconds_of_day(self.cutoff)
        own = {day: seconds_of_day(time) for day, time in self.cutoff_by_weekday}
        dates = {day.toordinal(): seconds_of_day(time) for day, time in self.cutoff_by_date}
        object.__setattr__(self, "_week", tuple(own.get(day, usual) for day in range(1, 8)))
        object.__setattr__(self, "_dates", dates)

    def seconds(self, day: int) -> int:
        """The wall time of that day's cut-off, in seconds since its midnight."""
        found = self._dates.get(day)
        return self._week[(day - 1) % 7] if found is None else found

    def instant(self, day: int) -> dt.timedelta:
        """The cut-off of that day (an ordinal) as time since the epoch; an order at it is in time."""
        return wall_instant(day, self.seconds(day), self.zone)


def cutoff_faults(
    cutoff: str, by_weekday: tuple[tuple[int, str], ...], by_date: tuple[tuple[dt.date, str], ...]
) -> list[Fault]:
    """What is wrong with the wall times and weekdays of a cut-off table."""
    faults = [
        Fault(f"cutoff_by_weekday.{day}", "not an ISO weekday", repr(day), "use 1 = Monday ... 7 = Sunday")
        for day, _ in by_weekday
        if type(day) is not int or not 1 <= day <= 7
    ]
    times = [("cutoff", cutoff)]
    times += [(f"cutoff_by_weekday.{day}", time) for day, time in by_weekday]
    times += [(f"cutoff_by_date.{day}", time) for day, time in by_date]
    for path, time in times:
        try:
            seconds_of_day(time, path=path)
        except InputError as error:
            faults.extend(error.faults)
    return faults
