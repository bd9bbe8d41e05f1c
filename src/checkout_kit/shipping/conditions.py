"""Compiled conditions on one fact: whether each holds, and what would make it hold or stop holding."""

import datetime as dt
from typing import Protocol

from attrs import frozen

from checkout_kit.money import Money
from checkout_kit.shipping.facts import Facts
from checkout_kit.shipping.goods_basis import HOUSE_BASIS, Basis
from checkout_kit.shipping.values import Change

IMPOSSIBLE = Change(kind="none")
_UNITS = {
    "weight": "g",
    "heaviest_item": "g",
    "longest_side": "mm",
    "girth": "mm",
    "distance": "m",
    "quantity": "units",
    "lines": "lines",
}
_NAMES = {
    "goods": "the goods total",
    "weight": "the weight",
    "quantity": "the number of units",
    "lines": "the number of lines",
    "distance": "the distance",
    "heaviest_item": "the heaviest item",
    "longest_side": "the longest side",
    "girth": "length plus girth",
}


@frozen
class Need:
    """One thing that stands in the way, as a sentence, with the change that would clear it."""

    message: str
    hint: str
    change: Change


class Condition(Protocol):
    """A compiled condition."""

    def holds(self, facts: Facts) -> bool:
        """Whether it certainly holds."""

    def fails(self, facts: Facts) -> bool:
        """Whether it certainly does not hold; where that hangs on an unknown number it does neither."""

    def needs(self, facts: Facts, *, wanted: bool = True) -> tuple[Need, ...]:
        """What has to change for it to hold (where not `wanted`, to fail); empty where it does already."""


@frozen
class NumberTest:
    """A number within inclusive bounds; an unknown number is neither within nor outside them.

    A distance counts from `origin`, where it is empty from the policy's first.
    """

    fact: str
    low: int | None = None
    high: int | None = None
    basis: Basis = HOUSE_BASIS
    origin: str = ""

    def holds(self, facts: Facts) -> bool:
        """Whether the number lies within the bounds."""
        value = facts.number(self.fact, self.basis, self.origin)
        if value is None:
            return False
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def fails(self, facts: Facts) -> bool:
        """Whether the number is known and outside the bounds."""
        return facts.number(self.fact, self.basis, self.origin) is not None and not self.holds(facts)

    def needs(self, facts: Facts, *, wanted: bool = True) -> tuple[Need, ...]:
        """How far the number is from where it is wanted."""
        value = facts.number(self.fact, self.basis, self.origin)
        if value is not None and self.holds(facts) is wanted:
            return ()
        name = _NAMES[self.fact]
        if value is None:
            return (Need(f"{name} is not known", f"tell {name}", Change(kind=f"add_{self.fact}_facts")),)
        if wanted:
            goal = self.low if self.low is not None and value < self.low else self.high
        else:
            goal = self._outside(value)
        if goal is None:
            return (Need(f"{name} cannot be anything else", "", IMPOSSIBLE),)
        return (self._towards(facts, value, goal),)

    def _outside(self, value: int) -> int | None:
        below = None if self.low is None or self.low <= 0 else self.low - 1
        above = None if self.high is None else self.high + 1
        if below is None or (above is not None and above - value < value - below):
            return above
        return below

    def _towards(self, facts: Facts, value: int, goal: int) -> Need:
        direction, bound = ("add", "at least") if goal > value else ("remove", "at most")
        distance = abs(goal - value)
        name = _NAMES[self.fact]
        if self.fact == "goods":
            missing, total = (Money(n, facts.request.cart.currency) for n in (distance, goal))
            change = Change(kind=f"{direction}_goods", amount=missing)
            return Need(f"{name} must be {bound} {total}", f"{direction} goods worth {missing}", change)
        unit = _UNITS[self.fact]
        kind = {"weight": "weight_g", "quantity": "quantity"}.get(self.fact, self.fact)
        change = Change(kind=f"{direction}_{kind}", count=distance)
        return Need(f"{name} must be {bound} {goal} {unit}", f"{direction} {distance} {unit}", change)


_MEMBER_CHANGES = {
    "codes": ("enter_code", "remove_code", "enter the code", "take out the code"),
    "customer_groups": ("join_group", "leave_group", "this is for customers of", "this is not for"),
    "channels": ("use_channel", "leave_channel", "order through", "do not order through"),
    "zones": ("change_destination", "leave_destination", "ship to", "ship outside"),
    "destination_kinds": (
        "change_destination_kind",
        "leave_destination_kind",
        "ship to",
        "do not ship to",
    ),
}
_ITEM_CHANGES = ("add_items", "remove_items", "add an item of", "take out items of")


@frozen
class MembersTest:
    """Which values of a fact with many must occur: one of `any`, every of `all`, none of `none`."""

    fact: str
    any: frozenset[str] | None = None
    all: frozenset[str] = frozenset()
    none: frozenset[str] = frozenset()
    attribute: str = ""

    def holds(self, facts: Facts) -> bool:
        """Whether the right values occur."""
        found = facts.members(self.fact, self.attribute)
        return (
            (self.any is None or not self.any.isdisjoint(found))
            and self.all <= found
            and self.none.isdisjoint(found)
        )

    def fails(self, facts: Facts) -> bool:
        """Whether they do not."""
        return not self.holds(facts)

    def needs(self, facts: Facts, *, wanted: bool = True) -> tuple[Need, ...]:
        """Which values to bring in and which to take out."""
        if self.holds(facts) is wanted:
            return ()
        found = facts.members(self.fact, self.attribute)
        if wanted:
            needs = [self._need(self.none & found, enter=False)] if self.none & found else []
            needs += [self._need(frozenset((name,)), enter=True) for name in sorted(self.all - found)]
            if self.any is not None and self.any.isdisjoint(found):
                needs.append(self._need(self.any, enter=True))
            return tuple(needs)
        if self.any is not None:
            return (self._need(self.any & found, enter=False),)
        if self.all:
            return (self._need(frozenset((min(self.all),)), enter=False),)
        return (self._need(self.none, enter=True),)

    def _need(self, names: frozenset[str], *, enter: bool) -> Need:
        kinds = _MEMBER_CHANGES.get(self.fact, _ITEM_CHANGES)
        kind, verb = (kinds[0], kinds[2]) if enter else (kinds[1], kinds[3])
        listed = " or ".join(sorted(name or "no class" for name in names))
        what = f"{self.fact} {self.attribute}".rstrip().replace("_", " ")
        message = f"{what} must {'include' if enter else 'not include'} {listed}"
        change = Change(kind=kind, names=tuple(sorted(names)), attribute=self.attribute)
        return Need(message, f"{verb} {listed}", change)


@frozen
class TimeTest:
    """Local dates (inclusive), weekdays, and wall minutes (from inclusive, to exclusive)."""

    first: dt.date | None = None
    last: dt.date | None = None
    weekdays: frozenset[int] | None = None
    minutes: tuple[int, int] | None = None

    def holds(self, facts: Facts) -> bool:
        """Whether the instant of ordering is within the window."""
        return self._holds_at(facts.local_time())

    def fails(self, facts: Facts) -> bool:
        """Whether it is outside the window."""
        return not self.holds(facts)

    def _holds_at(self, local: dt.datetime) -> bool:
        day = local.date()
        if (self.first is not None and day < self.first) or (self.last is not None and day > self.last):
            return False
        if self.weekdays is not None and day.isoweekday() not in self.weekdays:
            return False
        if self.minutes is None:
            return True
        start, end = self.minutes
        minute = local.hour * 60 + local.minute
        return start <= minute < end if start < end else minute >= start or minute < end

    def needs(self, facts: Facts, *, wanted: bool = True) -> tuple[Need, ...]:
        """The next instant within a year at which it is as wanted."""
        if self.holds(facts) is wanted:
            return ()
        at = self.next_change(facts.local_time())
        text = (
            "the order is outside the time window"
            if wanted
            else "the order is within an excluded time window"
        )
        if at is None:
            return (Need(f"{text} for good", "", IMPOSSIBLE),)
        change = Change(kind="order_after", at=at)
        return (Need(text, f"order from {at:%a %d %b %Y, %H:%M}", change),)

    def next_change(self, local: dt.datetime) -> dt.datetime | None:
        """The next local instant, within about a year, at which the window opens or closes."""
        now, day = self._holds_at(local), local.date()
        marks = sorted({0, *(self.minutes or ())})
        for _ in range(_HORIZON_DAYS):
            for mark in marks:
                at = dt.datetime.combine(day, dt.time(mark // 60 % 24, mark % 60), local.tzinfo)
                if at > local and self._holds_at(at) is not now:
                    return at
            day += dt.timedelta(days=1)
        return None


_HORIZON_DAYS = 400
