"""The orders a model is fitted on: rows of features with the outcome each had when it was mature."""

from typing import TypedDict

_KEPT_DIGITS = 4


class SampleState(TypedDict):
    """A sample as plain data."""

    limit: int
    stride: int
    seen: int
    rows: list[tuple[float, ...]]
    outcomes: list[float]
    weights: list[float]


class FitSample:
    """Feature rows, outcomes (log of actual over expected lead) and weights, oldest first.

    Beyond `limit` every other row is dropped and from then on only every `stride`-th order is taken.
    """

    __slots__ = ("limit", "outcomes", "rows", "seen", "stride", "weights")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.stride = 1
        self.seen = 0
        self.rows: list[tuple[float, ...]] = []
        self.outcomes: list[float] = []
        self.weights: list[float] = []

    def add(self, row: tuple[float, ...], outcome: float, weight: float) -> None:
        """Take a mature order; what is stored later is rounded now, so that storing changes nothing."""
        self.seen += 1
        if self.seen % self.stride:
            return
        self.rows.append(row)
        self.outcomes.append(round(outcome, _KEPT_DIGITS))
        self.weights.append(round(weight, _KEPT_DIGITS))
        if len(self.rows) > self.limit:
            self.stride *= 2
            self.thin()

    def thin(self) -> None:
        """Drop every other row, evenly over time."""
        self.rows = self.rows[1::2]
        self.outcomes = self.outcomes[1::2]
        self.weights = self.weights[1::2]

    def every(self, stride: int) -> "FitSample":
        """An even selection: every `stride`-th order, counted back from the newest."""
        part = FitSample(self.limit)
        part.rows = self.rows[::-stride][::-1]
        part.outcomes = self.outcomes[::-stride][::-1]
        part.weights = self.weights[::-stride][::-1]
        return part

    def fade(self, share: float) -> None:
        """Let all orders taken so far weigh less."""
        self.weights = [round(weight * share, _KEPT_DIGITS) for weight in self.weights]

    def state(self) -> SampleState:
        """The sample as plain data, sharing its lists."""
        return {
            "limit": self.limit,
            "stride": self.stride,
            "seen": self.seen,
            "rows": self.rows,
            "outcomes": self.outcomes,
            "weights": self.weights,
        }

    @classmethod
    def from_state(cls, state: SampleState) -> "FitSample":
        """A sample of its own from plain data."""
        sample = cls(state["limit"])
        sample.stride, sample.seen = state["stride"], state["seen"]
        sample.rows, sample.outcomes = list(state["rows"]), list(state["outcomes"])
        sample.weights = list(state["weights"])
        return sample
