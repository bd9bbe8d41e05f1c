"""What a shop decides about its checkouts, and what a command makes of one."""

import datetime as dt
from collections.abc import Callable
from typing import Final, Literal

from attrs import frozen

from checkout_kit.cart import Cart
from checkout_kit.checkout.effects import Effect
from checkout_kit.checkout.problems import NO_DEMANDS, Demands
from checkout_kit.checkout.tokens import SigningKeys
from checkout_kit.checkout.value import Checkout
from checkout_kit.errors import NotReady
from checkout_kit.shipping.quote import Quote
from checkout_kit.shipping.slots import NO_PICKUP, NO_SLOTS, PickupRules, SlotRules


@frozen(kw_only=True)
class PricedCart:
    """A cart with the order discount its codes earn, and the codes that earn nothing."""

    cart: Cart
    rejected_codes: tuple[str, ...] = ()


def _as_given(cart: Cart) -> PricedCart:
    return PricedCart(cart=cart)


@frozen(kw_only=True)
class Rules:
    """What a shop decides about its checkouts; functions in it are pure.

    Attributes:
        policy_id: names the shipping policy in force, so that a later price can be laid to its change.
        price_cart: applies discount codes; called whenever lines or codes change.
        captures: take the money when the order is placed, or leave it authorised for the shop to take.
        keys: sign and open quote locks; without them a lock is refused.
        pickup: where deliveries may be collected; the service fills it in from the policy.
        slots: which options have delivery slots, and what is left of them; from the policy and the store.
        lifetime: how long after its last write an open checkout expires.
    """

    demands: Demands = NO_DEMANDS
    policy_id: str = ""
    price_cart: Callable[[Cart], PricedCart] = _as_given
    captures: Literal["when_placed", "later"] = "when_placed"
    lifetime: dt.timedelta = dt.timedelta(days=7)
    keys: SigningKeys | None = None
    pickup: PickupRules = NO_PICKUP
    slots: SlotRules = NO_SLOTS


DEFAULT_RULES: Final = Rules()


@frozen(kw_only=True)
class Transition:
    """What a command makes of a checkout.

    `checkout` is the very object that went in when there is nothing to write. `refusal` is set when
    the command was refused and the checkout still has news to keep (a price that changed meanwhile).
    """

    checkout: Checkout
    effects: tuple[Effect, ...] = ()
    quotes: tuple[Quote | None, ...] = ()
    refusal: NotReady | None = None
