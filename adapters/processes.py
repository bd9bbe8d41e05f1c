"""Processes that a platform's walk starts, and the trouble it makes, shared by the prove.py of each."""

import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, Literal

import httpx

POLICY: Final = Path(__file__).with_name("proof.toml")
SLOW_S: Final = 12.0


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def running(
    command: list[str], *, url: str, cwd: Path, env: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A process from when its address answers until the end of the block."""
    with (cwd / "process.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 90
        while True:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(url, timeout=2)
                break
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"{command[0]} did not start:\n{(cwd / 'process.log').read_text()[-3000:]}")
            time.sleep(0.2)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextlib.contextmanager
def serving(adapter: str, *, port: int, cwd: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The real command with the policy of the walks, until the end of the block."""
    command = [sys.executable, "-c", "from checkout_kit.cli import main; main()", "serve"]
    command += ["--policy", str(POLICY), "--db", "service.db", "--port", str(port), "--adapter", adapter]
    with running(command, url=f"http://127.0.0.1:{port}/openapi.json", cwd=cwd, env=env) as service:
        yield service


class Door:
    """Stands between a platform and the service; `trouble` makes it slow, broken or sign otherwise.

    `gone` are options that the policy no longer offers; the answers then say that they may not be kept.
    """

    def __init__(self, service: str) -> None:
        self.trouble: Literal["", "slow", "status 400", "status 500", "wrong secret"] = ""
        self.gone: frozenset[str] | None = None
        self.statuses: list[int] = []
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                with contextlib.suppress(OSError):
                    status, answer = door.answer(service + self.path, dict(self.headers), body)
                    door.statuses.append(status)
                    self.send_response(status)
                    self.send_header("content-length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)

            def log_message(self, *_ignored: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """What the service says, or what the trouble makes of it; 502 when it is dead."""
        if self.trouble.startswith("status "):
            return int(self.trouble[7:]), b"oops"
        if self.trouble == "slow":
            time.sleep(SLOW_S)
        sent = {name.lower(): value for name, value in headers.items() if name.lower() != "host"}
        if self.trouble == "wrong secret":
            sent["x-checkout-kit-signature"] = sent["x-checkout-kit-signature"][:-8] + "0" * 8
        try:
            reply = httpx.post(url, content=body, headers=sent, timeout=20)
        except httpx.TransportError:
            return 502, b""
        if self.gone is None or reply.status_code != 200:
            return reply.status_code, reply.content
        answer = reply.json()
        left = [option for option in answer["options"] if option["id"] not in self.gone]
        return 200, json.dumps(answer | {"options": left, "fresh_s": 0}).encode()

    def __enter__(self) -> "Door":
        """Open."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_ignored: object) -> None:
        """Nobody listens from here on."""
        self._server.shutdown()
        self._server.server_close()
