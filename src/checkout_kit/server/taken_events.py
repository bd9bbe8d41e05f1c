"""Which events of platforms have been taken, so that one delivered twice is acted on once."""

import datetime as dt
from typing import TYPE_CHECKING, Final, Literal, Protocol, cast

from checkout_kit.adapter import AnswerCache
from checkout_kit.adapter.protocol_store import LEASE_S, HasEngine, ProtocolStore

if TYPE_CHECKING:
    from checkout_kit.service import AsyncCheckoutService

_REMEMBER: Final = dt.timedelta(days=7)
_TAKEN: Final = 200
_SCOPE: Final = "platform events"
_TIDY_EVERY: Final = dt.timedelta(hours=1)

Claim = Literal["yours", "taken", "under way"]


class TakenEvents(Protocol):
    """A memory of events by their keys. Its methods may raise Unavailable, and block where `is_remote`."""

    @property
    def is_remote(self) -> bool:
        """Whether a call may wait for a network, so that an event loop must hand it to a thread."""

    def claim(self, key: str, *, now: dt.datetime) -> Claim:
        """Take an event to act on it; of many who claim one at the same time, it is one's."""

    def settle(self, key: str, *, now: dt.datetime) -> None:
        """The event has been acted on."""

    def release(self, key: str, *, now: dt.datetime) -> None:
        """Acting on it failed; the next delivery may claim it."""


class EventsOfProcess:
    """What this process has taken, the latest 100,000 events; another process knows nothing of it."""

    is_remote = False

    def __init__(self) -> None:
        self._claims: AnswerCache[Claim] = AnswerCache(100_000)

    def claim(self, key: str, *, now: dt.datetime) -> Claim:
        """Take an event."""
        found = self._claims.get(key, now=now)
        if found is not None:
            return found
        self._claims.put(key, "under way", until=now + dt.timedelta(seconds=LEASE_S))
        return "yours"

    def settle(self, key: str, *, now: dt.datetime) -> None:
        """The event has been acted on."""
        self._claims.put(key, "taken", until=now + _REMEMBER)

    def release(self, key: str, *, now: dt.datetime) -> None:
        """The next delivery may claim it."""
        self._claims.put(key, "under way", until=now)


class StoredEvents:
    """What all processes on one database have taken, for a week."""

    def __init__(self, store: HasEngine) -> None:
        self._kept = ProtocolStore(store)
        self.is_remote: Final = store.is_remote
        self._tidied_at: dt.datetime | None = None

    def claim(self, key: str, *, now: dt.datetime) -> Claim:
        """Take an event; one that a crashed process had claimed is free after a minute."""
        found = self._kept.claim(_SCOPE, key, "", now=now)
        if found is None:
            return "yours"
        return "taken" if found.status == _TAKEN else "under way"

    def settle(self, key: str, *, now: dt.datetime) -> None:
        """The event has been acted on."""
        self._kept.keep(_SCOPE, key, status=_TAKEN, headers="", body=b"")
        if self._tidied_at is None or now - self._tidied_at >= _TIDY_EVERY:
            self._kept.purge(before=now - _REMEMBER, scope=_SCOPE)
            self._tidied_at = now

    def release(self, key: str, *, now: dt.datetime) -> None:
        """The next delivery may claim it."""
        self._kept.release(_SCOPE, key)


def taken_events(service: "AsyncCheckoutService | None") -> TakenEvents:
    """The memory in the database of a service, or this process's own where there is no such database."""
    store = None if service is None else service.parts.store
    return StoredEvents(cast(HasEngine, store)) if hasattr(store, "engine") else EventsOfProcess()
