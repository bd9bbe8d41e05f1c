"""Reading and writing the documents of the protocol, on an event loop or within the service's steps."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from attrs import evolve
from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.errors import Conflict
from checkout_kit.orders import Order

from checkout_kit_ucp.orders import Activity, Adjustment, FulfillmentEvent, pack_activity, unpack_activity
from checkout_kit_ucp.session import ORDER_KIND, Session, pack, unpack

_T = TypeVar("_T")
RACES = 5


async def off_loop(is_remote: bool, work: Callable[[], _T]) -> _T:
    """Do blocking work: in a thread where it waits for a network, else here, where it takes microseconds."""
    return await asyncio.to_thread(work) if is_remote else work()


def load_session(store: ProtocolStore, kind: str, resource_id: str) -> tuple[Session, int] | None:
    """A session and the version to write it over."""
    found = store.get(kind, resource_id)
    return None if found is None else (unpack(found.text), found.version)


def save_session(store: ProtocolStore, kind: str, resource_id: str, session: Session, version: int) -> int:
    """Write a session; raises Conflict when another write came first."""
    return store.put(kind, resource_id, pack(session), expected_version=version)


def load_activity(store: ProtocolStore, order_id: str) -> Activity:
    """What has happened to an order."""
    found = store.get(ORDER_KIND, order_id)
    return Activity() if found is None else unpack_activity(found.text)


def add_entry(store: ProtocolStore, order: Order, entry: Adjustment | FulfillmentEvent) -> Activity:
    """Add an entry to an order's activity over its newest version."""
    return _change(store, order.id, lambda activity: activity.with_entry(entry, order))


def claim_order(store: ProtocolStore, order_id: str) -> Activity:
    """Note that an authenticated platform reads the order."""
    return _change(store, order_id, lambda activity: evolve(activity, is_claimed=True))


def _change(store: ProtocolStore, order_id: str, change: Callable[[Activity], Activity]) -> Activity:
    for race in range(RACES):
        found = store.get(ORDER_KIND, order_id)
        before = Activity() if found is None else unpack_activity(found.text)
        after = change(before)
        if after == before:
            return before
        version = 0 if found is None else found.version
        try:
            store.put(ORDER_KIND, order_id, pack_activity(after), expected_version=version)
        except Conflict:
            if race == RACES - 1:
                raise
            continue
        return after
    raise AssertionError("unreachable: the last race raises")


async def async_load(store: ProtocolStore, kind: str, resource_id: str) -> tuple[Session, int] | None:
    """`load_session` on an event loop."""
    return await off_loop(store.is_remote, partial(load_session, store, kind, resource_id))


async def async_save(
    store: ProtocolStore, kind: str, resource_id: str, session: Session, version: int
) -> int:
    """`save_session` on an event loop."""
    return await off_loop(store.is_remote, partial(save_session, store, kind, resource_id, session, version))
