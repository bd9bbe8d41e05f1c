"""A session's goods: what Stripe knows of them, and what the shop keeps in a product's metadata."""

from decimal import Decimal
from typing import Any

import pytest
from checkout_kit.adapter import Tree
from checkout_kit.cart import LineItem
from checkout_kit.errors import InputError
from checkout_kit.units import Dimensions

from checkout_kit_stripe_checkout.sessions import cart_of

ITEM = {"id": "li_1", "quantity": 2, "amount_subtotal": 2000, "price": {"product": {"name": "Lamp"}}}


def read_line(product: Any = None, **changes: Any) -> LineItem:
    """The only line of a session in dollars."""
    item = {**ITEM, **changes}
    if product is not None:
        item["price"] = {"product": product}
    (line,) = cart_of(Tree({"currency": "usd"}), (Tree(item),)).lines
    return line


@pytest.mark.parametrize(("quantity", "read_as"), [(3, 3), (None, 1)])
def test_open_quantity_is_one(quantity: int | None, read_as: int) -> None:
    """Where there can be only one, Stripe leaves the quantity open."""
    assert read_line(quantity=quantity).quantity == read_as


def test_line_without_a_unit_is_refused() -> None:
    """A line of nothing is no line."""
    with pytest.raises(InputError, match="1 or more"):
        read_line(quantity=0)


def test_package_is_read_in_inches_and_ounces() -> None:
    """A product's package dimensions are its box and its weight."""
    package = {"length": 6, "width": 4, "height": Decimal("0.5"), "weight": 12}
    line = read_line({"package_dimensions": package})
    assert (line.dimensions, line.weight_g) == (Dimensions(152, 102, 13), 340)


def test_goods_without_a_package_are_unmeasured() -> None:
    """Neither box nor weight is made up."""
    line = read_line({"package_dimensions": None})
    assert (line.dimensions, line.weight_g) == (None, None)


def test_metadata_are_facts_of_the_goods() -> None:
    """Weight, sku and class by name, and all of it as attributes for a policy's conditions."""
    line = read_line(
        {"metadata": {"weight_g": "750", "sku": "L1", "shipping_class": "bulky", "material": "glass"}}
    )
    assert (line.weight_g, line.sku, line.shipping_class) == (750, "L1", "bulky")
    assert line.attributes["material"] == "glass"
