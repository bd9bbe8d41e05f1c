"""The transcripts in replay/ are what the shop answers; UPDATE_REPLAY=1 rewrites them."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from conftest import Agent, asked, pays

REPLAY = Path(__file__).parents[1] / "replay"
_IDS = re.compile(r"\b(co|or)_[0-9a-f]{30}\b")
_SECRET = re.compile(r"secret=[\w-]+")


def walk(agent: Agent) -> list[dict[str, Any]]:
    """Cart, checkout, another option, a decline, the order: requests and answers without random parts."""
    steps: list[dict[str, Any]] = []

    def step(method: str, path: str, body: object = None) -> dict[str, Any]:
        answer = agent.call(method, path, body)
        request = {"method": method, "path": f"/ucp/{agent.version}{path}", "body": body}
        steps.append({"request": request, "answer": {"status": agent.last.status_code, "body": answer}})
        return answer

    lines = [{"item": {"id": "ROSES"}, "quantity": 1}, {"item": {"id": "TULIPS"}, "quantity": 2}]
    cart = step("POST", "/carts", {"line_items": lines, "discounts": {"codes": ["TULIP20"]}})
    opened = step("POST", "/checkout-sessions", asked(agent.version, cart_id=cart["id"], line_items=[]))
    method = opened["fulfillment"]["methods"][0]
    group = {"id": method["groups"][0]["id"], "selected_option_id": "two-day"}
    chosen = {
        **asked(agent.version, discounts={"codes": ["TULIP20"]}),
        "line_items": [
            {"id": line["id"], "item": {"id": line["item"]["id"]}, "quantity": line["quantity"]}
            for line in opened["line_items"]
        ],
    }
    chosen["fulfillment"]["methods"][0]["groups"] = [group]
    one = f"/checkout-sessions/{opened['id']}"
    step("PUT", one, chosen)
    step("POST", f"{one}/complete", pays("fail_token"))
    done = step("POST", f"{one}/complete", pays("success_token"))
    step("GET", f"/orders/{done['order']['id']}")
    return [json.loads(plain(json.dumps(one))) for one in steps]


def plain(text: str) -> str:
    """The text with random ids numbered in the order they appear, and secrets masked."""
    found: dict[str, str] = {}
    for match in _IDS.finditer(text):
        found.setdefault(match[0], f"{match[1]}_{len(found) + 1:030d}")
    for real, shown in found.items():
        text = text.replace(real, shown)
    return _SECRET.sub("secret=masked", text)


@pytest.mark.parametrize("version", ["2026-04-08", "2026-08-25"])
def test_transcript_is_current(lenient_agent: Agent, version: str) -> None:
    """Request by request, the shop answers what the transcript says."""
    lenient_agent.version = version
    steps = walk(lenient_agent)
    file = REPLAY / f"transcript_{version}.json"
    if os.environ.get("UPDATE_REPLAY"):
        file.write_text(json.dumps(steps, indent=1) + "\n")
    assert json.loads(file.read_text()) == steps
