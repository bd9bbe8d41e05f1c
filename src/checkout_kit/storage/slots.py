"""Slot holds that many processes share, over SQLAlchemy Core; and the same in memory for one process."""

import datetime as dt
from collections.abc import Iterable, Mapping
from threading import Lock

import sqlalchemy as sa

from checkout_kit.shipping.slots import SlotBook
from checkout_kit.storage.faults import our_errors
from checkout_kit.storage.schema import SLOT_HOLDS as _HOLDS
from checkout_kit.storage.sql import SqlStore
from checkout_kit.storage.transactions import transaction

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)

_SLOT: sa.BindParameter[str] = sa.bindparam("slot")
_HOLD: sa.BindParameter[str] = sa.bindparam("hold")
_LIVE = sa.or_(_HOLDS.c.expires_at_us.is_(None), _HOLDS.c.expires_at_us > sa.bindparam("now_us"))
_OTHERS = sa.select(sa.func.coalesce(sa.func.sum(_HOLDS.c.units), 0)).where(
    _HOLDS.c.slot_id == _SLOT, _HOLDS.c.hold_id != _HOLD, _LIVE
)
_OWN = sa.select(_HOLDS.c.expires_at_us).where(_HOLDS.c.slot_id == _SLOT, _HOLDS.c.hold_id == _HOLD, _LIVE)
# One statement that both SQLite and PostgreSQL know; it is the write lock of the slot.
_LOCK = sa.text(
    "INSERT INTO slot (slot_id, changes) VALUES (:slot, 1) "
    "ON CONFLICT (slot_id) DO UPDATE SET changes = slot.changes + 1"
)
_SWEEP = sa.delete(_HOLDS).where(_HOLDS.c.slot_id == _SLOT, sa.or_(_HOLDS.c.hold_id == _HOLD, sa.not_(_LIVE)))

_INSERT = sa.text(
    "INSERT INTO slot_hold (slot_id, hold_id, units, expires_at_us) "
    "VALUES (:slot, :hold, :units, :expires_at_us)"
)


def _us(instant: dt.datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


class SqlSlotHolds:
    """The holds of all slots in a store's database; safe for any number of threads and processes.

    Implements `checkout_kit.shipping.slots.SlotHolds`.
    """

    def __init__(self, store: SqlStore) -> None:
        self._engine = store.engine

    def hold(
        self,
        slot_id: str,
        hold_id: str,
        *,
        capacity: int,
        now: dt.datetime,
        ttl: dt.timedelta,
        units: int = 1,
    ) -> bool:
        """Keep places until `now + ttl`, or renew them; False where there is no room."""
        return self._keep(_facts(slot_id, hold_id, now, units), capacity, _us(now + ttl))

    def confirm(self, slot_id: str, hold_id: str, *, capacity: int, now: dt.datetime, units: int = 1) -> bool:
        """Keep the places for good; False where the hold has expired and the room is gone."""
        return self._keep(_facts(slot_id, hold_id, now, units), capacity, None)

    def release(self, slot_id: str, hold_id: str) -> None:
        """Give the places back; nothing happens where none are held."""
        with our_errors(), self._engine.connect() as connection:
            connection.execute(
                sa.delete(_HOLDS).where(_HOLDS.c.slot_id == slot_id, _HOLDS.c.hold_id == hold_id)
            )

    def taken(self, slot_ids: Iterable[str], *, now: dt.datetime) -> Mapping[str, int]:
        """How many places of each slot are held or confirmed at `now`."""
        wanted = list(slot_ids)
        query = (
            sa.select(_HOLDS.c.slot_id, sa.func.sum(_HOLDS.c.units))
            .where(_HOLDS.c.slot_id.in_(wanted), _LIVE)
            .group_by(_HOLDS.c.slot_id)
        )
        with our_errors(), self._engine.connect() as connection:
            found = {row[0]: int(row[1]) for row in connection.execute(query, {"now_us": _us(now)})}
        return {slot_id: found.get(slot_id, 0) for slot_id in wanted}

    def _keep(self, facts: Mapping[str, str | int], capacity: int, expires_at_us: int | None) -> bool:
        room = capacity - int(facts["units"])
        # A full slot is refused without a lock: in a rush most callers come too late and need not queue.
        with our_errors(), self._engine.connect() as connection:
            if connection.execute(_OTHERS, facts).scalar_one() > room:
                return _is_confirmed(connection, facts)
        with transaction(self._engine) as connection:
            connection.execute(_LOCK, facts)
            if _is_confirmed(connection, facts):
                return True
            if connection.execute(_OTHERS, facts).scalar_one() > room:
                return False
            connection.execute(_SWEEP, facts)
            connection.execute(_INSERT, {**facts, "expires_at_us": expires_at_us})
        return True


def _facts(slot_id: str, hold_id: str, now: dt.datetime, units: int) -> Mapping[str, str | int]:
    if units < 1:
        raise ValueError(f"units must be 1 or more, got {units!r}")
    return {"slot": slot_id, "hold": hold_id, "now_us": _us(now), "units": units}


def _is_confirmed(connection: sa.Connection, facts: Mapping[str, str | int]) -> bool:
    own = connection.execute(_OWN, facts).one_or_none()
    return own is not None and own[0] is None


class MemorySlotHolds:
    """The same in the memory of one process, for tests and demonstrations."""

    def __init__(self) -> None:
        self._books: dict[str, SlotBook] = {}
        self._lock = Lock()

    def hold(
        self,
        slot_id: str,
        hold_id: str,
        *,
        capacity: int,
        now: dt.datetime,
        ttl: dt.timedelta,
        units: int = 1,
    ) -> bool:
        """Keep places until `now + ttl`, or renew them; False where there is no room."""
        with self._lock:
            book = self._book(slot_id, capacity).hold(hold_id, now=now, ttl=ttl, units=units)
            return self._keep(slot_id, book)

    def confirm(self, slot_id: str, hold_id: str, *, capacity: int, now: dt.datetime, units: int = 1) -> bool:
        """Keep the places for good; False where the hold has expired and the room is gone."""
        with self._lock:
            return self._keep(slot_id, self._book(slot_id, capacity).confirm(hold_id, now=now, units=units))

    def release(self, slot_id: str, hold_id: str) -> None:
        """Give the places back; nothing happens where none are held."""
        with self._lock:
            if slot_id in self._books:
                self._books[slot_id] = self._books[slot_id].release(hold_id)

    def taken(self, slot_ids: Iterable[str], *, now: dt.datetime) -> Mapping[str, int]:
        """How many places of each slot are held or confirmed at `now`."""
        with self._lock:
            return {
                slot_id: self._books[slot_id].taken(now) if slot_id in self._books else 0
                for slot_id in slot_ids
            }

    def _book(self, slot_id: str, capacity: int) -> SlotBook:
        known = self._books.get(slot_id)
        return SlotBook(capacity=capacity, holds=() if known is None else known.holds)

    def _keep(self, slot_id: str, book: SlotBook | None) -> bool:
        if book is not None:
            self._books[slot_id] = book
        return book is not None
