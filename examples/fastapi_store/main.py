"""A FastAPI store that hosts the whole checkout and answers its platforms, in one process.

    pip install 'checkout-kit[server]' fastapi uvicorn
    uvicorn main:app

The store is at /, its checkout below /checkout, with the API document at /checkout/openapi.json.
"""

import datetime as dt
from pathlib import Path
from typing import Annotated, Final

from fastapi import FastAPI, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from checkout_kit import Address, Cart, LineItem
from checkout_kit.adapter import AnyAdapter
from checkout_kit.checkout import Item, Update
from checkout_kit.server import PageSettings, create_app
from checkout_kit.server.adapters import AdapterHost, adapter_routes
from checkout_kit.server.wiring import embedded_service
from checkout_kit.service import NewCheckout
from checkout_kit.shipping import QuoteRequest, ShippingPolicy
from checkout_kit.shipping.quote_json import quote_to_dict

HERE = Path(__file__).parent
POLICY = HERE.parent / "policies" / "brooklyn.toml"
MUG: Final = LineItem(id="1", sku="MUG", title="A mug", quantity=1, unit_price=2499, weight_g=450)
GOODS: Final = {"MUG": MUG}
HOME: Final = """<!doctype html><html lang="en"><title>A FastAPI store</title>
<h1>A mug, 24.99 USD</h1><form method="post" action="buy"><button>Buy it</button></form>
<p><a href="delivery?postal_code=11201&amp;region=NY">How it can be delivered</a></p></html>"""


def make_app(database: Path, platforms: tuple[AnyAdapter, ...] = ()) -> FastAPI:
    """The store; each platform's adapter is mounted beside the checkout."""
    policy = ShippingPolicy.load(POLICY)
    service = embedded_service(policy, database, catalog=GOODS.get)
    page = PageSettings(shop_name="A store", shop_url="/")
    checkout = create_app(service, page=page, due_every_s=30)
    # What is mounted is neither started nor stopped by itself: this does what is due (e-mails, expiries)
    # while the store runs, and closes the database afterwards.
    store = FastAPI(title="A store", lifespan=lambda _app: checkout.router.lifespan_context(checkout))
    store.router.routes += adapter_routes(platforms, AdapterHost(quoter=policy.quote), service=service)
    store.mount("/checkout", checkout)

    @store.get("/", response_class=HTMLResponse)
    def home() -> str:
        """The one product."""
        return HOME

    @store.post("/buy")
    async def buy() -> RedirectResponse:
        """A checkout for one mug at the catalog's price, opened by the store for the buyer it sends there."""
        new = NewCheckout(currency="USD", update=Update(items=(Item(sku="MUG", quantity=1),)))
        opened = await service.create(new)
        link = f"/checkout/checkout/{opened.view.checkout.id}?secret={opened.secret}"
        return RedirectResponse(link, status_code=303)

    @store.get("/delivery")
    def delivery(
        postal_code: Annotated[str, Query(max_length=20)], region: Annotated[str, Query(max_length=40)] = ""
    ) -> dict[str, object]:
        """What a shopper of the store can choose, for the one product it has."""
        request = QuoteRequest(
            cart=Cart(currency="USD", lines=(MUG,)),
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
