"""From a quote request to what live sources are asked: one parcel with everything that ships."""

from checkout_kit.address import Address
from checkout_kit.carriers.port import Parcel, RateRequest
from checkout_kit.errors import Fault, InputError
from checkout_kit.shipping.values import QuoteRequest

_RESIDENTIAL = {"residential": True, "business": False}


def rate_request(
    request: QuoteRequest, *, origin: Address, default_weight_g: int | None = None
) -> RateRequest | None:
    """What to ask for a cart, or for one package of it; None where nothing needs shipping.

    The parcel weighs what the lines weigh together; it has a size where it is a single unit of known size.

    Raises:
        InputError: every line whose weight is unknown, when there is no default.
    """
    lines = [line for line in request.cart.lines if line.requires_shipping]
    if not lines:
        return None
    weights = [line.weight_g if line.weight_g is not None else default_weight_g for line in lines]
    unknown = [line.id for line, weight_g in zip(lines, weights, strict=True) if weight_g is None]
    if unknown:
        remedy = "weigh the item or give a default weight"
        raise InputError(
            [
                Fault(f"lines.{one}.weight_g", "unknown, and live rates need it", "None", remedy)
                for one in unknown
            ]
        )
    total_g = sum((weight_g or 0) * line.quantity for line, weight_g in zip(lines, weights, strict=True))
    is_single = len(lines) == 1 and lines[0].quantity == 1
    return RateRequest(
        origin=origin,
        destination=request.destination,
        parcels=(Parcel(weight_g=total_g, dimensions=lines[0].dimensions if is_single else None),),
        currency=request.cart.currency,
        is_residential=_RESIDENTIAL.get(request.destination_kind),
    )
