"""Requests sent twice under one key."""

import asyncio
import datetime as dt
import json

import pytest
from checkout_kit.adapter import HttpRequest
from hypothesis import given
from hypothesis import strategies as st

from acp_shop import KEY, OTHER_KEY, Shop, complete_body, create_body
from checkout_kit_acp.repeats import json_digest

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def turned(value: object) -> object:
    """The same value with the members of every object in the other order and whole numbers as fractions."""
    if isinstance(value, dict):
        return {name: turned(value[name]) for name in reversed(value)}
    if isinstance(value, list):
        return [turned(one) for one in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@given(st.dictionaries(st.text(max_size=5), values, max_size=5))
def test_digests_are_of_the_meaning(document: dict[str, object]) -> None:
    """Order of members, space and the spelling of numbers change nothing."""
    other = json.dumps(turned(document), indent=3, ensure_ascii=False)
    assert json_digest(json.dumps(document).encode()) == json_digest(other.encode())


@given(values, values)
def test_other_meanings_have_other_digests(one: object, other: object) -> None:
    """Two documents that are not equal as JSON are told apart; true is not 1."""
    same = json.dumps(turned(one), sort_keys=True) == json.dumps(turned(other), sort_keys=True)
    assert (json_digest(json.dumps(one).encode()) == json_digest(json.dumps(other).encode())) is same


def test_the_same_request_has_the_same_answer(shop: Shop) -> None:
    """A repeat, spelled differently, is the first answer again and opens nothing."""
    body = create_body("MUG")
    first = shop.call("POST", "/checkout_sessions", body, key="k1")
    again = shop.call("POST", "/checkout_sessions", json.dumps(turned(body), indent=2).encode(), key="k1",
                      content_type="application/json")  # fmt: skip
    assert (again.status, again.body) == (201, first.body)
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers


def test_another_request_under_a_used_key_is_refused(shop: Shop) -> None:
    """422, and what the key was first used for stands."""
    shop.json("POST", "/checkout_sessions", create_body("MUG"), status=201, key="k1")
    fault = shop.json("POST", "/checkout_sessions", create_body("TEA"), status=422, key="k1")
    assert fault["code"] == "idempotency_conflict"


def test_keys_are_an_agents_own_and_an_endpoints_own(shop: Shop) -> None:
    """The same key is another one for another agent and at another endpoint."""
    session = shop.json("POST", "/checkout_sessions", create_body("MUG"), status=201, key="k1")
    other = {"authorization": f"Bearer {OTHER_KEY}"}
    theirs = shop.json("POST", "/checkout_sessions", create_body("TEA"), status=201, key="k1", **other)
    assert theirs["id"] != session["id"]
    done = shop.json("POST", f"/checkout_sessions/{session['id']}/complete", complete_body(), key="k1")
    assert done["status"] == "completed"


@pytest.mark.parametrize("key", ["", " ", "k" * 256])
def test_a_post_needs_a_usable_key(shop: Shop, key: str) -> None:
    """No key, and one longer than 255 characters, are refused."""
    fault = shop.json("POST", "/checkout_sessions", create_body(), status=400, key=key)
    assert fault["code"] == "idempotency_key_required"


def test_completing_twice_under_one_key_pays_once(shop: Shop) -> None:
    """The second answer has the same order, and there is one payment."""
    session = shop.create("MUG")
    path = f"/checkout_sessions/{session['id']}/complete"
    first = shop.json("POST", path, complete_body(), key="pay")
    again = shop.json("POST", path, complete_body(), key="pay")
    assert first == again
    assert len(shop.payments.ledger()) == 1


def test_a_request_still_under_way_is_told_to_wait(shop: Shop) -> None:
    """While the first request is being answered, its repeat is a 409 with Retry-After."""
    digest = json_digest(json.dumps(create_body()).encode())
    now = shop.service.parts.clock()
    shop.documents.claim("acp:agent:POST /acp/checkout_sessions", "k1", digest, now=now)
    waiting = shop.call("POST", "/checkout_sessions", create_body(), key="k1")
    assert (waiting.status, waiting.headers["retry-after"]) == (409, "1")
    assert json.loads(waiting.body)["code"] == "idempotency_in_flight"


def test_two_at_once_open_one_session(shop: Shop) -> None:
    """Of two simultaneous requests under one key, one opens a session and the other none."""
    headers = {
        "authorization": f"Bearer {KEY}", "api-version": "2026-04-17", "content-type": "application/json",
        "idempotency-key": "k1",
    }  # fmt: skip
    body = json.dumps(create_body()).encode()
    request = HttpRequest(method="POST", url="/acp/checkout_sessions", headers=headers, body=body)

    async def both() -> list[int]:
        answers = await asyncio.gather(*(shop.acp.handle(request) for _ in range(2)))
        opened = {json.loads(one.body)["id"] for one in answers if one.status == 201}
        assert len(opened) == 1
        return [one.status for one in answers]

    assert set(shop.runner.run(both())) <= {201, 409}


def test_an_error_is_not_kept(shop: Shop) -> None:
    """A refused request may be mended and sent again under its key."""
    shop.json("POST", "/checkout_sessions", create_body("UNICORN"), status=400, key="k1")
    shop.json("POST", "/checkout_sessions", create_body("MUG"), status=201, key="k1")


def test_reading_needs_no_key(shop: Shop) -> None:
    """GET is answered as it stands, every time."""
    session = shop.create("MUG")
    path = f"/checkout_sessions/{session['id']}"
    shop.update(session, order_notes="x")
    assert shop.json("GET", path, key="k1")["updated_at"] == shop.json("GET", path, key="k1")["updated_at"]


def test_an_order_whose_answer_was_lost_is_answered_again(shop: Shop) -> None:
    """Where the answer could not be kept, the same key still gets the order, and another key does not."""
    session = shop.create("MUG")
    path = f"/checkout_sessions/{session['id']}/complete"
    first = shop.json("POST", path, complete_body(), key="pay")
    shop.documents.release(f"acp:agent:POST /acp{path}", "pay")
    assert shop.json("POST", path, complete_body(), key="pay")["order"] == first["order"]
    assert len(shop.payments.ledger()) == 1
    shop.json("POST", path, complete_body(), key="other", status=405)


def test_answers_are_forgotten_after_their_time(shop: Shop) -> None:
    """A key may be used anew when its answer is two days old, and not before."""
    first = shop.json("POST", "/checkout_sessions", create_body(), status=201, key="k1")
    shop.clock.now += dt.timedelta(hours=25)
    assert shop.json("POST", "/checkout_sessions", create_body(), status=201, key="k1") == first
    shop.clock.now += dt.timedelta(hours=25)
    assert shop.json("POST", "/checkout_sessions", create_body(), status=201, key="k1") != first
