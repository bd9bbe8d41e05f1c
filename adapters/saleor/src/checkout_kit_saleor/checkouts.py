"""A checkout of Saleor in our terms: as subscribed to, as queried, and as sent without a subscription.

Amounts are in major units. In all of them prices are before discounts, which Saleor forbids to ask for.
"""

import datetime as dt
from decimal import Decimal
from typing import TypedDict

from checkout_kit.adapter import Tree, from_major, known_currency, to_grams
from checkout_kit.address import Address
from checkout_kit.cart import Cart, Customer, LineItem
from checkout_kit.errors import InputError
from checkout_kit.making import maker
from checkout_kit.shipping import QuoteRequest

MOST_LINES = 1000
_line_item = maker(LineItem)


def read_request(document: Tree, *, placed_at: dt.datetime) -> QuoteRequest:
    """The checkout of a question about shipping methods, with a subscription or without.

    Without one, the listing sends an array of one checkout, and the filter an object with `shipping_methods`.
    """
    if isinstance(document.value, list) or not document["shipping_methods"].is_absent:
        checkouts = document.each() if isinstance(document.value, list) else (document["checkout"],)
        if len(checkouts) != 1:
            raise InputError.of("", "must hold exactly one checkout")
        checkout = checkouts[0]
        cart, to = plain_cart(checkout), checkout["shipping_address"]
        country, region, code = to["country"], to["country_area"], to["postal_code"]
    else:
        checkout = document["checkout"]
        if checkout.is_absent and not document["errors"].is_absent:
            raise InputError.of(
                "errors", "the subscription asks for a field that Saleor refuses in synchronous events"
            )
        cart, to = subscribed_cart(checkout), checkout["shippingAddress"]
        country, region, code = to["country"]["code"], to["countryArea"], to["postalCode"]
    return QuoteRequest(
        cart=cart,
        destination=Address(
            country=country.text("").upper(),
            region=region.text(""),
            postal_code=code.text(""),
            city=to["city"].text(""),
        ),
        placed_at=placed_at,
        channel=checkout["channel"]["slug"].text(""),
        customer=Customer(id=checkout["user"]["id"].text("")),
    )


def read_order_request(order: Tree, *, placed_at: dt.datetime) -> QuoteRequest:
    """The order of a question about its shipping methods, as subscribed to; prices are the variants' own."""
    code, slug = order["channel"]["currencyCode"], order["channel"]["slug"].text("")
    if code.is_absent:
        raise InputError.of(
            "order.channel.currencyCode",
            "is missing",
            remedy="register the webhook with FILTERED_ORDER_METHODS",
        )
    currency = known_currency(Tree(code.value, "order.channel.currency"))
    lines = tuple(
        LineItem(
            id=line["id"].text(),
            sku=line["variant"]["sku"].text(""),
            quantity=line["quantity"].whole(),
            unit_price=from_major(_listed_price(line["variant"], slug), currency),
            weight_g=_weight_g(line["variant"]),
            requires_shipping=line["isShippingRequired"].flag(True),
            **_kind(line["variant"]),
        )
        for line in _some(order["lines"])
    )
    voucher, to = order["voucherCode"].text(""), order["shippingAddress"]
    return QuoteRequest(
        cart=_cart(currency, lines, Decimal(0), (voucher,) if voucher else ()),
        destination=Address(
            country=to["country"]["code"].text("").upper(),
            region=to["countryArea"].text(""),
            postal_code=to["postalCode"].text(""),
            city=to["city"].text(""),
        ),
        placed_at=placed_at,
        channel=slug,
        customer=Customer(id=order["user"]["id"].text("")),
    )


def _listed_price(variant: Tree, channel: str) -> Decimal:
    prices = {
        listing["channel"]["slug"].text(""): listing["price"]["amount"]
        for listing in variant["channelListings"].each()
    }
    return prices[channel].decimal(Decimal(0)) if channel in prices else Decimal(0)


def subscribed_cart(checkout: Tree) -> Cart:
    """The cart of our subscription's and our query's fields."""
    code = checkout["channel"]["currencyCode"]
    # By its common name, from which the reason told to the platform is made.
    currency = known_currency(Tree(code.value, "checkout.channel.currency"))
    lines = tuple(
        _line_item(
            id=line["id"].text(),
            sku=line["variant"]["sku"].text(""),
            quantity=line["quantity"].whole(),
            unit_price=from_major(line["undiscountedUnitPrice"]["amount"].decimal(), currency),
            weight_g=_weight_g(line["variant"]),
            requires_shipping=line["requiresShipping"].flag(True),
            **_kind(line["variant"]),
        )
        for line in _some(checkout["lines"])
    )
    voucher = checkout["voucherCode"].text("")
    discount = checkout["discount"]["amount"].decimal(Decimal(0))
    return _cart(currency, lines, discount, (voucher,) if voucher else ())


def plain_cart(checkout: Tree) -> Cart:
    """The cart of the payload that comes without a subscription; it holds no weights."""
    currency = known_currency(checkout["currency"])
    lines = tuple(
        _line_item(
            id=str(number),
            sku=line["sku"].text(""),
            title=line["full_name"].text(""),
            quantity=line["quantity"].whole(),
            unit_price=from_major(line["base_price"].decimal(), currency),
        )
        for number, line in enumerate(_some(checkout["lines"]), 1)
    )
    return _cart(currency, lines, checkout["discount_amount"].decimal(Decimal(0)), ())


def _some(lines: Tree) -> tuple[Tree, ...]:
    found = lines.each()
    if not found or len(found) > MOST_LINES:
        raise InputError.of(lines.path, f"must hold 1 to {MOST_LINES} lines")
    return found


def _cart(currency: str, lines: tuple[LineItem, ...], discount: Decimal, codes: tuple[str, ...]) -> Cart:
    # A voucher for shipping counts as discount of the checkout too, so it may exceed the goods.
    goods = sum(line.total for line in lines)
    taken = max(0, min(goods, from_major(discount, currency)))
    return Cart(currency=currency, lines=lines, order_discount=taken, discount_codes=codes)


class _Kind(TypedDict):
    shipping_class: str
    is_gift_card: bool


def _kind(variant: Tree) -> _Kind:
    """The product type: its slug is the shipping class, and it says what is a gift card."""
    kind = variant["product"]["productType"]
    return _Kind(shipping_class=kind["slug"].text(""), is_gift_card=kind["kind"].text("") == "GIFT_CARD")


def _weight_g(variant: Tree) -> int | None:
    """The variant's weight, else its product's, else its type's, which is 0 where nobody has set one."""
    product = variant["product"]
    for place in (variant["weight"], product["weight"], product["productType"]["weight"]):
        if not place["value"].is_absent:
            grams = to_grams(place["value"].decimal(), place["unit"].text(), path=place.path)
            if grams:
                return grams
    return None
