"""A history file: good rows become orders, bad ones are named by number, a useless file is refused."""

from datetime import date, datetime

import pytest

from checkout_kit.errors import InputError
from checkout_kit.promise.calibration import read_history

HEADER = (
    "order_id,seller_id,purchase_ts,carrier_ts,delivered_ts,estimated_date,"
    "customer_zip,customer_state,weight_g"
)
GOOD = "a1,s1,2026-03-02T10:00:00,2026-03-03T09:00:00,2026-03-06T12:00:00,2026-03-12,01310,SP,300"


def rows(*lines, header=HEADER):
    """A file of these lines below the header."""
    return [f"{line}\n" for line in (header, *lines)]


def changed(**cells):
    """The good row with some cells replaced."""
    names = HEADER.split(",")
    return ",".join(cells.get(name, cell) for name, cell in zip(names, GOOD.split(","), strict=True))


def test_a_good_row_becomes_an_order():
    """Every known column arrives where it belongs; the postal code gives places from wide to narrow."""
    history = read_history(rows(GOOD))
    (order,) = history.orders
    assert order.facts.order_id == "a1"
    assert order.facts.purchased_at == datetime(2026, 3, 2, 10)
    assert order.facts.destination == ("SP", "01", "013", "01310")
    assert order.facts.own_estimate == date(2026, 3, 12)
    assert order.facts.numbers == (("weight_g", 300.0),)
    assert order.handed_over_at == datetime(2026, 3, 3, 9)
    assert order.delivered_at == datetime(2026, 3, 6, 12)
    assert history.excluded == ()
    assert history.figures == ("weight_g",)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (changed(order_id="b", delivered_ts="2026-03-01T12:00:00"), "delivered before purchased"),
        (changed(order_id="b", customer_state=""), "customer_state is missing"),
        (changed(order_id="b", customer_zip=" "), "customer_zip is missing"),
        (GOOD, "order_id already used"),
        (changed(order_id=""), "order_id is empty"),
        (changed(order_id="b", purchase_ts=""), "purchase_ts is empty"),
        (changed(order_id="b", purchase_ts="02/03/2026"), "purchase_ts is not an ISO 8601 time"),
        (changed(order_id="b", delivered_ts="soon"), "delivered_ts is not an ISO 8601 time"),
        (changed(order_id="b", estimated_date="soon"), "estimated_date is not an ISO 8601 date"),
        (
            changed(order_id="b", purchase_ts="2026-03-02T10:00:00-03:00"),
            "purchase_ts mixes times with and without a zone",
        ),
        (changed(order_id="b", weight_g="heavy"), "weight_g is not a number"),
        (changed(order_id="b", weight_g="nan"), "weight_g is not a finite number"),
        (GOOD + ",surplus", "the header names 9 columns"),
        ("b,s1", "the header names 9 columns"),
    ],
)
def test_a_bad_row_is_left_out_and_named(row, reason):
    """Its number counts from the header as row 1; the good rows around it stay."""
    history = read_history(rows(GOOD, row, changed(order_id="c")))
    assert [order.facts.order_id for order in history.orders] == ["a1", "c"]
    assert history.excluded_by_reason == {reason: (3,)}


def test_a_bad_row_is_told_in_one_line():
    """Row, reason and the value found."""
    (fault,) = read_history(rows(GOOD, changed(order_id="b", weight_g="heavy"))).excluded
    assert str(fault) == "row 3: weight_g is not a number, found 'heavy'"


def test_an_order_under_way_is_kept():
    """Without a delivery a row still tells that the parcel is not there yet."""
    (order,) = read_history(rows(changed(delivered_ts="", carrier_ts=""))).orders
    assert order.delivered_at is None
    assert order.handed_over_at is None


@pytest.mark.parametrize(
    "cells",
    [
        {"carrier_ts": "2026-03-01T09:00:00"},
        {"carrier_ts": "2026-03-07T09:00:00"},
        {"estimated_date": "2026-03-01"},
    ],
)
def test_an_impossible_side_value_is_set_aside(cells):
    """A hand-over outside purchase and delivery, or an estimate before purchase, counts as unknown."""
    history = read_history(rows(changed(**cells)))
    (order,) = history.orders
    assert (order.handed_over_at is None) == ("carrier_ts" in cells)
    assert (order.facts.own_estimate is None) == ("estimated_date" in cells)
    assert [fault.row for fault in history.set_aside] == [2]


def test_unknown_columns_are_named_and_not_used():
    """Columns stamped after purchase are known and silently left alone; any other is listed."""
    header = f"{HEADER},approved_ts,colour"
    history = read_history(rows(f"{GOOD},2026-03-02T11:00:00,red", header=header))
    assert history.unknown_columns == ("colour",)
    assert len(history.orders) == 1


def test_columns_can_be_mapped_and_figures_added():
    """A shop's own names are mapped to ours, and a numeric column of its own joins the figures."""
    header = HEADER.replace("purchase_ts", "ordered_at") + ",floors"
    history = read_history(
        rows(f"{GOOD},4", header=header), columns={"purchase_ts": "ordered_at"}, figures=["floors"]
    )
    assert history.figures == ("weight_g", "floors")
    assert history.orders[0].facts.numbers == (("weight_g", 300.0), ("floors", 4.0))
    assert history.unknown_columns == ()


def test_orders_are_sorted_by_purchase():
    """However the file is sorted."""
    later = changed(order_id="z", purchase_ts="2026-03-03T10:00:00")
    assert [order.facts.order_id for order in read_history(rows(later, GOOD)).orders] == ["a1", "z"]


def test_every_missing_column_is_named_at_once():
    """A file without the needed columns is refused with all of them and the option that maps them."""
    with pytest.raises(InputError) as refused:
        read_history(rows("1,2", header="order_id,colour"))
    assert [fault.found for fault in refused.value.faults] == ["'purchase_ts'", "'delivered_ts'"]
    assert "--column purchase_ts=YOURS" in str(refused.value)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "the file is empty"),
        (rows(), "there is no row below the header"),
        (rows(changed(purchase_ts="never")), "no usable row"),
        (rows(GOOD, header=HEADER.replace("seller_id", "order_id")), "column named twice"),
        (rows('a1,"open quote'), "not CSV"),
    ],
)
def test_a_useless_file_is_refused_with_the_reason(lines, message):
    """Nothing is guessed from a file without a usable row."""
    with pytest.raises(InputError, match=message):
        read_history(lines)


def test_a_mapping_to_no_column_of_ours_is_refused():
    """A mistyped mapping is named, not ignored."""
    with pytest.raises(InputError, match="no such column of ours, found 'purchased'"):
        read_history(rows(GOOD), columns={"purchased": "purchase_ts"})
