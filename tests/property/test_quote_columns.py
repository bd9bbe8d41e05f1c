"""Quotes over columns are the scalar quotes of any shop they take, to the cent and the day."""

import datetime as dt
from random import Random

import numpy as np
import pytest
from attrs import evolve

from checkout_kit import Address, Cart, LineItem
from checkout_kit.errors import PolicyError, Unsupported
from checkout_kit.shipping import QuoteRequest, ShippingPolicy
from checkout_kit.shipping.columns import LineColumns, QuoteColumns, quote_columns
from tests.oracles.plain_facts import share_out
from tests.strategies.odd_shops import BOUNDS, BOXES, CLASSES, GOODS, PLACES, Shop

ROWS = 40
NAMES = sorted(set(CLASSES))
SKUS = ("mug", "sofa", "vase")
ADDRESSES = [
    *(Address(country=country, region=region, postal_code=code) for country, region, code in PLACES),
    Address(country="US", region="NY", postal_code="10001", line1="PO Box 12"),
]


def asked(rng: Random, currency: str) -> tuple[list[QuoteRequest], QuoteColumns]:
    """Carts on the bounds of the shop's tiers, as requests and as columns with their lines."""
    is_gross = rng.random() < 0.5
    requests, sums, lines = [], [], []
    for row in range(ROWS):
        cart = random_cart(rng, currency, is_gross=is_gross)
        place = rng.randrange(len(ADDRESSES))
        placed_at = dt.datetime(2026, 10, 20, tzinfo=dt.UTC) + dt.timedelta(minutes=rng.randrange(99 * 1440))
        requests.append(QuoteRequest(cart=cart, destination=ADDRESSES[place], placed_at=placed_at))
        off = share_out(cart.order_discount, [line.total for line in cart.lines])
        goods = [line.total - part for line, part in zip(cart.lines, off, strict=True)]
        weight = sum(line.quantity * (line.weight_g or 0) for line in cart.lines)
        sums.append((weight, sum(goods), sum(line.quantity for line in cart.lines), place))
        for line, worth in zip(cart.lines, goods, strict=True):
            box = line.dimensions
            size = (0, 0, 0) if box is None else (box.length_mm, box.width_mm, box.height_mm)
            kinds = NAMES.index(line.shipping_class), SKUS.index(line.sku)
            lines.append((row, line.quantity, line.weight_g, worth, *kinds, *size))
    weights, goods_minor, quantities, places = (np.array(column) for column in zip(*sums, strict=True))
    of_cart, units, grams, worths, classes, skus, *sides = (
        np.array(column) for column in zip(*lines, strict=True)
    )
    return requests, QuoteColumns(
        weight_g=weights,
        goods_minor=goods_minor,
        quantity=quantities,
        places=ADDRESSES,
        place=places,
        placed_at=np.array([r.placed_at.replace(tzinfo=None) for r in requests], dtype="datetime64[us]"),
        prices_include_tax=is_gross,
        lines=LineColumns(
            cart=of_cart,
            quantity=units,
            weight_g=grams,
            goods_minor=worths,
            shipping_class=classes,
            classes=NAMES,
            sku=skus,
            skus=SKUS,
            size_mm=np.stack(sides, axis=1),
        ),
    )


def random_cart(rng: Random, currency: str, *, is_gross: bool) -> Cart:
    """A few lines, all of them sent and charged, with discounts."""
    lines = []
    for number in range(rng.choice((1, 1, 2, 3))):
        quantity, price = rng.choice((1, 1, 2, 3, 5, 400)), rng.choice((0, *GOODS, rng.randint(1, 9999)))
        lines.append(
            LineItem(
                id=f"l{number}",
                sku=rng.choice(SKUS),
                quantity=quantity,
                unit_price=price,
                discount=rng.choice((0, 0, rng.randint(0, quantity * price))),
                weight_g=rng.choice((0, 1, 1001, 5001, 12_345, *BOUNDS)),
                shipping_class=rng.choice(NAMES),
                dimensions=rng.choice((None, None, *BOXES)),
            )
        )
    total = sum(line.total for line in lines)
    discount = rng.choice((0, 0, rng.randint(0, total)))
    return Cart(currency=currency, lines=lines, order_discount=discount, prices_include_tax=is_gross)


@pytest.mark.parametrize("seed", range(4))
def test_columns_of_odd_shops_are_their_quotes(seed: int) -> None:
    """Every method of every row: the same price and days, or withheld by both."""
    rng = Random(seed)
    taken = offered = 0
    while taken < 25:
        shop = Shop(rng)
        shop.document["services"]["ground"]["transit"] = rng.choice(("2-3 business days", "0 days"))
        try:
            policy = ShippingPolicy.from_dict(shop.document)
        except PolicyError:
            continue
        requests, columns = asked(rng, shop.currency)
        if rng.random() < 0.3:
            columns = evolve(columns, lines=None)
        try:
            found = quote_columns(policy, columns)
        except Unsupported:
            continue
        taken += 1
        for i, request in enumerate(requests):
            quote = policy.quote(request)
            for j, method_id in enumerate(found.method_ids):
                option = quote.option(method_id)
                price = -1 if option is None else option.price_minor
                assert found.price_minor[j, i] == price, (shop.document["methods"][j], request)
                if option is not None and option.promise is not None:
                    assert found.latest[j, i] == np.datetime64(option.promise.latest)
                offered += option is not None
    assert offered > taken * ROWS / 5
