"""Means that fade: per key, old values lose half their weight every half-life."""

import math
from collections.abc import Sequence

_FADED = 0.05


class TrailingMeans:
    """A fading weight, sum and sum of squares per key."""

    __slots__ = ("entries", "half_life_days")

    def __init__(
        self, half_life_days: float, entries: dict[str, tuple[float, float, float, float]] | None = None
    ) -> None:
        self.half_life_days = half_life_days
        self.entries = entries or {}

    def add(self, key: str, moment: float, value: float) -> None:
        """Count one value at a moment, in days; news that comes late counts as of the latest before it."""
        moment = max(moment, self.entries[key][3]) if key in self.entries else moment
        weight, total, squares = self.read(key, moment)
        self.entries[key] = (weight + 1.0, total + value, squares + value * value, moment)

    def read(self, key: str, moment: float) -> tuple[float, float, float]:
        """Weight, sum and sum of squares as faded by `moment`; zeros for a key never seen."""
        entry = self.entries.get(key)
        if entry is None:
            return 0.0, 0.0, 0.0
        weight, total, squares, since = entry
        fade = 0.5 ** (max(moment - since, 0.0) / self.half_life_days)
        return weight * fade, total * fade, squares * fade

    def mean(self, key: str, moment: float, *, pull: float, toward: float = 0.0) -> float:
        """The mean, drawn `toward` a prior that weighs as much as `pull` values."""
        weight, total, _ = self.read(key, moment)
        return (total + pull * toward) / (weight + pull)

    def forget_faded(self, moment: float) -> None:
        """Drop the keys of which next to nothing is left."""
        self.entries = {
            key: entry for key, entry in self.entries.items() if self.read(key, moment)[0] > _FADED
        }


def narrowed(
    means: Sequence[TrailingMeans], keys: Sequence[str], moment: float, *, pull: float, spread: float
) -> tuple[float, float]:
    """Mean and standard deviation for the narrowest key, each level drawn toward the wider one before it.

    A lane with few parcels thus borrows from its region, and one with many speaks for itself. `spread` is
    the standard deviation assumed before anything is known.
    """
    mean, variance = 0.0, spread * spread
    for level, key in zip(means, keys, strict=False):
        weight, total, squares = level.read(key, moment)
        if weight > 0.0:
            narrower = (total + pull * mean) / (weight + pull)
            own = squares - 2.0 * narrower * total + weight * narrower * narrower
            variance = (own + pull * (variance + (mean - narrower) ** 2)) / (weight + pull)
            mean = narrower
    return mean, math.sqrt(max(variance, 0.0))
