"""A FastAPI store that hosts the whole checkout and answers its platforms, in one process.

    pip install 'checkout-kit[server]' fastapi
    uvicorn main:app

The checkout page is under /checkout, its API document at /checkout/openapi.json.
"""

import datetime as dt
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query

from checkout_kit import Address, Cart, LineItem
from checkout_kit.adapter import AnyAdapter
from checkout_kit.server import create_app
from checkout_kit.server.adapters import AdapterHost, adapter_routes
from checkout_kit.server.wiring import embedded_service
from checkout_kit.shipping import QuoteRequest, ShippingPolicy
from checkout_kit.shipping.quote_json import quote_to_dict

HERE = Path(__file__).parent
POLICY = HERE.parent / "policies" / "brooklyn.toml"


def make_app(database: Path, platforms: tuple[AnyAdapter, ...] = ()) -> FastAPI:
    """The store; each platform's adapter is mounted beside the checkout."""
    policy = ShippingPolicy.load(POLICY)
    store = FastAPI(title="A store")
    store.router.routes += adapter_routes(platforms, AdapterHost(quoter=policy.quote))
    store.mount("/checkout", create_app(embedded_service(policy, database)))

    @store.get("/delivery")
    def delivery(
        postal_code: Annotated[str, Query(max_length=20)], region: Annotated[str, Query(max_length=40)] = ""
    ) -> dict[str, object]:
        """What a shopper of the store can choose, for the one product it has."""
        line = LineItem(id="1", sku="W1", quantity=1, unit_price=2499, weight_g=450)
        request = QuoteRequest(
            cart=Cart(currency="USD", lines=(line,)),
            destination=Address(country="US", region=region, postal_code=postal_code),
            placed_at=dt.datetime.now(dt.UTC),
        )
        return quote_to_dict(policy.quote(request))

    return store


def __getattr__(name: str) -> FastAPI:
    """`main:app` is made when a server asks for it, not on import."""
    if name == "app":
        return make_app(Path("checkout.db"))
    raise AttributeError(name)
