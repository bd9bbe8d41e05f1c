"""Walks through a real django-oscar in this environment: `PYTHONPATH=.. python prove.py`; prints each step.

Needs this adapter with its extra `test` installed, and checkout-kit[server]; the shop is that of the tests.
"""

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from processes import POLICY, SLOW_S, Door, free_port, serving

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "tests"))
os.environ["DJANGO_SETTINGS_MODULE"] = "store_settings"
SECRET = "oscar-secret-1"
CALIFORNIA = {"state": "CA", "postcode": "93650", "line4": "Fresno"}
ALASKA = {"state": "AK", "postcode": "99501", "line4": "Anchorage"}
TOKYO = {"country": "JP", "state": "", "postcode": "100-0001", "line4": "Tokyo"}


def start_shop() -> None:
    """Django with a database in memory, migrated."""
    import logging

    import django

    # The shop has no pictures, which its thumbnailer reports at length.
    logging.disable(logging.CRITICAL)
    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)


def use(**more: object) -> None:
    """The shop's settings from here on."""
    from django.conf import settings

    from checkout_kit_oscar.settings import shop_settings
    from checkout_kit_oscar.source import shop_source

    settings.CHECKOUT_KIT = {
        "shop": "main",
        "fallback_price": "9.90 USD, 1500 JPY",
        "country": "US",
        "timeout_s": 4.0,
        **more,
    }
    shop_settings.cache_clear()
    shop_source.cache_clear()


class Guest:
    """A shopper with two widgets and an address, unless told otherwise."""

    def __init__(self, product: Any, *, units: int = 2, user: Any = None, **address: str) -> None:
        from django.test import Client

        self.client, self.product, self.user = Client(), product, user
        if user is not None:
            self.client.force_login(user)
        self.add(units)
        if user is None:
            signed = {"username": "ann@example.com", "options": "anonymous"}
            assert self._post("checkout:index", signed).status_code == 302
        self.move(**address)

    def add(self, units: int, product: Any = None) -> None:
        """So many more in the basket."""
        from django.urls import reverse

        added = self.client.post(
            reverse("basket:add", kwargs={"pk": (product or self.product).pk}), {"quantity": units}
        )
        assert added.status_code == 302, added.content[:500]
        assert self._get("basket:summary").status_code == 200

    def move(self, **address: str) -> None:
        """Another address."""
        from store import ADDRESS

        assert self._post("checkout:shipping-address", ADDRESS | address).status_code == 302

    def prices(self) -> dict[str, str]:
        """Code and price of each method on the delivery page, which a single one skips; none sends back."""
        page = self._get("checkout:shipping-method")
        if page.status_code == 200:
            methods = page.context["methods"]
        else:
            page = self._get("checkout:preview")
            methods = [page.context["shipping_method"]] if page.status_code == 200 else []
        return {method.code: str(method.calculate(page.context["basket"]).incl_tax) for method in methods}

    def choose(self, code: str) -> None:
        """Pick one."""
        assert self._post("checkout:shipping-method", {"method_code": code}).status_code == 302

    def preview(self) -> Any:
        """The last page before the order: its status, and where else it sends the shopper."""
        page = self._get("checkout:preview")
        return page.status_code, page.headers.get("location", "")

    def order(self) -> Any:
        """The order placed."""
        from oscar.apps.order.models import Order

        assert self.preview() == (200, "")
        placed = self._post("checkout:preview", {"action": "place_order"})
        assert placed.status_code == 302, placed.content[:500]
        assert self._get("checkout:thank-you").status_code == 200
        return Order.objects.latest("pk")

    def _get(self, name: str) -> Any:
        from django.urls import reverse

        return self.client.get(reverse(name))

    def _post(self, name: str, form: dict[str, str]) -> Any:
        from django.urls import reverse

        return self.client.post(reverse(name), form)


def whole_path(product: Any) -> Iterator[str]:
    """From the product to the shipped order, with the policy in the shop's own process."""
    from checkout_kit.adapter import ShipmentNotice, run
    from django.test import Client
    from oscar.apps.order.models import Order

    from checkout_kit_oscar import OscarAdapter
    from checkout_kit_oscar.settings import shop_settings
    from store import guest_walk

    for seen in guest_walk(Client(), product):
        name, _, text = seen.partition(":")
        assert not text or "Economy" in text, text[:2000]
        yield f"{name}, with our options and dates" if text else name
    order, adapter = Order.objects.get(), OscarAdapter(shop_settings())
    read = run(adapter.get_order(order.number), None)
    assert read.option_id == "economy"
    assert read.promised_on == order.checkout_kit_promise.latest
    yield f"our promise readable on the order, also in its name: {order.shipping_method!r}"
    notice = ShipmentNotice(order_id=order.number, reference="p-1", tracking_number="1Z999", carrier="UPS")
    first, second = run(adapter.write_shipment(notice), None), run(adapter.write_shipment(notice), None)
    assert (first.is_repeat, second.is_repeat) == (False, True)
    assert [event.notes for event in order.shipping_events.all()] == ["UPS 1Z999"]
    yield "tracking written back once"


def changes_of_mind(product: Any, door: Door) -> Iterator[str]:
    """Asking a service over HTTP: another address, another quantity, another policy after the choice."""
    guest = Guest(product)
    assert guest.prices() == {"economy": "3.90", "two-day": "9.90"}
    yield "a service over HTTP: its options and prices on the delivery page"
    guest.choose("economy")
    guest.move(**CALIFORNIA)
    guest.choose("economy")
    order = guest.order()
    promised = order.checkout_kit_promise
    assert (str(order.shipping_incl_tax), order.shipping_code) == ("8.90", "economy")
    assert (promised.latest - promised.ships_on).days >= 20
    yield "another address after the choice: its price, and its promise on the order"
    guest = Guest(product)
    guest.choose("economy")
    guest.move(**ALASKA)
    assert guest.prices() == {}
    assert guest.preview()[0] == 302
    yield "an address that nothing goes to: back to the address"
    guest = Guest(product)
    guest.choose("economy")
    guest.add(10)
    assert re.search("shipping-method", guest.preview()[1])
    assert guest.prices() == {"two-day": "9.90"}
    guest.choose("two-day")
    assert guest.order().shipping_code == "two-day"
    yield "a quantity too heavy for the option: back to the choice"
    door.gone = frozenset()
    guest = Guest(product)
    guest.choose("economy")
    door.gone = frozenset({"economy"})
    assert re.search("shipping-method", guest.preview()[1])
    guest.choose("two-day")
    assert guest.order().shipping_code == "two-day"
    door.gone = None
    yield "an option that the policy dropped after the choice: back to the choice"


def other_shoppers(product: Any) -> Iterator[str]:
    """A currency without decimals, a customer's group, a line that has lost its price."""
    from checkout_kit.adapter import run
    from django.contrib.auth.models import Group
    from oscar.core.compat import get_user_model

    from checkout_kit_oscar import OscarAdapter
    from checkout_kit_oscar.settings import shop_settings
    from store import stock_shop

    yen = stock_shop(title="Yen", sku="Y1", price="1000", currency="JPY")
    guest = Guest(yen, **TOKYO)
    assert guest.prices() == {"economy": "1340.00"}
    guest.choose("economy")
    order = guest.order()
    assert run(OscarAdapter(shop_settings()).get_order(order.number), None).total == 3340
    yield "a currency without decimals"
    buyer = get_user_model().objects.create_user("buyer", "buyer@example.com", "pw")
    buyer.groups.add(Group.objects.create(name="trade"))
    guest = Guest(product, user=buyer)
    assert guest.prices() == {"economy": "3.90", "two-day": "9.90", "trade": "1.00"}
    guest.choose("trade")
    assert guest.order().shipping_code == "trade"
    yield "a customer's group opens its own option"
    guest, lost = Guest(product), stock_shop(title="Lost", sku="L1")
    guest.add(1, lost)
    lost.stockrecords.update(price=None, num_in_stock=0)
    page = guest._get("basket:summary")
    assert (page.status_code, "Economy" in page.content.decode()) == (200, True)
    yield "a sold-out product that lost its price too, in the basket: its page opens"


def trouble_of(product: Any, door: Door, service: Any) -> Iterator[str]:
    """A service that cannot read one basket, is slow, broken, with another secret, and at last dead."""
    door.trouble = "status 400"
    assert Guest(product, units=4).prices() == {"standard": "9.90"}
    door.trouble = ""
    assert Guest(product)._get("basket:summary").status_code == 200
    assert Guest(product).prices()["economy"] == "3.90"
    yield "a basket that the service cannot read: the fallback for that one alone"
    for trouble in ("slow", "status 500", "wrong secret"):
        # A new source, as after the ten seconds for which a failed service is left alone.
        use(service_url=f"{door.url}/adapters/oscar/rates", secret=SECRET)
        guest = Guest(product)
        guest.choose("economy")
        door.trouble = trouble
        begun = time.monotonic()
        guest.add(1)
        assert re.search("shipping-method", guest.preview()[1])
        assert time.monotonic() - begun < SLOW_S
        assert guest.prices() == {"standard": "9.90"}
        guest.choose("standard")
        assert str(guest.order().shipping_incl_tax) == "9.90"
        door.trouble = ""
        use(service_url=f"{door.url}/adapters/oscar/rates", secret=SECRET)
        assert Guest(product).prices()["economy"] == "3.90"
        yield f"service with {trouble}: the fallback and an order placed; afterwards our prices again"
    assert 401 in door.statuses
    service.terminate()
    service.wait(timeout=20)
    door.__exit__()
    use(service_url=f"{door.url}/adapters/oscar/rates", secret=SECRET)
    guest = Guest(product)
    assert guest.prices() == {"standard": "9.90"}
    guest.choose("standard")
    order = guest.order()
    assert (order.shipping_code, str(order.shipping_incl_tax)) == ("standard", "9.90")
    yield "dead service: the shop goes on at the fallback price, order placed"


def walk(door: Door, service: Any) -> Iterator[str]:
    """Everything, in the order a shop meets it."""
    from store import stock_shop

    use(policy=str(POLICY))
    product = stock_shop()
    yield from whole_path(product)
    use(service_url=f"{door.url}/adapters/oscar/rates", secret=SECRET)
    yield from changes_of_mind(product, door)
    yield from other_shoppers(product)
    yield from trouble_of(product, door, service)


def main() -> None:
    """Migrate, start the service, walk, print."""
    start_shop()
    import oscar

    port, steps = free_port(), 0
    env = os.environ | {"CHECKOUT_KIT_OSCAR_SHOP": "main", "CHECKOUT_KIT_OSCAR_SECRET": SECRET}
    with (
        tempfile.TemporaryDirectory(prefix="oscar-service-") as made,
        serving("oscar", port=port, cwd=Path(made), env=env) as service,
        Door(f"http://127.0.0.1:{port}") as door,
    ):
        for step in walk(door, service):
            print(f"oscar: {step}", flush=True)
            steps += 1
    print(f"oscar {oscar.VERSION[0]}.{oscar.VERSION[1]}.{oscar.VERSION[2]}: {steps} steps proven")


if __name__ == "__main__":
    main()
