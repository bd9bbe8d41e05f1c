"""Splitters: how one origin's goods part into packages. Each is a plain callable and keeps every unit."""

import datetime as dt
from collections.abc import Callable, Hashable, Mapping

from checkout_kit.cart import LineItem
from checkout_kit.errors import Fault, InputError
from checkout_kit.shipping.packages.boxes import fewest_boxes
from checkout_kit.shipping.packages.values import PackedLine

Contents = tuple[PackedLine, ...]
Lines = Mapping[str, LineItem]
Splitter = Callable[[Contents, Lines], tuple[Contents, ...]]


MOST_UNITS = 100_000


def _grouped(contents: Contents, key: Callable[[PackedLine], Hashable]) -> tuple[Contents, ...]:
    groups: dict[Hashable, list[PackedLine]] = {}
    for packed in contents:
        groups.setdefault(key(packed), []).append(packed)
    return tuple(tuple(group) for group in groups.values())


def by_shipping_class(contents: Contents, lines: Lines) -> tuple[Contents, ...]:
    """One package per shipping class."""
    return _grouped(contents, lambda packed: lines[packed.line_id].shipping_class)


def by_availability(contents: Contents, _lines: Lines) -> tuple[Contents, ...]:
    """What can leave at once apart from what waits, one package per release day, the earliest first."""
    ordered = tuple(sorted(contents, key=lambda p: p.release_on or dt.date.min))
    return _grouped(ordered, lambda packed: packed.release_on)


def by_attribute(name: str) -> Splitter:
    """A splitter with one package per value of that item attribute; a missing attribute counts as empty."""

    def split(contents: Contents, lines: Lines) -> tuple[Contents, ...]:
        return _grouped(contents, lambda packed: lines[packed.line_id].attributes.get(name, ""))

    return split


def by_weight(limit_g: int, *, default_weight_g: int | None = None) -> Splitter:
    """A splitter into as few packages of at most `limit_g` as possible; a heavier unit travels alone.

    Raises:
        InputError: from the splitter, for every line without a weight when there is no default, or with more
            than 100,000 units to pack.
    """
    if limit_g < 1:
        raise InputError.of("limit_g", "must be 1 or more", found=limit_g)

    def split(contents: Contents, lines: Lines) -> tuple[Contents, ...]:
        units: list[PackedLine] = []
        weights_g: list[int] = []
        faults: list[Fault] = []
        for packed in contents:
            weight_g = lines[packed.line_id].weight_g
            weight_g = default_weight_g if weight_g is None else weight_g
            if weight_g is None:
                faults.append(
                    Fault(
                        f"lines.{packed.line_id}.weight_g",
                        "unknown, and packages have a weight limit",
                        "None",
                        "weigh the item or give a default weight",
                    )
                )
                continue
            if len(units) + packed.quantity > MOST_UNITS:
                found = repr(packed.quantity)
                faults.append(Fault(f"lines.{packed.line_id}.quantity", "too many units to pack", found))
                continue
            units += [packed] * packed.quantity
            weights_g += [weight_g] * packed.quantity
        if faults:
            raise InputError(faults)
        if sum(weights_g) <= limit_g:
            return (contents,)
        return tuple(_merged([units[i] for i in box]) for box in fewest_boxes(weights_g, limit_g))

    return split


def _merged(units: list[PackedLine]) -> Contents:
    counts: dict[tuple[str, dt.date | None], int] = {}
    for unit in units:
        key = (unit.line_id, unit.release_on)
        counts[key] = counts.get(key, 0) + 1
    return tuple(
        PackedLine(line_id=line_id, quantity=quantity, release_on=release_on)
        for (line_id, release_on), quantity in counts.items()
    )


def split_contents(contents: Contents, lines: Lines, splitters: tuple[Splitter, ...]) -> tuple[Contents, ...]:
    """Apply the splitters one after the other, each to every part the one before made."""
    parts: tuple[Contents, ...] = (contents,)
    for splitter in splitters:
        parts = tuple(part for whole in parts for part in splitter(whole, lines))
    return parts
