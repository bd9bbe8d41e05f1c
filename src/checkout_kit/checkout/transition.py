"""The one transition table: which command does what in which phase of a checkout."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Literal

from attrs import evolve

from checkout_kit.checkout.choices import QuoteFunction, quote_request, reaching, settle
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
from checkout_kit.checkout.effects import Effect, Event
from checkout_kit.checkout.lock import open_lock
from checkout_kit.checkout.paying import complete, late_payment, settle_payment, void_of
from checkout_kit.checkout.pickup import locate
from checkout_kit.checkout.problems import problems
from checkout_kit.checkout.rules import DEFAULT_RULES, Rules, Transition
from checkout_kit.checkout.sections import apply_update
from checkout_kit.checkout.slots import has_lost_slot, seat
from checkout_kit.checkout.value import Checkout, Ending
from checkout_kit.errors import InputError, NotReady, Refused, Unsupported
from checkout_kit.making import maker
from checkout_kit.shipping.quote import Quote

Phase = Literal["open", "authorising", "authentication", "completed", "canceled", "expired"]


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
    if isinstance(command, Complete):
        seated = seat(checkout, rules.slots, now)
        if has_lost_slot(checkout, seated):
            news = evolve(seated, version=checkout.version + 1, updated_at=now)
            return Transition(checkout=news, refusal=NotReady(problems(seated, rules.demands)))
    done = step(checkout, command, quote, now, rules)
    # Completing is refused with news of options too: the slot of one that is gone goes with it.
    if isinstance(command, _SEATED_AFTER) or done.refusal is not None:
        patches = command.deliveries if isinstance(command, Update) and command.deliveries else ()
        seated = seat(done.checkout, rules.slots, now, patches=patches)
        done = done if seated is done.checkout else evolve(done, checkout=seated)
    if done.checkout is checkout or done.checkout.version != checkout.version:
        return done
    return evolve(done, checkout=evolve(done.checkout, version=checkout.version + 1, updated_at=now))


def _refusal(checkout: Checkout, command: Command, where: Phase) -> str:
    verb = type(command).__name__.lower()
    if where == "completed" and checkout.ending is not None:
        return f"the checkout is completed as order {checkout.ending.order_id!r}; it cannot {verb} any more"
    if where == "authorising":
        return f"a payment is under way; wait for its outcome before the checkout can {verb}"
    if where == "authentication":
        return f"the buyer is at the bank's page; ask what became of it before the checkout can {verb}"
    return f"a checkout that is {where} cannot {verb}; open a new one"


def _update(
    checkout: Checkout, command: Update, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> Transition:
    written = {
        "version": checkout.version + 1,
        "updated_at": now,
        "expires_at": now + rules.lifetime,
    }
    updated = apply_update(checkout, command, written)
    cause = _cause(checkout, updated)
    if cause in ("cart", "discount_codes"):
        priced = rules.price_cart(updated.cart)
        updated = evolve(updated, cart=priced.cart, rejected_codes=priced.rejected_codes, approved_by="")
    updated, locked = _open_locks(updated, command, quote, now, rules)
    settled, quotes = settle(
        updated, quote, now, cause=cause, locked=locked, is_written=True, pickup=rules.pickup,
        policy_id=rules.policy_id,
    )  # fmt: skip
    _check_selection(settled, command, quotes)
    effects: tuple[Effect, ...] = ()
    if settled.assignment is not None and not settled.assignment.is_exposed and any(quotes):
        settled = evolve(settled, assignment=evolve(settled.assignment, is_exposed=True))
        effects = (Event(key=f"{checkout.id}:exposed", kind="experiment.exposed", checkout_id=checkout.id),)
    return _transition(checkout=settled, quotes=quotes, effects=effects)


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
            delivery = locate(delivery, rules.pickup)  # noqa: PLW2901
            request = quote_request(checkout, delivery, now)
            if request is None:
                raise InputError.of(f"deliveries[{i}].lock", "needs an address and goods to ship")
            choice = open_lock(token, request, reaching(quote, delivery, rules.pickup), rules.keys)
            if not rules.pickup.serves(choice.method_id, delivery.pickup.id if delivery.pickup else ""):
                raise InputError.of(f"deliveries[{i}].lock", "is for an option that does not go there")
            delivery = evolve(delivery, choice=choice, wanted=choice.option_id)  # noqa: PLW2901
        deliveries.append(delivery)
    return evolve(checkout, deliveries=tuple(deliveries)), frozenset(locks)


def _cause(before: Checkout, after: Checkout) -> str:
    if after.cart is not before.cart:
        if after.cart.lines != before.cart.lines or after.cart.order_discount != before.cart.order_discount:
            return "cart"
        if after.cart.discount_codes != before.cart.discount_codes:
            return "discount_codes"
    if after.deliveries == before.deliveries:
        return ""
    if _places(after) == _places(before):
        return "selection"
    points = {delivery.id: delivery.pickup for delivery in before.deliveries}
    goes_to_another = any(d.pickup and d.pickup != points.get(d.id) for d in after.deliveries)
    return "pickup_point" if goes_to_another else "address"


def _places(checkout: Checkout) -> list[tuple[object, ...]]:
    return [(d.id, d.address, d.pickup, d.line_ids) for d in checkout.deliveries]


def _check_selection(checkout: Checkout, command: Update, quotes: tuple[Quote | None, ...]) -> None:
    if command.deliveries is UNSET:
        return
    asked = {patch.id for patch in command.deliveries if patch.option_id}
    if not asked:
        return
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
    settled, quotes = settle(known, quote, now, cause=cause, pickup=rules.pickup, policy_id=rules.policy_id)
    return Transition(checkout=settled, quotes=quotes)


def _refresh(
    checkout: Checkout, command: Refresh, quote: QuoteFunction, now: dt.datetime, rules: Rules
) -> Transition:
    settled, quotes = settle(checkout, quote, now, cause="", pickup=rules.pickup, policy_id=rules.policy_id)
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


def _end(
    checkout: Checkout, kind: Literal["canceled", "expired"], reason: str, now: dt.datetime
) -> Transition:
    effects: list[Effect] = [
        Event(key=f"{checkout.id}:{kind}", kind=f"checkout.{kind}", checkout_id=checkout.id)  # type: ignore[arg-type]
    ]
    attempt = checkout.attempt
    if attempt is not None and attempt.state == "authentication" and attempt.payment_id:
        effects.append(void_of(checkout, attempt.payment_id))
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
    effects = (void_of(checkout, attempt.payment_id),) if attempt is not None and attempt.payment_id else ()
    given_up = None if attempt is None else evolve(attempt, state="voided", action_url="")
    done = _update(evolve(checkout, attempt=given_up), command, quote, now, rules)
    return evolve(done, effects=(*effects, *done.effects))


_transition = maker(Transition)
_SEATED_AFTER = (Update, SignIn, Refresh, Approve, Remind)
_Step = Callable[[Checkout, Any, QuoteFunction, dt.datetime, Rules], Transition]
_TABLE: dict[tuple[Phase, type], _Step] = {
    ("open", Update): _update,
    ("open", SignIn): _sign_in,
    ("open", Refresh): _refresh,
    ("open", Approve): _approve,
    ("open", Remind): _remind,
    ("open", Complete): complete,
    ("open", Cancel): _cancel,
    ("open", Expire): _expire,
    ("open", PaymentOutcome): late_payment,
    ("authorising", PaymentOutcome): settle_payment,
    ("authentication", PaymentOutcome): settle_payment,
    ("authentication", Update): _update_instead_of_authenticating,
    ("authentication", Cancel): _cancel,
    ("authentication", Expire): _expire,
    ("completed", PaymentOutcome): late_payment,
    ("canceled", PaymentOutcome): late_payment,
    ("expired", PaymentOutcome): late_payment,
    ("expired", Expire): _expire,
}
