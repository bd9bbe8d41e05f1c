"""Walks through a real Medusa from npm: `PYTHONPATH=.. python prove.py [FOLDER]`; prints the steps proven.

FOLDER keeps the installation between runs. Needs Node 20, and checkout-kit[server] with this adapter's extra
`prove`, which brings a PostgreSQL of its own.
"""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from checkout_kit.adapter import PlatformPromise, ShipmentNotice, run
from checkout_kit.promise import DeliveryPromise
from checkout_kit.testing.databases import temporary_postgresql
from processes import SLOW_S, Door, free_port, running, serving
from prove_store import ADMIN, Api, Store, reachable_by_tcp, set_up

from checkout_kit_medusa import MedusaAdapter, MedusaSettings

HERE = Path(__file__).parent
SECRET = "medusa-secret-1"
ADDRESS = {
    "first_name": "Ann",
    "last_name": "Example",
    "address_1": "12 Sample Street",
    "city": "Brooklyn",
    "province": "us-ny",
    "postal_code": "11201",
    "country_code": "us",
}
CALIFORNIA = ADDRESS | {"city": "Fresno", "province": "us-ca", "postal_code": "93650"}
ALASKA = ADDRESS | {"city": "Anchorage", "province": "us-ak", "postal_code": "99501"}
TOKYO = ADDRESS | {"city": "Tokyo", "province": "", "postal_code": "100-0001", "country_code": "jp"}


class Walk:
    """Walks through the store, of a guest and of a customer."""

    def __init__(self, store: Store, adapter: MedusaAdapter, door: Door) -> None:
        self.store, self.adapter, self.door = store, adapter, door
        self.shop = self._shop()
        variants = self.shop.get("/store/products", fields="*variants")["products"]
        self.variants = {v["sku"]: v["id"] for product in variants for v in product["variants"]}

    def _shop(self, **headers: str) -> Api:
        return Api(self.store.url, **{"x-publishable-api-key": self.store.public, **headers})

    def cart(self, address: dict[str, str] = ADDRESS, *, currency: str = "usd", **skus: int) -> str:
        """A new cart to an address, of two W1 unless told otherwise; its id."""
        made = self.shop.post(
            "/store/carts",
            {
                "region_id": self.store.regions[currency],
                "email": "ann@example.com",
                "shipping_address": address,
                "items": [
                    {"variant_id": self.variants[sku], "quantity": n}
                    for sku, n in (skus or {"W1": 2}).items()
                ],
            },
        )
        return str(made["cart"]["id"])

    def more(self, cart: str, units: int = 1) -> Any:
        """The cart with so many more."""
        line = {"variant_id": self.variants["W1"], "quantity": units}
        return self.shop.post(f"/store/carts/{cart}/line-items", line)["cart"]

    def move(self, cart: str, address: dict[str, str]) -> Any:
        """The cart to another address."""
        return self.shop.post(f"/store/carts/{cart}", {"shipping_address": address})["cart"]

    def prices(self, cart: str) -> dict[str, Any]:
        """What the store shows for each option: the amount, and what came along with it."""
        shown = {}
        for option in self.shop.get("/store/shipping-options", cart_id=cart)["shipping_options"]:
            priced = self.shop.post(
                f"/store/shipping-options/{option['id']}/calculate", {"cart_id": cart, "data": {}}
            )
            shown[option["name"]] = priced["shipping_option"]
        return shown

    def offered(self, cart: str) -> dict[str, float]:
        """Name and amount of what is offered, fallbacks included."""
        shown = self.prices(cart).items()
        return {name: one["amount"] for name, one in shown if one["calculated_price"]["is_offered"]}

    def choose(self, cart: str, name: str) -> Any:
        """Put the option on the cart."""
        option = self.prices(cart)[name]["id"]
        return self.shop.post(f"/store/carts/{cart}/shipping-methods", {"option_id": option, "data": {}})[
            "cart"
        ]

    def pay(self, cart: str) -> httpx.Response:
        """Pay with the system's own provider and try to place the order."""
        collection = self.shop.post("/store/payment-collections", {"cart_id": cart})["payment_collection"][
            "id"
        ]
        provider = {"provider_id": "pp_system_default"}
        self.shop.post(f"/store/payment-collections/{collection}/payment-sessions", provider)
        return self.shop.client.post(f"/store/carts/{cart}/complete", json={})

    def order(self, cart: str) -> str:
        """The order that came of the cart."""
        done = self.pay(cart)
        assert done.is_success, done.text
        assert done.json()["type"] == "order", done.text
        return str(done.json()["order"]["id"])

    def read(self, order: str, promised_on: object) -> Any:
        """The order through the adapter, once it has this promise: Medusa tells of orders a moment later."""
        with httpx.Client(timeout=30) as client:
            for _ in range(50):
                read = run(self.adapter.get_order(order), client)
                if str(read.promised_on) == str(promised_on):
                    return read
                time.sleep(0.1)
        raise AssertionError(f"{read}, but promised on {promised_on}")

    def steps(self, service: Any) -> Iterator[str]:
        """Everything, in the order a shop meets it."""
        yield from self.whole_path()
        yield from self.changes_of_mind()
        yield from self.other_shoppers()
        yield from self.trouble(service)

    def whole_path(self) -> Iterator[str]:
        """From the product to the shipped order."""
        cart = self.cart()
        yield "product and cart"
        shown = self.prices(cart)
        assert self.offered(cart) == {"economy": 3.9, "two-day": 9.9}, shown
        latest = shown["economy"]["calculated_price"]["latest"]
        assert latest > shown["two-day"]["calculated_price"]["latest"]
        yield "our options, prices and dates shown by the platform"
        assert self.choose(cart, "economy")["shipping_total"] == 3.9
        yield "chosen"
        assert self.more(cart)["shipping_total"] == 6.9
        yield "price follows the cart into the next weight tier"
        order = self.order(cart)
        yield "order placed"
        read = self.read(order, latest)
        assert (read.option_id, read.total) == ("economy", 3 * 2499 + 690), read
        with httpx.Client(timeout=30) as client:
            since = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
            assert [found.id for found in run(self.adapter.list_orders(since), client)] == [order]
            yield "our promise readable on the order"
            later = read.promised_on
            promise = DeliveryPromise(earliest=later, latest=later, ships_earliest=later, ships_on=later)
            renewed = PlatformPromise(order_id=order, option_id="two-day", title="Renewed", promise=promise)
            run(self.adapter.write_promise(renewed), client)
            assert run(self.adapter.get_order(order), client).option_id == "two-day"
            yield "promise renewed"
            notice = ShipmentNotice(order_id=order, reference="p-1", tracking_number="1Z999", carrier="UPS")
            first = run(self.adapter.write_shipment(notice), client)
            second = run(self.adapter.write_shipment(notice), client)
            assert (first.is_repeat, second.is_repeat, first.id) == (False, True, second.id)
        admin = httpx.Client(base_url=self.store.url, auth=(self.store.secret, ""), timeout=30)
        fields = {"fields": "*fulfillments,*fulfillments.labels"}
        placed = admin.get(f"/admin/orders/{order}", params=fields).json()["order"]
        labels = [label["tracking_number"] for f in placed["fulfillments"] for label in f["labels"]]
        assert labels == ["1Z999"], placed["fulfillments"]
        yield "tracking written back once"

    def changes_of_mind(self) -> Iterator[str]:
        """Another address or another quantity after the choice."""
        cart = self.cart(ALASKA)
        refused = self.prices(cart)["economy"]
        assert refused["calculated_price"]["is_offered"] is False
        wanted = {"option_id": refused["id"], "data": {}}
        tried = self.shop.client.post(f"/store/carts/{cart}/shipping-methods", json=wanted)
        assert tried.status_code == 400, tried.text
        yield "an option that is not offered cannot be chosen"
        cart = self.cart()
        self.choose(cart, "economy")
        assert self.move(cart, CALIFORNIA)["shipping_total"] == 8.9
        latest = self.prices(cart)["economy"]["calculated_price"]["latest"]
        read = self.read(self.order(cart), latest)
        assert (read.option_id, read.total) == ("economy", 2 * 2499 + 890), read
        yield "another address after the choice: its price, and its promise on the order"
        cart = self.cart()
        self.choose(cart, "economy")
        assert self.move(cart, ALASKA)["shipping_total"] == 0
        tried = self.pay(cart)
        assert tried.status_code == 400, tried.text
        assert "shipping method" in tried.json()["message"], tried.text
        self.move(cart, ADDRESS)
        self.choose(cart, "two-day")
        self.order(cart)
        yield "an option that is gone before the order is taken off the cart, and the order waits for another"
        cart = self.cart()
        self.choose(cart, "economy")
        assert self.more(cart, 10)["shipping_total"] == 0
        assert self.offered(cart) == {"two-day": 9.9}
        self.choose(cart, "two-day")
        self.order(cart)
        yield "a quantity too heavy for the option: the same"

    def other_shoppers(self) -> Iterator[str]:
        """Codes, groups, two profiles, a currency without decimals."""
        cart = self.cart(W1=5)
        assert self.offered(cart)["economy"] == 0
        self.shop.post(f"/store/carts/{cart}/promotions", {"promo_codes": ["TEN"]})
        assert self.offered(cart)["economy"] == 6.9
        assert self.choose(cart, "economy")["shipping_total"] == 6.9
        yield "a threshold counts goods after discounts, in the price shown and in the price charged"
        cart = self.cart(W1=2, B1=1)
        assert self.offered(cart) == {"economy": 3.9, "two-day": 9.9, "economy bulky": 6.9}
        self.choose(cart, "two-day")
        assert self.choose(cart, "economy bulky")["shipping_total"] == 16.8
        latest = self.prices(cart)["economy bulky"]["calculated_price"]["latest"]
        order = self.order(cart)
        self.read(order, latest)
        with httpx.Client(timeout=30) as client:
            notice = ShipmentNotice(order_id=order, reference="p-2", tracking_number="1Z998", carrier="UPS")
            run(self.adapter.write_shipment(notice), client)
        yield "two shipping profiles: each priced by its own items, the order promised with the last parcel"
        cart = self.cart(TOKYO, currency="jpy")
        assert self.offered(cart) == {"economy": 1340}
        assert self.choose(cart, "economy")["shipping_total"] == 1340
        latest = self.prices(cart)["economy"]["calculated_price"]["latest"]
        assert self.read(self.order(cart), latest).total == 2 * 1000 + 1340
        yield "a second region, in a currency without decimals"
        guest, self.shop = self.shop, self._shop(authorization=f"Bearer {self.store.buyer}")
        cart = self.cart()
        assert self.offered(cart) == {"economy": 3.9, "two-day": 9.9, "trade": 1}
        assert self.choose(cart, "trade")["shipping_total"] == 1
        assert self.read(self.order(cart), self.prices(cart)["trade"]["calculated_price"]["latest"])
        self.shop = guest
        yield "a customer's group opens its own option"

    def trouble(self, service: Any) -> Iterator[str]:
        """A service that is slow, broken, set up with another secret, and at last dead."""
        forged = {"earliest": "2020-01-01", "latest": "2020-01-01"}
        self.door.trouble = "status 500"
        cart = self.cart(W1=6)
        wanted = {"option_id": self.prices(cart)["economy"]["id"], "data": forged}
        self.shop.post(f"/store/carts/{cart}", {"metadata": {"checkout_kit": forged}})
        self.shop.post(f"/store/carts/{cart}/shipping-methods", wanted)
        assert self.read(self.order(cart), None).option_id == "economy"
        self.door.trouble = ""
        time.sleep(1)
        yield "a shopper cannot write a promise, not even while the service is down"
        self.door.trouble = "status 400"
        assert self.offered(self.cart(W1=3))["economy"] == 7
        self.door.trouble = ""
        assert self.offered(self.cart())["economy"] == 3.9
        yield "a cart that the service cannot read: a fallback price for that one alone"
        for trouble in ("slow", "status 500", "wrong secret"):
            cart = self.cart()
            self.choose(cart, "economy")
            self.door.trouble = trouble
            begun = time.monotonic()
            assert self.more(cart)["shipping_total"] == 7
            assert time.monotonic() - begun < SLOW_S
            assert self.offered(cart) == {"economy": 7, "two-day": 12, "trade": 12}
            self.order(cart)
            self.door.trouble = ""
            time.sleep(1)
            assert self.offered(self.cart(W1=4))["economy"] == 6.9
            yield f"service with {trouble}: fallback prices and an order placed; afterwards our prices again"
        assert 401 in self.door.statuses
        cart = self.cart()
        self.choose(cart, "economy")
        service.terminate()
        service.wait(timeout=20)
        self.door.__exit__()
        assert self.more(cart)["shipping_total"] == 7
        assert self.offered(cart) == {"economy": 7, "two-day": 12, "trade": 12}
        self.choose(cart, "two-day")
        self.order(cart)
        cart = self.cart(TOKYO, currency="jpy")
        assert self.choose(cart, "economy")["shipping_total"] == 1000
        self.order(cart)
        yield "dead service: the shop goes on at fallback prices in both currencies, orders placed"


def main() -> None:
    """Use the folder given, or one that is gone afterwards."""
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1]).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        prove(folder)
    else:
        with tempfile.TemporaryDirectory(prefix="medusa-") as made:
            prove(Path(made))


def prove(folder: Path) -> None:
    """Install, start, walk, print."""
    for file in (HERE / "prove").iterdir():
        shutil.copy(file, folder)
    (folder / "process.log").unlink(missing_ok=True)
    (folder / "service.db").unlink(missing_ok=True)
    if not (folder / "node_modules" / "@medusajs" / "medusa").is_dir():
        install = ["npm", "install", "--no-audit", "--no-fund", "--legacy-peer-deps"]
        subprocess.run(install, cwd=folder, check=True, stdout=sys.stderr)
    rates, port = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    env = os.environ | {
        "MEDUSA_DISABLE_TELEMETRY": "true",
        "NODE_ENV": "development",
        "SERVICE_SECRET": SECRET,
        "CHECKOUT_KIT_PLUGIN": str(HERE / "plugin"),
        "NODE_PATH": f"{folder / 'node_modules'}:{HERE.parent}",
        "CHECKOUT_KIT_MEDUSA_SHOP": "main",
        "CHECKOUT_KIT_MEDUSA_SECRET": SECRET,
        "CHECKOUT_KIT_MEDUSA_API_URL": url,
        "CHECKOUT_KIT_MEDUSA_API_KEY": "unused-by-rates",
    }
    # Not by npx, whose child would outlive it.
    medusa = str(folder / "node_modules" / ".bin" / "medusa")
    start = [medusa, "start", "-p", str(port), "-H", "127.0.0.1"]
    steps = 0
    with temporary_postgresql() as server, Door(f"http://127.0.0.1:{rates}") as door:
        env["DATABASE_URL"] = reachable_by_tcp(server.url)
        env["SERVICE_URL"] = f"{door.url}/adapters/medusa/rates"
        for command in (["db:migrate"], ["user", "-e", ADMIN["email"], "-p", ADMIN["password"]]):
            subprocess.run([medusa, *command], cwd=folder, env=env, check=True, stdout=sys.stderr)
        with (
            serving("medusa", port=rates, cwd=folder, env=env) as service,
            running(start, url=f"{url}/health", cwd=folder, env=env),
        ):
            store = set_up(url)
            settings = MedusaSettings(shop="main", secret=SECRET, api_url=url, api_key=store.secret)
            for step in Walk(store, MedusaAdapter(settings), door).steps(service):
                print(f"medusa: {step}", flush=True)
                steps += 1
    package = folder / "node_modules" / "@medusajs" / "medusa" / "package.json"
    print(f"medusa {json.loads(package.read_text())['version']}: {steps} steps proven")


if __name__ == "__main__":
    main()
