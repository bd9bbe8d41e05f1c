"""Quotes for whole NumPy columns at once, row by row the scalar answer; needs the extra `columns`."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from attrs import evolve, field, frozen

from checkout_kit.address import Address
from checkout_kit.cart import Cart
from checkout_kit.errors import InputError, MissingExtra, Unsupported
from checkout_kit.shipping.bases import Tiers
from checkout_kit.shipping.cells import Cell
from checkout_kit.shipping.engine import Engine
from checkout_kit.shipping.facts import Facts
from checkout_kit.shipping.lean import GOODS, UNBOUNDED, Entry, Fee, LeanPlan, Shape
from checkout_kit.shipping.policy import ShippingPolicy
from checkout_kit.shipping.values import QuoteRequest

try:
    import numpy as np
    from numpy.typing import NDArray

    from checkout_kit.shipping.day_columns import NOT_A_DATE, lane_columns
    from checkout_kit.shipping.line_columns import LineColumns, LinesOf
    from checkout_kit.shipping.place_columns import Bools, Ints, distinct, list_places
    from checkout_kit.shipping.slot_columns import UNKNOWN, BeyondSums, Sums, above_last, slot_column
except ImportError as error:
    raise MissingExtra("columns", needed_for="a quote over columns") from error

Dates: TypeAlias = NDArray[np.datetime64]


_ANY_TIME: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_MOST = int(np.iinfo(np.int64).max)


@frozen(kw_only=True, eq=False)
class QuoteColumns:
    """Carts as columns of one length, all in the policy's currency.

    Attributes:
        weight_g, goods_minor, quantity: sums of each cart, as a quote would sum them; no line ships free, all
            weights are known and no discount code is entered.
        places: the distinct destinations, and `place` the index of each row's.
        placed_at: datetime64[us] in UTC.
        prices_include_tax: as of the carts; goods are summed in that way.
        lines: the carts' lines, where a price or condition looks at items, classes or sizes.
    """

    weight_g: Ints
    goods_minor: Ints
    quantity: Ints
    places: Sequence[Address]
    place: Ints
    placed_at: Dates
    prices_include_tax: bool = False
    lines: LineColumns | None = None
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
        if self.lines is not None:
            self._check(self.lines)
        object.__setattr__(self, "rows", len(self.place))

    def _check(self, lines: LineColumns) -> None:
        rows = len(self.place)
        if len(lines.cart) and not 0 <= int(lines.cart.min()) <= int(lines.cart.max()) < rows:
            raise InputError.of("lines.cart", f"names no cart, there are {rows}")
        whole = LinesOf(lines, rows)
        for name, column, told in (
            ("quantity", lines.quantity, self.quantity),
            ("weight_g", lines.quantity * lines.weight_g, self.weight_g),
            ("goods_minor", lines.goods_minor, self.goods_minor),
        ):
            wrong = np.flatnonzero(whole.total(column) != told)
            if len(wrong):
                raise InputError.of(name, f"is not the lines' sum, first in row {wrong[0]}")


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
        Unsupported: a method needs more than the columns say: items where there are no lines, attributes,
            goods on another basis, live rates, a promotion without a code, or added tax in proportion.
    """
    engine = policy.engines[policy.currency]
    shape = (len(engine.faces), columns.rows)
    price = np.full(shape, -1, dtype=np.int64)
    dates = np.full((2, *shape), NOT_A_DATE, dtype=np.int64)
    numbers, of_place = distinct(list_places(engine.zones, columns.places))
    cells = [engine.cell(number) for number in numbers.tolist()]
    plans: dict[int, list[int]] = {}
    for number, cell in enumerate(cells):
        plans.setdefault(id(cell.plan), []).append(number)
    for group in plans.values():
        slot = np.full(len(cells), -1, dtype=np.int64)
        slot[group] = np.arange(len(group))
        within = slot[of_place[columns.place]]
        rows = np.flatnonzero(within >= 0)
        if len(rows):
            asked = _Asked(engine, columns, rows, [cells[number] for number in group], slot[of_place])
            _quote_plan(asked, within[rows], price, dates)
    nothing = columns.quantity == 0
    price[:, nothing] = -1
    dates[:, :, nothing] = NOT_A_DATE
    return QuotedColumns(
        method_ids=tuple(face.method_id for face in engine.faces),
        price_minor=price,
        earliest=dates[0].view("datetime64[D]"),
        latest=dates[1].view("datetime64[D]"),
    )


@frozen(eq=False)
class _Asked:
    """The rows whose places share one plan; `cell_at` is each place's cell, -1 where it has another plan."""

    engine: Engine
    columns: QuoteColumns
    rows: Ints
    cells: list[Cell]
    cell_at: Ints

    def sums(self) -> Sums:
        """The rows by their sums."""
        columns, rows = self.columns, self.rows
        return Sums(
            weight_g=columns.weight_g[rows],
            goods_minor=columns.goods_minor[rows],
            quantity=columns.quantity[rows],
            tax="included" if columns.prices_include_tax else "excluded",
            placed_us=columns.placed_at[rows].astype("datetime64[us]").view(np.int64),
            zone=self.engine.settings.zone,
            lines_of=None if columns.lines is None else _lines_of(columns.lines, rows, columns.rows),
            at_place=self.at_place,
        )

    def at_place(self, number: Callable[[Facts], int]) -> Ints:
        """A number that the destination decides alone, for every row."""
        found = np.zeros(len(self.cell_at), dtype=np.int64)
        nothing = Cart(currency=self.engine.settings.currency, lines=())
        for place in np.unique(self.columns.place[self.rows]).tolist():
            request = QuoteRequest(cart=nothing, destination=self.columns.places[place], placed_at=_ANY_TIME)
            found[place] = number(Facts(request, self.cells[self.cell_at[place]], self.engine))
        return found[self.columns.place[self.rows]]


def _lines_of(lines: LineColumns, rows: Ints, carts: int) -> LinesOf:
    """The lines of some rows, which they name by their place among these."""
    if len(rows) == carts:
        return LinesOf(lines, carts)
    at = np.full(carts, -1, dtype=np.int64)
    at[rows] = np.arange(len(rows))
    among = at[lines.cart] >= 0
    columns = ("quantity", "weight_g", "goods_minor", "shipping_class", "sku")
    kept = {name: getattr(lines, name)[among] for name in columns}
    size_mm = None if lines.size_mm is None else lines.size_mm[among]
    return LinesOf(evolve(lines, cart=at[lines.cart[among]], size_mm=size_mm, **kept), len(rows))


def _quote_plan(asked: _Asked, cell_of: Ints, price: Ints, dates: Ints) -> None:
    """Price the rows of one plan; what entries share is worked out once for all of them."""
    plan, rows = asked.cells[0].plan, asked.rows
    if not plan.entries:
        return
    sums = asked.sums()
    numbers = _numbers(plan, sums)
    goods = numbers[GOODS]
    tests = [
        (low <= numbers[index]) & (numbers[index] <= min(high, _MOST)) for index, low, high in plan.tests
    ]
    bands = [
        _placed(np.array([min(bound, _MOST) for bound in bounds], dtype=np.int64), numbers[index], cell_of)
        for index, bounds in plan.bands
    ]
    table = np.array([cell.row for cell in asked.cells], dtype=np.int64).reshape(len(asked.cells), -1)
    lanes = lane_columns(plan, sums.placed_us)
    target: Ints | slice = slice(None) if len(rows) == asked.columns.rows else rows
    for i, (face, special, band, at, free_from, fees) in enumerate(plan.entries):
        guard, free_if, shape = plan.specials[special]
        index, is_above = bands[band]
        gone = is_above
        if shape is not None and shape.base:
            total = _by_row(numbers[shape.base], shape, plan.fees[fees], tests)
            gone = numbers[shape.base] == UNKNOWN
        else:
            prices = table[:, at : at + len(plan.bands[band][1])]
            total = _by_cell(prices, index, shape, plan.fees[fees], tests)
            measured, base = numbers[plan.bands[band][0]], plan.rates[i].base
            if isinstance(base, Tiers) and base.above is not None and is_above.any():
                over = np.flatnonzero(is_above & (measured != UNKNOWN))
                beyond = above_last(base, measured[over], prices[cell_of[over]])
                total[over] = _by_row(beyond, shape, plan.fees[fees], [test[over] for test in tests])
                gone = is_above & (measured == UNKNOWN)
        if shape is not None:
            for fee in shape.fees:
                total += numbers[fee]
            total += (total * shape.tax_twice + shape.tax_whole) // shape.tax_twice_whole
        if free_from < UNBOUNDED:
            total *= goods < free_from
        if free_if:
            total *= ~tests[free_if]
        earliest, latest, no_day = lanes[i]
        gone = gone | no_day
        if guard:
            gone = gone | ~tests[guard]
        if gone.any():
            total[gone] = -1
            earliest, latest = (np.where(gone, NOT_A_DATE, each) for each in (earliest, latest))
        price[face.index, target] = total
        dates[0, face.index, target] = earliest
        dates[1, face.index, target] = latest


def _numbers(plan: LeanPlan, sums: Sums) -> list[Ints]:
    """What bands, tests and fees of a plan look at, by number."""
    weight, goods, quantity = sums.weight_g, sums.goods_minor, sums.quantity
    numbers = [np.zeros(len(weight), dtype=np.int64), weight, goods, quantity, goods, weight, quantity]
    rates = {rate.face.index: rate for rate in plan.rates}
    beyond = {number for number, (index, bounds) in enumerate(plan.bands) if not bounds}
    missing = set()
    for key in plan.slot_keys:
        what = ("base", rates[key[1]]) if isinstance(key, tuple) and key[0] == "base" else key
        try:
            numbers.append(slot_column(what, sums))
        except BeyondSums:
            missing.add(len(numbers))
            numbers.append(numbers[0])
    names = [
        entry[0].method_id
        for entry in plan.entries
        if entry[2] in beyond or not missing.isdisjoint(_looked_at(plan, entry))
    ]
    if names:
        raise Unsupported(
            f"columns cannot price {', '.join(names)}: more than the columns say decides; quote row by row"
        )
    return numbers


def _looked_at(plan: LeanPlan, entry: Entry) -> set[int]:
    """The numbers that an entry's price depends on."""
    _, special, band, _, _, fees = entry
    guard, free_if, shape = plan.specials[special]
    tests = (guard, free_if, *(fee[0] for fee in plan.fees[fees]))
    own = () if shape is None else (shape.base, *shape.fees)
    return {plan.bands[band][0], *own, *(plan.tests[test][0] for test in tests)}


def _placed(bounds: Ints, numbers: Ints, cell_of: Ints) -> tuple[Ints, Bools]:
    """Where each row's band stands in a table of one row per cell, and which rows are above the last band."""
    band = np.searchsorted(bounds, numbers)
    is_above = band == len(bounds)
    return cell_of * len(bounds) + np.minimum(band, len(bounds) - 1), is_above


def _by_cell(
    prices: Ints, index: Ints, shape: Shape | None, fees: tuple[Fee, ...], tests: Sequence[Bools]
) -> Ints:
    """Base prices and fees, each fee worked out for every cell's bands and then given to the rows."""
    base = prices if shape is None else np.clip(prices, shape.least, min(shape.most, _MOST))
    always = base.copy()
    for test, fixed, twice, whole, twice_whole in fees:
        if not test:
            always += (base * twice + whole) // twice_whole if twice else fixed
    total = always.ravel()[index]
    for test, fixed, twice, whole, twice_whole in fees:
        if test:
            share = ((base * twice + whole) // twice_whole).ravel()[index] if twice else fixed
            total += share * tests[test]
    return total


def _by_row(base: Ints, shape: Shape | None, fees: tuple[Fee, ...], tests: Sequence[Bools]) -> Ints:
    """The same where the base prices are the rows' own."""
    if shape is not None:
        base = np.clip(np.where(base == UNKNOWN, 0, base), shape.least, min(shape.most, _MOST))
    total = base.copy()
    for test, fixed, twice, whole, twice_whole in fees:
        total += ((base * twice + whole) // twice_whole if twice else fixed) * tests[test]
    return total
