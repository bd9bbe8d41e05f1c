"""Carts: what is refused, and that a refusal always says why."""

import copy
import pickle

from hypothesis import given
from hypothesis import strategies as st

from checkout_kit.cart import Cart, LineItem
from checkout_kit.errors import InputError

NUMBERS = st.integers(-1, 3)
LINES = st.builds(
    LineItem,
    id=st.sampled_from("abcdef"),
    sku=st.just("sku"),
    quantity=NUMBERS,
    unit_price=NUMBERS,
    discount=NUMBERS,
    weight_g=st.none() | NUMBERS,
    tax_rate_bp=st.none() | NUMBERS,
)


def wrong_places(currency: str, lines: list[LineItem], order_discount: int) -> set[str]:
    """The paths a cart of these must be refused for."""
    places = set() if currency == "USD" else {"currency"}
    for i, line in enumerate(lines):
        value = line.quantity * line.unit_price
        wrong = {
            "id": line.id in {before.id for before in lines[:i]},
            "quantity": line.quantity < 1,
            "unit_price": line.unit_price < 0,
            "discount": line.discount < 0 or line.discount > max(0, value),
            "weight_g": (line.weight_g or 0) < 0,
            "tax_rate_bp": (line.tax_rate_bp or 0) < 0,
        }
        places |= {f"lines[{i}].{name}" for name, is_wrong in wrong.items() if is_wrong}
    goods = sum(line.quantity * line.unit_price - line.discount for line in lines)
    return places | ({"order_discount"} if order_discount < 0 or order_discount > max(0, goods) else set())


@given(st.sampled_from(["USD", "XXQ"]), st.lists(LINES, max_size=3), NUMBERS)
def test_every_unusable_field_is_named_and_nothing_else(
    currency: str, lines: list[LineItem], order_discount: int
) -> None:
    """A cart is made exactly when no field is wrong; otherwise all wrong fields are told at once."""
    try:
        Cart(currency=currency, lines=lines, order_discount=order_discount)
        told = set()
    except InputError as error:
        told = {fault.path for fault in error.faults}
    assert told == wrong_places(currency, lines, order_discount)


def test_a_cart_can_be_pickled_and_copied() -> None:
    """What comes back is equal, its attributes read-only as before."""
    cart = Cart(
        currency="USD",
        lines=[LineItem(id="1", sku="A", quantity=1, unit_price=5, attributes={"fragile": "yes"})],
    )
    for again in (pickle.loads(pickle.dumps(cart)), copy.deepcopy(cart)):
        assert again == cart
        assert again.lines[0] == copy.copy(cart.lines[0])
        assert type(again.lines[0].attributes) is type(cart.lines[0].attributes)
