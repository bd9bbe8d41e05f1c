"""Columns of promises are the scalar promises, row by row."""

import datetime as dt
import random

import numpy as np
import pyarrow as pa
import pytest

from checkout_kit.errors import InputError
from checkout_kit.promise import promise
from checkout_kit.promise.arrow import promise_table
from checkout_kit.promise.columns import promise_columns
from checkout_kit.promise.given import rule_given
from tests.oracles.promise_cases import ZONES, anchor, random_instant, random_shipment

FIELDS = ("ships_earliest", "ships_on", "earliest", "latest", "order_by")
ROWS = 100_000


def _random_rows(rng, count):
    rules, nears, shipments = [], [], []
    while len(rules) < 200:
        zone = rng.choice(ZONES)
        near = anchor(rng, zone)
        shipment = random_shipment(rng, near, zone)
        shipment.pop("release_on", None)
        try:
            rules.append(rule_given(shipment))
        except InputError:
            continue
        nears.append(near)
        shipments.append(shipment)
    index = [rng.randrange(len(rules)) for _ in range(count)]
    shared = [
        [random_instant(rng, near, each) for _ in range(40)]
        for near, each in zip(nears, shipments, strict=True)
    ]
    placed_at = [dt.datetime.fromisoformat(rng.choice(shared[i])) for i in index]
    release = [
        (at.date() + dt.timedelta(days=rng.randrange(-2, 20))) if rng.random() < 0.2 else None
        for at in placed_at
    ]
    return rules, index, placed_at, release


def _scalar(rule, placed_at, release_on=None):
    try:
        found = promise(rule, placed_at, release_on)
    except InputError as error:
        return (None,) * 5 + (str(error),)
    return (*(getattr(found, name) for name in FIELDS), None)


def test_a_hundred_thousand_random_rows_are_the_scalar_promises():
    """Every date, cut-off and fault of 100,000 random rows is that of the scalar function."""
    rules, index, placed_at, release = _random_rows(random.Random(4), ROWS)
    table = pa.table(
        {
            "rule": [f"rule-{i}" for i in index],
            "placed_at": pa.array(placed_at, pa.timestamp("us", "UTC")),
            "release_on": pa.array(release, pa.date32()),
        }
    )
    named = {f"rule-{i}": rule for i, rule in enumerate(rules)}
    found = promise_table(table, named, release_on="release_on")
    columns = [found[name].to_pylist() for name in (*FIELDS, "fault")]
    for i, row in enumerate(zip(*columns, strict=True)):
        assert row == _scalar(rules[index[i]], placed_at[i], release[i])
    assert found["fault"].null_count < ROWS


def test_one_instant_for_all_rows_is_the_scalar_promise_too():
    """A feed at one instant gives each row what the scalar function gives its rule."""
    rules, index, placed_at, _ = _random_rows(random.Random(5), 5_000)
    for instant in placed_at[:20]:
        found = promise_columns(rules, np.array(index, dtype=np.int16), instant)
        for i in range(0, 5_000, 37):
            expected = _scalar(rules[index[i]], instant)
            dates = [getattr(found, name)[i].astype(object) for name in FIELDS[:4]]
            order_by = found.order_by[i].astype(object)
            order_by = order_by and order_by.replace(tzinfo=dt.UTC)
            fault = found.fault_texts[found.fault[i]] or None
            assert (*dates, order_by, fault) == expected


def test_one_instant_with_release_dates():
    """A release date per row counts at one instant as it does in a column of instants."""
    rules, index, placed_at, release = _random_rows(random.Random(6), 2_000)
    days = np.array(release, dtype="datetime64[D]")
    found = promise_columns(rules, np.array(index), placed_at[0], days)
    for i in range(2_000):
        assert found.latest[i].astype(object) == _scalar(rules[index[i]], placed_at[0], release[i])[3]


def test_unknown_rules_and_missing_instants_are_faults_of_their_row():
    """A row that cannot be answered says why and leaves the others alone."""
    rules, _, _, _ = _random_rows(random.Random(7), 1)
    at = pa.array([dt.datetime(2027, 3, 2, 12, tzinfo=dt.UTC), None, None], pa.timestamp("us", "UTC"))
    table = pa.table({"rule": ["a", "a", "b"], "placed_at": at})
    faults = promise_table(table, {"a": rules[0]})["fault"].to_pylist()
    assert faults[1:] == ["placed_at: missing", "rule: no such rule"]


@pytest.mark.parametrize("columns", [{"rule": ["a"]}, {"rule": ["a"], "placed_at": ["2027-03-02"]}])
def test_a_table_without_instants_is_refused(columns):
    """A missing column, or one without a zone, is a fault of the whole table."""
    rules, _, _, _ = _random_rows(random.Random(7), 1)
    with pytest.raises(InputError, match="placed_at"):
        promise_table(pa.table(columns), {"a": rules[0]})


def test_an_index_that_names_no_rule_is_refused():
    """Nothing is guessed for a row without a rule."""
    with pytest.raises(InputError, match="rule_index"):
        promise_columns([], np.array([0]), dt.datetime(2027, 3, 2, tzinfo=dt.UTC))


def test_an_empty_table_stays_empty():
    """No rows in, no rows out, with all the columns."""
    table = pa.table(
        {"rule": pa.array([], pa.string()), "placed_at": pa.array([], pa.timestamp("us", "UTC"))}
    )
    assert promise_table(table, {}).num_columns == 8
