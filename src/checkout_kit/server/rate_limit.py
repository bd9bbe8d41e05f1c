"""A limit on how fast one client may ask: a token bucket for each address, in this process only."""

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address
from typing import Final

from attrs import field, frozen
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from checkout_kit.server.problem_documents import problem_response

MAX_CLIENTS: Final = 10_000


def _positive(_instance: object, _attribute: object, value: float) -> None:
    if value <= 0:
        raise ValueError(f"a rate limit needs numbers above 0, got {value!r}")


@frozen(kw_only=True)
class RateLimit:
    """So many requests a second on average from one address, and so many at once."""

    per_s: float = field(default=20.0, validator=_positive)
    burst: int = field(default=60, validator=_positive)


class Buckets:
    """How many requests each client has left; the clients seen longest ago are forgotten first.

    >>> buckets = Buckets(RateLimit(per_s=1, burst=2))
    >>> [buckets.wait_s("a", now) for now in (0.0, 0.0, 0.0, 1.0)]
    [0.0, 0.0, 1.0, 0.0]
    """

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit
        self._clients: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, client: str, now: float) -> float:
        """Take one request from the client's bucket: 0 if there was one, else seconds until there is."""
        limit = self._limit
        left, seen = self._clients.pop(client, (float(limit.burst), now))
        left = min(float(limit.burst), left + (now - seen) * limit.per_s)
        wait = 0.0 if left >= 1 else (1 - left) / limit.per_s
        self._clients[client] = (left - 1 if left >= 1 else left, now)
        if len(self._clients) > MAX_CLIENTS:
            self._clients.popitem(last=False)
        return wait


def bucket_of(host: str) -> str:
    """Whose bucket an address draws from: its own, or the one of its /64, all of which one subscriber has.

    >>> bucket_of("203.0.113.7"), bucket_of("2001:db8::1:2") == bucket_of("2001:db8::ffff:1")
    ('203.0.113.7', True)
    """
    if ":" not in host:
        return host
    try:
        address = IPv6Address(host.partition("%")[0])
    except ValueError:
        return host
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))


class LimitRate:
    """ASGI middleware that answers 429 to a client that is too fast."""

    def __init__(
        self, app: ASGIApp, *, limit: RateLimit, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._buckets = Buckets(limit)
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one connection through, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = Request(scope).client
        wait = self._buckets.wait_s(bucket_of(client.host) if client else "", self._clock())
        if not wait:
            await self._app(scope, receive, send)
            return
        headers = {"Retry-After": str(int(wait) + 1)}
        refusal = problem_response(429, "too_many_requests", "ask again a little later", headers=headers)
        await refusal(scope, receive, send)
