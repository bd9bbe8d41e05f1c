"""A checkout as it stands at an instant, with everything that is computed from it."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Generic, TypeVar, overload

from attrs import define, field

from checkout_kit.address import AddressBook
from checkout_kit.checkout import (
    Checkout,
    Component,
    Delivery,
    Demands,
    Problem,
    Status,
    Totals,
    ledger,
    problems,
    slot_choices,
    status,
    totals,
)
from checkout_kit.orders import Order
from checkout_kit.shipping.quote import Quote
from checkout_kit.shipping.slots import NO_PICKUP, NO_SLOTS, PickupRules, Slot, SlotRules

_T = TypeVar("_T")


class _WorkedOut(Generic[_T]):
    """A property worked out when first read: `functools.cached_property` without Python 3.11's lock."""

    def __init__(self, work: "Callable[[Standing], _T]") -> None:
        self._work = work
        self.__doc__ = work.__doc__

    @overload
    def __get__(self, view: None, owner: type) -> "_WorkedOut[_T]": ...
    @overload
    def __get__(self, view: "Standing", owner: type) -> _T: ...
    def __get__(self, view: "Standing | None", owner: type) -> "_WorkedOut[_T] | _T":
        if view is None:
            return self
        found = vars(view)[self._work.__name__] = self._work(view)
        return found


@define(frozen=True, kw_only=True, slots=False, eq=False)
class Standing:
    """A checkout as it stands at `now`, the quote of each delivery, and what follows from them."""

    checkout: Checkout
    quotes: tuple[Quote | None, ...] = field(repr=False)
    now: dt.datetime
    demands: Demands = field(repr=False)
    book: AddressBook = field(factory=AddressBook, repr=False)
    order: Order | None = None
    pickup: PickupRules = field(default=NO_PICKUP, repr=False)
    slot_rules: SlotRules = field(default=NO_SLOTS, repr=False)

    def slots_of(self, delivery: Delivery) -> tuple[Slot, ...]:
        """The slots of a delivery's chosen option, offered or with a reason; none where it has none."""
        if not self.slot_rules.is_used:
            return ()
        others = [d.slot.id for d in self.checkout.deliveries if d.slot and d.id != delivery.id]
        taken = Counter(others) if others else None
        return slot_choices(delivery, self.slot_rules, self.now, taken=taken) or ()

    @_WorkedOut
    def problems(self) -> tuple[Problem, ...]:
        """What still stands in the way of an order."""
        return problems(self.checkout, self.demands)

    @_WorkedOut
    def status(self) -> Status:
        """The status word with its reason."""
        return status(self.checkout, self.problems, self.now)

    @_WorkedOut
    def components(self) -> tuple[Component, ...]:
        """The ledger; an order's own once there is one."""
        return self.order.components if self.order is not None else ledger(self.checkout)

    @_WorkedOut
    def totals(self) -> Totals:
        """The sums of the ledger."""
        return totals(self.components)
