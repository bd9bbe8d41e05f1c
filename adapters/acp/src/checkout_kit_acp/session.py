"""What is remembered of an agent's session or cart beside the checkout itself."""

import asyncio
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeVar

from attrs import asdict, field, frozen
from checkout_kit.adapter.protocol_orders import Activity, load_activity
from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.errors import VersionConflict

SESSION_KIND: Final = "acp.session"
CART_KIND: Final = "acp.cart"
CHANNEL: Final = "acp"
_T = TypeVar("_T")


@frozen(kw_only=True)
class NamedGroup:
    """An agent's name for one of our deliveries; a group that is not shipped has no delivery."""

    id: str
    destination_type: str = "shipping"
    delivery_id: str = ""
    item_ids: tuple[str, ...] = ()


@frozen(kw_only=True)
class Session:
    """An agent's side of a checkout or cart.

    Attributes:
        agent: the name of the agent that opened it; nobody else gets to see it.
        sealed_secret: the checkout's secret, readable with the shop's sealing key only.
        buyer: the buyer's names and company as given; the address for mail is the checkout's own.
        details: name, phone and mail of the delivery as given.
        interventions: what the agent can help the buyer with, such as `3ds`.
        codes: discount codes as sent, with those that were refused.
        missed: (code, sku) of goods that were asked for and could not be had.
        attribution: who sent the buyer, by touchpoint; stored for the shop, never sent back.
        cart_id: of a session: the cart it came from.
        session_id: of a cart: the session it became.
    """

    agent: str
    sealed_secret: str = field(default="", repr=False)
    buyer: Mapping[str, Any] = field(factory=dict, repr=False, hash=False)
    details: Mapping[str, str] = field(factory=dict, repr=False, hash=False)
    interventions: tuple[str, ...] = ()
    has_discounts: bool = False
    groups: tuple[NamedGroup, ...] = ()
    codes: tuple[str, ...] = ()
    missed: tuple[tuple[str, str], ...] = ()
    locale: str = ""
    timezone: str = ""
    metadata: Mapping[str, Any] | None = field(default=None, repr=False, hash=False)
    attribution: Mapping[str, Any] = field(factory=dict, repr=False, hash=False)
    consents: Mapping[str, bool] = field(factory=dict, hash=False)
    trace: Mapping[str, str] = field(factory=dict, hash=False)
    cart_id: str = ""
    session_id: str = ""
    is_canceled: bool = False


def pack(session: Session) -> str:
    """The stored JSON text; what is not set takes no room."""
    return json.dumps(
        {name: value for name, value in asdict(session).items() if value}, separators=(",", ":")
    )


def unpack(text: str) -> Session:
    """The session of a stored text."""
    given: dict[str, Any] = json.loads(text)
    for name in ("interventions", "codes"):
        given[name] = tuple(given.get(name, ()))
    given["missed"] = tuple((code, sku) for code, sku in given.get("missed", ()))
    given["groups"] = tuple(
        NamedGroup(**{**group, "item_ids": tuple(group["item_ids"])}) for group in given.get("groups", ())
    )
    return Session(**given)


async def off_loop(is_remote: bool, work: Callable[[], _T]) -> _T:
    """Do blocking work: in a thread where it waits for a network, else here, where it takes microseconds."""
    return await asyncio.to_thread(work) if is_remote else work()


def load_session(store: ProtocolStore, kind: str, resource_id: str) -> tuple[Session, int] | None:
    """A session and the version to write it over."""
    found = store.get(kind, resource_id)
    return None if found is None else (unpack(found.text), found.version)


@frozen
class Sessions:
    """The stored sessions of all agents, on an event loop."""

    documents: ProtocolStore

    async def load(self, kind: str, resource_id: str, agent: str) -> tuple[Session, int] | None:
        """An agent's own session; None for one that does not exist or is another agent's."""
        read = partial(load_session, self.documents, kind, resource_id)
        found = await off_loop(self.documents.is_remote, read)
        return None if found is None or found[0].agent != agent else found

    async def activity(self, order_id: str) -> Activity:
        """What has happened to an order since it was placed."""
        return await off_loop(self.documents.is_remote, partial(load_activity, self.documents, order_id))

    async def open(self, session_id: str, session: Session) -> None:
        """Write a session that is new; raises Conflict when there is one of this id."""
        write = partial(self.documents.put, SESSION_KIND, session_id, pack(session))
        await off_loop(self.documents.is_remote, write)

    async def save(self, kind: str, resource_id: str, session: Session, version: int) -> None:
        """Write over the version that was read; after a lost race the last writer counts."""
        write = partial(self.documents.put, kind, resource_id, pack(session))
        try:
            await off_loop(self.documents.is_remote, partial(write, expected_version=version))
        except VersionConflict as race:
            again = partial(write, expected_version=race.current_version)
            await off_loop(self.documents.is_remote, again)
