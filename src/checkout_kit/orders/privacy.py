"""Take a person out of what has to be kept: amounts, goods and regions stay, names and contacts go."""

from attrs import evolve

from checkout_kit.address import Address
from checkout_kit.cart import Customer
from checkout_kit.checkout import Checkout
from checkout_kit.orders.value import Order


def without_person(address: Address | None) -> Address | None:
    """Only the country and region of an address, which tax records need."""
    return None if address is None else Address(country=address.country, region=address.region)


def anonymise_order(order: Order) -> Order:
    """The order without its buyer: ledger, lines, promise, region and payment reference stay."""
    return evolve(
        order,
        version=order.version + 1,
        customer=Customer(groups=order.customer.groups),
        contact=None,
        deliveries=tuple(evolve(d, address=without_person(d.address)) for d in order.deliveries),
        billing_address=without_person(order.billing_address),
        business=None,
        note="",
    )


def anonymise_checkout(checkout: Checkout) -> Checkout:
    """The checkout without its buyer; an open one has to be filled in again."""
    attempt, ending = checkout.attempt, checkout.ending
    return evolve(
        checkout,
        attempt=None if attempt is None else evolve(attempt, action_url=""),
        # A buyer who cancels may say why in words of their own.
        ending=evolve(ending, reason="") if ending is not None and ending.kind == "canceled" else ending,
        version=checkout.version + 1,
        customer=Customer(groups=checkout.customer.groups),
        contact=None,
        deliveries=tuple(
            evolve(d, address=without_person(d.address), saved_address_id="") for d in checkout.deliveries
        ),
        billing=None,
        payment=None,
        business=None,
        note="",
        approved_by="",
    )
