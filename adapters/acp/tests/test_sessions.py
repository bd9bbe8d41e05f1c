"""Opening, reading and changing sessions."""

import datetime as dt
import json

import pytest
from checkout_kit.checkout import Item, Update
from checkout_kit.errors import Conflict, InputError, NotFound
from checkout_kit.service import NewCheckout

from acp_shop import DETAILS, HOME, OTHER_KEY, Shop, complete_body, create_body


def rows(document: dict) -> dict[str, int]:
    """The totals by type."""
    return {row["type"]: row["amount"] for row in document["totals"]}


def told(document: dict) -> set[tuple[str, str]]:
    """The (type, code) of every message that has a code."""
    return {(one["type"], one["code"]) for one in document["messages"] if "code" in one}


def test_a_session_is_ready_with_address_and_mail(shop: Shop) -> None:
    """With goods, an address and a mail address there is nothing left but to pay."""
    session = shop.create("MUG")
    assert session["status"] == "ready_for_payment"
    assert [one["id"] for one in session["fulfillment_options"]] == ["economy", "two-day"]
    assert session["selected_fulfillment_options"] == [
        {"type": "shipping", "option_id": "economy", "item_ids": ["MUG"]}
    ]
    assert session["protocol"] == {"version": "2026-04-17"}
    assert shop.json("GET", f"/checkout_sessions/{session['id']}") == session


def test_options_carry_the_promised_days(shop: Shop) -> None:
    """The first promised day's beginning and the last one's end are the times of an option."""
    two_day = shop.create("MUG")["fulfillment_options"][1]
    assert two_day["earliest_delivery_time"] == "2026-11-25T00:00:00+00:00"
    assert two_day["latest_delivery_time"] == "2026-11-25T23:59:59+00:00"


def test_an_item_twice_is_two_units_as_is_a_quantity(shop: Shop) -> None:
    """The schema has no quantity, the examples do: both ways mean the same cart."""
    twice = shop.create("MUG", "MUG")
    stated = shop.create(line_items=[{"id": "MUG", "quantity": 2}])
    assert [line["quantity"] for line in twice["line_items"]] == [2]
    assert twice["line_items"] == stated["line_items"]


def test_subtotal_is_after_discounts_on_items_and_discounts_are_positive(shop: Shop) -> None:
    """Base less items' discount is the subtotal; less the order's discount, plus the rest, is the total."""
    session = shop.create("TEA", "MUG", discounts={"codes": ["TEA20", "SAVE10"]})
    amounts = rows(session)
    assert amounts["items_base_amount"] == 1850
    assert amounts["items_discount"] == 130
    assert amounts["subtotal"] == 1720
    assert amounts["discount"] == 172
    assert amounts["total"] == 1720 - 172 + amounts["fulfillment"] + amounts["tax"]
    applied = {one["code"]: one for one in session["discounts"]["applied"]}
    assert applied["TEA20"]["allocations"] == [{"path": "$.line_items[0]", "amount": 130}]
    assert session["capabilities"]["extensions"][0]["name"] == "discount"


def test_a_code_that_earns_nothing_is_a_warning_and_no_obstacle(shop: Shop) -> None:
    """A refused code is listed with its reason and the session can still be paid."""
    session = shop.create("MUG", discounts={"codes": ["SAVE10", "NOPE", "SAVE10"]})
    rejected = [(one["code"], one["reason"]) for one in session["discounts"]["rejected"]]
    assert rejected == [("NOPE", "discount_code_invalid"), ("SAVE10", "discount_code_already_applied")]
    assert ("warning", "discount_code_invalid") in told(session)
    assert session["status"] == "ready_for_payment"


def test_coupons_are_an_old_name_for_codes(shop: Shop) -> None:
    """The deprecated member still works."""
    assert rows(shop.create("MUG", coupons=["SAVE10"]))["discount"] == 120


def test_codes_are_tried_again_when_the_items_change(shop: Shop) -> None:
    """A code that earned nothing before earns its discount once there are goods for it."""
    session = shop.create("MUG", discounts={"codes": ["TEA20"]})
    assert session["discounts"]["rejected"]
    session = shop.update(session, line_items=[{"id": "TEA"}])
    assert session["discounts"]["rejected"] == []
    assert rows(session)["items_discount"] == 130


def test_an_update_changes_only_what_it_names(shop: Shop) -> None:
    """A partial update leaves every other section alone."""
    session = shop.create("MUG", order_notes="Ring twice")
    chosen = [{"type": "shipping", "option_id": "two-day", "item_ids": ["MUG"]}]
    after = shop.update(session, selected_fulfillment_options=chosen)
    assert after["selected_fulfillment_options"][0]["option_id"] == "two-day"
    for member in ("line_items", "fulfillment_details", "continue_url"):
        assert after[member] == session[member]


def test_address_and_option_change_in_one_request(shop: Shop) -> None:
    """An option is looked for at the new address."""
    session = shop.create("MUG", fulfillment_details={"email": "eva@example.com"})
    assert session["status"] == "not_ready_for_payment"
    assert session["fulfillment_options"] == []
    after = shop.update(
        session,
        fulfillment_details={"address": HOME},
        selected_fulfillment_options=[{"type": "shipping", "option_id": "two-day", "item_ids": ["MUG"]}],
    )
    assert after["selected_fulfillment_options"][0]["option_id"] == "two-day"
    assert after["fulfillment_details"]["email"] == "eva@example.com"


def test_an_option_that_is_not_offered_is_told_and_the_rest_is_done(shop: Shop) -> None:
    """An unknown option does not lose the address that came with it."""
    session = shop.create("MUG")
    moved = {**HOME, "line_one": "1 Elm St"}
    after = shop.update(
        session,
        fulfillment_details={"address": moved},
        selected_fulfillment_options=[{"type": "shipping", "option_id": "drone", "item_ids": ["MUG"]}],
    )
    assert ("error", "invalid") in told(after)
    assert after["fulfillment_details"]["address"]["line_one"] == "1 Elm St"


def test_where_nothing_is_delivered_the_region_is_restricted(shop: Shop) -> None:
    """An address outside every zone says so, and the session is not ready."""
    alaska = {**HOME, "city": "Juneau", "state": "AK", "postal_code": "99801"}
    session = shop.create("MUG", fulfillment_details={**DETAILS, "address": alaska})
    assert ("error", "region_restricted") in told(session)
    assert session["status"] == "not_ready_for_payment"


def test_a_country_that_is_no_code_is_told(shop: Shop) -> None:
    """The address is not used, and the place is named."""
    session = shop.create("MUG", fulfillment_details={**DETAILS, "address": {**HOME, "country": "Texas"}})
    assert "$.fulfillment_details.address.country" in {one.get("param") for one in session["messages"]}
    assert "address" not in session["fulfillment_details"]


def test_a_mail_address_that_is_none_is_told_and_not_repeated(shop: Shop) -> None:
    """The buyer of an answer has a usable mail address or is left out."""
    session = shop.create("MUG", buyer={"email": "nobody", "first_name": "Eva"})
    assert ("error", "invalid") in told(session)
    assert "buyer" not in session


def test_an_unknown_item_is_refused_by_its_place(shop: Shop) -> None:
    """There is no session of goods the shop has never had."""
    fault = shop.json("POST", "/checkout_sessions", create_body("MUG", "UNICORN"), status=400)
    assert (fault["code"], fault["param"]) == ("invalid_item_id", "$.line_items[1].id")


def test_sold_out_goods_are_left_out_until_the_items_are_sent_again(shop: Shop) -> None:
    """A sold-out item is an error message; sending what is still wanted clears it."""
    session = shop.create("MUG", "VASE")
    assert ("error", "out_of_stock") in told(session)
    assert session["status"] == "not_ready_for_payment"
    assert shop.complete(session)["status"] == "not_ready_for_payment"
    after = shop.update(session, line_items=[{"id": "MUG"}])
    assert after["status"] == "ready_for_payment"


def test_more_than_there_is_becomes_what_there_is(shop: Shop) -> None:
    """The quantity is lowered with a warning."""
    session = shop.create(line_items=[{"id": "BOWL", "quantity": 9}])
    assert session["line_items"][0]["quantity"] == 3
    assert ("warning", "limited_availability") in told(session)


def test_nothing_that_can_be_had_is_no_session(shop: Shop) -> None:
    """Where every item is sold out there is nothing to open."""
    assert shop.json("POST", "/checkout_sessions", create_body("VASE"), status=422)["code"] == "out_of_stock"


def test_the_shop_sets_the_price(shop: Shop) -> None:
    """A price the agent saw elsewhere is answered with a warning, never taken."""
    session = shop.create(line_items=[{"id": "MUG", "unit_amount": 1}])
    assert rows(session)["items_base_amount"] == 1200
    assert ("warning", "price_change") in told(session)


def test_groups_go_to_their_own_addresses(shop: Shop) -> None:
    """Each group is a delivery with its own options; a group without an address goes to the session's."""
    away = {**HOME, "name": "Bo", "city": "Albany", "state": "NY", "postal_code": "12207"}
    session = shop.create(
        "MUG",
        "LAMP",
        fulfillment_groups=[
            {"id": "home", "item_ids": ["MUG"], "destination_type": "shipping"},
            {
                "id": "gift", "item_ids": ["LAMP"], "destination_type": "shipping",
                "fulfillment_details": {"address": away},
            },
        ],
    )  # fmt: skip
    groups = {one["id"]: one for one in session["fulfillment_groups"]}
    assert groups["gift"]["fulfillment_details"]["address"]["city"] == "Albany"
    assert groups["home"]["item_ids"] == ["MUG"]
    ids = [one["id"] for one in session["fulfillment_options"]]
    assert ids == ["home/economy", "home/two-day", "gift/economy", "gift/two-day"]
    after = shop.update(
        session,
        selected_fulfillment_options=[
            {"type": "shipping", "option_id": "gift/two-day", "item_ids": ["LAMP"]}
        ],
    )
    chosen = [one["option_id"] for one in after["selected_fulfillment_options"]]
    assert chosen == ["home/economy", "gift/two-day"]


def test_different_options_for_items_divide_a_delivery(shop: Shop) -> None:
    """Choosing two speeds for two items makes two deliveries to the same address."""
    session = shop.create("MUG", "LAMP")
    after = shop.update(
        session,
        selected_fulfillment_options=[
            {"type": "shipping", "option_id": "economy", "item_ids": ["MUG"]},
            {"type": "shipping", "option_id": "two-day", "item_ids": ["LAMP"]},
        ],
    )
    assert len(after["fulfillment_groups"]) == 2
    assert rows(after)["fulfillment"] == 390 + 990
    assert shop.complete(after)["status"] == "completed"


def test_a_new_address_goes_to_every_part_of_a_divided_delivery(shop: Shop) -> None:
    """Moving and dividing may come in one request, and later moves take all of it along."""
    session = shop.create("MUG", "LAMP")
    after = shop.update(
        session,
        fulfillment_details={"address": {**HOME, "line_one": "1 Elm St"}},
        selected_fulfillment_options=[
            {"type": "shipping", "option_id": "economy", "item_ids": ["MUG"]},
            {"type": "shipping", "option_id": "two-day", "item_ids": ["LAMP"]},
        ],
    )
    for street in ("1 Elm St", "2 Ash St"):
        groups = after["fulfillment_groups"]
        assert [one["fulfillment_details"]["address"]["line_one"] for one in groups] == [street] * 2
        assert len(after["selected_fulfillment_options"]) == 2
        after = shop.update(after, fulfillment_details={"address": {**HOME, "line_one": "2 Ash St"}})


def test_ways_the_shop_does_not_go_are_unsupported(shop: Shop) -> None:
    """Pickup is told as unsupported; nothing else is lost."""
    groups = [{"id": "g", "item_ids": ["MUG"], "destination_type": "pickup"}]
    assert ("error", "unsupported") in told(shop.create("MUG", fulfillment_groups=groups))


def test_digital_goods_need_no_address(shop: Shop) -> None:
    """What is not shipped has an option of its own, chosen already."""
    session = shop.create("BOOK", fulfillment_details={"email": "eva@example.com"})
    assert session["status"] == "ready_for_payment"
    assert session["selected_fulfillment_options"][0]["type"] == "digital"


def test_a_canceled_session_stays_so(shop: Shop) -> None:
    """Cancelling twice, updating and completing are refused with 405."""
    session = shop.create("MUG")
    path = f"/checkout_sessions/{session['id']}"
    trace = {"intent_trace": {"reason_code": "shipping_cost", "trace_summary": "too dear"}}
    assert shop.json("POST", f"{path}/cancel", trace)["status"] == "canceled"
    assert shop.json("POST", f"{path}/cancel", status=405)["code"] == "invalid_state"
    shop.json("POST", path, {"order_notes": "x"}, status=405)
    assert shop.json("GET", path)["status"] == "canceled"


def test_nobody_else_sees_a_session(shop: Shop) -> None:
    """Another agent's session, and one that never was, are both not found."""
    session = shop.create("MUG")
    other = {"authorization": f"Bearer {OTHER_KEY}"}
    assert shop.json("GET", f"/checkout_sessions/{session['id']}", status=404, **other)["code"] == "not_found"
    shop.json("GET", "/checkout_sessions/co_nope", status=404)


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"authorization": "Bearer nope"}, 401, "unauthorized"),
        ({"authorization": ""}, 401, "unauthorized"),
        ({"api-version": ""}, 400, "missing_api_version"),
        ({"api-version": "2020-01-01"}, 400, "unsupported_api_version"),
        ({"content-type": "text/plain"}, 415, "unsupported_media_type"),
    ],
)
def test_headers_are_checked(shop: Shop, headers: dict[str, str], status: int, code: str) -> None:
    """Who asks, in which version and in which form comes before what is asked."""
    fault = shop.json("POST", "/checkout_sessions", create_body(), status=status, **headers)
    assert fault["code"] == code
    if code.endswith("api_version"):
        assert fault["supported_versions"] == ["2026-04-17"]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "$.line_items"),
        ({"line_items": [], "currency": "usd"}, "$.line_items"),
        ({"line_items": [{"id": "MUG"}], "currency": "eur"}, "$.currency"),
        ({"line_items": [{"id": "MUG", "quantity": 0}], "currency": "usd"}, "$.line_items[0].quantity"),
        ({"line_items": "MUG", "currency": "usd"}, "$.line_items"),
        (b"[1", "$"),
        (b"[]", "$"),
    ],
)
def test_faults_name_their_place(shop: Shop, body: object, param: str) -> None:
    """A body that cannot be used is a 400 with the JSONPath of its first fault."""
    assert shop.json("POST", "/checkout_sessions", body, status=400)["param"] == param


def test_other_endpoints_and_methods_are_refused_in_the_same_shape(shop: Shop) -> None:
    """404 and 405 are the protocol's errors too."""
    shop.json("GET", "/products", status=404)
    assert shop.call("DELETE", "/checkout_sessions/co_1").headers["allow"] == "GET, POST"


def test_request_ids_are_echoed(shop: Shop) -> None:
    """Request-Id and Idempotency-Key come back as they were sent."""
    answered = shop.call("POST", "/checkout_sessions", create_body(), key="k-echo")
    assert (answered.headers["request-id"], answered.headers["idempotency-key"]) == ("r-1", "k-echo")


def test_an_agent_says_nothing_about_accounts(shop: Shop) -> None:
    """Customer ids, loyalty and attribution of a request are neither believed nor sent back."""
    session = shop.create(
        "MUG",
        buyer={"email": "eva@example.com", "customer_id": "cu_1", "loyalty": {"tier": "gold"}},
        affiliate_attribution={"provider": "impact.example", "token": "atp_secret"},
    )
    assert session["buyer"] == {"email": "eva@example.com"}
    assert "atp_secret" not in json.dumps(session)


def test_the_shop_may_hand_a_checkout_to_an_agent(shop: Shop) -> None:
    """A checkout opened elsewhere is an agent's session from then on, once and for one agent."""
    new = NewCheckout(currency="USD", update=Update(items=(Item(sku="MUG", quantity=1),)))
    opened = shop.runner.run(shop.service.create(new))
    checkout_id = opened.view.checkout.id
    shop.runner.run(shop.acp.share(checkout_id, "agent", secret=opened.secret))
    session = shop.json("GET", f"/checkout_sessions/{checkout_id}")
    assert session["continue_url"].endswith(opened.secret)
    assert shop.update(session, fulfillment_details=DETAILS)["status"] == "ready_for_payment"
    with pytest.raises(Conflict):
        shop.runner.run(shop.acp.share(checkout_id, "other"))
    with pytest.raises(InputError):
        shop.runner.run(shop.acp.share(checkout_id, "nobody"))
    with pytest.raises(NotFound):
        shop.runner.run(shop.acp.share("co_nope", "agent"))


def test_a_session_expires(shop: Shop) -> None:
    """After its lifetime a session can be looked at, and nothing else."""
    session = shop.create("MUG")
    shop.clock.now += dt.timedelta(days=8)
    seen = shop.json("GET", f"/checkout_sessions/{session['id']}")
    assert (seen["status"], seen["messages"]) == ("expired", [])
    assert "continue_url" not in seen
    path = f"/checkout_sessions/{session['id']}"
    shop.json("POST", path, {"order_notes": "x"}, status=405)
    shop.json("POST", f"{path}/complete", complete_body(), status=405)
    shop.json("POST", f"{path}/cancel", status=405)


def test_an_item_in_two_groups_is_a_fault_at_its_place(shop: Shop) -> None:
    """One item goes one way; the place is named in the protocol's words."""
    groups = [{"id": name, "item_ids": ["MUG"], "destination_type": "shipping"} for name in ("a", "b", "c")]
    fault = shop.json("POST", "/checkout_sessions", create_body("MUG", fulfillment_groups=groups), status=400)
    assert fault["param"] == "$.fulfillment_groups[2].item_ids[0]"


def test_codes_of_the_page_stay_when_the_agent_changes_items(shop: Shop) -> None:
    """A code that the buyer entered on the page is not lost by an agent that never heard of it."""
    session = shop.create("MUG", discounts={"codes": ["NOPE"]})
    shop.runner.run(shop.service.update(session["id"], Update(discount_codes=("SAVE10",))))
    after = shop.update(session, line_items=[{"id": "MUG"}, {"id": "MUG"}])
    assert rows(after)["discount"] == 240
    replaced = shop.update(after, discounts={"codes": []})
    assert "discount" not in rows(replaced)
