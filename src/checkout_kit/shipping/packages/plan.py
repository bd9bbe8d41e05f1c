"""From a cart and its sources to packages: pinned lines first, then the strategy, then what is on its way."""

import datetime as dt
from collections.abc import Mapping, Sequence

from attrs import frozen

from checkout_kit.cart import Cart, LineItem
from checkout_kit.errors import Fault, InputError
from checkout_kit.shipping.packages.sourcing import Strategy, fewest_packages
from checkout_kit.shipping.packages.split import Contents, Splitter, split_contents
from checkout_kit.shipping.packages.values import (
    Package,
    PackagePlan,
    PackedLine,
    Shortage,
    Source,
    in_order,
)


@frozen
class _Taken:
    origin: str
    line: LineItem
    quantity: int
    on: dt.date | None = None


def plan_packages(
    cart: Cart,
    sources: Sequence[Source] = (),
    *,
    strategy: Strategy = fewest_packages,
    splitters: Sequence[Splitter] = (),
) -> PackagePlan:
    """Part the cart into packages; every unit that needs shipping lands in one package or one shortage.

    A line that names its `origin` ships from there only. Units no source has on its shelf come from what is
    on its way to a source, the earliest day first. Without sources, stock is not looked at and each line
    ships from its own origin.

    Raises:
        InputError: a source id is used twice, a line names an origin that is no source, a release day is no
            date, or the strategy took what is not there.
    """
    _check(cart, sources)
    lines = {line.id: line for line in cart.lines}
    shipped = [line for line in cart.lines if line.requires_shipping]
    taken, proven = _source(shipped, sources, strategy) if sources else (_from_own_origin(shipped), True)
    found: dict[str, int] = {}
    for take in taken:
        found[take.line.id] = found.get(take.line.id, 0) + take.quantity
    packages: list[Package] = []
    for origin, contents in _by_origin(taken, cart):
        parts = split_contents(contents, lines, tuple(splitters))
        packages += [
            Package(id=f"{origin or 'package'}-{n}", origin=origin, contents=part)
            for n, part in enumerate(parts, start=1)
        ]
    return PackagePlan(
        packages=tuple(packages),
        shortages=tuple(
            Shortage(line_id=line.id, sku=line.sku, missing=line.quantity - found.get(line.id, 0))
            for line in shipped
            if found.get(line.id, 0) < line.quantity
        ),
        unshipped=tuple(line.id for line in cart.lines if not line.requires_shipping),
        is_proven_best=proven,
    )


def _by_origin(taken: Sequence[_Taken], cart: Cart) -> list[tuple[str, Contents]]:
    """What leaves from where, origins by name; lines in the cart's order, each release day once."""
    rank = {line.id: i for i, line in enumerate(cart.lines)}
    units: dict[tuple[str, int, dt.date], int] = {}
    for take in taken:
        key = (take.origin, rank[take.line.id], _release(take) or dt.date.min)
        units[key] = units.get(key, 0) + take.quantity
    found: dict[str, list[PackedLine]] = {}
    for origin, at, day in sorted(units):
        packed = PackedLine(
            line_id=cart.lines[at].id,
            quantity=units[origin, at, day],
            release_on=None if day == dt.date.min else day,
        )
        found.setdefault(origin, []).append(packed)
    return [(origin, tuple(contents)) for origin, contents in found.items()]


def _check(cart: Cart, sources: Sequence[Source]) -> None:
    faults: list[Fault] = []
    ids = [source.id for source in sources]
    faults += [
        Fault("sources", "id used twice", repr(one)) for one in sorted({i for i in ids if ids.count(i) > 1})
    ]
    for i, line in enumerate(cart.lines):
        if sources and line.requires_shipping and line.origin and line.origin not in ids:
            faults.append(
                Fault(
                    f"lines[{i}].origin",
                    "names no source",
                    repr(line.origin),
                    f"one of {', '.join(sorted(ids))}",
                )
            )
        try:
            _day(line.release_on)
        except ValueError:
            faults.append(
                Fault(f"lines[{i}].release_on", "not a date", repr(line.release_on), "write it as 2027-03-01")
            )
    if faults:
        raise InputError(faults)


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _release(take: _Taken) -> dt.date | None:
    days = [day for day in (take.on, _day(take.line.release_on)) if day is not None]
    return max(days, default=None)


def _from_own_origin(lines: Sequence[LineItem]) -> list[_Taken]:
    return [_Taken(line.origin, line, line.quantity) for line in lines]


def _source(
    lines: Sequence[LineItem], sources: Sequence[Source], strategy: Strategy
) -> tuple[list[_Taken], bool]:
    shelf = {(s.id, line.sku): s.on_hand(line.sku, _INFINITE) for s in sources for line in lines}
    left = {line.id: line.quantity for line in lines}
    taken: list[_Taken] = []

    def take(source_id: str, line: LineItem, wanted: int) -> int:
        quantity = min(left[line.id], shelf[source_id, line.sku], wanted)
        if quantity > 0:
            shelf[source_id, line.sku] -= quantity
            left[line.id] -= quantity
            taken.append(_Taken(source_id, line, quantity))
        return quantity

    for line in lines:
        if line.origin:
            take(line.origin, line, line.quantity)
    free = [line for line in lines if not line.origin]
    need: dict[str, int] = {}
    for line in free:
        need[line.sku] = need.get(line.sku, 0) + line.quantity
    allocation = strategy(need, [_with_shelf(s, need, shelf) for s in sources])
    for one in allocation.takes:
        open_units = one.quantity
        for line in free:
            if line.sku == one.sku and open_units:
                open_units -= take(one.source_id, line, open_units)
        if open_units:
            raise InputError.of(
                "strategy",
                f"took {one.quantity} of {one.sku!r} from {one.source_id!r}, more than needed or there",
            )
    taken += _from_incoming(lines, sources, left)
    return taken, allocation.is_proven_best


_INFINITE = 10**12


def _with_shelf(source: Source, need: Mapping[str, int], shelf: Mapping[tuple[str, str], int]) -> Source:
    if source.stock is None:
        return source
    return Source(
        id=source.id,
        stock={sku: shelf[source.id, sku] for sku in need},
        priority=source.priority,
        is_enabled=source.is_enabled,
        distance_m=source.distance_m,
        package_cost_minor=source.package_cost_minor,
        arrives_on=source.arrives_on,
    )


def _from_incoming(
    lines: Sequence[LineItem], sources: Sequence[Source], left: dict[str, int]
) -> list[_Taken]:
    waiting = sorted(
        (
            (one.on, rank, source.id, sku)
            for rank, source in enumerate(in_order(sources))
            for sku, one in source.incoming.items()
        )
    )
    stock = {(source.id, sku): one.quantity for source in sources for sku, one in source.incoming.items()}
    taken: list[_Taken] = []
    for on, _rank, source_id, sku in waiting:
        for line in lines:
            if line.sku != sku or line.origin not in ("", source_id):
                continue
            quantity = min(left[line.id], stock[source_id, sku])
            if quantity > 0:
                stock[source_id, sku] -= quantity
                left[line.id] -= quantity
                taken.append(_Taken(source_id, line, quantity, on))
    return taken
