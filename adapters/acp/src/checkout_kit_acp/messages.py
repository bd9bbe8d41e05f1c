"""What a session has to say, in the protocol's closed lists of codes.

Source: ACP 2026-04-17, schema.agentic_checkout.json#/$defs/MessageInfo, MessageWarning and MessageError.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from checkout_kit.checkout import Change, Problem
from checkout_kit.service.answer import change_message
from checkout_kit.shipping import Quote

from checkout_kit_acp.faults import Json, json_path

_RESOLUTIONS: Final = {
    "fixable": "recoverable",
    "buyer_input": "requires_buyer_input",
    "buyer_review": "requires_buyer_review",
    "buyer_approval": "requires_buyer_review",
}
_CODES: Final = {
    "lines_empty": "missing",
    "out_of_stock": "out_of_stock",
    "email_invalid": "invalid",
    "address_invalid": "invalid",
    "option_unavailable": "conflict",
    "price_changed": "conflict",
    "date_changed": "conflict",
    "payment_declined": "payment_declined",
    "approval_missing": "approval_required",
    "terms_not_accepted": "intervention_required",
}
_POSTAL: Final = {
    "name": "name",
    "line1": "line_one",
    "line2": "line_two",
    "city": "city",
    "region": "state",
    "postal_code": "postal_code",
    "country": "country",
    "company": "company",
}
_PLACES: Final = {
    "lines": "line_items",
    "contact.email": "buyer.email",
    "contact.phone": "fulfillment_details.phone_number",
    "business.tax_id": "buyer.company.tax_id",
    "discount_codes": "discounts.codes",
    "payment": "payment_data",
}
_DELIVERY: Final = re.compile(r"deliveries\[(\d+)\]\.(.*)")


def error(code: str, content: str, *, param: str = "", resolution: str = "recoverable") -> Json:
    """An error message."""
    message: Json = {
        "type": "error", "code": code, "resolution": resolution, "content_type": "plain", "content": content,
    }  # fmt: skip
    return message | ({"param": param} if param else {})


def warning(code: str, content: str, *, param: str = "") -> Json:
    """A warning."""
    message: Json = {"type": "warning", "code": code, "content_type": "plain", "content": content}
    return message | ({"param": param} if param else {})


def info(content: str, *, param: str = "") -> Json:
    """Something worth telling the buyer."""
    message: Json = {"type": "info", "content_type": "plain", "content": content}
    return message | ({"param": param} if param else {})


def problem_messages(problems: Iterable[Problem], quotes: Sequence[Quote | None]) -> list[Json]:
    """An error for each problem; where nothing is offered at all, the first reason is told."""
    return [_problem_message(problem, quotes) for problem in problems]


def _problem_message(problem: Problem, quotes: Sequence[Quote | None]) -> Json:
    content = f"{problem.message} {problem.hint}".strip()
    code = _CODES.get(problem.code) or ("missing" if problem.code.endswith("_missing") else "invalid")
    delivery = _DELIVERY.fullmatch(problem.path)
    if problem.code == "option_missing" and delivery is not None:
        quote = quotes[int(delivery[1])]
        if quote is not None and not quote.options:
            is_place = all(one.reason == "not_delivered_here" for one in quote.withheld)
            reason = next((f" {one.title}: {one.message}" for one in quote.withheld), "")
            code = "region_restricted" if is_place else "unsupported"
            content = f"Nothing can be delivered to this address.{reason}"
    return error(
        code, content, param=param_of(problem.path, len(quotes)), resolution=_RESOLUTIONS[problem.severity]
    )


def param_of(path: str, deliveries: int = 1) -> str:
    """The JSONPath of a member of the session for a path of the checkout.

    >>> param_of("deliveries[0].address.region"), param_of("contact.email")
    ('$.fulfillment_details.address.state', '$.buyer.email')
    """
    found = _DELIVERY.fullmatch(path)
    if found is None:
        return f"$.{_PLACES[path]}" if path in _PLACES else json_path(path)
    if found[2] == "option_id":
        return "$.selected_fulfillment_options"
    member = _POSTAL.get(found[2].removeprefix("address."), "")
    group = f"fulfillment_groups[{found[1]}]." if deliveries > 1 else ""
    return f"$.{group}fulfillment_details.address.{member}".rstrip(".")


def missed_messages(missed: Iterable[tuple[str, str]]) -> list[Json]:
    """What could not be had: sold out is an error until the items are sent again, fewer is a warning."""
    found = []
    for code, sku in missed:
        if code == "out_of_stock":
            text = f"{sku} is out of stock and was left out; send the items that are still wanted."
            found.append(error(code, text, param="$.line_items", resolution="requires_buyer_review"))
        else:
            text = f"There are fewer of {sku} than asked for; the quantity was lowered."
            found.append(warning("limited_availability", text, param="$.line_items"))
    return found


def change_messages(changes: Iterable[Change]) -> list[Json]:
    """What the last write altered in the chosen delivery."""
    found = []
    for change in changes:
        text, param = change_message(change), "$.selected_fulfillment_options"
        if change.kind == "price":
            found.append(warning("price_change", text, param=param))
        elif change.kind == "date" and _is_later(change):
            found.append(warning("shipping_delay", text, param=param))
        elif change.kind == "option_unavailable":
            found.append(warning("limited_availability", text, param=param))
        else:
            found.append(info(text, param=param))
    return found


def _is_later(change: Change) -> bool:
    return (
        change.old_latest is not None
        and change.new_latest is not None
        and change.new_latest > change.old_latest
    )


def code_messages(refused: Iterable[tuple[int, str, str]]) -> list[Json]:
    """A warning for each (place, code, reason) of a discount code that does not apply."""
    return [
        warning(reason, f"The code {code} does not apply.", param=f"$.discounts.codes[{place}]")
        for place, code, reason in refused
    ]


def nudges(quotes: Iterable[Quote | None]) -> list[Json]:
    """How little is missing for free delivery."""
    return [
        info(f"{one.title} is free from {one.threshold}; {one.missing} more is needed.", param="$.line_items")
        for quote in quotes
        if quote is not None
        for one in quote.free_shipping
        if not one.reached and one.missing
    ]
