"""Asking all live sources at once under one deadline, in a sync and an async face over the same decisions."""

import asyncio
import datetime as dt
import threading
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from time import monotonic

import httpx

from checkout_kit.carriers.cache import RateCache
from checkout_kit.carriers.port import LiveRates, RateReply, RateRequest, RateSource
from checkout_kit.carriers.steps import MAX_REPLY_BYTES, Answer, Ask, FanOut, StoredRates

_NOTHING_STORED: StoredRates = {}


def fetch_rates(
    sources: Sequence[RateSource],
    request: RateRequest,
    *,
    client: httpx.Client,
    now: dt.datetime,
    deadline_s: float,
    cache: RateCache | None = None,
    stored: StoredRates = _NOTHING_STORED,
) -> LiveRates:
    """Ask every source at once and return by `deadline_s` seconds with what there is.

    A source that fails, hangs or answers nonsense is reported, and its expired cache entry or its `stored`
    rates (by source id) stand in. An exchange that outlives the deadline is left to end by its own time-out,
    on a daemon thread; if its answer is good it still warms the cache.
    """
    fan = FanOut(sources, request, now=now, cache=cache, stored=stored)
    answers: SimpleQueue[tuple[str, Answer]] = SimpleQueue()
    started = monotonic()
    for ask in fan.asks:
        threading.Thread(target=_exchange_to, args=(answers, fan, ask, client), daemon=True).start()
    for _ in fan.asks:
        try:
            fan.settle(*answers.get(timeout=max(0.0, started + deadline_s - monotonic())))
        except Empty:
            break
    return fan.result()


async def fetch_rates_async(
    sources: Sequence[RateSource],
    request: RateRequest,
    *,
    client: httpx.AsyncClient,
    now: dt.datetime,
    deadline_s: float,
    cache: RateCache | None = None,
    stored: StoredRates = _NOTHING_STORED,
) -> LiveRates:
    """The same as `fetch_rates` on asyncio; an exchange that outlives the deadline is cancelled."""
    fan = FanOut(sources, request, now=now, cache=cache, stored=stored)
    tasks = {asyncio.create_task(_exchange_async(fan, ask, client)): ask for ask in fan.asks}
    if tasks:
        try:
            done, _ = await asyncio.wait(tasks, timeout=deadline_s)
            for task in done:
                fan.settle(tasks[task].source.id, task.result())
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    return fan.result()


def _exchange_to(
    answers: "SimpleQueue[tuple[str, Answer]]", fan: FanOut, ask: Ask, client: httpx.Client
) -> None:
    answers.put((ask.source.id, _exchange(fan, ask, client)))


def _exchange(fan: FanOut, ask: Ask, client: httpx.Client) -> Answer:
    started = monotonic()
    ends = started + ask.source.timeout_s
    try:
        with client.stream(
            ask.call.method,
            ask.call.url,
            headers=dict(ask.call.headers),
            content=ask.call.content,
            timeout=ask.source.timeout_s,
        ) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if monotonic() > ends:
                    return _failed("timeout", "TotalTimeout", started)
                if len(body) > MAX_REPLY_BYTES:
                    return _failed("too_large", str(MAX_REPLY_BYTES), started)
            return fan.read(ask, _reply(response, body), _elapsed_ms(started))
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with one source becomes its report
        return _failed(_reason(error), type(error).__name__, started)


async def _exchange_async(fan: FanOut, ask: Ask, client: httpx.AsyncClient) -> Answer:
    started = monotonic()
    try:
        async with (
            asyncio.timeout(ask.source.timeout_s),
            client.stream(
                ask.call.method,
                ask.call.url,
                headers=dict(ask.call.headers),
                content=ask.call.content,
                timeout=ask.source.timeout_s,
            ) as response,
        ):
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MAX_REPLY_BYTES:
                    return _failed("too_large", str(MAX_REPLY_BYTES), started)
            return fan.read(ask, _reply(response, body), _elapsed_ms(started))
    except Exception as error:  # noqa: BLE001 - as in _exchange
        return _failed(_reason(error), type(error).__name__, started)


def _reply(response: httpx.Response, body: bytearray) -> RateReply:
    return RateReply(status=response.status_code, headers=dict(response.headers), content=bytes(body))


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "timeout"
    return "unreachable" if isinstance(error, httpx.TransportError) else "source_error"


def _failed(reason: str, detail: str, started: float) -> Answer:
    return Answer(reason=reason, detail=detail, elapsed_ms=_elapsed_ms(started))


def _elapsed_ms(started: float) -> int:
    return round((monotonic() - started) * 1000)
