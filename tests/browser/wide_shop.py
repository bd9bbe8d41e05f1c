"""A shop whose page shows everything at once: pickup points, saved addresses, several deliveries."""

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from checkout_kit.cart import LineItem
from checkout_kit.checkout import Item, Update
from checkout_kit.server import PageSettings, create_app
from checkout_kit.server.page import Page
from checkout_kit.server.running import run
from checkout_kit.server.wiring import embedded_service
from checkout_kit.service import NewCheckout
from checkout_kit.shipping import ShippingPolicy

POLICY = """
currency = "EUR"
[origins.berlin]
timezone = "Europe/Berlin"
works = "Mon-Sat"
cutoff = "16:00"
[zones.home]
where = [{ country = "DE" }]
delivers = "Mon-Sat"
[services.parcel]
transit = "2-3 business days"
[services.express]
transit = "1 business day"
[[methods]]
id = "parcel"
title = "Parcel"
service = "parcel"
zones = ["home"]
price = "4.90"
free_from = "80.00"
[[methods]]
id = "express"
title = "Express"
service = "express"
zones = ["home"]
price = "12.90"
slots = "evening"
[[methods]]
id = "collect"
title = "Collect"
service = "express"
zones = ["home"]
price = "0.00"
pickup_points = ["shop", "station"]
[pickup_points.shop]
title = "Our shop"
kind = "store"
address = { country = "DE", city = "Berlin", line1 = "Torstraße 12", postal_code = "10119" }
[pickup_points.station]
title = "Locker at the station"
kind = "locker"
address = { country = "DE", city = "Berlin", line1 = "Europaplatz 1", postal_code = "10557" }
[slots.evening]
timezone = "Europe/Berlin"
days_ahead = 5
windows = [
  { days = "Mon-Sun", from = "17:00", to = "19:00", capacity = 40, lead_minutes = 60 },
  { days = "Mon-Sun", from = "19:00", to = "21:00", capacity = 1, lead_minutes = 60 },
]
"""
GOODS = {
    sku: LineItem(id=sku, sku=sku, quantity=1, unit_price=price, title=title, weight_g=400)
    for sku, title, price in (
        ("cup", "Cup", 1200),
        ("bowl", "Bowl, large", 2400),
        ("cloth", "Linen table cloth", 4900),
    )
}


def _routes(page: Page) -> list[Route]:
    async def home(request: Request) -> Response:
        """A new checkout of the three goods, in the language of `?locale=`."""
        items = tuple(Item(sku=sku, quantity=1) for sku in GOODS)
        locale = request.query_params.get("locale", "")
        opened = await page.service.create(
            NewCheckout(currency="EUR", update=Update(items=items), channel="page", locale=locale)
        )
        path = f"/checkout/{opened.view.checkout.id}?secret={opened.secret}"
        return RedirectResponse(path, status_code=303)

    return [Route("/", home, methods=["GET"])]


def create_wide_shop(database: Path) -> Starlette:
    """The application; `/` opens a checkout."""
    service = embedded_service(ShippingPolicy.loads(POLICY), database, catalog=GOODS.get)
    settings = PageSettings(
        shop_name="Werkstatt", countries=("DE", "FR"), zone=ZoneInfo("Europe/Berlin"), is_cart_editable=True
    )
    return create_app(service, page=settings, more_routes=_routes)


def _say(url: str) -> None:
    sys.stdout.write(f"{url}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run(create_wide_shop(Path(sys.argv[1])), host="127.0.0.1", port=0, started=_say)
