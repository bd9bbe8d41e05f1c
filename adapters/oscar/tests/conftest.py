"""Each test starts with the settings and the source of the project as written."""

from collections.abc import Iterator

import pytest
from checkout_kit.testing.adapters.calls import CallsSuite

from checkout_kit_oscar.settings import shop_settings
from checkout_kit_oscar.source import shop_source


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that call the shop get a database that other threads see too, the rest of the suite none."""
    for item in items:
        if item.originalname in vars(CallsSuite):
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(autouse=True)
def fresh_source() -> Iterator[None]:
    """Forget what earlier tests were answered."""
    shop_settings.cache_clear()
    shop_source.cache_clear()
    yield
    shop_settings.cache_clear()
    shop_source.cache_clear()
