"""The listening socket of `serve` and `demo`."""

import socket

import pytest

from checkout_kit.errors import Unavailable
from checkout_kit.server.running import _listen


def test_answers_are_sent_at_once() -> None:
    """Connections inherit TCP_NODELAY, so that no answer waits for an acknowledgement of its first part."""
    with _listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_a_taken_port_is_named() -> None:
    """A port in use is refused with its number."""
    with _listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(Unavailable, match=str(port)):
            _listen("127.0.0.1", port)
