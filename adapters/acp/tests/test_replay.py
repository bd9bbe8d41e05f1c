"""The transcripts in replay/ are what the shop answers; UPDATE_REPLAY=1 rewrites them."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acp_shop import HOME, Shop, complete_body, create_body

REPLAY = Path(__file__).parents[1] / "replay"
_IDS = re.compile(r"\b(co|or)_[0-9a-f]{30}\b")
_SECRET = re.compile(r"secret=[\w-]+")
Step = Callable[..., dict[str, Any]]


def checkout(step: Step) -> None:
    """A session with codes, another option, a decline, and the order."""
    opened = step(
        "POST", "/checkout_sessions", create_body("MUG", "TEA", discounts={"codes": ["SAVE10", "SPRING"]})
    )
    one = f"/checkout_sessions/{opened['id']}"
    chosen = [{"type": "shipping", "option_id": "two-day", "item_ids": ["MUG", "TEA"]}]
    step("POST", one, {"selected_fulfillment_options": chosen, "order_notes": "Ring twice"})
    step("POST", f"{one}/complete", complete_body("tok_decline"))
    step("POST", f"{one}/complete", complete_body("tok_ok", buyer={"email": "eva@example.com"}))


def cart(step: Step) -> None:
    """A cart that grows and becomes a session, which is given up."""
    opened = step("POST", "/carts", {"line_items": [{"id": "MUG"}], "buyer": {"email": "eva@example.com"}})
    step("PUT", f"/carts/{opened['id']}", {"line_items": [{"id": "MUG"}, {"id": "LAMP", "quantity": 2}]})
    asked = create_body(cart_id=opened["id"], line_items=[], fulfillment_details={"address": HOME})
    session = step("POST", "/checkout_sessions", asked)
    trace = {"intent_trace": {"reason_code": "shipping_cost"}}
    step("POST", f"/checkout_sessions/{session['id']}/cancel", trace)


def three_d_secure(step: Step) -> None:
    """A payment that the bank wants confirmed: asked for, forgotten once, and given."""
    opened = step("POST", "/checkout_sessions", create_body("LAMP"))
    path = f"/checkout_sessions/{opened['id']}/complete"
    step("POST", path, complete_body("tok_3ds"))
    step("POST", path, complete_body("tok_3ds"))
    details = {
        "three_ds_cryptogram": "AAAABBBB==", "electronic_commerce_indicator": "05", "transaction_id": "t-1",
        "version": "2.2.0",
    }  # fmt: skip
    result = {"outcome": "authenticated", "outcome_details": details}
    step("POST", path, complete_body("tok_3ds", authentication_result=result))


@pytest.mark.parametrize("walk", [checkout, cart, three_d_secure], ids=lambda walk: walk.__name__)
def test_transcript_is_current(shop: Shop, walk: Callable[[Step], None]) -> None:
    """Request by request, the shop answers what the transcript says."""
    steps: list[dict[str, Any]] = []

    def step(method: str, path: str, body: object) -> dict[str, Any]:
        answer = shop.call(method, path, body)
        document: dict[str, Any] = json.loads(answer.body)
        request = {"method": method, "path": f"/acp{path}", "body": body}
        steps.append({"request": request, "answer": {"status": answer.status, "body": document}})
        return document

    walk(step)
    found = json.loads(plain(json.dumps(steps)))
    file = REPLAY / f"{walk.__name__}.json"
    if os.environ.get("UPDATE_REPLAY"):
        file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    assert json.loads(file.read_text(encoding="utf-8")) == found


def plain(text: str) -> str:
    """The text with random ids numbered as they appear, and secrets masked."""
    numbers: dict[str, int] = {}
    for match in _IDS.finditer(text):
        numbers.setdefault(match[0].partition("_")[2], len(numbers) + 1)
    for digits, number in numbers.items():
        text = text.replace(digits, f"{number:030d}")
    return _SECRET.sub("secret=masked", text)
