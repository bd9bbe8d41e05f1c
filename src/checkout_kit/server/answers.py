"""The shapes of the API's answers, for the OpenAPI document; the service writes the bytes."""

import datetime as dt
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from checkout_kit.server.answer_parts import (
    Answer,
    BillingSection,
    BusinessSection,
    ChangeEntry,
    Consent,
    Contact,
    Customer,
    DeliverySection,
    Experiment,
    Line,
    Minor,
    OrderBilling,
    OrderDeliverySection,
    OrderPaymentSection,
    PaymentAction,
    PaymentSection,
    PriceEntry,
    ProblemEntry,
    TotalsSection,
)


class Order(Answer):
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


class Checkout(Answer):
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


class ResumeLink(Answer):
    """A link that opens a checkout elsewhere, until it ends."""

    url: str
    token: str
    until: AwareDatetime


class FaultEntry(Answer):
    """One thing wrong with a request."""

    path: str
    pointer: str
    message: str
    found: str = ""
    remedy: str = ""


class OfferedOption(Answer):
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
