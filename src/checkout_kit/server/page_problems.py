"""Problems of a checkout in the buyer's words, each with the control it is about."""

import re
from collections.abc import Iterable
from typing import Final

from attrs import evolve

from checkout_kit.address import Address
from checkout_kit.checkout import Checkout, Problem
from checkout_kit.server.address_fields import PARTS, FormField, country_form
from checkout_kit.server.page_values import ProblemRow
from checkout_kit.server.words import Words

_TARGETS: Final = {
    "contact.email": "f-email",
    "contact.phone": "f-phone",
    "business.tax_id": "f-tax_id",
    "consent.terms": "f-terms",
    "payment": "payments",
    "lines": "live-summary",
    "discount_codes": "f-codes",
}
_OF_DELIVERY: Final = {
    "address": "f-{prefix}line1",
    "option_id": "{prefix}options",
    "slot_id": "{prefix}slots",
    "pickup_point": "{prefix}places",
    **{f"address.{part}": f"f-{{prefix}}{part}" for part in PARTS},
}
_DELIVERY: Final = re.compile(r"deliveries\[(\d+)\]\.(.+)")
_PREFIX: Final = re.compile(r"d(\d+)_")
_BEFORE: Final = ("f-email", "f-phone", "f-tax_id")
_WITHIN: Final = ("places", *(f"f-{part}" for part in PARTS), "options", "slots")
_AFTER: Final = ("payments", *(f"f-billing_{part}" for part in PARTS), "f-terms", "f-codes")


def prefix_of(index: int) -> str:
    """What the names of a delivery's controls begin with: nothing for the first, then `d2_`, `d3_`."""
    return "" if index == 0 else f"d{index + 1}_"


def target_of(problem: Problem) -> str:
    """The id of the control a problem is about, or empty."""
    path = problem.path
    if path.startswith("billing."):
        part = path.rpartition(".")[2]
        return "f-billing_" + ("line1" if part == "address" else part)
    of_delivery = _DELIVERY.fullmatch(path)
    if of_delivery is not None:
        return _OF_DELIVERY.get(of_delivery[2], "").format(prefix=prefix_of(int(of_delivery[1])))
    return _TARGETS.get(path, _TARGETS["lines"] if path.startswith("lines[") else "")


def address_of(problem: Problem, checkout: Checkout) -> Address | None:
    """The address a problem is about."""
    of_delivery = _DELIVERY.fullmatch(problem.path)
    return checkout.deliveries[int(of_delivery[1])].address if of_delivery else checkout.billing_address


def problem_rows(problems: Iterable[Problem], checkout: Checkout, words: Words) -> tuple[ProblemRow, ...]:
    """Problems as the summary above the form lists them: what to do, and the control it leads to."""
    rows = []
    for problem in problems:
        if problem.code == "address_invalid":
            message = _address_message(problem, address_of(problem, checkout) or Address(country=""), words)
        else:
            in_full = " ".join(filter(None, (problem.message, problem.hint)))
            message = words.by_code("problem", problem.code, in_full)
        if message:
            rows.append(ProblemRow(message=message, target=target_of(problem)))
    return tuple(sorted(rows, key=lambda row: _place_of(row.target)))


def _place_of(target: str) -> tuple[int, int, int]:
    """Controls from the top of the page to its end; what has no control comes first."""
    number = _PREFIX.search(target)
    bare = _PREFIX.sub("", target)
    for stage, group in enumerate((_BEFORE, _WITHIN, _AFTER)):
        if bare in group:
            return stage, int(number[1]) if number else 1, group.index(bare)
    return -1, 0, 0


def _address_message(problem: Problem, address: Address, words: Words) -> str:
    """What to do about one part of an address; empty where another part's message covers it."""
    part = problem.path.rpartition(".")[2]
    form = country_form(address.country)
    keys = {
        "name": "full_name",
        "line1": "street",
        "line2": "apartment",
        "country": "country",
        "city": form.city_key,
        "postal_code": form.postal_key,
        "region": form.region_key,
    }
    label = words(keys[part]) if part in keys else part
    named = {"part": _inside(label), "Part": label}
    if getattr(address, part, ""):
        why = "; ".join(filter(None, (problem.message.rstrip("."), problem.hint.rstrip("."))))
        return words("check_part_why", why=why, **named)
    if part == "region" and form.region_starts and not address.postal_code:
        return ""
    if part == "postal_code" and form.postal_example:
        return words("enter_part_like", example=form.postal_example, **named)
    return words("enter_part", **named)


def _inside(label: str) -> str:
    """A label as it stands inside a sentence: small, unless it is an abbreviation."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


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
