"""An update command from bytes to bytes beside the floor by hand, on the same database and durability.

Both read, parse, validate, re-quote 12 options with dates, add up, write one durable transaction and answer.
The bodies move an address, choose an option and change the contact, in turn, over many checkouts.

Run: python bench/update_speed.py [--database sqlite|postgresql|both] [--rounds 7] [--memory]
"""

import argparse
import datetime as dt
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from pydantic_core import to_json
from quote_workload import USUAL, make_policy, make_requests
from update_floor import compile_update

from checkout_kit.address import check_address
from checkout_kit.checkout import ContactPatch, Update
from checkout_kit.payments import TestPayments
from checkout_kit.service import CheckoutService, NewCheckout
from checkout_kit.service.wire import parse_update
from checkout_kit.shipping import QuoteRequest, ShippingPolicy
from checkout_kit.storage import open_store
from checkout_kit.testing.databases import temporary_postgresql

CHECKOUTS = 400
CHUNK = 60
Step = tuple[int, bytes]


def usable_requests(policy: ShippingPolicy, count: int) -> list[QuoteRequest]:
    """Carts with 12 options to places where, as far as they are told, mail can be sent."""
    drawn = make_requests(USUAL, 30 * count)
    real = [r for r in drawn if all(f.message.startswith("required") for f in check_address(r.destination))]
    return [r for r in real if len(policy.quote(r).options) == 12][:count]


def bodies(requests: list[QuoteRequest], policy: ShippingPolicy, turn: int) -> list[Step]:
    """Checkout number and PATCH body: every checkout moves, chooses, and changes its contact.

    Each turn sends every checkout somewhere else, so that no body repeats what is stored already.
    """
    steps: list[Step] = []
    for i, request in enumerate(requests):
        to = requests[(i + turn) % len(requests)].destination
        address = {"country": to.country, "region": to.region, "postal_code": to.postal_code}
        address |= {"name": "Eva Cruz", "line1": f"{turn + 1} Oak Ave", "city": "Springfield"}
        options = policy.quote(request).options
        steps += [
            (i, json.dumps({"delivery": {"address": address}}).encode()),
            (i, json.dumps({"delivery": {"option_id": options[(i + turn) % len(options)].id}}).encode()),
            (i, json.dumps({"contact": {"email": f"eva+{i}.{turn}@example.com"}}).encode()),
        ]
    return steps


class Clock:
    """The time on both sides, moved on by the benchmark, so that no two updates are at one instant."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def tick(self) -> None:
        self.now += dt.timedelta(milliseconds=1)


class Floor:
    """The floor's own table and connection, with the durability of the store beside it."""

    def __init__(self, requests: list[QuoteRequest], mapping: dict[str, Any], clock: Clock) -> None:
        self.update = compile_update(mapping)
        self.clock = clock
        opened = clock()
        self.docs = [
            to_json({
                "lines": [
                    {"id": n.id, "sku": n.sku, "quantity": n.quantity, "unit_price": n.unit_price,
                     "weight_g": n.weight_g or 0}
                    for n in r.cart.lines
                ],
                "email": "a@example.com", "address": None, "choice": None, "wanted": None, "payment": None,
                "created_at": opened, "updated_at": opened,
            }).decode()
            for r in requests
        ]  # fmt: skip


class SqliteFloor(Floor):
    """By hand on SQLite."""

    def open(self, path: str, synchronous: str) -> "SqliteFloor":
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("pragma journal_mode=wal")
        self.db.execute(f"pragma synchronous={synchronous}")
        self.db.execute(
            "create table floor (id text primary key, version integer not null, doc text not null)"
        )
        self.db.executemany(
            "insert into floor values (?, 1, ?)", ((str(i), d) for i, d in enumerate(self.docs))
        )
        return self

    def run(self, number: int, body: bytes) -> bytes:
        key = str(number)
        version, doc = self.db.execute("select version, doc from floor where id = ?", (key,)).fetchone()
        new, answer = self.update(body, key, version, doc, self.clock())
        done = self.db.execute(
            "update floor set version = ?, doc = ? where id = ? and version = ?",
            (version + 1, new, key, version),
        )
        if done.rowcount != 1:
            raise SystemExit("the floor lost a race")
        return answer


class PostgresqlFloor(Floor):
    """By hand on PostgreSQL."""

    def open(self, url: str) -> "PostgresqlFloor":
        import psycopg

        self.db = psycopg.connect(url, autocommit=True)
        self.db.execute(
            "create table floor (id text primary key, version integer not null, doc text not null)"
        )
        with self.db.cursor() as cursor:
            cursor.executemany(
                "insert into floor values (%s, 1, %s)", [(str(i), d) for i, d in enumerate(self.docs)]
            )
        return self

    def run(self, number: int, body: bytes) -> bytes:
        key = str(number)
        row = self.db.execute("select version, doc from floor where id = %s", (key,)).fetchone()
        version, doc = row
        new, answer = self.update(body, key, version, doc, self.clock())
        done = self.db.execute(
            "update floor set version = %s, doc = %s where id = %s and version = %s",
            (version + 1, new, key, version),
        )
        if done.rowcount != 1:
            raise SystemExit("the floor lost a race")
        return answer


def make_service(url: str, durability: str, policy: ShippingPolicy, clock: Clock) -> CheckoutService:
    """The service as a shop would make it."""
    store = open_store(url, durability=durability)  # type: ignore[arg-type]
    return CheckoutService(store=store, policy=policy, payments=TestPayments(), clock=clock)


def open_checkouts(service: CheckoutService, requests: list[QuoteRequest]) -> list[str]:
    """One checkout for each cart."""
    contact = ContactPatch(email="a@example.com")
    return [
        service.create(
            NewCheckout(currency="USD", update=Update(lines=r.cart.lines, contact=contact))
        ).view.checkout.id
        for r in requests
    ]


def ours(service: CheckoutService, ids: list[str]) -> Callable[[int, bytes], bytes]:
    """The public path, bytes to bytes."""

    def run(number: int, body: bytes) -> bytes:
        parsed = parse_update(body)
        return service.update(ids[number], parsed.update, version=parsed.version).to_json()

    return run


def check_same(a: bytes, b: bytes) -> None:
    """Both answers have the same members with equal values, all but the checkout's id."""
    mine, theirs = json.loads(a), json.loads(b)
    theirs["id"] = mine["id"]
    if mine != theirs:
        mine |= mine.pop("deliveries")[0]
        theirs |= theirs.pop("deliveries")[0]
        differ = [key for key in mine | theirs if mine.get(key) != theirs.get(key)]
        raise SystemExit(f"answers differ in {differ}")


def compare(
    name: str,
    run: Callable[[int, bytes], bytes],
    floor: Callable[[int, bytes], bytes],
    turns: list[list[Step]],
    clock: Clock,
) -> None:
    """Print microseconds and the ratio: chunk by chunk in turns, the best of the rounds for each chunk."""
    for number, body in turns[0]:
        clock.tick()
        check_same(run(number, body), floor(number, body))
    best: list[dict[int, float]] = [{}, {}]
    for steps in turns[1:]:
        for at in range(0, len(steps), CHUNK):
            for which, call in enumerate((run, floor)):
                start = time.perf_counter()
                for number, body in steps[at : at + CHUNK]:
                    clock.tick()
                    call(number, body)
                spent = time.perf_counter() - start
                best[which][at] = min(best[which].get(at, spent), spent)
    mine, theirs = (sum(chunks.values()) / len(turns[0]) * 1e6 for chunks in best)
    ratio = mine / theirs
    print(
        f"update on {name}: {mine:.0f} us ({1e6 / mine:,.0f}/s), floor {theirs:.0f} us, "
        f"ratio {ratio:.2f}, goal 2.5 {'met' if ratio <= 2.5 else 'missed'}",
        flush=True,
    )


def measure_memory(policy: ShippingPolicy, requests: list[QuoteRequest], clock: Clock) -> None:
    """Peak memory after 10,000 and after 100,000 checkouts, each opened and updated once."""
    import resource

    with tempfile.TemporaryDirectory() as folder:
        service = make_service(f"sqlite:///{folder}/memory.db", "normal", policy, clock)
        peaks = []
        for size in (10_000, 100_000):
            for i in range(len(peaks) and 10_000, size):
                lines = requests[i % len(requests)].cart.lines
                opened = service.create(NewCheckout(currency="USD", update=Update(lines=lines)))
                service.update(opened.view.checkout.id, Update(note=f"order {i}"))
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        print(f"peak memory: {peaks[0]:.0f} MB after 10,000 checkouts, {peaks[1]:.0f} MB after 100,000")


def main() -> None:
    """Print a line for each database and durability, with the goal met or missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--memory", action="store_true")
    given = parser.parse_args()
    mapping = make_policy(USUAL)
    policy = ShippingPolicy.from_dict(mapping)
    requests = usable_requests(policy, CHECKOUTS)
    clock = Clock(dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC))
    turns = [bodies(requests, policy, turn) for turn in range(given.rounds + 1)]
    if given.database != "postgresql":
        for durability in ("normal", "full"):
            with tempfile.TemporaryDirectory() as folder:
                service = make_service(f"sqlite:///{folder}/shop.db", durability, policy, clock)
                floor = SqliteFloor(requests, mapping, clock).open(f"{folder}/floor.db", durability)
                run = ours(service, open_checkouts(service, requests))
                compare(f"sqlite ({durability})", run, floor.run, turns, clock)
    if given.database != "sqlite":
        with temporary_postgresql() as server:
            service = make_service(server.url, "full", policy, clock)
            own = PostgresqlFloor(requests, mapping, clock).open(server.url)
            run = ours(service, open_checkouts(service, requests))
            compare("postgresql", run, own.run, turns, clock)
            own.db.close()
            service.parts.store.close()
    if given.memory:
        measure_memory(policy, requests, clock)


if __name__ == "__main__":
    main()
