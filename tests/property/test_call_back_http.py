"""Whatever arrives on a connection, the protocol that answers call-backs says what uvicorn would say."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse
from uvicorn.server import ServerState

from checkout_kit.adapter import AnyAdapter, HttpRequest, HttpResponse
from checkout_kit.server.call_back_http import protocol_for
from checkout_kit.server.call_backs import CallBacksFirst, Endpoint
from checkout_kit.server.limited_http import LimitedHttp
from checkout_kit.testing.adapters.reference import ReferenceAdapter, ReferenceSettings

SETTINGS = ReferenceSettings(shop="main", secret="s3cret", api_url="https://reference.example", token="t")


class Small(ReferenceAdapter):
    """Takes forty bytes."""

    most_bytes = 40


def answer(_adapter: AnyAdapter, request: HttpRequest) -> HttpResponse:
    """What was understood of the request, told back."""
    told = f"{request.method} {request.url} {sorted(request.headers.items())} ".encode() + request.body
    return HttpResponse(status=200 + len(request.body) % 3, headers={"x-kind": "call"}, body=told)


async def later(adapter: AnyAdapter, request: HttpRequest) -> HttpResponse:
    """The same after a moment."""
    await asyncio.sleep(0)
    return answer(adapter, request)


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.is_closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self.is_closed:
            self.written += bytes(data)

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


async def said(parts: list[bytes], make: Callable[[CallBacksFirst], type[LimitedHttp]]) -> tuple[bytes, bool]:
    """All that a server writes when these parts arrive one by one, and whether it hangs up."""
    waits = Endpoint(Small(SETTINGS), later, lambda _adapter, _request: None)
    paths = {"/a/rates": Endpoint(Small(SETTINGS), later, answer), "/b/rates": waits}
    app = CallBacksFirst(PlainTextResponse("behind"), paths)
    config = uvicorn.Config(app, lifespan="off", log_level="critical", server_header=False)
    config.load()
    state = ServerState()
    protocol = make(app)(config=config, server_state=state, app_state={})
    transport = Transport()
    protocol.connection_made(transport)
    for part in parts:
        if not transport.is_closed:
            protocol.data_received(part)
        for _ in range(12):
            await asyncio.sleep(0)
    while state.tasks:
        await asyncio.sleep(0)
    protocol.connection_lost(None)
    return transport.written, transport.is_closed


def answers_in(written: bytes) -> list[tuple[bytes, list[bytes], bytes]]:
    """Status line, sorted headers and body of each answer."""
    found = []
    while written:
        head, _, written = written.partition(b"\r\n\r\n")
        status, *lines = head.split(b"\r\n")
        sizes = [int(line.partition(b": ")[2]) for line in lines if line.startswith(b"content-length")]
        size = sizes[0] if sizes else 0
        found.append((status, sorted(lines), written[:size]))
        written = written[size:]
    return found


HEADERS = ("Host: x", "X-Sig: é", "Connection: close", "Connection: keep-alive", "Expect: 100-continue")
REQUESTS = st.builds(
    lambda method, path, version, headers, body, length: (
        "\r\n".join([f"{method} {path} HTTP/{version}", *headers, *length(body), "", ""]).encode("latin-1")
        + body
    ),
    st.sampled_from(["POST", "POST", "POST", "PUT", "GET"]),
    st.sampled_from(
        ["/a/rates", "/a/rates", "/b/rates", "/a/rates/secret", "/a/rates?x=1", "/a/%72ates", "/c"]
    ),
    st.sampled_from(["1.1", "1.1", "1.1", "1.0"]),
    st.lists(st.sampled_from(HEADERS), max_size=3),
    st.sampled_from([b"", b"{}", b"x" * 40, b"x" * 41, b'{"cart": [1, 2, 3]}']),
    st.sampled_from(
        [lambda body: [f"Content-Length: {len(body)}"]] * 4
        + [lambda body: [f"Content-Length: {len(body)}", f"content-length: {len(body)}"]]
        + [lambda body: [f"Content-Length: +{len(body)}"], lambda body: []]
        + [lambda body: [f"Content-Length: {len(body)}", "Transfer-Encoding: chunked"]]
    ),
)


@given(st.lists(REQUESTS, min_size=1, max_size=4), st.lists(st.integers(0, 400), max_size=5))
def test_answers_are_those_of_the_way_through_asgi(requests: list[bytes], cuts: list[int]) -> None:
    """Pipelined, cut anywhere, malformed or unusual: the same answers in the same order, and the same end."""
    sent = b"".join(requests)
    places = sorted({0, len(sent), *(cut for cut in cuts if cut < len(sent))})
    parts = [sent[start:end] for start, end in pairwise(places)]

    async def both() -> None:
        ours, ours_end = await said(parts, protocol_for)
        plain, plain_end = await said(parts, lambda _app: LimitedHttp)
        own, uvicorns = answers_in(ours), answers_in(plain)
        if own and own[-1][0] == b"HTTP/1.1 400 Bad Request":
            # What came before in the same breath is answered here, and forgotten there.
            own = [*own[: len(uvicorns) - 1], own[-1]]
        assert own == uvicorns
        assert ours_end == plain_end

    asyncio.run(both())
