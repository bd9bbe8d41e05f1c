"""Whatever is sent, the answer is a signed JSON document and never a fault of ours."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Agent, Clock, _agent, asked, pays

SCALARS = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=20)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)
PATHS = [
    ("line_items",), ("line_items", 0), ("line_items", 0, "item"), ("line_items", 0, "item", "id"),
    ("line_items", 0, "quantity"), ("line_items", 0, "id"), ("buyer",), ("buyer", "email"),
    ("buyer", "consent"), ("fulfillment",), ("fulfillment", "methods"), ("fulfillment", "methods", 0),
    ("fulfillment", "methods", 0, "destinations"), ("fulfillment", "methods", 0, "destinations", 0),
    ("fulfillment", "methods", 0, "destinations", 0, "address_country"),
    ("fulfillment", "methods", 0, "destinations", 0, "postal_code"),
    ("fulfillment", "methods", 0, "selected_destination_id"), ("fulfillment", "methods", 0, "groups"),
    ("fulfillment", "methods", 0, "line_item_ids"), ("fulfillment", "methods", 0, "type"),
    ("discounts",), ("discounts", "codes"), ("context",), ("context", "eligibility"), ("attribution",),
    ("cart_id",),
]  # fmt: skip


@pytest.fixture(scope="module")
def shared_agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """One shop for all examples."""
    folder: Path = tmp_path_factory.mktemp("shop")
    made = _agent(folder, Clock(), is_lenient=False)
    agent = next(made)
    yield agent
    next(made, None)


def put(document: object, path: tuple[str | int, ...], value: object) -> object:
    """The document with a value at a path, which is made where it is missing."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(key, int):
        items = list(document) if isinstance(document, list) else []
        return [put(items[0] if items else None, rest, value), *items[1:]]
    members = dict(document) if isinstance(document, dict) else {}
    return {**members, key: put(members.get(key), rest, value)}


def is_fair(agent: Agent, document: object) -> None:
    """A signed JSON answer below 500."""
    assert agent.last.status_code < 500, document
    assert agent.last.headers["signature"]


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(PATHS), value=JSON, version=st.sampled_from(["2026-04-08", "2026-08-25"]))
def test_any_member_may_be_anything(
    shared_agent: Agent, path: tuple[str | int, ...], value: object, version: str
) -> None:
    """A create body with one member replaced is served or refused, for checkouts and carts."""
    shared_agent.version = version
    body = put(asked(version), path, value)
    for resource in ("/checkout-sessions", "/carts"):
        is_fair(shared_agent, shared_agent.call("POST", resource, body))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=JSON, place=st.sampled_from([("payment",), ("payment", "instruments"),
    ("payment", "instruments", 0), ("payment", "instruments", 0, "credential"),
    ("payment", "instruments", 0, "credential", "token"), ("payment", "instruments", 0, "handler_id"),
    ("payment", "instruments", 0, "billing_address"), ("payment", "instruments", 0, "display")]))  # fmt: skip
def test_any_payment_may_be_anything(
    shared_agent: Agent, place: tuple[str | int, ...], value: object
) -> None:
    """A complete body with one member replaced pays or is refused."""
    shared_agent.version = "2026-04-08"
    opened = shared_agent.open()
    path = f"/checkout-sessions/{opened['id']}/complete"
    is_fair(shared_agent, shared_agent.call("POST", path, put(pays(), place, value)))


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"\xff\xfe", 400), (b"[]", 400), (b"{", 400), (b"[" * 5000, 400), (b" " * 300_000, 413)],
)
def test_bodies_that_are_no_document(shared_agent: Agent, body: bytes, status: int) -> None:
    """Not JSON, too deep or too large: refused with code and content."""
    answer = shared_agent.call("POST", "/checkout-sessions", body)
    assert shared_agent.last.status_code == status
    assert {"code", "content"} <= answer.keys()


def test_wrong_kind_method_and_place(shared_agent: Agent) -> None:
    """Another media type, method or path has its own status."""
    agent = shared_agent
    agent.call("POST", "/checkout-sessions", asked(), headers={"content-type": "text/plain"})
    assert agent.last.status_code == 415
    for method, path, status in (
        ("DELETE", "/checkout-sessions/co_1", 405),
        ("POST", "/orders/or_1", 405),
        ("GET", "/checkout-sessions/co_1/complete", 405),
        ("GET", "/catalog/search", 404),
    ):
        agent.call(method, path)
        assert agent.last.status_code == status


def test_faults_are_told_together_without_values(shared_agent: Agent) -> None:
    """A bad body names its places and shows nothing of what was sent."""
    body = asked(buyer={"email": ["eva@example.com"]})
    answer = shared_agent.call("POST", "/checkout-sessions", body)
    assert answer["messages"][0]["path"] == "$.buyer.email"
    assert "eva@" not in json.dumps(answer)
