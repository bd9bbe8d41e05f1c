"""Whether a policy imported from a WooCommerce export prices as the shop does, zone by zone."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from attrs import frozen

from checkout_kit.address import Address
from checkout_kit.cart import Cart, LineItem
from checkout_kit.money import exponent, minor_units
from checkout_kit.shipping.importers.continents import CONTINENTS
from checkout_kit.shipping.importers.parity import Case, compare
from checkout_kit.shipping.importers.values import ParityReport
from checkout_kit.shipping.importers.woo_rule import Basket, Item, cost_of, pick_zone
from checkout_kit.shipping.importers.woo_values import WooExport, WooZone, read_export
from checkout_kit.shipping.policy import ShippingPolicy
from checkout_kit.shipping.values import QuoteRequest

_NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
_PLACES_PER_ZONE = 12
_ELSEWHERE = "NZ"


@frozen
class _Place:
    country: str
    state: str = ""
    postcode: str = ""


def woocommerce_parity(raw: object, policy: ShippingPolicy) -> ParityReport:
    """Every zone with carts around every limit, in every class, with and without coupons, by both rules.

    Raises:
        InputError: the export cannot be read.
    """
    export = read_export(raw)
    imported = set(policy.method_ids)
    places = [method.path for zone in export.zones for method in zone.methods if method.id in imported]
    return compare(policy, _cases(export, imported), places)


def _cases(export: WooExport, imported: set[str]) -> Iterator[Case]:
    carts = list(_carts(export))
    methods = {method.id: method for zone in export.zones for method in zone.methods if method.id in imported}
    for place in dict.fromkeys(place for zone in export.zones for place in _places(export, zone)):
        chosen = pick_zone(export, place.country, place.state, place.postcode)
        offered = {method.id for method in chosen.methods} if chosen is not None else set()
        where = " ".join(part for part in (place.country, place.state, place.postcode) if part)
        for name, cart in carts:
            basket = _basket(cart)
            yield Case(
                name=f"{where}: {name}",
                request=QuoteRequest(
                    cart=cart,
                    destination=Address(
                        country=place.country, region=place.state, postal_code=place.postcode
                    ),
                    placed_at=_NOON,
                ),
                expected={
                    key: cost_of(export, method, basket) if key in offered else None
                    for key, method in methods.items()
                },
                decided_by={key: method.path for key, method in methods.items() if key in offered},
            )


def _places(export: WooExport, zone: WooZone) -> list[_Place]:
    codes = [_inside(code) for code in zone.postcodes[:_PLACES_PER_ZONE]] or [""]
    countries = [*zone.countries[:_PLACES_PER_ZONE]]
    countries += [country for c in zone.continents for country in CONTINENTS.get(c, ())[:2]]
    states = zone.states[:_PLACES_PER_ZONE]
    if not countries and not states:
        countries = [export.base_country or _ELSEWHERE]
    found = [_Place(country, "", code) for country in countries for code in codes]
    found += [_Place(country, state, code) for country, state in states for code in codes]
    if zone.postcodes:
        found += [_Place(place.country, place.state) for place in found]
    return [*found, _Place(_ELSEWHERE)]


def _inside(rule: str) -> str:
    """A code the rule means; for an open rule, its beginning."""
    return rule.partition("...")[0].rstrip("*")


def _carts(export: WooExport) -> Iterator[tuple[str, Cart]]:
    def cart(*lines: tuple[str, int, int], discount: int = 0, codes: tuple[str, ...] = ()) -> Cart:
        items = tuple(
            LineItem(
                id=str(i), sku=str(i), quantity=quantity, unit_price=price, shipping_class=name, weight_g=100
            )
            for i, (name, quantity, price) in enumerate(lines)
        )
        return Cart(currency=export.currency, lines=items, order_discount=discount, discount_codes=codes)

    yield "one item", cart(("", 1, 2000))
    yield "three items and five", cart(("", 3, 1999), ("", 5, 333))
    for slug in export.classes.values():
        yield f"one {slug}", cart((slug, 1, 2000))
        yield f"two {slug} and one other", cart((slug, 2, 1550), ("", 1, 999))
    if len(export.classes) > 1:
        yield "one of each class", cart(*((slug, 1, 1234) for slug in export.classes.values()))
    for code in export.free_codes[:1]:
        yield f"one item with {code}", cart(("", 1, 2000), codes=(code,))
    for limit in sorted(_limits(export)):
        for step in (-1, 0, 1):
            total = limit + step
            if total <= 0:
                continue
            yield f"goods {total}", cart(("", 1, total))
            yield f"goods {total + 500} less 500", cart(("", 1, total + 500), discount=500)
            for code in export.free_codes[:1]:
                yield f"goods {total} with {code}", cart(("", 1, total), codes=(code,))


def _limits(export: WooExport) -> set[int]:
    texts = {
        method.settings.get("min_amount", "").strip() for zone in export.zones for method in zone.methods
    }
    return {minor_units(text, export.currency) for text in texts if text}


def _basket(cart: Cart) -> Basket:
    def major(minor: int) -> Decimal:
        return Decimal(minor).scaleb(-exponent(cart.currency))

    before = cart.goods_total
    items = tuple(
        Item(
            shipping_class=line.shipping_class,
            quantity=line.quantity,
            total=major(line.total - cart.order_discount * line.total // before if before else 0),
        )
        for line in cart.lines
    )
    return Basket(
        items=items,
        before=major(before),
        after=major(before - cart.order_discount),
        codes=cart.discount_codes,
    )
