"""The shapes of the API's answers, for the OpenAPI document; the service writes the bytes."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Minor = Annotated[int, Field(description="Minor units of the checkout's currency.")]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Line(_Answer):
    """One line of the cart."""

    id: str
    sku: str
    title: str
    quantity: int
    unit_price: Minor
    discount: Minor
    total: Minor
    requires_shipping: bool


class Contact(_Answer):
    """How the buyer is reached."""

    email: str
    phone: str
    marketing_consent: bool
    recovery_consent: bool


class Address(_Answer):
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


class SavedAddress(_Answer):
    """An address in the customer's book."""

    id: str
    label: str
    address: Address
    is_default_delivery: bool
    is_default_billing: bool


class Customer(_Answer):
    """The signed-in customer with the addresses they may choose from."""

    id: str
    saved_addresses: list[SavedAddress]


class Promise(_Answer):
    """When it arrives, in the destination's calendar; `latest` is what is promised."""

    earliest: dt.date
    latest: dt.date
    ships_earliest: dt.date
    ships_on: dt.date
    order_by: AwareDatetime | None


class Option(_Answer):
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


class WithheldMethod(_Answer):
    """A method that is not offered, why, and what would offer it."""

    method_id: str
    title: str
    reason: str
    message: str
    hint: str


class FreeShippingGoal(_Answer):
    """How far the cart is from free shipping with one method."""

    method_id: str
    title: str
    missing: Minor
    threshold: Minor
    reached: bool


class SavedMatch(_Answer):
    """A saved address that is probably the one typed: the buyer is asked, never corrected."""

    address_id: str
    label: str
    differs: list[str]


class PickupPointEntry(_Answer):
    """A place to collect from; its address is null where it is not served."""

    id: str
    title: str
    address: Address | None


class SlotSection(_Answer):
    """The delivery slot that was picked; its place is held for this checkout."""

    id: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    order_by: AwareDatetime


class SlotEntry(SlotSection):
    """A slot of the chosen option: how many places are left, or why it cannot be picked."""

    left: int
    reason: Literal["cutoff_passed", "full", "too_early"] | None


class DeliverySection(_Answer):
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


class BillingSection(_Answer):
    """The billing address, which is the delivery address unless another was given."""

    same_as_delivery: bool
    address: Address | None
    saved_address_id: str | None


class PaymentSection(_Answer):
    """How it is paid; the token is never in an answer."""

    method: str
    label: str


class PaymentAction(_Answer):
    """What the buyer has to do for the payment."""

    kind: Literal["authentication"]
    url: str


class BusinessSection(_Answer):
    """What a company added."""

    company: str
    tax_id: str
    purchase_order: str


class Consent(_Answer):
    """What the buyer agreed to."""

    terms: bool


class PriceEntry(_Answer):
    """One entry of the ledger; `included` marks tax that other entries contain."""

    kind: Literal[
        "goods", "line_discount", "order_discount", "shipping", "shipping_discount", "tax", "fee", "refund"
    ]
    label: str
    amount: Minor
    line_id: str | None
    delivery_id: str | None
    included: bool


class TotalsSection(_Answer):
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


class ProblemEntry(_Answer):
    """Something that stands between the checkout and an order."""

    code: str
    severity: Literal["fixable", "buyer_input", "buyer_review", "buyer_approval"]
    path: str
    message: str
    hint: str


class ChangeEntry(_Answer):
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


class OrderDeliverySection(_Answer):
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


class OrderBilling(_Answer):
    """Who is billed."""

    address: Address | None


class OrderPaymentSection(_Answer):
    """The money of an order."""

    provider: str
    status: Literal["authorised", "captured", "refunded", "voided", "free"]
    amount: Minor
    captured: Minor
    refunded: Minor


class Experiment(_Answer):
    """The policy variant the checkout was given."""

    experiment: str
    variant: str


class Order(_Answer):
    """A placed order; later policy edits never touch it."""

    id: str
    checkout_id: str
    version: int
    placed_at: AwareDatetime
    currency: str
    lines: list[Line]
    contact: Contact | None
    deliveries: list[OrderDeliverySection]
    billing: OrderBilling
    business: BusinessSection | None
    components: list[PriceEntry]
    totals: TotalsSection
    payment: OrderPaymentSection
    note: str
    channel: str
    policy_id: str
    experiment: Experiment | None


class Checkout(_Answer):
    """A checkout as it stands, with its options, totals, problems and what the last write changed."""

    id: str
    version: int
    status: Literal["incomplete", "needs_buyer", "ready", "completing", "completed", "canceled", "expired"]
    status_reason: str | None
    currency: str
    created_at: AwareDatetime
    updated_at: AwareDatetime
    expires_at: AwareDatetime
    lines: list[Line]
    contact: Contact | None
    customer: Customer | None
    deliveries: list[DeliverySection]
    billing: BillingSection
    payment: PaymentSection | None
    payment_action: PaymentAction | None
    discount_codes: list[str]
    business: BusinessSection | None
    consent: Consent
    note: str
    components: list[PriceEntry]
    totals: TotalsSection
    problems: list[ProblemEntry]
    changes: list[ChangeEntry]
    order_id: str | None
    order: Order | None


class OpenedCheckout(Checkout):
    """A checkout just opened, with the secret that opens it; the secret is in no other answer."""

    secret: str


class ResumeLink(_Answer):
    """A link that opens a checkout elsewhere, until it ends."""

    url: str
    token: str
    until: AwareDatetime


class FaultEntry(_Answer):
    """One thing wrong with a request."""

    path: str
    pointer: str
    message: str
    found: str = ""
    remedy: str = ""


class OfferedOption(_Answer):
    """A delivery option as it is offered today, in place of a quote that no longer holds."""

    id: str
    title: str
    price: Minor
    latest: dt.date | None


class ProblemDocument(BaseModel):
    """A refusal (RFC 9457), with our extension members."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    errors: list[FaultEntry] = Field(default_factory=list)
    problems: list[ProblemEntry] = Field(default_factory=list)
    options: list[OfferedOption] = Field(default_factory=list)
    current_version: int | None = None
    retryable: bool = False


def schemas() -> dict[str, Any]:
    """The JSON Schemas of all answers by name, referring to each other under `#/components/schemas`."""
    from pydantic.json_schema import models_json_schema

    models = (OpenedCheckout, Checkout, Order, ResumeLink, ProblemDocument)
    _, found = models_json_schema(
        [(model, "serialization") for model in models], ref_template="#/components/schemas/{model}"
    )
    return dict(found["$defs"])
