"""The HTTP client Stripe's library speaks through, blocking and awaited.

The library's own one for httpx passes forms in a way httpx has deprecated: where warnings are errors, each of
its requests fails. This one goes through the library's documented way to bring a client along.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from functools import cached_property

import httpx
from stripe import APIConnectionError, HTTPClient

_Answer = tuple[bytes, int, Mapping[str, str]]


class StripeHttp(HTTPClient):
    """Makes its clients when they are first needed; `timeout_s` is for each step of a request."""

    name = "httpx"

    def __init__(self, timeout_s: float) -> None:
        super().__init__()
        self._timeout_s = timeout_s

    @cached_property
    def _blocking(self) -> httpx.Client:
        return httpx.Client(timeout=self._timeout_s, follow_redirects=False)

    @cached_property
    def _awaited(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=self._timeout_s, follow_redirects=False)

    def request(  # type: ignore[override]
        self, method: str, url: str, headers: Mapping[str, str], post_data: str | None = None
    ) -> _Answer:
        """One request; raises APIConnectionError, which may be retried, when there is no answer."""
        try:
            reply = self._blocking.request(method, url, headers=headers, content=post_data)
        except httpx.HTTPError as error:
            raise _no_answer(error) from error
        return reply.content, reply.status_code, reply.headers

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: str | None = None
    ) -> _Answer:
        """As `request`, on the event loop."""
        try:
            reply = await self._awaited.request(method, url, headers=headers, content=post_data)
        except httpx.HTTPError as error:
            raise _no_answer(error) from error
        return reply.content, reply.status_code, reply.headers

    def sleep_async(self, secs: float) -> Awaitable[None]:
        """What the library waits with before it asks again."""
        return asyncio.sleep(secs)

    def close(self) -> None:
        """Close the blocking client."""
        self._blocking.close()

    async def close_async(self) -> None:
        """Close the client of the event loop."""
        await self._awaited.aclose()


def _no_answer(error: httpx.HTTPError) -> APIConnectionError:
    return APIConnectionError(f"no answer ({type(error).__name__})", should_retry=True)  # type: ignore[no-untyped-call]
