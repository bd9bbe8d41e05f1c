"""Days for columns of instants: when orders start, what day it is where they go, and what is promised."""

import datetime as dt
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from checkout_kit.calendars.zones import TICK, LocalDays
from checkout_kit.errors import InputError
from checkout_kit.promise import PromiseRule, ShipFrom, Start
from checkout_kit.shipping.lean import LeanPlan
from checkout_kit.shipping.place_columns import Bools, Ints, distinct

Lane: TypeAlias = tuple[Ints, Ints, Bools]
"""First and last day of every row, since the epoch, and the rows without a usable day."""

NOT_A_DATE = int(np.iinfo(np.int64).min)
_UNIX_DAY = dt.date(1970, 1, 1).toordinal()
_DAY_US = 86_400_000_000
# Since 1972 every zone has changed its clocks on a quarter of an hour of UTC.
_QUARTER_S = 900


def starts_of(ship_from: ShipFrom, placed_us: Ints) -> tuple[list[Start | None], Ints]:
    """The starts that orders may have, and which of them each row has."""
    spans = [span for day in _days(placed_us) for span in ship_from.starts.of_day(day)]
    bounds = np.array([last // TICK for last, _ in spans], dtype=np.int64)
    return [start for _, start in spans], np.searchsorted(bounds, placed_us)


def local_days(local: LocalDays, placed_us: Ints) -> tuple[list[int], Ints]:
    """The days, as ordinals, that it may be at a place, and which of them it is for each row."""
    spans = [span for day in _days(placed_us) for span in local.of_day(day)]
    ends = np.array([end // TICK for end, _ in spans], dtype=np.int64)
    return [day for _, day in spans], np.searchsorted(ends, placed_us, side="right")


def local_time(zone: dt.tzinfo, placed_us: Ints) -> tuple[Ints, Ints]:
    """Each row's day, as an ordinal, and its minute of the day on the clocks of a zone."""
    quarter = placed_us // (_QUARTER_S * 1_000_000)
    least = int(quarter.min(initial=0))
    met, of_row = distinct(quarter - least)
    offsets = [
        dt.datetime.fromtimestamp((number + least) * _QUARTER_S, zone).utcoffset() for number in met.tolist()
    ]
    shift = np.array([(offset or dt.timedelta()) // TICK for offset in offsets], dtype=np.int64)
    local = placed_us + shift[of_row]
    return local // _DAY_US + _UNIX_DAY, local % _DAY_US // 60_000_000


def lane_columns(plan: LeanPlan, placed_us: Ints) -> list[Lane]:
    """What each entry of a plan promises every row."""
    case = np.zeros(len(placed_us), dtype=np.int64)
    starts: list[list[Start | None]] = []
    floors: list[list[int]] = []
    for ship_from in plan.ship_froms:
        found, of_row = starts_of(ship_from, placed_us)
        starts.append(found)
        case = case * len(found) + of_row
    for destination in plan.destinations:
        days, of_row = local_days(destination.local, placed_us)
        floors.append(days)
        case = case * len(days) + of_row
    met, case_of = distinct(case)
    sizes = [len(each) for each in starts] + [len(each) for each in floors]
    cases = [_digits(key, sizes) for key in met.tolist()]
    blank = np.full(len(placed_us), NOT_A_DATE, dtype=np.int64)
    known: dict[PromiseRule | None, Lane] = {None: (blank, blank, np.zeros(len(placed_us), dtype=bool))}
    for lane in plan.lanes:
        if lane is not None and lane[0] not in known:
            rule, origin, goal = lane
            answers = [
                _answered(rule, starts[origin][places[origin]], floors[goal][places[len(starts) + goal]])
                for places in cases
            ]
            earliest, latest = (
                np.array(column, dtype=np.int64)[case_of] for column in zip(*answers, strict=True)
            )
            known[rule] = earliest, latest, earliest == NOT_A_DATE
    return [known[None if lane is None else lane[0]] for lane in plan.lanes]


def _days(placed_us: Ints) -> list[int]:
    """The distinct UTC days of the rows, in order."""
    day_of = placed_us // _DAY_US
    found: list[int] = (distinct(day_of - day_of.min())[0] + day_of.min()).tolist()
    return found


def _digits(key: int, sizes: Sequence[int]) -> list[int]:
    digits: list[int] = []
    for size in reversed(sizes):
        key, digit = divmod(key, size)
        digits.append(digit)
    return digits[::-1]


def _answered(rule: PromiseRule, start: Start | None, floor: int) -> tuple[int, int]:
    if start is None:
        return NOT_A_DATE, NOT_A_DATE
    try:
        promise = rule.answer(start, floor)
    except InputError:
        return NOT_A_DATE, NOT_A_DATE
    return promise.earliest.toordinal() - _UNIX_DAY, promise.latest.toordinal() - _UNIX_DAY
