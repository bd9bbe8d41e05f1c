"""Quotes for whole NumPy columns at once, row by row the scalar answer; needs the extra `columns`."""

import datetime as dt
from collections.abc import Sequence
from typing import TypeAlias

from attrs import field, frozen

from checkout_kit.address import Address
from checkout_kit.calendars.zones import TICK
from checkout_kit.errors import InputError, MissingExtra, Unsupported
from checkout_kit.promise import PromiseRule, Start
from checkout_kit.shipping.cells import Cell
from checkout_kit.shipping.conditions import UNBOUNDED
from checkout_kit.shipping.engine import Engine
from checkout_kit.shipping.lean import FIRST_SLOT, Entry, Fee, LeanPlan
from checkout_kit.shipping.policy import ShippingPolicy

try:
    import numpy as np
    from numpy.typing import NDArray

    from checkout_kit.shipping.place_columns import distinct, list_places
except ImportError as error:
    raise MissingExtra("columns", needed_for="a quote over columns") from error

Ints: TypeAlias = NDArray[np.int64]
Dates: TypeAlias = NDArray[np.datetime64]

_Lane: TypeAlias = tuple[Ints, Ints, NDArray[np.bool_]]
_UNIX_DAY = dt.date(1970, 1, 1).toordinal()
_DAY_US = 86_400_000_000
_MOST = int(np.iinfo(np.int64).max)
_NOT_A_DATE = int(np.iinfo(np.int64).min)


@frozen(kw_only=True, eq=False)
class QuoteColumns:
    """Carts as columns of one length, all in the policy's currency.

    Attributes:
        weight_g, goods_minor, quantity: sums of each cart, as a quote would sum them; no line ships free, all
            weights are known and no discount code is entered.
        places: the distinct destinations, and `place` the index of each row's.
        placed_at: datetime64[us] in UTC.
    """

    weight_g: Ints
    goods_minor: Ints
    quantity: Ints
    places: Sequence[Address]
    place: Ints
    placed_at: Dates
    rows: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        lengths = {
            name: len(getattr(self, name))
            for name in ("weight_g", "goods_minor", "quantity", "place", "placed_at")
        }
        if len(set(lengths.values())) > 1:
            raise InputError.of("columns", "have different lengths", found=lengths)
        if len(self.place) and not 0 <= int(self.place.min()) <= int(self.place.max()) < len(self.places):
            raise InputError.of("place", f"names no destination, there are {len(self.places)}")
        if np.isnat(self.placed_at).any():
            raise InputError.of("placed_at", "has rows without an instant")
        object.__setattr__(self, "rows", len(self.place))


@frozen(kw_only=True, eq=False)
class QuotedColumns:
    """One row per method and one column per cart; a price of -1 and NaT dates mean that it is withheld."""

    method_ids: tuple[str, ...]
    price_minor: Ints
    earliest: Dates
    latest: Dates


def quote_columns(policy: ShippingPolicy, columns: QuoteColumns) -> QuotedColumns:
    """The price and dates of every method for every row.

    Raises:
        Unsupported: a method's price needs more than the columns say (items, codes, classes, distance).
    """
    engine = policy.engines[policy.currency]
    shape = (len(engine.faces), columns.rows)
    price = np.full(shape, -1, dtype=np.int64)
    dates = np.full((2, *shape), _NOT_A_DATE, dtype=np.int64)
    cell_of, cells = _cells(engine, columns)
    plans: dict[int, list[int]] = {}
    for number, cell in enumerate(cells):
        plans.setdefault(id(cell.plan), []).append(number)
    for numbers in plans.values():
        group = [cells[number] for number in numbers]
        slot = np.full(len(cells), -1, dtype=np.int64)
        slot[numbers] = np.arange(len(numbers))
        within = slot[cell_of]
        rows = np.flatnonzero(within >= 0)
        _quote_plan(group, within[rows], columns, rows, price, dates)
    return QuotedColumns(
        method_ids=tuple(face.method_id for face in engine.faces),
        price_minor=price,
        earliest=dates[0].view("datetime64[D]"),
        latest=dates[1].view("datetime64[D]"),
    )


def _cells(engine: Engine, columns: QuoteColumns) -> tuple[Ints, list[Cell]]:
    """The cell of every row, as an index into the distinct cells."""
    numbers, of_place = distinct(list_places(engine.zones, columns.places))
    return of_place[columns.place], [engine.cell(number) for number in numbers.tolist()]


def _quote_plan(  # noqa: PLR0917
    cells: list[Cell], cell_of: Ints, columns: QuoteColumns, rows: Ints, price: Ints, dates: Ints
) -> None:
    """Price the rows whose places share one plan; what entries share is worked out once for all of them."""
    plan = cells[0].plan
    _check(plan)
    if not len(rows) or not plan.entries:
        return
    weight, goods, quantity = (
        column[rows] for column in (columns.weight_g, columns.goods_minor, columns.quantity)
    )
    numbers = [np.zeros(len(rows), dtype=np.int64), weight, goods, quantity, goods, weight, quantity]
    tests = [
        (low <= numbers[index]) & (numbers[index] <= min(high, _MOST)) for index, low, high in plan.tests
    ]
    bands = [
        _placed(np.array([min(bound, _MOST) for bound in bounds], dtype=np.int64), numbers[index], cell_of)
        for index, bounds in plan.bands
    ]
    table = np.array([cell.row for cell in cells], dtype=np.int64).reshape(len(cells), -1)
    lanes = _dates(plan, columns.placed_at[rows].astype("datetime64[us]").view(np.int64))
    target: Ints | slice = slice(None) if len(rows) == columns.rows else rows
    for i, (face, special, band, at, free_from, fees) in enumerate(plan.entries):
        guard, free_if, shape = plan.specials[special]
        index, is_above = bands[band]
        base = table[:, at : at + len(plan.bands[band][1])]
        if shape is not None:
            base = np.clip(base, shape.least, min(shape.most, _MOST))
        total = _with_fees(base, plan.fees[fees]).ravel()[index]
        for test, fixed, twice, whole, twice_whole in plan.fees[fees]:
            if test:
                share = ((base * twice + whole) // twice_whole).ravel()[index] if twice else fixed
                total += share * tests[test]
        if shape is not None:
            total += (total * shape.tax_twice + shape.tax_whole) // shape.tax_twice_whole
        if free_from < UNBOUNDED:
            total *= goods < free_from
        if free_if:
            total *= ~tests[free_if]
        earliest, latest, no_day = lanes[i]
        gone = is_above | no_day
        if guard:
            gone = gone | ~tests[guard]
        if gone.any():
            total[gone] = -1
            earliest, latest = (np.where(gone, _NOT_A_DATE, each) for each in (earliest, latest))
        price[face.index, target] = total
        dates[0, face.index, target] = earliest
        dates[1, face.index, target] = latest


def _placed(bounds: Ints, numbers: Ints, cell_of: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Where each row's band stands in a table of one row per cell, and which rows are above the last band."""
    band = np.searchsorted(bounds, numbers)
    is_above = band == len(bounds)
    return cell_of * len(bounds) + np.minimum(band, len(bounds) - 1), is_above


def _with_fees(base: Ints, fees: tuple[Fee, ...]) -> Ints:
    """The base prices of all cells with the fees that always apply, each rounded on its own."""
    total = base.copy()
    for test, fixed, twice, whole, twice_whole in fees:
        if not test:
            total += (base * twice + whole) // twice_whole if twice else fixed
    return total


def _check(plan: LeanPlan) -> None:
    beyond = [entry[0].method_id for entry in plan.entries if _is_beyond(plan, entry)]
    overflowing = [
        rate.face.method_id for rate in plan.rates if getattr(rate.base, "above", None) is not None
    ]
    if plan.slots or beyond or overflowing:
        names = ", ".join(dict.fromkeys(beyond + overflowing)) or "a condition"
        raise Unsupported(
            f"columns cannot price {names}: more than sums of the cart decides; quote row by row"
        )


def _is_beyond(plan: LeanPlan, entry: Entry) -> bool:
    index, bounds = plan.bands[entry[2]]
    shape = plan.specials[entry[1]][2]
    return not bounds or index >= FIRST_SLOT or (shape is not None and bool(shape.fees))


def _dates(plan: LeanPlan, since_us: Ints) -> list[_Lane]:
    """First and last day of every row for each entry, and the rows without a usable day."""
    case = np.zeros(len(since_us), dtype=np.int64)
    day_of = since_us // _DAY_US
    days = (distinct(day_of - day_of.min())[0] + day_of.min()).tolist()
    starts: list[list[Start | None]] = []
    floors: list[list[int]] = []
    for ship_from in plan.ship_froms:
        spans = [span for day in days for span in ship_from.starts.of_day(day)]
        bounds = np.array([last // TICK for last, _ in spans], dtype=np.int64)
        starts.append([start for _, start in spans])
        case = case * len(spans) + np.searchsorted(bounds, since_us)
    for destination in plan.destinations:
        local = [span for day in days for span in destination.local.of_day(day)]
        ends = np.array([end // TICK for end, _ in local], dtype=np.int64)
        floors.append([floor for _, floor in local])
        case = case * len(local) + np.searchsorted(ends, since_us, side="right")
    met, case_of = distinct(case)
    sizes = [len(each) for each in starts] + [len(each) for each in floors]
    cases = [_digits(key, sizes) for key in met.tolist()]
    blank = np.full(len(since_us), _NOT_A_DATE, dtype=np.int64)
    known: dict[PromiseRule | None, _Lane] = {None: (blank, blank, np.zeros(len(since_us), dtype=bool))}
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
            known[rule] = earliest, latest, earliest == _NOT_A_DATE
    return [known[None if lane is None else lane[0]] for lane in plan.lanes]


def _digits(key: int, sizes: Sequence[int]) -> list[int]:
    digits: list[int] = []
    for size in reversed(sizes):
        key, digit = divmod(key, size)
        digits.append(digit)
    return digits[::-1]


def _answered(rule: PromiseRule, start: Start | None, floor: int) -> tuple[int, int]:
    if start is None:
        return _NOT_A_DATE, _NOT_A_DATE
    try:
        promise = rule.answer(start, floor)
    except InputError:
        return _NOT_A_DATE, _NOT_A_DATE
    return promise.earliest.toordinal() - _UNIX_DAY, promise.latest.toordinal() - _UNIX_DAY
