"""The README's settings and its example work as they stand."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from checkout_kit.testing import run_readme
from django.test import Client
from oscar.apps.order.models import Order

import store_settings
from checkout_kit_oscar.checks import check_settings
from checkout_kit_oscar.settings import shop_settings
from store import guest_walk, stock_shop


@pytest.mark.django_db
def test_the_settings_are_complete_and_the_example_ships(
    settings: Any, client: Client, tmp_path: Path
) -> None:
    """Settings as shown pass the check and name the apps of a running shop; the parcel is on the order."""
    list(guest_walk(client, stock_shop()))
    order = Order.objects.get()
    shutil.copy(settings.CHECKOUT_KIT["policy"], tmp_path / "shipping.toml")
    made = run_readme(Path(__file__).parents[1] / "README.md", BASE_DIR=tmp_path, order=order)
    assert made["promised"] == order.checkout_kit_promise.latest
    assert [one.tracking_number for one in order.checkout_kit_shipments.all()] == ["1Z999"]
    apps: Any = made["INSTALLED_APPS"]
    assert {app for app in apps if app is not ...} <= set(store_settings.INSTALLED_APPS)
    settings.CHECKOUT_KIT = made["CHECKOUT_KIT"]
    shop_settings.cache_clear()
    assert check_settings() == []
