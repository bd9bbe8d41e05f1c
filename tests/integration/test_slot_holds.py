"""Slot holds on real databases: the store agrees with the pure model and never gives a place twice."""

import datetime as dt
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from checkout_kit.shipping.slots import SlotBook
from checkout_kit.storage import open_store
from checkout_kit.storage.slots import MemorySlotHolds, SqlSlotHolds

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
TTL = dt.timedelta(minutes=10)


def database(kind, request):
    """A store without holds on a database of that kind."""
    if kind == "sqlite":
        return open_store(f"sqlite:///{request.getfixturevalue('tmp_path') / 'slots.db'}")
    return open_store(request.getfixturevalue("postgresql"), pool_size=32)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def holds(request):
    """Every implementation of the port."""
    if request.param == "memory":
        yield MemorySlotHolds()
        return
    store = database(request.param, request)
    yield SqlSlotHolds(store)
    store.close()


def test_holds_count_until_they_expire(holds):
    """Places come back at the instant of expiry, not before."""
    assert holds.hold("s", "a", capacity=1, now=NOW, ttl=TTL)
    assert not holds.hold("s", "b", capacity=1, now=NOW + TTL - dt.timedelta(microseconds=1), ttl=TTL)
    assert holds.hold("s", "b", capacity=1, now=NOW + TTL, ttl=TTL)
    assert not holds.confirm("s", "a", capacity=1, now=NOW + TTL)


def test_holding_again_renews_and_never_counts_twice(holds):
    """One checkout that holds twice takes one place, for longer."""
    later = NOW + dt.timedelta(minutes=9)
    assert holds.hold("s", "a", capacity=2, now=NOW, ttl=TTL)
    assert holds.hold("s", "a", capacity=2, now=later, ttl=TTL)
    assert holds.taken(["s", "t"], now=NOW + TTL) == {"s": 1, "t": 0}


def test_a_confirmed_place_is_kept_for_good(holds):
    """Confirming twice, or holding after confirming, changes nothing."""
    assert holds.hold("s", "a", capacity=1, now=NOW, ttl=TTL)
    assert holds.confirm("s", "a", capacity=1, now=NOW)
    assert holds.confirm("s", "a", capacity=1, now=NOW + 99 * TTL)
    assert holds.hold("s", "a", capacity=1, now=NOW, ttl=TTL)
    assert holds.taken(["s"], now=NOW + 999 * TTL) == {"s": 1}


def test_releasing_gives_the_places_back(holds):
    """Released units can be held by another; releasing nothing is no fault."""
    assert holds.hold("s", "a", capacity=3, now=NOW, ttl=TTL, units=3)
    assert not holds.hold("s", "b", capacity=3, now=NOW, ttl=TTL)
    holds.release("s", "a")
    holds.release("elsewhere", "a")
    assert holds.hold("s", "b", capacity=3, now=NOW, ttl=TTL, units=3)


def test_a_slot_without_room_refuses_everyone(holds):
    """Capacity zero is a closed slot."""
    assert not holds.hold("s", "a", capacity=0, now=NOW, ttl=TTL)


def test_holding_nothing_is_a_mistake(holds):
    """Units below one are refused, not ignored."""
    with pytest.raises(ValueError, match="units"):
        holds.hold("s", "a", capacity=1, now=NOW, ttl=TTL, units=0)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_ten_thousand_concurrent_holds_fill_fifty_places_exactly(kind, request):
    """32 threads ask 10,000 times for one of 50 places; 50 get one."""
    store = database(kind, request)
    holds = SqlSlotHolds(store)

    def ask(number):
        return holds.hold("s", f"checkout-{number}", capacity=50, now=NOW, ttl=TTL)

    with ThreadPoolExecutor(32) as pool:
        granted = sum(pool.map(ask, range(10_000)))
    assert granted == 50
    assert holds.taken(["s"], now=NOW) == {"s": 50}
    store.close()


RUSH = """
import datetime as dt, sys
from checkout_kit.storage import open_store
from checkout_kit.storage.slots import SqlSlotHolds
path, name = sys.argv[1:]
store = open_store(f"sqlite:///{path}")
holds = SqlSlotHolds(store)
now = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
print("ready", flush=True)
sys.stdin.readline()
ttl = dt.timedelta(minutes=5)
print(sum(holds.hold("s", f"{name}-{i}", capacity=50, now=now, ttl=ttl) for i in range(500)))
store.close()
"""


def test_four_processes_fill_fifty_places_exactly(tmp_path):
    """Processes that start together share the places without giving one twice."""
    path = tmp_path / "slots.db"
    open_store(f"sqlite:///{path}").close()
    rush = [
        subprocess.Popen(
            [sys.executable, "-c", RUSH, str(path), str(i)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for i in range(4)
    ]
    for process in rush:
        process.stdout.readline()
    for process in rush:
        process.stdin.write("go\n")
        process.stdin.flush()
    granted = [int(process.communicate(timeout=120)[0]) for process in rush]
    assert sum(granted) == 50


class Agree(RuleBasedStateMachine):
    """The database does exactly what the pure model does, whatever the order of calls."""

    def __init__(self):
        super().__init__()
        self.database = open_store("sqlite://")
        self.store = SqlSlotHolds(self.database)
        self.book = SlotBook(capacity=4)
        self.now = NOW

    @rule(who=st.sampled_from("abcd"), units=st.integers(1, 3), minutes=st.integers(1, 9))
    def hold(self, who, units, minutes):
        """A hold is granted by both or by neither."""
        ttl = dt.timedelta(minutes=minutes)
        book = self.book.hold(who, now=self.now, ttl=ttl, units=units)
        assert self.store.hold("s", who, capacity=4, now=self.now, ttl=ttl, units=units) is (book is not None)
        self.book = book or self.book

    @rule(who=st.sampled_from("abcd"), units=st.integers(1, 3))
    def confirm(self, who, units):
        """A confirmation is granted by both or by neither."""
        book = self.book.confirm(who, now=self.now, units=units)
        assert self.store.confirm("s", who, capacity=4, now=self.now, units=units) is (book is not None)
        self.book = book or self.book

    @rule(who=st.sampled_from("abcd"))
    def release(self, who):
        """Places given back are free in both."""
        self.store.release("s", who)
        self.book = self.book.release(who)

    @rule(minutes=st.integers(1, 5))
    def wait(self, minutes):
        """Time passes."""
        self.now += dt.timedelta(minutes=minutes)

    @invariant()
    def same_and_never_over(self):
        """Both count the same, and never more than there is."""
        taken = self.store.taken(["s"], now=self.now)["s"]
        assert taken == self.book.taken(self.now)
        assert taken <= 4

    def teardown(self):
        """Close the database."""
        self.database.close()


TestAgree = Agree.TestCase
TestAgree.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
