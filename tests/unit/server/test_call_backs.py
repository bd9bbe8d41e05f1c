"""Call-backs ahead of the application: what reaches them, how bodies are read, what is given again."""

import asyncio
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from checkout_kit.adapter import AnyAdapter, HttpRequest, HttpResponse
from checkout_kit.server.call_backs import CallBacksFirst, Endpoint
from checkout_kit.testing.adapters.reference import ReferenceAdapter, ReferenceSettings

ADAPTER = ReferenceAdapter(
    ReferenceSettings(shop="main", secret="s3cret", api_url="https://reference.example", token="t")
)


def parts_of(*parts: bytes) -> list[Message]:
    """A body that arrives in parts."""
    return [
        {"type": "http.request", "body": part, "more_body": i < len(parts) - 1}
        for i, part in enumerate(parts)
    ]


class Caller:
    """Calls an ASGI application once, and keeps what was read and what came back."""

    def __init__(self, messages: list[Message]) -> None:
        self.messages = messages
        self.sent: list[Message] = []

    def call(self, app: Any, method: str = "POST", path: str = "/adapters/a/rates") -> "Caller":
        scope: Scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(b"x-one", b"\xe9"), (b"x-two", b"2")],
        }

        async def receive() -> Message:
            return self.messages.pop(0)

        async def send(message: Message) -> None:
            self.sent.append(message)

        asyncio.run(app(scope, receive, send))
        return self


class Recorder:
    """An endpoint's answer, and the requests it was asked with."""

    def __init__(self) -> None:
        self.asked: list[HttpRequest] = []

    async def answer(self, _adapter: AnyAdapter, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        return HttpResponse(status=201, headers={"x-it": "yes"}, body=b"done")


def test_body_in_parts_is_put_together() -> None:
    """The adapter sees the whole body, the path and every header; the answer says how long it is."""
    recorder = Recorder()
    caller = Caller(parts_of(b"ab", b"", b"c")).call(Endpoint(ADAPTER, recorder.answer))
    (asked,) = recorder.asked
    assert (asked.body, asked.url, dict(asked.headers)) == (
        b"abc",
        "/adapters/a/rates",
        {"x-one": "é", "x-two": "2"},
    )
    start, body = caller.sent
    assert (start["status"], body["body"]) == (201, b"done")
    assert dict(start["headers"]) == {
        b"x-it": b"yes",
        b"content-length": b"4",
        b"x-content-type-options": b"nosniff",
    }


def test_no_more_is_read_than_is_allowed() -> None:
    """Reading ends with the part that goes beyond the limit, and the adapter is shown one byte too many."""
    recorder = Recorder()
    part = b"x" * 400_000
    caller = Caller(parts_of(part, part, part, part)).call(Endpoint(ADAPTER, recorder.answer))
    assert [len(asked.body) for asked in recorder.asked] == [ADAPTER.most_bytes + 1]
    assert len(caller.messages) == 1


def test_caller_that_leaves_gets_no_answer() -> None:
    """When the connection ends before the body does, nobody is asked and nothing is sent."""
    recorder = Recorder()
    messages = [*parts_of(b"a", b"b")[:1], {"type": "http.disconnect"}]
    assert Caller(messages).call(Endpoint(ADAPTER, recorder.answer)).sent == []
    assert Caller([{"type": "http.disconnect"}]).call(Endpoint(ADAPTER, recorder.answer)).sent == []
    assert recorder.asked == []


async def elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
    """The application behind."""
    await send({"type": "http.response.start", "status": 404, "headers": []})


def test_only_posts_to_call_backs_go_ahead() -> None:
    """Another method, another path, or two segments more reach the application behind."""
    recorder = Recorder()
    app = CallBacksFirst(elsewhere, {"/adapters/a/rates": Endpoint(ADAPTER, recorder.answer)})

    def status(method: str, path: str) -> int:
        return int(Caller(parts_of(b"{}")).call(app, method, path).sent[0]["status"])

    assert status("POST", "/adapters/a/rates") == 201
    assert status("POST", "/adapters/a/rates/secret") == 201
    assert status("GET", "/adapters/a/rates") == 404
    assert status("POST", "/adapters/a/webhooks") == 404
    assert status("POST", "/adapters/a/rates/secret/more") == 404
    assert status("POST", "/") == 404
    assert len(recorder.asked) == 2


def test_what_is_no_request_is_passed_on() -> None:
    """Starting and ending a server is the business of the application behind."""
    seen: list[str] = []

    async def behind(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    asyncio.run(CallBacksFirst(behind, {})({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == ["lifespan"]
