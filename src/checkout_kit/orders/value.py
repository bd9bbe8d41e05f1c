"""The order: a frozen snapshot of what was agreed, and the facts that follow it."""

import datetime as dt
from typing import Literal

from attrs import evolve, field, frozen

from checkout_kit.address import Address
from checkout_kit.cart import Cart, Customer
from checkout_kit.checkout.effects import PlaceOrder
from checkout_kit.checkout.ledger import Component, ledger, totals
from checkout_kit.checkout.slots import promised
from checkout_kit.checkout.value import (
    Assignment,
    Business,
    Checkout,
    Choice,
    Contact,
    PickupPlace,
    SlotPlace,
    lines_of,
)
from checkout_kit.errors import Refused


@frozen(kw_only=True)
class OrderDelivery:
    """One destination, or the place to collect from, with its lines and the option as it was promised."""

    id: str
    line_ids: tuple[str, ...]
    address: Address | None = None
    pickup: PickupPlace | None = None
    choice: Choice | None = None
    slot: SlotPlace | None = None


@frozen(kw_only=True)
class OrderPayment:
    """The money of an order, in minor units.

    `asked` are the keys and amounts of the refunds that were asked of the provider.
    """

    provider: str
    payment_id: str
    amount: int
    captured: int = 0
    refunded: int = 0
    state: Literal["authorised", "captured", "refunded", "voided", "free"] = "authorised"
    asked: tuple[tuple[str, int], ...] = ()


@frozen(kw_only=True)
class Order:
    """What was bought, where it goes, what was promised and paid; later policy edits never touch it."""

    id: str
    version: int
    checkout_id: str
    placed_at: dt.datetime
    cart: Cart
    customer: Customer = field(factory=Customer)
    contact: Contact | None = field(default=None, repr=False)
    deliveries: tuple[OrderDelivery, ...] = ()
    billing_address: Address | None = field(default=None, repr=False)
    business: Business | None = field(default=None, repr=False)
    components: tuple[Component, ...] = ()
    payment: OrderPayment
    note: str = field(default="", repr=False)
    channel: str = ""
    policy_id: str = ""
    assignment: Assignment | None = None


def place_order(checkout: Checkout, effect: PlaceOrder, now: dt.datetime, *, provider: str) -> Order:
    """The order of a checkout that has just been paid; its ledger and its promises are copied, not linked."""
    entries = ledger(checkout)
    amount = totals(entries).total
    state: Literal["free", "captured", "authorised"] = "authorised"
    if effect.is_captured:
        state = "captured" if effect.payment_id else "free"
    return Order(
        id=effect.order_id,
        version=1,
        checkout_id=checkout.id,
        placed_at=now,
        cart=checkout.cart,
        customer=checkout.customer,
        contact=checkout.contact,
        deliveries=tuple(
            OrderDelivery(
                id=d.id,
                line_ids=lines_of(checkout, d),
                address=d.address,
                pickup=d.pickup,
                choice=promised(d),
                slot=d.slot,
            )
            for d in checkout.deliveries
        ),
        billing_address=checkout.billing_address,
        business=checkout.business,
        components=entries,
        payment=OrderPayment(
            provider=provider if effect.payment_id else "",
            payment_id=effect.payment_id,
            amount=amount,
            captured=amount if effect.is_captured else 0,
            state=state,
        ),
        note=checkout.note,
        channel=checkout.channel,
        policy_id=checkout.policy_id,
        assignment=checkout.assignment,
    )


def record_capture(order: Order, captured: int) -> Order:
    """The order after `captured` minor units in all have been taken; the same object if it knew."""
    if order.payment.captured == captured:
        return order
    paid = evolve(order.payment, captured=captured, state="captured")
    return evolve(order, version=order.version + 1, payment=paid)


def record_refund(order: Order, refunded: int, *, label: str = "Refund") -> Order:
    """The order after `refunded` minor units in all were given back, with a ledger entry of the difference.

    Raises:
        Refused: more than was taken, or less than was given back before.
    """
    before = order.payment.refunded
    if not before <= refunded <= order.payment.captured:
        raise Refused(
            f"cannot refund {refunded} in all of {order.payment.captured} taken, {before} given back"
        )
    if refunded == before:
        return order
    entry = Component(kind="refund", label=label, amount=before - refunded)
    state: Literal["refunded", "captured"] = "refunded" if refunded == order.payment.captured else "captured"
    return evolve(
        order,
        version=order.version + 1,
        payment=evolve(order.payment, refunded=refunded, state=state),
        components=(*order.components, entry),
    )


def ask_refund(order: Order, key: str, amount: int) -> Order:
    """The order with a refund noted that is about to be asked for; the same object if the key asked before.

    Raises:
        Refused: more than is left of what was taken, or the key asked for another amount.
    """
    payment = order.payment
    known = dict(payment.asked).get(key)
    if known == amount:
        return order
    if known is not None:
        raise Refused(f"this idempotency key was used before to refund {known}; send a new one")
    left = payment.captured - max(payment.refunded, sum(asked for _, asked in payment.asked))
    if not payment.payment_id or not 0 < amount <= left:
        raise Refused(f"cannot refund {amount}: of {payment.captured} taken, {left} are left")
    noted = evolve(payment, asked=(*payment.asked, (key, amount)))
    return evolve(order, version=order.version + 1, payment=noted)


def withdraw_refund(order: Order, key: str) -> Order:
    """The order after the provider refused what a key asked for; the same object if it had not asked."""
    asked = tuple(one for one in order.payment.asked if one[0] != key)
    if asked == order.payment.asked:
        return order
    return evolve(order, version=order.version + 1, payment=evolve(order.payment, asked=asked))


def record_payment(order: Order, *, captured: int, refunded: int) -> Order:
    """The order after a look at its payment at the provider; the same object if it knew.

    Minor units in all. Looks may arrive in any order: what was seen taken or given back before stays.
    """
    seen = record_capture(order, max(captured, order.payment.captured))
    seen = record_refund(seen, max(refunded, order.payment.refunded))
    return order if seen is order else evolve(seen, version=order.version + 1)
