"""Call-backs of platforms as bare ASGI applications, and ahead of everything else a server does."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from checkout_kit.adapter import AnyAdapter, HttpRequest, HttpResponse

Answer = Callable[[AnyAdapter, HttpRequest], Awaitable[HttpResponse]]
# What the headers of `security` mean for an answer that no browser opens.
_NO_SNIFFING: Final = (b"x-content-type-options", b"nosniff")


class Endpoint:
    """An ASGI application for one route; a platform may call a thousand times a second."""

    def __init__(self, adapter: AnyAdapter, answer: Answer) -> None:
        self._adapter = adapter
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, no further than what is allowed and one message, and send the adapter's answer."""
        most = self._adapter.most_bytes + 1
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
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        request = HttpRequest(url=scope["path"], headers=headers, body=body[:most])
        answered = await self._answer(self._adapter, request)
        sent = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answered.headers.items()]
        sent += ((b"content-length", b"%d" % len(answered.body)), _NO_SNIFFING)
        await send({"type": "http.response.start", "status": answered.status, "headers": sent})
        await send({"type": "http.response.body", "body": answered.body})


class CallBacksFirst:
    """An ASGI application that hands a POST to one of `paths` to its endpoint, and all else to `app`.

    Such a request passes no middleware: it is limited in size and let in by its signature alone, so a limit
    on how often one address may ask would only cut off the platform, whose calls all come from a few.
    A path with one segment more, which some platforms send as their secret, belongs to the same endpoint.
    """

    def __init__(self, app: ASGIApp, paths: Mapping[str, ASGIApp]) -> None:
        self._app = app
        self._paths = dict(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] == "http" and scope["method"] == "POST":
            path = scope["path"]
            endpoint = self._paths.get(path) or self._paths.get(path.rpartition("/")[0])
            if endpoint is not None:
                await endpoint(scope, receive, send)
                return
        await self._app(scope, receive, send)
