"""Calling the checkout service from an event loop, whichever face it has."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import ParamSpec, TypeVar, cast

from anyio import to_thread

P = ParamSpec("P")
T = TypeVar("T")


async def call(function: Callable[P, T | Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of a quick call: a coroutine is awaited, a synchronous function is called in place.

    A write to the embedded database takes less time than handing it to a thread and back.
    """
    result = function(*args, **kwargs)
    if isawaitable(result):
        return cast(T, await result)
    return result


async def call_slow(function: Callable[P, T | Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of a call that may wait for a payment provider: a synchronous function gets a thread."""
    result = await to_thread.run_sync(lambda: function(*args, **kwargs))
    if isawaitable(result):
        return cast(T, await result)
    return result
