"""A posted checkout form as an update of the checkout: only what differs is in it."""

from collections.abc import Mapping
from typing import Final

from attrs import evolve, frozen

from checkout_kit.address import Address
from checkout_kit.checkout import (
    UNSET,
    Billing,
    Business,
    Checkout,
    Contact,
    ContactPatch,
    Item,
    PaymentMethod,
    Unset,
    Update,
)
from checkout_kit.server.delivery_forms import SPLIT, posted_deliveries
from checkout_kit.server.form_fields import posted_address, text_of

MAX_QUANTITY: Final = 999
MAX_CODES: Final = 10


@frozen
class PaymentChoice:
    """A way to pay that the page offers; `token` is what the payment provider takes for it."""

    id: str
    title: str
    method: str
    token: str
    description: str = ""

    @property
    def payment(self) -> PaymentMethod:
        """The payment section this choice fills."""
        return PaymentMethod(method=self.method, token=self.token, label=self.title)

    def is_in(self, checkout: Checkout) -> bool:
        """Whether this is what the checkout pays with."""
        now = checkout.payment
        return now is not None and (now.method, now.token) == (self.method, self.token)


def update_from(
    form: Mapping[str, str],
    checkout: Checkout,
    *,
    countries: tuple[str, ...],
    payments: tuple[PaymentChoice, ...],
    is_cart_editable: bool = False,
    splits_deliveries: bool = True,
) -> Update:
    """What the buyer changed; a form that shows the checkout as it is gives an empty update."""
    if not splits_deliveries and form.get("action") == SPLIT:
        form = {name: value for name, value in form.items() if name != "action"}
    deliveries, replaces_deliveries = posted_deliveries(form, checkout, countries)
    return Update(
        items=_items(form, checkout) if is_cart_editable else UNSET,
        discount_codes=_codes(form, checkout),
        contact=_contact(form, checkout),
        business=_business(form, checkout),
        accepts_terms=_terms(form, checkout),
        deliveries=deliveries,
        replaces_deliveries=replaces_deliveries,
        billing=_billing(form, checkout, countries),
        payment=_payment(form, checkout, payments),
    )


def _codes(form: Mapping[str, str], checkout: Checkout) -> tuple[str, ...] | Unset:
    codes = tuple(dict.fromkeys(text_of(form, "codes").replace(",", " ").split()))[:MAX_CODES]
    return UNSET if "codes" not in form or codes == checkout.cart.discount_codes else codes


def _contact(form: Mapping[str, str], checkout: Checkout) -> ContactPatch | Unset:
    if "email" not in form:
        return UNSET
    before = checkout.contact or Contact()
    given = ContactPatch(
        email=UNSET if (email := text_of(form, "email")) == before.email else email,
        phone=UNSET if (phone := text_of(form, "phone")) == before.phone or "phone" not in form else phone,
    )
    return UNSET if given == ContactPatch() else given


def _business(form: Mapping[str, str], checkout: Checkout) -> Business | Unset:
    before = checkout.business or Business()
    if "tax_id" not in form or text_of(form, "tax_id") == before.tax_id:
        return UNSET
    return evolve(before, tax_id=text_of(form, "tax_id"))


def _terms(form: Mapping[str, str], checkout: Checkout) -> bool | Unset:
    accepts = bool(form.get("terms"))
    return UNSET if "terms_shown" not in form or accepts == checkout.accepts_terms else accepts


def _billing(
    form: Mapping[str, str], checkout: Checkout, countries: tuple[str, ...]
) -> Billing | Unset | None:
    if "billing_shown" not in form:
        return UNSET
    if form.get("billing_same"):
        return UNSET if checkout.billing is None else None
    address = posted_address(form, countries, "billing_")
    before = checkout.billing.address if checkout.billing else None
    if "billing_own" in form and address == Address(country=address.country):
        return UNSET if before is None else None
    return UNSET if address == before else Billing(address=address)


def _payment(
    form: Mapping[str, str], checkout: Checkout, payments: tuple[PaymentChoice, ...]
) -> PaymentMethod | Unset:
    choice = next((choice for choice in payments if choice.id == form.get("payment")), None)
    return UNSET if choice is None or choice.is_in(checkout) else choice.payment


def _items(form: Mapping[str, str], checkout: Checkout) -> tuple[Item, ...] | Unset:
    line_id, _, step = form.get("step", "").rpartition(":")
    if step not in ("1", "-1") or not any(line.id == line_id for line in checkout.cart.lines):
        return UNSET
    steps = {line_id: int(step)}
    return tuple(
        Item(
            id=line.id,
            sku=line.sku,
            quantity=min(MAX_QUANTITY, max(1, line.quantity + steps.get(line.id, 0))),
        )
        for line in checkout.cart.lines
    )
