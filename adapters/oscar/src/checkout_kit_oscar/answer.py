"""The plain answer form as offers."""

import datetime as dt
from decimal import Decimal

from attrs import frozen
from checkout_kit.adapter import HttpResponse, Tree
from checkout_kit.errors import InputError, Refused, Unavailable
from checkout_kit.promise import DeliveryPromise


@frozen(kw_only=True)
class Offer:
    """One option: `price` is what the buyer pays in major units, `tax` the part of it that is tax."""

    code: str
    title: str
    description: str
    price: Decimal
    tax: Decimal
    promise: DeliveryPromise | None


@frozen(kw_only=True)
class Offers:
    """What is offered now, and for how many seconds the same question has the same answer."""

    offers: tuple[Offer, ...]
    fresh_s: int


def read_answer(response: HttpResponse, currency: str) -> Offers:
    """Options or a definite none.

    Raises:
        Refused: this basket cannot be read, which says nothing about others.
        Unavailable: anything else.
    """
    if response.status in {400, 413}:
        raise Refused(f"no rates: the service cannot read this basket ({response.status})")
    if response.status != 200:
        raise Unavailable(f"no rates: the service answered {response.status}")
    try:
        form = response.json()
        outcome = form["outcome"].text()
        if outcome == "none":
            return Offers(offers=(), fresh_s=30)
        if outcome != "options" or form["currency"].text() != currency:
            raise Unavailable("no rates: the answer is not for this basket")
        offers = tuple(_offer(option) for option in form["options"].each())
        return Offers(offers=offers, fresh_s=max(0, form["fresh_s"].whole(0)))
    except (InputError, ValueError) as error:
        raise Unavailable(f"no rates: the answer cannot be read: {error}") from None


def _offer(option: Tree) -> Offer:
    promised = not option["latest"].is_absent
    return Offer(
        code=option["id"].text(),
        title=option["title"].text(),
        description=option["description"].text(""),
        price=option["price"].decimal(),
        tax=option["tax"].decimal(Decimal(0)),
        promise=read_promise(option) if promised else None,
    )


def read_promise(form: Tree) -> DeliveryPromise:
    """A promise from its plain form; raises ValueError for what is no date."""
    ships_on = dt.date.fromisoformat(form["ships_on"].text())
    order_by = form["order_by"].text("")
    return DeliveryPromise(
        earliest=dt.date.fromisoformat(form["earliest"].text()),
        latest=dt.date.fromisoformat(form["latest"].text()),
        ships_earliest=ships_on,
        ships_on=ships_on,
        order_by=dt.datetime.fromisoformat(order_by) if order_by else None,
    )
