"""Places in a slot: holds that expire, confirmations that stay; a pure model and the port to a store."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Protocol

from attrs import evolve, field, frozen, validators


@frozen(kw_only=True)
class Hold:
    """Places kept for one checkout until `expires_at`; None means confirmed, kept for good."""

    id: str
    units: int = field(validator=validators.ge(1))
    expires_at: dt.datetime | None

    def is_live(self, now: dt.datetime) -> bool:
        """Whether the places still count: strictly before the expiry, or confirmed."""
        return self.expires_at is None or now < self.expires_at


@frozen(kw_only=True)
class SlotBook:
    """Who holds what in one slot. Every change returns a new book, or None where there is no room."""

    capacity: int
    holds: tuple[Hold, ...] = ()

    def taken(self, now: dt.datetime) -> int:
        """Places that are held or confirmed at `now`."""
        return sum(hold.units for hold in self.holds if hold.is_live(now))

    def hold(self, hold_id: str, *, now: dt.datetime, ttl: dt.timedelta, units: int = 1) -> "SlotBook | None":
        """Keep places until `now + ttl`; holding again under the same id renews and never counts twice.

        A confirmed hold stays confirmed.
        """
        return self._with(hold_id, now, units, now + ttl)

    def confirm(self, hold_id: str, *, now: dt.datetime, units: int = 1) -> "SlotBook | None":
        """Keep the places for good; an expired hold is confirmed only if there is still room."""
        return self._with(hold_id, now, units, None)

    def release(self, hold_id: str) -> "SlotBook":
        """Give the places back; releasing what is not held changes nothing."""
        return evolve(self, holds=tuple(hold for hold in self.holds if hold.id != hold_id))

    def _with(
        self, hold_id: str, now: dt.datetime, units: int, expires_at: dt.datetime | None
    ) -> "SlotBook | None":
        others = [hold for hold in self.holds if hold.id != hold_id and hold.is_live(now)]
        own = next((hold for hold in self.holds if hold.id == hold_id and hold.is_live(now)), None)
        if own is not None and own.expires_at is None:
            return self
        if sum(hold.units for hold in others) + units > self.capacity:
            return None
        mine = Hold(id=hold_id, units=units, expires_at=expires_at)
        return evolve(self, holds=(*others, mine))


class SlotHolds(Protocol):
    """The port to a store of holds that many processes share; each call is atomic.

    `capacity` comes from the schedule with every call, so that the policy stays the one place that says it.
    """

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

    def confirm(self, slot_id: str, hold_id: str, *, capacity: int, now: dt.datetime, units: int = 1) -> bool:
        """Keep the places for good; False where the hold has expired and the room is gone."""

    def release(self, slot_id: str, hold_id: str) -> None:
        """Give the places back; nothing happens where none are held."""

    def taken(self, slot_ids: Iterable[str], *, now: dt.datetime) -> Mapping[str, int]:
        """How many places of each slot are held or confirmed at `now`."""
