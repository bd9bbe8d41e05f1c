"""Watching what code reaches for by itself: connections, pauses, the machine's zone, the printed page."""

import io
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any


@contextmanager
def nothing_by_itself() -> Iterator[list[str]]:
    """Meanwhile nothing connects, looks up a name or pauses; what tried to is listed."""
    tried: list[str] = []

    def connect(_self: socket.socket, *_: Any) -> None:
        tried.append("opened a connection")
        raise OSError("no connection is opened here")

    def look_up(*_: Any, **__: Any) -> None:
        tried.append("looked up a host")
        raise OSError("no host is looked up here")

    def pause(_seconds: float) -> None:
        tried.append("slept")

    kept = socket.socket.connect, socket.getaddrinfo, time.sleep
    socket.socket.connect, socket.getaddrinfo, time.sleep = connect, look_up, pause  # type: ignore[assignment, method-assign]
    try:
        yield tried
    finally:
        socket.socket.connect, socket.getaddrinfo, time.sleep = kept  # type: ignore[method-assign]


@contextmanager
def server_zone(name: str) -> Iterator[None]:
    """Meanwhile the machine stands in that time zone, as far as this system can be told so."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    _tell_system()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        _tell_system()


def _tell_system() -> None:
    # Windows takes its zone from elsewhere.
    if hasattr(time, "tzset"):
        time.tzset()


@contextmanager
def printed() -> Iterator[io.StringIO]:
    """Collects what is printed meanwhile, on either stream."""
    text = io.StringIO()
    with redirect_stdout(text), redirect_stderr(text):
        yield text
