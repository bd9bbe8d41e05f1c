"""Attack the server's API and page, and count what came of it: no server error, nothing let through.

A fuzzer reads our own OpenAPI document and sends what it describes and what it does not, once as a buyer and
once as the shop; then come tampered secrets, other people's ids, forged forms, and hostile bodies.

Run: python bench/security.py [--examples 150]      (needs the program schemathesis on the PATH)
"""

import argparse
import json
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from checkout_kit.address import Address
from checkout_kit.address.book import AddressBook
from checkout_kit.cart import LineItem
from checkout_kit.checkout import Contact, Profile
from checkout_kit.server import create_app, new_shop_key
from checkout_kit.server.demo import demo_facts
from checkout_kit.server.security import form_token
from checkout_kit.server.wiring import embedded_service

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
GOODS = {"mug": LineItem(id="mug", sku="mug", quantity=1, unit_price=1200, title="Mug", weight_g=310)}
HOME = {
    "country": "US",
    "name": "Ada",
    "line1": "1 Main St",
    "city": "Brooklyn",
    "region": "NY",
    "postal_code": "11231",
}
FILLED = {
    "currency": "USD",
    "lines": [{"sku": "mug", "quantity": 1}],
    "contact": {"email": "ada@example.com"},
    "delivery": {"address": HOME},
    "payment": {"method": "test", "token": "tok_ok"},
}


class Counting:
    """The application with a count of the statuses it answered."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.statuses: Counter[int] = Counter()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def counted(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.statuses[message["status"]] += 1
            await send(message)

        await self.app(scope, receive, counted)

    @property
    def server_errors(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500)


@contextmanager
def running(folder: Path) -> Iterator[tuple[str, Counting, str]]:
    """The URL of a running server, its counter, and the shop's key."""
    service = embedded_service(demo_facts().policy, folder / "shop.db", catalog=GOODS.get)
    key, text = new_shop_key("security")

    async def prepare() -> None:
        for customer, city in (("ada", "Brooklyn"), ("eve", "Buffalo")):
            address = Address(country="US", name=customer, line1="1 Main St", city=city, region="NY")
            book, _ = AddressBook().save(address, id=f"ad_{customer}")
            profile = Profile(book=book, contact=Contact(email=f"{customer}@example.com"))
            await service.save_profile(customer, lambda _, profile=profile: profile)  # type: ignore[misc]

    app = Counting(create_app(service, shop_keys=[key], prepare=prepare))
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", app, text
    finally:
        server.should_exit = True
        thread.join()


def fuzz(url: str, folder: Path, headers: dict[str, str], checkout_id: str, examples: int) -> int:
    """How many cases the fuzzer sent without finding a fault."""
    program = shutil.which("schemathesis")
    if program is None:
        raise SystemExit("the fuzzer is missing; run: pip install 'schemathesis>=4'")
    config = folder / "schemathesis.toml"
    config.write_text(f'[parameters]\ncheckout_id = "{checkout_id}"\n')
    command = [program, "--config-file", str(config), "run", f"{url}/openapi.json", "--checks", CHECKS]
    command += ["--phases", "coverage,fuzzing", "--max-examples", str(examples)]
    command += ["--exclude-path-regex", "cancel$", "--seed", "1", "--no-color"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    if done.returncode or found is None or found[1] != found[2]:
        raise SystemExit(f"the fuzzer found faults:\n{done.stdout[-6000:]}{done.stderr[-2000:]}")
    return int(found[1])


class Attack:
    """Requests that must all be refused, and a count of those that were not."""

    def __init__(self, client: httpx.Client, key: str) -> None:
        self.client = client
        self.shop = {"Authorization": f"Bearer {key}"}
        self.let_through: list[str] = []

    def refused(self, method: str, path: str, *statuses: int, **sent: Any) -> None:
        answer = self.client.request(method, path, **sent)
        if answer.status_code not in statuses or "Traceback" in answer.text:
            self.let_through.append(f"{method} {path[:80]}: {answer.status_code}")

    def open(self, body: dict[str, Any], headers: dict[str, str] | None = None) -> tuple[str, str]:
        made = self.client.post("/api/checkouts", json=body, headers=headers or {}).json()
        return made["id"], made["secret"]

    def tampered(self, times: int) -> int:
        """Secrets with a character changed, cut, doubled or swapped for another's open nothing."""
        rng = random.Random(7)
        checkout_id, secret = self.open(FILLED)
        _, other = self.open(FILLED)
        for number in range(times):
            at = rng.randrange(len(secret))
            changed = rng.choice("abcXYZ019_-".replace(secret[at], ""))
            forged = (
                secret[:at] + changed + secret[at + 1 :],
                secret[:at],
                secret * 2,
                secret.swapcase(),
                other,
                "",
            )[number % 6]
            method, tail = (("GET", ""), ("PATCH", ""), ("POST", "/complete"), ("POST", "/cancel"))[
                number % 4
            ]
            headers = {"Checkout-Secret": forged, "Idempotency-Key": f"k{number}"}
            body = None if method == "GET" else {}
            self.refused(method, f"/api/checkouts/{checkout_id}{tail}", 404, json=body, headers=headers)
            self.refused("GET", f"/checkout/{checkout_id}", 404, params={"secret": forged})
        for bad in ("Bearer sk_x", "Bearer", "Basic c2hvcDprZXk=", f"Bearer {secret}"):
            self.refused("POST", "/api/checkouts", 401, json=FILLED, headers={"Authorization": bad})
        return 2 * times + 4

    def foreign(self, times: int) -> int:
        """One customer never reaches another's checkout, order or address."""
        for number in range(times):
            ada, ada_secret = self.open({**FILLED, "customer_id": "ada"} | {"lines": []}, self.shop)
            eve, eve_secret = self.open({**FILLED, "customer_id": "eve"} | {"lines": []}, self.shop)
            with_eve = {"Checkout-Secret": eve_secret}
            self.refused("GET", f"/api/checkouts/{ada}", 404, headers=with_eve)
            self.refused("PATCH", f"/api/checkouts/{ada}", 404, headers=with_eve, json={"note": "x"})
            theirs = {"delivery": {"saved_address_id": "ad_ada"}}
            self.refused("PATCH", f"/api/checkouts/{eve}", 400, headers=with_eve, json=theirs)
            billing = {"billing": {"saved_address_id": "ad_ada"}}
            self.refused("PATCH", f"/api/checkouts/{eve}", 400, headers=with_eve, json=billing)
            shown = self.client.get(f"/api/checkouts/{eve}", headers=with_eve).text
            if "ad_ada" in shown or ada_secret in shown:
                self.let_through.append("another customer's address in an answer")
            paid, paid_secret = self.open(FILLED)
            headers = {"Checkout-Secret": paid_secret, "Idempotency-Key": f"o{number}"}
            order = self.client.post(f"/api/checkouts/{paid}/complete", json={}, headers=headers).json()
            self.refused("GET", f"/api/orders/{order['order_id']}", 404, headers=with_eve)
            self.refused("GET", f"/api/orders/{order['order_id']}", 404)
        return 6 * times

    def forged_forms(self, times: int) -> int:
        """A form without this browser's token, or from another site, changes nothing."""
        for number in range(times):
            checkout_id, secret = self.open(FILLED)
            page = f"/checkout/{checkout_id}"
            self.client.get(page, params={"secret": secret}, follow_redirects=True)
            form = {"csrf": form_token(secret), "email": "eve@example.com", "action": "place"}
            forged = {**form, "csrf": ("", form_token(secret + "x"), form["csrf"][:-1], secret)[number % 4]}
            self.refused("POST", page, 403, data=forged)
            self.refused("PATCH", page, 403, data=forged)
            self.refused("POST", page, 403, data=form, headers={"Sec-Fetch-Site": "cross-site"})
            self.refused("POST", page, 403, data=form, headers={"Origin": "https://evil.example"})
            self.client.cookies.clear()
            self.refused("POST", page, 404, data=form)
        return 5 * times

    def hostile_bodies(self) -> int:
        """Too large, too deep, not JSON, not text, card numbers: refused, and nothing is stored."""
        deep = b'{"a":' * 100_000
        bodies = [
            (b"x" * 10_485_760, 413),
            (b"[" * 200_000, 400),
            (deep[:250_000], 400),
            (b"\x00" * 1000, 400),
            (
                b'{"currency": "USD", "lines": [' + b'{"sku":"mug","quantity":1},' * 600 + b'{"sku":"mug"}]}',
                400,
            ),
            (json.dumps({**FILLED, "note": "x" * 100_000}).encode(), 400),
            (json.dumps({**FILLED, "payment": {"method": "x", "token": "4111111111111111"}}).encode(), 400),
            (b'{"currency": "USD", "lines": [], "currency": NaN}', 400),
            ('{"currency": "\ud800"}'.encode("utf-8", "surrogatepass"), 400),
        ]
        for body, status in bodies:
            headers = {"Content-Type": "application/json"}
            self.refused("POST", "/api/checkouts", status, content=body, headers=headers)
        self.refused("POST", "/api/checkouts", 413, content=iter([b" " * 65_536] * 40))
        self.refused("POST", "/api/checkouts", 415, content=b"{}", headers={"Content-Type": "text/plain"})
        for path in (
            "/static/..%2fapp.py",
            "/static/%2e%2e/app.py",
            "/checkout/%00",
            "/api/checkouts/" + "x" * 4000,
        ):
            self.refused("GET", path, 404)
        return len(bodies) + 6


def main() -> None:
    """Print the counts on one line; exit 1 when anything got through or the server erred."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--examples", type=int, default=150)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as (url, app, key):
        with httpx.Client(base_url=url, timeout=60) as client:
            attack = Attack(client, key)
            checkout_id, secret = attack.open({**FILLED, "lines": [{"sku": "mug", "quantity": 2}]})
            cases = fuzz(url, Path(name), {"Checkout-Secret": secret}, checkout_id, given.examples)
            checkout_id, _ = attack.open(FILLED)
            cases += fuzz(url, Path(name), attack.shop, checkout_id, given.examples)
            tampered, foreign = attack.tampered(300), attack.foreign(30)
            forged, hostile = attack.forged_forms(30), attack.hostile_bodies()
        errors = app.server_errors
    for line in attack.let_through[:20]:
        print(f"not refused as it should be: {line}")
    print(
        f"security: {cases:,} fuzzed, {tampered} tampered, {foreign} foreign, {forged} forged, "
        f"{hostile} hostile requests; {errors} server errors, {len(attack.let_through)} let through"
    )
    sys.exit(1 if errors or attack.let_through else 0)


if __name__ == "__main__":
    main()
