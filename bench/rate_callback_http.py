"""Rate call-backs over HTTP: the server on one core, the load on another, beside two kinds of "hello".

Both hellos answer bodies of the same size under the same ASGI server. One is the barest ASGI callable,
against which the goals are judged; the other is a route as one writes it in Starlette, the framework of our
server. Ours runs as `checkout-kit serve` runs it. The processor time of the server processes is compared,
which other work on the machine disturbs less than the clock. Every call-back is a cart never seen before, and
then carts that come again; the floor answers them by hand. Then requests come in an open loop, 2,000 a
second, and the times within which 99 of 100 are answered are compared. All take turns.

Run: python bench/rate_callback_http.py [--rounds 4] [--connections 8] [--seconds 2]
"""

import argparse
import base64
import datetime as dt
import hmac
import multiprocessing
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import count, cycle, islice
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from http_load import Client, at_random, evenly
from rate_callback import SECRET, SHOP, make_calls

GOAL_PER_S, GOAL_CPU, GOAL_P99 = 8_000, 2.5, 2.0
OPEN_PER_S = 2_000
ANSWER_BYTES = 2900
WARM_UP, AS_FAST = 1000, 3000
PATH = "/adapters/shopify/rates"
NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
App = Callable[..., Any]
Serve = Callable[[App, Connection], None]


def our_app(database: Path) -> App:
    """The whole server over the quote workload's policy, with the adapter mounted."""
    from checkout_kit_shopify import ShopifyAdapter, ShopifySettings
    from quote_workload import USUAL, make_policy

    from checkout_kit.server import create_app
    from checkout_kit.server.adapters import AdapterHost, adapter_routes, call_backs_first
    from checkout_kit.server.wiring import embedded_service
    from checkout_kit.shipping import ShippingPolicy

    policy = ShippingPolicy.from_dict(make_policy(USUAL))
    adapter = ShopifyAdapter(ShopifySettings(shop=SHOP, client_secret=SECRET, access_token="unused"))
    host = AdapterHost(quoter=policy.quote, clock=lambda: NOW)
    service = embedded_service(policy, database)
    app = create_app(service, more_routes=lambda _page: adapter_routes([adapter], host), due_every_s=5)
    return call_backs_first(app, [adapter], host)


def bare_app(answer: Callable[[bytes, list[tuple[bytes, bytes]]], bytes]) -> App:
    """The barest application that answers every request with JSON."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        message = await receive()
        body = message["body"]
        while message.get("more_body"):
            message = await receive()
            body += message["body"]
        said = answer(body, scope["headers"])
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(said))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": said})

    return app


def hello_app(size: int) -> App:
    """As many bytes as an answer has, and nothing done for them."""
    said = b"x" * size
    return bare_app(lambda _body, _headers: said)


def route_app(size: int) -> App:
    """The same as a route of the framework, which reads what was posted and answers JSON."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    said = {"hello": "x" * (size - len('{"hello":""}'))}

    async def hello(request: Request) -> JSONResponse:
        await request.body()
        return JSONResponse(said)

    return Starlette(routes=[Route(PATH, hello, methods=["POST"])])


def floor_app() -> App:
    """The answer by hand."""
    from quote_workload import USUAL, make_policy
    from rate_callback_floor import compile_callback, typed_reader

    document = make_policy(USUAL)
    titles = {method["id"]: method["title"] for method in document["methods"]}
    floor = compile_callback(document, titles, SECRET.encode(), typed_reader())
    return bare_app(lambda body, sent: floor(dict(sent)[b"x-shopify-hmac-sha256"].decode(), body, NOW))


def serve_ours(app: App, told: Connection) -> None:
    """Serve as the command does; the port goes to `told`."""
    from checkout_kit.server.running import run

    run(app, host="127.0.0.1", port=0, started=lambda url: told.send(int(url.rpartition(":")[2])))


def serve_plainly(app: App, told: Connection) -> None:
    """Serve by the ASGI server alone; the port goes to `told`."""
    import uvicorn

    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    told.send(listener.getsockname()[1])
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


def serve(make_app: Callable[[], App], serve_app: Serve, core: int | None, told: Connection) -> None:
    """Serve on one core until terminated."""
    if core is not None:
        os.sched_setaffinity(0, {core})
    serve_app(make_app(), told)


class Server:
    """One running server, and what was measured of it; each turn has new connections, as idle ones end."""

    def __init__(
        self, make_app: Callable[[], App], serve_app: Serve, core: int | None, connections: int
    ) -> None:
        fork = multiprocessing.get_context("fork")
        heard, told = fork.Pipe(duplex=False)
        self.process = fork.Process(target=serve, args=(make_app, serve_app, core, told), daemon=True)
        self.process.start()
        if not heard.poll(30):
            raise SystemExit("the server did not start")
        self.port, self.connections = heard.recv(), connections
        self.cpu_us: list[float] = []
        self.clock_us: list[float] = []
        self.p99_us: dict[str, list[float]] = {"evenly": [], "at random": []}

    def processor_us(self) -> float:
        """Microseconds of processor time the server has used."""
        return int(Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[0]) / 1000

    def warm_up(self, requests: list[bytes]) -> None:
        """Have everything loaded, and kept what will come again."""
        client = Client(self.port, self.connections)
        client.closed_loop(requests)
        client.close()

    def as_fast_as_it_goes(self, requests: list[bytes]) -> None:
        """Note what one request costs when the next one always waits."""
        client = Client(self.port, self.connections)
        before = self.processor_us()
        self.clock_us.append(client.closed_loop(requests) / len(requests) * 1e6)
        self.cpu_us.append((self.processor_us() - before) / len(requests))
        client.close()

    def open_loop(self, calls: Iterator[bytes], number: int, seed: int) -> None:
        """Note within which time 99 of 100 are answered that come evenly, and at random."""
        for name, gaps_s in (("evenly", evenly(OPEN_PER_S)), ("at random", at_random(OPEN_PER_S, seed))):
            requests = list(islice(calls, number))
            client = Client(self.port, self.connections)
            took = client.open_loop(requests, gaps_s)
            self.p99_us[name].append(quantiles(took, n=100)[98] * 1e6)
            client.close()


def signed_requests() -> list[bytes]:
    """Each call-back with the headers that the platform sends."""
    return [signed(body, signature) for signature, body, _ in make_calls()]


def new_carts() -> Iterator[bytes]:
    """Call-backs without end, of which no two are the same."""
    plain = b'"properties":{}'
    bodies = [body for _, body, _ in make_calls()]
    assert all(plain in body for body in bodies)
    for number, body in zip(count(), cycle(bodies)):
        told = body.replace(plain, b'"properties":{"engraving":"%d"}' % number, 1)
        yield signed(told, base64.b64encode(hmac.digest(SECRET.encode(), told, "sha256")).decode())


def signed(body: bytes, signature: str) -> bytes:
    """One call-back as it arrives."""
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: rates\r\nContent-Type: application/json\r\n"
        f"X-Shopify-Hmac-Sha256: {signature}\r\nX-Shopify-Shop-Domain: {SHOP}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def main() -> None:
    """Print what fresh and kept carts cost, and how both stand to "hello"."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=2)
    given = parser.parse_args()
    if sys.platform != "linux":
        raise SystemExit("processor time of another process is read from /proc: this needs Linux")
    cores = sorted(os.sched_getaffinity(0))
    core = cores[0] if len(cores) > 1 else None
    new, again = new_carts(), cycle(signed_requests())
    with tempfile.TemporaryDirectory() as folder:

        def start(make_app: Callable[[], App], serve_app: Serve = serve_plainly) -> Server:
            return Server(make_app, serve_app, core, given.connections)

        fresh = start(lambda: our_app(Path(folder) / "fresh.db"), serve_ours)
        kept = start(lambda: our_app(Path(folder) / "kept.db"), serve_ours)
        by_hand = start(floor_app)
        bare = start(lambda: hello_app(ANSWER_BYTES))
        route = start(lambda: route_app(ANSWER_BYTES))
        if core is not None:
            os.sched_setaffinity(0, set(cores) - {core})
        turns = ((fresh, new), (kept, again), (by_hand, again), (bare, again), (route, again))
        for server, calls in turns:
            server.warm_up(list(islice(calls, WARM_UP)))
        for _ in range(given.rounds):
            for server, calls in turns:
                server.as_fast_as_it_goes(list(islice(calls, AS_FAST)))
        for seed in range(given.rounds):
            for server, calls in turns:
                server.open_loop(calls, int(OPEN_PER_S * given.seconds), seed)
        for server, _ in turns:
            server.process.terminate()
            server.process.join()
    print(
        f"rate call-backs over HTTP; goals: {GOAL_PER_S:,}/s; of the bare ASGI hello {GOAL_CPU} times the "
        f"processor time and {GOAL_P99} times the p99 of {OPEN_PER_S:,}/s"
    )
    named = {"each cart new": fresh, "carts repeated": kept, "by hand": by_hand}
    hellos = {"bare ASGI hello": bare, "hello as a Starlette route": route}
    for name, server in (named | hellos).items():
        print(
            f"{name}: {1e6 / median(server.clock_us):,.0f}/s, {median(server.cpu_us):.0f} us of processor; "
            "p99 " + ", ".join(f"{when} {median(p99):.0f} us" for when, p99 in server.p99_us.items())
        )
        for other, hello in hellos.items() if name in named else ():
            print(
                f"  times the {other}: processor {ratio(server.cpu_us, hello.cpu_us):.2f}; p99 "
                + ", ".join(
                    f"{when} {ratio(p99, hello.p99_us[when]):.2f}" for when, p99 in server.p99_us.items()
                )
            )


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the rounds' ratios."""
    return median(mine / other for mine, other in zip(ours, theirs, strict=True))


if __name__ == "__main__":
    main()
