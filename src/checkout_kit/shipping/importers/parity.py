"""Comparing a source with its imported policy: each case by the source's own rule and by `quote()`."""

from collections.abc import Iterable, Mapping

from attrs import field, frozen

from checkout_kit.shipping.importers.values import Difference, ParityReport
from checkout_kit.shipping.policy import ShippingPolicy
from checkout_kit.shipping.values import QuoteRequest


@frozen(kw_only=True)
class Case:
    """One request with what the source's own rule says: minor units by method, None where not offered.

    `decided_by` names the row or method of the source behind each price.
    """

    name: str
    request: QuoteRequest
    expected: Mapping[str, int | None] = field(hash=False)
    decided_by: Mapping[str, str] = field(factory=dict, hash=False)


def compare(policy: ShippingPolicy, cases: Iterable[Case], places: Iterable[str]) -> ParityReport:
    """The parity report of a policy over all cases; `places` are the rows or methods to be covered."""
    counts = dict.fromkeys(places, 0)
    differences: list[Difference] = []
    total = equal = 0
    for case in cases:
        quote = policy.quote(case.request)
        for method, source_minor in case.expected.items():
            option = quote.option(method)
            ours = None if option is None else option.price_minor
            place = case.decided_by.get(method, "")
            if place in counts:
                counts[place] += 1
            total += 1
            if ours == source_minor:
                equal += 1
                continue
            differences.append(
                Difference(
                    place=place, case=case.name, method=method, source_minor=source_minor, policy_minor=ours
                )
            )
    return ParityReport(cases=total, equal=equal, differences=tuple(differences), places=counts)
