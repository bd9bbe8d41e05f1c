"""What our own page asks when the shopper changes the address, and what it is answered.

Source: Stripe's guide to dynamic shipping options, read 2026-11.
"""

from attrs import frozen
from checkout_kit.adapter import HttpRequest, HttpResponse, json_response
from checkout_kit.address import Address
from checkout_kit.errors import InputError

from checkout_kit_stripe_checkout.api import checked_id

_FIELDS = ("line1", "line2", "city", "state", "postal_code", "country")
MOST_FIELD = 500


@frozen(kw_only=True)
class AddressChange:
    """The session, and the shipping details as Stripe wants them back."""

    session_id: str
    name: str
    details: dict[str, object]
    destination: Address


def read_change(request: HttpRequest) -> AddressChange:
    """A `checkout_session_id` and `shipping_details` with `name` and `address`; raises InputError."""
    document = request.json()
    details = document["shipping_details"]
    address = {name: details["address"][name].text("") for name in _FIELDS}
    name = details["name"].text("")
    for place, text in (*address.items(), ("name", name)):
        if len(text) > MOST_FIELD:
            raise InputError.of(f"shipping_details.{place}", f"longer than {MOST_FIELD} characters")
    return AddressChange(
        session_id=checked_id(document["checkout_session_id"].text(), "cs"),
        name=name,
        details={"name": name, "address": {key: text for key, text in address.items() if text}},
        destination=Address(
            country=address["country"].upper(),
            region=address["state"],
            postal_code=address["postal_code"],
            city=address["city"],
        ),
    )


def accepted_answer() -> HttpResponse:
    """The session has the new options."""
    return json_response({"type": "object", "value": {"succeeded": True}})


def rejected_answer(message: str, *, status: int = 200) -> HttpResponse:
    """The session keeps its former options; the page shows the message."""
    return json_response({"type": "error", "message": message}, status=status)
