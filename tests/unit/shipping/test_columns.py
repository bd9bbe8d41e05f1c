"""Quotes over columns are the scalar quotes, row by row."""

import datetime as dt
from random import Random

import numpy as np
import pytest
from attrs import evolve

from checkout_kit import Address, Cart, LineItem
from checkout_kit.errors import InputError, Unsupported
from checkout_kit.shipping import QuoteRequest, ShippingPolicy
from checkout_kit.shipping.columns import LineColumns, QuoteColumns, quote_columns

POLICY = {
    "currency": "USD",
    "origins": {"o": {"timezone": "America/New_York", "cutoff": "14:00", "handling": "0-1 working days"}},
    "zones": {
        "metro": {"where": [{"country": "US", "postal_codes": ["100*"]}], "timezone": "America/New_York"},
        "us": {"where": [{"country": "US"}], "timezone": "America/Los_Angeles"},
        "world": {"where": [{"everywhere": True}]},
    },
    "services": {"fast": {"transit": "1-2 business days"}, "slow": {"transit": "9 calendar days"}},
    "methods": [
        {
            "id": "slow",
            "title": "Slow",
            "service": "slow",
            "zones": ["us", "world"],
            "price": {
                "by": "weight",
                "tiers": [{"up_to": "1 kg", "price": "3"}, {"below": "9 kg", "price": "7"}],
            },
            "free_from": "40",
            "surcharges": [{"percent": "12.5"}, {"amount": "2", "when": {"quantity": {"above": 3}}}],
        },
        {
            "id": "fast",
            "title": "Fast",
            "service": "fast",
            "price": {
                "by": "weight card",
                "up_to": ["500 g", "4 kg"],
                "zones": {"metro": ["4", "6"], "us": ["8", "9.55"]},
            },
            "when": {"goods": {"at_least": "5"}},
        },
        {"id": "undated", "title": "Undated", "zones": ["metro"], "price": "12"},
    ],
}
PLACES = [
    Address(country="US", postal_code="10001"),
    Address(country="US", postal_code="94105"),
    Address(country="FR", postal_code="75001"),
]


def carts(count: int) -> tuple[list[QuoteRequest], QuoteColumns]:
    """The same carts as requests and as columns."""
    rng = Random(7)
    requests, sums = [], []
    for _ in range(count):
        quantity, price, grams = rng.randrange(1, 6), rng.randrange(100, 2000), rng.randrange(0, 2500)
        place, minute = rng.randrange(3), rng.randrange(30 * 24 * 60)
        placed_at = dt.datetime(2026, 10, 20, tzinfo=dt.UTC) + dt.timedelta(minutes=minute)
        line = LineItem(id="l", sku="a", quantity=quantity, unit_price=price, weight_g=grams)
        cart = Cart(currency="USD", lines=(line,))
        requests.append(QuoteRequest(cart=cart, destination=PLACES[place], placed_at=placed_at))
        sums.append((quantity * grams, quantity * price, quantity, place))
    weight, goods, quantity_sum, place_of = (np.array(column) for column in zip(*sums, strict=True))
    instants = np.array([r.placed_at.replace(tzinfo=None) for r in requests], dtype="datetime64[us]")
    columns = QuoteColumns(
        weight_g=weight,
        goods_minor=goods,
        quantity=quantity_sum,
        places=PLACES,
        place=place_of,
        placed_at=instants,
    )
    return requests, columns


SHAPED = {
    "tax": {"prices": "added", "rate": "8.875", "zones": {"metro": "4"}},
    "methods": [
        *POLICY["methods"][:2],
        POLICY["methods"][0] | {"id": "tight", "price": POLICY["methods"][0]["price"] | {"floor": "3.35"}},
        POLICY["methods"][1] | {"id": "capped", "price": POLICY["methods"][1]["price"] | {"ceiling": "8.05"}},
    ],
}


@pytest.mark.parametrize("changes", [{}, SHAPED], ids=["plain", "bounds and added tax"])
def test_columns_answer_what_quotes_answer(changes: dict[str, object]) -> None:
    """Offered or withheld, price and both dates, for every method of every row."""
    policy = ShippingPolicy.from_dict(POLICY | changes)
    requests, columns = carts(3000)
    found = quote_columns(policy, columns)
    for i, request in enumerate(requests):
        quote = policy.quote(request)
        for j, method_id in enumerate(found.method_ids):
            option = quote.option(method_id)
            assert found.price_minor[j, i] == (-1 if option is None else option.price_minor)
            promise = None if option is None else option.promise
            if promise is None:
                assert np.isnat(found.earliest[j, i])
                assert np.isnat(found.latest[j, i])
            else:
                assert found.earliest[j, i] == np.datetime64(promise.earliest)
                assert found.latest[j, i] == np.datetime64(promise.latest)


def test_a_row_without_goods_is_offered_nothing() -> None:
    """As a cart that has nothing to send."""
    policy = ShippingPolicy.from_dict(POLICY)
    requests, columns = carts(3)
    nothing = np.zeros(3, dtype=np.int64)
    found = quote_columns(policy, evolve(columns, weight_g=nothing, goods_minor=nothing, quantity=nothing))
    empty = evolve(requests[0], cart=Cart(currency="USD", lines=()))
    assert policy.quote(empty).options == ()
    assert (found.price_minor == -1).all()
    assert np.isnat(found.latest).all()


def test_columns_refuse_what_sums_cannot_decide() -> None:
    """A price per class needs the items; without them it is refused by name rather than guessed."""
    by_class = {"id": "c", "title": "C", "zones": ["us"], "price": {"by": "class", "other": "3"}}
    policy = ShippingPolicy.from_dict(POLICY | {"methods": [by_class]})
    with pytest.raises(Unsupported, match="cannot price c"):
        quote_columns(policy, carts(5)[1])


def test_columns_of_different_lengths_are_refused() -> None:
    """A column that is too short is named."""
    one = np.array([1])
    with pytest.raises(InputError, match="different lengths"):
        QuoteColumns(
            weight_g=np.array([1, 2]),
            goods_minor=one,
            quantity=one,
            places=PLACES,
            place=np.array([0]),
            placed_at=np.array(["2026-11-01"], dtype="datetime64[us]"),
        )


@pytest.mark.parametrize("number", [-1, len(PLACES)])
def test_a_row_to_no_listed_destination_is_refused(number: int) -> None:
    """Destinations are numbered from 0 to one less than there are."""
    one = np.array([1])
    with pytest.raises(InputError, match="names no destination, there are 3"):
        QuoteColumns(
            weight_g=one,
            goods_minor=one,
            quantity=one,
            places=PLACES,
            place=np.array([number]),
            placed_at=np.array(["2026-11-01"], dtype="datetime64[us]"),
        )


def lines_of(columns: QuoteColumns, **changes: object) -> LineColumns:
    """One line of one bulky unit for each cart of a single unit, and what is changed."""
    ones = np.ones(columns.rows, dtype=np.int64)
    known: dict[str, object] = {
        "cart": np.arange(columns.rows),
        "quantity": columns.quantity,
        "weight_g": columns.weight_g // columns.quantity,
        "goods_minor": columns.goods_minor,
        "shipping_class": ones,
        "classes": ("", "bulky"),
        "sku": 0 * ones,
        "skus": ("a",),
    }
    return LineColumns(**(known | changes))  # type: ignore[arg-type]


def test_lines_price_what_looks_at_items() -> None:
    """With the lines beside the carts a price per class is that of each cart."""
    by_class = {"by": "class", "classes": {"bulky": {"each": "2"}}, "other": "3"}
    policy = ShippingPolicy.from_dict(POLICY | {"methods": [{"id": "c", "title": "C", "price": by_class}]})
    columns = carts(50)[1]
    found = quote_columns(policy, evolve(columns, lines=lines_of(columns)))
    assert (found.price_minor[0] == 200 * columns.quantity).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cart": np.array([0, 9])}, "columns of different lengths"),
        ({"shipping_class": np.full(5, 2)}, "lines.shipping_class: names nothing, there are 2 names"),
        ({"cart": np.full(5, 5)}, "lines.cart: names no cart, there are 5"),
        ({"goods_minor": np.zeros(5, dtype=np.int64)}, "goods_minor: is not the lines' sum, first in row 0"),
    ],
)
def test_lines_that_do_not_fit_the_carts_are_refused(changes: dict[str, object], message: str) -> None:
    """A table of lines that belongs to other carts would price them wrongly."""
    columns = carts(5)[1]
    with pytest.raises(InputError, match=message):
        evolve(columns, lines=lines_of(columns, **changes))
