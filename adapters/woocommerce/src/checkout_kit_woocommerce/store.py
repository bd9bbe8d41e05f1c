"""The Store API: a shopper's cart in our terms.

Source: WooCommerce Store API documentation, read 2026-11. Amounts are text in units of the shop's own number
of decimals (`currency_minor_unit`), which need not be the currency's.
"""

from checkout_kit.adapter import HttpRequest, HttpResponse, Tree, from_scale, known_currency
from checkout_kit.cart import Cart, LineItem
from checkout_kit.errors import InputError, NotFound, Refused

from checkout_kit_woocommerce.settings import WooCommerceSettings


def cart_request(settings: WooCommerceSettings, cart_token: str) -> HttpRequest:
    """The request for the cart that a Cart-Token stands for; reading needs no nonce."""
    if not cart_token.isascii() or not cart_token.isprintable() or not cart_token:
        raise InputError.of(
            "cart_id", "not a Cart-Token", remedy="pass the header Cart-Token of the Store API"
        )
    url = f"{settings.site_url.rstrip('/')}/wp-json/wc/store/v1/cart"
    return HttpRequest(method="GET", url=url, headers={"cart-token": cart_token})


def cart_of(response: HttpResponse) -> Cart:
    """The cart of a reply; raises NotFound and Refused as the Store API answers."""
    if response.status == 404:
        raise NotFound("WooCommerce knows no such cart, or its Store API is switched off")
    if not response.is_success:
        raise Refused(f"WooCommerce refused the cart with status {response.status}")
    cart = response.json()
    currency = known_currency(cart["totals"]["currency_code"])
    decimals = _decimals(cart["totals"])
    items = cart["items"].each()
    is_gross = any(_shows_tax(item) for item in items)
    is_shipped = cart["needs_shipping"].flag(True)
    return Cart(
        currency=currency,
        lines=tuple(
            _line(item, currency, decimals, is_gross=is_gross, is_shipped=is_shipped) for item in items
        ),
        prices_include_tax=is_gross,
        discount_codes=tuple(coupon["code"].text() for coupon in cart["coupons"].each()),
    )


def _decimals(totals: Tree) -> int:
    decimals = totals["currency_minor_unit"].whole()
    if not 0 <= decimals <= 8:
        raise InputError.of(totals.path + ".currency_minor_unit", "must lie between 0 and 8")
    return decimals


def _shows_tax(item: Tree) -> bool:
    """Whether the price shown holds the tax: the Store API does not say, but its sums do."""
    totals = item["totals"]
    tax, net = totals["line_subtotal_tax"].whole(0), totals["line_subtotal"].whole()
    shown = item["prices"]["price"].whole() * item["quantity"].whole()
    return tax > 0 and abs(shown - net - tax) < abs(shown - net)


def _line(item: Tree, currency: str, decimals: int, *, is_gross: bool, is_shipped: bool) -> LineItem:
    totals, quantity = item["totals"], item["quantity"].whole()
    paid = totals["line_total"].whole() + (totals["line_total_tax"].whole(0) if is_gross else 0)
    unit_price = from_scale(item["prices"]["price"].whole(), currency, decimals)
    discount = max(0, unit_price * quantity - from_scale(paid, currency, decimals))
    return LineItem(
        id=item["key"].text(),
        sku=item["sku"].text(""),
        title=item["name"].text(""),
        quantity=quantity,
        unit_price=unit_price,
        discount=discount,
        requires_shipping=is_shipped,
    )
