"""Problems: what still stands between this checkout and an order, computed from it and never stored."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, Literal

from attrs import frozen

from checkout_kit.address import Address, check_address
from checkout_kit.checkout.ledger import ledger, totals
from checkout_kit.checkout.value import Checkout, Delivery, lines_of
from checkout_kit.errors import Fault
from checkout_kit.making import maker

Severity = Literal["fixable", "buyer_input", "buyer_review", "buyer_approval"]

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


@frozen(kw_only=True)
class Problem:
    """Something the buyer, or an agent for them, can fix.

    `severity` says who can: `fixable` any caller; `buyer_input`, `buyer_review` and `buyer_approval` only a
    person on a page. `path` names the member of the checkout to look at.
    """

    code: str
    severity: Severity
    path: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """One line: `code at path: message`."""
        return f"{self.code} at {self.path}: {self.message}"


@lru_cache(maxsize=512)
def _check(address: Address) -> tuple[Fault, ...]:
    return check_address(address)


def _no_approval(_checkout: Checkout) -> bool:
    return False


@frozen(kw_only=True)
class Demands:
    """What this shop asks for before it takes an order; every check is a pure function."""

    needs_phone: bool = False
    needs_terms: bool = False
    needs_tax_id: bool = False
    needs_destination: bool = True
    check_address: Callable[[Address], tuple[Fault, ...]] = _check
    needs_approval: Callable[[Checkout], bool] = _no_approval


NO_DEMANDS: Final = Demands()
_problem = maker(Problem)


def problems(checkout: Checkout, demands: Demands = NO_DEMANDS) -> tuple[Problem, ...]:
    """Every problem of an open checkout, in the order of the page."""
    if checkout.ending is not None:
        return ()
    return tuple(_problems(checkout, demands))


def _problems(checkout: Checkout, demands: Demands) -> Iterator[Problem]:
    if not checkout.cart.lines:
        yield Problem(code="lines_empty", severity="fixable", path="lines", message="The cart is empty.")
    for code in checkout.rejected_codes:
        yield Problem(
            code="discount_code_invalid",
            severity="fixable",
            path="discount_codes",
            message=f"The code {code!r} does not apply to this cart.",
            hint="Remove it, or enter another one.",
        )
    contact = checkout.contact
    if contact is None or not contact.email:
        yield _NO_CONTACT
    elif not _EMAIL.fullmatch(contact.email):
        yield _BAD_EMAIL
    if demands.needs_phone and not (contact and contact.phone):
        yield _NO_PHONE
    if demands.needs_destination:
        takes_the_rest = is_collected = False
        for i, delivery in enumerate(checkout.deliveries):
            yield from _delivery_problems(checkout, delivery, f"deliveries[{i}]", demands)
            takes_the_rest = takes_the_rest or not delivery.line_ids
            is_collected = is_collected or delivery.pickup is not None
        if not takes_the_rest:
            yield from _left_behind(checkout)
        if is_collected:
            yield from _missing_bill(checkout)
    if checkout.billing is not None:
        yield from _address_problems(checkout.billing.address, "billing.address", demands)
    if checkout.payment is None and not _is_free(checkout):
        yield _unpaid(checkout)
    if demands.needs_terms and not checkout.accepts_terms:
        yield Problem(
            code="terms_not_accepted",
            severity="buyer_input",
            path="consent.terms",
            message="The terms of sale are not accepted yet.",
        )
    if demands.needs_tax_id and not (checkout.business and checkout.business.tax_id):
        yield Problem(
            code="tax_id_missing",
            severity="fixable",
            path="business.tax_id",
            message="A tax id is needed for this order.",
        )
    if not checkout.approved_by and demands.needs_approval(checkout):
        yield Problem(
            code="approval_missing",
            severity="buyer_approval",
            path="approval",
            message="This order waits for an approval.",
        )


_NO_CONTACT: Final = Problem(
    code="contact_missing",
    severity="fixable",
    path="contact.email",
    message="An email address is needed for the confirmation.",
)
_NO_PAYMENT: Final = Problem(
    code="payment_missing", severity="fixable", path="payment", message="How do you want to pay?"
)


_BAD_EMAIL: Final = Problem(
    code="email_invalid",
    severity="fixable",
    path="contact.email",
    message="This does not look like an email address.",
    hint="Write it like name@example.com.",
)
_NO_PHONE: Final = Problem(
    code="phone_missing",
    severity="fixable",
    path="contact.phone",
    message="The carrier needs a phone number.",
)


def _delivery_problems(
    checkout: Checkout, delivery: Delivery, path: str, demands: Demands
) -> Iterator[Problem]:
    if not lines_of(checkout, delivery):
        return
    if delivery.pickup is not None:
        if delivery.pickup.address is None:
            yield Problem(
                code="pickup_point_unavailable",
                severity="buyer_review",
                path=f"{path}.pickup_point",
                message="This pickup point is not served.",
                hint="Choose another pickup point, or give an address.",
            )
            return
    elif delivery.address is None:
        yield Problem(
            code="address_missing",
            severity="fixable",
            path=f"{path}.address",
            message="Where should this be delivered?",
        )
        return
    else:
        yield from _address_problems(delivery.address, f"{path}.address", demands)
    if delivery.choice is not None:
        if delivery.wanted_slot:
            yield Problem(
                code="slot_unavailable",
                severity="buyer_review",
                path=f"{path}.slot_id",
                message="The chosen delivery time is not available any more.",
                hint="Choose another time, or none.",
            )
        return
    gone = next(
        (c for c in checkout.changes if c.delivery_id == delivery.id and c.kind == "option_unavailable"), None
    )
    if delivery.wanted:
        yield Problem(
            code="option_unavailable",
            severity="buyer_review",
            path=f"{path}.option_id",
            message="The chosen delivery option is no longer offered.",
            hint=(gone.detail if gone is not None else "") or "Choose another option.",
        )
    else:
        yield Problem(
            code="option_missing",
            severity="fixable",
            path=f"{path}.option_id",
            message="No delivery option is chosen.",
            hint="Choose one of the offered options; if none is, change the address or the cart.",
        )


def _left_behind(checkout: Checkout) -> Iterator[Problem]:
    """Where every delivery names its lines, one that none names would be paid for and never sent."""
    named = {line_id for delivery in checkout.deliveries for line_id in delivery.line_ids}
    for i, line in enumerate(checkout.cart.lines):
        if line.requires_shipping and line.id not in named:
            yield Problem(
                code="line_without_delivery",
                severity="fixable",
                path=f"lines[{i}]",
                message=f"No delivery takes {line.title or line.sku} along.",
                hint="Name it in the line_ids of a delivery, or remove it.",
            )


def _missing_bill(checkout: Checkout) -> Iterator[Problem]:
    """What is collected has no delivery address that the bill could follow."""
    shipped = [delivery for delivery in checkout.deliveries if lines_of(checkout, delivery)]
    is_collected = bool(shipped) and all(delivery.pickup is not None for delivery in shipped)
    if is_collected and checkout.billing_address is None:
        yield Problem(
            code="billing_missing",
            severity="fixable",
            path="billing.address",
            message="Which address should the bill name?",
            hint="What is collected has no delivery address to bill.",
        )


def _address_problems(address: Address, path: str, demands: Demands) -> list[Problem]:
    return [
        _problem(
            code="address_invalid",
            severity="fixable",
            path=f"{path}.{fault.path.rpartition('.')[2]}",
            message=fault.message,
            hint=fault.remedy,
        )
        for fault in demands.check_address(address)
    ]


def _unpaid(checkout: Checkout) -> Problem:
    attempt = checkout.attempt
    if attempt is None or attempt.state != "declined":
        return _NO_PAYMENT
    return Problem(
        code="payment_declined",
        severity="fixable",
        path="payment",
        message=_DECLINES.get(attempt.code, _NO_PAYMENT.message),
        hint="Choose another way to pay.",
    )


def _is_free(checkout: Checkout) -> bool:
    cart = checkout.cart
    left = cart.order_discount
    for line in cart.lines:
        left -= line.total
        if left < 0:
            return False
    return bool(cart.lines) and totals(ledger(checkout)).total == 0


_DECLINES = {
    "declined": "The payment was declined.",
    "insufficient_funds": "The payment was declined for lack of funds.",
    "expired_card": "The card has expired.",
    "incorrect_details": "The card details are not right.",
    "fraud_suspected": "The payment was declined.",
    "authentication_failed": "The bank's authentication did not succeed.",
    "canceled": "The payment was canceled.",
    "processing_error": "The payment could not be processed.",
}
