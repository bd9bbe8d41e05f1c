"""Opening a checkout: a new one, the one a key opened before, the one a link names."""

from attrs import evolve

from checkout_kit.cart import Cart
from checkout_kit.checkout import (
    Checkout,
    DeliveryPatch,
    Event,
    PaymentMethod,
    Profile,
    Update,
    assign,
    open_resume_token,
)
from checkout_kit.errors import (
    Conflict,
    Forbidden,
    IdempotencyConflict,
    NotFound,
    Unsupported,
)
from checkout_kit.service.access import SHOP, Access, hash_secret, new_secret, same_secret
from checkout_kit.service.flow import look
from checkout_kit.service.once import check_fingerprint, fingerprint
from checkout_kit.service.places import places_of
from checkout_kit.service.resolve import resolve
from checkout_kit.service.settings import NewCheckout
from checkout_kit.service.steps import Steps, StoreCall
from checkout_kit.service.tasks import task_of
from checkout_kit.service.unit import (
    Parts,
    apply,
    commit,
    load,
    next_look,
    rules_at,
    view_of,
)
from checkout_kit.service.view import Opened
from checkout_kit.storage import (
    CheckoutWrite,
    LoadedProfile,
    Record,
    SlotTaken,
    Write,
)


def create(parts: Parts, new: NewCheckout, key: str, access: Access) -> Steps[Opened]:
    """Open a checkout; with a key seen before, give the one it opened."""
    digest, keys = fingerprint(new), parts.settings.rules.keys
    scope = "create" if access.is_shop else "create by a buyer"
    if key:
        known: Record | None = yield StoreCall(lambda: parts.store.find_record(scope, key))
        if known is not None:
            check_fingerprint(known, digest)
            loaded = yield from load(parts, known.outcome, SHOP)
            # Whoever has written to it holds its secret, and a key alone must not show what was written.
            if not access.is_shop and loaded.checkout.version > 1:
                raise IdempotencyConflict(
                    "the checkout this key opened has changed since; go on with its secret, or send a new key"
                )
            view = yield from look(parts, loaded, parts.clock())
            return Opened(view, same_secret(known.outcome, keys, loaded.secret_hash))
    now = parts.clock()
    profile = Profile()
    if new.customer.id:
        found: LoadedProfile = yield StoreCall(lambda: parts.store.load_profile(new.customer.id))
        profile = found.profile
    empty = Checkout(
        id=parts.new_id("co"),
        version=0,
        cart=Cart(currency=new.currency, lines=(), prices_include_tax=new.prices_include_tax),
        customer=new.customer,
        channel=new.channel,
        locale=new.locale,
        created_at=now,
        updated_at=now,
        expires_at=now + parts.settings.rules.lifetime,
    )
    experiment = parts.settings.experiment
    if experiment is not None:
        empty = evolve(empty, assignment=assign(experiment, new.customer.id or empty.id))
    remembered = yield from _remembered(parts, empty, profile)
    update = resolve(new.update, None, profile.book, parts.catalog)
    rules = yield from rules_at(parts, remembered, now)
    done = apply(parts, remembered, update, now, rules)
    done = evolve(done, checkout=evolve(done.checkout, version=1, changes=()))
    secret = new_secret(done.checkout.id, keys)
    created = Event(key=f"{done.checkout.id}:created", kind="checkout.created", checkout_id=done.checkout.id)
    exposed = tuple(effect for effect in done.effects if isinstance(effect, Event))
    events = (created, *exposed) if parts.settings.emits_events else ()
    record = None
    if key:
        record = Record(scope=scope, key=key, fingerprint=digest, outcome=done.checkout.id, created_at=now)
    places, freed = places_of(empty, done.checkout, parts.settings, now)
    write = Write(
        checkout=CheckoutWrite(
            checkout=done.checkout, expected_version=0, secret_hash=hash_secret(secret),
            due_at=next_look(parts, done.checkout),
        ),
        record=record,
        tasks=tuple(task_of(event, now, keeps=False) for event in events),
        places=places,
        freed=freed,
    )  # fmt: skip
    try:
        yield from commit(parts, write)
    except Conflict as error:
        if not key and not isinstance(error, SlotTaken):
            raise
        return (yield from create(parts, new, key, access))
    return Opened(view_of(parts, done, now, book=profile.book, slots=rules.slots), secret)


def _remembered(parts: Parts, empty: Checkout, profile: Profile) -> Steps[Checkout]:
    """A returning customer starts with everything filled in that the shop and the provider remember."""
    if not empty.customer.id:
        return empty
    home, bill = profile.book.default("delivery"), profile.book.default("billing")
    if home is None:
        home = next(iter(profile.book.offer("delivery")), None)
    filled = evolve(empty, contact=profile.contact)
    rules = parts.rules_for(parts.policy_for(empty))
    if home is not None:
        patch = DeliveryPatch(address=home.address, saved_address_id=home.id)
        filled = apply(parts, filled, Update(deliveries=(patch,)), empty.created_at, rules).checkout
    if bill is not None and home is not None and bill.id != home.id:
        different = resolve(Update(billing_saved_address_id=bill.id), None, profile.book, None)
        filled = apply(parts, filled, different, empty.created_at, rules).checkout
    methods = yield from parts.payments.saved_methods(empty.customer.id)
    method = next((m for m in methods if m.is_default), next(iter(methods), None))
    if method is not None:
        payment = PaymentMethod(method=parts.payments.name, token=method.token, label=method.label)
        filled = evolve(filled, payment=payment)
    return evolve(filled, version=0)


def resume(parts: Parts, token: str) -> Steps[Opened]:
    """The checkout that a link names, with the secret to go on with; NotFound for any other token."""
    keys, now = parts.settings.rules.keys, parts.clock()
    if keys is None:
        raise Unsupported("this shop has no signing keys, so it makes no resume links")
    try:
        checkout_id = open_resume_token(token, keys, shop=parts.settings.shop, now=now).checkout_id
    except Forbidden as error:
        raise NotFound("no such link") from error
    loaded = yield from load(parts, checkout_id, SHOP)
    secret = same_secret(checkout_id, keys, loaded.secret_hash)
    if not secret:
        raise NotFound("no such link")
    view = yield from look(parts, loaded, now)
    return Opened(view, secret)
