"""Which events of platforms were taken: one memory for all processes on a database."""

import asyncio
import datetime as dt
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from checkout_kit.adapter import AnyAdapter, HttpRequest, WebhookEvent
from checkout_kit.adapter.protocol_store import LEASE_S
from checkout_kit.payments import TestPayments
from checkout_kit.server.adapters import AdapterHost, adapter_routes
from checkout_kit.server.taken_events import EventsOfProcess, StoredEvents, TakenEvents
from checkout_kit.service import AsyncCheckoutService
from checkout_kit.storage import open_store
from checkout_kit.testing.adapters.reference import ReferenceAdapter, ReferenceSettings
from checkout_kit.testing.checkouts import NOON, POLICY

SECRET = "reference-secret-1"
ADAPTER = ReferenceAdapter(
    ReferenceSettings(shop="main", secret=SECRET, api_url="https://reference.example", token="t")
)
PROCESSES, EVENTS = 4, 40


@pytest.fixture(params=["process", "sqlite", "postgresql"])
def events(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TakenEvents]:
    """An empty memory of each kind."""
    if request.param == "process":
        yield EventsOfProcess()
        return
    file = f"sqlite:///{tmp_path / 'shop.db'}"
    store = open_store(file if request.param == "sqlite" else request.getfixturevalue("postgresql"))
    yield StoredEvents(store)
    store.close()


def after(seconds: float) -> dt.datetime:
    """That long after noon."""
    return NOON + dt.timedelta(seconds=seconds)


def test_event_is_claimed_until_it_is_settled(events: TakenEvents) -> None:
    """Whoever comes second is told whether the event is taken or still under way; others are not touched."""
    assert events.claim("a", now=NOON) == "yours"
    assert events.claim("a", now=after(1)) == "under way"
    assert events.claim("b", now=after(1)) == "yours"
    events.settle("a", now=after(2))
    assert events.claim("a", now=after(LEASE_S * 10)) == "taken"


def test_released_event_may_be_claimed_again(events: TakenEvents) -> None:
    """What failed is tried again with the next delivery."""
    assert events.claim("a", now=NOON) == "yours"
    events.release("a", now=after(1))
    assert events.claim("a", now=after(1)) == "yours"
    assert events.claim("a", now=after(2)) == "under way"


def test_event_of_a_crashed_process_is_free_after_a_minute(events: TakenEvents) -> None:
    """A claim that is neither settled nor released ends by itself."""
    assert events.claim("a", now=NOON) == "yours"
    assert events.claim("a", now=after(LEASE_S - 1)) == "under way"
    assert events.claim("a", now=after(LEASE_S)) == "yours"


def test_events_are_forgotten_after_a_week(events: TakenEvents) -> None:
    """No platform repeats an event for longer, and the table does not grow for ever."""
    day = 24 * 3600
    for key, at in (("old", 0), ("new", 2 * day), ("latest", 7 * day + 60)):
        assert events.claim(key, now=after(at)) == "yours"
        events.settle(key, now=after(at))
    later = after(7 * day + 61)
    assert [events.claim(key, now=later) for key in ("old", "new", "latest")] == ["yours", "taken", "taken"]


def webhook(number: int) -> HttpRequest:
    """A signed webhook; the same number is the same event."""
    body = json.dumps({"id": f"e{number}", "topic": "order.created", "order_id": "o1"}).encode()
    assert ADAPTER.signature is not None
    return ADAPTER.signature.sign(HttpRequest(url="/", body=body), secret=SECRET, now=NOON)


def test_routes_of_two_servers_take_an_event_once(url: str) -> None:
    """With the service they are made for, routes share what its database knows; nothing has to be set."""
    taken: list[str] = []

    async def take(_adapter: AnyAdapter, event: WebhookEvent) -> None:
        taken.append(event.id)

    async def go() -> None:
        sent = webhook(1)
        for _ in range(2):
            store, payments = open_store(url), TestPayments()
            service = AsyncCheckoutService(store=store, payments=payments, policy=POLICY)
            host = AdapterHost(quoter=POLICY.quote, clock=lambda: NOON, on_event=take)
            transport = httpx.ASGITransport(
                Starlette(routes=adapter_routes([ADAPTER], host, service=service))
            )
            async with httpx.AsyncClient(transport=transport, base_url="https://shop.example") as client:
                for _ in range(2):
                    path = "/adapters/reference/webhooks"
                    answer = await client.post(path, content=sent.body, headers=dict(sent.headers))
                    assert answer.status_code == 200
            await service.close()
            payments.close()
            store.close()

    asyncio.run(go())
    assert taken == ["e1"]


def deliver_all(url: str, log: Path, seed: int) -> None:
    """One process: take every event in an order of its own, until each has been answered with 200.

    Acting on an event fails at random, before anything is done.
    """
    import random

    rng = random.Random(seed)

    async def take(_adapter: AnyAdapter, event: WebhookEvent) -> None:
        await asyncio.sleep(0.001)
        if rng.random() < 0.3:
            raise RuntimeError(event.id)
        with log.open("a") as file:
            file.write(event.id + "\n")

    async def answered(host: AdapterHost, memory: TakenEvents, number: int) -> bool:
        try:
            answer = await host.webhook(ADAPTER, webhook(number), events=memory)
        except RuntimeError:
            return False
        return answer.status == 200

    async def go() -> None:
        store = open_store(url)
        host = AdapterHost(quoter=POLICY.quote, clock=lambda: NOON, on_event=take)
        memory, left = StoredEvents(store), list(range(EVENTS))
        while left:
            rng.shuffle(left)
            done = await asyncio.gather(*(answered(host, memory, number) for number in left))
            left = [number for number, is_done in zip(left, done, strict=True) if not is_done]
        store.close()

    asyncio.run(go())


def test_processes_take_each_event_once(url: str, tmp_path: Path) -> None:
    """However many processes are told of an event at the same time, and whatever fails, it is taken once."""
    open_store(url).close()
    log = tmp_path / "taken.txt"
    script = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import test_taken_events as own; "
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", f"{script} own.deliver_all({url!r}, own.Path({str(log)!r}), {seed})"]
        )
        for seed in range(PROCESSES)
    ]
    assert [process.wait(timeout=60) for process in processes] == [0] * PROCESSES
    assert Counter(log.read_text().split()) == {f"e{number}": 1 for number in range(EVENTS)}
