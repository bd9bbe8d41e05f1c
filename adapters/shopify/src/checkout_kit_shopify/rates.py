"""The CarrierService call-back: its request as ours, our options as its rates.

Source: Shopify's CarrierService reference, read 2026-11. Amounts are "subunits", always a hundredth of the
major unit: 1000 JPY is written 100000 and 1.234 KWD is 123.
"""

import datetime as dt
from functools import lru_cache
from typing import Final

from checkout_kit.adapter import Tree, from_scale, known_currency, to_scale
from checkout_kit.address import Address
from checkout_kit.cart import Cart, LineItem
from checkout_kit.errors import InputError
from checkout_kit.shipping import QuoteRequest, ShippingOption

SUBUNIT_DECIMALS: Final = 2
MOST_ITEMS: Final = 500
_ATTRIBUTES: Final = ("vendor", "fulfillment_service", "product_id", "variant_id")


def read_request(document: Tree, *, placed_at: dt.datetime, channel: str) -> QuoteRequest:
    """The `rate` object as a request; raises InputError with the place of the fault."""
    rate = document["rate"]
    currency = known_currency(rate["currency"])
    items = rate["items"].each()
    if not items or len(items) > MOST_ITEMS:
        raise InputError.of("rate.items", f"must hold 1 to {MOST_ITEMS} items")
    lines = tuple(_line(item, i, currency) for i, item in enumerate(items, 1))
    discount = from_scale(rate["order_totals"]["discount_amount"].whole(0), currency, SUBUNIT_DECIMALS)
    goods = sum(line.total for line in lines)
    # The discount covers lines that need no shipping and are not sent, so it may exceed the goods here.
    cart = Cart(currency=currency, lines=lines, order_discount=max(0, min(discount, goods)))
    return QuoteRequest(
        cart=cart, destination=_address(rate["destination"]), placed_at=placed_at, channel=channel
    )


def _line(item: Tree, number: int, currency: str) -> LineItem:
    facts = {name: item[name].text("") for name in _ATTRIBUTES}
    return LineItem(
        id=str(number),
        sku=item["sku"].text(""),
        title=item["name"].text(""),
        quantity=item["quantity"].whole(),
        unit_price=from_scale(item["price"].whole(), currency, SUBUNIT_DECIMALS),
        # Shopify writes 0 for variants without a weight, which is "not known", not "weightless".
        weight_g=item["grams"].whole(0) or None,
        requires_shipping=item["requires_shipping"].flag(True),
        attributes={name: value for name, value in facts.items() if value},
    )


def _address(to: Tree) -> Address:
    return Address(
        country=to["country"].text("").upper(),
        region=to["province"].text(""),
        postal_code=to["postal_code"].text("") or to["zip"].text(""),
        city=to["city"].text(""),
        name=to["name"].text(""),
        company=to["company_name"].text(""),
        line1=to["address1"].text(""),
        line2=to["address2"].text(""),
        phone=to["phone"].text(""),
    )


def rate_of(option: ShippingOption) -> dict[str, object]:
    """One option as a rate; its dates are 10:00 UTC, the promised day from Hawaii to New Zealand."""
    rate: dict[str, object] = {
        "service_name": option.title,
        "description": option.description,
        "service_code": option.id,
        "currency": option.currency,
        "total_price": str(to_scale(option.price_minor, option.currency, SUBUNIT_DECIMALS)),
    }
    promise = option.promise
    if promise is not None:
        rate["description"] = option.description or f"Arrives by {_day_text(promise.latest)}"
        rate["min_delivery_date"] = f"{promise.earliest} 10:00:00 +0000"
        rate["max_delivery_date"] = f"{promise.latest} 10:00:00 +0000"
    return rate


@lru_cache(maxsize=512)
def _day_text(day: dt.date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
