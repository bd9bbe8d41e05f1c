"""Compile condition tables."""

import datetime as dt
from collections.abc import Callable, Mapping

from checkout_kit.shipping.compile.context import Context
from checkout_kit.shipping.conditions import Condition, MembersTest, NumberTest, TimeTest
from checkout_kit.shipping.connectives import AllOf, AnyOf, Not
from checkout_kit.shipping.document.conditions import (
    ConditionDocument,
    CountBounds,
    DistanceBounds,
    GoodsBounds,
    LengthBounds,
    Membership,
    WeightBounds,
)
from checkout_kit.shipping.goods_basis import HOUSE_BASIS, Basis
from checkout_kit.shipping.notation import parse_clock, parse_distance_m, parse_weekdays
from checkout_kit.shipping.values import DESTINATION_KINDS
from checkout_kit.units import parse_length_mm, parse_weight_g

_Bounds = GoodsBounds | WeightBounds | CountBounds | LengthBounds | DistanceBounds


def compile_condition(context: Context, document: ConditionDocument, path: str) -> Condition:
    """The compiled form of a condition table; an empty table is a fault."""
    parts: list[Condition] = []
    for fact, bounds in _bounds_of(document):
        context.asked.add(fact)
        parts.append(_number(context, fact, bounds, f"{path}.{fact}"))
    for fact, members in _members_of(document):
        context.asked.add(fact)
        parts.append(_members(context, fact, members, f"{path}.{fact}"))
    for name, members in (document.attributes or {}).items():
        parts.append(_members(context, "attributes", members, f"{path}.attributes.{name}", attribute=name))
    parts += _times(context, document, path)
    if document.any is not None:
        branches = enumerate(document.any)
        parts.append(
            AnyOf(tuple(compile_condition(context, each, f"{path}.any[{i}]") for i, each in branches))
        )
    for i, each in enumerate(document.all or ()):
        parts.append(compile_condition(context, each, f"{path}.all[{i}]"))
    if document.not_ is not None:
        parts.append(Not(compile_condition(context, document.not_, f"{path}.not")))
    if not parts:
        context.fault(path, "states no condition", {}, "write a fact such as weight = { up_to = '2 kg' }")
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _bounds_of(document: ConditionDocument) -> list[tuple[str, _Bounds]]:
    found: tuple[tuple[str, _Bounds | None], ...] = (
        ("goods", document.goods),
        ("weight", document.weight),
        ("quantity", document.quantity),
        ("lines", document.lines),
        ("distance", document.distance),
        ("heaviest_item", document.heaviest_item),
        ("longest_side", document.longest_side),
        ("girth", document.girth),
    )
    return [(fact, bounds) for fact, bounds in found if bounds is not None]


def _members_of(document: ConditionDocument) -> list[tuple[str, Membership]]:
    found = (
        ("classes", document.classes),
        ("skus", document.skus),
        ("customer_groups", document.customer_groups),
        ("destination_kinds", document.destination_kinds),
        ("channels", document.channels),
        ("codes", document.codes),
        ("zones", document.zones),
    )
    return [(fact, members) for fact, members in found if members is not None]


def _readers(context: Context) -> Mapping[type, Callable[[object, str], int]]:
    def amount(value: object, path: str) -> int:
        assert isinstance(value, Mapping)
        return context.amounts.minor(value, path)

    return {
        GoodsBounds: amount,
        WeightBounds: lambda value, _: parse_weight_g(str(value)),
        LengthBounds: lambda value, _: parse_length_mm(str(value)),
        DistanceBounds: lambda value, _: parse_distance_m(str(value)),
        CountBounds: lambda value, _: int(str(value)),
    }


def _number(context: Context, fact: str, bounds: _Bounds, path: str) -> NumberTest:
    read = _readers(context)[type(bounds)]
    at_least = None if bounds.at_least is None else read(bounds.at_least, f"{path}.at_least")
    above = None if bounds.above is None else read(bounds.above, f"{path}.above") + 1
    up_to = None if bounds.up_to is None else read(bounds.up_to, f"{path}.up_to")
    below = None if bounds.below is None else read(bounds.below, f"{path}.below") - 1
    low = max((value for value in (at_least, above) if value is not None), default=None)
    high = min((value for value in (up_to, below) if value is not None), default=None)
    if low is None and high is None:
        context.fault(path, "states no bound", {}, "write at_least, above, up_to or below")
    if (low is not None and high is not None and low > high) or (high is not None and high < 0):
        context.fault(
            path, "can never hold: the lower bound is above the upper one", remedy="widen the range"
        )
    basis = HOUSE_BASIS
    if isinstance(bounds, GoodsBounds):
        basis = Basis(bounds.goods, bounds.tax)
    return NumberTest(fact, low, high, basis, context.origin if fact == "distance" else "")


def _members(
    context: Context, fact: str, members: Membership, path: str, *, attribute: str = ""
) -> MembersTest:
    names = {name for group in (members.any, members.all, members.none) for name in group or ()}
    if not names:
        context.fault(path, "names nothing", {}, "write any, all or none")
    for name in sorted(names):
        if fact == "zones":
            context.known("zones", name, context.zones, path)
        if fact == "destination_kinds" and name not in DESTINATION_KINDS:
            context.fault(
                path, "not a kind of destination", name, f"use one of {', '.join(DESTINATION_KINDS)}"
            )
    clash = set(members.all or ()) & set(members.none or ())
    if clash or (members.any is not None and set(members.any) <= set(members.none or ())):
        context.fault(path, "can never hold: the same value is wanted and barred", sorted(clash or names))
    return MembersTest(
        fact,
        None if members.any is None else frozenset(members.any),
        frozenset(members.all or ()),
        frozenset(members.none or ()),
        attribute,
    )


def _times(context: Context, document: ConditionDocument, path: str) -> list[Condition]:
    first: dt.date | None = None
    last: dt.date | None = None
    if document.dates is not None:
        first, last = document.dates.from_, document.dates.to
        if first is None and last is None:
            context.fault(f"{path}.dates", "states no date", {}, "write from, to or both")
        if first is not None and last is not None and first > last:
            context.fault(f"{path}.dates", "ends before it starts", f"{first} to {last}")
    minutes = None
    if document.hours is not None:
        start, end = (parse_clock(text) for text in (document.hours.from_, document.hours.to))
        minutes = (start.hour * 60 + start.minute, end.hour * 60 + end.minute)
        if document.hours.to == "24:00":
            minutes = (minutes[0], 24 * 60)
        if minutes[0] == minutes[1]:
            context.fault(f"{path}.hours", "is empty: from and to are the same", document.hours.from_)
    weekdays = None if document.weekdays is None else frozenset(parse_weekdays(document.weekdays))
    if first is None and last is None and minutes is None and weekdays is None:
        return []
    return [TimeTest(first, last, weekdays, minutes)]
