"""The Storefront GraphQL interface: a shopper's cart in our terms.

Source: Shopify's Storefront API 2026-10, read 2026-11. Amounts are decimal text in major units.
"""

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from checkout_kit.adapter import HttpRequest, Tree, from_major, known_currency, to_grams
from checkout_kit.cart import Cart, LineItem
from checkout_kit.errors import InputError

from checkout_kit_shopify.settings import ShopifySettings

GET_CART: Final = (
    "query cart($id: ID!, $after: String) { cart(id: $id) { cost { subtotalAmount { currencyCode } } "
    "discountCodes { code applicable } lines(first: 250, after: $after) { nodes { id quantity "
    "cost { amountPerQuantity { amount } } discountAllocations { targetType discountedAmount { amount } } "
    "merchandise { ... on ProductVariant { sku weight weightUnit requiresShipping "
    "product { title isGiftCard } } } } pageInfo { hasNextPage endCursor } } } }"
)


def cart_request(settings: ShopifySettings, cart_id: str, after: str | None = None) -> HttpRequest:
    """The request for one page of a cart's lines; raises InputError for another id, or without a token."""
    token = settings.storefront_token
    if token is None:
        remedy = "set CHECKOUT_KIT_SHOPIFY_STOREFRONT_TOKEN to the app's private Storefront token"
        raise InputError.of("storefront_token", "is not set, and carts are read with it", remedy=remedy)
    if not re.fullmatch(r"gid://shopify/Cart/[A-Za-z0-9_-]{1,100}(\?key=[A-Za-z0-9]{1,100})?", cart_id):
        remedy = "use the cart's gid, its key included"
        raise InputError.of("id", "not the id of a Shopify cart", found=cart_id[:60], remedy=remedy)
    document = {"query": GET_CART, "variables": {"id": cart_id, "after": after}}
    return HttpRequest(
        url=f"https://{settings.shop}/api/{settings.api_version}/graphql.json",
        headers={
            "content-type": "application/json",
            "shopify-storefront-private-token": token.reveal(),
        },
        body=json.dumps(document, separators=(",", ":")).encode(),
        repeatable=True,
    )


def cart_of(cart: Tree, lines: Sequence[Tree]) -> Cart:
    """One cart and the nodes of all its lines, over which discounts of the whole cart are spread there."""
    code = cart["cost"]["subtotalAmount"]["currencyCode"]
    # By its common name, from which the reason told to a platform is made.
    currency = known_currency(Tree(code.value, "cart.currency"))
    codes = (each["code"].text() for each in cart["discountCodes"].each() if each["applicable"].flag(True))
    return Cart(
        currency=currency, lines=tuple(_line(line, currency) for line in lines), discount_codes=tuple(codes)
    )


def _line(line: Tree, currency: str) -> LineItem:
    goods, quantity = line["merchandise"], line["quantity"].whole()
    unit_price = from_major(line["cost"]["amountPerQuantity"]["amount"].decimal(), currency)
    discounts = (
        from_major(allocated["discountedAmount"]["amount"].decimal(), currency)
        for allocated in line["discountAllocations"].each()
        if allocated["targetType"].text("") != "SHIPPING_LINE"
    )
    weight = goods["weight"].decimal(Decimal(0))
    return LineItem(
        id=line["id"].text(),
        sku=goods["sku"].text(""),
        title=goods["product"]["title"].text(""),
        quantity=quantity,
        unit_price=unit_price,
        discount=max(0, min(quantity * unit_price, sum(discounts))),
        # As in the call-back: 0 stands for a variant without a weight.
        weight_g=to_grams(weight, goods["weightUnit"].text("GRAMS"), path=goods.path) if weight else None,
        requires_shipping=goods["requiresShipping"].flag(True),
        is_gift_card=goods["product"]["isGiftCard"].flag(False),
    )
