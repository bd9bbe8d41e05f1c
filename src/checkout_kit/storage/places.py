"""Places in delivery slots as statements of somebody's transaction: keep, give back, count."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from checkout_kit.storage.schema import SLOT_HOLDS as _HOLDS

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)

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
_FREE = sa.delete(_HOLDS).where(_HOLDS.c.slot_id == _SLOT, _HOLDS.c.hold_id == _HOLD)

Facts = Mapping[str, str | int]


def facts_of(slot_id: str, hold_id: str, now: dt.datetime, units: int = 1) -> Facts:
    """Who wants how many places of which slot, and when; raises ValueError for less than one."""
    if units < 1:
        raise ValueError(f"units must be 1 or more, got {units!r}")
    return {"slot": slot_id, "hold": hold_id, "now_us": to_us(now), "units": units}


def is_full_for(connection: sa.Connection, facts: Facts, capacity: int) -> bool:
    """Whether others leave too little room, as far as can be seen without the slot's lock."""
    return bool(connection.execute(_OTHERS, facts).scalar_one() > capacity - int(facts["units"]))


def is_confirmed(connection: sa.Connection, facts: Facts) -> bool:
    """Whether the places are held for good already."""
    own = connection.execute(_OWN, facts).one_or_none()
    return own is not None and own[0] is None


def keep(connection: sa.Connection, facts: Facts, *, capacity: int, until: dt.datetime | None) -> bool:
    """Hold places until then, or for good, within a transaction; False where there is no room."""
    connection.execute(_LOCK, facts)
    if is_confirmed(connection, facts):
        return True
    if is_full_for(connection, facts, capacity):
        return False
    connection.execute(_SWEEP, facts)
    connection.execute(_INSERT, {**facts, "expires_at_us": None if until is None else to_us(until)})
    return True


def free(connection: sa.Connection, slot_id: str, hold_id: str) -> None:
    """Give the places back; nothing happens where none are held."""
    connection.execute(_FREE, {"slot": slot_id, "hold": hold_id})


def count_taken(
    connection: sa.Connection, slot_ids: Sequence[str], now: dt.datetime, *, but: Sequence[str] = ()
) -> dict[str, int]:
    """How many places of each slot are held or confirmed, without those of the holds `but`."""
    query = (
        sa.select(_HOLDS.c.slot_id, sa.func.sum(_HOLDS.c.units))
        .where(_HOLDS.c.slot_id.in_(slot_ids), _HOLDS.c.hold_id.not_in(but), _LIVE)
        .group_by(_HOLDS.c.slot_id)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query, {"now_us": to_us(now)})}


def to_us(instant: dt.datetime) -> int:
    """Microseconds since 1970, which every database compares alike."""
    return (instant - _EPOCH) // _MICROSECOND
