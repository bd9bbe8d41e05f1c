"""Rate call-backs over HTTP: the server on one core, keep-alive clients on another, beside a bare "hello".

Both answer bodies of the same size from the same ASGI server, in turns. The processor time of the server
processes is compared, which other work on the machine disturbs less than the clock. Every call-back is
another cart, and once more with what is kept from the first time.

Run: python bench/rate_callback_http.py [--rounds 4] [--connections 8]
"""

import argparse
import asyncio
import datetime as dt
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from rate_callback import SECRET, SHOP, make_calls
from update_http import Side

GOAL_PER_S = 8_000
NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
TICKS = os.sysconf("SC_CLK_TCK")


def our_app(most_kept: int) -> Callable[[], Any]:
    """The adapter's routes in front of the quote workload's policy, keeping so many quotes."""

    def make() -> Any:
        from checkout_kit_shopify import ShopifyAdapter, ShopifySettings
        from quote_workload import USUAL, make_policy
        from starlette.applications import Starlette

        from checkout_kit.adapter import AnswerCache
        from checkout_kit.server.adapters import AdapterHost, adapter_routes
        from checkout_kit.shipping import ShippingPolicy

        policy = ShippingPolicy.from_dict(make_policy(USUAL))
        adapter = ShopifyAdapter(ShopifySettings(shop=SHOP, client_secret=SECRET, access_token="unused"))
        host = AdapterHost(quoter=policy.quote, clock=lambda: NOW, quotes=AnswerCache(most_kept))
        return Starlette(routes=adapter_routes([adapter], host))

    return make


def hello_app(size: int) -> Callable[[], Any]:
    """The barest application that answers as many bytes."""

    def make() -> Any:
        headers = [(b"content-type", b"application/json"), (b"content-length", str(size).encode())]
        body = b"x" * size

        async def app(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                while (await receive())["type"] != "lifespan.shutdown":
                    await send({"type": "lifespan.startup.complete"})
                await send({"type": "lifespan.shutdown.complete"})
                return
            while (await receive()).get("more_body"):
                pass
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        return app

    return make


def processor_s(side: Side) -> float:
    """Seconds of processor time that the server process has used."""
    fields = Path(f"/proc/{side.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def measure(sides: list[Side], rounds: int, connections: int) -> list[tuple[float, float]]:
    """Per side, processor microseconds and clock microseconds for one request, medians over the rounds."""
    for side in sides:
        await side.connect(connections)
        await side.send(0, 200)
    spent: list[list[tuple[float, float]]] = [[] for _ in sides]
    for _ in range(rounds):
        for found, side in zip(spent, sides, strict=True):
            before, began = processor_s(side), time.perf_counter()
            for _ in range(3):
                await side.send(0, len(side.requests))
            count = 3 * len(side.requests)
            found.append(
                ((processor_s(side) - before) / count * 1e6, (time.perf_counter() - began) / count * 1e6)
            )
    return [(median(cpu for cpu, _ in found), median(clock for _, clock in found)) for found in spent]


def main() -> None:
    """Print a line for fresh carts and one for kept ones."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=8)
    given = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    core = cores[0] if len(cores) > 1 else None
    requests = [
        (
            f"POST /adapters/shopify/rates HTTP/1.1\r\nHost: rates\r\nContent-Type: application/json\r\n"
            f"X-Shopify-Hmac-Sha256: {signature}\r\nX-Shopify-Shop-Domain: {SHOP}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode()
        + body
        for signature, body, _ in make_calls()
    ]
    fresh, kept = Side(our_app(1), requests, core), Side(our_app(10_000), requests, core)
    hello = Side(hello_app(2900), requests, core)
    results = asyncio.run(measure([fresh, kept, hello], given.rounds, given.connections))
    for name, (cpu, clock) in zip(("each cart new", "carts repeated"), results, strict=False):
        print(
            f"rate call-backs over HTTP, {name}: {cpu:.0f} us of processor, {1e6 / cpu:.0f} a second of it, "
            f"hello {results[2][0]:.0f} us, ratio {cpu / results[2][0]:.2f} (clock: {1e6 / clock:.0f}/s)"
        )
    for side in (fresh, kept, hello):
        side.process.terminate()


if __name__ == "__main__":
    main()
