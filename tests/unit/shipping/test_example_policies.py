"""The example policies load, are clean, and quote."""

import datetime as dt
from pathlib import Path

import pytest

from checkout_kit import Address
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.shipping.lint import lint_policy
from checkout_kit.shipping.loading import read_text
from tests.unit.shipping.shop import line, quote

FOLDER = Path(__file__).parents[3] / "examples/policies"
TUESDAY = dt.datetime.fromisoformat("2026-11-24T10:00:00+00:00")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_examples_load_and_are_clean(path: Path) -> None:
    """An example is what a merchant copies, so nothing about it is doubtful."""
    assert ShippingPolicy.load(path).method_ids
    assert not lint_policy(read_text(path.read_text(encoding="utf-8"), "toml"))


def test_the_european_shop() -> None:
    """One address per zone: which methods, at which price, by when."""
    shop = ShippingPolicy.load(FOLDER / "europe.toml")
    places = {
        "city": Address(country="PT", postal_code="1200-001"),
        "madeira": Address(country="PT", postal_code="9000-001"),
        "berlin": Address(country="DE", postal_code="10115"),
        "reunion": Address(country="FR", postal_code="97400"),
    }
    found = {
        name: [
            (option.id, option.price_minor, str(option.promise.latest))
            for option in quote(shop, line(), to=place, at=TUESDAY, currency="EUR").options
            if option.promise is not None
        ]
        for name, place in places.items()
    }
    assert found == {
        "city": [("post", 290, "2026-12-07"), ("courier", 749, "2026-11-26"), ("bicycle", 400, "2026-11-24")],
        "madeira": [("post", 390, "2026-12-11")],
        "berlin": [("post", 690, "2026-12-04"), ("courier", 2051, "2026-11-30")],
        "reunion": [],
    }
    app = quote(shop, line(), to=places["city"], at=TUESDAY, currency="EUR", channel="app")
    courier = app.option("courier")
    assert courier is not None
    assert (courier.price_minor, courier.regular_price_minor, courier.carbon_g) == (562, 749, 360)
    pounds = quote(shop, line(), to=places["berlin"], at=TUESDAY, currency="GBP").option("post")
    assert pounds is not None
    assert str(pounds.price) == "5.95 GBP"
