"""The CarrierService call-back: its request as ours, our options as its rates.

Source: Shopify's CarrierService reference, read 2026-11. Amounts are "subunits", always a hundredth of the
major unit: 1000 JPY is written 100000 and 1.234 KWD is 123.
"""

import datetime as dt
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Final, NotRequired, Required

from attrs import evolve
from checkout_kit.adapter import NotServed, Wire, from_scale, to_scale
from checkout_kit.address import Address
from checkout_kit.cart import Cart, LineItem
from checkout_kit.making import maker
from checkout_kit.money import exponent, is_currency
from checkout_kit.shipping import MethodFace, Quote, QuoteRequest
from pydantic import Field
from typing_extensions import TypedDict

SUBUNIT_DECIMALS: Final = 2
MOST_LINES: Final = 500
_Subunits = Annotated[int, Field(ge=0, le=10**12)]


class _Item(TypedDict, total=False):
    quantity: Required[Annotated[int, Field(ge=1, le=10**6)]]
    price: Required[_Subunits]
    grams: Annotated[int, Field(ge=0, le=10**9)] | None
    sku: str | None
    name: str | None
    requires_shipping: bool | None
    fulfillment_service: str | None


class _Place(TypedDict, total=False):
    """Where to, without the person: no price and no day depends on a name or a phone number."""

    country: str | None
    province: str | None
    postal_code: str | None
    zip: str | None
    city: str | None
    company_name: str | None
    address1: str | None
    address2: str | None


class _Totals(TypedDict, total=False):
    discount_amount: _Subunits | None


class _Rate(TypedDict):
    currency: str
    destination: _Place
    items: Annotated[list[_Item], Field(min_length=1, max_length=MOST_LINES)]
    order_totals: NotRequired[_Totals | None]


class _CallBack(TypedDict):
    rate: _Rate


_WIRE: Final = Wire(_CallBack)
_LINE_IDS: Final = tuple(str(number) for number in range(1, MOST_LINES + 1))
_line, _cart, _to, _request = maker(LineItem), maker(Cart), maker(Address), maker(QuoteRequest)


def read_request(
    body: bytes, *, placed_at: dt.datetime, channel: str, attributes: Sequence[str] = ()
) -> QuoteRequest:
    """The call-back as a request; raises InputError with the place of every fault.

    The members of an item that `attributes` names are carried along for a policy's conditions.
    """
    rate = _WIRE.read(body)["rate"]
    currency = rate["currency"]
    if not is_currency(currency):
        raise NotServed.of("rate.currency", "not an ISO 4217 currency")
    is_same_scale = exponent(currency) == SUBUNIT_DECIMALS
    lines = [
        _line(
            id=line_id,
            sku=item.get("sku") or "",
            title=item.get("name") or "",
            quantity=item["quantity"],
            unit_price=item["price"]
            if is_same_scale
            else from_scale(item["price"], currency, SUBUNIT_DECIMALS),
            # Shopify writes 0 for variants without a weight, which is "not known", not "weightless".
            weight_g=item.get("grams") or None,
            requires_shipping=item.get("requires_shipping") is not False,
            is_gift_card=item.get("fulfillment_service") == "gift_card",
        )
        for line_id, item in zip(_LINE_IDS, rate["items"], strict=False)
    ]
    if attributes:
        lines = _with_attributes(lines, body, attributes)
    totals = rate.get("order_totals")
    discount = totals.get("discount_amount") or 0 if totals else 0
    if discount:
        # The discount covers lines that are not sent, such as gift cards, so it may exceed the goods here.
        goods = sum(line.total for line in lines)
        discount = min(goods, from_scale(discount, currency, SUBUNIT_DECIMALS))
    cart = _cart(currency=currency, lines=lines, order_discount=discount)
    destination = _address(rate["destination"])
    return _request(cart=cart, destination=destination, placed_at=placed_at, channel=channel)


def _with_attributes(lines: Sequence[LineItem], body: bytes, names: Sequence[str]) -> list[LineItem]:
    # Read once more by those who want them only: most shops do not, and they wait on every page.
    items = json.loads(body)["rate"]["items"]
    return [
        evolve(
            line,
            attributes={name: str(item[name]) for name in names if isinstance(item.get(name), str | int)},
        )
        for line, item in zip(lines, items, strict=True)
    ]


def _address(to: _Place) -> Address:
    return _to(
        country=(to.get("country") or "").upper(),
        region=to.get("province") or "",
        postal_code=to.get("postal_code") or to.get("zip") or "",
        city=to.get("city") or "",
        company=to.get("company_name") or "",
        line1=to.get("address1") or "",
        line2=to.get("address2") or "",
    )


def rates_body(quote: Quote) -> bytes:
    """All options as the answer's JSON, written directly: of an option only the price is ever new text."""
    currency = quote.currency
    is_same_scale = exponent(currency) == SUBUNIT_DECIMALS
    rates = []
    for option in quote.options:
        promise, price = option.promise, option.price_minor
        if not is_same_scale:
            price = to_scale(price, currency, SUBUNIT_DECIMALS)
        if promise is None:
            head, tail = _around_price(option.face, currency)
        else:
            head, tail = _around_price(option.face, currency, promise.earliest, promise.latest)
        rates.append(f"{head}{price}{tail}")
    return f'{{"rates":[{",".join(rates)}]}}'.encode()


@lru_cache(maxsize=4096)
def _around_price(
    face: MethodFace, currency: str, earliest: dt.date | None = None, latest: dt.date | None = None
) -> tuple[str, str]:
    """A rate's JSON before and after the price; 10:00 UTC is the same day from Hawaii to New Zealand."""
    named = {"service_name": face.title, "service_code": face.method_id, "currency": currency}
    about = {"description": face.description}
    if latest is not None:
        about["description"] = face.description or f"Arrives by {latest:%a} {latest.day} {latest:%b}"
        about["min_delivery_date"] = f"{earliest} 10:00:00 +0000"
        about["max_delivery_date"] = f"{latest} 10:00:00 +0000"
    head, tail = (json.dumps(part, separators=(",", ":")) for part in (named, about))
    return f'{head[:-1]},"total_price":"', f'",{tail[1:]}'
