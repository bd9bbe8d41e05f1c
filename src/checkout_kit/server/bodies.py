"""Reading request bodies within limits of size, depth and kind."""

import re
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from checkout_kit.json_text import RepeatedKey, read_json_text
from checkout_kit.server.problem_documents import RequestRefused

MAX_BODY_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 32
MAX_FORM_FIELDS: Final = 200

_JSON_TYPES: Final = frozenset({"", "application/json", "application/merge-patch+json"})
_OPENERS: Final = frozenset(b"[{")
_CLOSERS: Final = frozenset(b"]}")
_NAMES: Final = re.compile(rb'"([^"\\]*)"\s*:')
_QUOTE: Final = ord('"')
_BACKSLASH: Final = ord("\\")


async def read_body(request: Request, limit: int = MAX_BODY_BYTES) -> bytes:
    """The whole body; refuses with 413 as soon as more than `limit` bytes are announced or have arrived."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            chunks.append(chunk)
    except ClientDisconnect as error:
        raise RequestRefused(400, "incomplete_body", "the client left before the body was whole") from error
    return b"".join(chunks)


async def read_json(request: Request, limit: int = MAX_BODY_BYTES) -> bytes:
    """The bytes of a JSON body that is neither too large nor too deep, and names nothing twice.

    Parsing is the caller's, and so is refusing what is no JSON.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _JSON_TYPES:
        raise RequestRefused(415, "unsupported_media_type", "send the body as application/json")
    body = await read_body(request, limit)
    # Counting is one pass in C; only a body with many brackets is worth the slow walk.
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and depth(body) > MAX_DEPTH:
        raise RequestRefused(400, "too_deep", f"the JSON is nested deeper than {MAX_DEPTH} levels")
    _refuse_repeats(body)
    return body


def _refuse_repeats(body: bytes) -> None:
    # Names that are all different need no second look; escapes may hide a name, so they do.
    names = _NAMES.findall(body)
    if len(set(names)) == len(names) and b"\\" not in body:
        return
    try:
        read_json_text(body)
    except RepeatedKey as error:
        raise RequestRefused(400, "repeated_key", str(error)) from error
    except ValueError:
        return


async def read_form(request: Request, limit: int = MAX_BODY_BYTES) -> dict[str, str]:
    """The fields of a URL-encoded form; of a name sent twice the last value counts."""
    body = await read_body(request, limit)
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS, errors="strict"
        )
    except ValueError as error:
        raise RequestRefused(400, "malformed_form", "the form cannot be read") from error
    return dict(pairs)


def depth(body: bytes) -> int:
    """How deep arrays and objects nest in JSON text; brackets inside strings do not count.

    >>> depth(b'{"a": [["[[["]]}')
    3
    """
    deepest = level = 0
    in_string = is_escaped = False
    for byte in body:
        if in_string:
            if is_escaped:
                is_escaped = False
            elif byte == _BACKSLASH:
                is_escaped = True
            elif byte == _QUOTE:
                in_string = False
        elif byte == _QUOTE:
            in_string = True
        elif byte in _OPENERS:
            level += 1
            deepest = max(deepest, level)
        elif byte in _CLOSERS:
            level -= 1
    return deepest


def _too_large(limit: int) -> RequestRefused:
    return RequestRefused(413, "too_large", f"a body may have at most {limit} bytes")
