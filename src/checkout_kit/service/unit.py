"""What every use-case does: load, apply a command, and write what came of it in one transaction."""

import datetime as dt
from collections.abc import Callable
from functools import partial

from attrs import frozen

from checkout_kit.address import AddressBook
from checkout_kit.checkout import (
    Checkout,
    Command,
    Event,
    Profile,
    Rules,
    Transition,
    open_resume_token,
    transition,
)
from checkout_kit.errors import Forbidden, NotFound, VersionConflict
from checkout_kit.making import maker
from checkout_kit.orders import Order, place_order
from checkout_kit.payments import PaymentProvider
from checkout_kit.service.access import Access, check_access
from checkout_kit.service.places import counted, places_of
from checkout_kit.service.settings import Catalog, Policy, PolicyFor, Settings
from checkout_kit.service.steps import Steps, StoreCall, store_call
from checkout_kit.service.tasks import split, task_of
from checkout_kit.service.view import CheckoutView
from checkout_kit.shipping.slots import NO_SLOTS, SlotRules
from checkout_kit.storage import (
    CheckoutWrite,
    Inventory,
    Loaded,
    LoadedOrder,
    OrderWrite,
    ProfileWrite,
    Record,
    Shortage,
    Store,
    Task,
    Write,
)

RACES = 64
"""How often a write that lost against another is tried again on the newer version.

Eight writers that never rest lose this often once in five thousand times; a checkout has one or two.
"""
_checkout_write, _write = maker(CheckoutWrite), maker(Write)


@frozen(kw_only=True)
class Parts:
    """What the steps work with."""

    store: Store
    policy_for: PolicyFor
    rules_for: Callable[[Policy], Rules]
    payments: PaymentProvider
    settings: Settings
    clock: Callable[[], dt.datetime]
    new_id: Callable[[str], str]
    catalog: Catalog | None
    inventory: Inventory | None


def load(parts: Parts, checkout_id: str, access: Access) -> Steps[Loaded]:
    """Read a checkout and check that the caller may."""
    loaded: Loaded | None = yield store_call(lambda: parts.store.load(checkout_id))
    what = f"no checkout {checkout_id[:60]!r}"
    if loaded is None:
        raise NotFound(what)
    if not _is_resumed(parts, access, checkout_id):
        check_access(access, loaded.secret_hash, what=what)
    return loaded


def _is_resumed(parts: Parts, access: Access, checkout_id: str) -> bool:
    """Whether the caller holds a link to this very checkout of this shop."""
    keys = parts.settings.rules.keys
    if not access.resume or keys is None:
        return False
    try:
        found = open_resume_token(access.resume, keys, shop=parts.settings.shop, now=parts.clock())
    except Forbidden:
        return False
    return found.checkout_id == checkout_id


def commit(parts: Parts, write: Write) -> Steps[None]:
    """Write one transaction."""
    yield store_call(partial(parts.store.commit, write))


def rules_at(parts: Parts, checkout: Checkout, now: dt.datetime) -> Steps[Rules]:
    """The rules in force for a checkout, with what is left of the delivery slots."""
    rules = parts.rules_for(parts.policy_for(checkout))
    return (yield from counted(parts.store, rules, checkout, now))


def apply(parts: Parts, checkout: Checkout, command: Command, now: dt.datetime, rules: Rules) -> Transition:
    """One transition under the checkout's own policy and the rules of `rules_at`."""
    return transition(checkout, command, parts.policy_for(checkout).quote, now, rules)


def view_of(
    parts: Parts, done: Transition, now: dt.datetime, *, book: AddressBook, order: Order | None = None,
    slots: SlotRules = NO_SLOTS,
) -> CheckoutView:  # fmt: skip
    """The view of what a transition made; `slots` says what is left of them."""
    checkout = done.checkout
    quotes = done.quotes or (None,) * len(checkout.deliveries)
    return CheckoutView(
        checkout=checkout,
        quotes=quotes,
        now=now,
        demands=parts.settings.rules.demands,
        pickup=getattr(parts.policy_for(checkout), "pickup", parts.settings.rules.pickup),
        book=book,
        order=order,
        slot_rules=slots,
    )


def load_order(parts: Parts, order_id: str) -> Steps[Order]:
    """One order, for the shop's own work."""
    found: LoadedOrder | None = yield StoreCall(lambda: parts.store.load_order(order_id))
    if found is None:
        raise NotFound(f"no order {order_id[:60]!r}")
    return found.order


def rewrite_order(
    parts: Parts, order_id: str, change: Callable[[Order], Order], *, finished: tuple[str, ...] = ()
) -> Steps[Order]:
    """Change an order over its newest version; `finished` tasks leave the outbox in the same transaction."""
    for race in range(RACES):
        before = yield from load_order(parts, order_id)
        after = change(before)
        if after is before and not finished:
            return before
        try:
            yield from commit(
                parts, Write(order=None if after is before else OrderWrite(order=after), done=finished)
            )
        except VersionConflict:
            if race == RACES - 1:
                raise
            continue
        return after
    raise AssertionError("unreachable: the last race raises")


def hold_stock(parts: Parts, checkout: Checkout, now: dt.datetime) -> Steps[tuple[Shortage, ...]]:
    """Hold the checkout's goods for as long as a payment may take; what is short."""
    inventory = parts.inventory
    if inventory is None:
        return ()
    wanted: dict[str, int] = {}
    for line in checkout.cart.lines:
        wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
    until = now + parts.settings.holds_stock_for
    short: tuple[Shortage, ...] = yield StoreCall(
        lambda: inventory.hold(checkout.id, wanted, now=now, until=until)
    )
    return short


def release_stock(parts: Parts, checkout_id: str) -> Steps[None]:
    """Give up the goods of a checkout that will not be an order."""
    inventory = parts.inventory
    if inventory is not None:
        yield StoreCall(lambda: inventory.release(checkout_id))


def next_look(parts: Parts, checkout: Checkout) -> dt.datetime | None:
    """When the checkout may need expiring or a reminder; early is harmless, it is looked at again then."""
    if checkout.ending is not None:
        return None
    reminder = reminder_due(parts, checkout)
    return checkout.expires_at if reminder is None else min(checkout.expires_at, reminder)


def reminder_due(parts: Parts, checkout: Checkout) -> dt.datetime | None:
    """When the buyer is to be reminded next; None without consent, goods, or reminders left."""
    delays, contact = parts.settings.recovery.delays, checkout.contact
    if checkout.reminders >= len(delays) or contact is None:
        return None
    if not (contact.accepts_recovery and contact.email and checkout.cart.lines):
        return None
    return checkout.updated_at + delays[checkout.reminders]


def write_of(
    parts: Parts, before: Checkout, done: Transition, now: dt.datetime, *, keeps: bool,
    profile: ProfileWrite | None = None, record: Record | None = None, finished: tuple[str, ...] = (),
) -> Write:  # fmt: skip
    """The transaction of a transition: checkout, order, profile, idempotency record and outbox together."""
    order: OrderWrite | None = None
    tasks: tuple[Task, ...] = ()
    if done.effects:
        order, tasks = _outgoing(parts, done, now, keeps=keeps)
    written = None
    if done.checkout is not before:
        due_at, scheduled = next_look(parts, done.checkout), next_look(parts, before)
        is_sooner = due_at is not None and scheduled is not None and due_at < scheduled
        written = _checkout_write(
            checkout=done.checkout,
            expected_version=before.version,
            due_at=due_at if is_sooner else None,
            changes_customer=done.checkout.customer.id != before.customer.id,
        )
    places, freed = places_of(before, done.checkout, parts.settings, now) if written else ((), ())
    return _write(
        checkout=written,
        order=order,
        profile=profile,
        record=record,
        tasks=tasks,
        done=finished,
        places=places,
        freed=freed,
    )


def _outgoing(
    parts: Parts, done: Transition, now: dt.datetime, *, keeps: bool
) -> tuple[OrderWrite | None, tuple[Task, ...]]:
    """The order that a transition places, and its effects as rows of the outbox."""
    place, outgoing = split(done.effects)
    wanted = [e for e in outgoing if parts.settings.emits_events or not isinstance(e, Event)]
    order = None
    if place is not None:
        order = OrderWrite(order=place_order(done.checkout, place, now, provider=parts.payments.name))
    return order, tuple(task_of(e, now, keeps=keeps and not isinstance(e, Event)) for e in wanted)


def remember(parts: Parts, done: Transition, loaded: Loaded, now: dt.datetime) -> ProfileWrite | None:
    """What an order teaches about a customer: the contact, the addresses used, a new one if asked to."""
    checkout, before = done.checkout, loaded.profile
    if not checkout.customer.id or checkout.ending is None or checkout.ending.kind != "completed":
        return None
    book = before.book
    for delivery in checkout.deliveries:
        if delivery.address is None:
            continue
        saved = book.find(delivery.address)
        if saved is None and checkout.saves_address:
            is_first = not book.saved
            book, saved = book.save(delivery.address, id=parts.new_id("ad"))
            book = book.set_default(saved.id, "delivery") if is_first else book
        if saved is not None:
            book = book.used(saved.id, now)
    after = Profile(book=book, contact=checkout.contact)
    if after == before:
        return None
    return ProfileWrite(
        customer_id=checkout.customer.id, profile=after, expected_version=loaded.profile_version
    )
