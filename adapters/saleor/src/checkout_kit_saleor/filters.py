"""Which shipping methods to hide: those that carry an option's id and that the policy does not offer now.

Source: Saleor's documentation of CHECKOUT_FILTER_SHIPPING_METHODS and its published source (3.24), 2026-11.
"""

import base64
import binascii
from typing import Final

from checkout_kit.adapter import Tree
from checkout_kit.errors import InputError
from checkout_kit.shipping import Quote

MOST_METHODS: Final = 500
MOST_REASON: Final = 255


def excluded_methods(methods: Tree, quote: Quote) -> list[dict[str, str]]:
    """The answer's `excluded_methods`; a method that carries no option's id is none of our business."""
    offered = {option.id for option in quote.options}
    reasons = {method.method_id: method.message for method in quote.withheld}
    excluded = []
    for method in _some(methods):
        method_id = method["id"].text()
        # In the metadata, which our methods have and to which the shop may add its own; else in our id.
        marked = method["option"].text("")
        option = marked or _external_id(method_id)
        if option not in offered and (marked or option in reasons):
            reason = reasons.get(option, "The shop no longer offers this way of delivery.")
            excluded.append({"id": method_id, "reason": reason[:MOST_REASON]})
    return excluded


def _some(methods: Tree) -> tuple[Tree, ...]:
    found = methods.each()
    if len(found) > MOST_METHODS:
        raise InputError.of(methods.path, f"must hold at most {MOST_METHODS} methods")
    return found


def _external_id(method_id: str) -> str:
    """`<id>` of an app's method, whose global id is base64 of `app:<app>:<id>`."""
    try:
        parts = base64.b64decode(method_id, validate=True).decode().split(":", 2)
    except (binascii.Error, ValueError):
        return ""
    return parts[2] if len(parts) == 3 and parts[0] == "app" else ""
