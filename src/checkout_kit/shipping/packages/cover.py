"""The cheapest set of sources that together hold as much as all of them do: exact, within a budget."""

from collections.abc import Sequence

LOOK_BUDGET = 2_000_000
"""How many stocks the search may look at; about a tenth of a second."""


class _Search:
    """Depth-first branch and bound over sources; one sku at a time, the scarcest first."""

    def __init__(self, stocks: Sequence[Sequence[int]], costs: Sequence[int], looks: int) -> None:
        self.stocks = stocks
        self.costs = costs
        self.looks_left = looks
        self.best: tuple[int, ...] = ()
        self.best_cost = 0

    def run(self, deficit: list[int]) -> bool:
        """Whether the whole tree was searched; `best` holds the cheapest cover found."""
        self.best = self._greedy(list(deficit))
        self.best_cost = sum(self.costs[i] for i in self.best)
        self._descend(deficit, (), 0, frozenset(range(len(self.stocks))))
        return self.looks_left > 0

    def _greedy(self, deficit: list[int]) -> tuple[int, ...]:
        chosen: list[int] = []
        while any(d > 0 for d in deficit):
            gains = [
                (sum(min(d, s) for d, s in zip(deficit, stock, strict=True) if d > 0) / self.costs[i], -i)
                for i, stock in enumerate(self.stocks)
                if i not in chosen
            ]
            pick = -max(gains)[1]
            chosen.append(pick)
            deficit = [d - s for d, s in zip(deficit, self.stocks[pick], strict=True)]
        return tuple(chosen)

    def _descend(
        self, deficit: Sequence[int], chosen: tuple[int, ...], cost: int, free: frozenset[int]
    ) -> None:
        scarcest: list[int] | None = None
        for j, missing in enumerate(deficit):
            if missing <= 0:
                continue
            self.looks_left -= len(free)
            if self.looks_left <= 0:
                return
            holders = [i for i in free if self.stocks[i][j] > 0]
            bound = self._at_least(missing, j, holders)
            if bound is None or cost + bound >= self.best_cost:
                return
            if scarcest is None or len(holders) < len(scarcest):
                scarcest = holders
        if scarcest is None:
            if cost < self.best_cost:
                self.best, self.best_cost = chosen, cost
            return
        for i in sorted(scarcest, key=lambda i: (self.costs[i], i)):
            free -= {i}
            rest = [d - s for d, s in zip(deficit, self.stocks[i], strict=True)]
            self._descend(rest, (*chosen, i), cost + self.costs[i], free)

    def _at_least(self, missing: int, sku: int, holders: Sequence[int]) -> int | None:
        """The least that covering one sku can still cost, or None when the holders cannot cover it."""
        amounts = sorted((self.stocks[i][sku] for i in holders), reverse=True)
        fewest = 0
        for amount in amounts:
            if missing <= 0:
                break
            missing -= amount
            fewest += 1
        if missing > 0:
            return None
        return sum(sorted(self.costs[i] for i in holders)[:fewest])


def minimum_cover(
    need: Sequence[int], stocks: Sequence[Sequence[int]], costs: Sequence[int], *, looks: int = LOOK_BUDGET
) -> tuple[tuple[int, ...], bool]:
    """Indexes of the sources with the least summed cost that hold all there is, and whether that is proven.

    `stocks[i][j]` is what source i holds of sku j. What no source has is left out of the need. Among equal
    costs the fewest sources win, then those listed earlier (the smallest sum of positions).

    >>> minimum_cover((5, 1), ((5, 0), (3, 1), (2, 1), (5, 1)), (1, 1, 1, 1))
    ((3,), True)
    """
    available = [sum(stock[j] for stock in stocks) for j in range(len(need))]
    deficit = [min(wanted, held) for wanted, held in zip(need, available, strict=True)]
    useful = [
        i for i, s in enumerate(stocks) if any(d > 0 and q > 0 for d, q in zip(deficit, s, strict=True))
    ]
    scale = len(useful) * (len(useful) + 1) + 1
    ranked = [(costs[i] * (len(useful) + 1) + 1) * scale + rank for rank, i in enumerate(useful)]
    search = _Search([stocks[i] for i in useful], ranked, looks)
    proven = search.run(deficit)
    return tuple(sorted(useful[i] for i in search.best)), proven
