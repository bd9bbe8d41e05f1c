"""The commands a checkout understands; an unset field of a patch is not the same as an explicit None."""

import datetime as dt
from enum import Enum
from typing import Final, Literal

from attrs import field, frozen

from checkout_kit.address import Address
from checkout_kit.cart import Customer, LineItem
from checkout_kit.checkout.value import Billing, Business, PaymentMethod


class Unset(Enum):
    """The type of `UNSET`: this field of a patch was not given."""

    UNSET = "unset"

    def __repr__(self) -> str:
        """Short, because it stands in most fields of most patches."""
        return "UNSET"

    def __bool__(self) -> Literal[False]:
        """False, so that `if patch.note` reads naturally."""
        return False


UNSET: Final = Unset.UNSET


@frozen(kw_only=True)
class ContactPatch:
    """Changes to the contact; an unset field stays as it is."""

    email: str | Unset = UNSET
    phone: str | Unset = UNSET
    accepts_marketing: bool | Unset = UNSET
    accepts_recovery: bool | Unset = UNSET


@frozen(kw_only=True)
class DeliveryPatch:
    """Changes to one delivery: `id` names it; a None address, pickup point, option or slot clears it.

    A pickup point takes the place of the address, and an address that of the pickup point.
    `saved_address_id` is looked up in the customer's book by the service, which then sends the address too.
    `lock` is the token of a quote shown before (`lock_options`): its option is selected at its price.
    """

    id: str = "delivery"
    line_ids: tuple[str, ...] | Unset = UNSET
    address: Address | Unset | None = UNSET
    saved_address_id: str | Unset = UNSET
    pickup_point_id: str | Unset | None = UNSET
    option_id: str | Unset | None = UNSET
    slot_id: str | Unset | None = UNSET
    lock: str = field(default="", repr=False)


@frozen(kw_only=True)
class Item:
    """A line as a buyer may ask for it: how many of what; the shop's catalogue knows the rest."""

    sku: str
    quantity: int
    id: str = ""


@frozen(kw_only=True, slots=False)
class Update:
    """Any number of sections changed in one write; with `replaces`, unset sections are emptied, not kept.

    `items` and saved address ids are looked up by the service before the update reaches `transition`.
    `deliveries` patches deliveries by id; with `replaces_deliveries` the ones not named are dropped.
    """

    lines: tuple[LineItem, ...] | Unset = UNSET
    items: tuple[Item, ...] | Unset = UNSET
    order_discount: int | Unset = UNSET
    discount_codes: tuple[str, ...] | Unset = UNSET
    contact: ContactPatch | Unset | None = UNSET
    deliveries: tuple[DeliveryPatch, ...] | Unset = UNSET
    replaces_deliveries: bool = False
    billing: Billing | Unset | None = UNSET
    billing_saved_address_id: str = ""
    payment: PaymentMethod | Unset | None = UNSET
    business: Business | Unset | None = UNSET
    accepts_terms: bool | Unset = UNSET
    saves_address: bool | Unset = UNSET
    note: str | Unset = UNSET
    replaces: bool = False


@frozen(kw_only=True)
class SignIn:
    """The guest turns out to be this customer; only the shop may say so."""

    customer: Customer


@frozen(kw_only=True)
class Refresh:
    """Nothing new from the buyer: only what time or the policy has changed."""


@frozen(kw_only=True)
class Approve:
    """Someone entitled to has approved the purchase."""

    by: str


@frozen(kw_only=True)
class Complete:
    """Pay and place the order."""


@frozen(kw_only=True)
class Cancel:
    """Give the checkout up; an authorised payment is voided."""

    reason: str = ""


@frozen(kw_only=True)
class Expire:
    """Close the checkout because its time is over; refused before `expires_at`."""


@frozen(kw_only=True)
class PaymentOutcome:
    """What the payment provider answered to attempt `attempt`; `pending` names a payment still undecided.

    `is_unwanted` says that the goods are gone meanwhile: money held is released and no order is placed.
    """

    attempt: int
    state: Literal["authorised", "captured", "authentication", "declined", "pending"]
    payment_id: str = ""
    code: str = ""
    action_url: str = ""
    is_unwanted: bool = False


@frozen(kw_only=True)
class Remind:
    """An abandoned checkout's reminder has been sent."""

    at: dt.datetime


Command = Update | SignIn | Refresh | Approve | Complete | Cancel | Expire | PaymentOutcome | Remind
