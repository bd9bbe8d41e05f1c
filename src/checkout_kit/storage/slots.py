"""Slot holds that many processes share, over SQLAlchemy Core; and the same in memory for one process."""

import datetime as dt
from collections.abc import Iterable, Mapping
from threading import Lock

from checkout_kit.shipping.slots import SlotBook
from checkout_kit.storage import places
from checkout_kit.storage.faults import our_errors
from checkout_kit.storage.sql import SqlStore
from checkout_kit.storage.transactions import transaction


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
        return self._keep(places.facts_of(slot_id, hold_id, now, units), capacity, now + ttl)

    def confirm(self, slot_id: str, hold_id: str, *, capacity: int, now: dt.datetime, units: int = 1) -> bool:
        """Keep the places for good; False where the hold has expired and the room is gone."""
        return self._keep(places.facts_of(slot_id, hold_id, now, units), capacity, None)

    def release(self, slot_id: str, hold_id: str) -> None:
        """Give the places back; nothing happens where none are held."""
        with our_errors(), self._engine.connect() as connection:
            places.free(connection, slot_id, hold_id)

    def taken(self, slot_ids: Iterable[str], *, now: dt.datetime) -> Mapping[str, int]:
        """How many places of each slot are held or confirmed at `now`."""
        wanted = list(slot_ids)
        with our_errors(), self._engine.connect() as connection:
            found = places.count_taken(connection, wanted, now)
        return {slot_id: found.get(slot_id, 0) for slot_id in wanted}

    def _keep(self, facts: places.Facts, capacity: int, until: dt.datetime | None) -> bool:
        # A full slot is refused without a lock: in a rush most callers come too late and need not queue.
        with our_errors(), self._engine.connect() as connection:
            if places.is_full_for(connection, facts, capacity):
                return places.is_confirmed(connection, facts)
        with transaction(self._engine) as connection:
            return places.keep(connection, facts, capacity=capacity, until=until)


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
