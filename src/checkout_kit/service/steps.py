"""Drive the use-cases: generators that yield a call and are sent its reply, whoever does the waiting."""

import asyncio
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Final, TypeVar

from attrs import frozen

from checkout_kit.errors import Unavailable
from checkout_kit.making import maker
from checkout_kit.payments import ClientCall, HttpCall, HttpReply

if TYPE_CHECKING:
    import httpx

_T = TypeVar("_T")
MOST_BYTES: Final = 4 * 1024 * 1024
"""How much of an answer is read; those that matter are a few kilobytes."""


@frozen
class StoreCall:
    """A blocking call of the store, as a function without arguments."""

    run: Callable[[], object]


store_call = maker(StoreCall)
"""A `StoreCall`, made quickly: every use-case makes two."""
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
        ends_at = time.monotonic() + call.timeout_s
        try:
            with self._client.stream(**_request(call)) as answer:
                content = bytearray()
                for chunk in answer.iter_bytes():
                    content += chunk
                    _check_size(call, content)
                    if time.monotonic() > ends_at:
                        raise _no_answer(call, "it takes too long")
                return HttpReply(
                    status=answer.status_code, headers=dict(answer.headers), content=bytes(content)
                )
        except httpx.HTTPError as error:
            raise _no_answer(call, type(error).__name__) from error

    async def call_async(self, call: HttpCall) -> HttpReply:
        """One request on the event loop; raises Unavailable when there is no answer."""
        import httpx

        if self._async_client is None:
            self._async_client = httpx.AsyncClient(follow_redirects=False)
        try:
            async with asyncio.timeout(call.timeout_s), self._async_client.stream(**_request(call)) as answer:
                content = bytearray()
                async for chunk in answer.aiter_bytes():
                    content += chunk
                    _check_size(call, content)
                return HttpReply(
                    status=answer.status_code, headers=dict(answer.headers), content=bytes(content)
                )
        except (httpx.HTTPError, TimeoutError) as error:
            raise _no_answer(call, type(error).__name__) from error

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


def _request(call: HttpCall) -> dict[str, Any]:
    import httpx

    url, headers, extensions = httpx.URL(call.url), dict(call.headers), {}
    if call.connect_to:
        # The certificate is still checked against the name, so another name's connection is of no use.
        headers |= {"host": url.netloc.decode("ascii"), "connection": "close"}
        extensions["sni_hostname"] = url.host
        url = url.copy_with(host=call.connect_to)
    return {
        "method": call.method, "url": url, "headers": headers, "content": call.content,
        "timeout": call.timeout_s, "extensions": extensions,
    }  # fmt: skip


def _reply(answer: "httpx.Response", content: bytearray) -> HttpReply:
    return HttpReply(status=answer.status_code, headers=dict(answer.headers), content=bytes(content))


def _check_size(call: HttpCall, content: bytearray) -> None:
    if len(content) > MOST_BYTES:
        raise _no_answer(call, f"more than {MOST_BYTES} bytes came")


def _no_answer(call: HttpCall, why: str) -> Unavailable:
    host = call.url.split("/", 3)[2] if "//" in call.url else ""
    return Unavailable(f"{host or 'the service'} did not answer ({why}); try again")
