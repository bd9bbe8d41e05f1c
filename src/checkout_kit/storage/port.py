"""The storage port: what a store must do, in values; one write is one transaction."""

import datetime as dt
from collections.abc import Mapping
from typing import Protocol

from attrs import field, frozen

from checkout_kit.checkout import Checkout
from checkout_kit.checkout.profile import Profile
from checkout_kit.errors import Conflict
from checkout_kit.orders import Order


@frozen(kw_only=True)
class Loaded:
    """A stored checkout with the hash of its secret and its customer's profile."""

    checkout: Checkout
    secret_hash: str = field(repr=False)
    profile: Profile
    profile_version: int


@frozen(kw_only=True)
class LoadedOrder:
    """A stored order, with the hash of the secret that opens it."""

    order: Order
    secret_hash: str = field(repr=False)


@frozen(kw_only=True)
class LoadedProfile:
    """A customer's profile; version 0 means nothing is stored yet."""

    profile: Profile
    version: int


@frozen(kw_only=True)
class Record:
    """A use of an idempotency key: what was asked (a digest) and what it led to."""

    scope: str
    key: str
    fingerprint: str
    outcome: str
    created_at: dt.datetime


@frozen(kw_only=True)
class Task:
    """A row of the outbox: work to do at least once, in the order of its stream and topic.

    `payload` is JSON text. `lease_until` keeps other workers away while one is at it.
    """

    key: str
    stream: str
    topic: str
    payload: str
    due_at: dt.datetime
    lease_until: dt.datetime
    attempts: int = 0
    error: str = field(default="", repr=False)


@frozen(kw_only=True)
class CheckoutWrite:
    """A checkout to write: `expected_version` is the one that was read, 0 for a new checkout.

    `changes_customer` says that the checkout is found under another customer from now on.
    `due_at` is when to look at it again; None leaves what was noted, which may be early but never late.
    """

    checkout: Checkout
    expected_version: int
    secret_hash: str = field(default="", repr=False)
    due_at: dt.datetime | None = None
    changes_customer: bool = False


@frozen(kw_only=True)
class OrderWrite:
    """An order to write; version 1 is a new one."""

    order: Order


@frozen(kw_only=True)
class ProfileWrite:
    """A customer's profile to write over the version that was read."""

    customer_id: str
    profile: Profile
    expected_version: int


@frozen(kw_only=True)
class PlaceWrite:
    """A place in a delivery slot to hold until an instant, or for good where `until` is None.

    `capacity` is how many places the slot has; the store refuses the whole write when others have them all.
    """

    slot_id: str
    hold_id: str
    capacity: int
    now: dt.datetime
    until: dt.datetime | None


@frozen(kw_only=True)
class Write:
    """Everything one transaction writes; either all of it is durable, or none.

    `freed` are places to give back, as (slot id, hold id).
    """

    checkout: CheckoutWrite | None = None
    order: OrderWrite | None = None
    profile: ProfileWrite | None = None
    record: Record | None = None
    tasks: tuple[Task, ...] = ()
    done: tuple[str, ...] = ()
    places: tuple[PlaceWrite, ...] = ()
    freed: tuple[tuple[str, str], ...] = ()


class SlotTaken(Conflict):
    """Somebody else took the last place of a delivery slot meanwhile; nothing was written."""

    code = "slot_taken"


@frozen(kw_only=True)
class Shortage:
    """Goods of which less is left than wanted."""

    sku: str
    wanted: int
    available: int


class Inventory(Protocol):
    """What the service needs of a stock keeper: holds for a while; an order's transaction makes them last."""

    def hold(
        self, checkout_id: str, wanted: Mapping[str, int], *, now: dt.datetime, until: dt.datetime
    ) -> tuple[Shortage, ...]:
        """Hold everything or nothing, in place of what the checkout held; what is short."""

    def release(self, checkout_id: str) -> None:
        """Give up what the checkout holds, unless an order made it permanent."""


class Store(Protocol):
    """What a store does. Instants carry a zone; methods block.

    Raises:
        VersionConflict: `commit` found another version than the expected one.
        Conflict: `commit` met a key, id or order that is already taken.
        SlotTaken: `commit` was to hold a place in a slot that has none left.
        Unavailable: the database did not answer, or another writer held it too long; nothing was written
            unless the failure hit during the commit itself, which a repeated call finds out.
    """

    @property
    def is_remote(self) -> bool:
        """Whether a call may wait for a network, so that an event loop must hand it to a thread."""

    def load(self, checkout_id: str) -> Loaded | None:
        """One checkout by id."""

    def load_order(self, order_id: str) -> LoadedOrder | None:
        """One order by id."""

    def load_profile(self, customer_id: str) -> LoadedProfile:
        """A customer's profile; an empty one of version 0 for an unknown customer."""

    def find_record(self, scope: str, key: str) -> Record | None:
        """The record of an idempotency key."""

    def commit(self, write: Write) -> None:
        """Write everything in one durable transaction."""

    def lease_tasks(
        self, now: dt.datetime, *, topics: tuple[str, ...], lease_s: int, limit: int
    ) -> tuple[Task, ...]:
        """Up to `limit` due tasks, leased to the caller; of each stream and topic only the oldest."""

    def finish_task(self, key: str) -> None:
        """The task is done and leaves the outbox; an unknown key is ignored."""

    def fail_task(self, key: str, *, due_at: dt.datetime, error: str, is_parked: bool) -> None:
        """The task failed: try again at `due_at`, or park it for someone to look at."""

    def list_parked(self, *, limit: int = 100) -> tuple[Task, ...]:
        """Parked tasks, oldest first."""

    def unpark(self, key: str, *, due_at: dt.datetime) -> bool:
        """Put a parked task back in line; False when there is none of that key."""

    def due_checkouts(self, now: dt.datetime, *, limit: int) -> tuple[str, ...]:
        """Ids of checkouts whose expiry or reminder may be due, earliest first."""

    def postpone(self, checkout_id: str, *, due_at: dt.datetime | None) -> None:
        """Look at the checkout again at `due_at`, or never."""

    def taken_places(
        self, slot_ids: tuple[str, ...], *, now: dt.datetime, but: tuple[str, ...] = ()
    ) -> Mapping[str, int]:
        """How many places of each slot are held at `now`, without the holds `but`; no entry means none."""

    def close(self) -> None:
        """Release every connection."""
