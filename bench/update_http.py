"""Updates over HTTP with SQLite: the server on one core, keep-alive clients on another.

Beside it the floor: the same ASGI server in front of the update written by hand. Both answer the same bodies,
in turns, with the same durability.

Run: python bench/update_http.py [--durability normal|full] [--rounds 5] [--connections 8]
"""

import argparse
import asyncio
import datetime as dt
import multiprocessing
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import uvicorn
from quote_workload import USUAL, make_policy
from update_speed import Clock, SqliteFloor, bodies, usable_requests

from checkout_kit.checkout import ContactPatch, Update
from checkout_kit.payments import TestPayments
from checkout_kit.server import create_app
from checkout_kit.service import AsyncCheckoutService, CheckoutService, NewCheckout
from checkout_kit.shipping import QuoteRequest, ShippingPolicy
from checkout_kit.storage import open_store

GOAL_PER_S = 2_500
CHECKOUTS = 200
CHUNK = 100
NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)


def run_server(make_app: Callable[[], Any], listener: socket.socket, core: int | None) -> None:
    """Serve one application on one core until terminated."""
    if core is not None:
        os.sched_setaffinity(0, {core})
    config = uvicorn.Config(make_app(), log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


def our_app(folder: str, durability: str, mapping: dict[str, Any]) -> Callable[[], Any]:
    """The server as a shop runs it, over a database the parent has filled."""

    def make() -> Any:
        store = open_store(f"sqlite:///{folder}/shop.db", durability=durability)  # type: ignore[arg-type]
        policy = ShippingPolicy.from_dict(mapping)
        return create_app(
            AsyncCheckoutService(store=store, policy=policy, payments=TestPayments(), clock=lambda: NOW)
        )

    return make


def floor_app(
    folder: str, durability: str, mapping: dict[str, Any], requests: list[QuoteRequest]
) -> Callable[[], Any]:
    """The update by hand behind the barest ASGI application."""

    def make() -> Any:
        floor = SqliteFloor(requests, mapping, Clock(NOW)).open(f"{folder}/floor.db", durability)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                while (await receive())["type"] != "lifespan.shutdown":
                    await send({"type": "lifespan.startup.complete"})
                await send({"type": "lifespan.shutdown.complete"})
                return
            body = (await receive())["body"]
            answer = floor.run(int(scope["path"][1:]), body)
            headers = [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(answer)).encode()),
            ]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": answer})

        return app

    return make


class Side:
    """One running server and the requests for it, turn by turn."""

    def __init__(self, make_app: Callable[[], Any], turns: list[list[bytes]], core: int | None) -> None:
        self.turns = turns
        listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = listener.getsockname()[1]
        fork = multiprocessing.get_context("fork")
        self.process = fork.Process(target=run_server, args=(make_app, listener, core), daemon=True)
        self.process.start()
        listener.close()
        self.streams: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def connect(self, count: int) -> None:
        """Open the connections that are kept."""
        for _ in range(200):
            try:
                self.streams = [await asyncio.open_connection("127.0.0.1", self.port) for _ in range(count)]
            except OSError:
                await asyncio.sleep(0.05)
            else:
                return
        raise SystemExit("the server did not start")

    async def send(self, turn: int, start: int, stop: int) -> float:
        """Seconds for this range of a turn's requests, spread over the connections."""
        chosen = self.turns[turn][start:stop]
        share = [chosen[i :: len(self.streams)] for i in range(len(self.streams))]
        began = time.perf_counter()
        await asyncio.gather(
            *(exchange(*stream, part) for stream, part in zip(self.streams, share, strict=True))
        )
        return time.perf_counter() - began


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, requests: list[bytes]) -> None:
    """Send one request after the other and read each answer to its end."""
    for request in requests:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"unexpected answer: {head!r}")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)


def request_bytes(path: str, body: bytes, extra: str = "") -> bytes:
    """One HTTP request."""
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n{extra}\r\n"
    )
    return head.encode() + body


def opened(
    folder: str, durability: str, policy: ShippingPolicy, requests: list[QuoteRequest]
) -> list[tuple[str, str]]:
    """One checkout for each cart, as id and secret."""
    store = open_store(f"sqlite:///{folder}/shop.db", durability=durability)  # type: ignore[arg-type]
    service = CheckoutService(store=store, policy=policy, payments=TestPayments(), clock=lambda: NOW)
    found = []
    for request in requests:
        update = Update(lines=request.cart.lines, contact=ContactPatch(email="a@example.com"))
        made = service.create(NewCheckout(currency="USD", update=update))
        found.append((made.view.checkout.id, made.secret))
    store.close()
    return found


async def measure(ours: Side, floor: Side, connections: int) -> tuple[float, float, float]:
    """Updates a second of ours and of the floor, best rounds, and the median ratio of their times."""
    await ours.connect(connections)
    await floor.connect(connections)
    size = len(ours.turns[0])
    spent: list[tuple[float, float]] = []
    for turn in range(len(ours.turns)):
        mine = theirs = 0.0
        for start in range(0, size, CHUNK):
            mine += await ours.send(turn, start, start + CHUNK)
            theirs += await floor.send(turn, start, start + CHUNK)
        spent.append((mine, theirs))
    spent = spent[1:]
    best = min(mine for mine, _ in spent), min(theirs for _, theirs in spent)
    return size / best[0], size / best[1], median(mine / theirs for mine, theirs in spent)


def main() -> None:
    """Print one line; exit 1 when the rate misses its goal."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--durability", choices=("normal", "full"), default="normal")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=8)
    given = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    core = cores[0] if len(cores) > 1 else None
    mapping = make_policy(USUAL)
    policy = ShippingPolicy.from_dict(mapping)
    requests = usable_requests(policy, CHECKOUTS)
    turns = [bodies(requests, policy, turn) for turn in range(given.rounds + 1)]
    with tempfile.TemporaryDirectory() as folder:
        ids = opened(folder, given.durability, policy, requests)
        ours = Side(
            our_app(folder, given.durability, mapping),
            [
                [
                    request_bytes(f"/api/checkouts/{ids[n][0]}", body, f"Checkout-Secret: {ids[n][1]}\r\n")
                    for n, body in steps
                ]
                for steps in turns
            ],
            core,
        )
        floor = Side(
            floor_app(folder, given.durability, mapping, requests),
            [[request_bytes(f"/{n}", body) for n, body in steps] for steps in turns],
            core,
        )
        if core is not None:
            os.sched_setaffinity(0, set(cores) - {core})
        try:
            rate, floor_rate, ratio = asyncio.run(measure(ours, floor, given.connections))
        finally:
            for side in (ours, floor):
                side.process.terminate()
                side.process.join()
    where = "one core of its own" if core is not None else "a core shared with the clients"
    print(
        f"updates over HTTP on sqlite ({given.durability}), {where}: {rate:,.0f}/s, "
        f"by hand {floor_rate:,.0f}/s, ratio {ratio:.2f}, "
        f"goal {GOAL_PER_S:,}/s {'met' if rate >= GOAL_PER_S else 'missed'}"
    )


if __name__ == "__main__":
    main()
