"""The start day: from the instant of an order to the first working day whose cut-off it meets."""

import datetime as dt

from attrs import field, frozen

from checkout_kit.calendars import MAX_GAP_DAYS, CutoffTable, LocalDays, NoUsableDay, WorkCalendar
from checkout_kit.calendars.zones import EPOCH, TICK

_MEMO_DAYS = 4096


@frozen
class Start:
    """The ship-from working day an order counts for, an ordinal, and the cut-off that decided it.

    `key` tells starts apart that lead to different promises: the day, negative when no cut-off decided.
    """

    day: int
    order_by: dt.datetime | None
    key: int = field(init=False)

    @key.default
    def _signed_day(self) -> int:
        return self.day if self.order_by else -self.day


@frozen(kw_only=True)
class StartDays:
    """Start days by instant; each UTC day is cut into spans of one answer once and then looked up."""

    local: LocalDays
    calendar: WorkCalendar
    cutoffs: CutoffTable
    _memo: dict[int, tuple[tuple[dt.timedelta, Start | None], ...]] = field(
        init=False, eq=False, repr=False, factory=dict
    )

    def at(self, since: dt.timedelta) -> Start:
        """The start day of an order placed `since` after the epoch.

        Raises:
            NoUsableDay: no working day with a cut-off to come within 366 days of the order's day.
        """
        for last, start in self.of_day(since.days):
            if since <= last:
                if start is None:
                    raise NoUsableDay(self.local.day_at(since))
                return start
        raise AssertionError("the spans of a UTC day cover it")

    def of_day(self, utc_day: int) -> tuple[tuple[dt.timedelta, Start | None], ...]:
        """The starts of one UTC day (days since the epoch), each with the last instant it holds for."""
        return self._memo.get(utc_day) or self._learn(utc_day)

    def _learn(self, utc_day: int) -> tuple[tuple[dt.timedelta, Start | None], ...]:
        spans: list[tuple[dt.timedelta, Start | None]] = []
        since = dt.timedelta(days=utc_day)
        for stop, order_day in self.local.of_day(utc_day):
            last = stop - TICK
            while since <= last:
                start, until = self._first_met(since, order_day)
                if until is None or until > last:
                    until = last
                if spans and start is not None and spans[-1][1] == start:
                    spans.pop()
                spans.append((until, start))
                since = until + TICK
        if len(self._memo) >= _MEMO_DAYS:
            self._memo.clear()
        known = self._memo[utc_day] = tuple(spans)
        return known

    def released_on(self, release_day: int) -> Start:
        """The start that a release date (an ordinal) decides: no cut-off matters any more.

        Raises:
            NoUsableDay: no working day within 366 days of it.
        """
        day = self.calendar.on_or_after(release_day)
        return Start(day, None)

    def _first_met(self, since: dt.timedelta, order_day: int) -> tuple[Start | None, dt.timedelta | None]:
        day = order_day
        while True:
            try:
                day = self.calendar.on_or_after(day)
            except NoUsableDay:
                return None, None
            if day - order_day > MAX_GAP_DAYS:
                return None, None
            until = self.cutoffs.instant(day)
            if until >= since:
                return Start(day, self.shown(until)), until
            day += 1

    def shown(self, since: dt.timedelta) -> dt.datetime:
        """The instant at the cut-off zone's offset, kept fixed so that differences are true durations."""
        local = (EPOCH + since).astimezone(self.cutoffs.zone)
        offset = local.utcoffset()
        assert offset is not None
        return local.replace(tzinfo=dt.timezone(offset), fold=0)
