"""The one transition table: which command does what in which phase of a checkout."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final, Literal

from attrs import evolve, frozen

from checkout_kit.cart import Cart
from checkout_kit.checkout.choices import QuoteFunction, quote_request, settle
from checkout_kit.checkout.commands import (
    UNSET,
    Approve,
    Cancel,
    Command,
    Complete,
    Expire,
    PaymentOutcome,
    Refresh,
    Remind,
    SignIn,
    Update,
)
from checkout_kit.checkout.effects import Authorise, Capture, Effect, Event, PlaceOrder, Void
from checkout_kit.checkout.ledger import ledger, totals
from checkout_kit.checkout.lock import open_lock
from checkout_kit.checkout.problems import NO_DEMANDS, Demands, Problem, problems
from checkout_kit.checkout.sections import apply_update
from checkout_kit.checkout.tokens import SigningKeys
from checkout_kit.checkout.value import Attempt, Checkout, Ending
from checkout_kit.errors import InputError, NotReady, Refused, Unsupported
from checkout_kit.shipping.quote import Quote

Phase = Literal["open", "authorising", "authentication", "completed", "canceled", "expired"]


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
        lifetime: how long after its last write an open checkout expires.
    """

    demands: Demands = NO_DEMANDS
    policy_id: str = ""
    price_cart: Callable[[Cart], PricedCart] = _as_given
    captures: Literal["when_placed", "later"] = "when_placed"
    lifetime: dt.timedelta = dt.timedelta(days=7)
    keys: SigningKeys | None = None


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


def phase(checkout: Checkout, now: dt.datetime) -> Phase:
    """Where the checkout stands, as far as commands are concerned."""
    if checkout.ending is not None:
        return checkout.ending.kind
    if checkout.attempt is not None and checkout.attempt.state in ("authorising", "authentication"):
        return "authorising" if checkout.attempt.state == "authorising" else "authentication"
    return "expired" if now >= checkout.expires_at else "open"


def transition(
    checkout: Checkout,
    command: Command,
    quote: QuoteFunction,
    now: dt.datetime,
    rules: Rules = DEFAULT_RULES,
) -> Transition:
    """Apply one command at the instant `now`; the version grows by one whenever anything is to be written.

    Raises:
        Refused: the table has no entry for the command in the checkout's phase.
        InputError: the command's data cannot be used.
        NotReady: completing with problems.
    """
    where = phase(checkout, now)
    step = _TABLE.get((where, type(command)))
    if step is None:
        raise Refused(_refusal(checkout, command, where))
    done = step(checkout, command, quote, now, rules)
    if done.checkout is checkout or done.checkout.version != checkout.version:
        return done
    return evolve(done, checkout=evolve(done.checkout, version=checkout.version + 1, updated_at=now))


def _refusal(checkout: Checkout, command: Command, where: Phase) -> str:
    verb = type(command).__name__.lower()
    if where == "completed" and checkout.ending is not None:
        return f"the checkout is completed as order {checkout.ending.order_id!r}; it cannot {verb} any more"
    if where == "authorising":
        return f"a payment is under way; wait for its outcome before the checkout can {verb}"
    return f"a checkout that is {where} cannot {verb}; open a new one"


def _update(
    checkout: Checkout, command: Update, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> Transition:
    updated = apply_update(checkout, command)
    cause = _cause(checkout, updated)
    if cause in ("cart", "discount_codes"):
        priced = rules.price_cart(updated.cart)
        updated = evolve(updated, cart=priced.cart, rejected_codes=priced.rejected_codes, approved_by="")
    updated, locked = _open_locks(updated, command, quote, now, rules)
    also = {
        "version": checkout.version + 1,
        "updated_at": now,
        "expires_at": now + rules.lifetime,
        "policy_id": rules.policy_id,
        "reminders": 0,
    }
    settled, quotes = settle(updated, quote, now, cause=cause, locked=locked, also=also)
    _check_selection(settled, command, quotes)
    effects: tuple[Effect, ...] = ()
    if settled.assignment is not None and not settled.assignment.is_exposed and any(quotes):
        settled = evolve(settled, assignment=evolve(settled.assignment, is_exposed=True))
        effects = (Event(key=f"{checkout.id}:exposed", kind="experiment.exposed", checkout_id=checkout.id),)
    return Transition(checkout=settled, quotes=quotes, effects=effects)


def _open_locks(
    checkout: Checkout, command: Update, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> tuple[Checkout, frozenset[str]]:
    """The checkout with the choices that lock tokens hold, and the deliveries they are for."""
    if command.deliveries is UNSET or not any(patch.lock for patch in command.deliveries):
        return checkout, frozenset()
    if rules.keys is None:
        raise Unsupported("this shop has no signing keys, so it cannot honour a quote lock")
    locks = {patch.id: patch.lock for patch in command.deliveries if patch.lock}
    deliveries = []
    for i, delivery in enumerate(checkout.deliveries):
        token = locks.get(delivery.id)
        if token is not None:
            request = quote_request(checkout, delivery, now)
            if request is None:
                raise InputError.of(f"deliveries[{i}].lock", "needs an address and goods to ship")
            choice = open_lock(token, request, quote, rules.keys)
            delivery = evolve(delivery, choice=choice, wanted=choice.option_id)  # noqa: PLW2901
        deliveries.append(delivery)
    return evolve(checkout, deliveries=tuple(deliveries)), frozenset(locks)


def _cause(before: Checkout, after: Checkout) -> str:
    if after.cart.lines != before.cart.lines or after.cart.order_discount != before.cart.order_discount:
        return "cart"
    if after.cart.discount_codes != before.cart.discount_codes:
        return "discount_codes"
    if after.deliveries == before.deliveries:
        return ""
    places = [(d.id, d.address, d.line_ids) for d in after.deliveries]
    return "selection" if places == [(d.id, d.address, d.line_ids) for d in before.deliveries] else "address"


def _check_selection(checkout: Checkout, command: Update, quotes: tuple[Quote | None, ...]) -> None:
    if command.deliveries is UNSET:
        return
    asked = {patch.id for patch in command.deliveries if patch.option_id is not UNSET and patch.option_id}
    for i, (delivery, answer) in enumerate(zip(checkout.deliveries, quotes, strict=True)):
        if delivery.id in asked and answer is not None and delivery.choice is None:
            offered = ", ".join(option.id for option in answer.options) or "none"
            raise InputError.of(
                f"deliveries[{i}].option_id",
                "is not offered for this cart and address",
                found=delivery.wanted,
                remedy=f"choose one of: {offered}",
            )


def _sign_in(
    checkout: Checkout, command: SignIn, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> Transition:
    if checkout.customer.id and checkout.customer.id != command.customer.id:
        raise Refused("the checkout belongs to another customer; open a new one")
    known = evolve(checkout, customer=command.customer)
    cause = "" if known == checkout else "customer"
    settled, quotes = settle(known, quote, now, cause=cause)
    return Transition(checkout=settled, quotes=quotes)


def _refresh(
    checkout: Checkout, command: Refresh, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> Transition:
    settled, quotes = settle(checkout, quote, now, cause="")
    return Transition(checkout=settled, quotes=quotes)


def _approve(
    checkout: Checkout, command: Approve, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> Transition:
    return Transition(checkout=evolve(checkout, approved_by=command.by))


def _remind(
    checkout: Checkout, command: Remind, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> Transition:
    event = Event(
        key=f"{checkout.id}:reminder:{checkout.version}",
        kind="checkout.reminder_due",
        checkout_id=checkout.id,
    )
    return Transition(checkout=evolve(checkout, reminders=checkout.reminders + 1), effects=(event,))


def _complete(
    checkout: Checkout, command: Complete, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> Transition:
    settled, quotes = settle(checkout, quote, now, cause="")
    found = problems(settled, rules.demands)
    if settled.changes is not checkout.changes:
        places = {delivery.id: i for i, delivery in enumerate(settled.deliveries)}
        news = tuple(
            Problem(
                code=f"{change.kind}_changed" if change.kind in ("price", "date") else change.kind,
                severity="buyer_review",
                path=f"deliveries[{places[change.delivery_id]}].option_id",
                message=f"{change.title}: this has changed since it was shown.",
                hint="Look at the delivery options again, then place the order.",
            )
            for change in settled.changes
        )
        return Transition(checkout=settled, quotes=quotes, refusal=NotReady((*news, *found)))
    if found:
        raise NotReady(found)
    number = 1 if checkout.attempt is None else checkout.attempt.number + 1
    amount = totals(ledger(settled)).total
    attempt = Attempt(number=number, amount=amount, state="authorising", started_at=now)
    paying = evolve(settled, attempt=attempt)
    if amount == 0:
        free = PaymentOutcome(attempt=number, state="captured")
        return evolve(_settle_payment(paying, free, quote, now, rules), quotes=quotes)
    ask = Authorise(
        key=f"{checkout.id}:{number}:authorise", checkout_id=checkout.id, attempt=number, amount=amount,
        currency=checkout.currency,
    )  # fmt: skip
    return Transition(checkout=paying, effects=(ask,), quotes=quotes)


def _settle_payment(
    checkout: Checkout, outcome: PaymentOutcome, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> Transition:
    attempt = checkout.attempt
    if attempt is None or attempt.number != outcome.attempt:
        return _late_payment(checkout, outcome, quote, now, rules)
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
        released = (_void(checkout, outcome.payment_id),) if outcome.payment_id else ()
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


def _late_payment(
    checkout: Checkout, outcome: PaymentOutcome, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> Transition:
    """An outcome nobody waits for any more: money held without an order is released."""
    attempt = checkout.attempt
    is_ours = (
        attempt is not None and attempt.payment_id == outcome.payment_id and attempt.state == "authorised"
    )
    if outcome.state not in ("authorised", "captured") or is_ours or not outcome.payment_id:
        return Transition(checkout=checkout)
    return Transition(checkout=checkout, effects=(_void(checkout, outcome.payment_id),))


def _void(checkout: Checkout, payment_id: str) -> Void:
    return Void(key=f"{checkout.id}:{payment_id}:void", checkout_id=checkout.id, payment_id=payment_id)


def _end(
    checkout: Checkout, kind: Literal["canceled", "expired"], reason: str, now: dt.datetime
) -> Transition:
    effects: list[Effect] = [
        Event(key=f"{checkout.id}:{kind}", kind=f"checkout.{kind}", checkout_id=checkout.id)  # type: ignore[arg-type]
    ]
    attempt = checkout.attempt
    if attempt is not None and attempt.state == "authentication" and attempt.payment_id:
        effects.append(_void(checkout, attempt.payment_id))
        checkout = evolve(checkout, attempt=evolve(attempt, state="voided", action_url=""))
    ended = evolve(checkout, ending=Ending(kind=kind, at=now, reason=reason))
    return Transition(checkout=ended, effects=tuple(effects))


def _cancel(
    checkout: Checkout, command: Cancel, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> Transition:
    return _end(checkout, "canceled", command.reason, now)


def _expire(
    checkout: Checkout, command: Expire, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> Transition:
    if checkout.ending is not None:
        return Transition(checkout=checkout)
    if now < checkout.expires_at:
        raise Refused(f"the checkout lives until {checkout.expires_at.isoformat()}; it cannot expire before")
    return _end(checkout, "expired", "lifetime", now)


def _update_instead_of_authenticating(
    checkout: Checkout, command: Update, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> Transition:
    """The buyer turns back from the bank's page and changes something: that payment is given up."""
    attempt = checkout.attempt
    effects = (_void(checkout, attempt.payment_id),) if attempt is not None and attempt.payment_id else ()
    given_up = None if attempt is None else evolve(attempt, state="voided", action_url="")
    done = _update(evolve(checkout, attempt=given_up), command, quote, now, rules)
    return evolve(done, effects=(*effects, *done.effects))


_Step = Callable[[Checkout, Any, QuoteFunction, dt.datetime, Rules], Transition]
_TABLE: dict[tuple[Phase, type], _Step] = {
    ("open", Update): _update,
    ("open", SignIn): _sign_in,
    ("open", Refresh): _refresh,
    ("open", Approve): _approve,
    ("open", Remind): _remind,
    ("open", Complete): _complete,
    ("open", Cancel): _cancel,
    ("open", Expire): _expire,
    ("open", PaymentOutcome): _late_payment,
    ("authorising", PaymentOutcome): _settle_payment,
    ("authentication", PaymentOutcome): _settle_payment,
    ("authentication", Update): _update_instead_of_authenticating,
    ("authentication", Cancel): _cancel,
    ("authentication", Expire): _expire,
    ("completed", PaymentOutcome): _late_payment,
    ("canceled", PaymentOutcome): _late_payment,
    ("expired", PaymentOutcome): _late_payment,
    ("expired", Expire): _expire,
}
