"""Serves every adapter that answers rates by the real command, and plays good and bad requests over HTTP.

`python serve_each.py`; the adapters must be installed. For each: options for the typical cart, once more from
what is kept; refusals of what is unsigned, signed wrongly, captured a day ago, for another shop, malformed or
huge; a definite none with its reason in a header and in the log; each webhook, which is taken once.
"""

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx
from attrs import evolve

from checkout_kit.adapter import REASON_HEADER, HttpRequest, SharedToken, Signature, adapter_type
from checkout_kit.testing.adapters.replay import Replay, read_replays, recorded_request

HERE = Path(__file__).parent
POLICY = HERE.parent / "examples" / "policies" / "brooklyn.toml"
SIGNED_WITH: Final = "serve-each-secret-1"
# As in each adapter's recordings; what is left out here has a default.
SETTINGS: Final = {
    "bigcommerce": {
        "STORE_HASH": "abc123",
        "STORE_ID": "1000",
        "CALLBACK_SECRET": SIGNED_WITH,
        "CLIENT_SECRET": SIGNED_WITH,
        "ACCESS_TOKEN": "token-1",
    },
    "medusa": {"SHOP": "main", "SECRET": SIGNED_WITH, "API_URL": "https://shop.example", "API_KEY": "sk_1"},
    "oscar": {"SHOP": "main", "SECRET": SIGNED_WITH},
    "saleor": {
        "API_URL": "https://shop.example/graphql/",
        "APP_TOKEN": "token-1",
        "SECRET_KEY": SIGNED_WITH,
    },
    "shopify": {
        "SHOP": "demo-store.myshopify.com",
        "CLIENT_SECRET": SIGNED_WITH,
        "ACCESS_TOKEN": "token-1",
    },
    "vendure": {
        "SHOP": "main",
        "SECRET": SIGNED_WITH,
        "API_URL": "https://shop.example/admin-api",
        "USERNAME": "robot",
        "PASSWORD": "password-1",
    },
    "woocommerce": {
        "SHOP": "main",
        "SECRET": SIGNED_WITH,
        "SITE_URL": "https://shop.example",
        "CONSUMER_KEY": "ck_1",
        "CONSUMER_SECRET": "cs_1",
    },
}


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, Path]]:
    """The base URL of a running server with all of them, and its log."""
    environment = {
        f"CHECKOUT_KIT_{name.upper()}_{field}": value
        for name, fields in SETTINGS.items()
        for field, value in fields.items()
    }
    command = [str(Path(sys.executable).with_name("checkout-kit")), "serve", "--port", "0"]
    command += ["--policy", str(POLICY), "--db", str(folder / "checkout.db")]
    command += [part for name in SETTINGS for part in ("--adapter", name)]
    said, log = folder / "said", folder / "log"
    with said.open("w") as out, log.open("w") as err:
        server = subprocess.Popen(
            command, env={**os.environ, **environment, "PYTHONUNBUFFERED": "1"}, stdout=out, stderr=err
        )
        try:
            for _ in range(200):
                if " at http" in said.read_text():
                    break
                time.sleep(0.05)
            else:
                raise SystemExit(f"the server does not start:\n{log.read_text()}")
            yield said.read_text().partition(" at ")[2].split()[0], log
        finally:
            server.terminate()
            server.wait(timeout=20)


class Walk:
    """The requests for one adapter, and what was answered otherwise than expected."""

    def __init__(self, name: str, base: str, client: httpx.Client) -> None:
        self.name, self.base, self.client = name, base, client
        self.adapter = adapter_type(name)
        self.faults: list[str] = []
        self.count = 0

    def send(self, what: str, request: HttpRequest, *, status: int, to: str = "rates") -> httpx.Response:
        """One request; another status than this is a fault."""
        path = f"/adapters/{self.name}/{to}"
        if isinstance(self._scheme(to), SharedToken):
            path += "/" + request.url.rpartition("/")[2]
        response = self.client.post(self.base + path, headers=dict(request.headers), content=request.body)
        self.expect(what, response.status_code == status, f"{response.status_code} {response.text[:120]}")
        return response

    def expect(self, what: str, holds: bool, found: str) -> None:
        """Count one expectation."""
        self.count += 1
        if not holds:
            self.faults.append(f"{self.name}: {what}: {found}")

    def signed(
        self, request: HttpRequest, *, secret: str = SIGNED_WITH, days_ago: int = 0, to: str = "rates"
    ) -> HttpRequest:
        """The request as the platform sends it now, or sent it so many days ago."""
        at = dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago)
        return self._scheme(to).sign(request, secret=secret, now=at)

    def _scheme(self, to: str) -> Signature:
        scheme = (
            self.adapter.webhook_signature or self.adapter.signature
            if to == "webhooks"
            else self.adapter.signature
        )
        assert scheme is not None
        return scheme

    def rates(self, recorded: dict[str, Replay], log: Path) -> None:
        """Everything that may happen to a rate request."""
        typical = recorded_request(recorded["typical"]["request"])
        signed = self.signed(typical)
        first = self.send("typical", signed, status=200)
        again = self.send("typical again", signed, status=200)
        self.expect("has options", b"conomy" in first.content, first.text[:120])
        self.expect("says the same again", first.content == again.content, again.text[:120])
        self.send("unsigned", typical, status=401)
        self.send("unsigned and malformed", evolve(typical, body=b"{"), status=401)
        self.send("signed with another secret", self.signed(typical, secret=f"not {SIGNED_WITH}"), status=401)
        stamped = self.signed(typical, days_ago=0) != self.signed(typical, days_ago=1)
        self.send("captured a day ago", self.signed(typical, days_ago=1), status=401 if stamped else 200)
        for body, status in (
            (b"{", 400),
            (b"[]", 400),
            (b"", 400),
            (b"[" * 50_000, 400),
            (b" " * 1_000_001, 413),
        ):
            self.send(f"{body[:5]!r}", self.signed(evolve(typical, body=body)), status=status)
        self.send(
            "another shop", self.signed(recorded_request(recorded["unknown_shop"]["request"])), status=404
        )
        unknown = self.signed(recorded_request(recorded["unknown_currency"]["request"]))
        none = self.send("unknown currency", unknown, status=200)
        reason = none.headers.get(REASON_HEADER, "")
        self.expect("a reason in the header", reason == "currency_not_supported", reason)
        line = f"{self.name}: no options: currency_not_supported"
        self.expect("a reason in the log", line in log.read_text(), "not there")

    def questions(self, recorded: dict[str, Replay]) -> None:
        """What else the platform asks, answered and refused."""
        for replay in recorded.values():
            request, to = recorded_request(replay["request"]), replay["question"]
            self.send(f"question {to}", self.signed(request), status=200, to=to)
            self.send(f"question {to} unsigned", request, status=401, to=to)

    def webhooks(self, recorded: dict[str, Replay], log: Path) -> None:
        """Each twice, and once unsigned."""
        for case, replay in recorded.items():
            request = recorded_request(replay["request"])
            if replay.get("expect") is None:
                continue
            self.send(f"webhook {case} unsigned", request, status=401, to="webhooks")
            before = log.read_text().count(f"{self.name} reports")
            for _ in range(2):
                self.send(f"webhook {case}", self.signed(request, to="webhooks"), status=200, to="webhooks")
            taken = log.read_text().count(f"{self.name} reports") - before
            self.expect(f"webhook {case} is taken once", taken == 1, f"{taken} times")


def main() -> int:
    """Walk through all of them over one server."""
    faults, count = [], 0
    with (
        TemporaryDirectory(prefix="serve-") as folder,
        serving(Path(folder)) as (base, log),
        httpx.Client() as client,
    ):
        for name in SETTINGS:
            walk = Walk(name, base, client)
            kinds: dict[str, dict[str, Replay]] = {"rates": {}, "question": {}, "webhook": {}}
            for replay in read_replays(HERE / name / "replay"):
                kinds.setdefault(replay.kind, {})[replay.case] = replay
            walk.rates(kinds["rates"], log)
            walk.questions(kinds["question"])
            walk.webhooks(kinds["webhook"], log)
            faults += walk.faults
            count += walk.count
        shown = [line for line in log.read_text().splitlines() if SIGNED_WITH in line or "Traceback" in line]
    faults += [f"the log shows: {line[:80]}" for line in shown]
    for fault in faults:
        print(fault)
    print(f"served: {len(SETTINGS)} adapters, {count} expectations, {len(faults)} not met")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
