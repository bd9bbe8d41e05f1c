"""Run what the outbox holds: payments, whose answers come back as commands, and events."""

import datetime as dt
import logging
from collections.abc import Callable
from functools import partial

from attrs import evolve, frozen

from checkout_kit.checkout import (
    Authorise,
    Capture,
    Event,
    Expire,
    PaymentOutcome,
    Remind,
    Void,
    phase,
)
from checkout_kit.errors import Conflict, Refused, Unavailable, VersionConflict
from checkout_kit.orders import Order, record_payment
from checkout_kit.payments import PaymentNews, PaymentRequest, PaymentResult
from checkout_kit.service.access import SHOP
from checkout_kit.service.places import is_slot_gone
from checkout_kit.service.steps import Steps, StoreCall
from checkout_kit.service.tasks import EVENT, LEASE_S, PAYMENT, effect_of, is_readable, retry_at
from checkout_kit.service.unit import (
    RACES,
    Parts,
    apply,
    commit,
    hold_stock,
    load,
    load_order,
    next_look,
    release_stock,
    remember,
    reminder_due,
    rewrite_order,
    rules_at,
    write_of,
)
from checkout_kit.storage import Loaded, SlotTaken, Task

_LOG = logging.getLogger("checkout_kit.service")

Deliver = Callable[[Event, int], Steps[None]]
"""Hands an event to whoever wants it, as steps; raises Unavailable to be asked again."""


@frozen(kw_only=True)
class DueReport:
    """What one round of due work did."""

    payments: int = 0
    events: int = 0
    failed: int = 0
    parked: int = 0
    expired: int = 0
    reminded: int = 0


def run_open_tasks(parts: Parts) -> Steps[None]:
    """Run payment tasks whose lease is over; the others are left to their workers."""
    now = parts.clock()
    tasks: tuple[Task, ...] = yield StoreCall(
        lambda: parts.store.lease_tasks(now, topics=(PAYMENT,), lease_s=LEASE_S, limit=50)
    )
    yield from run_tasks(parts, tasks)


def run_tasks(parts: Parts, tasks: tuple[Task, ...]) -> Steps[None]:
    """Run the payment tasks among these; events wait for their own round."""
    for task in tasks:
        if task.topic == PAYMENT:
            yield from run_task(parts, task)


def run_task(parts: Parts, task: Task) -> Steps[bool]:
    """Run one payment task; False when it has to be tried again later, or looked at by someone.

    A provider that refuses to authorise at all has taken nothing: the buyer may choose another way to pay,
    and the task is parked with the reason.
    """
    effect = effect_of(task)
    try:
        if isinstance(effect, Authorise):
            yield from _authorise(parts, effect, task)
        elif isinstance(effect, Capture):
            yield from _capture(parts, effect)
        elif isinstance(effect, Void):
            yield from _void(parts, effect)
    except (Unavailable, Refused) as error:
        if isinstance(error, Refused) and isinstance(effect, Authorise):
            refused = PaymentResult(state="declined", code="processing_error")
            yield from settle_payment(parts, effect.checkout_id, effect.attempt, refused)
        now = parts.clock()
        is_parked = isinstance(error, Refused)
        why = f"{type(error).__name__}: {error}"
        yield StoreCall(
            lambda: parts.store.fail_task(
                task.key, due_at=retry_at(now, task.attempts), error=why, is_parked=is_parked
            )
        )
        return False
    return True


def _authorise(parts: Parts, effect: Authorise, task: Task) -> Steps[None]:
    loaded = yield from load(parts, effect.checkout_id, SHOP)
    checkout, attempt = loaded.checkout, loaded.checkout.attempt
    if attempt is None or attempt.number != effect.attempt or attempt.state != "authorising":
        yield StoreCall(lambda: parts.store.finish_task(task.key))
        return
    if attempt.payment_id:
        result = yield from parts.payments.status(attempt.payment_id)
    else:
        payment = checkout.payment
        result = yield from parts.payments.authorise(
            PaymentRequest(
                key=effect.key,
                amount=effect.amount,
                currency=effect.currency,
                token=payment.token if payment is not None else "",
                reference=checkout.id,
                attempt=effect.attempt,
                return_url=parts.settings.return_url.replace("{checkout_id}", checkout.id),
                customer_ref=checkout.customer.id,
            )
        )
    yield from settle_payment(parts, effect.checkout_id, effect.attempt, result, finished=task.key)
    if result.state == "pending":
        raise Unavailable("the payment is still undecided at the provider")


def settle_payment(
    parts: Parts, checkout_id: str, attempt: int, result: PaymentResult, *, finished: str = ""
) -> Steps[None]:
    """Bring a payment's outcome to its checkout, then run what follows from it.

    `finished` is the outbox key this outcome answers; it leaves the outbox in the same transaction.
    """
    is_decided = result.state != "pending"
    state = "declined" if result.state == "voided" else result.state
    outcome = PaymentOutcome(
        attempt=attempt, state=state, payment_id=result.payment_id,
        code=result.code or ("canceled" if result.state == "voided" else ""), action_url=result.action_url,
    )  # fmt: skip
    for race in range(RACES):
        loaded = yield from load(parts, checkout_id, SHOP)
        now = parts.clock()
        rules = yield from rules_at(parts, loaded.checkout, now)
        heard = outcome
        if outcome.state in ("authorised", "captured") and loaded.checkout.ending is None:
            # The bank's page may have taken longer than the hold.
            short = yield from hold_stock(parts, loaded.checkout, now)
            is_gone = bool(short) or is_slot_gone(loaded.checkout, rules, now)
            heard = evolve(outcome, is_unwanted=is_gone)
        elif outcome.state == "declined":
            yield from release_stock(parts, checkout_id)
        done = apply(parts, loaded.checkout, heard, now, rules)
        write = write_of(
            parts, loaded.checkout, done, now, keeps=True, profile=remember(parts, done, loaded, now),
            finished=(finished,) if finished and is_decided else (),
        )  # fmt: skip
        try:
            yield from commit(parts, write)
        except Conflict:
            if race == RACES - 1:
                raise
            continue
        yield from run_tasks(parts, write.tasks)
        return


def _capture(parts: Parts, effect: Capture) -> Steps[None]:
    result: PaymentResult = yield from parts.payments.capture(
        effect.payment_id, effect.amount, key=effect.key
    )
    yield from note_payment(parts, effect.order_id, result, finished=effect.key)


def note_payment(parts: Parts, order_id: str, result: PaymentResult, *, finished: str = "") -> Steps[Order]:
    """Write what has been taken and given back so far to the order, whoever did it."""
    noted = rewrite_order(
        parts,
        order_id,
        lambda order: record_payment(order, captured=result.captured, refunded=result.refunded),
        finished=(finished,) if finished else (),
    )
    return (yield from noted)


def capture_order(parts: Parts, order_id: str) -> Steps[Order]:
    """Take what is held for an order, if it has not been taken yet."""
    order = yield from load_order(parts, order_id)
    payment = order.payment
    if payment.state == "authorised":
        result = yield from parts.payments.capture(
            payment.payment_id, payment.amount, key=f"{order.id}:capture"
        )
        order = yield from note_payment(parts, order_id, result)
    return order


def refresh_payment(parts: Parts, order_id: str) -> Steps[Order]:
    """Ask the provider about an order's payment and note it, as a webhook that was lost would have."""
    order = yield from load_order(parts, order_id)
    if order.payment.payment_id:
        result: PaymentResult = yield from parts.payments.status(order.payment.payment_id)
        order = yield from note_payment(parts, order_id, result)
    return order


def _void(parts: Parts, effect: Void) -> Steps[None]:
    try:
        yield from parts.payments.void(effect.payment_id, key=effect.key)
    except Refused:
        result = yield from parts.payments.status(effect.payment_id)
        if result.state not in ("voided", "declined"):
            raise
    yield StoreCall(lambda: parts.store.finish_task(effect.key))


def settle_authentication(parts: Parts, checkout_id: str) -> Steps[None]:
    """The buyer is back from the bank: ask what became of the payment and go on from there."""
    loaded = yield from load(parts, checkout_id, SHOP)
    attempt = loaded.checkout.attempt
    if attempt is None or attempt.state != "authentication":
        return
    result = yield from parts.payments.continue_authentication(attempt.payment_id)
    yield from settle_payment(parts, checkout_id, attempt.number, result)


def payment_changed(parts: Parts, news: PaymentNews) -> Steps[None]:
    """Ask the provider what became of a payment and bring it to its checkout and order.

    Nothing a webhook says is believed but that something happened, so replays and wrong orders do no harm.
    """
    loaded = yield from load(parts, news.reference, SHOP)
    result = yield from parts.payments.status(news.payment_id)
    yield from settle_payment(parts, news.reference, news.attempt, result)
    ending = loaded.checkout.ending
    attempt = loaded.checkout.attempt
    is_paid = ending is not None and attempt is not None and attempt.payment_id == news.payment_id
    if is_paid and ending is not None and ending.order_id and result.captured:
        yield from note_payment(parts, ending.order_id, result)


def run_due(parts: Parts, deliver: Deliver | None, limit: int) -> Steps[DueReport]:
    """One round: payments a crash left open, events, expiries and reminders."""
    now = parts.clock()
    topics = (PAYMENT, EVENT) if deliver is not None else (PAYMENT,)
    tasks: tuple[Task, ...] = yield StoreCall(
        lambda: parts.store.lease_tasks(now, topics=topics, lease_s=LEASE_S, limit=limit)
    )
    counts = {"payments": 0, "events": 0, "failed": 0, "parked": 0, "expired": 0, "reminded": 0}
    for task in tasks:
        try:
            counts[(yield from _run_due_task(parts, deliver, task))] += 1
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one row nobody can digest must not stop the others
            counts[(yield from _put_off(parts, task, _told(task.key, error)))] += 1
    due: tuple[str, ...] = yield StoreCall(lambda: parts.store.due_checkouts(now, limit=limit))
    for checkout_id in due:
        try:
            what = yield from _look_after(parts, checkout_id, now)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - nor may one checkout
            _told(checkout_id, error)
            later = now + dt.timedelta(hours=1)
            yield StoreCall(partial(parts.store.postpone, checkout_id, due_at=later))
            what = "failed"
        if what:
            counts[what] += 1
    return DueReport(**counts)


def _told(what: str, error: Exception) -> str:
    """Log a fault by its type alone: an unforeseen message may quote a person."""
    _LOG.error("%s could not be dealt with (%s); it is tried again later", what, type(error).__name__)
    return type(error).__name__


def _put_off(parts: Parts, task: Task, why: str) -> Steps[str]:
    """Try again later, and park what will not do; money is asked about until the provider answers."""
    now, is_worn_out = parts.clock(), task.attempts + 1 >= parts.settings.max_attempts
    is_parked = is_worn_out and (task.topic == EVENT or not is_readable(task))
    due_at = retry_at(now, task.attempts)
    yield StoreCall(partial(parts.store.fail_task, task.key, due_at=due_at, error=why, is_parked=is_parked))
    return "parked" if is_parked else "failed"


def _run_due_task(parts: Parts, deliver: Deliver | None, task: Task) -> Steps[str]:
    if task.topic == PAYMENT:
        return "payments" if (yield from run_task(parts, task)) else "failed"
    effect = effect_of(task)
    assert isinstance(effect, Event)
    assert deliver is not None
    if effect.kind != "checkout.reminder_due" or (yield from _is_still_wanted(parts, effect)):
        try:
            yield from deliver(effect, task.attempts)
        except Unavailable as error:
            return (yield from _put_off(parts, task, str(error)))
    yield StoreCall(lambda: parts.store.finish_task(task.key))
    return "events"


def _is_still_wanted(parts: Parts, reminder: Event) -> Steps[bool]:
    """A reminder may wait for its receiver; by then the buyer may have bought, or taken the consent back."""
    loaded: Loaded | None = yield StoreCall(lambda: parts.store.load(reminder.checkout_id))
    if loaded is None or phase(loaded.checkout, parts.clock()) != "open":
        return False
    contact = loaded.checkout.contact
    return contact is not None and contact.accepts_recovery and bool(contact.email)


def _look_after(parts: Parts, checkout_id: str, now: dt.datetime) -> Steps[str]:
    """Expire the checkout or remind its buyer if that is due; note when to look again."""
    loaded = yield from load(parts, checkout_id, SHOP)
    checkout = loaded.checkout
    where, what = phase(checkout, now), ""
    command: Expire | Remind | None = None
    if (
        where in ("open", "authentication", "expired")
        and checkout.ending is None
        and now >= checkout.expires_at
    ):
        command, what = Expire(), "expired"
    elif where == "open" and (reminder := reminder_due(parts, checkout)) is not None and now >= reminder:
        command, what = Remind(at=now), "reminded"
    after = checkout
    if command is not None:
        rules = yield from rules_at(parts, checkout, now)
        done = apply(parts, checkout, command, now, rules)
        write = write_of(parts, checkout, done, now, keeps=False)
        try:
            yield from commit(parts, write)
        except (VersionConflict, SlotTaken):
            return ""
        after = done.checkout
    again = next_look(parts, after)
    if again is not None and again <= now:
        again = now + dt.timedelta(minutes=5)
    yield StoreCall(lambda: parts.store.postpone(checkout_id, due_at=again))
    return what
