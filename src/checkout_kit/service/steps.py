"""Drive the use-cases: generators that yield a call and are sent its reply, whoever does the waiting."""

import asyncio
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import frozen

from checkout_kit.errors import Unavailable
from checkout_kit.payments import ClientCall, HttpCall, HttpReply

if TYPE_CHECKING:
    import httpx

_T = TypeVar("_T")


@frozen
class StoreCall:
    """A blocking call of the store, as a function without arguments."""

    run: Callable[[], object]


Steps = Generator[StoreCall | HttpCall | ClientCall, Any, _T]


def drive(steps: Steps[_T], http: "Callable[[HttpCall], HttpReply]") -> _T:
    """Run steps to their result, waiting for each call in this thread."""
    try:
        call = next(steps)
        while True:
            try:
                reply = http(call) if isinstance(call, HttpCall) else call.run()
            except Exception as error:  # noqa: BLE001 - the steps decide what a failed call means
                call = steps.throw(error)
            else:
                call = steps.send(reply)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]


async def drive_async(steps: Steps[_T], http: "Callable[[HttpCall], Any]", *, in_thread: bool) -> _T:
    """Run steps to their result on an event loop; a remote store's calls wait in a thread."""
    try:
        call = next(steps)
        while True:
            try:
                if isinstance(call, HttpCall):
                    reply = await http(call)
                elif isinstance(call, ClientCall):
                    reply = await call.run_async()
                elif in_thread:
                    reply = await asyncio.to_thread(call.run)
                else:
                    reply = call.run()
            except Exception as error:  # noqa: BLE001 - the steps decide what a failed call means
                call = steps.throw(error)
            else:
                call = steps.send(reply)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]


class HttpClient:
    """Answers `HttpCall`s through httpx, blocking or not; the clients are made when first needed."""

    def __init__(self) -> None:
        self._client: httpx.Client | None = None
        self._async_client: httpx.AsyncClient | None = None

    def call(self, call: HttpCall) -> HttpReply:
        """One request, waited for in this thread; raises Unavailable when there is no answer."""
        import httpx

        if self._client is None:
            self._client = httpx.Client(follow_redirects=False)
        try:
            answer = self._client.request(
                call.method,
                call.url,
                headers=dict(call.headers),
                content=call.content,
                timeout=call.timeout_s,
            )
        except httpx.HTTPError as error:
            raise _no_answer(call, error) from error
        return HttpReply(status=answer.status_code, headers=dict(answer.headers), content=answer.content)

    async def call_async(self, call: HttpCall) -> HttpReply:
        """One request on the event loop; raises Unavailable when there is no answer."""
        import httpx

        if self._async_client is None:
            self._async_client = httpx.AsyncClient(follow_redirects=False)
        try:
            answer = await self._async_client.request(
                call.method,
                call.url,
                headers=dict(call.headers),
                content=call.content,
                timeout=call.timeout_s,
            )
        except httpx.HTTPError as error:
            raise _no_answer(call, error) from error
        return HttpReply(status=answer.status_code, headers=dict(answer.headers), content=answer.content)

    def close(self) -> None:
        """Close the blocking client."""
        if self._client is not None:
            self._client.close()
            self._client = None

    async def close_async(self) -> None:
        """Close the asynchronous client."""
        if self._async_client is not None:
            await self._async_client.aclose()
            self._async_client = None


def _no_answer(call: HttpCall, error: Exception) -> Unavailable:
    host = call.url.split("/", 3)[2] if "//" in call.url else ""
    return Unavailable(f"{host or 'the service'} did not answer ({type(error).__name__}); try again")
