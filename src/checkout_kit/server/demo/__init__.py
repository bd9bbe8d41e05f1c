"""The demo shop: a guest and a returning customer, a few goods, and a policy from ten days to today."""

from importlib.resources import files
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from checkout_kit.address import Address
from checkout_kit.address.book import AddressBook
from checkout_kit.cart import Customer, LineItem
from checkout_kit.checkout import Checkout, Contact, DeliveryPatch, Item, Profile, Update
from checkout_kit.errors import NotFound
from checkout_kit.server.app import create_app
from checkout_kit.server.page import Page
from checkout_kit.server.page_values import Link
from checkout_kit.server.policy_facts import PolicyFacts, load_facts
from checkout_kit.server.security import secret_from_cookie, set_secret_cookie
from checkout_kit.server.settings import PageSettings, Strip
from checkout_kit.server.wiring import embedded_service
from checkout_kit.service import Access, NewCheckout, Opened

SHOP_NAME: Final = "Sackett Supply"
CUSTOMER_ID: Final = "ada"
_COOKIE: Final = "demo_checkout"
_CART: Final = (Item(sku="mug", quantity=2), Item(sku="blanket", quantity=1))
GOODS: Final = {
    line.sku: line
    for line in (
        LineItem(
            id="mug", sku="mug", quantity=1, unit_price=1200, title="Enamel mug, forest green", weight_g=310
        ),
        LineItem(
            id="blanket", sku="blanket", quantity=1, unit_price=4680, title="Wool blanket", weight_g=900
        ),
        LineItem(id="lamp", sku="lamp", quantity=1, unit_price=8900, title="Reading lamp", weight_g=2400),
        LineItem(
            id="notebook", sku="notebook", quantity=1, unit_price=650, title="Notebook, dotted", weight_g=220
        ),
    )
}


def demo_facts() -> PolicyFacts:
    """The demo's policy, read from the file that ships with the package."""
    return load_facts(files("checkout_kit.server.demo").joinpath("policy.toml"))


def create_demo_app(database: Path) -> Starlette:
    """The demo over an embedded database; its page on `/`, the API document on `/openapi.json`."""
    facts = demo_facts()
    service = embedded_service(facts.policy, database, catalog=GOODS.get)
    page = PageSettings(
        shop_name=SHOP_NAME,
        countries=facts.countries,
        zone=facts.zone,
        image_of=lambda sku: f"/static/demo-{sku}.svg",
        is_cart_editable=True,
        takes_codes=True,
        strip=_strip,
    )
    return create_app(
        service, page=page, more_routes=_routes, prepare=lambda: service.save_profile(CUSTOMER_ID, _known)
    )


def _known(profile: Profile) -> Profile:
    """The returning customer's contact and addresses, unless the demo has been used before."""
    if profile.book.saved:
        return profile
    book = AddressBook()
    for saved_id, label, line1, city, postal_code in (
        ("ad_home", "Home", "123 Sackett Street", "Brooklyn", "11231"),
        ("ad_work", "Work", "85 Broad Street", "New York", "10004"),
    ):
        address = Address(
            country="US", name="Ada Lovelace", line1=line1, city=city, region="NY", postal_code=postal_code
        )
        book, _ = book.save(address, id=saved_id, label=label)
    book = book.set_default("ad_home", "delivery")
    return Profile(book=book, contact=Contact(email="ada@example.com"))


def _strip(checkout: Checkout | None, root: str) -> Strip:
    is_customer = checkout is not None and bool(checkout.customer.id)
    return Strip(
        note="A demo shop: nothing is charged, nothing is sent.",
        links=(
            Link(url=f"{root}/guest", text="As a guest", is_current=checkout is not None and not is_customer),
            Link(url=f"{root}/returning", text="As a returning customer", is_current=is_customer),
            Link(url=f"{root}/openapi.json", text="API document"),
        ),
    )


def _routes(page: Page) -> list[Route]:
    async def home(request: Request) -> Response:
        """This browser's open checkout, or a new guest's."""
        checkout_id = request.cookies.get(_COOKIE, "")
        secret = secret_from_cookie(request, checkout_id) if checkout_id else ""
        if secret:
            try:
                view = await page.service.get(checkout_id, access=Access(secret=secret))
            except NotFound:
                view = None
            if view is not None and view.checkout.ending is None:
                return page.render(request, view, secret)
        opened = await _open(page, "")
        response = page.render(request, opened.view, opened.secret)
        return _remember(response, request, opened)

    async def guest(request: Request) -> Response:
        """A new guest's checkout."""
        return _remember(_to(request, "/"), request, await _open(page, ""))

    async def returning(request: Request) -> Response:
        """A new checkout of the customer the shop knows."""
        opened = await _open(page, CUSTOMER_ID)
        return _remember(_to(request, f"/checkout/{opened.view.checkout.id}"), request, opened)

    return [
        Route("/", page.in_words(home), methods=["GET"]),
        Route("/guest", page.in_words(guest), methods=["GET"]),
        Route("/returning", page.in_words(returning), methods=["GET"]),
    ]


async def _open(page: Page, customer_id: str) -> Opened:
    country = Address(country=page.settings.countries[0])
    update = (
        Update(items=_CART)
        if customer_id
        else Update(items=_CART, deliveries=(DeliveryPatch(address=country),))
    )
    return await page.service.create(
        NewCheckout(currency="USD", update=update, customer=Customer(id=customer_id), channel="demo")
    )


def _to(request: Request, path: str) -> RedirectResponse:
    return RedirectResponse(request.scope.get("root_path", "") + path, status_code=303)


def _remember(response: Response, request: Request, opened: Opened) -> Response:
    checkout_id = opened.view.checkout.id
    set_secret_cookie(response, request, checkout_id, opened.secret)
    response.set_cookie(_COOKIE, checkout_id, httponly=True, samesite="lax")
    return response
