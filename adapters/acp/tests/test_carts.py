"""Carts, and the sessions they become."""

from checkout_kit.storage.personal import PersonalData

from acp_shop import Shop, create_body


def cart_of(shop: Shop, *items: str, **more: object) -> dict:
    """A new cart of these items."""
    body = {"line_items": [{"id": one} for one in items], **more}
    return shop.json("POST", "/carts", body, status=201)


def checkouts_of(shop: Shop) -> list[str]:
    """The ids of all checkouts that the shop has kept."""
    return [checkout.id for checkout in PersonalData(shop.service.parts.store).checkouts()]


def test_a_cart_has_goods_and_estimated_totals(shop: Shop) -> None:
    """There is neither a status nor anything to deliver or pay."""
    cart = cart_of(shop, "MUG", "MUG", "TEA", buyer={"email": "eva@example.com"})
    assert [line["quantity"] for line in cart["line_items"]] == [2, 1]
    assert cart["buyer"] == {"email": "eva@example.com"}
    assert cart["totals"][-1]["amount"] == 2 * 1200 + 650 + 46
    assert shop.json("GET", f"/carts/{cart['id']}") == cart


def test_a_cart_is_replaced_by_put_and_by_post(shop: Shop) -> None:
    """The OpenAPI file says PUT, the specification's text POST: both replace the items."""
    cart = cart_of(shop, "MUG")
    path = f"/carts/{cart['id']}"
    put = shop.json("PUT", path, {"line_items": [{"id": "LAMP", "quantity": 3}]})
    assert [(line["id"], line["quantity"]) for line in put["line_items"]] == [("LAMP", 3)]
    post = shop.json("POST", path, {"line_items": [{"id": "TEA"}]})
    assert [line["id"] for line in post["line_items"]] == ["TEA"]


def test_a_canceled_cart_is_gone(shop: Shop) -> None:
    """Cancelling answers with what the cart was; afterwards there is none."""
    cart = cart_of(shop, "MUG")
    path = f"/carts/{cart['id']}"
    assert shop.json("POST", f"{path}/cancel")["line_items"] == cart["line_items"]
    for method, where, body in (
        ("GET", path, None),
        ("PUT", path, {"line_items": [{"id": "MUG"}]}),
        ("POST", f"{path}/cancel", None),
    ):
        assert shop.json(method, where, body, status=404)["code"] == "not_found"


def test_a_cart_becomes_one_session(shop: Shop) -> None:
    """The cart's items, buyer and codes count, not the request's; asking again gives the same session."""
    cart = cart_of(shop, "MUG", "TEA", buyer={"email": "eva@example.com"}, discounts={"codes": ["SAVE10"]})
    body = create_body("LAMP", cart_id=cart["id"], buyer={"email": "other@example.com"})
    session = shop.json("POST", "/checkout_sessions", body, status=201)
    assert [line["id"] for line in session["line_items"]] == ["MUG", "TEA"]
    assert session["buyer"]["email"] == "eva@example.com"
    assert session["discounts"]["codes"] == ["SAVE10"]
    empty = create_body(cart_id=cart["id"], line_items=[])
    assert shop.json("POST", "/checkout_sessions", empty, status=201)["id"] == session["id"]
    shop.complete(session)
    assert shop.json("POST", "/checkout_sessions", empty, status=201)["id"] != session["id"]


def test_a_session_of_a_cart_that_is_none(shop: Shop) -> None:
    """An unknown cart is not found, and opens nothing."""
    shop.create("MUG")
    before = checkouts_of(shop)
    shop.json("POST", "/checkout_sessions", create_body(cart_id="cart_nope"), status=404)
    assert checkouts_of(shop) == before
    assert len(before) == 1


def test_an_empty_cart_is_refused(shop: Shop) -> None:
    """A cart has at least one item; one of sold-out goods alone is unprocessable."""
    assert shop.json("POST", "/carts", {"line_items": []}, status=400)["param"] == "$.line_items"
    sold_out = {"line_items": [{"id": "VASE"}]}
    assert shop.json("POST", "/carts", sold_out, status=422)["code"] == "out_of_stock"
