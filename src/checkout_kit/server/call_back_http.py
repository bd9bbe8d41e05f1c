"""uvicorn's HTTP protocol that answers the call-backs of platforms itself, when their last byte is there.

The way through ASGI (a scope, a task, an event, two messages, two writes) costs about a third of what such
an answer costs in all.
"""

import asyncio
import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar, Final

from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    RequestResponseCycle,
)

from checkout_kit.adapter import HttpResponse
from checkout_kit.server.call_backs import CallBacksFirst, Endpoint, encoded
from checkout_kit.server.limited_http import LimitedHttp

_LOG: Final = logging.getLogger("checkout_kit.server")


class CallBackHttp(LimitedHttp):
    """Answers call-backs in their plain form; whatever is unusual about one sends it the way through ASGI.

    Plain is a POST in HTTP/1.1 that says how long it is, no longer than the adapter allows, that keeps the
    connection, and has it for itself. An answer that has to be waited for takes the other way too.
    """

    call_backs: ClassVar[Mapping[bytes, Endpoint]]

    _endpoint: Endpoint | None = None
    _parts: list[bytes]
    _is_last = False
    _always: tuple[object, bytes] = (None, b"")
    _quiet_since: float | None = None
    _watch: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A head begins; what only the way through ASGI needs is made when a request takes it."""
        self._is_in_head = True
        self._quiet_since = None
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        """The head is whole, and tells which way the request takes."""
        self._endpoint = self._endpoint_of_plain()
        if self._endpoint is None:
            self._begin_asgi()
        else:
            self._is_in_head = False
            self._parts = []

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        if self._endpoint is None:
            super().on_body(body)
        else:
            self._parts.append(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        endpoint, self._endpoint = self._endpoint, None
        if endpoint is None:
            super().on_message_complete()
            return
        body = b"".join(self._parts)
        try:
            answer = endpoint.at_once(self.url.decode("ascii"), self.headers, body)
            head = _head(answer.status, tuple(answer.headers.items())) if answer else b""
        except Exception as error:  # noqa: BLE001 - the caller sees that it is our fault, the log what it is
            _LOG.error("a call-back is not answered (%s)", type(error).__name__)
            answer = HttpResponse(status=500)
            head = _head(500, ())
        if answer is None:
            self._begin_asgi()
            super().on_body(body)
            super().on_message_complete()
            if self._is_last:
                super().shutdown()
        else:
            self._send(head, answer.body)

    def shutdown(self) -> None:
        """The server ends; who is in the middle of asking is answered before."""
        if self._endpoint is None:
            super().shutdown()
        else:
            self._is_last = True

    def _begin_asgi(self) -> None:
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        # The scope holds this very list.
        self.headers += headers
        super().on_headers_complete()

    def _endpoint_of_plain(self) -> Endpoint | None:
        endpoint = self.call_backs.get(self.url) or self._endpoint_before_token()
        if (
            endpoint is None
            or self.parser.get_method() != b"POST"
            or self.parser.get_http_version() != "1.1"
            or not self.parser.should_keep_alive()
            or self.parser.should_upgrade()
            or self.expect_100_continue
            or self.flow.write_paused
            or self._is_answering()
        ):
            return None
        for name, value in self.headers:
            if name == b"content-length":
                return endpoint if int(value) <= endpoint.most_bytes else None
        return None

    def _endpoint_before_token(self) -> Endpoint | None:
        is_plain = b"?" not in self.url and b"%" not in self.url
        return self.call_backs.get(self.url.rpartition(b"/")[0]) if is_plain else None

    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _send(self, head: bytes, body: bytes) -> None:
        # The server makes this list anew every second, with the date.
        if self._always[0] is not self.server_state.default_headers:
            lines = [b"%b: %b\r\n" % pair for pair in self.server_state.default_headers]
            self._always = (self.server_state.default_headers, b"".join(lines))
        last = b"connection: close\r\n" if self._is_last else b""
        self.transport.write(
            b"%b%b%bcontent-length: %d\r\n\r\n%b" % (head, self._always[1], last, len(body), body)
        )
        self.server_state.total_requests += 1
        if self._is_last:
            self.transport.close()
            return
        # One timer for many answers: to set and stop one for each costs a twentieth of the answer.
        self._quiet_since = self.loop.time()
        if self._watch is None:
            self._watch = self.loop.call_later(self.timeout_keep_alive, self._end_if_quiet)

    def _end_if_quiet(self) -> None:
        self._watch = None
        # While something is asked, its answer sets the next timer.
        if self._quiet_since is None:
            return
        left_s = self._quiet_since + self.timeout_keep_alive - self.loop.time()
        if left_s > 0:
            self._watch = self.loop.call_later(left_s, self._end_if_quiet)
        else:
            self.timeout_keep_alive_handler()


def protocol_for(app: ASGIApp) -> type[LimitedHttp]:
    """The protocol an application is served with."""
    if not isinstance(app, CallBacksFirst) or not app.paths:
        return LimitedHttp

    by_url = {path.encode("ascii"): endpoint for path, endpoint in app.paths.items()}

    class Answering(CallBackHttp):
        call_backs = by_url

    return Answering


@lru_cache(maxsize=1024)
def _head(status: int, headers: tuple[tuple[str, str], ...]) -> bytes:
    """The status line and the answer's own headers, of which there are few different ones."""
    lines = [STATUS_LINE[status]]
    for name, value in encoded(headers):
        if HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
            raise ValueError("a header that would end where another begins")
        lines.append(b"%b: %b\r\n" % (name, value))
    return b"".join(lines)
