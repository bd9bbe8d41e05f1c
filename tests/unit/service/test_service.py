"""The use-cases on an embedded store with the test provider."""

import asyncio
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve

from checkout_kit.address import AddressBook
from checkout_kit.cart import Customer, LineItem
from checkout_kit.checkout import (
    Assignment,
    Checkout,
    Contact,
    ContactPatch,
    DeliveryPatch,
    Demands,
    Experiment,
    Item,
    Profile,
    Rules,
    SigningKeys,
    Update,
    totals,
)
from checkout_kit.errors import (
    CheckoutKitError,
    Forbidden,
    IdempotencyConflict,
    InputError,
    NotFound,
    NotReady,
    Refused,
    Unavailable,
    VersionConflict,
)
from checkout_kit.payments import (
    PaymentRequest,
    PaymentResult,
    Steps,
    TestPayments,
    run_without_network,
)
from checkout_kit.service import (
    Access,
    AsyncCheckoutService,
    CheckoutService,
    CheckoutView,
    NewCheckout,
    Opened,
    Recovery,
    Settings,
)
from checkout_kit.storage import Task, Write, open_store
from checkout_kit.storage.sql import SqlStore
from checkout_kit.testing.checkouts import ECONOMY, HOME, MUG, NOON, POLICY, filled_in, pays_with
from checkout_kit.testing.policies import FixedPolicy

HOUR = dt.timedelta(hours=1)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now


class Shop:
    """A service with its parts in reach."""

    def __init__(self, store: SqlStore, **more: object) -> None:
        self.clock = Clock()
        self.store = store
        self.bank = TestPayments()
        self.service = CheckoutService(
            store=store, policy=POLICY, payments=self.bank, clock=self.clock, **more  # type: ignore[arg-type]
        )  # fmt: skip

    def opened(self, update: Update | None = None, customer: str = "", key: str = "") -> Opened:
        new = NewCheckout(currency="USD", update=update or filled_in(), customer=Customer(id=customer))
        return self.service.create(new, idempotency_key=key)

    def completed(self, token: str = "tok_ok", key: str = "k1") -> CheckoutView:
        opened = self.opened(filled_in(token))
        return self.service.complete(opened.view.checkout.id, idempotency_key=key)


@pytest.fixture
def store() -> Iterator[SqlStore]:
    store = open_store("sqlite://")
    yield store
    store.close()


@pytest.fixture
def shop(store: SqlStore) -> Shop:
    return Shop(store)


def test_a_checkout_is_placed_and_paid(shop: Shop) -> None:
    """Open, complete: the order holds what was promised and the money is taken."""
    view = shop.completed()
    assert view.status.name == "completed"
    assert view.order is not None
    assert (view.order.payment.state, view.order.payment.captured) == ("captured", 1590)
    choice = view.order.deliveries[0].choice
    assert choice is not None
    assert (choice.title, choice.price) == ("Economy", 390)
    assert shop.service.get_order(view.order.id) == view.order


def test_the_secret_opens_the_checkout_and_its_order_and_nothing_else_does(shop: Shop) -> None:
    """A wrong or missing secret gets the same answer as an unknown id."""
    opened = shop.opened()
    checkout_id, access = opened.view.checkout.id, Access(secret=opened.secret)
    view = shop.service.complete(checkout_id, idempotency_key="k", access=access)
    assert view.order is not None
    assert shop.service.get(checkout_id, access=access).order == view.order
    assert shop.service.get_order(view.order.id, access=access) == view.order
    other = Access(secret=shop.opened().secret)
    for wrong in (other, Access(), Access(secret="x")):
        with pytest.raises(NotFound, match="no checkout"):
            shop.service.get(checkout_id, access=wrong)
        with pytest.raises(NotFound, match="no order"):
            shop.service.get_order(view.order.id, access=wrong)
    assert opened.secret not in repr(opened)


def test_a_stale_version_is_told_the_current_one(shop: Shop) -> None:
    """An update over an old version is refused; without a version the newest is updated."""
    checkout_id = shop.opened().view.checkout.id
    shop.service.update(checkout_id, Update(note="a"), version=1)
    with pytest.raises(VersionConflict) as caught:
        shop.service.update(checkout_id, Update(note="b"), version=1)
    assert caught.value.current_version == 2
    assert shop.service.update(checkout_id, Update(note="c")).checkout.version == 3


def test_the_same_key_places_one_order(shop: Shop) -> None:
    """Repeating complete with its key gives the same order and no second payment."""
    view = shop.completed(key="k1")
    again = shop.service.complete(view.checkout.id, idempotency_key="k1")
    assert again.order == view.order
    assert len(shop.bank.ledger()) == 1
    with pytest.raises(Refused, match="completed as order"):
        shop.service.complete(view.checkout.id, idempotency_key="k2")


def test_a_key_is_not_for_two_requests(shop: Shop) -> None:
    """The same key with another version is refused."""
    view = shop.completed(key="k1")
    with pytest.raises(IdempotencyConflict):
        shop.service.complete(view.checkout.id, idempotency_key="k1", version=1)


def test_opening_with_a_key_opens_once(shop: Shop) -> None:
    """A repeated create gives the first checkout, without the secret that was random and is not kept."""
    first, second = shop.opened(key="c1"), shop.opened(key="c1")
    assert first.view.checkout.id == second.view.checkout.id
    assert second.secret == ""
    for other in (Update(note="other"), filled_in("tok_3ds")):
        with pytest.raises(IdempotencyConflict):
            shop.opened(other, key="c1")


def test_with_signing_keys_a_repeated_create_gives_the_secret_again(store: SqlStore) -> None:
    """A client whose answer was lost gets in, also after the keys were rotated; no two secrets are alike."""
    old, new = b"o" * 32, b"n" * 32
    shop = Shop(store, settings=Settings(rules=Rules(keys=SigningKeys({"old": old}))))
    first = shop.opened(key="c1")
    rotated = Shop(store, settings=Settings(rules=Rules(keys=SigningKeys({"new": new, "old": old}))))
    again = rotated.opened(key="c1")
    assert again.secret == first.secret
    view = rotated.service.get(first.view.checkout.id, access=Access(secret=again.secret))
    assert view.checkout.version == 1
    assert rotated.opened(key="c2").secret != first.secret
    assert len(first.secret) == 43


def test_completing_with_problems_stores_nothing(shop: Shop) -> None:
    """The problems are listed and the key stays free."""
    opened = shop.opened(Update(lines=(MUG,)))
    with pytest.raises(NotReady):
        shop.service.complete(opened.view.checkout.id, idempotency_key="k1")
    shop.service.update(opened.view.checkout.id, filled_in())
    assert shop.service.complete(opened.view.checkout.id, idempotency_key="k1").order is not None


def test_a_decline_can_be_mended(shop: Shop) -> None:
    """Declined with a reason, paid with another card, one order."""
    view = shop.completed("tok_insufficient")
    assert [p.code for p in view.problems] == ["payment_declined"]
    repeated = shop.service.complete(view.checkout.id, idempotency_key="k1")
    assert repeated.status.reason == "payment_declined"
    shop.service.update(view.checkout.id, Update(payment=pays_with("tok_ok")))
    done = shop.service.complete(view.checkout.id, idempotency_key="k2")
    assert done.order is not None
    assert [row[2] for row in shop.bank.ledger()] == ["declined", "captured"]


def test_authentication_is_a_detour(shop: Shop) -> None:
    """The buyer is sent to the bank, comes back, and the order is placed."""
    view = shop.completed("tok_3ds")
    assert (view.status.name, view.status.reason) == ("needs_buyer", "authentication")
    assert json.loads(view.to_json())["payment_action"]["url"].startswith("https://bank.example/")
    done = shop.service.continue_authentication(view.checkout.id)
    assert done.order is not None
    assert shop.service.continue_authentication(view.checkout.id).order == done.order


def test_a_failed_authentication_is_a_decline(shop: Shop) -> None:
    """The bank said no: back to choosing a payment."""
    view = shop.completed("tok_3ds_fail")
    done = shop.service.continue_authentication(view.checkout.id)
    assert done.status.reason == "payment_declined"


def test_canceling_at_the_bank_releases_the_money(shop: Shop) -> None:
    """A checkout given up during authentication leaves a voided payment."""
    view = shop.completed("tok_3ds")
    canceled = shop.service.cancel(view.checkout.id, reason="changed my mind")
    assert canceled.status.name == "canceled"
    assert [row[2] for row in shop.bank.ledger()] == ["voided"]


def test_a_lost_answer_is_settled_later(shop: Shop) -> None:
    """The provider's answer is lost: the checkout waits, and the next round places one order."""
    view = shop.completed("tok_unknown")
    assert view.status.name == "completing"
    shop.clock.now += HOUR
    assert shop.service.run_due().payments == 1
    done = shop.service.get(view.checkout.id)
    assert done.order is not None
    assert done.order.payment.captured == 1590
    assert shop.bank.capture_count(view.checkout.id) == 1


def test_a_price_that_changed_is_shown_before_it_is_charged(store: SqlStore) -> None:
    """The offer is over: complete is refused once with the news; the second complete is the buyer's yes."""
    shop = Shop(store)
    checkout_id = shop.opened().view.checkout.id
    shop.clock.now += dt.timedelta(days=1)
    with pytest.raises(NotReady) as caught:
        shop.service.complete(checkout_id, idempotency_key="k1")
    assert [p.code for p in caught.value.problems] == ["date_changed"]  # type: ignore[attr-defined]
    seen = shop.service.get(checkout_id)
    assert [c.cause for c in seen.checkout.changes] == ["time"]
    assert shop.service.complete(checkout_id, idempotency_key="k2").order is not None


def test_looking_writes_nothing(shop: Shop) -> None:
    """Reading a checkout whose offer is over shows the news without a new version."""
    opened = shop.opened()
    shop.clock.now += dt.timedelta(days=1)
    view = shop.service.get(opened.view.checkout.id)
    assert view.checkout.version == 1
    assert view.checkout.changes
    assert shop.service.get(opened.view.checkout.id).checkout.version == 1


def test_a_returning_customer_finds_everything_filled_in(shop: Shop) -> None:
    """Contact, address and payment are there: an order without a typed field."""
    book, saved = AddressBook().save(HOME, id="ad_1")
    profile = Profile(book=book, contact=Contact(email="eva@example.com"))
    shop.service.save_profile("cu_1", lambda _: profile)
    opened = shop.opened(Update(lines=(MUG,)), customer="cu_1")
    assert opened.view.problems == ()
    assert opened.view.checkout.deliveries[0].saved_address_id == saved.id
    done = shop.service.complete(opened.view.checkout.id, idempotency_key="k")
    assert done.order is not None
    assert shop.service.get_profile("cu_1").book.get("ad_1").last_used_at == NOON


def test_an_address_is_saved_once_and_reused_by_content(shop: Shop) -> None:
    """Asked to, the shop remembers a new address; written again differently, it is the same one."""
    for line1 in ("9 Oak Ave", "9 oak avenue"):
        address = evolve(HOME, line1=line1)
        update = evolve(filled_in(), deliveries=(DeliveryPatch(address=address),), saves_address=True)
        opened = shop.opened(update, customer="cu_1")
        shop.service.complete(opened.view.checkout.id, idempotency_key=line1)
    book = shop.service.get_profile("cu_1").book
    assert len(book.saved) == 1
    assert book.default("delivery") is not None


def test_an_address_is_not_saved_unasked(shop: Shop) -> None:
    """A customer who did not ask for it finds no address next time; the contact is remembered."""
    opened = shop.opened(customer="cu_1")
    shop.service.complete(opened.view.checkout.id, idempotency_key="k")
    profile = shop.service.get_profile("cu_1")
    assert profile.book.saved == ()
    assert profile.contact == opened.view.checkout.contact


def test_a_saved_address_of_someone_else_is_unknown(shop: Shop) -> None:
    """An id from another customer's book is refused like one that does not exist."""
    book, _ = AddressBook().save(HOME, id="ad_1")
    shop.service.save_profile("cu_1", lambda _: Profile(book=book))
    mine = shop.opened(Update(lines=(MUG,)), customer="cu_2").view
    assert mine.to_dict()["customer"] == {"id": "cu_2", "saved_addresses": []}
    patch = Update(deliveries=(DeliveryPatch(saved_address_id="ad_1"),))
    with pytest.raises(InputError, match=r"deliveries\[0\].saved_address_id: is not in this customer's"):
        shop.service.update(mine.checkout.id, patch)


def test_a_buyer_names_goods_and_the_catalogue_prices_them(store: SqlStore) -> None:
    """Prices come from the shop; a sku it does not sell is refused by path."""
    goods = {"MUG": MUG, "BOWL": LineItem(id="", sku="BOWL", quantity=1, unit_price=1500)}
    shop = Shop(store, catalog=goods.get)
    view = shop.opened(Update(items=(Item(sku="MUG", quantity=2), Item(sku="BOWL", quantity=1)))).view
    assert [(line.id, line.total) for line in view.checkout.cart.lines] == [("MUG", 2400), ("BOWL", 1500)]
    with pytest.raises(InputError, match=r"lines\[1\].sku: the shop has no such goods, found 'CAR'"):
        shop.service.update(
            view.checkout.id, Update(items=(Item(sku="MUG", quantity=1), Item(sku="CAR", quantity=1)))
        )


def test_an_abandoned_checkout_expires_and_releases(shop: Shop) -> None:
    """Left at the bank's page until its lifetime is over: expired, and the money is released."""
    view = shop.completed("tok_3ds")
    shop.clock.now += dt.timedelta(days=8)
    report = shop.service.run_due()
    assert report.expired == 1
    shop.clock.now += HOUR
    shop.service.run_due()
    assert shop.service.get(view.checkout.id).status.name == "expired"
    assert [row[2] for row in shop.bank.ledger()] == ["voided"]


def test_reminders_go_to_who_agreed_on_schedule_and_at_most_so_often(store: SqlStore) -> None:
    """One after an hour, one a day later, none after that, none without consent."""
    delays = (HOUR, dt.timedelta(days=1))
    shop = Shop(store, settings=Settings(recovery=Recovery(delays=delays), emits_events=True))
    agreed = evolve(filled_in(), contact=ContactPatch(email="eva@example.com", accepts_recovery=True))
    shop.opened(agreed)
    shop.opened()
    reports = []
    for _ in range(60):
        shop.clock.now += HOUR
        reports.append(shop.service.run_due())
    assert [hour for hour, report in enumerate(reports) if report.reminded] == [0, 24]
    assert sum(report.failed for report in reports) == 0


def test_coming_back_does_not_earn_further_reminders(store: SqlStore) -> None:
    """However often a buyer edits and leaves again, there is one reminder for each delay."""
    shop = Shop(store, settings=Settings(recovery=Recovery(delays=(HOUR,)), emits_events=True))
    agreed = evolve(filled_in(), contact=ContactPatch(email="eva@example.com", accepts_recovery=True))
    checkout_id = shop.opened(agreed).view.checkout.id
    sent = 0
    for day in range(5):
        shop.clock.now += dt.timedelta(days=1)
        report = shop.service.run_due()
        assert report.failed == 0
        sent += report.reminded
        shop.service.update(checkout_id, Update(note=f"day {day}"))
    assert sent == 1


@pytest.mark.parametrize("lacking", [{"lines": ()}, {"contact": ContactPatch(accepts_recovery=True)}])
def test_nobody_is_reminded_of_nothing_or_nowhere(store: SqlStore, lacking: dict[str, Any]) -> None:
    """Consent alone is not enough: there have to be goods, and an address to write to."""
    shop = Shop(store, settings=Settings(recovery=Recovery(delays=(HOUR,)), emits_events=True))
    agreed = evolve(filled_in(), contact=ContactPatch(email="eva@example.com", accepts_recovery=True))
    shop.opened(evolve(agreed, **lacking))
    shop.clock.now += 2 * HOUR
    report = shop.service.run_due()
    assert (report.reminded, report.failed) == (0, 0)


@pytest.mark.parametrize("meanwhile", ["consent taken back", "bought", "nothing"])
def test_a_reminder_that_waited_is_sent_only_if_still_wanted(store: SqlStore, meanwhile: str) -> None:
    """While the receiver was away the buyer may have taken the consent back, or bought."""
    seen: list[str] = []
    is_away = [True]

    def deliver(event: object, attempts: int) -> object:
        yield from ()
        if is_away[0]:
            raise Unavailable("the receiver is away")
        seen.append(event.kind)  # type: ignore[attr-defined]

    settings = Settings(recovery=Recovery(delays=(HOUR,)), emits_events=True)
    shop = Shop(store, settings=settings, deliver=deliver)
    agreed = evolve(filled_in(), contact=ContactPatch(email="eva@example.com", accepts_recovery=True))
    checkout_id = shop.opened(agreed).view.checkout.id
    for _ in range(3):
        shop.clock.now += HOUR
        shop.service.run_due()
    if meanwhile == "consent taken back":
        shop.service.update(checkout_id, Update(contact=ContactPatch(accepts_recovery=False)))
    elif meanwhile == "bought":
        shop.service.complete(checkout_id, idempotency_key="k")
    is_away[0] = False
    for _ in range(5):
        shop.clock.now += HOUR
        shop.service.run_due()
    assert ("checkout.reminder_due" in seen) is (meanwhile == "nothing")
    assert store.list_parked() == ()


def test_a_row_or_checkout_nobody_can_digest_stops_no_other(store: SqlStore) -> None:
    """A broken row, a receiver that breaks and a policy that breaks are put off; the rest is done."""
    broken: set[str] = set()

    def policy_for(checkout: Checkout) -> FixedPolicy:
        if checkout.id in broken:
            raise KeyError("no such variant")
        return POLICY

    def deliver(event: object, attempts: int) -> object:
        yield from ()
        if event.checkout_id == first:  # type: ignore[attr-defined]
            raise ValueError("eva@example.com")
        seen.append(event.checkout_id)  # type: ignore[attr-defined]

    seen: list[str] = []
    shop = Shop(store, settings=Settings(emits_events=True, max_attempts=2), deliver=deliver)
    shop.service.parts = evolve(shop.service.parts, policy_for=policy_for)
    first, second = shop.opened().view.checkout.id, shop.opened().view.checkout.id
    broken.add(first)
    for i, payload in enumerate(("not json", '["nonsense", {}]', "[]")):
        row = Task(
            key=f"poison-{i}", stream=f"s{i}", topic="payment", payload=payload, due_at=NOON, lease_until=NOON
        )
        store.commit(Write(tasks=(row,)))
    shop.clock.now += dt.timedelta(days=8)
    report = shop.service.run_due()
    assert (report.failed, report.expired, seen) == (5, 1, [second])
    shop.clock.now += HOUR
    assert shop.service.run_due().parked == 4
    assert {task.error for task in store.list_parked()} <= {"JSONDecodeError", "KeyError", "ValueError"}
    broken.clear()
    shop.clock.now += HOUR
    assert shop.service.run_due().expired == 1


def test_a_payment_is_asked_about_until_its_provider_is_mended(store: SqlStore) -> None:
    """A provider that breaks leaves its payment open, never parked; once mended, the order is placed."""
    shop = Shop(store, settings=Settings(max_attempts=2))
    checkout_id = shop.opened(filled_in("tok_unknown")).view.checkout.id
    assert shop.service.complete(checkout_id, idempotency_key="k").status.name == "completing"
    whole = shop.bank.authorise

    def breaks(request: PaymentRequest) -> Steps[PaymentResult]:
        raise KeyError("id")

    shop.bank.authorise = breaks  # type: ignore[method-assign]
    for _ in range(5):
        shop.clock.now += HOUR
        assert shop.service.run_due().failed == 1
    assert store.list_parked() == ()
    shop.bank.authorise = whole  # type: ignore[method-assign]
    shop.clock.now += HOUR
    assert shop.service.run_due().payments == 1
    assert shop.service.get(checkout_id).status.name == "completed"


def test_a_race_of_a_request_against_itself_writes_once(shop: Shop) -> None:
    """The same key arrives twice at a time: the one that loses finds the other's record."""
    opened = shop.opened().view.checkout
    commit, raced = shop.store.commit, []

    def commit_after_the_other(write: Write) -> None:
        if not raced:
            raced.append(write)
            commit(write)
        commit(write)

    shop.store.commit = commit_after_the_other  # type: ignore[method-assign]
    change = Update(note="once")
    view = shop.service.update(opened.id, change, version=1, idempotency_key="k")
    assert (view.checkout.version, view.checkout.note) == (2, "once")


def test_a_write_that_loses_a_race_is_made_again_over_the_winner(shop: Shop) -> None:
    """Unless it named the version it was made for; then the one who sent it has to look first."""
    opened = shop.opened().view.checkout
    commit = shop.store.commit

    def commit_after_another(write: Write) -> None:
        shop.store.commit = commit  # type: ignore[method-assign]
        shop.service.update(opened.id, Update(note="the other's"))
        commit(write)

    change = Update(contact=ContactPatch(phone="+1 212 555 0100"))
    shop.store.commit = commit_after_another  # type: ignore[method-assign]
    checkout = shop.service.update(opened.id, change).checkout
    assert checkout.contact is not None
    assert (checkout.version, checkout.note, checkout.contact.phone) == (3, "the other's", "+1 212 555 0100")
    shop.store.commit = commit_after_another  # type: ignore[method-assign]
    with pytest.raises(VersionConflict):
        shop.service.update(opened.id, change, version=3)


def test_a_webhook_about_a_checkout_of_others_is_none_of_ours(shop: Shop) -> None:
    """A provider's account may serve several shops: what names no checkout of this one is passed over."""
    result = run_without_network(
        shop.bank.authorise(
            PaymentRequest(key="k", amount=1, currency="USD", token="tok_ok", reference="co_elsewhere")
        )
    )
    assert shop.service.payment_webhook(*shop.bank.webhook(result.payment_id, NOON)) is False


def test_events_are_delivered_in_order_retried_and_parked(store: SqlStore) -> None:
    """A receiver that fails is asked again later; one that always fails has its event parked and reported."""
    seen: list[str] = []
    broken = {"on": True}

    def deliver(event: object, attempts: int) -> object:
        yield from ()
        seen.append(event.kind)  # type: ignore[attr-defined]
        if broken["on"]:
            raise Unavailable("the receiver is away")

    settings = Settings(emits_events=True, max_attempts=3)
    shop = Shop(store, settings=settings, deliver=deliver)
    shop.completed()
    for expected in ("failed", "failed", "parked"):
        report = shop.service.run_due()
        assert getattr(report, expected) == 1
        shop.clock.now += HOUR
    assert seen == ["checkout.created"] * 3
    (parked,) = store.list_parked()
    assert isinstance(parked, Task)
    assert "receiver is away" in parked.error
    broken["on"] = False
    assert shop.service.run_due().events == 1
    assert seen[-1] == "order.placed"


def test_the_asynchronous_face_does_the_same(store: SqlStore) -> None:
    """Coroutines over the same steps place the same order."""

    async def walk() -> CheckoutView:
        service = AsyncCheckoutService(store=store, policy=POLICY, payments=TestPayments(), clock=Clock())
        opened = await service.create(NewCheckout(currency="USD", update=filled_in("tok_3ds")))
        checkout_id = opened.view.checkout.id
        await service.update(checkout_id, Update(note="ring twice"), version=1)
        await service.complete(checkout_id, idempotency_key="k")
        view = await service.continue_authentication(checkout_id)
        assert (await service.run_due()).payments == 0
        await service.close()
        return view

    view = asyncio.run(walk())
    assert view.order is not None
    assert (view.order.note, view.order.payment.state) == ("ring twice", "captured")


def test_terms_are_asked_for_where_the_shop_wants_them(store: SqlStore) -> None:
    """The shop's demands are problems until they are met."""
    shop = Shop(store, settings=Settings(rules=Rules(demands=Demands(needs_terms=True))))
    view = shop.opened().view
    assert [p.code for p in view.problems] == ["terms_not_accepted"]
    assert view.status.reason == "input"


def test_a_link_resumes_a_checkout_elsewhere(store: SqlStore) -> None:
    """Whoever holds the link may go on with this checkout, until it ends, and with no other."""
    keys = SigningKeys({"k": b"k" * 32})
    shop = Shop(store, settings=Settings(rules=Rules(keys=keys), shop="acme"))
    first, second = shop.opened().view.checkout.id, shop.opened().view.checkout.id
    access = Access(resume=shop.service.resume_token(first, until=NOON + HOUR, channel="phone"))
    assert shop.service.update(first, Update(note="from the phone"), access=access).checkout.version == 2
    with pytest.raises(NotFound):
        shop.service.get(second, access=access)
    shop.clock.now += HOUR
    with pytest.raises(NotFound):
        shop.service.get(first, access=access)


def test_an_experiment_is_on_the_checkout_its_order_and_one_exposure_event(store: SqlStore) -> None:
    """The variant's policy prices the checkout; the exposure is told once, when its options show."""
    cheap = FixedPolicy(methods=(evolve(ECONOMY, price_minor=100),))
    policies = {"a": POLICY, "b": cheap}
    seen: list[str] = []

    def deliver(event: object, attempts: int) -> object:
        yield from ()
        seen.append(event.kind)  # type: ignore[attr-defined]

    settings = Settings(experiment=Experiment(name="cheap", shares=(("a", 0), ("b", 1))), emits_events=True)
    service = CheckoutService(
        store=store,
        policy_for=lambda checkout: policies[checkout.assignment.variant if checkout.assignment else "a"],
        payments=TestPayments(),
        settings=settings,
        clock=Clock(),
        deliver=deliver,  # type: ignore[arg-type]
    )
    opened = service.create(NewCheckout(currency="USD", update=Update(lines=(MUG,))))
    checkout_id = opened.view.checkout.id
    service.update(checkout_id, filled_in())
    view = service.complete(checkout_id, idempotency_key="k")
    assert view.order is not None
    assert view.order.payment.amount == 1300
    assert view.order.assignment == Assignment(experiment="cheap", variant="b", is_exposed=True)
    while service.run_due().events:
        pass
    assert seen == ["checkout.created", "experiment.exposed", "order.placed"]


def test_a_webhook_brings_the_news_once_however_often_it_comes(shop: Shop) -> None:
    """Replayed, late or about a payment that is settled: one order, one capture; forged: refused."""
    view = shop.completed("tok_3ds")
    payment_id = shop.bank.ledger()[0][1]
    run_without_network(shop.bank.continue_authentication(payment_id))
    headers, body = shop.bank.webhook(payment_id, NOON)
    for _ in range(3):
        assert shop.service.payment_webhook(headers, body)
    assert shop.bank.capture_count(view.checkout.id) == 1
    with pytest.raises(Forbidden, match="does not match"):
        shop.service.payment_webhook(headers, body + b" ")
    with pytest.raises(Forbidden, match="no usable signature"):
        shop.service.payment_webhook({}, body)
    shop.clock.now += HOUR
    with pytest.raises(Forbidden, match="replay"):
        shop.service.payment_webhook(headers, body)


def test_a_guest_who_signs_in_goes_on_as_a_customer(shop: Shop) -> None:
    """What is empty is filled in, what was typed stays, and the checkout is nobody else's from then on."""
    book, saved = AddressBook().save(HOME, id="ad_1")
    profile = Profile(book=book, contact=Contact(email="eva@example.com"))
    shop.service.save_profile("cu_1", lambda _: profile)
    guest = shop.opened(
        Update(lines=(MUG,), contact=ContactPatch(email="typed@example.com"))
    ).view.checkout.id
    view = shop.service.sign_in(guest, Customer(id="cu_1"))
    assert view.checkout.contact == Contact(email="typed@example.com")
    assert view.checkout.deliveries[0].saved_address_id == saved.id
    assert view.to_dict()["customer"] is not None
    with pytest.raises(Refused, match="another customer"):
        shop.service.sign_in(guest, Customer(id="cu_2"))


def test_an_order_of_a_guest_is_handed_over(shop: Shop) -> None:
    """The addresses become the customer's, once, with the contact."""
    order = shop.completed().order
    assert order is not None
    for _ in range(2):
        shop.service.adopt_order(order.id, "cu_1")
    profile = shop.service.get_profile("cu_1")
    assert [saved.address for saved in profile.book.saved] == [HOME]
    assert profile.contact == Contact(email="eva@example.com")


def test_a_probable_match_is_asked_about(shop: Shop) -> None:
    """A misspelt saved address is a question with the saved one's id, never a silent merge."""
    book, _ = AddressBook().save(HOME, id="ad_1")
    shop.service.save_profile("cu_1", lambda _: Profile(book=book))
    typed = Update(lines=(MUG,), deliveries=(DeliveryPatch(address=evolve(HOME, line1="9 Oka Ave")),))
    view = shop.opened(typed, customer="cu_1").view
    (delivery,) = json.loads(view.to_json())["deliveries"]
    assert delivery["saved_address_id"] is None
    assert delivery["saved_match"]["address_id"] == "ad_1"
    same = shop.service.update(view.checkout.id, Update(deliveries=(DeliveryPatch(saved_address_id="ad_1"),)))
    assert same.checkout.deliveries[0].address == HOME


def test_nothing_personal_or_secret_is_logged_or_in_an_error(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """Through decline, refusal and conflict: nothing private in any message, record or repr."""
    caplog.set_level(0)
    messages: list[str] = []
    opened = shop.opened(filled_in("tok_decline"))
    checkout_id = opened.view.checkout.id
    shop.service.complete(checkout_id, idempotency_key="k")
    attempts = (
        lambda: shop.service.complete(checkout_id, idempotency_key="k2"),
        lambda: shop.service.update(checkout_id, Update(note="x"), version=99),
        lambda: shop.service.update(
            checkout_id,
            Update(deliveries=(DeliveryPatch(address=evolve(HOME, region="AK"), option_id="express"),)),
        ),
        lambda: shop.service.get(checkout_id, access=Access(secret="guess-" + opened.secret)),
        lambda: shop.service.payment_webhook({"test-signature": "t=1,v1=x"}, b'{"mail": "eva@example.com"}'),
    )
    for attempt in attempts:
        with pytest.raises(CheckoutKitError) as caught:
            attempt()
        messages += [str(caught.value), repr(caught.value)]
    messages += [record.getMessage() for record in caplog.records] + [repr(opened), repr(shop.service)]
    for private in ("Eva", "Oak", "73301", "eva@example.com", "tok_", opened.secret):
        assert not [message for message in messages if private in message]


def test_a_shop_that_captures_later_takes_the_money_when_it_says(store: SqlStore) -> None:
    """Held at first, taken once however often it is asked for."""
    shop = Shop(store, settings=Settings(rules=Rules(captures="later")))
    order = shop.completed().order
    assert order is not None
    assert (order.payment.state, order.payment.captured) == ("authorised", 0)
    for _ in range(2):
        taken = shop.service.capture_order(order.id)
    assert (taken.payment.state, taken.payment.captured) == ("captured", 1590)
    assert shop.bank.capture_count(order.checkout_id) == 1


def test_a_refund_is_an_entry_of_the_ledger_once_for_each_key(shop: Shop) -> None:
    """Part, the same part again, no other part by its key, the rest, and no more than was taken."""
    order = shop.completed().order
    assert order is not None
    for _ in range(2):
        part = shop.service.refund_order(order.id, 590, idempotency_key="r1")
    assert totals(part.components).total == 1000
    with pytest.raises(Refused, match="used before"):
        shop.service.refund_order(order.id, 700, idempotency_key="r1")
    whole = shop.service.refund_order(order.id, 1000, idempotency_key="r2")
    assert (whole.payment.state, totals(whole.components).refund) == ("refunded", -1590)
    with pytest.raises(Refused):
        shop.service.refund_order(order.id, 1, idempotency_key="r3")
    with pytest.raises(Refused):
        shop.service.refund_order(order.id, 0, idempotency_key="r4")


def test_a_refund_made_at_the_provider_is_noted_once(shop: Shop) -> None:
    """Nobody called us: its webhook, replayed and late as it may be, writes each part to the ledger once."""
    order = shop.completed().order
    assert order is not None
    payment_id = order.payment.payment_id
    for part, left in ((590, 1000), (400, 600)):
        run_without_network(shop.bank.refund(payment_id, part, key=f"dashboard-{part}"))
        headers, body = shop.bank.webhook(payment_id, NOON)
        for _ in range(2):
            assert shop.service.payment_webhook(headers, body)
        assert totals(shop.service.get_order(order.id).components).total == left
    noted = shop.service.get_order(order.id)
    assert [c.amount for c in noted.components if c.kind == "refund"] == [-590, -400]
    assert (noted.payment.state, noted.payment.refunded) == ("captured", 990)
    assert noted.version == order.version + 2
    rest = shop.service.refund_order(order.id, 600, idempotency_key="rest")
    assert (rest.payment.state, totals(rest.components).total) == ("refunded", 0)


def test_a_refund_whose_webhook_was_lost_is_found_by_asking(shop: Shop) -> None:
    """A second look at the payment changes nothing more."""
    order = shop.completed().order
    assert order is not None
    run_without_network(shop.bank.refund(order.payment.payment_id, 1590, key="dashboard"))
    seen = [shop.service.refresh_payment(order.id) for _ in range(2)]
    assert seen[0] == seen[1]
    assert (seen[0].payment.state, totals(seen[0].components).total) == ("refunded", 0)


def test_an_approval_is_given_through_the_service(store: SqlStore) -> None:
    """A purchase that needs approval waits for it, whoever pays."""
    demands = Demands(needs_approval=lambda checkout: checkout.cart.goods_total > 1000)
    shop = Shop(store, settings=Settings(rules=Rules(demands=demands)))
    checkout_id = shop.opened().view.checkout.id
    assert shop.service.get(checkout_id).status.reason == "approval"
    assert shop.service.approve(checkout_id, by="boss").status.name == "ready"


def test_a_provider_that_refuses_leaves_the_buyer_a_way_on(store: SqlStore) -> None:
    """The operator finds the reason parked; the buyer may choose another way to pay."""

    class Broken(TestPayments):
        def authorise(self, request: PaymentRequest) -> Steps[PaymentResult]:
            yield from ()
            raise Refused("this account is closed")

    service = CheckoutService(store=store, policy=POLICY, payments=Broken(), clock=Clock())
    opened = service.create(NewCheckout(currency="USD", update=filled_in()))
    view = service.complete(opened.view.checkout.id, idempotency_key="k")
    assert view.status.reason == "payment_declined"
    (parked,) = store.list_parked()
    assert "account is closed" in parked.error


def test_a_refused_capture_is_parked_for_the_operator(store: SqlStore) -> None:
    """The order stands with the money held; only a refusal to hold money sends the buyer back."""

    class Broken(TestPayments):
        def capture(self, payment_id: str, amount: int, *, key: str) -> Steps[PaymentResult]:
            yield from ()
            raise Refused("the hold has lapsed")

    service = CheckoutService(store=store, policy=POLICY, payments=Broken(), clock=Clock())
    opened = service.create(NewCheckout(currency="USD", update=filled_in()))
    view = service.complete(opened.view.checkout.id, idempotency_key="k")
    assert view.order is not None
    assert (view.status.name, view.order.payment.state) == ("completed", "authorised")
    (parked,) = store.list_parked()
    assert "hold has lapsed" in parked.error
