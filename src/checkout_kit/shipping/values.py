"""What goes into a quote and the small values that come out of one."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from attrs import field, frozen

from checkout_kit.address import Address
from checkout_kit.cart import Cart, Customer
from checkout_kit.errors import Fault, InputError, short_repr
from checkout_kit.money import Money

if TYPE_CHECKING:
    from checkout_kit.shipping.live import LiveRate

DESTINATION_KINDS = ("residential", "business", "po_box", "locker", "pickup_point", "military")
"""What a destination may be; one that is neither told nor seen in the address meets no condition on it."""


# Far enough from the ends of the calendar for every step of a promise and of a hint.
_FIRST_YEAR, _LAST_YEAR = 1900, 9000
_NOBODY = Customer()


def _as_rates(rates: "Iterable[LiveRate]") -> "tuple[LiveRate, ...]":
    return tuple(rates)


@frozen(kw_only=True)
class QuoteRequest:
    """Everything a quote depends on; the same request always gets the same answer.

    Attributes:
        placed_at: the instant of ordering, with its zone or offset.
        channel: the sales channel the cart comes from, as the policy names it.
        destination_kind: one of `DESTINATION_KINDS`; where empty, a post office box or military mail is
            known by the address itself, and no other kind is.
        distance_m: metres from the origin, where the caller has measured them.
        location: latitude and longitude of the destination in degrees, where known.
        origin: only this origin ships (one package of a split order); empty leaves it to the policy.
        whole_cart: the order, when `cart` is one package of it: thresholds look at the order.
        live_rates: what live sources answered beforehand, as data.
        release_on: no package starts before this day (pre-order, restock).
        last_option_id: the shopper's last choice, the default as long as it is offered.

    Raises:
        InputError: every unusable fact together.
    """

    cart: Cart
    destination: Address
    placed_at: dt.datetime
    channel: str = ""
    customer: Customer = _NOBODY
    destination_kind: str = ""
    distance_m: int | None = None
    location: tuple[float, float] | None = None
    origin: str = ""
    whole_cart: Cart | None = None
    live_rates: tuple["LiveRate", ...] = field(default=(), converter=_as_rates)
    release_on: dt.date | None = None
    last_option_id: str = ""

    def __attrs_post_init__(self) -> None:
        faults = _request_faults(self)
        if faults:
            raise InputError(faults)


def _request_faults(request: QuoteRequest) -> list[Fault]:
    faults: list[Fault] = []
    if request.placed_at.utcoffset() is None:
        faults.append(
            Fault(
                "placed_at", "has no time zone", str(request.placed_at), "add an offset such as +00:00 or Z"
            )
        )
    if not _FIRST_YEAR <= request.placed_at.year <= _LAST_YEAR:
        remedy = f"use a year from {_FIRST_YEAR} to {_LAST_YEAR}"
        faults.append(Fault("placed_at", "outside the years reckoned with", str(request.placed_at), remedy))
    if request.destination_kind and request.destination_kind not in DESTINATION_KINDS:
        known = ", ".join(DESTINATION_KINDS)
        faults.append(
            Fault(
                "destination_kind", "not known", short_repr(request.destination_kind), f"use one of {known}"
            )
        )
    if request.distance_m is not None and request.distance_m < 0:
        faults.append(Fault("distance_m", "must not be negative", repr(request.distance_m)))
    if request.whole_cart is not None and request.whole_cart.currency != request.cart.currency:
        faults.append(
            Fault("whole_cart.currency", "differs from cart.currency", repr(request.whole_cart.currency))
        )
    country = request.destination.country
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        faults.append(
            Fault(
                "destination.country",
                "not an ISO 3166-1 alpha-2 code",
                short_repr(country),
                "use a code such as 'US'",
            )
        )
    return faults


class PriceComponent(NamedTuple):
    """One summand of a shipping price; the components of an option add up to its price exactly.

    `kind` is one of shipping, surcharge, shipping_discount, tax; discounts are negative. `amount_minor` is in
    minor units of the quote's currency.
    """

    kind: str
    label: str
    amount_minor: int


@frozen(kw_only=True)
class Change:
    """The smallest change known that would offer a withheld method, as data.

    Attributes:
        kind: what to change: `add_` or `remove_` goods, weight_g, quantity, lines, items; order_after,
            order_before, enter_code, remove_code, join_group, leave_group, use_channel, leave_channel,
            change_destination, leave_destination, change_destination_kind, leave_destination_kind,
            change_currency, add_weight_facts, add_distance_facts; or none where nothing the buyer does helps.
        amount: how much, where the change is money.
        count: how many grams or units, where it is countable.
        at: the instant, where it is a matter of time.
        names: codes, classes, groups or currencies that would do.
        attribute: which item attribute the names are values of, where they are.
    """

    kind: str
    amount: Money | None = None
    count: int = 0
    at: dt.datetime | None = None
    names: tuple[str, ...] = ()
    attribute: str = ""

    def to_dict(self) -> dict[str, object]:
        """The change as JSON-ready data, for example `{"add_goods": {"amount": 420, "currency": "USD"}}`."""
        if self.amount is not None:
            return {self.kind: {"amount": self.amount.amount, "currency": self.amount.currency}}
        if self.at is not None:
            return {self.kind: self.at.isoformat()}
        if self.names:
            return {self.kind: list(self.names)}
        return {self.kind: self.count} if self.count else {self.kind: True}


@frozen(kw_only=True)
class Withheld:
    """A method that is not offered, and why; a method never silently vanishes.

    Attributes:
        reason: a stable code, such as not_delivered_here, condition_not_met, above_last_tier, below_minimum,
            weight_unknown, currency_not_priced, cutoff_passed, live_rate_missing, no_shipping_needed.
        message: the reason as a sentence.
        hint: what would offer it, as a sentence; empty where nothing would.
        changes: the same as data; all of them together offer the method.
    """

    method_id: str
    title: str
    reason: str
    message: str
    hint: str = ""
    changes: tuple[Change, ...] = ()


@frozen(kw_only=True, cache_hash=True)
class FreeShipping:
    """How far the cart is from free shipping with one method: "you are 4.20 short".

    `missing` is zero once `reached`. `needs_code` names a code that is still to be entered, where one is.
    """

    method_id: str
    title: str
    missing: Money
    threshold: Money
    reached: bool
    needs_code: str = ""


@frozen(kw_only=True)
class Notice:
    """Something the buyer should be told unasked: a discount that costs more than it saves."""

    code: str
    method_id: str
    message: str
    amount: Money | None = None
