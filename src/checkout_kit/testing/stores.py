"""The conformance suite of stores: subclass `StoreConformance` and supply a `store` fixture."""

import datetime as dt
import threading

import pytest
from attrs import evolve

from checkout_kit.address import AddressBook
from checkout_kit.checkout import (
    Checkout,
    Complete,
    Contact,
    PaymentOutcome,
    PlaceOrder,
    Profile,
    transition,
)
from checkout_kit.errors import CheckoutKitError, Conflict, VersionConflict
from checkout_kit.orders import Order, place_order, record_capture
from checkout_kit.storage import (
    CheckoutWrite,
    OrderWrite,
    PlaceWrite,
    ProfileWrite,
    Record,
    SlotTaken,
    Store,
    Task,
    Write,
)
from checkout_kit.testing.checkouts import HOME, NOON, POLICY, ready_checkout

MINUTE = dt.timedelta(minutes=1)


def _new(checkout: Checkout, *, due_at: dt.datetime | None = None) -> Write:
    first = evolve(checkout, version=1)
    return Write(checkout=CheckoutWrite(checkout=first, expected_version=0, secret_hash="h", due_at=due_at))  # noqa: S106


def _next(checkout: Checkout, note: str = "") -> Checkout:
    return evolve(checkout, version=checkout.version + 1, note=note)


def _task(key: str, stream: str = "co_1", *, topic: str = "payment", at: dt.datetime = NOON) -> Task:
    return Task(key=key, stream=stream, topic=topic, payload=f'["{key}"]', due_at=at, lease_until=at)


def _place(hold_id: str, *, slot_id: str = "s", until: dt.datetime | None = NOON + MINUTE) -> PlaceWrite:
    return PlaceWrite(slot_id=slot_id, hold_id=hold_id, capacity=2, now=NOON, until=until)


def _order(checkout: Checkout) -> Order:
    effect = PlaceOrder(order_id=f"or_{checkout.id}", payment_id="p1", is_captured=False)
    return place_order(checkout, effect, NOON, provider="test")


def _save(store: Store, checkout: Checkout, expected: int) -> None:
    store.commit(Write(checkout=CheckoutWrite(checkout=checkout, expected_version=expected)))


class StoreConformance:
    """What every store must do; each test gets an empty `store` from the subclass's fixture."""

    def test_an_unknown_id_loads_nothing(self, store: Store) -> None:
        """Checkouts, orders and records that were never written are None; a profile is empty."""
        assert store.load("co_1") is None
        assert store.load_order("or_1") is None
        assert store.find_record("complete", "k") is None
        assert store.load_profile("cu_1").version == 0

    def test_a_checkout_reads_back_equal(self, store: Store) -> None:
        """What is written is what is read, with its secret's hash."""
        checkout = evolve(ready_checkout(), version=1)
        store.commit(_new(checkout))
        loaded = store.load("co_1")
        assert loaded is not None
        assert loaded.checkout == checkout
        assert loaded.secret_hash == "h"  # noqa: S105 - not a password

    def test_a_paid_checkout_reads_back_equal(self, store: Store) -> None:
        """Attempt, ending and order survive the way to the database and back."""
        ready = evolve(ready_checkout(), version=1)
        store.commit(_new(ready))
        paying = transition(ready, Complete(), POLICY.quote, NOON).checkout
        outcome = PaymentOutcome(attempt=1, state="authorised", payment_id="p1")
        placed = transition(paying, outcome, POLICY.quote, NOON).checkout
        order = _order(placed)
        write = CheckoutWrite(checkout=placed, expected_version=1)
        store.commit(Write(checkout=write, order=OrderWrite(order=order)))
        loaded, found = store.load("co_1"), store.load_order(order.id)
        assert loaded is not None
        assert found is not None
        assert (loaded.checkout, found.order, found.secret_hash) == (placed, order, "h")

    def test_an_id_is_taken_once(self, store: Store) -> None:
        """A second new checkout of the same id is a conflict and changes nothing."""
        store.commit(_new(ready_checkout()))
        with pytest.raises(Conflict):
            store.commit(_new(evolve(ready_checkout(), note="other")))
        loaded = store.load("co_1")
        assert loaded is not None
        assert loaded.checkout.note == ""

    def test_a_stale_version_loses(self, store: Store) -> None:
        """Of two writes over one version the second is refused with the current version."""
        first = evolve(ready_checkout(), version=1)
        store.commit(_new(first))
        _save(store, _next(first, "a"), 1)
        with pytest.raises(VersionConflict) as caught:
            _save(store, _next(first, "b"), 1)
        assert caught.value.current_version == 2

    def test_a_write_is_all_or_nothing(self, store: Store) -> None:
        """A key that is taken undoes the checkout, the order and the tasks of the same write."""
        first = evolve(ready_checkout(), version=1)
        store.commit(_new(first))
        record = Record(scope="complete", key="k", fingerprint="f", outcome="1", created_at=NOON)
        store.commit(Write(record=record))
        with pytest.raises(Conflict):
            store.commit(
                Write(
                    checkout=CheckoutWrite(checkout=_next(first, "lost"), expected_version=1),
                    order=OrderWrite(order=_order(first)),
                    record=record,
                    tasks=(_task("t1"),),
                )
            )
        loaded = store.load("co_1")
        assert loaded is not None
        assert loaded.checkout == first
        assert store.load_order("or_co_1") is None
        assert store.lease_tasks(NOON, topics=("payment",), lease_s=60, limit=9) == ()

    def test_a_checkout_has_one_order(self, store: Store) -> None:
        """A second order of one checkout is a conflict, whatever its id."""
        first = evolve(ready_checkout(), version=1)
        store.commit(_new(first))
        store.commit(Write(order=OrderWrite(order=_order(first))))
        with pytest.raises(Conflict):
            store.commit(Write(order=OrderWrite(order=evolve(_order(first), id="or_other"))))

    def test_an_order_is_updated_over_its_version(self, store: Store) -> None:
        """A capture is written once; a stale one loses."""
        first = evolve(ready_checkout(), version=1)
        store.commit(_new(first))
        order = _order(first)
        store.commit(Write(order=OrderWrite(order=order)))
        paid = record_capture(order, order.payment.amount)
        store.commit(Write(order=OrderWrite(order=paid)))
        with pytest.raises(VersionConflict):
            store.commit(Write(order=OrderWrite(order=paid)))
        found = store.load_order(order.id)
        assert found is not None
        assert found.order == paid

    def test_a_profile_is_kept_and_comes_with_the_checkout(self, store: Store) -> None:
        """The address book of the signed-in customer is loaded beside the checkout."""
        book, _ = AddressBook().save(HOME, id="ad_1")
        profile = Profile(book=book.used("ad_1", NOON), contact=Contact(email="eva@example.com"))
        store.commit(Write(profile=ProfileWrite(customer_id="cu_1", profile=profile, expected_version=0)))
        customer = evolve(ready_checkout().customer, id="cu_1")
        store.commit(_new(evolve(ready_checkout(), customer=customer)))
        loaded = store.load("co_1")
        assert loaded is not None
        assert (loaded.profile, loaded.profile_version) == (profile, 1)
        with pytest.raises(Conflict):
            store.commit(Write(profile=ProfileWrite(customer_id="cu_1", profile=profile, expected_version=0)))

    def test_a_checkout_moves_to_another_customer(self, store: Store) -> None:
        """A guest who signed in is loaded with the customer's profile from then on."""
        profile = Profile(contact=Contact(email="eva@example.com"))
        store.commit(Write(profile=ProfileWrite(customer_id="cu_1", profile=profile, expected_version=0)))
        guest = evolve(ready_checkout(), version=1)
        store.commit(_new(guest))
        known = evolve(guest, version=2, customer=evolve(guest.customer, id="cu_1"))
        store.commit(Write(checkout=CheckoutWrite(checkout=known, expected_version=1, changes_customer=True)))
        loaded = store.load("co_1")
        assert loaded is not None
        assert loaded.profile == profile

    def test_an_idempotency_key_is_remembered(self, store: Store) -> None:
        """The record of a key in its scope comes back; another scope does not know it."""
        record = Record(scope="create", key="k", fingerprint="f", outcome="co_1", created_at=NOON)
        store.commit(Write(record=record))
        assert store.find_record("create", "k") == record
        assert store.find_record("complete", "k") is None

    def test_tasks_are_leased_once_and_in_order(self, store: Store) -> None:
        """Of one stream and topic only the oldest task is handed out, until it is finished."""
        store.commit(Write(tasks=(_task("a1", "a"), _task("a2", "a"), _task("b1", "b"))))
        first = store.lease_tasks(NOON, topics=("payment",), lease_s=60, limit=9)
        assert [task.key for task in first] == ["a1", "b1"]
        assert store.lease_tasks(NOON, topics=("payment",), lease_s=60, limit=9) == ()
        store.finish_task("a1")
        later = store.lease_tasks(NOON, topics=("payment",), lease_s=60, limit=9)
        assert [task.key for task in later] == ["a2"]

    def test_a_lease_runs_out(self, store: Store) -> None:
        """A worker that died holds its task only for the lease."""
        store.commit(Write(tasks=(_task("a1"),)))
        assert len(store.lease_tasks(NOON, topics=("payment",), lease_s=60, limit=9)) == 1
        again = store.lease_tasks(NOON + MINUTE, topics=("payment",), lease_s=60, limit=9)
        assert [task.key for task in again] == ["a1"]

    def test_topics_do_not_wait_for_each_other(self, store: Store) -> None:
        """An event of a checkout is handed out although a payment of it is open."""
        store.commit(Write(tasks=(_task("p"), _task("e", topic="event"))))
        assert [t.key for t in store.lease_tasks(NOON, topics=("event",), lease_s=60, limit=9)] == ["e"]

    def test_a_failed_task_waits_and_a_parked_one_steps_aside(self, store: Store) -> None:
        """A failure counts and sets the next try; parking lets the next task of the stream go on."""
        store.commit(Write(tasks=(_task("a1", "a"), _task("a2", "a"))))
        store.lease_tasks(NOON, topics=("payment",), lease_s=60, limit=9)
        store.fail_task("a1", due_at=NOON + MINUTE, error="Unavailable", is_parked=False)
        assert store.lease_tasks(NOON, topics=("payment",), lease_s=60, limit=9) == ()
        (again,) = store.lease_tasks(NOON + MINUTE, topics=("payment",), lease_s=60, limit=9)
        assert (again.key, again.attempts, again.error) == ("a1", 1, "Unavailable")
        store.fail_task("a1", due_at=NOON + MINUTE, error="no", is_parked=True)
        assert [task.key for task in store.list_parked()] == ["a1"]
        (free,) = store.lease_tasks(NOON + MINUTE, topics=("payment",), lease_s=60, limit=9)
        assert free.key == "a2"
        assert store.unpark("a1", due_at=NOON)
        assert not store.unpark("a1", due_at=NOON)

    def test_a_write_finishes_the_tasks_it_answers(self, store: Store) -> None:
        """The outcome of a payment and the end of its task are one transaction."""
        store.commit(Write(tasks=(_task("a1"),)))
        store.commit(Write(done=("a1",), tasks=(_task("a2"),)))
        assert [t.key for t in store.lease_tasks(NOON, topics=("payment",), lease_s=60, limit=9)] == ["a2"]

    def test_places_in_a_slot_are_held_counted_and_given_back(self, store: Store) -> None:
        """Held until an instant and not at it, or for good; one's own hold may be left out of the count."""
        until = NOON + MINUTE
        held = [_place(name, until=until) for name in ("a", "b")]
        store.commit(Write(places=(*held, _place("a", slot_id="t", until=None))))
        assert store.taken_places(("s", "t", "u"), now=NOON) == {"s": 2, "t": 1}
        assert store.taken_places(("s",), now=NOON, but=("a",)) == {"s": 1}
        assert store.taken_places(("s", "t"), now=until) == {"t": 1}
        store.commit(Write(freed=(("s", "a"), ("t", "a"), ("u", "a"))))
        assert store.taken_places(("s", "t"), now=NOON) == {"s": 1}

    def test_a_write_that_finds_no_place_writes_nothing(self, store: Store) -> None:
        """Neither the checkout nor the place it did get; holding again takes no second place."""
        store.commit(_new(ready_checkout()))
        store.commit(Write(places=(_place("a"),)))
        store.commit(Write(places=(_place("a"), _place("b"))))
        checkout = evolve(ready_checkout(), version=1)
        write = CheckoutWrite(checkout=_next(checkout), expected_version=1)
        with pytest.raises(SlotTaken):
            store.commit(Write(checkout=write, places=(_place("c", slot_id="free"), _place("c"))))
        assert store.taken_places(("s", "free"), now=NOON) == {"s": 2}
        loaded = store.load("co_1")
        assert loaded is not None
        assert loaded.checkout.version == 1
        store.commit(Write(checkout=write, freed=(("s", "a"),), places=(_place("c"),)))
        assert store.taken_places(("s",), now=NOON) == {"s": 2}

    def test_due_checkouts_come_earliest_first(self, store: Store) -> None:
        """Only what is due is listed; a postponed one is listed later, or never."""
        for i, minutes in enumerate((2, 1, 3)):
            store.commit(_new(ready_checkout(f"co_{i}"), due_at=NOON + minutes * MINUTE))
        assert store.due_checkouts(NOON + 2 * MINUTE, limit=9) == ("co_1", "co_0")
        store.postpone("co_1", due_at=None)
        store.postpone("co_0", due_at=NOON + 3 * MINUTE)
        assert set(store.due_checkouts(NOON + 9 * MINUTE, limit=9)) == {"co_0", "co_2"}

    def test_of_many_writers_over_one_version_one_wins(self, store: Store) -> None:
        """Sixteen threads write over the same version at once: one succeeds, the rest hear of a conflict."""
        first = evolve(ready_checkout(), version=1)
        store.commit(_new(first))
        start = threading.Barrier(16)
        outcomes: list[str] = []

        def write(note: str) -> None:
            start.wait()
            try:
                _save(store, _next(first, note), 1)
            except CheckoutKitError as error:
                outcomes.append(type(error).__name__)
            else:
                outcomes.append(note)

        threads = [threading.Thread(target=write, args=(f"w{i}",)) for i in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        winners = [outcome for outcome in outcomes if outcome.startswith("w")]
        loaded = store.load("co_1")
        assert loaded is not None
        assert winners == [loaded.checkout.note]
        assert outcomes.count("VersionConflict") == 15

    def test_of_many_workers_one_gets_a_task(self, store: Store) -> None:
        """Eight workers ask at once for forty tasks of forty streams: each task is leased exactly once."""
        store.commit(Write(tasks=tuple(_task(f"t{i}", f"s{i}") for i in range(40))))
        start = threading.Barrier(8)
        got: list[Task] = []

        def work() -> None:
            start.wait()
            for _ in range(20):
                got.extend(store.lease_tasks(NOON, topics=("payment",), lease_s=60, limit=5))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(task.key for task in got) == sorted(f"t{i}" for i in range(40))
