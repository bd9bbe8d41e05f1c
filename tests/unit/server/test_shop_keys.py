"""Shop keys open what their scope says, and nothing is kept that opens anything."""

import pytest

from checkout_kit.errors import Forbidden
from checkout_kit.server.shop_keys import ShopKeys, new_shop_key


def test_a_key_opens_its_scope_only() -> None:
    """A key for orders does not create checkouts."""
    key, text = new_shop_key("reports", ["orders"])
    keys = ShopKeys((key,))
    keys.require(f"Bearer {text}", "orders")
    with pytest.raises(Forbidden):
        keys.require(f"Bearer {text}", "checkouts")


def test_two_keys_open_while_one_is_rotated_out() -> None:
    """Old and new key both work until the old one is taken away."""
    (old, old_text), (new, new_text) = new_shop_key("2026"), new_shop_key("2027")
    both = ShopKeys((old, new))
    both.require(f"Bearer {old_text}", "checkouts")
    both.require(f"bearer {new_text}", "checkouts")
    with pytest.raises(Forbidden):
        ShopKeys((new,)).require(f"Bearer {old_text}", "checkouts")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer sk_guess"])
def test_anything_else_is_refused(header: str) -> None:
    """No key, another scheme, or a guess."""
    key, _ = new_shop_key("shop")
    with pytest.raises(Forbidden):
        ShopKeys((key,)).require(header, "checkouts")


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_a_key_is_presented_as_a_bearer_key(scheme: str) -> None:
    """The same text under another scheme opens nothing."""
    key, text = new_shop_key("shop")
    with pytest.raises(Forbidden):
        ShopKeys((key,)).require(f"{scheme} {text}", "checkouts")


def test_the_text_is_not_kept() -> None:
    """Neither the value nor its repr contains what opens it."""
    key, text = new_shop_key("shop")
    assert text not in repr(key)
    assert text not in key.sha256
