"""Walks through a real Vendure from npm: `PYTHONPATH=.. python prove.py [FOLDER]`; prints the steps proven.

FOLDER keeps the installation between runs. Needs Node 20, and checkout-kit[server] with this adapter's extra
`prove`.
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
from processes import SLOW_S, Door, free_port, running, serving
from prove_shop import BUYER, JAPAN, LOG_IN, LOGIN, Api, check_queries, set_up

from checkout_kit_vendure import VendureAdapter

HERE = Path(__file__).parent
SECRET = "vendure-secret-1"
PRODUCT = 'query { product(slug: "widget") { variants { id sku priceWithTax } } }'
ORDER = "... on Order { code state totalWithTax shippingWithTax shippingLines { shippingMethod { code } } }"
ADD = (
    "mutation($id: ID!, $n: Int!) { addItemToOrder(productVariantId: $id, quantity: $n) "
    f"{{ __typename {ORDER} }} }}"
)
DELIVER_TO = (
    "mutation($input: CreateAddressInput!) "
    f"{{ setOrderShippingAddress(input: $input) {{ __typename {ORDER} }} }}"
)
CHOOSE = f"mutation($id: ID!) {{ setOrderShippingMethod(shippingMethodId: [$id]) {{ __typename {ORDER} }} }}"
CUSTOMER = "mutation($input: CreateCustomerInput!) { setCustomerForOrder(input: $input) { __typename } }"
TO_PAYMENT = (
    'mutation { transitionOrderToState(state: "ArrangingPayment") '
    "{ __typename ... on Order { state } ... on OrderStateTransitionError { transitionError } } }"
)
PAY = (
    "mutation($method: String!) { addPaymentToOrder(input: {method: $method, metadata: {}}) "
    f"{{ __typename {ORDER} }} }}"
)
PLACED = "query($code: String!) { orderByCode(code: $code) { fulfillments { state trackingCode } } }"
QUOTES = "query { eligibleShippingMethods { id code price priceWithTax metadata } }"
FORGE = (
    'mutation { setOrderCustomFields(input: {customFields: {checkoutKitPromisedOn: "2020-01-01"}}) '
    "{ __typename } }"
)
ADDRESS = {
    "fullName": "Ann Example",
    "streetLine1": "12 Sample Street",
    "city": "Brooklyn",
    "province": "NY",
    "postalCode": "11201",
    "countryCode": "US",
}
CALIFORNIA = ADDRESS | {"city": "Fresno", "province": "CA", "postalCode": "93650"}
ALASKA = ADDRESS | {"city": "Anchorage", "province": "AK", "postalCode": "99501"}
TOKYO = ADDRESS | {"city": "Tokyo", "province": "", "postalCode": "100-0001", "countryCode": "JP"}


class Cart:
    """One shopper's walk: a cart of two widgets to an address, unless told otherwise."""

    def __init__(
        self,
        url: str,
        address: dict[str, str] = ADDRESS,
        *,
        units: int = 2,
        channel: str = "",
        signed_in: bool = False,
    ) -> None:
        self.shop = Api(url, channel)
        if signed_in:
            self.shop(LOG_IN, **BUYER)
        self.is_guest = not signed_in
        self.variant = self.shop(PRODUCT)["product"]["variants"][0]
        self.more(units)
        self.move(address)

    def more(self, units: int = 1) -> Any:
        """The order with so many more."""
        return self._order(ADD, id=self.variant["id"], n=units)

    def move(self, address: dict[str, str]) -> Any:
        """The order to another address."""
        return self._order(DELIVER_TO, input=address)

    def quotes(self) -> dict[str, Any]:
        """What the shop shows, by the method's code."""
        return {quote["code"]: quote for quote in self.shop(QUOTES)["eligibleShippingMethods"]}

    def prices(self) -> dict[str, int]:
        """The same, prices alone."""
        return {code: quote["priceWithTax"] for code, quote in self.quotes().items()}

    def choose(self, code: str) -> Any:
        """Put the method on the order."""
        return self._order(CHOOSE, id=self.quotes()[code]["id"])

    def to_payment(self) -> Any:
        """The new state, or why not."""
        if self.is_guest:
            ann = {"firstName": "Ann", "lastName": "Example", "emailAddress": "ann@example.com"}
            self.shop(CUSTOMER, input=ann)
        return self.shop(TO_PAYMENT)["transitionOrderToState"]

    def order(self) -> str:
        """Paid; the order's code."""
        reached = self.to_payment()
        assert reached.get("state") == "ArrangingPayment", reached
        return self.pay()

    def pay(self) -> str:
        """The code of the order, now paid."""
        methods = self.shop("query { eligiblePaymentMethods { code } }")["eligiblePaymentMethods"]
        paid = self._order(PAY, method=methods[0]["code"])
        assert paid["state"] == "PaymentSettled", paid
        return str(paid["code"])

    def _order(self, query: str, **variables: Any) -> Any:
        (found,) = self.shop(query, **variables).values()
        assert found["__typename"] == "Order", found
        return found


def walk(url: str, adapter: VendureAdapter, door: Door, service: Any) -> Iterator[str]:
    """Everything, in the order a shop meets it."""
    yield from whole_path(url, adapter)
    yield from changes_of_mind(url, adapter, door)
    yield from other_shoppers(url, adapter)
    yield from trouble_of(url, door, service)


def read(adapter: VendureAdapter, code: str) -> Any:
    """The order through the adapter."""
    with httpx.Client(timeout=30) as client:
        return run(adapter.get_order(code), client)


def whole_path(url: str, adapter: VendureAdapter) -> Iterator[str]:
    """From the product to the shipped order."""
    cart = Cart(url)
    assert (cart.variant["sku"], cart.variant["priceWithTax"]) == ("W1", 2499)
    yield "product and cart"
    quotes = cart.quotes()
    assert cart.prices() == {"economy": 390, "two-day": 990}, quotes
    latest = quotes["economy"]["metadata"]["latest"]
    assert latest > quotes["two-day"]["metadata"]["latest"]
    yield "our options, prices and dates shown by the platform"
    assert cart.choose("economy")["shippingWithTax"] == 390
    yield "chosen"
    assert cart.more()["totalWithTax"] == 3 * 2499 + 690
    yield "price follows the cart into the next weight tier"
    refused = cart.shop.send(FORGE)
    assert "Only the shop itself" in str(refused.get("errors")), refused
    yield "a shopper cannot write a promise"
    order = cart.order()
    yield "order placed and paid"
    found = read(adapter, order)
    assert (found.option_id, str(found.promised_on), found.total) == ("economy", latest, 3 * 2499 + 690), (
        found
    )
    with httpx.Client(timeout=30) as client:
        since = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
        assert any(one.id == found.id for one in run(adapter.list_orders(since), client))
        yield "our promise readable on the order"
        later = found.promised_on
        promise = DeliveryPromise(earliest=later, latest=later, ships_earliest=later, ships_on=later)
        renewed = PlatformPromise(order_id=found.id, option_id="two-day", title="Renewed", promise=promise)
        run(adapter.write_promise(renewed), client)
        assert read(adapter, found.id).option_id == "two-day"
        yield "promise renewed"
        notice = ShipmentNotice(order_id=found.id, reference="p-1", tracking_number="1Z999", carrier="UPS")
        first, second = (run(adapter.write_shipment(notice), client) for _ in range(2))
        assert (first.is_repeat, second.is_repeat, first.id) == (False, True, second.id)
    placed = cart.shop(PLACED, code=order)
    assert placed["orderByCode"]["fulfillments"] == [{"state": "Shipped", "trackingCode": "1Z999"}], placed
    yield "tracking written back once"


def changes_of_mind(url: str, adapter: VendureAdapter, door: Door) -> Iterator[str]:
    """Another address, another quantity, another policy after the choice."""
    assert Cart(url, ALASKA).quotes() == {}
    yield "nothing offered where nothing is delivered"
    cart = Cart(url)
    cart.choose("economy")
    assert cart.move(CALIFORNIA)["shippingWithTax"] == 890
    latest = cart.quotes()["economy"]["metadata"]["latest"]
    found = read(adapter, cart.order())
    assert (found.option_id, str(found.promised_on), found.total) == ("economy", latest, 2 * 2499 + 890), (
        found
    )
    yield "another address after the choice: its price, and its promise on the order"
    cart = Cart(url)
    cart.choose("economy")
    assert cart.move(ALASKA)["shippingLines"] == []
    assert cart.to_payment()["__typename"] == "OrderStateTransitionError"
    cart.move(ADDRESS)
    cart.choose("two-day")
    cart.order()
    yield "an address that nothing goes to: the order waits for another"
    cart = Cart(url)
    cart.choose("economy")
    moved = cart.more(10)
    assert moved["shippingLines"] == [{"shippingMethod": {"code": "two-day"}}], moved
    assert read(adapter, cart.order()).option_id == "two-day"
    yield "a quantity too heavy for the option: Vendure takes the cheapest other, and its promise is kept"
    door.gone = frozenset()
    cart = Cart(url)
    cart.choose("economy")
    door.gone = frozenset({"economy"})
    assert cart.to_payment()["transitionError"] == "The chosen delivery is not offered any more"
    cart.choose("two-day")
    assert read(adapter, cart.order()).option_id == "two-day"
    door.gone = None
    yield "an option that the policy dropped after the choice: the order waits for another"


def other_shoppers(url: str, adapter: VendureAdapter) -> Iterator[str]:
    """A second channel with gross prices in a currency without decimals, and a customer's group."""
    cart = Cart(url, TOKYO, channel=JAPAN)
    assert cart.prices() == {"japan": 134_000}
    chosen = cart.choose("japan")
    assert (chosen["shippingWithTax"], chosen["totalWithTax"]) == (134_000, 334_000), chosen
    latest = cart.quotes()["japan"]["metadata"]["latest"]
    found = read(adapter, cart.order())
    assert (found.currency, found.total, str(found.promised_on)) == ("JPY", 3340, latest), found
    assert Cart(url, TOKYO, channel=JAPAN, units=18).prices() == {"japan": 0}
    yield "a second channel: gross prices, a threshold that counts them, a currency without decimals"
    cart = Cart(url, signed_in=True)
    assert cart.prices() == {"economy": 390, "two-day": 990, "trade": 100}
    cart.choose("trade")
    assert read(adapter, cart.order()).option_id == "trade"
    yield "a customer's group opens its own option"


def trouble_of(url: str, door: Door, service: Any) -> Iterator[str]:
    """A service that cannot read one cart, is slow, broken, set up with another secret, and at last dead."""
    fallbacks = {"economy": 700, "two-day": 1200, "trade": 1200, "japan": 1200}
    door.trouble = "status 400"
    assert Cart(url, units=4).prices() == fallbacks
    door.trouble = ""
    assert Cart(url).prices()["economy"] == 390
    yield "a cart that the service cannot read: fallback prices for that one alone"
    for trouble in ("slow", "status 500", "wrong secret"):
        cart = Cart(url)
        cart.choose("economy")
        door.trouble = trouble
        begun = time.monotonic()
        assert cart.more()["shippingWithTax"] == 700
        assert time.monotonic() - begun < SLOW_S
        assert cart.prices() == fallbacks
        cart.order()
        door.trouble = ""
        time.sleep(1)
        assert Cart(url, units=5).prices()["economy"] == 0
        yield f"service with {trouble}: fallback prices and an order placed; afterwards our prices again"
    assert 401 in door.statuses
    cart, abroad = Cart(url), Cart(url, TOKYO, channel=JAPAN)
    cart.choose("economy")
    service.terminate()
    service.wait(timeout=20)
    door.__exit__()
    assert cart.more()["shippingWithTax"] == 700
    assert cart.move(CALIFORNIA)["shippingWithTax"] == 700
    assert cart.prices() == fallbacks
    assert cart.choose("two-day")["shippingWithTax"] == 1200
    cart.order()
    abroad.more()
    assert abroad.choose("japan")["shippingWithTax"] == 100_000
    abroad.order()
    yield "dead service: the shop goes on at fallback prices in both channels, orders placed"


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
        install = ["npm", "install", "--no-audit", "--no-fund"]
        subprocess.run(install, cwd=folder, check=True, stdout=sys.stderr)
    rates, shop_port = free_port(), free_port()
    api = f"http://127.0.0.1:{shop_port}"
    env = os.environ | {
        "VENDURE_DISABLE_TELEMETRY": "true",
        "PORT": str(shop_port),
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
    adapter = VendureAdapter.from_environment(env)
    steps: list[str] = []
    with Door(f"http://127.0.0.1:{rates}") as door:
        env["SERVICE_URL"] = f"{door.url}/adapters/vendure/rates"
        first = env | {"FIRST_START": "1"}
        subprocess.run(["node", "populate.js"], cwd=folder, env=first, check=True, stdout=sys.stderr)
        with (
            serving("vendure", port=rates, cwd=folder, env=env) as service,
            running(["node", "server.js"], url=f"{api}/health", cwd=folder, env=env),
        ):
            admin = Api(f"{api}/admin-api")
            set_up(admin)
            steps.append(f"{check_queries(admin)} queries hold against the schema that the server prints")
            print(f"vendure: {steps[0]}", flush=True)
            for step in walk(f"{api}/shop-api", adapter, door, service):
                print(f"vendure: {step}", flush=True)
                steps.append(step)
    package = folder / "node_modules" / "@vendure" / "core" / "package.json"
    print(f"vendure {json.loads(package.read_text())['version']}: {len(steps)} steps proven")


if __name__ == "__main__":
    main()
