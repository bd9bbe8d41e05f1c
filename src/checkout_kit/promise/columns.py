"""Promises for whole NumPy columns at once, row by row the scalar answer; needs the extra `columns`."""

import datetime as dt
from collections.abc import Sequence
from typing import TypeAlias

from attrs import frozen

from checkout_kit.calendars.zones import EPOCH, TICK
from checkout_kit.errors import InputError, MissingExtra
from checkout_kit.promise.engine import PromiseRule
from checkout_kit.promise.rule import Destination, ShipFrom
from checkout_kit.promise.start import Start

try:
    import numpy as np
    from numpy.typing import NDArray
except ImportError as error:
    raise MissingExtra("columns", needed_for="a promise over columns") from error

Ints: TypeAlias = NDArray[np.int64]
Dates: TypeAlias = NDArray[np.datetime64]

DATE_COLUMNS = ("ships_earliest", "ships_on", "earliest", "latest")
_NAT = int(np.iinfo(np.int64).min)
_NEVER = int(np.iinfo(np.int64).max)
_DAY = 86_400_000_000
_UNIX_DAY = EPOCH.toordinal()


@frozen(kw_only=True)
class PromiseColumns:
    """One entry per row: dates as datetime64[D], `order_by` as datetime64[us] in UTC, NaT for none.

    `fault` is 0 where there is a promise, else the place of the reason in `fault_texts`.
    """

    ships_earliest: Dates
    ships_on: Dates
    earliest: Dates
    latest: Dates
    order_by: Dates
    fault: Ints
    fault_texts: tuple[str, ...]


@frozen
class _Case:
    """What decides a promise; reckoned once, however many rows share it."""

    rule: PromiseRule
    start: Start | InputError
    floor: int


def promise_columns(
    rules: Sequence[PromiseRule],
    rule_index: NDArray[np.integer],
    placed_at: dt.datetime | Dates,
    release_on: Dates | None = None,
) -> PromiseColumns:
    """The promise of every row: `rules[rule_index[i]]`, ordered at one instant or at `placed_at[i]`.

    A column of instants is in UTC; NaT in `release_on` means none. A row without an answer has a fault, with
    the scalar function's own words.

    Raises:
        InputError: a single `placed_at` is naive, or an index names no rule.
    """
    index = np.asarray(rule_index).astype(np.int64, copy=False)
    if index.size and not 0 <= index.min() <= index.max() < len(rules):
        raise InputError.of("rule_index", f"names no rule, there are {len(rules)}", found=int(index.max()))
    if isinstance(placed_at, dt.datetime):
        if release_on is None:
            return _at_one_instant(rules, index, placed_at)
        since = np.full(len(index), (placed_at - EPOCH) // TICK, dtype=np.int64)
    else:
        since = placed_at.astype("datetime64[us]").view(np.int64)
    return _row_by_row(rules, index, since, release_on)


def _at_one_instant(rules: Sequence[PromiseRule], index: Ints, placed_at: dt.datetime) -> PromiseColumns:
    used = np.zeros(len(rules), dtype=bool)
    used[index] = True
    cases = [
        _Case(rule, _start(rule.ship_from, placed_at), rule.destination.day_at(placed_at))
        for rule, is_used in zip(rules, used, strict=True)
        if is_used
    ]
    return _answered(cases, (np.cumsum(used) - 1)[index])


def _row_by_row(
    rules: Sequence[PromiseRule], index: Ints, since: Ints, release_on: Dates | None
) -> PromiseColumns:
    """Start and floor of every row, rows of one origin or destination together; then each distinct case."""
    starts: list[Start | InputError] = [InputError.of("placed_at", "missing")]
    is_placed = since != _NAT
    start_of = np.zeros(len(index), dtype=np.int64)
    floor_of = np.zeros(len(index), dtype=np.int64)
    origins = {rule.ship_from: None for rule in rules}
    origin_of = _numbered([rule.ship_from for rule in rules])[index]
    for number, origin in enumerate(origins):
        rows = np.flatnonzero((origin_of == number) & is_placed)
        start_of[rows] = _start_places(origin, since[rows], starts)
        if release_on is not None:
            release = release_on[rows].astype("datetime64[D]").view(np.int64)
            start_of[rows] = _released_places(origin, start_of[rows], release, starts)
    goals = {rule.destination: None for rule in rules}
    goal_of = _numbered([rule.destination for rule in rules])[index]
    for number, goal in enumerate(goals):
        rows = np.flatnonzero((goal_of == number) & is_placed)
        floor_of[rows] = _floors(goal, since[rows])
    lowest = int(floor_of.min(initial=0))
    width = int(floor_of.max(initial=0)) - lowest + 1
    keys, inverse = np.unique(
        (index * len(starts) + start_of) * width + floor_of - lowest, return_inverse=True
    )
    cases = []
    for key in keys.tolist():
        place, floor = divmod(key, width)
        rule, start = divmod(place, len(starts))
        cases.append(_Case(rules[rule], starts[start], floor + lowest))
    return _answered(cases, inverse)


def _numbered(values: Sequence[ShipFrom] | Sequence[Destination]) -> Ints:
    numbers: dict[ShipFrom | Destination, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)


def _start(ship_from: ShipFrom, placed_at: dt.datetime) -> Start | InputError:
    try:
        return ship_from.start_at(placed_at)
    except InputError as error:
        if error.faults[0].path == "placed_at":
            raise
        return error


def _start_places(origin: ShipFrom, since: Ints, starts: list[Start | InputError]) -> Ints:
    """The place in `starts` of every row's start, the starts of new spans added to it."""
    bounds: list[int] = []
    first = len(starts)
    for day in np.unique(since // _DAY).tolist():
        try:
            spans = origin.starts.of_day(day)
        except OverflowError:
            bounds.append((day + 1) * _DAY - 1)
            starts.append(InputError.of("placed_at", "outside the calendar era"))
            continue
        for last, start in spans:
            bounds.append(last // TICK)
            starts.append(start if start is not None else _start(origin, EPOCH + last))
    return first + np.searchsorted(np.array(bounds, dtype=np.int64), since)


def _released_places(origin: ShipFrom, places: Ints, release: Ints, starts: list[Start | InputError]) -> Ints:
    days = np.array([start.day - _UNIX_DAY if isinstance(start, Start) else _NEVER for start in starts])
    later = (release != _NAT) & (days[places] < release)
    distinct, inverse = np.unique(release[later], return_inverse=True)
    moved = places.copy()
    moved[later] = len(starts) + inverse
    for day in distinct.tolist():
        try:
            starts.append(origin.released_on(day + _UNIX_DAY))
        except InputError as error:
            starts.append(error)
    return moved


def _floors(goal: Destination, since: Ints) -> Ints:
    bounds: list[int] = []
    floors: list[int] = []
    for day in np.unique(since // _DAY).tolist():
        try:
            spans = goal.local.of_day(day)
        except OverflowError:
            spans = ((dt.timedelta(days=day + 1), 0),)
        for end, floor in spans:
            bounds.append(end // TICK)
            floors.append(floor)
    found = np.searchsorted(np.array(bounds, dtype=np.int64), since, side="right")
    return np.array(floors, dtype=np.int64)[found]


def _answered(cases: Sequence[_Case], places: Ints) -> PromiseColumns:
    """The distinct cases answered into small columns, which the rows then index."""
    texts = {"": 0}
    answers = np.full((6, len(cases)), _NAT, dtype=np.int64)
    for i, case in enumerate(cases):
        answers[5, i] = 0
        try:
            if isinstance(case.start, InputError):
                raise case.start
            promise = case.rule.answer(case.start, case.floor)
        except InputError as error:
            answers[5, i] = texts.setdefault(str(error), len(texts))
            continue
        for j, name in enumerate(DATE_COLUMNS):
            answers[j, i] = getattr(promise, name).toordinal() - _UNIX_DAY
        if promise.order_by is not None:
            answers[4, i] = (promise.order_by - EPOCH) // TICK
    days = [column.view("datetime64[D]")[places] for column in answers[:4]]
    return PromiseColumns(
        ships_earliest=days[0],
        ships_on=days[1],
        earliest=days[2],
        latest=days[3],
        order_by=answers[4].view("datetime64[us]")[places],
        fault=answers[5][places],
        fault_texts=tuple(texts),
    )
