"""A cart in the session: the least a store has before it asks what delivery costs."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from checkout_kit import Cart, LineItem

MUG: Final = {"sku": "MUG", "quantity": 1, "cents": 2499, "grams": 450}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The one product, the cart, and a form that asks for delivery options."""
    quantity = sum(item["quantity"] for item in request.session.get("cart", []))
    return render(request, "store/home.html", {"quantity": quantity})


@require_POST
def add_to_cart(request: HttpRequest) -> HttpResponse:
    """One mug more."""
    request.session["cart"] = [*request.session.get("cart", []), MUG]
    return redirect("home")


def cart_of(request: HttpRequest) -> Cart:
    """The session's cart in checkout_kit's terms, as the setting SHIPPING_CART names it."""
    lines = tuple(
        LineItem(
            id=str(n),
            sku=item["sku"],
            quantity=item["quantity"],
            unit_price=item["cents"],
            weight_g=item["grams"],
        )
        for n, item in enumerate(request.session.get("cart", []), 1)
    )
    return Cart(currency="USD", lines=lines)
