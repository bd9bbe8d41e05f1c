"""What an import gives: a policy, what the merchant should know, and how it compares with the source."""

from collections.abc import Mapping

from attrs import field, frozen

PLACEHOLDER_ORIGIN: Mapping[str, object] = {
    "warehouse": {"timezone": "UTC", "works": "Mon-Fri", "cutoff": "12:00", "handling": "0-1 working days"}
}
"""Table rates know no warehouse; the merchant replaces this one before promising dates."""


@frozen
class Note:
    """Something the merchant should look at: where in the source, and what about it."""

    place: str
    message: str


@frozen(kw_only=True)
class Imported:
    """A policy as a mapping, ready for `ShippingPolicy.from_dict`, with notes in the order of the source."""

    policy: Mapping[str, object] = field(hash=False)
    notes: tuple[Note, ...] = ()


@frozen(kw_only=True)
class Difference:
    """One case in which the source and the policy disagree; prices in minor units, None is not offered."""

    place: str
    case: str
    method: str
    source_minor: int | None
    policy_minor: int | None


@frozen(kw_only=True)
class ParityReport:
    """Every case of the source evaluated by its own rule and by the policy.

    `places` counts the cases that each row or method of the source decided; a zero is one nothing ever meets.
    """

    cases: int
    equal: int
    differences: tuple[Difference, ...]
    places: Mapping[str, int] = field(hash=False)

    def to_dict(self) -> dict[str, object]:
        """The report as JSON-ready data."""
        return {
            "cases": self.cases,
            "equal": self.equal,
            "different": [
                {
                    "place": one.place,
                    "case": one.case,
                    "method": one.method,
                    "source_minor": one.source_minor,
                    "policy_minor": one.policy_minor,
                }
                for one in self.differences
            ],
            "never_met": [place for place, count in self.places.items() if count == 0],
            "places": dict(self.places),
        }
