"""Putting units into as few boxes of one weight limit as possible: exact for small loads, else first-fit."""

from collections.abc import Sequence

EXACT_UNITS = 24
STEP_BUDGET = 20_000


def fewest_boxes(weights_g: Sequence[int], limit_g: int) -> tuple[tuple[int, ...], ...]:
    """Indexes of the units in each box so that no box of two or more units weighs over `limit_g`.

    A unit heavier than the limit cannot be divided and travels alone. Up to 24 units the number of boxes is
    the least possible (within a fixed step budget); above, it is first-fit on falling weights, at most 11/9
    of the least plus one.
    Source: Dosa, "The tight bound of first fit decreasing bin-packing algorithm", 2007.

    >>> fewest_boxes((600, 500, 400, 500), 1000)
    ((0, 2), (1, 3))
    """
    heaviest_first = sorted(range(len(weights_g)), key=lambda i: (-weights_g[i], i))
    boxes = _first_fit(heaviest_first, weights_g, limit_g)
    divisible = [i for i in heaviest_first if weights_g[i] <= limit_g]
    whole = len(heaviest_first) - len(divisible)
    least = whole + -(-sum(weights_g[i] for i in divisible) // limit_g)
    if least < len(boxes) and len(divisible) <= EXACT_UNITS:
        alone = [[i] for i in heaviest_first[:whole]]
        boxes = _Exact(divisible, weights_g, limit_g).improve(alone, boxes, least)
    return tuple(sorted(tuple(sorted(box)) for box in boxes))


def _first_fit(order: Sequence[int], weights_g: Sequence[int], limit_g: int) -> list[list[int]]:
    boxes: list[list[int]] = []
    room: list[int] = []
    b, last = 0, -1
    for i in order:
        # Boxes that have no room for a weight still have none for the next unit of the same weight.
        b = b if weights_g[i] == last else 0
        last = weights_g[i]
        while b < len(room) and room[b] < last:
            b += 1
        if b == len(room):
            boxes.append([])
            room.append(limit_g)
        boxes[b].append(i)
        room[b] -= last
    return boxes


class _Exact:
    def __init__(self, units: Sequence[int], weights_g: Sequence[int], limit_g: int) -> None:
        self.units = units
        self.weights_g = weights_g
        self.limit_g = limit_g
        self.steps_left = STEP_BUDGET

    def improve(self, alone: list[list[int]], known: list[list[int]], least: int) -> list[list[int]]:
        """The first packing with the fewest boxes below `known`, else `known`."""
        for count in range(least - len(alone), len(known) - len(alone)):
            found = self._fill(0, [[] for _ in range(count)], [self.limit_g] * count)
            if found is not None:
                return alone + [box for box in found if box]
        return known

    def _fill(self, at: int, boxes: list[list[int]], room: list[int]) -> list[list[int]] | None:
        if at == len(self.units):
            return [list(box) for box in boxes]
        self.steps_left -= 1
        if self.steps_left <= 0:
            return None
        unit = self.units[at]
        weight = self.weights_g[unit]
        tried: set[int] = set()
        for b, left in enumerate(room):
            if weight > left or left in tried:
                continue
            tried.add(left)
            boxes[b].append(unit)
            room[b] -= weight
            found = self._fill(at + 1, boxes, room)
            if found is not None:
                return found
            boxes[b].pop()
            room[b] += weight
        return None
