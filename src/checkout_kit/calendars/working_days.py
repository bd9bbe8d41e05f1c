"""Working days: a set of ISO weekdays less holidays, with the n-th day found without walking."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from attrs import field, frozen

from checkout_kit.errors import Fault, InputError

MAX_GAP_DAYS = 366
_LAST_DAY = dt.date.max.toordinal()


class NoUsableDay(LookupError):
    """No working day lies within 366 days of `since` (an ordinal); callers name the field at fault."""

    def __init__(self, since: int) -> None:
        self.since = since
        super().__init__(f"no usable day within {MAX_GAP_DAYS} days of day {since}")


def sorted_dates(days: Iterable[dt.date]) -> tuple[dt.date, ...]:
    """The dates once each, in order."""
    return tuple(sorted(set(days)))


def sorted_weekdays(weekdays: Iterable[int]) -> tuple[int, ...]:
    """The weekdays once each, in order; anything that is not a number is left for the faults to name."""
    found = tuple(weekdays)
    return tuple(sorted(set(found))) if all(type(day) is int for day in found) else found


def weekday_faults(weekdays: tuple[int, ...], path: str, *, needed: bool = True) -> list[Fault]:
    """What is wrong with a set of ISO weekdays."""
    if not weekdays:
        remedy = "name at least one ISO weekday, 1 = Monday ... 7 = Sunday"
        return [Fault(path, "an empty set of weekdays", remedy=remedy)] if needed else []
    return [
        Fault(f"{path}[{i}]", "not an ISO weekday", repr(day), "use 1 = Monday ... 7 = Sunday")
        for i, day in enumerate(weekdays)
        if type(day) is not int or not 1 <= day <= 7
    ]


@frozen(kw_only=True)
class WorkCalendar:
    """The days on which something is done; days in and out are proleptic ordinals (`date.toordinal()`).

    >>> monday_to_friday = WorkCalendar(holidays=(dt.date(2027, 12, 24),))
    >>> thursday = dt.date(2027, 12, 23).toordinal()
    >>> dt.date.fromordinal(monday_to_friday.after(thursday, 1)).isoformat()
    '2027-12-27'

    Raises:
        InputError: no weekday, or one that is not ISO (1 = Monday ... 7 = Sunday).
    """

    weekdays: tuple[int, ...] = field(default=(1, 2, 3, 4, 5), converter=sorted_weekdays)
    holidays: tuple[dt.date, ...] = field(default=(), converter=sorted_dates)
    _days_off: tuple[int, ...] = field(init=False, eq=False, repr=False)
    _week: tuple[int, ...] = field(init=False, eq=False, repr=False)
    _long_gaps: tuple[tuple[int, int], ...] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults = weekday_faults(self.weekdays, "weekdays")
        if faults:
            raise InputError(faults)
        days_off = tuple(day.toordinal() for day in self.holidays if day.isoweekday() in self.weekdays)
        week = tuple(sum(1 for day in self.weekdays if day <= upto) for upto in range(8))
        object.__setattr__(self, "_days_off", days_off)
        object.__setattr__(self, "_week", week)
        object.__setattr__(self, "_long_gaps", ())
        if len(days_off) > MAX_GAP_DAYS // 7 - 1:
            object.__setattr__(self, "_long_gaps", self._find_long_gaps())

    def __contains__(self, day: int) -> bool:
        """Whether the ordinal is a working day."""
        if self._week[(day - 1) % 7 + 1] == self._week[(day - 1) % 7]:
            return False
        at = bisect_left(self._days_off, day)
        return at == len(self._days_off) or self._days_off[at] != day

    def on_or_after(self, day: int) -> int:
        """The first working day not before `day`.

        Raises:
            NoUsableDay: there is none within 366 days.
        """
        found = self._select(self._rank(day - 1) + 1)
        if found - day > MAX_GAP_DAYS or found > _LAST_DAY:
            raise NoUsableDay(day)
        return found

    def after(self, day: int, count: int) -> int:
        """The `count`-th working day after `day`; `day` itself, working or not, for 0.

        Raises:
            NoUsableDay: two steps on the way lie more than 366 days apart.
        """
        if count == 0:
            return day
        rank = self._rank(day)
        found = self._select(rank + count)
        if self._long_gaps or found > _LAST_DAY:
            first = self._select(rank + 1)
            if first - day > MAX_GAP_DAYS:
                raise NoUsableDay(day)
            for left, right in self._long_gaps:
                if first <= left and right <= found:
                    raise NoUsableDay(left)
            if found > _LAST_DAY:
                raise NoUsableDay(_LAST_DAY)
        return found

    def before(self, day: int, count: int) -> int:
        """The `count`-th working day before `day`; `day` itself for 0.

        Raises:
            NoUsableDay: the days of the calendar era do not reach back so far.
        """
        if count == 0:
            return day
        rank = self._rank(day - 1) - count + 1
        if rank < 1:
            raise NoUsableDay(day)
        return self._select(rank)

    def count(self, after: int, upto: int) -> int:
        """How many working days lie after one day and up to another, 0 where that is not later."""
        return max(0, self._rank(upto) - self._rank(after))

    def offset(self, day: dt.date, count: int) -> dt.date:
        """The date `count` working days away: forward when positive, back when negative.

        >>> royal_mail = WorkCalendar(weekdays=range(1, 7), holidays=[dt.date(2022, 12, 26)])
        >>> str(royal_mail.offset(dt.date(2022, 12, 26), -1))
        '2022-12-24'
        """
        start = day.toordinal()
        return dt.date.fromordinal(self.after(start, count) if count >= 0 else self.before(start, -count))

    def intersection(self, other: "WorkCalendar") -> "WorkCalendar":
        """The days on which both work; raises InputError when no weekday is common to both."""
        return WorkCalendar(
            weekdays=set(self.weekdays) & set(other.weekdays), holidays=self.holidays + other.holidays
        )

    def _rank(self, day: int) -> int:
        return day // 7 * self._week[7] + self._week[day % 7] - bisect_right(self._days_off, day)

    def _select(self, rank: int) -> int:
        """The working day of that rank: each pass adds the days off that lie before the last guess."""
        per_week = len(self.weekdays)
        skipped = 0
        while True:
            week, position = divmod(rank + skipped - 1, per_week)
            day = week * 7 + self.weekdays[position]
            seen = bisect_right(self._days_off, day)
            if seen == skipped:
                return day
            skipped = seen

    def _find_long_gaps(self) -> tuple[tuple[int, int], ...]:
        gaps: list[tuple[int, int]] = []
        for day in self._days_off:
            if gaps and day < gaps[-1][1]:
                continue
            rank = self._rank(day)
            right = self._select(rank + 1)
            left = self._select(rank) if rank > 0 else 0
            gaps.append((left, right))
        return tuple(gap for gap in gaps if gap[1] - gap[0] > MAX_GAP_DAYS)
