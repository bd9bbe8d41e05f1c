"""Request bodies as the protocol's schemas describe them; members we have no use for are skipped.

Source: ACP 2026-04-17, schema.agentic_checkout.json and schema.cart.json. An item may say a quantity, which
the schemas have no room for and the protocol's own examples use.
"""

from typing import Annotated, Any, Literal

from checkout_kit.adapter import Wire
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

_NO_NUL = r"^[^\x00]*$"
Text = Annotated[str, StringConstraints(max_length=500, pattern=_NO_NUL)]
Short = Annotated[str, StringConstraints(max_length=100, pattern=_NO_NUL)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_NO_NUL)]
Notes = Annotated[str, StringConstraints(max_length=5000, pattern=_NO_NUL)]
MOST_QUANTITY = 1_000_000
Way = Literal["shipping", "digital", "pickup", "local_delivery"]


class Body(BaseModel):
    """A part of a request; null is taken for absent."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Item(Body):
    """What is wanted; the same id twice means that many more."""

    id: Id
    name: Text | None = None
    unit_amount: int | None = None
    quantity: Annotated[int, Field(ge=1, le=MOST_QUANTITY)] = 1


Items = Annotated[list[Item], Field(max_length=200)]
SomeItems = Annotated[list[Item], Field(min_length=1, max_length=200)]


class PostalAddress(Body):
    """An address; all but the second line and the company are required by the schema."""

    name: Text
    line_one: Text
    line_two: Text | None = None
    city: Text
    state: Text
    country: Text
    postal_code: Text
    company: Text | None = None


class FulfillmentDetails(Body):
    """Where to, and whom to reach there."""

    name: Text | None = None
    phone_number: Short | None = None
    email: Text | None = None
    address: PostalAddress | None = None


class Company(Body):
    """A business buyer."""

    name: Text
    tax_id: Text | None = None
    department: Text | None = None
    cost_center: Text | None = None


class Buyer(Body):
    """Who buys; what an agent says of accounts and loyalty is not taken on trust and therefore not read."""

    first_name: Text | None = None
    last_name: Text | None = None
    full_name: Text | None = None
    email: Text
    phone_number: Short | None = None
    company: Company | None = None


class Interventions(Body):
    """What the agent can help with."""

    supported: Annotated[list[Short], Field(max_length=20)] = []


class AgentCapabilities(Body):
    """The agent's side of the negotiation."""

    interventions: Interventions | None = None
    extensions: Annotated[list[Any], Field(max_length=50)] | None = None


class Discounts(Body):
    """The codes that take the place of those sent before."""

    codes: Annotated[list[Text], Field(max_length=20)] = []


class Group(Body):
    """Items that travel together."""

    id: Short
    item_ids: Annotated[list[Id], Field(max_length=200)]
    destination_type: Way
    fulfillment_details: FulfillmentDetails | None = None


class Selection(Body):
    """The option chosen for some items."""

    type: Way
    option_id: Text
    item_ids: Annotated[list[Id], Field(max_length=200)]


Groups = Annotated[list[Group], Field(max_length=20)]


class CreateRequest(Body):
    """Open a session; the lines of a named cart take the place of `line_items`."""

    line_items: Items
    currency: Short
    capabilities: AgentCapabilities | None = None
    buyer: Buyer | None = None
    fulfillment_details: FulfillmentDetails | None = None
    fulfillment_groups: Groups | None = None
    coupons: Annotated[list[Text], Field(max_length=20)] | None = None
    discounts: Discounts | None = None
    locale: Short | None = None
    timezone: Short | None = None
    metadata: dict[str, Any] | None = None
    order_notes: Notes | None = None
    affiliate_attribution: dict[str, Any] | None = None
    cart_id: Short | None = None


class UpdateRequest(Body):
    """Change a session; an absent section stays as it is."""

    line_items: Items | None = None
    buyer: Buyer | None = None
    fulfillment_details: FulfillmentDetails | None = None
    fulfillment_groups: Groups | None = None
    selected_fulfillment_options: Annotated[list[Selection], Field(max_length=20)] | None = None
    coupons: Annotated[list[Text], Field(max_length=20)] | None = None
    discounts: Discounts | None = None
    order_notes: Notes | None = None


class Credential(Body):
    """A token and what kind of token it is."""

    type: Short
    token: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=_NO_NUL)] = Field(
        repr=False
    )


class PaymentInstrument(Body):
    """What to pay with."""

    type: Short
    credential: Credential = Field(repr=False)


class PaymentData(Body):
    """A handler with an instrument, or a purchase order."""

    handler_id: Short | None = None
    instrument: PaymentInstrument | None = None
    billing_address: PostalAddress | None = None
    purchase_order_number: Text | None = None


Outcome = Literal[
    "abandoned", "attempt_acknowledged", "authenticated", "canceled", "denied", "informational",
    "internal_error", "not_supported", "processing_error", "rejected",
]  # fmt: skip


class OutcomeDetails(Body):
    """The issuer's proof; checked for its shape, and worth nothing without the payment provider's word."""

    three_ds_cryptogram: Text = Field(repr=False)
    electronic_commerce_indicator: Literal["01", "02", "05", "06", "07"]
    transaction_id: Text
    version: Short


class AuthenticationResult(Body):
    """How 3-D Secure went at the agent's side."""

    outcome: Outcome
    outcome_details: OutcomeDetails | None = None


class Consent(Body):
    """The buyer's answer for one channel."""

    channel: Short
    opted_in: bool


class CompleteRequest(Body):
    """Pay and place the order."""

    payment_data: PaymentData
    buyer: Buyer | None = None
    authentication_result: AuthenticationResult | None = None
    marketing_consents: Annotated[list[Consent], Field(max_length=20)] | None = None
    order_notes: Notes | None = None
    affiliate_attribution: dict[str, Any] | None = None


class IntentTrace(Body):
    """Why a session is given up; the list of reasons may grow."""

    reason_code: Short
    trace_summary: Text | None = None


class CancelRequest(Body):
    """Give a session up."""

    intent_trace: IntentTrace | None = None


class CartCreateRequest(Body):
    """Open a cart."""

    line_items: SomeItems
    buyer: Buyer | None = None
    discounts: Discounts | None = None
    locale: Short | None = None


class CartUpdateRequest(Body):
    """Replace a cart."""

    line_items: SomeItems
    buyer: Buyer | None = None
    discounts: Discounts | None = None


CREATE, UPDATE = Wire(CreateRequest), Wire(UpdateRequest)
COMPLETE, CANCEL = Wire(CompleteRequest), Wire(CancelRequest)
CREATE_CART, UPDATE_CART = Wire(CartCreateRequest), Wire(CartUpdateRequest)
