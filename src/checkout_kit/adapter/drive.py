"""Driving an operation over httpx: one conversation, two short loops.

`conversation` decides everything (send, wait, give up) and does nothing; `run` and `run_async` obey it.
"""

import asyncio
import logging
import random as _random
import time
from collections.abc import Awaitable, Callable, Generator
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import frozen

from checkout_kit.adapter.contract import Steps, Work
from checkout_kit.adapter.http import HttpRequest, HttpResponse
from checkout_kit.adapter.retry import RetryPolicy, is_repeatable, is_worth_retrying, may_pass, retry_after_s
from checkout_kit.errors import Forbidden, Unavailable

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
Throttle = Callable[[HttpResponse], float | None]
_log: Final = logging.getLogger(__name__)
_PATIENCE: Final = RetryPolicy()
_DONE: Final = HttpResponse(status=204)


@frozen
class Wait:
    """Pause for so many seconds."""

    seconds: float


@frozen
class Failure:
    """The request got no answer; `was_sent` when it may have reached the platform all the same."""

    kind: str
    was_sent: bool


Move = HttpRequest | Wait | Work
Reply = HttpResponse | Failure | None


def _never(_response: HttpResponse) -> float | None:
    return None


def conversation(
    steps: Steps[T], *, retry: RetryPolicy, throttle: Throttle, random: Callable[[], float]
) -> Generator[Move, Reply, T]:
    """The moves of an operation: every request with its retries and waits; sent each request's reply.

    Raises:
        Unavailable: no usable answer to a request within its attempts or its total of waits.
        Forbidden: the platform refused our credentials.
    """
    response: HttpResponse | None = None
    while True:
        try:
            request = next(steps) if response is None else steps.send(response)
        except StopIteration as stop:
            result: T = stop.value
            return result
        if isinstance(request, Work):
            yield request
            response = _DONE
            continue
        # Of each request's own: a long list may well wait for its quota many times over.
        attempt, waited_s = 1, 0.0
        while True:
            reply = yield request
            asked_s = _asks_to_wait(request, reply, throttle)
            if asked_s is None and isinstance(reply, HttpResponse) and not may_pass(reply):
                break
            pause = retry.wait_s(attempt, at_least_s=asked_s or 0.0, random=random)
            if asked_s is None or attempt >= retry.attempts or waited_s + pause > retry.total_s:
                steps.close()
                raise Unavailable(_gave_up(request, reply, attempt, asked_s))
            _log.info("%r: %s, attempt %d, waiting %.2f s", request, _name(reply), attempt, pause)
            yield Wait(pause)
            waited_s += pause
            attempt += 1
        if reply.status in {401, 403}:
            steps.close()
            raise Forbidden(
                f"{request!r} was refused with {reply.status}; check the adapter's token and its scopes"
            )
        response = reply


def _asks_to_wait(request: HttpRequest, reply: Reply, throttle: Throttle) -> float | None:
    """The least wait before another attempt, or None when there is to be none."""
    if isinstance(reply, HttpResponse):
        own = throttle(reply)
        if own is not None:
            return own
        return retry_after_s(reply) if is_worth_retrying(request, reply) else None
    if isinstance(reply, Failure) and (is_repeatable(request) or not reply.was_sent):
        return 0.0
    return None


def _name(reply: Reply) -> str:
    return str(reply.status) if isinstance(reply, HttpResponse) else reply.kind if reply else "no reply"


def _gave_up(request: HttpRequest, reply: Reply, attempt: int, asked_s: float | None) -> str:
    text = f"{request!r} got no usable answer ({_name(reply)}) in {attempt} attempt(s)"
    if asked_s:
        text += f"; it asks to wait {asked_s:.0f} s"
    if isinstance(reply, Failure) and reply.was_sent and not is_repeatable(request):
        text += "; it may have been carried out, so look before sending it again"
    return text


def run(
    steps: Steps[T],
    client: "httpx.Client",
    *,
    retry: RetryPolicy = _PATIENCE,
    throttle: Throttle = _never,
    sleep: Callable[[float], object] = time.sleep,
    random: Callable[[], float] = _random.random,
) -> T:
    """Carry an operation out over a blocking client; pass the adapter's `throttled_s` as `throttle`."""
    moves = conversation(steps, retry=retry, throttle=throttle, random=random)
    reply: Reply = None
    while True:
        try:
            move = next(moves) if reply is None else moves.send(reply)
        except StopIteration as stop:
            result: T = stop.value
            return result
        reply = None
        if isinstance(move, Wait):
            sleep(move.seconds)
        elif isinstance(move, Work):
            move.do()
        else:
            reply = _send(move, client, retry.timeout_s)


async def run_async(
    steps: Steps[T],
    client: "httpx.AsyncClient",
    *,
    retry: RetryPolicy = _PATIENCE,
    throttle: Throttle = _never,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    random: Callable[[], float] = _random.random,
) -> T:
    """Carry an operation out over an asynchronous client; the same moves as `run`."""
    moves = conversation(steps, retry=retry, throttle=throttle, random=random)
    reply: Reply = None
    while True:
        try:
            move = next(moves) if reply is None else moves.send(reply)
        except StopIteration as stop:
            result: T = stop.value
            return result
        reply = None
        if isinstance(move, Wait):
            await sleep(move.seconds)
        elif isinstance(move, Work):
            await asyncio.to_thread(move.do)
        else:
            reply = await _send_async(move, client, retry.timeout_s)


def _send(request: HttpRequest, client: "httpx.Client", timeout_s: float) -> Reply:
    import httpx

    try:
        answer = client.request(
            request.method,
            request.url,
            headers=dict(request.headers),
            content=request.body,
            timeout=timeout_s,
        )
    except httpx.RequestError as error:
        return _failure(error)
    return HttpResponse(status=answer.status_code, headers=dict(answer.headers), body=answer.content)


async def _send_async(request: HttpRequest, client: "httpx.AsyncClient", timeout_s: float) -> Reply:
    import httpx

    try:
        answer = await client.request(
            request.method,
            request.url,
            headers=dict(request.headers),
            content=request.body,
            timeout=timeout_s,
        )
    except httpx.RequestError as error:
        return _failure(error)
    return HttpResponse(status=answer.status_code, headers=dict(answer.headers), body=answer.content)


def _failure(error: "httpx.RequestError") -> Failure:
    import httpx

    never_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    return Failure(type(error).__name__, not never_sent)
