"""Whatever is sent, the answer is in the protocol's own shape and never a server error."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acp_shop import KEY, Shop, build_shop, complete_body, create_body

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def hostile_shop() -> Any:
    """One shop with an open session, for many requests."""
    made = build_shop()
    yield made, made.create("MUG")["id"]
    made.runner.run(made.service.close())
    made.runner.close()
    made.payments.close()


def replaced(document: Any, places: list[int], value: Any) -> Any:
    """The document with the member on a random path replaced."""
    if not places or not isinstance(document, dict | list) or not document:
        return value
    key = (
        sorted(document)[places[0] % len(document)]
        if isinstance(document, dict)
        else places[0] % len(document)
    )
    changed = dict(document) if isinstance(document, dict) else list(document)
    changed[key] = replaced(document[key], places[1:], value)
    return changed


def sent(shop: Shop, path: str, content: bytes) -> None:
    """Send it; the answer is a document of the protocol."""
    answer = shop.call("POST", path, content, content_type="application/json")
    document = json.loads(answer.body)
    assert answer.status < 500, (path, content)
    if answer.status >= 400:
        assert set(document) <= {"type", "code", "message", "param", "supported_versions"}
    else:
        assert document["status"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["create", "update", "complete"]),
    st.lists(st.integers(0, 20), min_size=1, max_size=5),
    junk,
)
def test_a_member_of_another_kind(hostile_shop: Any, what: str, places: list[int], value: Any) -> None:
    """Any member of any request may be anything."""
    shop, session_id = hostile_shop
    body = {"create": create_body("MUG", "TEA"), "update": create_body("TEA"), "complete": complete_body()}[
        what
    ]
    path = "/checkout_sessions" + ("" if what == "create" else f"/{session_id}")
    path += "/complete" if what == "complete" else ""
    sent(shop, path, json.dumps(replaced(body, places, value)).encode())


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60))
def test_bytes_that_are_no_json(hostile_shop: Any, content: bytes) -> None:
    """Random bytes are refused."""
    sent(hostile_shop[0], "/checkout_sessions", content)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"line_items":[{"id":"\\ud800"}],"currency":"usd"}',
        b"\xff\xfe",
        b"1e999",
    ],
)
def test_json_that_means_harm(shop: Shop, content: bytes) -> None:
    """Deep nesting, lone surrogates, bytes that are no UTF-8 and numbers without end are refused."""
    answer = shop.call("POST", "/checkout_sessions", content, content_type="application/json")
    assert answer.status == 400


def test_keys_do_not_leak(shop: Shop) -> None:
    """No answer, fault or repr has an agent's key, and a prefix of a key opens nothing."""
    assert shop.call("GET", "/checkout_sessions/x", authorization=f"Bearer {KEY[:-1]}").status == 401
    shown = repr(shop.acp.settings) + str(shop.call("GET", "/carts/x", authorization="Bearer x").body)
    assert KEY not in shown
