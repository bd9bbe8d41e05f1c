"""The use-cases as steps: load, transition, commit, then run the effects; no business rule lives here."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping

from attrs import evolve

from checkout_kit.address import Adoption, adopt
from checkout_kit.cart import Customer
from checkout_kit.checkout import (
    Approve,
    Cancel,
    Checkout,
    Command,
    Complete,
    ContactPatch,
    DeliveryPatch,
    Problem,
    Profile,
    Refresh,
    SignIn,
    Transition,
    Update,
    phase,
)
from checkout_kit.errors import (
    Conflict,
    InputError,
    NotFound,
    NotReady,
    VersionConflict,
)
from checkout_kit.orders import Order
from checkout_kit.service.access import SHOP, Access, check_access
from checkout_kit.service.effects import payment_changed, run_open_tasks, run_tasks, settle_authentication
from checkout_kit.service.once import check_fingerprint, fingerprint
from checkout_kit.service.resolve import resolve
from checkout_kit.service.steps import Steps, StoreCall
from checkout_kit.service.unit import (
    RACES,
    Parts,
    apply,
    commit,
    hold_stock,
    load,
    release_stock,
    remember,
    rules_at,
    view_of,
    write_of,
)
from checkout_kit.service.view import CheckoutView
from checkout_kit.storage import (
    Loaded,
    LoadedOrder,
    LoadedProfile,
    ProfileWrite,
    Record,
    Shortage,
    SlotTaken,
    Write,
)


def get(parts: Parts, checkout_id: str, access: Access) -> Steps[CheckoutView]:
    """The checkout as it stands now, with fresh quotes while it is open; nothing is written."""
    loaded = yield from load(parts, checkout_id, access)
    now = parts.clock()
    return (yield from look(parts, loaded, now))


def look(parts: Parts, loaded: Loaded, now: dt.datetime) -> Steps[CheckoutView]:
    """The view of a loaded checkout at `now`; nothing is written."""
    checkout = loaded.checkout
    if phase(checkout, now) == "open":
        rules = yield from rules_at(parts, checkout, now)
        done = apply(parts, checkout, Refresh(), now, rules)
        seen = evolve(done.checkout, version=checkout.version, updated_at=checkout.updated_at)
        shown = evolve(done, checkout=seen)
        return view_of(parts, shown, now, book=loaded.profile.book, slots=rules.slots)
    order = None
    if checkout.ending is not None and checkout.ending.order_id:
        order_id = checkout.ending.order_id
        found: LoadedOrder | None = yield StoreCall(lambda: parts.store.load_order(order_id))
        order = None if found is None else found.order
    return view_of(parts, Transition(checkout=checkout), now, book=loaded.profile.book, order=order)


def update(
    parts: Parts, checkout_id: str, change: Update, version: int | None, access: Access, *, key: str = ""
) -> Steps[CheckoutView]:
    """Apply an update; without a version, the update is tried on the newest one."""

    def command(loaded: Loaded) -> Update:
        return resolve(change, loaded.checkout.cart, loaded.profile.book, parts.catalog)

    asked = fingerprint(change, version) if key else ""
    return (yield from _write(parts, checkout_id, command, version, access, key=key, asked=asked))


def sign_in(parts: Parts, checkout_id: str, customer: Customer) -> Steps[CheckoutView]:
    """Make a guest's checkout a customer's, and fill in what is still empty from what the shop remembers."""
    yield from _write(parts, checkout_id, lambda _: SignIn(customer=customer), None, SHOP)

    def fill_in(loaded: Loaded) -> Update:
        checkout, profile = loaded.checkout, loaded.profile
        change = Update()
        if checkout.contact is None and profile.contact is not None:
            known = profile.contact
            patch = ContactPatch(
                email=known.email,
                phone=known.phone,
                accepts_marketing=known.accepts_marketing,
                accepts_recovery=known.accepts_recovery,
            )
            change = evolve(change, contact=patch)
        home = next(iter(profile.book.offer("delivery")), None)
        first = checkout.deliveries[0]
        if first.address is None and first.pickup is None and home is not None:
            there = DeliveryPatch(id=first.id, address=home.address, saved_address_id=home.id)
            change = evolve(change, deliveries=(there,))
        return change

    return (yield from _write(parts, checkout_id, fill_in, None, SHOP))


def adopt_order(parts: Parts, order_id: str, customer_id: str) -> Steps[Adoption]:
    """Give a customer the addresses and the contact of an order placed as a guest."""
    order = yield from get_order(parts, order_id, SHOP)
    addresses = [d.address for d in order.deliveries if d.address is not None]
    if order.billing_address is not None:
        addresses.append(order.billing_address)
    new_ids = [parts.new_id("ad") for _ in addresses]
    adopted: list[Adoption] = []

    def take_over(profile: Profile) -> Profile:
        adopted.append(adopt(profile.book, addresses, new_ids=new_ids))
        return Profile(book=adopted[-1].book, contact=profile.contact or order.contact)

    yield from save_profile(parts, customer_id, take_over)
    return adopted[-1]


def approve(parts: Parts, checkout_id: str, by: str) -> Steps[CheckoutView]:
    """Note that someone entitled to has approved the purchase."""
    return (yield from _write(parts, checkout_id, lambda _: Approve(by=by), None, SHOP))


def cancel(
    parts: Parts, checkout_id: str, reason: str, version: int | None, access: Access, *, key: str = ""
) -> Steps[CheckoutView]:
    """Give the checkout up."""
    command = Cancel(reason=reason)
    asked = fingerprint(command, version) if key else ""
    view = yield from _write(parts, checkout_id, lambda _: command, version, access, key=key, asked=asked)
    yield from release_stock(parts, checkout_id)
    return view


def _write(
    parts: Parts,
    checkout_id: str,
    command: Callable[[Loaded], Command],
    version: int | None,
    access: Access,
    *,
    key: str = "",
    asked: str = "",
) -> Steps[CheckoutView]:
    """Write what a command makes of a checkout; once for a key, whose record is part of the transaction."""
    scope, record = f"write:{checkout_id}", None
    for race in range(RACES):
        loaded = yield from load(parts, checkout_id, access)
        before = loaded.checkout
        if key:
            known: Record | None = yield StoreCall(lambda: parts.store.find_record(scope, key))
            if known is not None:
                check_fingerprint(known, asked)
                return (yield from get(parts, checkout_id, access))
        if version is not None and version != before.version:
            raise VersionConflict(sent=version, current_version=before.version)
        now = parts.clock()
        rules = yield from rules_at(parts, before, now)
        done = apply(parts, before, command(loaded), now, rules)
        if key:
            outcome = str(done.checkout.version)
            record = Record(scope=scope, key=key, fingerprint=asked, outcome=outcome, created_at=now)
        write = write_of(parts, before, done, now, keeps=True, record=record)
        try:
            yield from commit(parts, write)
        except Conflict as error:
            # With a key, the next look tells a race lost to another request from one against itself.
            is_stale = isinstance(error, VersionConflict) and version is not None
            is_lost = isinstance(error, VersionConflict | SlotTaken) and not is_stale
            if race == RACES - 1 or not (is_lost or key):
                raise
            continue
        yield from run_tasks(parts, write.tasks)
        return view_of(parts, done, now, book=loaded.profile.book, slots=rules.slots)
    raise AssertionError("unreachable: the last race raises")


def complete(
    parts: Parts, checkout_id: str, key: str, version: int | None, access: Access
) -> Steps[CheckoutView]:
    """Pay and place the order; the same key never pays twice, whatever happens in between."""
    if not key:
        raise InputError.of(
            "idempotency_key", "is needed to complete a checkout", remedy="send a new random one"
        )
    scope, digest = f"complete:{checkout_id}", hashlib.sha256(repr(version).encode()).hexdigest()
    for race in range(RACES):
        loaded = yield from load(parts, checkout_id, access)
        before = loaded.checkout
        record: Record | None = yield StoreCall(lambda: parts.store.find_record(scope, key))
        if record is not None:
            check_fingerprint(record, digest)
            yield from run_open_tasks(parts)
            return (yield from get(parts, checkout_id, access))
        if version is not None and version != before.version:
            raise VersionConflict(sent=version, current_version=before.version)
        now = parts.clock()
        rules = yield from rules_at(parts, before, now)
        done = apply(parts, before, Complete(), now, rules)
        if done.refusal is not None:
            try:
                yield from commit(parts, write_of(parts, before, done, now, keeps=False))
            except (VersionConflict, SlotTaken):
                if race == RACES - 1:
                    raise
                continue
            raise done.refusal
        short = yield from hold_stock(parts, done.checkout, now)
        if short:
            raise NotReady(_out_of_stock(done.checkout, short))
        attempt = done.checkout.attempt
        used = Record(
            scope=scope, key=key, fingerprint=digest,
            outcome=str(attempt.number if attempt is not None else 0), created_at=now,
        )  # fmt: skip
        profile = remember(parts, done, loaded, now)
        write = write_of(parts, before, done, now, keeps=True, record=used, profile=profile)
        try:
            yield from commit(parts, write)
        except Conflict:
            if race == RACES - 1:
                raise
            continue
        yield from run_tasks(parts, write.tasks)
        return (yield from get(parts, checkout_id, access))
    raise AssertionError("unreachable: the last race raises")


def _out_of_stock(checkout: Checkout, short: tuple[Shortage, ...]) -> tuple[Problem, ...]:
    """A problem for each line that asks for more than is left."""
    left = {shortage.sku: shortage.available for shortage in short}
    return tuple(
        Problem(
            code="out_of_stock",
            severity="fixable",
            path=f"lines[{i}].quantity",
            message=f"Only {left[line.sku]} of {line.title or line.sku} left.",
            hint="Take fewer, or remove the line.",
        )
        for i, line in enumerate(checkout.cart.lines)
        if line.sku in left
    )


def get_order(parts: Parts, order_id: str, access: Access) -> Steps[Order]:
    """One order; the secret of its checkout opens it."""
    found: LoadedOrder | None = yield StoreCall(lambda: parts.store.load_order(order_id))
    what = f"no order {order_id[:60]!r}"
    if found is None:
        raise NotFound(what)
    check_access(access, found.secret_hash, what=what)
    return found.order


def get_profile(parts: Parts, customer_id: str) -> Steps[Profile]:
    """What the shop remembers of a customer; empty for one it does not know."""
    found: LoadedProfile = yield StoreCall(lambda: parts.store.load_profile(customer_id))
    return found.profile


def save_profile(parts: Parts, customer_id: str, change: Callable[[Profile], Profile]) -> Steps[Profile]:
    """Change a customer's profile over its newest version."""
    for race in range(RACES):
        found: LoadedProfile = yield StoreCall(lambda: parts.store.load_profile(customer_id))
        after = change(found.profile)
        if after == found.profile:
            return after
        write = Write(
            profile=ProfileWrite(customer_id=customer_id, profile=after, expected_version=found.version)
        )
        try:
            yield from commit(parts, write)
        except Conflict:
            if race == RACES - 1:
                raise
            continue
        return after
    raise AssertionError("unreachable: the last race raises")


def continue_authentication(parts: Parts, checkout_id: str, access: Access) -> Steps[CheckoutView]:
    """Ask what became of the authentication, then give the checkout as it stands."""
    yield from load(parts, checkout_id, access)
    yield from settle_authentication(parts, checkout_id)
    return (yield from get(parts, checkout_id, SHOP))


def payment_webhook(parts: Parts, headers: Mapping[str, str], body: bytes) -> Steps[bool]:
    """Take a provider's webhook; whether it was about a payment of ours."""
    lower = {name.lower(): value for name, value in headers.items()}
    news = parts.payments.read_webhook(lower, body, parts.clock())
    if news is None:
        return False
    try:
        yield from payment_changed(parts, news)
    except NotFound:
        # Another system pays through the same account; refusing would have the provider repeat it for days.
        return False
    return True
