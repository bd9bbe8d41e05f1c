"""Codes, automatic discounts, eligibility claims, ways to pay, free shipping."""

import asyncio
import json
import uuid
from typing import Any

import pytest

from conftest import Agent, amounts, asked, codes, pays
from judge_shop import GOLD, STUDENT


def of(document: dict[str, Any], **wanted: object) -> dict[str, Any]:
    """The one applied discount with these members."""
    (found,) = (
        one for one in document["discounts"]["applied"] if wanted.items() <= one.items()
    )  # fmt: skip
    return dict(found)


def test_codes_of_lines_and_of_the_order(agent: Agent) -> None:
    """A code on lines is an items discount with allocations, one on the order a discount; both negative."""
    lines = [{"item": {"id": "ROSES"}, "quantity": 1}, {"item": {"id": "TULIPS"}, "quantity": 2}]
    opened = agent.open(line_items=lines, discounts={"codes": ["SAVE10", "tulip20", "NOPE"]})
    assert of(opened, code="TULIP20")["allocations"] == [{"path": "$.line_items[1]", "amount": 800}]
    assert of(opened, code="SAVE10")["amount"] == 750
    assert amounts(opened["totals"]) == {
        "subtotal": 7500, "items_discount": -800, "discount": -750, "fulfillment": 390, "total": 6340,
    }  # fmt: skip
    assert amounts(opened["line_items"][1]["totals"]) == {
        "subtotal": 4000, "items_discount": -800, "total": 3200,
    }  # fmt: skip
    assert opened["discounts"]["codes"] == ["SAVE10", "tulip20", "NOPE"]
    assert codes(opened) == ["discount_code_invalid"]
    assert opened["status"] == "ready_for_complete"
    done = agent.call("POST", f"/checkout-sessions/{opened['id']}/complete", pays())
    assert done["status"] == "completed"
    assert done["discounts"] == opened["discounts"]


def test_new_codes_replace_the_old(agent: Agent) -> None:
    """A PUT says which codes count; an empty list leaves automatic discounts alone."""
    lines = [{"id": "p", "item": {"id": "POT"}, "quantity": 3}]
    opened = agent.open(line_items=lines, discounts={"codes": ["SAVE10"]})
    path = f"/checkout-sessions/{opened['id']}"
    replaced = agent.call("PUT", path, asked(line_items=lines, discounts={"codes": ["WELCOME5"]}))
    assert replaced["discounts"]["codes"] == ["WELCOME5"]
    cleared = agent.call("PUT", path, asked(line_items=lines, discounts={"codes": []}))
    automatic = of(cleared, automatic=True)
    assert (automatic["title"], "code" in automatic) == ("Three pots or more", False)


def test_claim_is_provisional_until_it_is_verified(agent: Agent) -> None:
    """A recognised claim prices at once, provisionally, and is resolved by the order."""
    opened = agent.open(context={"eligibility": [GOLD]})
    assert of(opened, eligibility=GOLD)["provisional"] is True
    assert codes(opened) == ["eligibility_accepted"]
    done = agent.call("POST", f"/checkout-sessions/{opened['id']}/complete", pays())
    assert done["status"] == "completed"
    assert of(done, eligibility=GOLD)["provisional"] is False


def test_claim_that_cannot_be_verified_stops_the_order(agent: Agent) -> None:
    """It is told and nothing is charged; without the claim the order goes through at the full price."""
    opened = agent.open(context={"eligibility": [STUDENT]})
    path = f"/checkout-sessions/{opened['id']}"
    blocked = agent.call("POST", f"{path}/complete", pays())
    assert blocked["status"] == "incomplete"
    (message,) = (one for one in blocked["messages"] if one["code"] == "eligibility_invalid")
    assert (message["severity"], message["path"]) == ("recoverable", "$.context.eligibility[0]")
    assert agent.shop.payments.ledger() == ()
    agent.call("PUT", path, {**asked(), "line_items": [{"item": {"id": "ROSES"}, "quantity": 1}]})
    done = agent.call("POST", f"{path}/complete", pays())
    assert amounts(done["totals"])["total"] == 3890


def test_unknown_claim_changes_nothing(agent: Agent) -> None:
    """A claim nobody here knows is told as a warning and stands in no way."""
    opened = agent.open(context={"eligibility": ["org.example.club"]})
    assert (codes(opened), opened["status"]) == (["eligibility_not_accepted"], "ready_for_complete")
    assert opened["discounts"]["applied"] == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"handler_id": "another"}, "$.payment.instruments[0].handler_id"),
        ({"credential": {"type": "token"}}, "$.payment.instruments[0].credential"),
    ],
)
def test_instrument_that_cannot_be_used(agent: Agent, change: dict[str, Any], path: str) -> None:
    """An unknown handler or an empty credential is told with its place; the checkout stays open."""
    opened = agent.open()
    told = agent.call("POST", f"/checkout-sessions/{opened['id']}/complete", pays(**change))
    assert [(one["code"], one["path"]) for one in told["messages"]] == [("invalid", path)]
    assert agent.call("GET", f"/checkout-sessions/{opened['id']}")["status"] == "ready_for_complete"


def test_ways_to_pay_depend_on_the_cart(agent: Agent) -> None:
    """A handler that is not offered for a cart is neither shown nor accepted."""
    roses = agent.open()
    assert set(roses["ucp"]["payment_handlers"]) == {"dev.spck.tokenpay", "dev.spck.giftpay"}
    voucher = agent.open(line_items=[{"item": {"id": "VOUCHER"}, "quantity": 1}])
    assert set(voucher["ucp"]["payment_handlers"]) == {"dev.spck.tokenpay"}
    path = f"/checkout-sessions/{voucher['id']}/complete"
    assert codes(agent.call("POST", path, pays(handler_id="spck_giftpay"))) == ["invalid"]


def test_free_shipping_is_shown_as_such(agent: Agent) -> None:
    """Over the threshold the row is zero, and the option shows what it would have cost."""
    opened = agent.open(line_items=[{"item": {"id": "ROSES"}, "quantity": 3}])
    assert amounts(opened["totals"])["fulfillment"] == 0
    economy = opened["fulfillment"]["methods"][0]["groups"][0]["options"][0]
    assert amounts(economy["totals"]) == {"subtotal": 390, "discount": -390, "total": 0}


def test_many_completions_at_once_pay_once(agent: Agent) -> None:
    """Ten requests with ten keys for one checkout make one payment and one order."""
    opened = agent.open()
    path = f"/ucp/2026-04-08/checkout-sessions/{opened['id']}/complete"

    async def all_at_once() -> list[int]:
        calls = [
            agent.client.http.post(
                path,
                content=json.dumps(pays()),
                headers={
                    "ucp-agent": f'profile="{agent.profile}"',
                    "content-type": "application/json",
                    "idempotency-key": str(uuid.uuid4()),
                },
            )
            for _ in range(10)
        ]
        return [answer.status_code for answer in await asyncio.gather(*calls)]

    statuses = agent.client.runner.run(all_at_once())
    assert set(statuses) <= {200, 409}
    assert len(agent.shop.payments.ledger()) == 1
    assert agent.call("GET", f"/checkout-sessions/{opened['id']}")["status"] == "completed"
