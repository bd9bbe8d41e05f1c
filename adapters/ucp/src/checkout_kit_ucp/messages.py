"""Problems of a checkout as the protocol's messages."""

import re
from collections.abc import Iterable
from typing import Final

from checkout_kit.checkout import Change, Problem
from checkout_kit.service.answer import change_message

from checkout_kit_ucp.faults import Json, error, info, warning

_SEVERITIES: Final = {
    "fixable": "recoverable",
    "buyer_input": "requires_buyer_input",
    "buyer_review": "requires_buyer_review",
    "buyer_approval": "requires_buyer_review",
}
_CODES: Final = {"lines_empty": "missing", "email_invalid": "invalid", "address_invalid": "invalid"}
_DELIVERY: Final = re.compile(r"deliveries\[(\d+)\]\.(.*)")
_POSTAL: Final = {
    "country": "address_country",
    "name": "first_name",
    "line1": "street_address",
    "line2": "extended_address",
    "city": "address_locality",
    "region": "address_region",
    "postal_code": "postal_code",
    "phone": "phone_number",
}


def problem_messages(problems: Iterable[Problem]) -> list[Json]:
    """An error message for each problem."""
    return [
        error(
            _CODES.get(problem.code) or ("missing" if problem.code.endswith("_missing") else problem.code),
            f"{problem.message} {problem.hint}".strip(),
            path=_path(problem.path),
            severity=_SEVERITIES[problem.severity],
        )
        for problem in problems
    ]


def _path(path: str) -> str:
    found = _DELIVERY.fullmatch(path)
    if found is not None:
        method, rest = f"$.fulfillment.methods[{found[1]}]", found[2]
        if rest == "option_id":
            return f"{method}.groups[0].selected_option_id"
        if rest.startswith("address."):
            return f"{method}.destinations[0].{_POSTAL.get(rest.removeprefix('address.'), '')}".rstrip(".")
        return f"{method}.selected_destination_id"
    known = {"contact.email": "buyer.email", "contact.phone": "buyer.phone_number", "lines": "line_items"}
    return f"$.{known.get(path, 'discounts.codes' if path == 'discount_codes' else path)}"


def missed_messages(missed: Iterable[tuple[str, str]]) -> list[Json]:
    """A warning for goods that could not be had."""
    said = {
        "out_of_stock": "{sku} is out of stock and was left out.",
        "item_unavailable": "{sku} is not sold here and was left out.",
        "quantity_adjusted": "There are fewer of {sku} than asked for; the quantity was lowered.",
    }
    return [warning(code, said[code].format(sku=sku), path="$.line_items") for code, sku in missed]


def code_messages(refused: Iterable[str]) -> list[Json]:
    """A warning for each discount code that does not apply."""
    return [
        warning(
            "discount_code_invalid", f"The code {code} does not apply to this cart.", path="$.discounts.codes"
        )
        for code in refused
    ]


def claim_messages(claims: Iterable[str], recognised: Iterable[str]) -> list[Json]:
    """What became of each eligibility claim so far."""
    known = set(recognised)
    return [
        info(
            "eligibility_accepted",
            f"{claim} is taken into account and verified with the order.",
            path=_CLAIMS,
        )
        if claim in known
        else warning("eligibility_not_accepted", f"{claim} means nothing to this shop.", path=_CLAIMS)
        for claim in claims
    ]


def change_messages(changes: Iterable[Change]) -> list[Json]:
    """What changed in the chosen delivery since it was shown."""
    return [
        error(
            f"{change.kind}_changed" if change.kind in ("price", "date") else change.kind,
            f"{change_message(change)} Look at the totals and dates again, then complete.",
            path="$.fulfillment",
        )
        for change in changes
    ]


def unverified_message(claim: str, place: int) -> Json:
    """A claim that could not be verified when the order was to be placed."""
    return error(
        "eligibility_invalid",
        f"{claim} could not be verified; withdraw it to go on.",
        path=f"{_CLAIMS}[{place}]",
    )


_CLAIMS: Final = "$.context.eligibility"
