"""Replay the protocol's own examples: each request is sent, each other document held to its schema."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from attrs import define, field

from acp_shop import Shop, complete_body
from judge_schemas import Schemas

# What upstream ships that its own schemas refuse; each with the reason. Nothing else may be invalid.
INVALID_UPSTREAM = {
    "authentication_result_denied_example": "outcome_details without a cryptogram",
    "create_multi_item_checkout_request": "has no capabilities, which are required",
    "create_multi_item_checkout_response": "has no capabilities and a total of type base_amount",
    "webhook_order_create_event": "still has refunds, which adjustments have taken the place of",
    "webhook_order_update_event": "still has refunds, which adjustments have taken the place of",
    "mcp update_checkout_session_request": "selects an option in the shape of an older version",
    "mcp complete_checkout_session_request": "its instrument has no type and no credential",
    "automatic-discount.json request": "has a quantity and no capabilities",
    "order-level-discount.json request": "has a quantity and no capabilities",
    "percentage-discount-with-allocations.json request": "has a quantity and no capabilities",
    "rejected-discount-code.json request": "has a quantity and no capabilities",
    "stacked-discounts.json request": "has a quantity and no capabilities",
    "automatic-discount.json response": "capabilities.payment_methods is no member any more",
    "order-level-discount.json response": "capabilities.payment_methods is no member any more",
    "percentage-discount-with-allocations.json response": "capabilities.payment_methods is no member",
    "rejected-discount-code.json response": "capabilities.payment_methods is no member any more",
    "stacked-discounts.json response": "capabilities.payment_methods is no member any more",
}
_REQUESTS = {
    "create_": "CheckoutSessionCreateRequest",
    "update_": "CheckoutSessionUpdateRequest",
    "complete_": "CheckoutSessionCompleteRequest",
    "cancel_": "CancelSessionRequest",
}
_DOCUMENTS = {
    "discovery_": "DiscoveryResponse",
    "error_": "Error",
    "_response": "CheckoutSession",
    "checkout_session_": "CheckoutSession",
    "authentication_result_": "AuthenticationResult",
    "webhook_": "Order",
}


@define
class Replay:
    """What came of the replay."""

    valid: int = 0
    sent: int = 0
    faults: list[str] = field(factory=list)
    invalid: dict[str, str] = field(factory=dict)


def replay(schemas: Schemas, shop: Shop) -> Replay:
    """Send every example that is a request to the shop, and hold the others to their schema."""
    done = Replay()
    for name, kind, document in _examples(schemas.examples):
        found = [fault for fault in schemas.faults(kind, document) if fault]
        if found:
            done.invalid[name] = found[0]
            if name not in INVALID_UPSTREAM:
                done.faults.append(f"{name}: invalid as shipped, which was not known: {found[0]}")
            if "quantity" not in found[0] and "capabilities" not in found[0]:
                continue
        else:
            done.valid += 1
            if name in INVALID_UPSTREAM:
                done.faults.append(f"{name}: is valid after all, so it must not be listed as invalid")
        # Invalid for a quantity or for lack of capabilities alone: such requests are taken all the same.
        if kind.endswith("Request"):
            done.sent += 1
            try:
                _SEND[kind](shop, name, document, done)
            except (KeyError, AssertionError) as problem:
                done.faults.append(f"{name}: {type(problem).__name__} {problem}")
    return done


def _examples(folder: Path) -> Iterator[tuple[str, str, Any]]:
    for file in ("examples.agentic_checkout.json", "examples.multi_item_checkout.json"):
        for name, document in json.loads((folder / file).read_text(encoding="utf-8")).items():
            kind = _kind(name)
            if kind is not None:
                yield name, kind, document["data"] if kind == "Order" else document
    mcp = json.loads((folder / "examples.mcp.agentic_checkout.json").read_text(encoding="utf-8"))
    for name, call in mcp.items():
        kind = _kind(name)
        payload = call.get("params", {}).get("arguments", {}).get("payload")
        if kind is not None and kind.endswith("Request") and payload is not None:
            yield f"mcp {name}", kind, payload
    for path in sorted((folder / "orders").glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        yield (
            path.name,
            "Order",
            {key: value for key, value in document.items() if key not in ("$schema", "_description")},
        )
    for path in sorted((folder / "discount-extension").glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        yield f"{path.name} request", "CheckoutSessionCreateRequest", document["request"]
        yield f"{path.name} response", "CheckoutSession", document["response"]


def _kind(name: str) -> str | None:
    if name.endswith("_request") or "_request_" in name:
        return next((kind for prefix, kind in _REQUESTS.items() if name.startswith(prefix)), None)
    return next((kind for part, kind in _DOCUMENTS.items() if part in name), None)


def _expect(done: Replay, name: str, response: Any, status: int, wanted: set[str]) -> Any:
    document = json.loads(response.body)
    shown = document.get("status", document.get("code"))
    if response.status != status or (wanted and shown not in wanted):
        done.faults.append(f"{name}: answered {response.status} {shown!r}, not {status} {sorted(wanted)}")
    return document


def _create(shop: Shop, name: str, body: Any, done: Replay) -> None:
    ready = {"ready_for_payment"} if "fulfillment_details" in body else {"not_ready_for_payment"}
    document = _expect(done, name, shop.call("POST", "/checkout_sessions", body), 201, ready)
    wanted = {one["id"] for one in body["line_items"]}
    if {line["item"]["id"] for line in document.get("line_items", [])} != wanted:
        done.faults.append(f"{name}: the session has other items")


def _update(shop: Shop, name: str, body: Any, done: Replay) -> None:
    session = shop.create("item_123")
    ids = {"fulfillment_option_456": "two-day", "fulfillment_option_123": "economy"}
    for one in body.get("selected_fulfillment_options", []):
        one["option_id"] = ids.get(one["option_id"], one["option_id"])
    response = shop.call("POST", f"/checkout_sessions/{session['id']}", body)
    document = _expect(done, name, response, 200, {"ready_for_payment"})
    if "selected_fulfillment_options" in body:
        chosen = document["selected_fulfillment_options"]
        if chosen != body["selected_fulfillment_options"]:
            done.faults.append(f"{name}: selected {chosen}")


def _complete(shop: Shop, name: str, body: Any, done: Replay) -> None:
    session = shop.create("item_3ds_001")
    path = f"/checkout_sessions/{session['id']}/complete"
    result = body.get("authentication_result")
    if result is not None:
        first = {key: value for key, value in body.items() if key != "authentication_result"}
        waiting = shop.call("POST", path, first)
        _expect(done, f"{name} (first)", waiting, 200, {"authentication_required"})
    denied = result is not None and result["outcome"] == "denied"
    wanted = {"ready_for_payment", "not_ready_for_payment"} if denied else {"completed"}
    document = _expect(done, name, shop.call("POST", path, body), 200, wanted)
    if denied and "payment_declined" not in {one.get("code") for one in document["messages"]}:
        done.faults.append(f"{name}: no payment_declined message")


def _cancel(shop: Shop, name: str, body: Any, done: Replay) -> None:
    session = shop.create("item_123")
    response = shop.call("POST", f"/checkout_sessions/{session['id']}/cancel", body)
    _expect(done, name, response, 200, {"canceled"})


_SEND: dict[str, Callable[[Shop, str, Any, Replay], None]] = {
    "CheckoutSessionCreateRequest": _create,
    "CheckoutSessionUpdateRequest": _update,
    "CheckoutSessionCompleteRequest": _complete,
    "CancelSessionRequest": _cancel,
}


def replay_errors(shop: Shop, schemas: Schemas) -> list[str]:
    """The situations of the error examples end in those very errors."""
    names = ("error_400_idempotency_key_required", "error_422_idempotency_conflict", "error_400_requires_3ds",
             "error_400_invalid_item")  # fmt: skip
    shipped = json.loads((schemas.examples / "examples.agentic_checkout.json").read_text(encoding="utf-8"))
    body = shipped["create_checkout_session_request"]
    shop.call("POST", "/checkout_sessions", body, key="taken")
    waiting = shop.create("item_3ds_001")
    shop.complete(waiting, "spt_3ds_token_001")
    answers = (
        shop.call("POST", "/checkout_sessions", body, key=""),
        shop.call("POST", "/checkout_sessions", {**body, "order_notes": "other"}, key="taken"),
        shop.call("POST", f"/checkout_sessions/{waiting['id']}/complete", complete_body("spt_3ds_token_001")),
        shop.call("POST", "/checkout_sessions", {**body, "line_items": [{"id": "invalid_item"}]}),
    )
    faults = []
    for name, answer in zip(names, answers, strict=True):
        found, wanted = json.loads(answer.body), shipped[name]
        same = all(found.get(member) == wanted.get(member) for member in ("type", "code"))
        if not same or str(answer.status) != name.split("_")[1]:
            faults.append(f"{name}: answered {answer.status} {found.get('code')}")
    return faults
