"""Call-backs of platforms as bare ASGI applications, and ahead of everything else a server does."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from checkout_kit.adapter import AnyAdapter, HttpRequest, HttpResponse
from checkout_kit.making import maker

Answer = Callable[[AnyAdapter, HttpRequest], Awaitable[HttpResponse]]
AnswerAtOnce = Callable[[AnyAdapter, HttpRequest], HttpResponse | None]
_made = maker(HttpRequest)
# What the headers of `security` mean for an answer that no browser opens.
_NO_SNIFFING: Final = (b"x-content-type-options", b"nosniff")


def encoded(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """An answer's headers as they are sent, and what every answer has."""
    return [*((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers), _NO_SNIFFING]


class Endpoint:
    """An ASGI application for one route; a platform may call a thousand times a second.

    `answer_at_once` gives what `answer` gives wherever nothing has to be waited for.
    """

    def __init__(
        self,
        adapter: AnyAdapter,
        answer: Answer,
        answer_at_once: AnswerAtOnce = lambda _adapter, _request: None,
    ) -> None:
        self._adapter = adapter
        self._answer = answer
        self._answer_at_once = answer_at_once
        self.most_bytes: Final = adapter.most_bytes

    def at_once(self, url: str, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> HttpResponse | None:
        """The answer to a whole request; None where it has to be waited for."""
        return self._answer_at_once(self._adapter, _request(url, headers, body))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, no further than what is allowed and one message, and send the adapter's answer."""
        most = self.most_bytes + 1
        message = await receive()
        body = message.get("body", b"")
        if message.get("more_body", False):
            read = bytearray(body)
            while message.get("more_body", False) and len(read) < most:
                message = await receive()
                read += message.get("body", b"")
            body = bytes(read)
        if message["type"] == "http.disconnect":
            return
        request = _request(scope["path"], scope["headers"], body[:most])
        answered = await self._answer(self._adapter, request)
        sent = [*encoded(answered.headers.items()), (b"content-length", b"%d" % len(answered.body))]
        await send({"type": "http.response.start", "status": answered.status, "headers": sent})
        await send({"type": "http.response.body", "body": answered.body})


def _request(url: str, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> HttpRequest:
    named = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
    return _made(url=url, headers=named, body=body)


class CallBacksFirst:
    """An ASGI application that hands a POST to one of `paths` to its endpoint, and all else to `app`.

    Such a request passes no middleware: it is limited in size and let in by its signature alone, so a limit
    on how often one address may ask would only cut off the platform, whose calls all come from a few.
    A path with one segment more, which some platforms send as their secret, belongs to the same endpoint.
    """

    def __init__(self, app: ASGIApp, paths: Mapping[str, Endpoint]) -> None:
        self._app = app
        self.paths: Final = dict(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] == "http" and scope["method"] == "POST":
            path = scope["path"]
            endpoint = self.paths.get(path) or self.paths.get(path.rpartition("/")[0])
            if endpoint is not None:
                await endpoint(scope, receive, send)
                return
        await self._app(scope, receive, send)
