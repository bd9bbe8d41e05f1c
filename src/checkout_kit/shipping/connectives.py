"""Conditions made of conditions: all of them, any of them, not this one."""

from collections.abc import Iterable

from attrs import frozen

from checkout_kit.shipping.conditions import Condition, Need
from checkout_kit.shipping.facts import Facts


@frozen
class AllOf:
    """Every part must hold."""

    parts: tuple[Condition, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether all parts hold."""
        return all(part.holds(facts) for part in self.parts)

    def fails(self, facts: Facts) -> bool:
        """Whether some part fails."""
        return any(part.fails(facts) for part in self.parts)

    def needs(self, facts: Facts, *, wanted: bool = True) -> tuple[Need, ...]:
        """All that stands in the way; to undo it, the part that is easiest to undo."""
        if self.holds(facts) if wanted else self.fails(facts):
            return ()
        if wanted:
            return tuple(need for part in self.parts for need in part.needs(facts))
        return _easiest(part.needs(facts, wanted=False) for part in self.parts)


@frozen
class AnyOf:
    """One part must hold."""

    parts: tuple[Condition, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether some part holds."""
        return any(part.holds(facts) for part in self.parts)

    def fails(self, facts: Facts) -> bool:
        """Whether every part fails."""
        return all(part.fails(facts) for part in self.parts)

    def needs(self, facts: Facts, *, wanted: bool = True) -> tuple[Need, ...]:
        """The part that is easiest to bring about."""
        if self.holds(facts) if wanted else self.fails(facts):
            return ()
        if wanted:
            return _easiest(part.needs(facts) for part in self.parts)
        return tuple(need for part in self.parts for need in part.needs(facts, wanted=False))


@frozen
class Not:
    """The part must fail: what is unknown is no proof that it does."""

    part: Condition

    def holds(self, facts: Facts) -> bool:
        """Whether the part fails."""
        return self.part.fails(facts)

    def fails(self, facts: Facts) -> bool:
        """Whether the part holds."""
        return self.part.holds(facts)

    def needs(self, facts: Facts, *, wanted: bool = True) -> tuple[Need, ...]:
        """What undoes the part."""
        return self.part.needs(facts, wanted=not wanted)


# From what a buyer does most readily to what nobody can do.
_EFFORT = (
    "enter_code",
    "add_goods",
    "add_quantity",
    "order_after",
    "order_before",
    "remove_",
    "add_",
    "",
    "none",
)


def _effort(needs: tuple[Need, ...]) -> tuple[int, int]:
    def rank(need: Need) -> int:
        kind = need.change.kind
        if kind == "none":
            return len(_EFFORT)
        return next(i for i, prefix in enumerate(_EFFORT) if kind.startswith(prefix))

    return max((rank(need) for need in needs), default=0), len(needs)


def _easiest(choices: Iterable[tuple[Need, ...]]) -> tuple[Need, ...]:
    return min(choices, key=_effort, default=())
