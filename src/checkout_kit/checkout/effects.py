"""Effects: what the service does after a transition is committed, each with its own idempotency key."""

from typing import Literal

from attrs import frozen


@frozen(kw_only=True)
class Authorise:
    """Ask the payment provider for `amount` minor units; the key is the same however often it is asked."""

    key: str
    checkout_id: str
    attempt: int
    amount: int
    currency: str


@frozen(kw_only=True)
class Capture:
    """Take an authorised amount for a placed order."""

    key: str
    checkout_id: str
    order_id: str
    payment_id: str
    amount: int
    currency: str


@frozen(kw_only=True)
class Void:
    """Release an authorisation that has no order."""

    key: str
    checkout_id: str
    payment_id: str


@frozen(kw_only=True)
class PlaceOrder:
    """Write the order in the same transaction as the checkout; not a call to the outside."""

    order_id: str
    payment_id: str
    is_captured: bool


EventKind = Literal[
    "experiment.exposed",
    "checkout.created",
    "checkout.canceled",
    "checkout.expired",
    "checkout.reminder_due",
    "order.placed",
    "order.changed",
]


@frozen(kw_only=True)
class Event:
    """Something others may want to know, delivered at least once through the outbox."""

    key: str
    kind: EventKind
    checkout_id: str
    order_id: str = ""


Effect = Authorise | Capture | Void | PlaceOrder | Event
