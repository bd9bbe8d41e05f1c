"""Paying: declines, 3-D Secure, changed prices, and the order that comes of it."""

import datetime as dt

import pytest

from acp_shop import HOME, Shop, build_shop, complete_body

DETAILS_3DS = {
    "three_ds_cryptogram": "AAAABBBB==", "electronic_commerce_indicator": "05", "transaction_id": "t-1",
    "version": "2.2.0",
}  # fmt: skip


def errors(document: dict) -> set[str]:
    """The codes of its error messages."""
    return {one["code"] for one in document["messages"] if one["type"] == "error"}


def test_a_completed_session_has_the_order_as_it_was_shown(shop: Shop) -> None:
    """The order's totals and times are those of the session that was paid."""
    session = shop.create("MUG", "TEA", discounts={"codes": ["SAVE10"]})
    done = shop.complete(session, order_notes="Ring twice")
    assert done["status"] == "completed"
    order = done["order"]
    assert order["totals"] == session["totals"] == done["totals"]
    option = session["fulfillment_options"][0]
    assert order["estimated_delivery"] == {
        "earliest": option["earliest_delivery_time"], "latest": option["latest_delivery_time"],
    }  # fmt: skip
    assert order["confirmation"]["order_notes"] == "Ring twice"
    assert order["permalink_url"].startswith("https://shop.example/checkout/")
    total = next(row["amount"] for row in order["totals"] if row["type"] == "total")
    assert [(paid[3], paid[4]) for paid in shop.payments.ledger()] == [(total, total)]


def test_a_decline_is_told_and_another_card_goes_through(shop: Shop) -> None:
    """A declined card leaves the session ready for another payment."""
    session = shop.create("MUG")
    declined = shop.complete(session, "tok_decline")
    assert (declined["status"], errors(declined)) == ("ready_for_payment", {"payment_declined"})
    assert "order" not in declined
    assert shop.complete(session)["status"] == "completed"


def test_what_is_missing_is_told_and_nothing_is_charged(shop: Shop) -> None:
    """Completing without an address or a mail address answers with messages."""
    session = shop.create("MUG", fulfillment_details={})
    answered = shop.complete(session)
    assert answered["status"] == "not_ready_for_payment"
    assert "missing" in errors(answered)
    assert shop.payments.ledger() == ()


def test_the_buyer_of_the_last_request_counts(shop: Shop) -> None:
    """Completing may bring the buyer, the billing address and the answers about marketing."""
    session = shop.create("MUG", fulfillment_details={"address": HOME})
    body = complete_body(
        buyer={"email": "eva@example.com", "first_name": "Eva"},
        marketing_consents=[{"channel": "email", "opted_in": True}, {"channel": "sms", "opted_in": False}],
    )
    body["payment_data"]["billing_address"] = {**HOME, "line_one": "5 Bill Rd"}
    done = shop.json("POST", f"/checkout_sessions/{session['id']}/complete", body)
    assert done["buyer"]["first_name"] == "Eva"
    order = shop.runner.run(shop.service.get_order(done["order"]["id"]))
    assert order.contact is not None
    assert order.contact.accepts_marketing
    assert order.billing_address is not None
    assert order.billing_address.line1 == "5 Bill Rd"


def test_three_d_secure_by_the_agent(shop: Shop) -> None:
    """The session waits for authentication, says what the agent needs for it, and goes on with its result."""
    session = shop.create("MUG")
    waiting = shop.complete(session, "tok_3ds")
    assert waiting["status"] == "authentication_required"
    assert waiting["authentication_metadata"]["directory_server"] == "visa"
    assert errors(waiting) == {"requires_3ds"}
    path = f"/checkout_sessions/{session['id']}/complete"
    fault = shop.json("POST", path, complete_body("tok_3ds"), status=400)
    assert (fault["code"], fault["param"]) == ("requires_3ds", "$.authentication_result")
    result = {"outcome": "authenticated", "outcome_details": DETAILS_3DS}
    assert shop.complete(session, "tok_3ds", authentication_result=result)["status"] == "completed"
    assert len(shop.payments.ledger()) == 1


def test_a_failed_authentication_is_a_decline_and_another_card_goes_through(shop: Shop) -> None:
    """The waiting payment is given up; nothing stays held."""
    session = shop.create("MUG")
    shop.complete(session, "tok_3ds")
    denied = shop.complete(session, "tok_3ds", authentication_result={"outcome": "denied"})
    assert "payment_declined" in errors(denied)
    assert shop.complete(session)["status"] == "completed"
    assert [row[2] for row in shop.payments.ledger()] == ["voided", "captured"]


def test_the_bank_has_the_last_word_on_an_authentication(shop: Shop) -> None:
    """An agent's word that all went well does not pay for a card that failed at the bank."""
    session = shop.create("MUG")
    shop.complete(session, "tok_3ds_fail")
    result = {"outcome": "authenticated", "outcome_details": DETAILS_3DS}
    answered = shop.complete(session, "tok_3ds_fail", authentication_result=result)
    assert errors(answered) == {"payment_declined"}
    assert "order" not in answered


def test_a_denial_before_any_payment_charges_nothing(shop: Shop) -> None:
    """A result that says no is taken at its word."""
    session = shop.create("MUG")
    answered = shop.complete(session, authentication_result={"outcome": "denied"})
    assert errors(answered) == {"payment_declined"}
    assert shop.payments.ledger() == ()


def test_an_agent_without_3ds_is_sent_to_the_page(shop: Shop) -> None:
    """Where the agent cannot run it, the buyer confirms the payment at continue_url."""
    session = shop.create("MUG", capabilities={})
    waiting = shop.complete(session, "tok_3ds")
    assert waiting["status"] == "requires_escalation"
    assert "authentication_metadata" not in waiting
    assert waiting["continue_url"].startswith("https://shop.example/checkout/")


def test_a_shop_without_an_acquirer_escalates_too() -> None:
    """authentication_required promises metadata, so without any the buyer is sent to the page."""
    shop = build_shop(acquirer=lambda _: None)
    waiting = shop.complete(shop.create("MUG"), "tok_3ds")
    assert waiting["status"] == "requires_escalation"
    shop.runner.run(shop.service.close())
    shop.runner.close()
    shop.payments.close()


def test_a_promise_that_has_moved_is_told_before_it_is_sold(shop: Shop) -> None:
    """After the cut-off the date is another one: the first completion says so, the next one goes through."""
    session = shop.create("MUG")
    shop.clock.now += dt.timedelta(days=1, hours=8)
    told = shop.complete(session)
    assert told["status"] != "completed"
    assert "conflict" in errors(told)
    assert shop.payments.ledger() == ()
    done = shop.complete(session)
    assert done["status"] == "completed"
    assert (
        done["order"]["estimated_delivery"]["latest"]
        > session["fulfillment_options"][0]["latest_delivery_time"]
    )


@pytest.mark.parametrize(
    ("data", "param"),
    [
        ({"handler_id": "card_tokenized"}, "$.payment_data.instrument"),
        ({}, "$.payment_data.handler_id"),
    ],
)
def test_payment_data_without_an_instrument_is_a_fault(shop: Shop, data: dict, param: str) -> None:
    """A handler with an instrument, or a purchase order, is needed."""
    path = f"/checkout_sessions/{shop.create('MUG')['id']}/complete"
    assert shop.json("POST", path, {"payment_data": data}, status=400)["param"] == param


def test_another_handler_and_a_purchase_order_are_told(shop: Shop) -> None:
    """What the shop does not take is an error message on a session that can still be paid."""
    path = f"/checkout_sessions/{shop.create('MUG')['id']}/complete"
    body = complete_body()
    body["payment_data"]["handler_id"] = "coins"
    assert errors(shop.json("POST", path, body)) == {"invalid"}
    assert errors(shop.json("POST", path, {"payment_data": {"purchase_order_number": "PO-1"}})) == {
        "unsupported"
    }


def test_the_token_is_nowhere_in_an_answer_or_in_what_is_kept(shop: Shop) -> None:
    """Credentials are used and forgotten by the protocol: no answer, session or kept answer has them."""
    session = shop.create("MUG")
    path = f"/checkout_sessions/{session['id']}/complete"
    done = shop.call("POST", path, complete_body("tok_insufficient"))
    assert b"tok_insufficient" not in done.body
    kept = shop.documents.get("acp.session", session["id"])
    assert kept is not None
    assert "tok_insufficient" not in kept.text
    with shop.service.parts.store.engine.connect() as connection:
        answers = connection.exec_driver_sql("select headers || body from protocol_answers").scalars().all()
    assert not any("tok_insufficient" in str(answer) for answer in answers)


def test_the_last_unit_is_sold_once(shop: Shop) -> None:
    """Goods that somebody else has bought meanwhile are out of stock, by line, and nothing is charged."""
    first, second = shop.create("SCARCE"), shop.create("MUG", "SCARCE")
    assert shop.complete(first)["status"] == "completed"
    told = shop.complete(second)
    fault = next(one for one in told["messages"] if one["type"] == "error")
    assert (fault["code"], fault["param"]) == ("out_of_stock", "$.line_items[1].quantity")
    assert len(shop.payments.ledger()) == 1
