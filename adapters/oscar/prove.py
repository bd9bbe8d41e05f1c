"""Walks through a real django-oscar in this environment: `python prove.py`; prints the steps proven.

Needs this adapter with its extra `test` installed; the walk itself is tests/store.py, shared with the tests.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "tests"))
os.environ["DJANGO_SETTINGS_MODULE"] = "store_settings"


def main() -> None:
    """Migrate a database in memory, walk, ship, walk again with a dead service, print."""
    import logging

    import django
    from django.conf import settings

    # The shop has no pictures, which its thumbnailer reports at length.
    logging.disable(logging.CRITICAL)
    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)

    import oscar
    from checkout_kit.adapter import ShipmentNotice, run
    from oscar.apps.order.models import Order

    from checkout_kit_oscar import OscarAdapter
    from checkout_kit_oscar.settings import shop_settings
    from checkout_kit_oscar.source import shop_source
    from store import guest_walk, stock_shop

    steps = 0

    def proven(step: str) -> None:
        nonlocal steps
        steps += 1
        print(f"oscar: {step}", flush=True)

    product = stock_shop()
    for seen in guest_walk(Client(), product):
        name, _, text = seen.partition(":")
        assert not text or "Economy" in text, text[:2000]
        proven(f"{name}, with our options and dates" if text else name)
    order, adapter = Order.objects.get(), OscarAdapter(shop_settings())
    read = run(adapter.get_order(order.number), None)
    assert read.option_id == "economy"
    assert read.promised_on == order.checkout_kit_promise.latest
    proven(f"our promise readable on the order, also in its name: {order.shipping_method!r}")
    notice = ShipmentNotice(order_id=order.number, reference="p-1", tracking_number="1Z999", carrier="UPS")
    first, second = run(adapter.write_shipment(notice), None), run(adapter.write_shipment(notice), None)
    assert (first.is_repeat, second.is_repeat) == (False, True)
    assert [event.notes for event in order.shipping_events.all()] == ["UPS 1Z999"]
    proven("tracking written back once")
    settings.CHECKOUT_KIT = {
        "service_url": "http://127.0.0.1:9/rates",
        "secret": "s3cret",
        "fallback_price": "9.90 USD",
        "country": "US",
    }
    shop_settings.cache_clear()
    shop_source.cache_clear()
    list(guest_walk(Client(), product, choice="standard"))
    fallback = Order.objects.exclude(pk=order.pk).get()
    assert (fallback.shipping_code, str(fallback.shipping_incl_tax)) == ("standard", "9.90")
    proven("dead service: the shop goes on at the fallback price, order placed")
    print(f"oscar {oscar.VERSION[0]}.{oscar.VERSION[1]}.{oscar.VERSION[2]}: {steps} steps proven")


if __name__ == "__main__":
    main()
