"""Problems of a checkout in the buyer's words, each with the control it is about."""

from collections.abc import Iterable
from typing import Final

from attrs import evolve

from checkout_kit.address import Address
from checkout_kit.checkout import Checkout, Problem
from checkout_kit.server.address_fields import PARTS, FormField, country_form
from checkout_kit.server.page_values import ProblemRow
from checkout_kit.server.texts import sentence

_TARGETS = {
    "contact.email": "f-email",
    "contact.phone": "f-phone",
    "business.tax_id": "f-tax_id",
    "consent.terms": "f-terms",
    "address.name": "f-name",
    "address.country": "f-country",
    "address.line1": "f-line1",
    "address.line2": "f-line2",
    "address.city": "f-city",
    "address.region": "f-region",
    "address.postal_code": "f-postal_code",
    "option_id": "options",
    "payment": "payments",
    "lines": "live-summary",
    "discount_codes": "f-codes",
}


_ORDER: Final = (
    "f-email",
    "f-phone",
    "f-tax_id",
    *(f"f-{part}" for part in PARTS),
    "options",
    "payments",
    *(f"f-billing_{part}" for part in PARTS),
    "f-terms",
    "f-codes",
)
"""Controls from the top of the page to its end."""


def target_of(problem: Problem) -> str:
    """The id of the control a problem is about, or empty."""
    path = problem.path
    if path.startswith("billing."):
        part = path.rpartition(".")[2]
        return "f-billing_" + ("line1" if part == "address" else part)
    tail = path.partition("].")[2] or path
    return _TARGETS.get(tail, "f-line1" if tail == "address" else "")


def problem_rows(problems: Iterable[Problem], checkout: Checkout) -> tuple[ProblemRow, ...]:
    """Problems as the summary above the form lists them: what to do, and the control it leads to."""
    rows = []
    for problem in problems:
        message = " ".join(filter(None, (problem.message, problem.hint)))
        if problem.code == "address_invalid":
            is_billing = problem.path.startswith("billing.")
            address = checkout.billing_address if is_billing else checkout.deliveries[0].address
            message = _address_message(problem, address or Address(country=""))
        if message:
            rows.append(ProblemRow(message=message, target=target_of(problem)))
    return tuple(sorted(rows, key=lambda row: _ORDER.index(row.target) if row.target in _ORDER else -1))


def _address_message(problem: Problem, address: Address) -> str:
    """What to do about one part of an address; empty where another part's message covers it."""
    part = problem.path.rpartition(".")[2]
    form = country_form(address.country)
    label = {
        "name": "full name",
        "line1": "street and number",
        "city": form.city_label.lower(),
        "postal_code": form.postal_label[:1].lower() + form.postal_label[1:]
        if form.postal_label[1:2].islower()
        else form.postal_label,
        "region": form.region_label.lower(),
    }.get(part, part)
    if getattr(address, part, ""):
        hint = f"; {problem.hint}" if problem.hint else ""
        return sentence(f"please check your {label}: {problem.message}{hint}")
    if part == "region" and form.region_starts and not address.postal_code:
        return ""
    hint = f", such as {form.postal_example}" if part == "postal_code" and form.postal_example else ""
    return sentence(f"enter your {label}{hint}")


def with_errors(fields: Iterable[FormField], rows: Iterable[ProblemRow]) -> tuple[FormField, ...]:
    """The fields with the message of the first problem each of them has."""
    messages: dict[str, str] = {}
    for row in rows:
        messages.setdefault(row.target, row.message)
    return tuple(
        evolve(field, error=messages[f"f-{field.name}"], is_hidden=False)
        if f"f-{field.name}" in messages
        else field
        for field in fields
    )
