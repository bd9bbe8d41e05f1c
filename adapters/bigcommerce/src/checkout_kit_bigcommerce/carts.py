"""A cart of the V3 interface in our terms; amounts are numbers in major units, and there are no weights."""

from decimal import Decimal
from typing import Final

from checkout_kit.adapter import Tree, from_major, known_currency
from checkout_kit.cart import Cart, LineItem

_KINDS: Final = ("physical_items", "digital_items", "custom_items")
_NOTHING: Final = Decimal(0)


def cart_of(cart: Tree) -> Cart:
    """The cart's physical, digital and custom items; gift certificates are no goods."""
    code = cart["currency"]["code"]
    # By its common name, from which the reason told to a platform is made.
    currency = known_currency(Tree(code.value, "data.currency"))
    lines = tuple(
        _line(item, currency, is_shipped=kind != "digital_items")
        for kind in _KINDS
        for item in cart["line_items"][kind].each()
    )
    goods = sum(line.total for line in lines)
    discount = from_major(cart["discount_amount"].decimal(_NOTHING), currency)
    return Cart(
        currency=currency,
        lines=lines,
        order_discount=max(0, min(goods, discount)),
        prices_include_tax=cart["tax_included"].flag(False),
        discount_codes=tuple(coupon["code"].text() for coupon in cart["coupons"].each()),
    )


def _line(item: Tree, currency: str, *, is_shipped: bool) -> LineItem:
    quantity = item["quantity"].whole()
    unit_price = from_major(item["list_price"].decimal(), currency)
    full = unit_price * quantity
    sale = item["extended_sale_price"]
    paid = full if sale.is_absent else from_major(sale.decimal(), currency)
    coupon = from_major(item["coupon_amount"].decimal(_NOTHING), currency)
    return LineItem(
        id=item["id"].text(),
        sku=item["sku"].text(""),
        title=item["name"].text(""),
        quantity=quantity,
        unit_price=unit_price,
        discount=max(0, min(full, full - paid + coupon)),
        requires_shipping=is_shipped and item["is_require_shipping"].flag(True),
    )
