"""A small HTTP load generator in one thread: as fast as the server answers, or at instants fixed beforehand.

In the open loop a request's time counts from the instant it was due, whether or not a connection was free
then; so a server that stalls pays for everybody who would have come meanwhile (no coordinated omission). The
loop spins from shortly before a request is due, as a timer would be late; give it a core of its own.
"""

import random
import select
import socket
import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice, repeat

ANSWER_MAX = 1 << 16
SPIN_S = 0.0001


def evenly(per_s: float) -> Iterator[float]:
    """Gaps of a clock, in seconds."""
    return repeat(1 / per_s)


def at_random(per_s: float, seed: int) -> Iterator[float]:
    """Gaps between callers who know nothing of each other, in seconds: a Poisson process of that rate."""
    rng = random.Random(seed)
    while True:
        yield rng.expovariate(per_s)


class Client:
    """Keep-alive connections to one port; a connection holds one request at a time."""

    def __init__(self, port: int, connections: int) -> None:
        self._poll = select.epoll()
        self._sockets = {}
        for _ in range(connections):
            made = socket.create_connection(("127.0.0.1", port))
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made.setblocking(False)
            self._sockets[made.fileno()] = made
            self._poll.register(made, select.EPOLLIN)

    def closed_loop(self, requests: list[bytes]) -> float:
        """Seconds until all are answered when every connection sends its next one at once."""
        began = time.perf_counter()
        left = deque(requests)
        busy = 0
        for each in self._sockets.values():
            if left:
                _send(each, left.popleft())
                busy += 1
        while busy:
            for number, _ in self._poll.poll(5):
                _receive(self._sockets[number])
                if left:
                    _send(self._sockets[number], left.popleft())
                else:
                    busy -= 1
        return time.perf_counter() - began

    def open_loop(self, requests: list[bytes], gaps_s: Iterable[float]) -> list[float]:
        """Seconds from when each was due, so long after the one before, to its answer; as answers came."""
        start = time.perf_counter() + 0.01
        due = [start + offset for offset in accumulate(islice(gaps_s, len(requests)))]
        idle = list(self._sockets.values())
        sent: dict[int, float] = {}
        took: list[float] = []
        following = 0
        while len(took) < len(requests):
            now = time.perf_counter()
            while following < len(due) and due[following] <= now and idle:
                connection = idle.pop()
                sent[connection.fileno()] = due[following]
                _send(connection, requests[following])
                following += 1
            if not sent and following < len(due) and due[following] - now > 2 * SPIN_S:
                time.sleep(due[following] - now - SPIN_S)
            for number, _ in self._poll.poll(0):
                _receive(self._sockets[number])
                took.append(time.perf_counter() - sent.pop(number))
                idle.append(self._sockets[number])
        return took

    def close(self) -> None:
        """Close every connection."""
        for each in self._sockets.values():
            each.close()
        self._poll.close()


def _send(connection: socket.socket, request: bytes) -> None:
    if connection.send(request) != len(request):
        raise SystemExit("a request did not fit the socket's buffer")


def _receive(connection: socket.socket) -> None:
    """Take a whole answer; they are small enough to come at once, or nearly."""
    answer = connection.recv(ANSWER_MAX)
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"unexpected answer: {answer[:200]!r}")
    missing = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]) - len(body)
    while missing > 0:
        select.select([connection], [], [], 5)
        missing -= len(connection.recv(ANSWER_MAX))
