"""Sourcing strategies: from which sources the needed units are taken. Each is a plain callable.

A strategy takes the need (units by sku) and the sources, and returns an `Allocation`. It takes as much as can
be had, never more; what is missing is for the caller to see in the plan, not an exception.
"""

from collections.abc import Callable, Mapping, Sequence

from checkout_kit.errors import Fault, InputError
from checkout_kit.shipping.packages.cover import minimum_cover
from checkout_kit.shipping.packages.values import Allocation, Source, Take, in_order

Strategy = Callable[[Mapping[str, int], Sequence[Source]], Allocation]


def by_priority(need: Mapping[str, int], sources: Sequence[Source]) -> Allocation:
    """Empty the sources one after the other, lowest `priority` first, ties by id."""
    return Allocation(takes=_take(need, in_order(sources)))


def nearest(need: Mapping[str, int], sources: Sequence[Source]) -> Allocation:
    """Empty the sources one after the other, smallest `distance_m` first, ties by priority and id.

    Raises:
        InputError: an enabled source has no distance.
    """
    _require(sources, "distance_m", "nearest")
    return Allocation(takes=_take(need, sorted(in_order(sources), key=lambda s: s.distance_m or 0)))


def fewest_packages(need: Mapping[str, int], sources: Sequence[Source]) -> Allocation:
    """Take everything that can be had from as few sources as possible; ties prefer lower priorities."""
    return _covered(need, in_order(sources), lambda _source: 1)


def cheapest(need: Mapping[str, int], sources: Sequence[Source]) -> Allocation:
    """Take everything that can be had so that the sum of `package_cost_minor` over the sources used is least.

    Raises:
        InputError: an enabled source has no cost.
    """
    _require(sources, "package_cost_minor", "cheapest")
    return _covered(need, in_order(sources), lambda source: source.package_cost_minor or 0)


def fastest(need: Mapping[str, int], sources: Sequence[Source]) -> Allocation:
    """Take all that can be had so that the last package arrives soonest; then as few packages as possible.

    Raises:
        InputError: an enabled source has no `arrives_on`.
    """
    _require(sources, "arrives_on", "fastest")
    ordered = in_order(sources)
    full = _units(_take(need, ordered))
    for day in sorted({s.arrives_on for s in ordered if s.arrives_on is not None}):
        soon = [s for s in ordered if s.arrives_on is not None and s.arrives_on <= day]
        if _units(_take(need, soon)) == full:
            return _covered(need, soon, lambda _source: 1)
    return Allocation(takes=())


STRATEGIES: Mapping[str, Strategy] = {
    "fewest_packages": fewest_packages,
    "cheapest": cheapest,
    "fastest": fastest,
    "priority": by_priority,
    "nearest": nearest,
}


def _require(sources: Sequence[Source], fact: str, strategy: str) -> None:
    faults = [
        Fault(f"sources.{s.id}.{fact}", f"needed by the strategy {strategy!r}", "None")
        for s in in_order(sources)
        if getattr(s, fact) is None
    ]
    if faults:
        raise InputError(faults)


def _take(need: Mapping[str, int], sources: Sequence[Source]) -> tuple[Take, ...]:
    left = dict(need)
    takes: list[Take] = []
    for source in sources:
        for sku, wanted in left.items():
            taken = source.on_hand(sku, wanted)
            if taken > 0:
                takes.append(Take(source_id=source.id, sku=sku, quantity=taken))
                left[sku] = wanted - taken
    return tuple(takes)


def _units(takes: Sequence[Take]) -> int:
    return sum(take.quantity for take in takes)


def _covered(need: Mapping[str, int], sources: Sequence[Source], cost: Callable[[Source], int]) -> Allocation:
    skus = sorted(sku for sku, wanted in need.items() if wanted > 0)
    wanted = [need[sku] for sku in skus]
    stocks = [[s.on_hand(sku, need[sku]) for sku in skus] for s in sources]
    chosen, proven = minimum_cover(wanted, stocks, [cost(s) for s in sources])
    takes: list[Take] = []
    for sku in skus:
        # A source that holds all of a sku keeps the line in one box; without one, the shelf order decides.
        holders = sorted(chosen, key=lambda i: (sources[i].on_hand(sku, need[sku]) < need[sku], i))
        takes += _take({sku: need[sku]}, [sources[i] for i in holders])
    rank = {s.id: i for i, s in enumerate(sources)}
    takes.sort(key=lambda take: (rank[take.source_id], take.sku))
    return Allocation(takes=tuple(takes), is_proven_best=proven)
