"""Connections that ask for nothing, or never finish asking, are ended."""

import asyncio

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from uvicorn.server import ServerState

from checkout_kit.server.limited_http import LimitedHttp


class Impatient(LimitedHttp):
    """Waits a fifth of a second."""

    most_head_s = 0.2


async def answers(*parts: bytes, pause_s: float = 0.0) -> list[bytes]:
    """What comes back for each part until the connection is ended, or half a second passes in silence."""
    config = uvicorn.Config(PlainTextResponse("fine"), lifespan="off", log_level="critical")
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Impatient(config=config, server_state=state, app_state={}), "127.0.0.1", 0
    )
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    got = []
    for part in parts:
        writer.write(part)
        await asyncio.sleep(pause_s)
        try:
            async with asyncio.timeout(0.5):
                got.append(await reader.read(4096))
        except TimeoutError:
            got.append(b"silence")
    writer.close()
    server.close()
    return got


@pytest.mark.parametrize("head", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_who_does_not_finish_asking_is_hung_up_on(head: bytes) -> None:
    """A silent connection, and one whose headers do not go on, are ended."""
    assert asyncio.run(answers(head)) == [b""]


def test_who_asks_again_later_is_answered() -> None:
    """Between two whole requests a connection may be quiet for longer than a head may take."""
    ask = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    first, second = asyncio.run(answers(ask, ask, pause_s=0.3))
    assert first.startswith(b"HTTP/1.1 200")
    assert second.startswith(b"HTTP/1.1 200")
