"""What a shop sets once about its checkouts."""

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Protocol

from attrs import field, frozen

from checkout_kit.cart import Customer, LineItem
from checkout_kit.checkout import Checkout, Experiment, Rules, Update
from checkout_kit.shipping.quote import Quote
from checkout_kit.shipping.values import QuoteRequest

Catalog = Callable[[str], LineItem | None]
"""The shop's goods by sku, as a line whose id and quantity are ignored; None where unknown."""


class Policy(Protocol):
    """What the service needs of a shipping policy."""

    def quote(self, request: QuoteRequest) -> Quote:
        """The options of a request."""


PolicyFor = Callable[[Checkout], Policy]


@frozen(kw_only=True)
class NewCheckout:
    """A checkout to open; `update` fills any sections at once, its lines or items are the cart.

    `locale` is the one the buyer was met in, such as `de_AT`; the page speaks it.
    """

    currency: str
    update: Update = field(factory=Update)
    customer: Customer = field(factory=Customer)
    prices_include_tax: bool = False
    channel: str = ""
    locale: str = ""


@frozen(kw_only=True)
class Recovery:
    """When a buyer who agreed to it is reminded of an abandoned checkout: delays since the last write.

    There is at most one reminder for each delay, however often the buyer comes back and leaves again.
    """

    delays: tuple[dt.timedelta, ...] = ()


@frozen(kw_only=True)
class Settings:
    """The rules of the shop and the service's own choices.

    Attributes:
        return_url: where a bank's page sends the buyer back to; `{checkout_id}` is filled in.
        emits_events: whether events are written to the outbox; leave it off when nobody collects them.
        shop: names this shop in resume links, which open in no other.
        experiment: assigns each new checkout to a variant; `policy_for` then chooses the variant's policy.
        holds_stock_for: how long an inventory holds goods while a payment is under way.
        holds_slots_for: how long a checkout holds its place in a delivery slot after each of its writes.
        max_attempts: how often an event is tried before it is parked.
    """

    rules: Rules = field(factory=Rules)
    recovery: Recovery = field(factory=Recovery)
    return_url: str = ""
    emits_events: bool = False
    max_attempts: int = 12
    holds_stock_for: dt.timedelta = dt.timedelta(minutes=15)
    holds_slots_for: dt.timedelta = dt.timedelta(minutes=15)
    shop: str = "shop"
    experiment: Experiment | None = None


def utc_now() -> dt.datetime:
    """The clock of the service unless it is given another."""
    return dt.datetime.now(dt.UTC)


def new_id(prefix: str) -> str:
    """An unguessable id such as `co_3f…`: 120 random bits."""
    return f"{prefix}_{secrets.token_hex(15)}"
