"""Requests sent twice under one Idempotency-Key."""

from conftest import Agent, asked, pays

KEY = {"idempotency-key": "0b6f8f36-3f0e-4b86-9a3d-7f3c3c1e9a11"}


def test_repeat_gets_the_first_answer(agent: Agent) -> None:
    """The same request under the same key opens one checkout and answers alike."""
    first = agent.call("POST", "/checkout-sessions", asked(), headers=KEY)
    second = agent.call("POST", "/checkout-sessions", asked(), headers=KEY)
    assert second == first
    assert agent.last.status_code == 201
    assert agent.last.headers["idempotent-replayed"] == "true"


def test_other_request_under_the_key_conflicts(agent: Agent) -> None:
    """Another body, or the same body elsewhere, is refused with 409 and does nothing."""
    agent.call("POST", "/checkout-sessions", asked(), headers=KEY)
    other = agent.call("POST", "/checkout-sessions", asked(currency="EUR"), headers=KEY)
    assert (agent.last.status_code, other["code"]) == (409, "idempotency_conflict")
    elsewhere = agent.call("POST", "/carts", asked(), headers=KEY)
    assert (agent.last.status_code, elsewhere["code"]) == (409, "idempotency_conflict")


def test_keys_of_two_platforms_are_apart(agent: Agent) -> None:
    """A key belongs to the platform that sent it."""
    documents, now = agent.shop.ucp.documents, agent.clock()
    assert documents.claim("ucp:https://other.example", KEY["idempotency-key"], "x", now=now) is None
    agent.call("POST", "/checkout-sessions", asked(), headers=KEY)
    assert agent.last.status_code == 201


def test_refused_request_may_be_mended_under_its_key(agent: Agent) -> None:
    """A request that was refused leaves its key free."""
    agent.call("POST", "/checkout-sessions", {"line_items": "roses"}, headers=KEY)
    assert agent.last.status_code == 400
    agent.call("POST", "/checkout-sessions", asked(), headers=KEY)
    assert agent.last.status_code == 201


def test_first_request_still_under_way(agent: Agent) -> None:
    """While the first is being answered, the second waits outside; a crashed first is taken over later."""
    documents = agent.shop.ucp.documents
    agent.call("POST", "/checkout-sessions", asked(), headers=KEY)
    documents.release("ucp:https://spck.dev/agent", KEY["idempotency-key"])
    agent.call("POST", "/checkout-sessions", asked(), headers=KEY)
    documents.keep("ucp:https://spck.dev/agent", KEY["idempotency-key"], status=0, headers="", body=b"")
    busy = agent.call("POST", "/checkout-sessions", asked(), headers=KEY)
    assert (agent.last.status_code, busy["code"]) == (409, "request_in_progress")
    assert agent.last.headers["retry-after"] == "1"
    agent.clock.move(seconds=61)
    agent.call("POST", "/checkout-sessions", asked(), headers=KEY)
    assert agent.last.status_code == 201


def test_answers_are_kept_for_a_day(agent: Agent) -> None:
    """After 23 hours the kept answer is given; after two days it is forgotten."""
    opened = agent.call("POST", "/checkout-sessions", asked(), headers=KEY)
    agent.clock.move(hours=23)
    assert agent.call("POST", "/checkout-sessions", asked(), headers=KEY)["id"] == opened["id"]
    agent.clock.move(hours=26)
    assert agent.call("POST", "/checkout-sessions", asked(), headers=KEY)["id"] != opened["id"]


def test_outage_of_the_store_fails_closed(agent: Agent) -> None:
    """While keys cannot be stored nothing is done: 503 with code and content."""
    agent.client.post("/ucp/2026-04-08/testing/idempotency/outage", json={"enabled": True})
    opened = agent.call("POST", "/checkout-sessions", asked(), headers=KEY)
    assert agent.last.status_code == 503
    assert set(opened) == {"code", "content"}
    agent.client.post("/ucp/2026-04-08/testing/idempotency/outage", json={"enabled": False})
    agent.call("POST", "/checkout-sessions", asked(), headers=KEY)
    assert agent.last.status_code == 201


def test_complete_without_a_key_pays_once(agent: Agent) -> None:
    """A platform that sends no key still cannot pay twice."""
    opened = agent.open()
    path = f"/checkout-sessions/{opened['id']}/complete"
    for status in (200, 409):
        agent.call("POST", path, pays(), headers={"idempotency-key": ""})
        assert agent.last.status_code == status
    assert len(agent.shop.payments.ledger()) == 1
