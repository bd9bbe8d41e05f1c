"""Delivery options for the cart of a request, as JSON for the store's own pages."""

from inspect import iscoroutinefunction
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from checkout_kit.address import Address
from checkout_kit.cart import Customer
from checkout_kit.django.policies import DEFAULT, hook, policy
from checkout_kit.errors import InputError, NotFound
from checkout_kit.shipping import QuoteRequest
from checkout_kit.shipping.quote_json import quote_to_dict

PARTS: Final = ("country", "region", "postal_code", "city")


@never_cache  # type: ignore[untyped-decorator]
@require_safe  # type: ignore[untyped-decorator]
async def options(request: HttpRequest, name: str = DEFAULT) -> JsonResponse:
    """Options for `?country=US&region=NY&postal_code=11201`; 400 with every fault of cart and address."""
    cart_of, customer_of = hook("SHIPPING_CART"), hook("SHIPPING_CUSTOMER")
    if cart_of is None:
        raise ImproperlyConfigured("SHIPPING_CART must name the function that gives a request's cart")
    to = {part: request.GET.get(part, "")[:80] for part in PARTS}
    try:
        asked = policy(name)
    except NotFound as error:
        return JsonResponse({"errors": [str(error)]}, status=404)
    try:
        quote = asked.quote(
            QuoteRequest(
                cart=await _asked(cart_of, request),
                destination=Address(**to),
                placed_at=timezone.now(),
                customer=Customer() if customer_of is None else await _asked(customer_of, request),
            )
        )
    except InputError as error:
        return JsonResponse({"errors": [str(fault) for fault in error.faults]}, status=400)
    return JsonResponse(quote_to_dict(quote))


async def _asked(function: Any, request: HttpRequest) -> Any:
    if iscoroutinefunction(function):
        return await function(request)
    # An ordinary one may use the session and the database, which must not be done on the event loop.
    return await sync_to_async(function)(request)
