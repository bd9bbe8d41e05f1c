"""Call-backs answered by the protocol itself: the plain form at once, every other one through ASGI."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from uvicorn.server import ServerState

from checkout_kit.adapter import AnyAdapter, HttpRequest, HttpResponse
from checkout_kit.server.call_back_http import protocol_for
from checkout_kit.server.call_backs import CallBacksFirst, Endpoint
from checkout_kit.server.limited_http import MOST_HEAD_BYTES, LimitedHttp
from checkout_kit.testing.adapters.reference import ReferenceAdapter, ReferenceSettings

SETTINGS = ReferenceSettings(shop="main", secret="s3cret", api_url="https://reference.example", token="t")
PATH = "/adapters/a/rates"
Reply = tuple[bytes, dict[bytes, bytes], bytes]
"""Status line, headers and body."""


class Small(ReferenceAdapter):
    """Takes sixteen bytes."""

    most_bytes = 16


class Host:
    """Answers with the body it was asked with, and knows which way each request came."""

    def __init__(self) -> None:
        self.ways: list[str] = []
        self.waits = False
        self.said: HttpResponse | None = None

    def at_once(self, _adapter: AnyAdapter, request: HttpRequest) -> HttpResponse | None:
        if request.body == b"broken":
            raise ValueError("12 Sample Street")
        if self.waits:
            return None
        self.ways.append("at once")
        return self.said or HttpResponse(headers={"x-it": "yes"}, body=request.body.upper())

    async def later(self, _adapter: AnyAdapter, request: HttpRequest) -> HttpResponse:
        self.ways.append("asgi")
        assert request.header("host") == "x"
        await asyncio.sleep(0.01)
        return HttpResponse(headers={"x-it": "yes"}, body=request.body.upper())


class Wire:
    """A connection to a server; what is written goes out as it is."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, state: ServerState
    ) -> None:
        self.reader, self.writer, self.state = reader, writer, state

    async def send(self, *parts: bytes) -> None:
        """Each part so long after the one before that it arrives by itself."""
        for part in parts:
            self.writer.write(part)
            await asyncio.sleep(0.003)

    async def reply(self) -> Reply:
        """The next answer."""
        async with asyncio.timeout(2):
            head = await self.reader.readuntil(b"\r\n\r\n")
            status, *lines = head[:-4].split(b"\r\n")
            headers = dict(line.split(b": ", 1) for line in lines)
            return status, headers, await self.reader.readexactly(int(headers.get(b"content-length", 0)))

    async def is_over(self) -> bool:
        """Whether the server hangs up now."""
        async with asyncio.timeout(2):
            return await self.reader.read() == b""


def talk(host: Host, script: Callable[[Wire], Awaitable[None]], *, keep_alive_s: float = 5) -> None:
    """Serve the host's call-backs and do what the script says on one connection."""

    async def run() -> None:
        broken: list[dict[str, object]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: broken.append(context))
        endpoint = Endpoint(Small(SETTINGS), host.later, host.at_once)
        app = CallBacksFirst(PlainTextResponse("behind"), {PATH: endpoint})
        config = uvicorn.Config(app, lifespan="off", log_level="critical", server_header=False)
        config.load()
        config.timeout_keep_alive = keep_alive_s  # type: ignore[assignment]
        state = ServerState()
        state.default_headers = [(b"date", b"today")]
        server = await asyncio.get_running_loop().create_server(
            lambda: protocol_for(app)(config=config, server_state=state, app_state={}), "127.0.0.1", 0
        )
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        await script(Wire(reader, writer, state))
        writer.close()
        server.close()
        assert broken == []

    asyncio.run(run())


def post(
    body: bytes = b"hello", *, path: str = PATH, version: str = "1.1", method: str = "POST", more: str = ""
) -> bytes:
    """A request that says its length."""
    head = f"{method} {path} HTTP/{version}\r\nHost: x\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def test_plain_calls_are_answered_at_once() -> None:
    """One connection gets an answer for each, with the headers that an answer through ASGI has."""
    host = Host()
    headers = {
        b"date": b"today",
        b"content-length": b"5",
        b"x-it": b"yes",
        b"x-content-type-options": b"nosniff",
    }

    async def script(wire: Wire) -> None:
        for _ in range(2):
            await wire.send(post())
            assert await wire.reply() == (b"HTTP/1.1 200 OK", headers, b"HELLO")
        host.waits = True
        await wire.send(post())
        assert await wire.reply() == (b"HTTP/1.1 200 OK", headers, b"HELLO")
        assert wire.state.total_requests == 3

    talk(host, script)
    assert host.ways == ["at once", "at once", "asgi"]


def test_body_that_arrives_in_parts_is_put_together() -> None:
    """Whether head and body come together or byte by byte, the answer is the same."""
    host = Host()
    call = post()

    async def script(wire: Wire) -> None:
        await wire.send(call[:-5], call[-5:-2], call[-2:])
        assert (await wire.reply())[2] == b"HELLO"
        await wire.send(*(call[i : i + 1] for i in range(len(call))))
        assert (await wire.reply())[2] == b"HELLO"

    talk(host, script)
    assert host.ways == ["at once"] * 2


CHUNKED = (
    f"POST {PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n".encode()
)


@pytest.mark.parametrize(
    ("sent", "ends"),
    [
        (post(version="1.0"), True),
        (post(version="1.0", more="Connection: keep-alive\r\n"), True),
        (post(more="Connection: close\r\n"), True),
        (post(path=PATH + "?a=b"), False),
        (post(path=PATH + "/secret?a=b"), False),
        (post(path="/adapters/a/%72ates"), False),
        (post(path=PATH + "/%73ecret"), False),
        (post(b"hello" * 4), False),
        (CHUNKED, False),
    ],
    ids=["1.0", "1.0 kept", "last", "query", "query too", "percent", "percent too", "too large", "chunked"],
)
def test_unusual_calls_are_answered_through_asgi(sent: bytes, ends: bool) -> None:
    """What is not the plain form is left to the server's own rules."""
    host = Host()

    async def script(wire: Wire) -> None:
        await wire.send(sent)
        assert (await wire.reply())[2].startswith(b"HELLO")
        if ends:
            assert await wire.is_over()
        else:
            await wire.send(post())
            assert (await wire.reply())[2] == b"HELLO"

    talk(host, script)
    assert host.ways == (["asgi"] if ends else ["asgi", "at once"])


def test_other_protocol_is_not_begun() -> None:
    """A call that offers to go on in another protocol takes the way through ASGI, which drops its body."""
    host = Host()

    async def script(wire: Wire) -> None:
        await wire.send(post(more="Connection: Upgrade\r\nUpgrade: h2c\r\n"))
        assert (await wire.reply())[2] == b""

    talk(host, script)
    assert host.ways == ["asgi"]


def test_many_calls_on_one_connection_are_many_heads() -> None:
    """What is allowed to a head is allowed to each; only one that does not end is too long."""

    async def script(wire: Wire) -> None:
        for _ in range(2 * MOST_HEAD_BYTES // 8000):
            await wire.send(post(more=f"X-Long: {'x' * 8000}\r\n"))
            assert (await wire.reply())[2] == b"HELLO"

    talk(Host(), script)


def test_later_head_may_not_go_on_for_ever_either() -> None:
    """After a call has been answered, the next head is limited as the first one was."""

    async def script(wire: Wire) -> None:
        await wire.send(post())
        await wire.reply()
        head = f"POST {PATH} HTTP/1.1\r\nX-Long: ".encode()
        await wire.send(head, b"x" * (MOST_HEAD_BYTES + 1), b"x", b"x")
        assert (await wire.reply())[0] == b"HTTP/1.1 431 Request Header Fields Too Large"
        assert await wire.is_over()

    talk(Host(), script)


def test_who_does_not_read_is_not_answered_any_further() -> None:
    """Once the buffers are full, further calls wait until the answers before have been taken."""
    host = Host()
    host.said = HttpResponse(body=b"x" * 1_000_000)

    async def script(wire: Wire) -> None:
        await wire.send(*(post() for _ in range(40)))
        answered = host.ways.count("at once")
        assert 0 < answered < 40
        sizes = [len((await wire.reply())[2]) for _ in range(40)]
        assert sizes[: answered + 1] == [1_000_000] * answered + [5]

    talk(host, script)


def test_who_asks_before_sending_is_told_to_go_on() -> None:
    """`Expect: 100-continue` is answered by the server before the body comes."""
    host = Host()

    async def script(wire: Wire) -> None:
        call = post(more="Expect: 100-continue\r\n")
        await wire.send(call[:-5])
        assert (await wire.reply())[0] == b"HTTP/1.1 100 Continue"
        await wire.send(call[-5:])
        assert (await wire.reply())[2] == b"HELLO"

    talk(host, script)
    assert host.ways == ["asgi"]


@pytest.mark.parametrize("sent", [post(method="PUT"), post(path="/adapters/a"), post(path="/" + "%ff")])
def test_everything_else_reaches_the_application(sent: bytes) -> None:
    """Another method or path is none of ours."""
    host = Host()

    async def script(wire: Wire) -> None:
        await wire.send(sent)
        assert (await wire.reply())[2] == b"behind"

    talk(host, script)
    assert host.ways == []


def test_token_in_the_path_belongs_to_the_same_call() -> None:
    """A platform that sends our secret as last segment is answered at once too."""
    host = Host()

    async def script(wire: Wire) -> None:
        await wire.send(post(path=PATH + "/secret"))
        assert (await wire.reply())[2] == b"HELLO"

    talk(host, script)
    assert host.ways == ["at once"]


def test_answers_keep_the_order_of_the_calls() -> None:
    """A call that comes while another one waits is answered after it, whichever way each takes."""
    host = Host()

    async def script(wire: Wire) -> None:
        chunked = CHUNKED.replace(b"hello", b"first")
        await wire.send(post(b"zero") + chunked + post(b"second") + post(b"third"))
        bodies = [(await wire.reply())[2] for _ in range(4)]
        assert bodies == [b"ZERO", b"FIRST", b"SECOND", b"THIRD"]
        await wire.send(post(b"again"))
        assert (await wire.reply())[2] == b"AGAIN"

    talk(host, script)
    assert host.ways == ["at once", "asgi", "asgi", "asgi", "at once"]


def test_failure_is_ours_and_names_no_value(caplog: pytest.LogCaptureFixture) -> None:
    """An error of an adapter is a 500 on a connection that goes on; the log has its kind, not its words."""

    async def script(wire: Wire) -> None:
        with caplog.at_level(logging.ERROR):
            await wire.send(post(b"broken"))
            assert (await wire.reply())[0] == b"HTTP/1.1 500 Internal Server Error"
        await wire.send(post())
        assert (await wire.reply())[2] == b"HELLO"

    talk(Host(), script)
    assert caplog.messages == ["a call-back is not answered (ValueError)"]


@pytest.mark.parametrize("headers", [{"x-a": "b\r\nx-c: d"}, {"x-a\r\nx-c": "d"}, {"x a": "b"}])
def test_header_that_would_end_early_is_not_sent(headers: dict[str, str]) -> None:
    """An adapter that puts a stranger's text into a header cannot be made to write another header."""
    host = Host()
    host.said = HttpResponse(headers=headers, body=b"fine")

    async def script(wire: Wire) -> None:
        await wire.send(post())
        status, sent, _ = await wire.reply()
        assert status == b"HTTP/1.1 500 Internal Server Error"
        assert b"x-c" not in sent

    talk(host, script)


@pytest.mark.parametrize("waits", [False, True])
def test_who_is_in_the_middle_of_asking_is_answered_before_the_end(waits: bool) -> None:
    """A server that ends takes the rest of a body, answers it, and hangs up."""
    host = Host()
    host.waits = waits

    async def script(wire: Wire) -> None:
        call = post()
        await wire.send(call[:-2])
        for connection in list(wire.state.connections):
            connection.shutdown()
        await wire.send(call[-2:])
        _, headers, body = await wire.reply()
        assert (body, headers[b"connection"]) == (b"HELLO", b"close")
        assert await wire.is_over()

    talk(host, script)


def test_quiet_connection_ends_with_the_server() -> None:
    """Between two calls there is nothing to wait for."""

    async def script(wire: Wire) -> None:
        await wire.send(post())
        await wire.reply()
        for connection in list(wire.state.connections):
            connection.shutdown()
        assert await wire.is_over()

    talk(Host(), script)


def test_connection_that_stays_quiet_is_ended() -> None:
    """So long after its last answer, whichever way that took, and not before."""
    host = Host()

    async def script(wire: Wire) -> None:
        for waits in (False, False, True, False):
            host.waits = waits
            await asyncio.sleep(0.15)
            await wire.send(post())
            assert (await wire.reply())[2] == b"HELLO"
        await asyncio.sleep(0.15)
        assert not wire.reader.at_eof()
        assert await wire.is_over()

    talk(host, script, keep_alive_s=0.2)
    assert host.ways == ["at once", "at once", "asgi", "at once"]


def test_connection_with_a_call_under_way_is_not_quiet() -> None:
    """A body that takes longer than a connection may be quiet is waited for."""

    async def script(wire: Wire) -> None:
        call = post()
        await wire.send(call)
        await wire.reply()
        await wire.send(call[:-2])
        await asyncio.sleep(0.2)
        await wire.send(call[-2:])
        assert (await wire.reply())[2] == b"HELLO"
        assert await wire.is_over()

    talk(Host(), script, keep_alive_s=0.1)


def test_date_is_the_servers_of_now() -> None:
    """What every answer has in its head follows the server."""

    async def script(wire: Wire) -> None:
        for date in (b"today", b"tomorrow"):
            wire.state.default_headers = [(b"date", date)]
            for _ in range(2):
                await wire.send(post())
                assert (await wire.reply())[1][b"date"] == date

    talk(Host(), script)


def test_other_applications_are_served_as_ever() -> None:
    """Without call-backs there is nothing to answer at once."""
    assert protocol_for(PlainTextResponse("fine")) is LimitedHttp
    assert protocol_for(CallBacksFirst(PlainTextResponse("fine"), {})) is LimitedHttp
