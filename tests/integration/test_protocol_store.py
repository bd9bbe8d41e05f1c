"""Documents, kept answers and order activity of agent protocols, in one database with the checkouts."""

import asyncio
import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from checkout_kit.adapter.protocol_delivery import chain_deliverers
from checkout_kit.adapter.protocol_orders import (
    Adjustment,
    FulfillmentEvent,
    load_activity,
    record_activity,
)
from checkout_kit.adapter.protocol_store import LEASE_S, ProtocolStore
from checkout_kit.checkout import Event
from checkout_kit.errors import Conflict, InputError, VersionConflict
from checkout_kit.payments import TestPayments
from checkout_kit.service import AsyncCheckoutService, Deliver, NewCheckout, Settings
from checkout_kit.service.steps import Steps
from checkout_kit.storage import open_store
from checkout_kit.storage.sql import SqlStore
from checkout_kit.testing.checkouts import NOON, POLICY, filled_in


@pytest.fixture(params=["memory", "file", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """A store in memory, in a file, and on a server."""
    urls = {"memory": "sqlite://", "file": f"sqlite:///{tmp_path / 'shop.db'}"}
    opened = open_store(urls.get(request.param) or request.getfixturevalue("postgresql"))
    yield opened
    opened.close()


def test_document_is_written_over_its_version(store: SqlStore) -> None:
    """A stale write and a second new document are refused."""
    documents = ProtocolStore(store)
    assert documents.get("a", "1") is None
    assert documents.put("a", "1", "{}") == 1
    assert documents.put("a", "1", "[]", expected_version=1) == 2
    with pytest.raises(VersionConflict) as stale:
        documents.put("a", "1", "x", expected_version=1)
    assert stale.value.current_version == 2
    with pytest.raises(Conflict):
        documents.put("a", "1", "x")
    assert documents.get("b", "1") is None


def test_key_is_claimed_once_until_its_lease_is_over(store: SqlStore) -> None:
    """The first claim wins; only the same request takes a crashed one over; a kept answer stays."""
    documents = ProtocolStore(store)
    assert documents.claim("p", "k", "digest", now=NOON) is None
    waiting = documents.claim("p", "k", "digest", now=NOON)
    assert waiting is not None
    assert waiting.status == 0
    later = NOON + dt.timedelta(seconds=LEASE_S)
    other = documents.claim("p", "k", "other", now=later)
    assert other is not None
    assert documents.claim("p", "k", "digest", now=later) is None
    documents.keep("p", "k", status=201, headers="{}", body=b"done")
    kept = documents.claim("p", "k", "digest", now=later + dt.timedelta(hours=1))
    assert kept is not None
    assert (kept.status, kept.body) == (201, b"done")
    assert documents.claim("q", "k", "digest", now=later) is None
    documents.release("q", "k")
    assert documents.claim("q", "k", "digest", now=later) is None
    assert documents.purge(before=NOON) == 0
    assert documents.purge(before=later + dt.timedelta(days=1)) == 2


def test_two_stores_share_their_tables(store: SqlStore) -> None:
    """Opening a second time finds what the first one wrote."""
    ProtocolStore(store).put("a", "1", "{}")
    assert ProtocolStore(store).get("a", "1") is not None


def test_claims_race_and_one_wins(store: SqlStore) -> None:
    """Of many claims at once exactly one may answer."""
    documents = ProtocolStore(store)
    if store.engine.url.database in (None, "", ":memory:"):
        claims = [documents.claim("p", "race", "d", now=NOON) for _ in range(8)]
    else:
        with ThreadPoolExecutor(8) as threads:
            claims = list(threads.map(lambda _: documents.claim("p", "race", "d", now=NOON), range(8)))
    assert sum(claim is None for claim in claims) == 1


def test_activity_is_recorded_once_and_told() -> None:
    """An entry changes the activity once, goes out as an event to every taker, and names lines it has."""
    seen: list[str] = []

    def taker(name: str) -> Deliver:
        def take(event: Event, attempts: int) -> Steps[None]:
            seen.append(f"{name}:{event.kind}")
            yield from ()

        return take

    async def walk() -> None:
        store, payments = open_store("sqlite://"), TestPayments()
        documents = ProtocolStore(store)
        service = AsyncCheckoutService(
            store=store,
            payments=payments,
            policy=POLICY,
            settings=Settings(emits_events=True),
            clock=lambda: NOON,
            deliver=chain_deliverers(taker("a"), taker("b")),
        )
        opened = await service.create(NewCheckout(currency="USD", update=filled_in()))
        done = await service.complete(opened.view.checkout.id, idempotency_key="k")
        assert done.order is not None
        order_id = done.order.id
        refund = Adjustment(id="r1", type="refund", occurred_at=NOON, quantities={"l1": -1}, amount=-1200)
        for _ in range(2):
            await record_activity(service, documents, order_id, refund)
        shipped = FulfillmentEvent(id="s1", type="shipped", occurred_at=NOON, quantities={"l2": 1})
        with pytest.raises(InputError, match="l2"):
            await record_activity(service, documents, order_id, shipped)
        activity = load_activity(documents, order_id)
        assert (activity.adjustments, activity.events) == ((refund,), ())
        while (await service.run_due()).events:
            pass
        await service.close()
        payments.close()
        store.close()

    asyncio.run(walk())
    assert seen == [f"{who}:{kind}" for kind in KINDS for who in ("a", "b")]


KINDS = ("checkout.created", "order.placed", "order.changed")
