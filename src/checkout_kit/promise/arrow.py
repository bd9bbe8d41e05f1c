"""Promises for Arrow tables, in one process or in each partition of a distributed engine; extra `columns`."""

import datetime as dt
from collections.abc import Mapping

from checkout_kit.errors import InputError, MissingExtra
from checkout_kit.promise.columns import DATE_COLUMNS, Dates, promise_columns
from checkout_kit.promise.engine import PromiseRule

try:
    import numpy as np
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import compute
except ImportError as error:
    raise MissingExtra("columns", needed_for="promises over Arrow tables") from error


def promise_table(
    table: pa.Table,
    rules: Mapping[str, PromiseRule],
    *,
    placed_at: dt.datetime | str = "placed_at",
    rule: str = "rule",
    release_on: str | None = None,
) -> pa.Table:
    """The table with its promises added: four date32 columns, `order_by` and `fault`.

    `rule` names the column of rule names, `release_on` that of release dates if there is one; `placed_at` is
    one instant for all rows, or the name of a timestamp column with a zone. `fault` is null where there is a
    promise; a row whose rule is not among `rules` has a fault too.

    Raises:
        InputError: a column is missing or already there, or the instants have no zone.
    """
    _check_columns(table, [rule, placed_at, release_on])
    names = table[rule].cast(pa.string())
    index = compute.fill_null(compute.index_in(names, pa.array(list(rules), pa.string())), -1)
    places = index.to_numpy().astype(np.int64)
    release = None
    if release_on is not None:
        release = table[release_on].cast(pa.date32()).to_numpy().astype("datetime64[D]")
    known = np.flatnonzero(places >= 0)
    when = _instants(table, placed_at)
    found = promise_columns(
        tuple(rules.values()),
        places[known],
        when if isinstance(when, dt.datetime) else when[known],
        None if release is None else release[known],
    )
    for name in DATE_COLUMNS:
        days = np.full(len(places), np.datetime64("NaT"), dtype="datetime64[D]")
        days[known] = getattr(found, name)
        table = table.append_column(name, pa.array(days, pa.date32()))
    order_by = np.full(len(places), np.datetime64("NaT"), dtype="datetime64[us]")
    order_by[known] = found.order_by
    texts = [*found.fault_texts[1:], "rule: no such rule"]
    fault = np.full(len(places), len(texts) - 1, dtype=np.int64)
    fault[known] = found.fault - 1
    faults = pa.DictionaryArray.from_arrays(pa.array(fault, mask=fault < 0), pa.array(texts))
    table = table.append_column("order_by", pa.array(order_by, pa.timestamp("us", "UTC")))
    return table.append_column("fault", faults.cast(pa.string()))


def _check_columns(table: pa.Table, wanted: list[str | dt.datetime | None]) -> None:
    there = list(table.schema.names)
    for name in wanted:
        if isinstance(name, str) and name not in there:
            raise InputError.of(name, "no such column", remedy=f"the columns are {', '.join(there)}")
    for name in (*DATE_COLUMNS, "order_by", "fault"):
        if name in there:
            raise InputError.of(name, "a column of that name is there already", remedy="drop or rename it")


def _instants(table: pa.Table, placed_at: dt.datetime | str) -> dt.datetime | Dates:
    if not isinstance(placed_at, str):
        return placed_at
    kind = table.schema.field(placed_at).type
    if not pa.types.is_timestamp(kind) or kind.tz is None:
        remedy = "make it a timestamp with a zone, such as timestamp('us', 'UTC')"
        raise InputError.of(placed_at, "not a column of instants", found=str(kind), remedy=remedy)
    found: Dates = table[placed_at].cast(pa.timestamp("us", "UTC"), safe=False).to_numpy()
    return found
