"""A Checkout Session in our terms: its goods as a cart, and as an order once it is completed."""

import datetime as dt
from decimal import Decimal

from checkout_kit.adapter import (
    PlatformLine,
    PlatformOrder,
    Tree,
    known_currency,
    to_dimensions,
    to_grams,
)
from checkout_kit.cart import Cart, LineItem
from checkout_kit.errors import InputError
from checkout_kit.units import Dimensions

from checkout_kit_stripe_checkout.amounts import from_stripe
from checkout_kit_stripe_checkout.options import OPTION, PROMISED_ON


def cart_of(session: Tree, items: tuple[Tree, ...]) -> Cart:
    """The session's line items; facts that Stripe does not know are read from each product's metadata."""
    currency = known_currency(session["currency"])
    behaviors = {item["price"]["tax_behavior"].text("") for item in items}
    return Cart(
        currency=currency,
        lines=tuple(_line(item, currency) for item in items),
        prices_include_tax="inclusive" in behaviors,
    )


def _line(item: Tree, currency: str) -> LineItem:
    product = item["price"]["product"]
    # Stripe leaves the quantity open where there can be only one.
    quantity = item["quantity"].whole(1)
    if quantity < 1:
        raise InputError.of(item.path + ".quantity", "must be 1 or more")
    # Rounded up, and the rest given back as discount: a tiered price need not divide by the quantity.
    before = from_stripe(item["amount_subtotal"].whole(), currency)
    unit_price = -(-before // quantity)
    after = before - from_stripe(item["amount_discount"].whole(0), currency)
    return LineItem(
        id=item["id"].text(),
        sku=product["metadata"]["sku"].text(""),
        title=product["name"].text(""),
        quantity=quantity,
        unit_price=unit_price,
        discount=unit_price * quantity - after,
        weight_g=_weight_g(product),
        dimensions=_box(product["package_dimensions"]),
        shipping_class=product["metadata"]["shipping_class"].text(""),
        requires_shipping=product["shippable"].flag(True),
        attributes=product["metadata"].texts(),
    )


def _weight_g(product: Tree) -> int | None:
    own = product["metadata"]["weight_g"]
    if not own.is_absent:
        return own.whole()
    ounces = product["package_dimensions"]["weight"].decimal(Decimal(0))
    return to_grams(ounces, "oz") if ounces else None


def _box(package: Tree) -> Dimensions | None:
    sides = (package[side].decimal(Decimal(0)) for side in ("length", "width", "height"))
    return to_dimensions(*((side, "in") for side in sides), path=package.path)


def order_of(session: Tree, items: tuple[Tree, ...]) -> PlatformOrder:
    """A completed session; Stripe has no orders of its own."""
    currency = known_currency(session["currency"])
    written, chosen = _payment(session)["metadata"], session["shipping_cost"]["shipping_rate"]["metadata"]
    promised = written[PROMISED_ON].text("") or chosen[PROMISED_ON].text("")
    return PlatformOrder(
        id=session["id"].text(),
        number=session["client_reference_id"].text(""),
        currency=currency,
        total=from_stripe(session["amount_total"].whole(), currency),
        option_id=written[OPTION].text("") or chosen[OPTION].text(""),
        promised_on=_day(promised) if promised else None,
        is_canceled=_payment(session)["status"].text("") == "canceled",
        lines=tuple(
            PlatformLine(
                line_id=item["id"].text(),
                sku=item["price"]["product"]["metadata"]["sku"].text(""),
                quantity=item["quantity"].whole(1),
            )
            for item in items
        ),
    )


def _payment(session: Tree) -> Tree:
    """The expanded payment; absent where nothing was to pay."""
    payment = session["payment_intent"]
    return Tree(None, payment.path) if isinstance(payment.value, str) else payment


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError.of(f"metadata.{PROMISED_ON}", "not a date") from None
