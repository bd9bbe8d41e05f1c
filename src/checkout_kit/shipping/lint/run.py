"""Lint as a whole: what the loader refuses, then everything doubtful, in the order of the policy."""

from collections.abc import Callable, Iterator, Mapping

from checkout_kit.shipping.compile import compile_policy
from checkout_kit.shipping.document import PolicyDocument
from checkout_kit.shipping.lint.amounts import check_amounts
from checkout_kit.shipping.lint.calendar import check_calendar
from checkout_kit.shipping.lint.faults import document_faults
from checkout_kit.shipping.lint.finding import Finding
from checkout_kit.shipping.lint.places import check_places
from checkout_kit.shipping.lint.references import check_references
from checkout_kit.shipping.lint.thresholds import check_thresholds
from checkout_kit.shipping.lint.tiers import check_tiers
from checkout_kit.shipping.loading import parse, salvage

Check = Callable[[PolicyDocument], Iterator[Finding]]
_CHECKS: tuple[Check, ...] = (
    check_places,
    check_references,
    check_tiers,
    check_thresholds,
    check_calendar,
    check_amounts,
)
# Findings that compare tables with each other say nothing while a faulty one is left out.
_ABOUT_THE_REST = ("unused", "unreachable_zone", "duplicate_method", "misspelt")


def lint_policy(mapping: Mapping[str, object]) -> tuple[Finding, ...]:
    """Everything wrong or doubtful in a policy: errors first, then warnings, each in the policy's order.

    The errors are exactly the faults that loading reports. A table with an error is looked at no further.
    """
    document, faults = parse(mapping)
    is_whole = document is not None
    replaced: frozenset[str] = frozenset()
    if document is None:
        document, replaced = salvage(mapping, faults)
    if document is not None:
        faults = (*faults, *compile_policy(document).faults, *document_faults(document))
    errors = [Finding.of_fault(fault) for fault in dict.fromkeys(faults)]
    if document is None:
        return tuple(errors)
    refused = (*(error.path for error in errors), *replaced)
    doubtful = [
        finding
        for check in _CHECKS
        for finding in check(document)
        if not _is_known(finding.path, refused) and (is_whole or finding.code not in _ABOUT_THE_REST)
    ]
    return (*errors, *sorted(dict.fromkeys(doubtful), key=_policy_order(mapping)))


def _is_known(path: str, refused: tuple[str, ...]) -> bool:
    """Whether an error already stands at this place, inside it or around it."""
    return any(path == one or _inside(path, one) or _inside(one, path) for one in refused)


def _inside(path: str, outer: str) -> bool:
    return bool(outer) and path.startswith(outer) and path[len(outer) : len(outer) + 1] in (".", "[")


def _policy_order(mapping: Mapping[str, object]) -> Callable[[Finding], tuple[int, int]]:
    sections = {name: i for i, name in enumerate(mapping)}

    def key(finding: Finding) -> tuple[int, int]:
        section, _, rest = finding.path.partition(".")
        name, _, index = section.partition("[")
        place = index.rstrip("]")
        table = mapping.get(name)
        if place.isdigit():
            return sections.get(name, -1), int(place)
        names = list(table) if isinstance(table, Mapping) else []
        first = rest.partition(".")[0]
        return sections.get(name, -1), names.index(first) if first in names else -1

    return key
