"""The steps of the table that are about money: complete, and what the provider answers."""

import datetime as dt

from attrs import evolve

from checkout_kit.checkout.choices import QuoteFunction, settle
from checkout_kit.checkout.commands import Complete, PaymentOutcome
from checkout_kit.checkout.effects import Authorise, Capture, Effect, Event, PlaceOrder, Void
from checkout_kit.checkout.ledger import ledger, totals
from checkout_kit.checkout.pickup import is_moved
from checkout_kit.checkout.problems import Problem, problems
from checkout_kit.checkout.rules import Rules, Transition
from checkout_kit.checkout.value import Attempt, Checkout, Ending
from checkout_kit.errors import NotReady

_OTHER_DISCOUNT = Problem(
    code="discount_changed",
    severity="buyer_review",
    path="discount_codes",
    message="The discount is not what it was when it was shown.",
    hint="Look at the total again, then place the order.",
)


def complete(
    checkout: Checkout, command: Complete, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> Transition:
    """Ask for the total, unless there are problems or news the buyer has not seen."""
    priced = rules.price_cart(checkout.cart)
    is_repriced = priced.cart != checkout.cart or priced.rejected_codes != checkout.rejected_codes
    if is_repriced:
        checkout = evolve(checkout, cart=priced.cart, rejected_codes=priced.rejected_codes)
    settled, quotes = settle(
        checkout, quote, now, cause="discount_codes" if is_repriced else "", pickup=rules.pickup,
        policy_id=rules.policy_id,
    )  # fmt: skip
    found = problems(settled, rules.demands)
    moved = (*_moved_places(checkout, settled), *((_OTHER_DISCOUNT,) if is_repriced else ()))
    if moved or settled.changes is not checkout.changes:
        places = {delivery.id: i for i, delivery in enumerate(settled.deliveries)}
        news = tuple(
            Problem(
                code=f"{change.kind}_changed" if change.kind in ("price", "date") else change.kind,
                severity="buyer_review",
                path=f"deliveries[{places[change.delivery_id]}].option_id",
                message=f"{change.title}: this has changed since it was shown.",
                hint="Look at the delivery options again, then place the order.",
            )
            for change in (settled.changes if settled.changes is not checkout.changes else ())
        )
        return Transition(checkout=settled, quotes=quotes, refusal=NotReady((*moved, *news, *found)))
    if found:
        raise NotReady(found)
    number = 1 if checkout.attempt is None else checkout.attempt.number + 1
    amount = totals(ledger(settled)).total
    attempt = Attempt(number=number, amount=amount, state="authorising", started_at=now)
    paying = evolve(settled, attempt=attempt)
    if amount == 0:
        free = PaymentOutcome(attempt=number, state="captured")
        return evolve(settle_payment(paying, free, quote, now, rules), quotes=quotes)
    ask = Authorise(
        key=f"{checkout.id}:{number}:authorise", checkout_id=checkout.id, attempt=number, amount=amount,
        currency=checkout.currency,
    )  # fmt: skip
    return Transition(checkout=paying, effects=(ask,), quotes=quotes)


def _moved_places(before: Checkout, after: Checkout) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            code="pickup_point_moved",
            severity="buyer_review",
            path=f"deliveries[{i}].pickup_point",
            message="The pickup point is at another address than shown.",
            hint="Look at it again, then place the order.",
        )
        for i, (was, now) in enumerate(zip(before.deliveries, after.deliveries, strict=True))
        if is_moved(was, now)
    )


def settle_payment(
    checkout: Checkout, outcome: PaymentOutcome, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> Transition:
    """What the provider answered to the attempt under way: an order, a decline, or more waiting."""
    attempt = checkout.attempt
    if attempt is None or attempt.number != outcome.attempt:
        return late_payment(checkout, outcome, quote, now, rules)
    if outcome.state == "authentication":
        if attempt.state == "authentication" and attempt.action_url == outcome.action_url:
            return Transition(checkout=checkout)
        waiting = evolve(
            attempt, state="authentication", payment_id=outcome.payment_id, action_url=outcome.action_url
        )
        return Transition(checkout=evolve(checkout, attempt=waiting))
    if outcome.state == "pending":
        if attempt.payment_id == outcome.payment_id:
            return Transition(checkout=checkout)
        return Transition(checkout=evolve(checkout, attempt=evolve(attempt, payment_id=outcome.payment_id)))
    if outcome.state == "declined":
        declined = evolve(
            attempt, state="declined", code=outcome.code, payment_id=outcome.payment_id, action_url=""
        )
        return Transition(checkout=evolve(checkout, attempt=declined, payment=None))
    if outcome.is_unwanted:
        given_up = evolve(attempt, state="voided", payment_id=outcome.payment_id, action_url="")
        released = (void_of(checkout, outcome.payment_id),) if outcome.payment_id else ()
        return Transition(checkout=evolve(checkout, attempt=given_up), effects=released)
    order_id = "or_" + checkout.id.removeprefix("co_")
    paid = evolve(attempt, state="authorised", payment_id=outcome.payment_id, action_url="")
    ending = Ending(kind="completed", at=now, order_id=order_id)
    effects: list[Effect] = [
        PlaceOrder(order_id=order_id, payment_id=outcome.payment_id, is_captured=outcome.state == "captured"),
        Event(key=f"{order_id}:placed", kind="order.placed", checkout_id=checkout.id, order_id=order_id),
    ]
    if outcome.state == "authorised" and rules.captures == "when_placed":
        effects.append(
            Capture(
                key=f"{checkout.id}:{attempt.number}:capture", checkout_id=checkout.id, order_id=order_id,
                payment_id=outcome.payment_id, amount=attempt.amount, currency=checkout.currency,
            )
        )  # fmt: skip
    return Transition(checkout=evolve(checkout, attempt=paid, ending=ending), effects=tuple(effects))


def late_payment(
    checkout: Checkout, outcome: PaymentOutcome, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> Transition:
    """An outcome nobody waits for any more: money held without an order is released."""
    attempt = checkout.attempt
    is_ours = (
        attempt is not None and attempt.payment_id == outcome.payment_id and attempt.state == "authorised"
    )
    if outcome.state not in ("authorised", "captured") or is_ours or not outcome.payment_id:
        return Transition(checkout=checkout)
    return Transition(checkout=checkout, effects=(void_of(checkout, outcome.payment_id),))


def void_of(checkout: Checkout, payment_id: str) -> Void:
    """The effect that releases a payment."""
    return Void(key=f"{checkout.id}:{payment_id}:void", checkout_id=checkout.id, payment_id=payment_id)
