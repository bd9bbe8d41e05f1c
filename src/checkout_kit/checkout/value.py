"""The checkout as one frozen value: sections that may be filled in any order, and the facts of its payment.

Nothing here is derived: problems, status and totals are computed from this value when they are asked for.
"""

import datetime as dt
from functools import lru_cache
from typing import Literal

from attrs import field, frozen

from checkout_kit.address import Address
from checkout_kit.cart import Cart, Customer
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping.values import PriceComponent


@frozen(kw_only=True)
class Contact:
    """How the buyer is reached, and what they agreed to be reached for."""

    email: str = ""
    phone: str = ""
    accepts_marketing: bool = False
    accepts_recovery: bool = False


@frozen(kw_only=True)
class Business:
    """What a company adds to its order; all of it optional data."""

    company: str = ""
    tax_id: str = ""
    purchase_order: str = ""


@frozen(kw_only=True)
class Choice:
    """A delivery option as it was shown when it was chosen: this price and this promise are what is charged.

    `price` and `regular_price` are minor units. The price stands until `valid_until`; afterwards it is quoted
    again and the buyer is told of any difference.
    """

    option_id: str
    method_id: str
    title: str
    service: str
    price: int
    regular_price: int
    components: tuple[PriceComponent, ...]
    promise: DeliveryPromise | None
    quoted_at: dt.datetime
    valid_until: dt.datetime
    by_buyer: bool


@frozen(kw_only=True)
class PickupPlace:
    """The pickup point of a delivery, as it was shown; one without an address is not served by the policy.

    `destination_kind` is what conditions see; `origin` names where its goods come from, empty for the usual.
    """

    id: str
    title: str = ""
    address: Address | None = None
    destination_kind: str = ""
    origin: str = ""


@frozen(kw_only=True)
class SlotPlace:
    """The delivery slot that was picked, with room for `capacity` orders; its place is held in the store."""

    id: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    order_by: dt.datetime
    capacity: int


@frozen(kw_only=True, slots=False)
class Delivery:
    """One destination with the lines that go there; no `line_ids` means every line no other delivery names.

    It goes to an address or to a pickup point, never both. `wanted` is the option the buyer last asked for,
    remembered while it is not offered, and `wanted_slot` a slot of the chosen option that cannot be had.
    """

    id: str = "delivery"
    line_ids: tuple[str, ...] = ()
    address: Address | None = field(default=None, repr=False)
    saved_address_id: str = ""
    pickup: PickupPlace | None = None
    choice: Choice | None = None
    wanted: str = ""
    slot: SlotPlace | None = None
    wanted_slot: str = ""


@frozen(kw_only=True)
class Billing:
    """A billing address of its own; a checkout without one bills the first delivery to an address."""

    address: Address = field(repr=False)
    saved_address_id: str = ""


@frozen(kw_only=True)
class PaymentMethod:
    """What to pay with: a provider's token, never a card number; it is kept out of repr and answers."""

    method: str
    token: str = field(default="", repr=False)
    label: str = ""


AttemptState = Literal["authorising", "authentication", "authorised", "declined", "voided"]


@frozen(kw_only=True)
class Attempt:
    """The latest attempt to pay; `number` makes its idempotency keys, `code` says why it was declined."""

    number: int
    amount: int
    state: AttemptState
    started_at: dt.datetime
    payment_id: str = ""
    code: str = ""
    action_url: str = field(default="", repr=False)


@frozen(kw_only=True)
class Ending:
    """How the checkout ended; a completed one names its order."""

    kind: Literal["completed", "canceled", "expired"]
    at: dt.datetime
    reason: str = ""
    order_id: str = ""


ChangeKind = Literal[
    "price", "date", "option_unavailable", "option_replaced", "option_restored", "slot_unavailable"
]


@frozen(kw_only=True)
class Change:
    """What the last write altered in the chosen delivery, and why; prices in minor units."""

    kind: ChangeKind
    cause: str
    delivery_id: str
    option_id: str
    title: str
    old_price: int | None = None
    new_price: int | None = None
    old_latest: dt.date | None = None
    new_latest: dt.date | None = None
    detail: str = ""


@frozen(kw_only=True)
class Assignment:
    """The policy variant an experiment gave this checkout; exposed once its options were shown."""

    experiment: str
    variant: str
    is_exposed: bool = False


@frozen(kw_only=True, slots=False)
class Checkout:
    """Everything the buyer has given and been shown; every write makes a new one with a higher version.

    `locale` is the one the buyer was met in, such as `de_AT`; empty where nobody said. What is personal is
    kept out of the repr, which may end up in a log.
    """

    id: str
    version: int
    cart: Cart
    created_at: dt.datetime
    updated_at: dt.datetime
    expires_at: dt.datetime
    customer: Customer = field(factory=Customer)
    contact: Contact | None = field(default=None, repr=False)
    deliveries: tuple[Delivery, ...] = field(factory=lambda: (Delivery(),))
    billing: Billing | None = None
    payment: PaymentMethod | None = None
    business: Business | None = field(default=None, repr=False)
    accepts_terms: bool = False
    saves_address: bool = False
    note: str = field(default="", repr=False)
    channel: str = ""
    locale: str = ""
    approved_by: str = ""
    rejected_codes: tuple[str, ...] = ()
    assignment: Assignment | None = None
    changes: tuple[Change, ...] = ()
    attempt: Attempt | None = None
    ending: Ending | None = None
    policy_id: str = ""
    reminders: int = 0

    @property
    def currency(self) -> str:
        """The one currency of the checkout."""
        return self.cart.currency

    @property
    def billing_address(self) -> Address | None:
        """What the buyer gave, else the address of the first delivery that is not collected."""
        if self.billing is not None:
            return self.billing.address
        return next((delivery.address for delivery in self.deliveries if delivery.pickup is None), None)


@lru_cache(maxsize=512)
def _shipped(cart: Cart) -> tuple[str, ...]:
    return tuple(line.id for line in cart.lines if line.requires_shipping)


def lines_of(checkout: Checkout, delivery: Delivery) -> tuple[str, ...]:
    """The ids of the lines that need shipping and travel with this delivery, in cart order."""
    shipped = _shipped(checkout.cart)
    if len(checkout.deliveries) == 1 and not delivery.line_ids:
        return shipped
    if delivery.line_ids:
        return tuple(line_id for line_id in shipped if line_id in delivery.line_ids)
    named = {line_id for other in checkout.deliveries for line_id in other.line_ids}
    first_open = next(other for other in checkout.deliveries if not other.line_ids)
    return tuple(i for i in shipped if i not in named) if delivery.id == first_open.id else ()
