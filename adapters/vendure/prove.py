"""Walks through a real Vendure from npm: `PYTHONPATH=.. python prove.py [FOLDER]`; prints the steps proven.

FOLDER keeps the installation between runs. Needs Node 20, and checkout-kit[server] with this adapter.
"""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from checkout_kit.adapter import PlatformPromise, ShipmentNotice, run
from checkout_kit.promise import DeliveryPromise
from processes import free_port, running

from checkout_kit_vendure import VendureAdapter

HERE = Path(__file__).parent
SECRET = "vendure-secret-1"
LOGIN = {"username": "superadmin", "password": "superadmin"}
POLICY = """
name = "prove"
currency = "USD"
[origins.brooklyn]
address = { country = "US", region = "NY", postal_code = "11201" }
timezone = "America/New_York"
works = "Mon-Fri"
cutoff = "14:00"
handling = "0-1 working days"
[zones.mainland]
where = [{ country = "US", except_regions = ["AK", "HI"] }]
[services.economy]
transit = "7-10 calendar days"
[services.two-day]
transit = "2 business days"
[[methods]]
id = "economy"
title = "Economy"
service = "economy"
zones = ["mainland"]
price = { by = "weight", tiers = [{ up_to = "1 kg", price = "3.90" }, { up_to = "5 kg", price = "6.90" }] }
[[methods]]
id = "two-day"
title = "Two working days"
service = "two-day"
zones = ["mainland"]
price = "9.90"
"""


class Api:
    """One GraphQL address with its session."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=30)

    def __call__(self, query: str, **variables: Any) -> Any:
        reply = self.client.post("", json={"query": query, "variables": variables})
        token = reply.headers.get("vendure-auth-token")
        if token:
            self.client.headers["authorization"] = f"Bearer {token}"
        document = reply.json()
        assert not document.get("errors"), document["errors"]
        return document["data"]


def make_methods(admin: Api) -> None:
    """One shipping method for each option of the policy, as a merchant would make them."""
    admin(LOG_IN, **LOGIN)
    for option, fallback in (("economy", "700"), ("two-day", "1200")):
        chosen = [{"name": "option", "value": option}]
        admin(
            MAKE_METHOD,
            input={
                "code": option,
                "fulfillmentHandler": "manual-fulfillment",
                "checker": {"code": "checkout-kit", "arguments": chosen},
                "calculator": {
                    "code": "checkout-kit",
                    "arguments": [*chosen, {"name": "fallbackPrice", "value": fallback}],
                },
                "translations": [{"languageCode": "en", "name": option.title(), "description": ""}],
            },
        )


LOG_IN = (
    "mutation($username: String!, $password: String!) "
    "{ login(username: $username, password: $password) { __typename } }"
)
MAKE_METHOD = "mutation($input: CreateShippingMethodInput!) { createShippingMethod(input: $input) { id } }"
PRODUCT = 'query { product(slug: "widget") { variants { id sku priceWithTax } } }'
ADD = (
    "mutation($id: ID!, $n: Int!) { addItemToOrder(productVariantId: $id, quantity: $n) "
    "{ __typename ... on Order { code totalWithTax } } }"
)
DELIVER_TO = "mutation($input: CreateAddressInput!) { setOrderShippingAddress(input: $input) { __typename } }"
CHOOSE = (
    "mutation($id: ID!) { setOrderShippingMethod(shippingMethodId: [$id]) "
    "{ __typename ... on Order { shippingWithTax } } }"
)
CUSTOMER = "mutation($input: CreateCustomerInput!) { setCustomerForOrder(input: $input) { __typename } }"
TO_PAYMENT = (
    'mutation { transitionOrderToState(state: "ArrangingPayment") '
    "{ __typename ... on Order { state } ... on OrderStateTransitionError { transitionError } } }"
)
PAY = (
    "mutation($method: String!) { addPaymentToOrder(input: {method: $method, metadata: {}}) "
    "{ __typename ... on Order { code state } } }"
)
PLACED = "query($code: String!) { orderByCode(code: $code) { fulfillments { state trackingCode } } }"
QUOTES = "query { eligibleShippingMethods { id code price priceWithTax metadata } }"
ADDRESS = {
    "fullName": "Ann Example",
    "streetLine1": "12 Sample Street",
    "city": "Brooklyn",
    "province": "NY",
    "postalCode": "11201",
    "countryCode": "US",
}


def walk(shop: Api, adapter: VendureAdapter, service: Any) -> Iterator[str]:
    """From the product to the shipped order; then on with a service that is dead."""
    variant = shop(PRODUCT)["product"]["variants"][0]
    assert (variant["sku"], variant["priceWithTax"]) == ("W1", 2499)
    yield "product"
    assert shop(ADD, id=variant["id"], n=2)["addItemToOrder"]["__typename"] == "Order"
    yield "cart"
    shop(DELIVER_TO, input={**ADDRESS, "province": "AK"})
    assert shop(QUOTES)["eligibleShippingMethods"] == []
    yield "nothing offered where nothing is delivered"
    shop(DELIVER_TO, input=ADDRESS)
    quotes = {quote["code"]: quote for quote in shop(QUOTES)["eligibleShippingMethods"]}
    assert {code: quote["price"] for code, quote in quotes.items()} == {"economy": 390, "two-day": 990}, (
        quotes
    )
    latest = quotes["economy"]["metadata"]["latest"]
    assert latest > quotes["two-day"]["metadata"]["latest"]
    yield "our options, prices and dates shown by the platform"
    assert shop(CHOOSE, id=quotes["economy"]["id"])["setOrderShippingMethod"]["shippingWithTax"] == 390
    yield "chosen"
    changed = shop(ADD, id=variant["id"], n=1)["addItemToOrder"]
    assert changed["totalWithTax"] == 3 * 2499 + 690, changed
    yield "price follows the cart into the next weight tier"
    shop(CUSTOMER, input={"firstName": "Ann", "lastName": "Example", "emailAddress": "ann@example.com"})
    assert shop(TO_PAYMENT)["transitionOrderToState"].get("state") == "ArrangingPayment"
    methods = shop("query { eligiblePaymentMethods { code } }")["eligiblePaymentMethods"]
    order = shop(PAY, method=methods[0]["code"])["addPaymentToOrder"]
    assert order["state"] == "PaymentSettled", order
    yield "order placed and paid"
    with httpx.Client(timeout=30) as client:
        read = run(adapter.get_order(order["code"]), client)
        assert (read.option_id, str(read.promised_on), read.total) == ("economy", latest, 3 * 2499 + 690), (
            read
        )
        assert any(
            found.id == read.id
            for found in run(adapter.list_orders(dt.datetime.now(dt.UTC) - dt.timedelta(days=1)), client)
        )
        yield "our promise readable on the order"
        later = read.promised_on
        assert later is not None
        promise = DeliveryPromise(earliest=later, latest=later, ships_earliest=later, ships_on=later)
        run(
            adapter.write_promise(
                PlatformPromise(order_id=read.id, option_id="two-day", title="Renewed", promise=promise)
            ),
            client,
        )
        assert run(adapter.get_order(read.id), client).option_id == "two-day"
        yield "promise renewed"
        notice = ShipmentNotice(order_id=read.id, reference="p-1", tracking_number="1Z999", carrier="UPS")
        first, second = (
            run(adapter.write_shipment(notice), client),
            run(adapter.write_shipment(notice), client),
        )
        assert (first.is_repeat, second.is_repeat, first.id) == (False, True, second.id)
    placed = shop(PLACED, code=order["code"])
    assert placed["orderByCode"]["fulfillments"] == [{"state": "Shipped", "trackingCode": "1Z999"}], placed
    yield "tracking written back once"
    service.terminate()
    service.wait(timeout=20)
    shop(ADD, id=variant["id"], n=2)
    shop(DELIVER_TO, input=ADDRESS)
    quotes = {quote["code"]: quote for quote in shop(QUOTES)["eligibleShippingMethods"]}
    assert {code: quote["price"] for code, quote in quotes.items()} == {"economy": 700, "two-day": 1200}, (
        quotes
    )
    assert shop(CHOOSE, id=quotes["economy"]["id"])["setOrderShippingMethod"]["shippingWithTax"] == 700
    assert shop(ADD, id=variant["id"], n=1)["addItemToOrder"]["totalWithTax"] == 3 * 2499 + 700
    yield "dead service: the shop goes on at fallback prices"


def main() -> None:
    """Use the folder given, or one that is gone afterwards."""
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1]).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        prove(folder)
    else:
        with tempfile.TemporaryDirectory(prefix="vendure-") as made:
            prove(Path(made))


def prove(folder: Path) -> None:
    """Install, start, walk, print."""
    for file in (HERE / "prove").iterdir():
        shutil.copy(file, folder)
    if not (folder / "node_modules" / "@vendure" / "core").is_dir():
        subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund"], cwd=folder, check=True, stdout=sys.stderr
        )
    rates, shop_port = free_port(), free_port()
    api = f"http://127.0.0.1:{shop_port}"
    env = os.environ | {
        "VENDURE_DISABLE_TELEMETRY": "true",
        "PORT": str(shop_port),
        "SERVICE_URL": f"http://127.0.0.1:{rates}/adapters/vendure/rates",
        "SERVICE_SECRET": SECRET,
        "CHECKOUT_KIT_PLUGIN": str(HERE / "plugin"),
        "NODE_PATH": f"{folder / 'node_modules'}:{HERE.parent}",
        "CHECKOUT_KIT_VENDURE_SHOP": "main",
        "CHECKOUT_KIT_VENDURE_SECRET": SECRET,
        "CHECKOUT_KIT_VENDURE_API_URL": f"{api}/admin-api",
        "CHECKOUT_KIT_VENDURE_USERNAME": LOGIN["username"],
        "CHECKOUT_KIT_VENDURE_PASSWORD": LOGIN["password"],
    }
    for old in ("shop.sqlite", "service.db", "process.log"):
        (folder / old).unlink(missing_ok=True)
    subprocess.run(
        ["node", "populate.js"], cwd=folder, env=env | {"FIRST_START": "1"}, check=True, stdout=sys.stderr
    )
    (folder / "shipping.toml").write_text(POLICY)
    serve = [sys.executable, "-c", "from checkout_kit.cli import main; main()", "serve"]
    serve += ["--policy", "shipping.toml", "--db", "service.db"]
    serve += ["--port", str(rates), "--adapter", "vendure"]
    adapter = VendureAdapter.from_environment(env)
    steps: list[str] = []
    with (
        running(serve, url=f"http://127.0.0.1:{rates}/openapi.json", cwd=folder, env=env) as service,
        running(["node", "server.js"], url=f"{api}/health", cwd=folder, env=env),
    ):
        make_methods(Api(f"{api}/admin-api"))
        for step in walk(Api(f"{api}/shop-api"), adapter, service):
            print(f"vendure: {step}", flush=True)
            steps.append(step)
    version = json.loads((folder / "node_modules" / "@vendure" / "core" / "package.json").read_text())[
        "version"
    ]
    print(f"vendure {version}: {len(steps)} steps proven")


if __name__ == "__main__":
    main()
