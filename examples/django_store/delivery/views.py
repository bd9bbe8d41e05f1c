"""Delivery options for the cart in the session, as JSON for the store's own pages."""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from checkout_kit import Address, Cart, LineItem
from checkout_kit.errors import InputError
from checkout_kit.shipping import QuoteRequest
from checkout_kit.shipping.quote_json import quote_to_dict
from delivery.policy import shop_policy


@require_GET
def options(request: HttpRequest) -> JsonResponse:
    """Options for `?country=US&region=NY&postal_code=11201`; 400 with every fault of cart and address."""
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
    to = {name: request.GET.get(name, "")[:80] for name in ("country", "region", "postal_code", "city")}
    try:
        quote = shop_policy().quote(
            QuoteRequest(
                cart=Cart(currency="USD", lines=lines), destination=Address(**to), placed_at=timezone.now()
            )
        )
    except InputError as error:
        return JsonResponse({"errors": [str(fault) for fault in error.faults]}, status=400)
    return JsonResponse(quote_to_dict(quote))
