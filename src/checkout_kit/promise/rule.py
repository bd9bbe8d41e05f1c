"""What a promise is reckoned from: ship-from place, pickup, transit and destination, as compiled values."""

import datetime as dt
from collections.abc import Iterable
from typing import Literal

from attrs import field, frozen

from checkout_kit.calendars import CutoffTable, LocalDays, NoUsableDay, WorkCalendar, load_zone
from checkout_kit.calendars.cutoffs import cutoff_faults, date_rows, weekday_rows
from checkout_kit.calendars.working_days import sorted_dates, sorted_weekdays, weekday_faults
from checkout_kit.calendars.zones import since_epoch
from checkout_kit.errors import Fault, InputError
from checkout_kit.promise.faults import gathered
from checkout_kit.promise.start import Start, StartDays

TransitKind = Literal["business", "calendar"]


def _weekdays_or_none(weekdays: Iterable[int] | None) -> tuple[int, ...] | None:
    return None if weekdays is None else sorted_weekdays(weekdays)


def _dates_or_none(days: Iterable[dt.date] | None) -> tuple[dt.date, ...] | None:
    return None if days is None else sorted_dates(days)


def range_faults(days: tuple[int, int], path: str) -> list[Fault]:
    """What is wrong with a (minimum, maximum) number of days."""
    faults = [
        Fault(
            f"{path}.{name}" if path else name,
            "not a number of days",
            repr(value),
            "use a whole number, 0 or more",
        )
        for name, value in zip(("min", "max"), days, strict=True)
        if type(value) is not int or value < 0
    ]
    if not faults and days[0] > days[1]:
        faults.append(Fault(path, "the minimum exceeds the maximum", f"{days[0]} and {days[1]}"))
    return faults


def no_usable_day(path: str, what: str, cause: NoUsableDay) -> InputError:
    """The error of a step that finds no day, naming the field that leaves none."""
    since = dt.date.fromordinal(min(cause.since, dt.date.max.toordinal()))
    return InputError.of(path, f"no {what} within 366 days of {since}", remedy="check weekdays and holidays")


@frozen(kw_only=True)
class ShipFrom:
    """Where goods leave from: its zone, working days and cut-offs (wall times in `cutoff_tz`, else in `tz`).

    Share one instance between rules: what it has worked out about a day is then worked out once.

    Raises:
        InputError: every unknown zone, wall time and weekday together.
    """

    tz: str
    cutoff: str
    working_weekdays: tuple[int, ...] = field(default=(1, 2, 3, 4, 5), converter=sorted_weekdays)
    holidays: tuple[dt.date, ...] = field(default=(), converter=sorted_dates)
    cutoff_tz: str = ""
    cutoff_by_weekday: tuple[tuple[int, str], ...] = field(default=(), converter=weekday_rows)
    cutoff_by_date: tuple[tuple[dt.date, str], ...] = field(default=(), converter=date_rows)
    calendar: WorkCalendar = field(init=False, eq=False, repr=False)
    starts: StartDays = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults: list[Fault] = []
        with gathered(faults):
            zone = load_zone(self.tz)
        with gathered(faults):
            cutoff_zone = load_zone(self.cutoff_tz or self.tz, path="cutoff_tz" if self.cutoff_tz else "tz")
        faults += cutoff_faults(self.cutoff, self.cutoff_by_weekday, self.cutoff_by_date)
        faults += weekday_faults(self.working_weekdays, "working_weekdays")
        if faults:
            raise InputError(dict.fromkeys(faults))
        calendar = WorkCalendar(weekdays=self.working_weekdays, holidays=self.holidays)
        cutoffs = CutoffTable(
            zone=cutoff_zone,
            cutoff=self.cutoff,
            cutoff_by_weekday=self.cutoff_by_weekday,
            cutoff_by_date=self.cutoff_by_date,
        )
        starts = StartDays(local=LocalDays(zone=zone), calendar=calendar, cutoffs=cutoffs)
        object.__setattr__(self, "calendar", calendar)
        object.__setattr__(self, "starts", starts)

    def start_at(self, placed_at: dt.datetime, release_on: dt.date | None = None) -> Start:
        """The first working day on or after the order's own day whose cut-off is not before the order.

        Raises:
            InputError: `placed_at` is naive, or no such day within 366 days.
        """
        since = since_epoch(placed_at)
        try:
            start = self.starts.at(since)
        except NoUsableDay as error:
            raise no_usable_day("ship_from.holidays", "working day", error) from error
        except OverflowError:
            raise InputError.of("placed_at", "outside the calendar era", found=str(placed_at)) from None
        if release_on is not None and start.day < release_on.toordinal():
            return self.released_on(release_on.toordinal())
        return start

    def released_on(self, day: int) -> Start:
        """The start that a release date (an ordinal) decides, whatever the cut-offs.

        Raises:
            InputError: no working day within 366 days of it.
        """
        try:
            return self.starts.released_on(day)
        except NoUsableDay as error:
            raise no_usable_day("ship_from.holidays", "working day", error) from error


@frozen(kw_only=True)
class Pickup:
    """The days on which the carrier collects; goods are handed over on one that is a working day too.

    Raises:
        InputError: no weekday, or one that is not ISO.
    """

    weekdays: tuple[int, ...] = field(default=(1, 2, 3, 4, 5), converter=sorted_weekdays)
    holidays: tuple[dt.date, ...] = field(default=(), converter=sorted_dates)

    def __attrs_post_init__(self) -> None:
        faults = weekday_faults(self.weekdays, "weekdays")
        if faults:
            raise InputError(faults)


@frozen(kw_only=True)
class Transit:
    """How many days, (minimum, maximum), the carrier takes from hand-over to arrival.

    Calendar days count every date. Business days count transit days: `weekdays` less `holidays`. With no
    weekdays given, they are the destination's delivery weekdays, less `holidays` or else its own holidays.

    Raises:
        InputError: a negative or reversed range, an unknown kind, or business days over no weekday at all.
    """

    days: tuple[int, int]
    kind: TransitKind = "business"
    weekdays: tuple[int, ...] | None = field(default=None, converter=_weekdays_or_none)
    holidays: tuple[dt.date, ...] | None = field(default=None, converter=_dates_or_none)

    def __attrs_post_init__(self) -> None:
        faults = range_faults(self.days, "")
        if self.kind not in ("business", "calendar"):
            remedy = "use 'business' or 'calendar'"
            faults.append(Fault("kind", "not a kind of transit days", repr(self.kind), remedy))
        if self.weekdays is not None:
            counted = self.kind == "business" and self.days[1] != 0
            faults += weekday_faults(self.weekdays, "weekdays", needed=counted)
        if faults:
            raise InputError(faults)


@frozen(kw_only=True)
class Destination:
    """Where goods arrive: its zone and the days on which the carrier delivers there.

    Share one instance between rules: what it has worked out about a day is then worked out once.

    Raises:
        InputError: an unknown zone, no weekday, or one that is not ISO.
    """

    tz: str
    delivery_weekdays: tuple[int, ...] = field(default=(1, 2, 3, 4, 5), converter=sorted_weekdays)
    holidays: tuple[dt.date, ...] = field(default=(), converter=sorted_dates)
    calendar: WorkCalendar = field(init=False, eq=False, repr=False)
    local: LocalDays = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults: list[Fault] = []
        with gathered(faults):
            zone = load_zone(self.tz)
        faults += weekday_faults(self.delivery_weekdays, "delivery_weekdays")
        if faults:
            raise InputError(faults)
        calendar = WorkCalendar(weekdays=self.delivery_weekdays, holidays=self.holidays)
        object.__setattr__(self, "calendar", calendar)
        object.__setattr__(self, "local", LocalDays(zone=zone))

    def day_at(self, instant: dt.datetime) -> int:
        """The destination's own date at that instant, as an ordinal.

        Raises:
            InputError: the instant is naive or outside the calendar era.
        """
        try:
            return self.local.day_at(since_epoch(instant))
        except OverflowError:
            raise InputError.of("placed_at", "outside the calendar era", found=str(instant)) from None
