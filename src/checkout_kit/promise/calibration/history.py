"""A shop's history as CSV: readable rows become orders, every other row is named with the reason."""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from attrs import define, field, frozen

from checkout_kit.errors import InputError, short_repr
from checkout_kit.promise.calibration.facts import OrderFacts, PastOrder

REQUIRED = ("order_id", "purchase_ts", "delivered_ts")
PLACES = ("seller_state", "seller_zip", "customer_state", "customer_zip")
OPTIONAL = ("carrier_ts", "estimated_date", "seller_id", "service", "category", *PLACES)
FIGURES = ("distance_km", "n_items", "price", "freight_value", "weight_g", "volume_l")
STAMPED_LATER = ("approved_ts", "ship_limit_date")
_ZIP_PREFIXES = (2, 3)


@frozen(kw_only=True)
class RowFault:
    """Why a row is not used; `row` counts from 1, the header being row 1."""

    row: int
    reason: str
    found: str = ""

    def __str__(self) -> str:
        """`row 17: delivered before purchased, found '2018-01-02'`."""
        return f"row {self.row}: {self.reason}" + (f", found {self.found}" if self.found else "")


@frozen(kw_only=True)
class History:
    """What a file held: orders by purchase, rows left out, values of good rows set aside, other columns."""

    orders: tuple[PastOrder, ...]
    excluded: tuple[RowFault, ...]
    set_aside: tuple[RowFault, ...]
    unknown_columns: tuple[str, ...]
    figures: tuple[str, ...]

    @property
    def excluded_by_reason(self) -> dict[str, tuple[int, ...]]:
        """The row numbers left out, by reason, in file order."""
        rows: dict[str, list[int]] = {}
        for fault in self.excluded:
            rows.setdefault(fault.reason, []).append(fault.row)
        return {reason: tuple(numbers) for reason, numbers in rows.items()}


class _Unusable(Exception):
    def __init__(self, reason: str, found: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.found = short_repr(found) if found else ""


@define
class _Reader:
    cells: Mapping[str, int]
    figures: tuple[str, ...]
    first_row_of: dict[str, int] = field(factory=dict)
    is_zoned: bool | None = None
    set_aside: list[RowFault] = field(factory=list)

    def order(self, row: int, values: Sequence[str]) -> PastOrder:
        purchased_at = self._time(values, "purchase_ts")
        if purchased_at is None:
            raise _Unusable("purchase_ts is empty")
        if self.is_zoned is None:
            self.is_zoned = purchased_at.tzinfo is not None
        delivered_at = self._time(values, "delivered_ts")
        if delivered_at is not None and delivered_at < purchased_at:
            raise _Unusable("delivered before purchased", delivered_at.isoformat())
        order_id = self._text(values, "order_id")
        if not order_id:
            raise _Unusable("order_id is empty")
        for place in PLACES:
            if place in self.cells and not self._text(values, place):
                raise _Unusable(f"{place} is missing")
        facts = OrderFacts(
            order_id=order_id,
            purchased_at=purchased_at,
            origin=self._places(values, "seller_state", "seller_zip"),
            destination=self._places(values, "customer_state", "customer_zip"),
            seller=self._text(values, "seller_id"),
            service=self._text(values, "service"),
            category=self._text(values, "category"),
            numbers=tuple(self._numbers(values)),
            own_estimate=self._estimate(row, values, purchased_at.date()),
        )
        handed_over_at = self._handover(row, values, purchased_at, delivered_at)
        if order_id in self.first_row_of:
            raise _Unusable("order_id already used", f"row {self.first_row_of[order_id]}")
        self.first_row_of[order_id] = row
        return PastOrder(facts=facts, handed_over_at=handed_over_at, delivered_at=delivered_at)

    def _text(self, values: Sequence[str], column: str) -> str:
        cell = self.cells.get(column)
        return "" if cell is None else values[cell].strip()

    def _time(self, values: Sequence[str], column: str) -> datetime | None:
        text = self._text(values, column)
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text)
        except ValueError as error:
            raise _Unusable(f"{column} is not an ISO 8601 time", text) from error
        if self.is_zoned is not None and (at.tzinfo is not None) is not self.is_zoned:
            raise _Unusable(f"{column} mixes times with and without a zone", text)
        return at

    def _places(self, values: Sequence[str], state: str, postal: str) -> tuple[str, ...]:
        code = self._text(values, postal)
        prefixes = [code[:length] for length in _ZIP_PREFIXES if len(code) > length]
        return tuple(place for place in (self._text(values, state), *prefixes, code) if place)

    def _numbers(self, values: Sequence[str]) -> Iterator[tuple[str, float]]:
        for name in self.figures:
            text = self._text(values, name)
            if not text:
                continue
            try:
                number = float(text)
            except ValueError as error:
                raise _Unusable(f"{name} is not a number", text) from error
            if not math.isfinite(number):
                raise _Unusable(f"{name} is not a finite number", text)
            yield name, number

    def _estimate(self, row: int, values: Sequence[str], purchased_on: date) -> date | None:
        at = None
        text = self._text(values, "estimated_date")
        if text:
            try:
                at = datetime.fromisoformat(text).date()
            except ValueError as error:
                raise _Unusable("estimated_date is not an ISO 8601 date", text) from error
        if at is not None and at < purchased_on:
            self.set_aside.append(
                RowFault(row=row, reason="estimated_date before purchase", found=repr(text))
            )
            return None
        return at

    def _handover(
        self, row: int, values: Sequence[str], purchased_at: datetime, delivered_at: datetime | None
    ) -> datetime | None:
        at = self._time(values, "carrier_ts")
        if at is not None and (at < purchased_at or (delivered_at is not None and at > delivered_at)):
            reason = "carrier_ts before purchase or after delivery"
            self.set_aside.append(RowFault(row=row, reason=reason, found=repr(at.isoformat())))
            return None
        return at


def read_history(
    lines: Iterable[str],
    *,
    columns: Mapping[str, str] | None = None,
    figures: Sequence[str] = (),
    source: str = "history",
) -> History:
    """Read CSV lines with a header; `columns` maps our names to the file's, `figures` adds numeric columns.

    Raises InputError when the file cannot be used at all: no header, a needed column missing, no usable row.
    """
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader, None)
        if not header:
            raise InputError.of("", "the file is empty", remedy="give a CSV file with a header")
        known, unknown, numeric = _columns(header, columns or {}, tuple(figures))
        parser = _Reader(known, numeric)
        orders: list[PastOrder] = []
        excluded: list[RowFault] = []
        row = 1
        for values in reader:
            row += 1
            if not values:
                continue
            try:
                if len(values) != len(header):
                    raise _Unusable(f"the header names {len(header)} columns", str(len(values)))
                orders.append(parser.order(row, values))
            except _Unusable as fault:
                excluded.append(RowFault(row=row, reason=fault.reason, found=fault.found))
    except csv.Error as error:
        raise InputError.of(f"line {reader.line_num}", f"not CSV: {error}") from error
    except UnicodeDecodeError as error:
        raise InputError.of(f"after line {reader.line_num}", "not UTF-8 text", found=error.reason) from error
    if not orders:
        reason = str(excluded[0]) if excluded else "there is no row below the header"
        raise InputError.of("", f"no usable row in {source}; {reason}")
    return History(
        orders=tuple(sorted(orders, key=_purchased)),
        excluded=tuple(excluded),
        set_aside=tuple(parser.set_aside),
        unknown_columns=unknown,
        figures=numeric,
    )


def _purchased(order: PastOrder) -> datetime:
    return order.facts.purchased_at


def _columns(
    header: Sequence[str], columns: Mapping[str, str], extra: tuple[str, ...]
) -> tuple[dict[str, int], tuple[str, ...], tuple[str, ...]]:
    ours = (*REQUIRED, *OPTIONAL, *FIGURES, *(name for name in extra if name not in FIGURES))
    names = [name.strip() for name in header]
    faults = [
        InputError.of("header", "column named twice", found=name) for name in names if names.count(name) > 1
    ]
    for name in columns:
        if name not in ours:
            faults.append(
                InputError.of("--column", "no such column of ours", found=name, remedy="see the docs")
            )
    place = {name: names.index(columns.get(name, name)) for name in ours if columns.get(name, name) in names}
    needed = (*REQUIRED, *columns, *extra)
    for name in dict.fromkeys(needed):
        if name in ours and name not in place:
            remedy = f"map it: --column {name}=YOURS" if name not in columns else "check the spelling"
            found = columns.get(name, name)
            faults.append(InputError.of("header", "needed column is missing", found=found, remedy=remedy))
    if faults:
        raise InputError(fault for error in faults for fault in error.faults)
    used = set(place.values())
    unknown = tuple(n for i, n in enumerate(names) if i not in used and n not in STAMPED_LATER)
    return place, unknown, tuple(name for name in (*FIGURES, *extra) if name in place)
