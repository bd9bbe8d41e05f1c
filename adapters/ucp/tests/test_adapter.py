"""The adapter as a server finds it: declarations, environment, routes."""

from pathlib import Path

import pytest
from checkout_kit.adapter import adapter_type
from checkout_kit.errors import InputError
from checkout_kit.payments import TestPayments
from checkout_kit.service import AsyncCheckoutService
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.storage import open_store
from checkout_kit.testing import AdapterConformance

from checkout_kit_ucp import SigningKey, UcpAdapter, UcpEnvironment
from checkout_kit_ucp.adapter import ucp_settings
from judge_shop import POLICY

PEM = SigningKey.generate().to_pem()


class TestUcp(AdapterConformance):
    """Plays the payloads in replay/."""

    adapter = UcpAdapter(
        UcpEnvironment(
            base_url="https://shop.example",
            page_url="https://shop.example/checkout/{checkout_id}",
            currency="USD",
            signing_key=PEM,
            handler_name="com.example.tokens",
        )
    )
    secret = PEM
    replies = Path(__file__).parents[1] / "replay"


def test_adapter_is_found_and_mounts_its_routes(tmp_path: Path) -> None:
    """From environment variables to routes; the service's events go to platforms from then on."""
    environment = {
        "CHECKOUT_KIT_UCP_BASE_URL": "https://shop.example",
        "CHECKOUT_KIT_UCP_PAGE_URL": "https://shop.example/checkout/{checkout_id}",
        "CHECKOUT_KIT_UCP_CURRENCY": "USD",
        "CHECKOUT_KIT_UCP_SIGNING_KEY": PEM,
        "CHECKOUT_KIT_UCP_HANDLER_NAME": "com.example.tokens",
        "CHECKOUT_KIT_UCP_CATALOG": str(tmp_path / "goods.json"),
    }
    (tmp_path / "goods.json").write_text('[{"sku": "MUG", "unit_price": 1200}]')
    adapter = adapter_type("ucp").from_environment(environment)
    store, payments = open_store(f"sqlite:///{tmp_path / 'shop.db'}"), TestPayments()
    policy = ShippingPolicy.loads(POLICY, "toml", source="test")
    service = AsyncCheckoutService(store=store, payments=payments, policy=policy)
    paths = [getattr(route, "path", "") for route in adapter.mount(service)]
    assert paths == ["/.well-known/ucp", "/.well-known/ucp/{version}", "/ucp/{rest:path}"]
    assert service.deliver is not None
    assert service.parts.settings.emits_events
    assert service.parts.catalog is not None
    assert service.parts.catalog("MUG") is not None
    payments.close()
    store.close()


def test_server_without_goods_does_not_start(tmp_path: Path) -> None:
    """Where neither the service nor the settings know any goods, the fault says what to set."""
    store, payments = open_store("sqlite://"), TestPayments()
    policy = ShippingPolicy.loads(POLICY, "toml", source="test")
    service = AsyncCheckoutService(store=store, payments=payments, policy=policy)
    with pytest.raises(InputError, match="CHECKOUT_KIT_UCP_CATALOG"):
        TestUcp.adapter.mount(service)
    payments.close()
    store.close()


def test_bad_key_is_a_fault_of_the_settings() -> None:
    """A key that is none stops the server before it serves."""
    environment = UcpEnvironment(
        base_url="https://shop.example",
        page_url="https://shop.example/checkout/{checkout_id}",
        currency="USD",
        signing_key="no key",
        handler_name="com.example.tokens",
    )
    with pytest.raises(ValueError, match="P-256"):
        ucp_settings(environment, provider="test")
