"""Checkout sessions, step by step, in a shop with the package's defaults."""

import pytest

from conftest import HOME, Agent, Clock, amounts, asked, codes, pays


def test_checkout_is_bought(agent: Agent) -> None:
    """Create, complete and read the order: one payment, the chosen option's promise on the order."""
    opened = agent.open()
    assert agent.last.status_code == 201
    assert opened["status"] == "ready_for_complete"
    group = opened["fulfillment"]["methods"][0]["groups"][0]
    economy = next(option for option in group["options"] if option["id"] == group["selected_option_id"])
    assert economy["earliest_fulfillment_time"] == "2026-11-30T00:00:00+00:00"
    assert economy["latest_fulfillment_time"] == "2026-12-03T23:59:59+00:00"
    assert amounts(opened["totals"]) == {"subtotal": 3500, "fulfillment": 390, "total": 3890}
    done = agent.call("POST", f"/checkout-sessions/{opened['id']}/complete", pays())
    assert (agent.last.status_code, done["status"]) == (200, "completed")
    assert "continue_url" not in done
    (payment,) = agent.shop.payments.ledger()
    assert payment[3:] == (3890, 3890, 0)


def test_nothing_is_ready_without_buyer_and_destination(agent: Agent) -> None:
    """What is missing is told with its place, recoverable, and completing changes nothing."""
    opened = agent.call("POST", "/checkout-sessions", {"line_items": asked()["line_items"]})
    assert opened["status"] == "incomplete"
    missing = {message["path"] for message in opened["messages"] if message["code"] == "missing"}
    assert missing == {"$.buyer.email", "$.fulfillment.methods[0].selected_destination_id"}
    done = agent.call("POST", f"/checkout-sessions/{opened['id']}/complete", pays())
    assert done["status"] == "incomplete"
    assert agent.shop.payments.ledger() == ()


def test_put_replaces_what_the_protocol_has_words_for(agent: Agent) -> None:
    """A PUT without buyer and fulfillment empties both; terms agreed on the page stay."""
    opened = agent.open()
    secret = agent.secret_of(opened)
    agent.client.patch(
        f"/api/checkouts/{opened['id']}",
        json={"consent": {"terms": True}, "note": "ring twice"},
        headers={"checkout-secret": secret},
    ).raise_for_status()
    body = {"line_items": [{"id": opened["line_items"][0]["id"], "item": {"id": "ROSES"}, "quantity": 2}]}
    replaced = agent.call("PUT", f"/checkout-sessions/{opened['id']}", body)
    assert "buyer" not in replaced
    assert "destinations" not in replaced["fulfillment"]["methods"][0]
    shown = agent.client.get(f"/api/checkouts/{opened['id']}", headers={"checkout-secret": secret}).json()
    assert (shown["consent"], shown["note"]) == ({"terms": True}, "ring twice")
    assert [line["quantity"] for line in shown["lines"]] == [2]


def test_unknown_option_is_told_and_the_default_selected(agent: Agent) -> None:
    """An option the policy does not offer never fails the request."""
    body = asked()
    body["fulfillment"]["methods"][0]["groups"] = [{"id": "g1", "selected_option_id": "teleport"}]
    opened = agent.call("POST", "/checkout-sessions", body)
    assert agent.last.status_code == 201
    assert codes(opened) == ["option_unavailable"]
    assert opened["fulfillment"]["methods"][0]["groups"][0]["selected_option_id"] == "economy"


def test_several_destinations_become_deliveries(agent: Agent) -> None:
    """Two methods with their own lines are two deliveries, each with its options and price."""
    work = {**HOME, "id": "work", "street_address": "1 Congress Ave"}
    body = asked(
        line_items=[
            {"id": "a", "item": {"id": "ROSES"}, "quantity": 1},
            {"id": "b", "item": {"id": "POT"}, "quantity": 1},
        ],
        fulfillment={
            "methods": [
                {"type": "shipping", "line_item_ids": ["a"], "destinations": [HOME]},
                {"type": "shipping", "line_item_ids": ["b"], "destinations": [work]},
            ]
        },
    )
    opened = agent.call("POST", "/checkout-sessions", body)
    methods = opened["fulfillment"]["methods"]
    assert [method["line_item_ids"] for method in methods] == [["a"], ["b"]]
    assert [method["selected_destination_id"] for method in methods] == ["home", "work"]
    assert amounts(opened["totals"])["fulfillment"] == 780


def test_declined_payment_is_an_outcome(agent: Agent) -> None:
    """A decline answers 200 with a message; another instrument completes the same checkout."""
    opened = agent.open()
    path = f"/checkout-sessions/{opened['id']}/complete"
    declined = agent.call("POST", path, pays("fail_token"))
    assert agent.last.status_code == 200
    assert (declined["status"], codes(declined)) == ("incomplete", ["payment_declined"])
    assert agent.call("POST", path, pays())["status"] == "completed"


def test_bank_authentication_escalates_to_the_page(agent: Agent) -> None:
    """3-D Secure hands over to the hosted page, where the buyer finishes; the agent then sees the order."""
    opened = agent.open()
    waiting = agent.call("POST", f"/checkout-sessions/{opened['id']}/complete", pays("3ds_token"))
    assert waiting["status"] == "requires_escalation"
    assert waiting["continue_url"].startswith("https://shop.example/checkout/co_")
    assert [message["severity"] for message in waiting["messages"]] == ["requires_buyer_input"]
    agent.client.post(
        f"/api/checkouts/{opened['id']}/authentication",
        headers={"checkout-secret": agent.secret_of(waiting)},
    ).raise_for_status()
    assert agent.call("GET", f"/checkout-sessions/{opened['id']}")["status"] == "completed"


def test_price_that_changed_is_told_before_it_is_charged(agent: Agent, clock: Clock) -> None:
    """A promise that slipped while the agent thought stops the first completion, not the second."""
    opened = agent.open()
    clock.move(days=2)
    path = f"/checkout-sessions/{opened['id']}/complete"
    told = agent.call("POST", path, pays())
    assert told["status"] == "incomplete"
    assert "date_changed" in codes(told)
    assert agent.call("POST", path, pays())["status"] == "completed"


def test_completed_checkout_is_closed(agent: Agent) -> None:
    """Nothing changes a completed checkout any more."""
    opened = agent.open()
    path = f"/checkout-sessions/{opened['id']}"
    agent.call("POST", f"{path}/complete", pays())
    for method, at, body in (
        ("PUT", path, asked()), ("POST", f"{path}/cancel", None), ("POST", f"{path}/complete", pays()),
    ):  # fmt: skip
        refused = agent.call(method, at, body)
        assert (agent.last.status_code, refused["code"]) == (409, "invalid_state")


def test_completing_again_under_the_same_key_after_a_lost_answer(agent: Agent) -> None:
    """When our kept answer is gone too, the payment's own key still finds the order."""
    opened = agent.open()
    path = f"/checkout-sessions/{opened['id']}/complete"
    key = {"idempotency-key": "2f0e4f6c-0a3b-4d0c-9f0e-7f6f5f4f3f2f"}
    done = agent.call("POST", path, pays(), headers=key)
    agent.shop.ucp.documents.release("ucp:https://spck.dev/agent", key["idempotency-key"])
    again = agent.call("POST", path, pays(), headers=key)
    assert (again["status"], again["order"]) == ("completed", done["order"])
    assert len(agent.shop.payments.ledger()) == 1


def test_other_platforms_see_nothing(agent: Agent) -> None:
    """A checkout is the platform's that opened it; to others it does not exist."""
    opened = agent.open()
    profile = agent.client.get("/testing/profiles/friend").json()
    assert profile["ucp"]["version"] == "2026-04-08"
    agent.shop.ucp.profiles._approved["https://other.example/ucp"] = (  # type: ignore[attr-defined]
        agent.shop.ucp.profiles._approved[agent.profile]  # type: ignore[attr-defined]
    ).__class__(url="https://other.example/ucp")
    agent.profile = "https://other.example/ucp"
    hidden = agent.call("GET", f"/checkout-sessions/{opened['id']}")
    assert (agent.last.status_code, codes(hidden)) == (404, ["not_found"])


@pytest.mark.parametrize("version", ["2026-04-08", "2026-08-25"])
def test_shapes_differ_by_version(agent: Agent, version: str) -> None:
    """Descriptions, destinations and consent are told in each version's own way."""
    agent.version = version
    consent = (
        {"marketing": True}
        if version == "2026-04-08"
        else {"dev.ucp.consent.marketing": {"granted": True, "source": "platform"}}
    )
    opened = agent.open(buyer={"email": "eva@example.com", "consent": consent})
    method = opened["fulfillment"]["methods"][0]
    description = method["groups"][0]["options"][0]["description"]
    shown = opened["buyer"]["consent"]
    if version == "2026-04-08":
        assert isinstance(description, str)
        assert "type" not in method["destinations"][0]
        assert shown == {"marketing": True}
    else:
        assert set(description) == {"plain"}
        assert method["destinations"][0]["type"] == "shipping_address"
        assert shown["dev.ucp.consent.marketing"]["granted"] is True
        assert shown["dev.ucp.consent.marketing"]["description"]
    checkout = agent.client.get(
        f"/api/checkouts/{opened['id']}", headers={"checkout-secret": agent.secret_of(opened)}
    ).json()
    assert checkout["contact"]["marketing_consent"] is True


def test_destination_without_its_type_is_a_shipping_address(agent: Agent) -> None:
    """At 2026-08-25 a platform may leave the type of a destination out."""
    agent.version = "2026-08-25"
    opened = agent.call("POST", "/checkout-sessions", asked("2026-04-08"))
    assert opened["fulfillment"]["methods"][0]["destinations"][0]["type"] == "shipping_address"


def test_credentials_are_echoed_nowhere(agent: Agent) -> None:
    """No answer and no stored document holds a payment token or card number."""
    opened = agent.open()
    body = pays("tok_very_secret_1", display={"brand": "Visa", "number": "4111111111111111"})
    agent.call("POST", f"/checkout-sessions/{opened['id']}/complete", body)
    agent.call("POST", f"/checkout-sessions/{opened['id']}/complete", pays())
    agent.call("GET", f"/checkout-sessions/{opened['id']}")
    document = agent.shop.ucp.documents.get("ucp.checkout", opened["id"])
    assert document is not None
    everything = b"".join(body for *_, body in agent.shop.answers) + document.text.encode()
    assert b"tok_very_secret_1" not in everything
    assert b"4111111111111111" not in everything
    secret = agent.secret_of(opened).encode()
    for file in agent.shop.folder.glob("shop.db*"):
        assert secret not in file.read_bytes()
