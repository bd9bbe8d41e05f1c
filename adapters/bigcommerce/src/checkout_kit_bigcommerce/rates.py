"""The shipping provider's quote request as ours, our options as its quotes.

Source: BigCommerce's Shipping Provider API, snapshot of 2026-04. Amounts are major units; postal codes may be
cut short by wallets and are taken as they come.
"""

import datetime as dt
import hashlib
import math
from decimal import Decimal
from typing import Final

from checkout_kit.adapter import Tree, from_major, known_currency, to_dimensions, to_grams, to_major
from checkout_kit.address import Address
from checkout_kit.cart import Cart, Customer, LineItem
from checkout_kit.errors import InputError
from checkout_kit.making import maker
from checkout_kit.shipping import Quote, QuoteRequest, ShippingOption

MOST_ITEMS: Final = 500
LONGEST_DAYS: Final = 90
LONGEST_CODE: Final = 50
CARRIER: Final = "checkout-kit"
_SIDES: Final = ("length", "width", "height")
_line_item: Final = maker(LineItem)


def read_request(base: Tree, *, placed_at: dt.datetime, channel: str) -> QuoteRequest:
    """`base_options` as a request; the currency is that of the items."""
    items = base["items"].each()
    if not items or len(items) > MOST_ITEMS:
        raise InputError.of("base_options.items", f"must hold 1 to {MOST_ITEMS} items")
    currency = known_currency(_worth(items[0])["currency"])
    lines = tuple(_line(item, number, currency) for number, item in enumerate(items, 1))
    to, customer = base["destination"], base["customer"]
    kind = to["address_type"].text("").lower()
    groups = tuple(_group(group) for group in customer["customer_groups"].each())
    return QuoteRequest(
        cart=Cart(currency=currency, lines=lines),
        destination=Address(
            country=to["country_iso2"].text("").upper(),
            region=to["state_iso2"].text(""),
            postal_code=to["zip"].text(""),
            city=to["city"].text(""),
            line1=to["street_1"].text(""),
            line2=to["street_2"].text(""),
        ),
        placed_at=placed_at,
        channel=channel,
        customer=Customer(id=customer["customer_id"].text(""), groups=groups),
        destination_kind={"residential": "residential", "commercial": "business"}.get(kind, ""),
    )


def _group(group: Tree) -> str:
    return group["customer_group_name"].text("") if isinstance(group.value, dict) else group.text()


def _worth(item: Tree) -> Tree:
    """The price before discounts; no field of an item is required, so the discounted one may be alone."""
    declared = item["declared_value"]
    return item["discounted_price"] if declared.is_absent else declared


def _line(item: Tree, number: int, currency: str) -> LineItem:
    worth, lowered = _worth(item), item["discounted_price"]
    for money in (worth, lowered):
        if money["currency"].text(currency).upper() != currency:
            raise InputError.of(money["currency"].path, "differs from the first item's")
    full = from_major(worth["amount"].decimal(), currency)
    price = full if lowered["amount"].is_absent else from_major(lowered["amount"].decimal(), currency)
    quantity, weight = item["quantity"].whole(), item["weight"]
    value = weight["value"].decimal(Decimal(0))
    return _line_item(
        id=str(number),
        sku=item["sku"].text(""),
        title=item["name"].text(""),
        quantity=quantity,
        unit_price=full,
        discount=max(0, full - price) * max(0, quantity),
        weight_g=to_grams(value, weight["units"].text("g"), path=weight.path) if value else None,
        dimensions=to_dimensions(*(_side(item[side]) for side in _SIDES)),
        shipping_class=_metafields(item).get("shipping_class", ""),
        attributes={**_metafields(item), "variant_id": item["variant_id"].text("")},
    )


def _side(side: Tree) -> tuple[Decimal, str]:
    return side["value"].decimal(Decimal(0)), side["units"].text("cm")


def _metafields(item: Tree) -> dict[str, str]:
    """The product's metafields in the namespace `shipping_carrier_<carrier id>`."""
    return {pair["key"].text(): pair["value"].text("") for pair in item["attributes"].each()}


def quotes_form(quote: Quote, *, ordered_at: dt.datetime, carrier_name: str, ttl_s: int) -> dict[str, object]:
    """The answer with one carrier and all options; `ordered_at` is in the zone in which days are counted."""
    quotes = [_quote(option, ordered_at) for option in quote.options]
    content = "|".join(f"{o.id}={o.price_minor}{o.currency}" for o in quote.options)
    carrier = {"code": CARRIER, "display_name": carrier_name}
    return {
        "quote_id": hashlib.sha256(content.encode()).hexdigest()[:32],
        "ttl": ttl_s,
        "messages": [],
        "carrier_quotes": [{"carrier_info": carrier, "quotes": quotes}],
    }


def code_of(option_id: str) -> str:
    """The option's id as `code`; one of more than 50 characters keeps its start and ends in a digest."""
    if len(option_id) <= LONGEST_CODE:
        return option_id
    return f"{option_id[: LONGEST_CODE - 9]}~{hashlib.sha256(option_id.encode()).hexdigest()[:8]}"


def transit_time(days: int, ordered_at: dt.datetime) -> dict[str, object] | None:
    """A duration of 1 to 90: hours until midnight for the same day, nothing where it would be too short."""
    if days > LONGEST_DAYS:
        return None
    if days > 0:
        return {"units": "DAYS", "duration": days}
    midnight = dt.datetime.combine(
        ordered_at.date() + dt.timedelta(days=1), dt.time(), tzinfo=ordered_at.tzinfo
    )
    # In UTC, as a day on which clocks change has 23 or 25 hours.
    left = midnight.astimezone(dt.UTC) - ordered_at.astimezone(dt.UTC)
    hours = math.ceil(left / dt.timedelta(hours=1))
    return {"units": "HOURS", "duration": min(24, max(1, hours))}


def _quote(option: ShippingOption, ordered_at: dt.datetime) -> dict[str, object]:
    form: dict[str, object] = {
        "code": code_of(option.id),
        "rate_id": code_of(option.id),
        "display_name": option.title[:100],
        "cost": {
            "currency": option.currency,
            "amount": float(to_major(option.price_minor, option.currency)),
        },
    }
    if option.description:
        form["description"] = option.description[:500]
    promise = option.promise
    if promise is not None:
        transit = transit_time((promise.latest - ordered_at.date()).days, ordered_at)
        if transit is not None:
            form["transit_time"] = transit
        form["dispatch_date"] = promise.ships_on.isoformat()
        day = f", by {promise.latest:%a} {promise.latest.day} {promise.latest:%b}"
        form["display_name"] = option.title[: 100 - len(day)] + day
    return form


def nothing_form(*, ttl_s: int, text: str = "") -> dict[str, object]:
    """No quotes; with a text it is an error, without it a definite none."""
    messages = [{"text": text[:500], "type": "ERROR"}] if text else []
    return {"quote_id": "none", "ttl": ttl_s, "messages": messages, "carrier_quotes": []}
