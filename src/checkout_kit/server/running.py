"""Running the application by itself, with one message once it really listens and a clean end."""

import gc
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

from starlette.types import ASGIApp

from checkout_kit.errors import MissingExtra, Unavailable

GRACE_S: Final = 5


def run(app: ASGIApp, *, host: str, port: int, started: Callable[[str], None]) -> None:
    """Serve until interrupted; `started` gets the URL as soon as connections are accepted.

    Raises:
        MissingExtra: uvicorn is not installed.
        Unavailable: the port is taken or not allowed.
    """
    try:
        import uvicorn

        from checkout_kit.server.call_back_http import protocol_for
    except ImportError as error:
        raise MissingExtra("server", needed_for="serving") from error
    listener = _listen(host, port)

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            # What is there by now stays; the collector need not look at it again while requests wait.
            gc.collect()
            gc.freeze()
            if self.started:
                started(url_of(listener))

    config = uvicorn.Config(
        app,
        http=protocol_for(app),
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=GRACE_S,
    )
    with suppress(KeyboardInterrupt), listener:
        Announcing(config).run(sockets=[listener])


def is_free(host: str, port: int) -> bool:
    """Whether the port could be listened on just now."""
    try:
        _listen(host, port).close()
    except Unavailable:
        return False
    return True


def url_of(listener: socket.socket) -> str:
    """The URL a browser on this machine opens."""
    host, port = listener.getsockname()[:2]
    if ip_address(host).is_unspecified:
        host = "::1" if ":" in host else "127.0.0.1"
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=512)
        # Connections inherit it; without it an answer in two parts waits for an acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        # Python adds the address to the words of a taken port; a name that is not known has no errno text.
        why = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        raise Unavailable(
            f"cannot listen on {host} port {port}: {why}; choose another, or 0 for any"
        ) from error
