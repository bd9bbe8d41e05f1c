"""What a conjunction of conditions leaves possible, and where it leaves nothing: bounds, members, dates."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product

from attrs import evolve, frozen

from checkout_kit.errors import InputError
from checkout_kit.money import minor_units
from checkout_kit.shipping.document.conditions import ConditionDocument, DateWindow, Membership
from checkout_kit.shipping.notation import parse_distance_m, parse_weekdays
from checkout_kit.units import parse_length_mm, parse_weight_g

_MOST_BRANCHES = 64
_SINGLE_VALUED = ("destination_kinds", "channels")
_MEMBERS = ("classes", "skus", "customer_groups", "destination_kinds", "channels", "codes", "zones")
_READ: Mapping[str, Callable[[str], int]] = {
    "weight": parse_weight_g,
    "heaviest_item": parse_weight_g,
    "longest_side": parse_length_mm,
    "girth": parse_length_mm,
    "distance": parse_distance_m,
}
_NUMBERS = ("goods", "weight", "quantity", "lines", "distance", "heaviest_item", "longest_side", "girth")


@frozen
class Interval:
    """Whole numbers from `low` to `high`, both included; None is open."""

    low: int | None = None
    high: int | None = None

    def meet(self, other: "Interval") -> "Interval":
        """What both hold."""
        lows = [n for n in (self.low, other.low) if n is not None]
        highs = [n for n in (self.high, other.high) if n is not None]
        return Interval(max(lows, default=None), min(highs, default=None))

    @property
    def is_empty(self) -> bool:
        """Whether no number is left; no measure is below zero."""
        return self.high is not None and self.high < max(0, self.low or 0)


@frozen(kw_only=True)
class Box:
    """One way to meet a conjunction: an interval per number and the demands on each set of values."""

    numbers: Mapping[str, Interval]
    members: Mapping[str, tuple[Membership, ...]]
    days: Interval = Interval()
    weekdays: frozenset[int] = frozenset(range(1, 8))

    def conflict(self) -> str:
        """Why nothing can meet it, empty when something can as far as is known."""
        for name, interval in self.numbers.items():
            if interval.is_empty:
                return f"{name.partition('/')[0]} can be no number that is asked for"
        for name, demands in self.members.items():
            told = _member_conflict(name, demands)
            if told:
                return told
        if self.days.low is not None and self.days.high is not None and self.days.low > self.days.high:
            return "no date lies in the window"
        return "" if self.weekdays else "no weekday is left"


def _member_conflict(name: str, demands: tuple[Membership, ...]) -> str:
    barred = {value for demand in demands for value in demand.none or ()}
    needed = {value for demand in demands for value in demand.all or ()}
    if needed & barred:
        return f"{name} must and must not hold {min(needed & barred)!r}"
    for demand in demands:
        if demand.any and set(demand.any) <= barred:
            return f"{name} must and must not hold {demand.any[0]!r}"
    if name in _SINGLE_VALUED:
        if len(needed) > 1:
            return f"{name} is one value and cannot be {' and '.join(map(repr, sorted(needed)))}"
        wanted = [set(demand.any) for demand in demands if demand.any] + [{value} for value in needed]
        if wanted and not set.intersection(*wanted):
            return f"{name} is one value and no value meets every demand"
    return ""


def unit_of(name: str, text: object, currency: str) -> int | None:
    """A bound in the smallest unit; None where it cannot be read, which the loader reports."""
    try:
        if name == "goods":
            amounts = text if isinstance(text, Mapping) else {"": str(text)}
            written = amounts.get("", amounts.get(currency))
            return None if written is None else minor_units(written, currency)
        if isinstance(text, int):
            return text
        return _READ[name](str(text))
    except InputError:
        return None


def top_of(tier: object, fact: str, currency: str) -> int | None:
    """The largest number a tier holds, in the smallest unit; None where it is open or unreadable."""
    up_to, below = getattr(tier, "up_to", None), getattr(tier, "below", None)
    if up_to is not None:
        return unit_of(fact, up_to, currency)
    found = None if below is None else unit_of(fact, below, currency)
    return None if found is None else found - 1


def interval_of(name: str, bounds: object, currency: str) -> Interval:
    """The interval that a table of `at_least`, `above`, `up_to` and `below` means."""

    def read(key: str) -> int | None:
        written = getattr(bounds, key, None)
        return None if written is None else unit_of(name, written, currency)

    at_least, above, up_to, below = (read(key) for key in ("at_least", "above", "up_to", "below"))
    return Interval(at_least, up_to).meet(
        Interval(None if above is None else above + 1, None if below is None else below - 1)
    )


def number_key(name: str, bounds: object) -> str:
    """Goods totals on two bases are two numbers."""
    if name != "goods":
        return name
    return f"goods/{getattr(bounds, 'goods', '')}/{getattr(bounds, 'tax', '')}"


def boxes(conditions: Iterable[ConditionDocument], currency: str) -> tuple[Box, ...] | None:
    """Every way to meet all the conditions; None where there are too many to look at."""
    found: tuple[Box, ...] = (Box(numbers={}, members={}),)
    for condition in conditions:
        branches = _branches(condition, currency)
        if branches is None or len(found) * len(branches) > _MOST_BRANCHES:
            return None
        found = tuple(_meet(one, two) for one, two in product(found, branches))
    return found


def conflict(conditions: Iterable[ConditionDocument], currency: str) -> str:
    """Why no order can meet all the conditions; empty when one can, or there are too many ways to try."""
    ways = boxes(conditions, currency)
    if ways is None:
        return ""
    told = [way.conflict() for way in ways]
    return told[0] if told and all(told) else ""


def possible(name: str, conditions: Iterable[ConditionDocument], currency: str) -> Interval:
    """Which numbers the conditions leave for one measure: the hull over all ways to meet them.

    For goods this is the total after discounts with tax as shown, the house basis.
    """
    key = "goods/after discounts/as shown" if name == "goods" else name
    ways = [way for way in boxes(conditions, currency) or () if not way.conflict()]
    if not ways:
        return Interval()
    intervals = [way.numbers.get(key, Interval()) for way in ways]
    lows = [i.low for i in intervals]
    highs = [i.high for i in intervals]
    return Interval(
        None if None in lows else min(n for n in lows if n is not None),
        None if None in highs else max(n for n in highs if n is not None),
    )


def _branches(condition: ConditionDocument, currency: str) -> tuple[Box, ...] | None:
    found: tuple[Box, ...] = (_own(condition, currency),)
    for part in (*(condition.all or ()), *_negated(condition.not_)):
        more = _branches(part, currency)
        if more is None or len(found) * len(more) > _MOST_BRANCHES:
            return None
        found = tuple(_meet(one, two) for one, two in product(found, more))
    if condition.any is None:
        return found
    choices: list[Box] = []
    for part in condition.any:
        more = _branches(part, currency)
        if more is None:
            return None
        choices += more
    if len(found) * len(choices) > _MOST_BRANCHES:
        return None
    return tuple(_meet(one, two) for one, two in product(found, choices))


def _own(condition: ConditionDocument, currency: str) -> Box:
    numbers: dict[str, Interval] = {}
    for name in _NUMBERS:
        bounds = getattr(condition, name)
        if bounds is not None:
            numbers[number_key(name, bounds)] = interval_of(name, bounds, currency)
    members = {name: (found,) for name in _MEMBERS if (found := getattr(condition, name)) is not None}
    for attribute, found in (condition.attributes or {}).items():
        members[f"attribute {attribute}"] = (found,)
    days = Interval() if condition.dates is None else _days(condition.dates)
    weekdays = frozenset(range(1, 8))
    if condition.weekdays is not None:
        weekdays = frozenset(parse_weekdays(condition.weekdays))
    return Box(numbers=numbers, members=members, days=days, weekdays=weekdays)


def _days(window: DateWindow) -> Interval:
    def number(day: dt.date | None) -> int | None:
        return None if day is None else day.toordinal()

    return Interval(number(window.from_), number(window.to))


def _negated(condition: ConditionDocument | None) -> Iterator[ConditionDocument]:
    """The opposite, where it is as simple: a table with one membership and nothing else."""
    if condition is None or len(condition.model_fields_set) != 1:
        return
    name = next(iter(condition.model_fields_set))
    demand = getattr(condition, name)
    if not isinstance(demand, Membership) or len(demand.model_fields_set) != 1:
        return
    if demand.any is not None:
        yield ConditionDocument.model_validate({name: {"none": demand.any}})
    elif demand.none is not None:
        yield ConditionDocument.model_validate({name: {"any": demand.none}})


def _meet(one: Box, two: Box) -> Box:
    numbers = dict(one.numbers)
    for name, interval in two.numbers.items():
        numbers[name] = numbers.get(name, Interval()).meet(interval)
    members = dict(one.members)
    for name, demands in two.members.items():
        members[name] = (*members.get(name, ()), *demands)
    return evolve(
        one,
        numbers=numbers,
        members=members,
        days=one.days.meet(two.days),
        weekdays=one.weekdays & two.weekdays,
    )
