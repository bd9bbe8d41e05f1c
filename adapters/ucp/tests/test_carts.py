"""Carts and what becomes of them."""

from conftest import Agent, amounts, asked, codes, pays

LINES = [{"item": {"id": "ROSES"}, "quantity": 2}]


def test_cart_is_priced_and_replaced(agent: Agent) -> None:
    """A cart has prices and discounts but nothing to deliver; a PUT replaces all of it."""
    cart = agent.call("POST", "/carts", {"line_items": LINES, "discounts": {"codes": ["save10", "NOPE"]}})
    assert agent.last.status_code == 201
    assert amounts(cart["totals"]) == {"subtotal": 7000, "discount": -700, "total": 6300}
    assert cart["discounts"]["codes"] == ["save10", "NOPE"]
    assert codes(cart) == ["discount_code_invalid"]
    replaced = agent.call(
        "PUT", f"/carts/{cart['id']}", {"line_items": [{"item": {"id": "POT"}, "quantity": 1}]}
    )
    assert amounts(replaced["totals"]) == {"subtotal": 1500, "total": 1500}
    assert agent.call("GET", f"/carts/{cart['id']}")["line_items"] == replaced["line_items"]


def test_cart_becomes_one_checkout(agent: Agent) -> None:
    """Its contents count, whatever the payload says; until it ends, converting again gives the same."""
    cart = agent.call("POST", "/carts", {"line_items": LINES, "discounts": {"codes": ["SAVE10"]}})
    body = asked(cart_id=cart["id"], line_items=[{"item": {"id": "POT"}, "quantity": 9}])
    opened = agent.call("POST", "/checkout-sessions", body)
    assert agent.last.status_code == 201
    assert [(line["item"]["id"], line["quantity"]) for line in opened["line_items"]] == [("ROSES", 2)]
    assert [one["code"] for one in opened["discounts"]["applied"]] == ["SAVE10"]
    again = agent.call("POST", "/checkout-sessions", body)
    assert (agent.last.status_code, again["id"]) == (200, opened["id"])
    agent.call("POST", f"/checkout-sessions/{opened['id']}/complete", pays())
    third = agent.call("POST", "/checkout-sessions", body)
    assert agent.last.status_code == 201
    assert third["id"] != opened["id"]


def test_canceled_cart_is_gone(agent: Agent) -> None:
    """Cancelling gives the cart as it was; afterwards there is none."""
    cart = agent.call("POST", "/carts", {"line_items": LINES})
    canceled = agent.call("POST", f"/carts/{cart['id']}/cancel")
    assert canceled["line_items"] == cart["line_items"]
    for method, path, body in (
        ("GET", f"/carts/{cart['id']}", None),
        ("PUT", f"/carts/{cart['id']}", {"line_items": LINES}),
        ("POST", "/checkout-sessions", asked(cart_id=cart["id"])),
    ):
        gone = agent.call(method, path, body)
        assert (agent.last.status_code, codes(gone)) == (404, ["not_found"])


def test_goods_that_cannot_be_had(agent: Agent) -> None:
    """Sold-out and unknown goods are left out and told; when nothing is left there is no cart."""
    lines = [*LINES, {"item": {"id": "ORCHID"}, "quantity": 1}, {"item": {"id": "UNICORN"}, "quantity": 1}]
    cart = agent.call("POST", "/carts", {"line_items": lines})
    assert codes(cart) == ["out_of_stock", "item_unavailable"]
    assert [line["item"]["id"] for line in cart["line_items"]] == ["ROSES"]
    nothing = agent.call("POST", "/carts", {"line_items": lines[1:]})
    assert agent.last.status_code == 200
    assert nothing["ucp"]["status"] == "error"
    assert "id" not in nothing
