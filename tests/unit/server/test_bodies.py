"""Request bodies are read within limits of size, depth and kind."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from checkout_kit.server.bodies import MAX_DEPTH, depth, read_body, read_form, read_json
from checkout_kit.server.problem_documents import RequestRefused


def request_with(chunks: Iterable[bytes], **headers: str) -> Request:
    """A POST whose body arrives in these chunks."""
    parts = iter([*chunks])

    async def receive() -> dict[str, object]:
        part = next(parts, None)
        return {"type": "http.request", "body": part or b"", "more_body": part is not None}

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request(
        {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": raw}, receive
    )


def refusal_of(request: Request, *, limit: int = 100) -> RequestRefused:
    """The refusal that reading this request as JSON ends in."""
    with pytest.raises(RequestRefused) as caught:
        asyncio.run(read_json(request, limit))
    return caught.value


def test_a_body_in_chunks_is_joined() -> None:
    """Chunks arrive as one body."""
    assert asyncio.run(read_body(request_with([b'{"a"', b": 1}"]))) == b'{"a": 1}'


def test_an_announced_size_above_the_limit_is_refused_unread() -> None:
    """A content-length above the limit is a 413 before a byte is read."""

    def never() -> Iterable[bytes]:
        raise AssertionError("the body was read")
        yield b""

    request = request_with([], content_length="10485760")
    assert refusal_of(request).status == 413


def test_an_unannounced_size_above_the_limit_is_refused_while_reading() -> None:
    """A chunked body is a 413 as soon as it grows above the limit."""
    seen = []

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(1000):
            seen.append(1)
            yield b"x" * 60

    stream = chunks()

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": await anext(stream), "more_body": True}

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
    assert refusal_of(Request(scope, receive)).status == 413
    assert len(seen) == 2


def test_another_content_type_is_refused() -> None:
    """A body that does not say JSON is a 415."""
    assert refusal_of(request_with([b"{}"], content_type="text/plain")).status == 415


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", ""])
def test_json_content_types_are_read(kind: str) -> None:
    """JSON with or without parameters, or without a word about it, is read."""
    headers = {"content_type": kind} if kind else {}
    assert asyncio.run(read_json(request_with([b"{}"], **headers))) == b"{}"


def test_deep_json_is_refused() -> None:
    """Nesting beyond the limit is a 400; the same number of flat brackets is not."""
    deep = b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1)
    assert refusal_of(request_with([deep])).code == "too_deep"
    flat = json.dumps([[] for _ in range(MAX_DEPTH * 2)]).encode()
    assert asyncio.run(read_json(request_with([flat]))) == flat


_JSON = st.recursive(
    st.none() | st.integers() | st.text(alphabet='[]{}"\\ab', max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(alphabet='["\\a', max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)


def nesting(value: object) -> int:
    """The depth of parsed JSON, by walking it."""
    if isinstance(value, dict):
        return 1 + max(map(nesting, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(nesting, value), default=0)
    return 0


@given(_JSON)
def test_depth_agrees_with_parsing(value: object) -> None:
    """The byte walk finds the depth that a parser finds, whatever strings contain."""
    assert depth(json.dumps(value).encode()) == nesting(value)


def test_a_form_keeps_blank_fields() -> None:
    """An emptied field arrives as empty text, so that it can clear what was there."""
    assert asyncio.run(read_form(request_with([b"email=&name=Ada+L"]))) == {"email": "", "name": "Ada L"}


@pytest.mark.parametrize("body", [b"a=%ff", b"&".join(b"a=1" for _ in range(201)), b"\xff=1"])
def test_an_unreadable_form_is_refused(body: bytes) -> None:
    """Bytes that are no UTF-8, or hundreds of fields, are a 400."""
    with pytest.raises(RequestRefused) as caught:
        asyncio.run(read_form(request_with([body])))
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "body", [b'{"a": 1, "a": 2}', b'{"l": [{"a": 1, "b": 2, "a": 1}]}', b'{"a": 1, "\\u0061": 2}']
)
def test_a_key_named_twice_is_refused(body: bytes) -> None:
    """Of two values none is picked, however the second name is spelt."""
    refusal = refusal_of(request_with([body]))
    assert (refusal.status, refusal.code) == (400, "repeated_key")


@pytest.mark.parametrize("body", [b'[{"a": 1}, {"a": 2}]', b'{"a": "\\"a\\": 1"}', b'{"a": 1, "a": '])
def test_names_in_different_objects_are_no_repeats(body: bytes) -> None:
    """Each object has its own names, texts have none, and what is no JSON is the caller's to refuse."""
    assert asyncio.run(read_json(request_with([body]))) == body
