"""The store that the walk goes through: set up over the Admin API, as a merchant would."""

import contextlib
import socket
import threading
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from attrs import frozen

ADMIN = {"email": "admin@example.com", "password": "only-for-tests"}
BUYER = {"email": "buyer@example.com", "password": "only-for-tests"}


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


@frozen
class Store:
    """Its address and keys, the regions by currency, and the token of a customer in the group `trade`."""

    url: str
    public: str
    secret: str
    regions: dict[str, str]
    buyer: str


def set_up(url: str) -> Store:
    """Two regions, two shipping profiles with the policy's options, two products, a code, a group."""
    admin = Api(url, authorization=f"Bearer {Api(url).post('/auth/user/emailpass', ADMIN)['token']}")
    store = admin.get("/admin/stores")["stores"][0]
    currencies = [{"currency_code": "usd", "is_default": True}, {"currency_code": "jpy"}]
    admin.post(f"/admin/stores/{store['id']}", {"supported_currencies": currencies})
    channel = admin.get("/admin/sales-channels")["sales_channels"][0]["id"]
    regions = {currency: region(admin, currency, country) for currency, country in REGIONS.items()}
    zone = service_zone(admin, channel)
    for name in ("default", "bulky"):
        profile = admin.post("/admin/shipping-profiles", {"name": name, "type": name})["shipping_profile"][
            "id"
        ]
        bulky = name == "bulky"
        for option in ("economy",) if bulky else ("economy", "two-day", "trade"):
            shown = f"{option} {name}" if bulky else option
            admin.post("/admin/shipping-options", shipping_option(option, shown, zone, profile))
        admin.post(
            "/admin/products", product("B1" if bulky else "W1", 3000 if bulky else 450, profile, channel)
        )
    admin.post("/admin/promotions", TEN_PERCENT_OFF)
    public = admin.post("/admin/api-keys", {"title": "store", "type": "publishable"})["api_key"]
    admin.post(f"/admin/api-keys/{public['id']}/sales-channels", {"add": [channel]})
    secret = admin.post("/admin/api-keys", {"title": "checkout-kit", "type": "secret"})["api_key"]
    buyer = trade_customer(url, admin, public["token"])
    return Store(url, public["token"], secret["token"], regions, buyer)


REGIONS = {"usd": "us", "jpy": "jp"}
TEN_PERCENT_OFF = {
    "code": "TEN",
    "type": "standard",
    "status": "active",
    "application_method": {
        "type": "percentage",
        "target_type": "items",
        "allocation": "across",
        "value": 10,
        "currency_code": "usd",
    },
}


def region(admin: Api, currency: str, country: str) -> str:
    """A region of one country, without taxes."""
    wanted = {"currency_code": currency, "countries": [country], "payment_providers": ["pp_system_default"]}
    made = admin.post("/admin/regions", {"name": country, **wanted})["region"]["id"]
    admin.post("/admin/tax-regions", {"country_code": country, "provider_id": "tp_system"})
    return str(made)


def service_zone(admin: Api, channel: str) -> str:
    """A stock location that ships to both countries with our provider."""
    place = {"address_1": "1 Dock Street", "city": "Brooklyn", "country_code": "us"}
    made = admin.post("/admin/stock-locations", {"name": "Brooklyn", "address": place})
    at = f"/admin/stock-locations/{made['stock_location']['id']}"
    admin.post(f"{at}/fulfillment-providers", {"add": ["checkout-kit_checkout-kit"]})
    admin.post(f"{at}/sales-channels", {"add": [channel]})
    admin.post(f"{at}/fulfillment-sets", {"name": "Delivery", "type": "shipping"})
    found = admin.get(at, fields="*fulfillment_sets")["stock_location"]["fulfillment_sets"][0]["id"]
    countries = [{"type": "country", "country_code": country} for country in REGIONS.values()]
    zones = admin.post(
        f"/admin/fulfillment-sets/{found}/service-zones", {"name": "All", "geo_zones": countries}
    )
    return str(zones["fulfillment_set"]["service_zones"][0]["id"])


def shipping_option(option: str, shown: str, zone: str, profile: str) -> dict[str, Any]:
    """One shipping option of ours."""
    return {
        "name": shown,
        "service_zone_id": zone,
        "shipping_profile_id": profile,
        "provider_id": "checkout-kit_checkout-kit",
        "price_type": "calculated",
        "type": {"label": shown, "description": shown, "code": shown.replace(" ", "-")},
        "data": {"id": option},
        "rules": [],
        "prices": [],
    }


def product(sku: str, weight_g: int, profile: str, channel: str) -> dict[str, Any]:
    """One product with one variant."""
    variant = {
        "title": "One",
        "sku": sku,
        "weight": weight_g,
        "manage_inventory": False,
        "options": {"Size": "One"},
        "prices": [
            {"currency_code": "usd", "amount": 24.99},
            {"currency_code": "jpy", "amount": 1000},
        ],
    }
    return {
        "title": sku,
        "status": "published",
        "shipping_profile_id": profile,
        "sales_channels": [{"id": channel}],
        "options": [{"title": "Size", "values": ["One"]}],
        "variants": [variant],
    }


def trade_customer(url: str, admin: Api, public: str) -> str:
    """A registered customer in the group `trade`; its token."""
    begun = Api(url).post("/auth/customer/emailpass/register", BUYER)["token"]
    shop = Api(url, **{"x-publishable-api-key": public, "authorization": f"Bearer {begun}"})
    customer = shop.post("/store/customers", {"email": BUYER["email"]})["customer"]["id"]
    group = admin.post("/admin/customer-groups", {"name": "trade"})["customer_group"]["id"]
    admin.post(f"/admin/customer-groups/{group}/customers", {"add": [customer]})
    return str(Api(url).post("/auth/customer/emailpass", BUYER)["token"])


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
