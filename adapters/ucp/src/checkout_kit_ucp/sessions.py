"""Reading and writing the documents of the protocol, on an event loop or within the service's steps."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from checkout_kit.adapter.protocol_store import ProtocolStore

from checkout_kit_ucp.session import Session, pack, unpack

_T = TypeVar("_T")


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


async def async_load(store: ProtocolStore, kind: str, resource_id: str) -> tuple[Session, int] | None:
    """`load_session` on an event loop."""
    return await off_loop(store.is_remote, partial(load_session, store, kind, resource_id))


async def async_save(
    store: ProtocolStore, kind: str, resource_id: str, session: Session, version: int
) -> int:
    """`save_session` on an event loop."""
    return await off_loop(store.is_remote, partial(save_session, store, kind, resource_id, session, version))
