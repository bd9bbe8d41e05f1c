"""The parts that the API's answers are made of: lines, addresses, options, sections of a delivery, totals."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Minor = Annotated[int, Field(description="Minor units of the checkout's currency.")]


class Answer(BaseModel):
    """An object of an answer; there is never a member that its schema does not name."""

    model_config = ConfigDict(extra="forbid")


class Line(Answer):
    """One line of the cart."""

    id: str
    sku: str
    title: str
    quantity: int
    unit_price: Minor
    discount: Minor
    total: Minor
    requires_shipping: bool


class Contact(Answer):
    """How the buyer is reached."""

    email: str
    phone: str
    marketing_consent: bool
    recovery_consent: bool


class Address(Answer):
    """A postal address, or as much of one as is known."""

    country: str
    name: str
    company: str
    line1: str
    line2: str
    city: str
    region: str
    postal_code: str
    phone: str


class SavedAddress(Answer):
    """An address in the customer's book."""

    id: str
    label: str
    address: Address
    is_default_delivery: bool
    is_default_billing: bool


class Customer(Answer):
    """The signed-in customer with the addresses they may choose from."""

    id: str
    saved_addresses: list[SavedAddress]


class Promise(Answer):
    """When it arrives, in the destination's calendar; `latest` is what is promised."""

    earliest: dt.date
    latest: dt.date
    ships_earliest: dt.date
    ships_on: dt.date
    order_by: AwareDatetime | None


class Option(Answer):
    """A delivery option that is offered."""

    id: str
    method_id: str
    title: str
    description: str
    service: str
    price: Minor
    regular_price: Minor
    is_free: bool
    promise: Promise | None


class WithheldMethod(Answer):
    """A method that is not offered, why, and what would offer it."""

    method_id: str
    title: str
    reason: str
    message: str
    hint: str


class FreeShippingGoal(Answer):
    """How far the cart is from free shipping with one method."""

    method_id: str
    title: str
    missing: Minor
    threshold: Minor
    reached: bool


class SavedMatch(Answer):
    """A saved address that is probably the one typed: the buyer is asked, never corrected."""

    address_id: str
    label: str
    differs: list[str]


class PickupPointEntry(Answer):
    """A place to collect from; its address is null where it is not served."""

    id: str
    title: str
    address: Address | None


class SlotSection(Answer):
    """The delivery slot that was picked; its place is held for this checkout."""

    id: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    order_by: AwareDatetime


class SlotEntry(SlotSection):
    """A slot of the chosen option: how many places are left, or why it cannot be picked."""

    left: int
    reason: Literal["cutoff_passed", "full", "too_early"] | None


class DeliverySection(Answer):
    """One destination with its options and the one chosen."""

    id: str
    line_ids: list[str]
    address: Address | None
    saved_address_id: str | None
    saved_match: SavedMatch | None
    pickup_point: PickupPointEntry | None
    pickup_points: list[PickupPointEntry]
    option_id: str | None
    chosen_by: Literal["buyer", "default"] | None
    wanted_option_id: str | None
    slot: SlotSection | None
    wanted_slot_id: str | None
    slots: list[SlotEntry]
    valid_until: AwareDatetime | None
    options: list[Option]
    withheld: list[WithheldMethod]
    free_shipping: list[FreeShippingGoal]
    quoted_at: AwareDatetime | None = None


class BillingSection(Answer):
    """The billing address, which is the delivery address unless another was given."""

    same_as_delivery: bool
    address: Address | None
    saved_address_id: str | None


class PaymentSection(Answer):
    """How it is paid; the token is never in an answer."""

    method: str
    label: str


class PaymentAction(Answer):
    """What the buyer has to do for the payment."""

    kind: Literal["authentication"]
    url: str


class BusinessSection(Answer):
    """What a company added."""

    company: str
    tax_id: str
    purchase_order: str


class Consent(Answer):
    """What the buyer agreed to."""

    terms: bool


class PriceEntry(Answer):
    """One entry of the ledger; `included` marks tax that other entries contain."""

    kind: Literal[
        "goods", "line_discount", "order_discount", "shipping", "shipping_discount", "tax", "fee", "refund"
    ]
    label: str
    amount: Minor
    line_id: str | None
    delivery_id: str | None
    included: bool


class TotalsSection(Answer):
    """Sums of the ledger by kind."""

    goods: Minor
    line_discount: Minor
    order_discount: Minor
    shipping: Minor
    shipping_discount: Minor
    tax: Minor
    fee: Minor
    refund: Minor
    tax_included: Minor
    total: Minor


class ProblemEntry(Answer):
    """Something that stands between the checkout and an order."""

    code: str
    severity: Literal["fixable", "buyer_input", "buyer_review", "buyer_approval"]
    path: str
    message: str
    hint: str


class ChangeEntry(Answer):
    """What the last write altered in a chosen delivery, and why."""

    kind: Literal[
        "price", "date", "option_unavailable", "option_replaced", "option_restored", "slot_unavailable"
    ]
    cause: str
    delivery_id: str
    option_id: str
    title: str
    old_price: Minor | None
    new_price: Minor | None
    old_latest: dt.date | None
    new_latest: dt.date | None
    message: str


class OrderDeliverySection(Answer):
    """One destination of an order, as it was promised."""

    id: str
    line_ids: list[str]
    address: Address | None
    pickup_point: PickupPointEntry | None
    option_id: str | None
    title: str
    service: str
    price: Minor
    regular_price: Minor
    promise: Promise | None
    slot: SlotSection | None


class OrderBilling(Answer):
    """Who is billed."""

    address: Address | None


class OrderPaymentSection(Answer):
    """The money of an order."""

    provider: str
    status: Literal["authorised", "captured", "refunded", "voided", "free"]
    amount: Minor
    captured: Minor
    refunded: Minor


class Experiment(Answer):
    """The policy variant the checkout was given."""

    experiment: str
    variant: str
