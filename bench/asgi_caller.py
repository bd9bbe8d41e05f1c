"""Calls an ASGI application without a network and counts the CPU time of each request."""

import time
from collections.abc import Mapping
from typing import Any


class Caller:
    """One application; `await caller(method, path, body, headers)` gives status, body and CPU seconds."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes, float]:
        """Send one request."""
        raw = [(name.encode(), text.encode()) for name, text in headers.items()]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
            "scheme": "http", "headers": [(b"host", b"shop.example"), *raw], "client": ("1.2.3.4", 5),
            "server": ("shop.example", 80),
        }  # fmt: skip
        messages: list[dict[str, Any]] = []
        given = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            return given.pop() if given else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            messages.append(message)

        before = time.process_time()
        await self.app(scope, receive, send)
        spent = time.process_time() - before
        return messages[0]["status"], b"".join(one.get("body", b"") for one in messages[1:]), spent
