"""The CarrierService call-back: its request as ours, our options as its rates.

Source: Shopify's CarrierService reference, read 2026-11. Amounts are "subunits", always a hundredth of the
major unit: 1000 JPY is written 100000 and 1.234 KWD is 123.
"""

import datetime as dt
import json
from functools import lru_cache
from typing import Annotated, Final

from checkout_kit.adapter import NotServed, Wire, from_scale, to_scale
from checkout_kit.address import Address
from checkout_kit.cart import Cart, LineItem
from checkout_kit.errors import InputError
from checkout_kit.money import exponent, is_currency
from checkout_kit.shipping import Quote, QuoteRequest
from pydantic import Field
from typing_extensions import TypedDict

SUBUNIT_DECIMALS: Final = 2
_Subunits = Annotated[int, Field(ge=0, le=10**12)]


class _Item(TypedDict, total=False):
    name: str | None
    sku: str | None
    quantity: Annotated[int, Field(ge=1, le=10**6)]
    grams: Annotated[int, Field(ge=0, le=10**9)] | None
    price: _Subunits
    requires_shipping: bool | None
    vendor: str | None


class _Place(TypedDict, total=False):
    country: str | None
    province: str | None
    postal_code: str | None
    zip: str | None
    city: str | None
    name: str | None
    company_name: str | None
    address1: str | None
    address2: str | None
    phone: str | None


class _Totals(TypedDict, total=False):
    discount_amount: _Subunits | None


class _Rate(TypedDict, total=False):
    currency: str
    destination: _Place
    items: Annotated[list[_Item], Field(min_length=1, max_length=500)]
    order_totals: _Totals | None


class _CallBack(TypedDict):
    rate: _Rate


_WIRE: Final = Wire(_CallBack)


def read_request(body: bytes, *, placed_at: dt.datetime, channel: str) -> QuoteRequest:
    """The call-back as a request; raises InputError with the place of every fault."""
    rate = _WIRE.read(body)["rate"]
    try:
        currency, items, to = rate["currency"], rate["items"], rate["destination"]
        if not is_currency(currency):
            raise NotServed.of("rate.currency", "not an ISO 4217 currency")
        # Most currencies have the platform's own scale; the rest is converted line by line.
        prices = [item["price"] for item in items]
        if exponent(currency) != SUBUNIT_DECIMALS:
            prices = [from_scale(price, currency, SUBUNIT_DECIMALS) for price in prices]
        lines = tuple(
            LineItem(
                id=str(number),
                sku=item.get("sku") or "",
                title=item.get("name") or "",
                quantity=item["quantity"],
                unit_price=price,
                # Shopify writes 0 for variants without a weight, which is "not known", not "weightless".
                weight_g=item.get("grams") or None,
                requires_shipping=item.get("requires_shipping") is not False,
            )
            for number, (item, price) in enumerate(zip(items, prices, strict=True), 1)
        )
    except KeyError as missing:
        raise InputError.of(f"rate.{missing.args[0]}", "is missing") from None
    discount = (rate.get("order_totals") or {}).get("discount_amount") or 0
    if discount:
        # The discount covers lines that are not sent, such as gift cards, so it may exceed the goods here.
        goods = sum(line.total for line in lines)
        discount = min(goods, from_scale(discount, currency, SUBUNIT_DECIMALS))
    cart = Cart(currency=currency, lines=lines, order_discount=discount)
    return QuoteRequest(cart=cart, destination=_address(to), placed_at=placed_at, channel=channel)


def _address(to: _Place) -> Address:
    return Address(
        country=(to.get("country") or "").upper(),
        region=to.get("province") or "",
        postal_code=to.get("postal_code") or to.get("zip") or "",
        city=to.get("city") or "",
        name=to.get("name") or "",
        company=to.get("company_name") or "",
        line1=to.get("address1") or "",
        line2=to.get("address2") or "",
        phone=to.get("phone") or "",
    )


def rates_body(quote: Quote) -> bytes:
    """All options as the answer's JSON, written directly: what never changes of an option is kept as text."""
    currency = quote.currency
    is_same_scale = exponent(currency) == SUBUNIT_DECIMALS
    rates = []
    for option in quote.options:
        promise, described, price = option.promise, option.description, option.price_minor
        if not is_same_scale:
            price = to_scale(price, currency, SUBUNIT_DECIMALS)
        head = _head(option.title, option.id, currency)
        if promise is None:
            rates.append(f'{head}{price}","description":{_text(described)}}}')
            continue
        arrives, until = _day(promise.latest)
        about = _text(described) if described else arrives
        first = _day(promise.earliest)[1]
        dates = f'"min_delivery_date":{first},"max_delivery_date":{until}'
        rates.append(f'{head}{price}","description":{about},{dates}}}')
    return f'{{"rates":[{",".join(rates)}]}}'.encode()


@lru_cache(maxsize=4096)
def _head(title: str, option_id: str, currency: str) -> str:
    named = {"service_name": title, "service_code": option_id, "currency": currency}
    return json.dumps(named, separators=(",", ":"))[:-1] + ',"total_price":"'


_text = lru_cache(maxsize=4096)(json.dumps)


@lru_cache(maxsize=1024)
def _day(day: dt.date) -> tuple[str, str]:
    """A day as text and as date-time, both in JSON; 10:00 UTC is that day from Hawaii to New Zealand."""
    return json.dumps(f"Arrives by {day:%a} {day.day} {day:%b}"), f'"{day} 10:00:00 +0000"'
