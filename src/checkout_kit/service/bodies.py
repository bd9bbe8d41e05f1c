"""The JSON bodies as pydantic models: lengths and ranges bounded, unknown members refused."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

_Id = Annotated[str, StringConstraints(min_length=1, max_length=100)]
_Short = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
_Amount = Annotated[int, Field(ge=0, le=10**12, strict=True)]
_Day = Annotated[dt.date, Field(strict=True)]
_Quantity = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


class Body(BaseModel):
    """What every body has in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AddressBody(Body):
    """A postal address, or as much of one as is known; only the country is needed."""

    country: Annotated[str, StringConstraints(min_length=2, max_length=2, to_upper=True)]
    name: _Short = ""
    company: _Short = ""
    line1: _Short = ""
    line2: _Short = ""
    city: _Short = ""
    region: _Short = ""
    postal_code: Annotated[str, StringConstraints(max_length=20, strip_whitespace=True)] = ""
    phone: Annotated[str, StringConstraints(max_length=40, strip_whitespace=True)] = ""


class ContactBody(Body):
    """Changes to the contact; an absent member stays, null clears it."""

    email: Annotated[str, StringConstraints(max_length=254, strip_whitespace=True)] | None = None
    phone: Annotated[str, StringConstraints(max_length=40, strip_whitespace=True)] | None = None
    marketing_consent: bool | None = None
    recovery_consent: bool | None = None


class DeliveryBody(Body):
    """Changes to the one delivery, which goes to an address or a pickup point; null clears."""

    address: AddressBody | None = None
    saved_address_id: _Id | None = None
    pickup_point_id: _Id | None = None
    option_id: _Id | None = None
    slot_id: _Id | None = None
    lock: Annotated[str, StringConstraints(max_length=8000)] | None = None


class NamedDeliveryBody(DeliveryBody):
    """One of several deliveries with the lines that go there."""

    id: _Id
    line_ids: Annotated[tuple[_Id, ...], Field(max_length=500)] = ()


class BillingBody(Body):
    """A billing address of its own: given, or one of the customer's saved ones."""

    address: AddressBody | None = None
    saved_address_id: _Id | None = None


class PaymentBody(Body):
    """A payment provider's token; card numbers are refused."""

    method: _Id
    token: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    label: _Short | None = None


class BusinessBody(Body):
    """What a company adds to its order; given, it takes the place of what was there."""

    company: _Short | None = None
    tax_id: _Short | None = None
    purchase_order: _Short | None = None


class ConsentBody(Body):
    """What the buyer agrees to; an absent member stays, null takes it back."""

    terms: bool | None = None


class ItemBody(Body):
    """A line as a buyer may ask for it."""

    id: _Id | None = None
    sku: _Id
    quantity: _Quantity


class LineBody(ItemBody):
    """A line as the shop knows it; amounts in minor units."""

    id: _Id
    unit_price: _Amount
    title: _Short = ""
    discount: _Amount = 0
    tax_rate_bp: Annotated[int, Field(ge=0, le=100_000)] | None = None
    weight_g: Annotated[int, Field(ge=0, le=10**9)] | None = None
    requires_shipping: bool = True
    shipping_class: _Short = ""
    origin: _Short = ""
    release_on: Annotated[_Day | None, BeforeValidator(_none_if_empty)] = None
    ships_free: bool = False
    is_gift_card: bool = False
    attributes: dict[_Id, _Short] = Field(default_factory=dict, max_length=50)


class UpdateBody(Body):
    """Changes to a checkout: an absent member stays as it is, null clears it."""

    version: Annotated[int, Field(ge=1)] | None = None
    lines: Annotated[tuple[ItemBody, ...], Field(max_length=500)] | None = None
    contact: ContactBody | None = None
    delivery: DeliveryBody | None = None
    deliveries: Annotated[tuple[NamedDeliveryBody, ...], Field(max_length=50)] | None = None
    billing: BillingBody | None = None
    payment: PaymentBody | None = None
    discount_codes: Annotated[tuple[_Id, ...], Field(max_length=20)] | None = None
    business: BusinessBody | None = None
    consent: ConsentBody | None = None
    save_address: bool | None = None
    note: Annotated[str, StringConstraints(max_length=2000)] | None = None


class TrustedUpdateBody(UpdateBody):
    """The same from the shop's own server, which knows prices."""

    lines: Annotated[tuple[LineBody, ...], Field(max_length=500)] | None = None
    order_discount: _Amount | None = None


_Currency = Annotated[str, StringConstraints(min_length=3, max_length=3, to_upper=True)]
_Locale = Annotated[
    str, StringConstraints(max_length=20, pattern=r"^([A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*)?$")
]


class NewBody(UpdateBody):
    """A checkout to open."""

    currency: _Currency
    locale: _Locale = ""


class TrustedNewBody(TrustedUpdateBody):
    """A checkout to open, by the shop's own server, which knows who is signed in."""

    currency: _Currency
    locale: _Locale = ""
    customer_id: Annotated[str, StringConstraints(max_length=100)] = ""
    customer_groups: tuple[_Id, ...] = ()
    prices_include_tax: bool = False
    channel: Annotated[str, StringConstraints(max_length=50)] = ""


class CompleteBody(Body):
    """Complete, if the checkout is still at this version."""

    version: Annotated[int, Field(ge=1)] | None = None


class CancelBody(CompleteBody):
    """Cancel, and why."""

    reason: Annotated[str, StringConstraints(max_length=200)] = ""
