"""A base for platforms that cannot call a service by themselves: a small plug-in of ours runs inside them.

The plug-in (in the platform's language) posts the cart in one plain JSON form and gets options in another;
only the scale of amounts and what calls out differ from platform to platform.

Request (absent and null mean unknown; amounts are in the platform's scale):

    {"shop": "main", "currency": "USD", "channel": "", "prices_include_tax": false, "codes": ["SAVE5"],
     "order_discount": "5.00", "customer": {"id": "7", "groups": ["b2b"]},
     "destination": {"country": "US", "region": "NY", "postal_code": "11201", "city": "Brooklyn"},
     "items": [{"id": "1", "sku": "W1", "title": "Widget", "quantity": 2, "unit_price": "24.99",
                "discount": "0", "weight": {"value": "0.45", "unit": "kg"},
                "dimensions": {"length": "30", "width": "20", "height": "5", "unit": "cm"},
                "requires_shipping": true, "is_gift_card": false, "shipping_class": "",
                "attributes": {"material": "glass"}}]}

`attributes` are further facts of the goods that a policy may ask for, text by name.

Answer:

    {"outcome": "options", "currency": "USD", "fresh_s": 300,
     "options": [{"id": "std", "title": "Standard", "description": "", "price": "4.99", "tax": "0.00",
                  "earliest": "2026-11-26", "latest": "2026-11-27", "ships_on": "2026-11-24",
                  "order_by": "2026-11-23T14:00:00-05:00"}]}

`{"outcome": "none", "reason": "..."}` is a definite none; `unavailable` comes with status 503.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import ClassVar, Final, Literal, TypeVar

from attrs import field, frozen

from checkout_kit.adapter.amounts import (
    from_major,
    from_scale,
    to_dimensions,
    to_grams,
    to_major,
    to_scale,
)
from checkout_kit.adapter.contract import Adapter, known_currency
from checkout_kit.adapter.http import HttpRequest, HttpResponse, json_response
from checkout_kit.adapter.settings import Secret, as_secret, optional_secret
from checkout_kit.adapter.signature import Signature, TimestampedHmac
from checkout_kit.adapter.tree import Tree
from checkout_kit.adapter.values import NoOptions, Options, RateOutcome
from checkout_kit.address import Address
from checkout_kit.cart import Cart, Customer, LineItem
from checkout_kit.errors import InputError, NotFound
from checkout_kit.making import maker
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping import QuoteRequest, ShippingOption
from checkout_kit.units import Dimensions

SIGNATURE_HEADER: Final = "x-checkout-kit-signature"
MOST_ITEMS: Final = 1000
_line_item: Final = maker(LineItem)


@frozen(kw_only=True)
class CompanionSettings:
    """The shop's name as its plug-in sends it, and the secret both share; `former_secret` while rotating."""

    shop: str
    secret: Secret = field(converter=as_secret)
    former_secret: Secret | None = field(default=None, converter=optional_secret)


C_co = TypeVar("C_co", bound=CompanionSettings, covariant=True)


class CompanionAdapter(Adapter[C_co]):
    """Answers the plug-in's form; a subclass declares `amounts` and adds what calls out.

    `amounts` is how the platform writes money: "minor" (ISO 4217 minor units), "major" (decimal text), or a
    number of decimals that holds for every currency.
    """

    settings_type: ClassVar[type[CompanionSettings]] = CompanionSettings
    signature: ClassVar[Signature | None] = TimestampedHmac(SIGNATURE_HEADER)
    reads_only_body: ClassVar[bool] = True
    amounts: ClassVar[Literal["minor", "major"] | int] = "minor"

    def rate_secrets(self) -> Sequence[str]:
        """The shared secret and, while rotating, the former one."""
        kept = (self.settings.secret, self.settings.former_secret)
        return tuple(secret.reveal() for secret in kept if secret is not None)

    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        """The plug-in's form as a request; the order counts as placed now."""
        document = request.json()
        if document["shop"].text() != self.settings.shop:
            raise NotFound("this shop is not served here; check the shop's name in the plug-in's settings")
        currency = known_currency(document["currency"])
        to = document["destination"]
        items = document["items"].each()
        if not items or len(items) > MOST_ITEMS:
            raise InputError.of("items", f"must hold 1 to {MOST_ITEMS} items")
        lines = tuple(self._line(item, currency) for item in items)
        codes = tuple(code.text() for code in document["codes"].each())
        cart = Cart(
            currency=currency,
            lines=lines,
            order_discount=self.amount_in(document["order_discount"], currency),
            prices_include_tax=document["prices_include_tax"].flag(False),
            discount_codes=codes,
        )
        customer = document["customer"]
        return QuoteRequest(
            cart=cart,
            destination=Address(
                country=to["country"].text("").upper(),
                region=to["region"].text(""),
                postal_code=to["postal_code"].text(""),
                city=to["city"].text(""),
            ),
            placed_at=now,
            channel=document["channel"].text(""),
            customer=Customer(
                id=customer["id"].text(""), groups=tuple(g.text() for g in customer["groups"].each())
            ),
        )

    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        """The answer form; unavailable has status 503."""
        if isinstance(outcome, Options):
            options = [self._option(option) for option in outcome.quote.options]
            return json_response(
                {
                    "outcome": "options",
                    "currency": outcome.quote.currency,
                    "fresh_s": outcome.fresh_s,
                    "options": options,
                }
            )
        if isinstance(outcome, NoOptions):
            return json_response({"outcome": "none", "reason": outcome.reason})
        return json_response({"outcome": "unavailable", "reason": outcome.reason}, status=503)

    def amount_in(self, tree: Tree, currency: str) -> int:
        """An amount in the platform's scale as minor units; absent is zero."""
        if self.amounts == "major":
            return from_major(tree.decimal(Decimal(0)), currency)
        return tree.whole(0) if self.amounts == "minor" else from_scale(tree.whole(0), currency, self.amounts)

    def amount_out(self, amount_minor: int, currency: str) -> str | int:
        """Minor units as the platform writes them."""
        if self.amounts == "major":
            return to_major(amount_minor, currency)
        return amount_minor if self.amounts == "minor" else to_scale(amount_minor, currency, self.amounts)

    def _line(self, item: Tree, currency: str) -> LineItem:
        weight = item["weight"]
        value = weight["value"]
        unit_weight_g = None if value.is_absent else to_grams(value.decimal(), weight["unit"].text("g"))
        return _line_item(
            id=item["id"].text(),
            sku=item["sku"].text(""),
            title=item["title"].text(""),
            quantity=item["quantity"].whole(),
            unit_price=self.amount_in(item["unit_price"], currency),
            discount=self.amount_in(item["discount"], currency),
            weight_g=unit_weight_g,
            dimensions=_box(item["dimensions"]),
            requires_shipping=item["requires_shipping"].flag(True),
            is_gift_card=item["is_gift_card"].flag(False),
            shipping_class=item["shipping_class"].text(""),
            attributes=item["attributes"].texts(),
        )

    def _option(self, option: ShippingOption) -> dict[str, object]:
        face, promise, currency = option.face, option.promise, option.currency
        form: dict[str, object] = {
            "id": face.method_id,
            "title": face.title,
            "description": face.description,
            "price": self.amount_out(option.price_minor, currency),
            "tax": self.amount_out(option.tax_minor, currency),
        }
        return form if promise is None else form | promise_form(promise)


def _box(box: Tree) -> Dimensions | None:
    if box.is_absent:
        return None
    unit = box["unit"].text("cm")
    length, width, height = (box[side].decimal(Decimal(0)) for side in ("length", "width", "height"))
    return to_dimensions((length, unit), (width, unit), (height, unit), path=box.path)


def promise_form(promise: DeliveryPromise) -> dict[str, object]:
    """A promise as plain JSON: days as ISO dates, the cut-off as an instant or null."""
    days = _days(promise.earliest, promise.latest, promise.ships_on)
    return {**days, "order_by": promise.order_by.isoformat() if promise.order_by else None}


# The same few promises go into thousands of answers.
@lru_cache(maxsize=4096)
def _days(earliest: dt.date, latest: dt.date, ships_on: dt.date) -> Mapping[str, str]:
    return {
        "earliest": earliest.isoformat(),
        "latest": latest.isoformat(),
        "ships_on": ships_on.isoformat(),
    }
