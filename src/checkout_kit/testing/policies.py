"""A policy of fixed options for testing what is done with its quotes: a price, a day, a region it skips."""

import datetime as dt
from typing import NoReturn

from attrs import field, frozen

from checkout_kit.errors import Unsupported
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping import (
    FreeShipping,
    Notice,
    PriceComponent,
    Quote,
    QuoteRequest,
    ShippingOption,
    Withheld,
)


@frozen(kw_only=True)
class FixedMethod:
    """One method: `price_minor`, free from `free_from_minor` of goods, `days` to arrive, not in `skips`."""

    method_id: str
    price_minor: int
    days: int
    title: str = ""
    description: str = ""
    service: str = ""
    free_from_minor: int | None = None
    skips: tuple[str, ...] = ()

    def price_of(self, request: QuoteRequest) -> int:
        """The price for this cart."""
        goods = (request.whole_cart or request.cart).goods_total
        is_free = self.free_from_minor is not None and goods >= self.free_from_minor
        return 0 if is_free else self.price_minor


@frozen(kw_only=True)
class FixedPolicy:
    """Quotes its methods in order; an answer is valid for `valid_for`, dates change at midnight UTC."""

    methods: tuple[FixedMethod, ...]
    valid_for: dt.timedelta = dt.timedelta(minutes=30)

    def quote(self, request: QuoteRequest) -> Quote:
        """The options of a request."""
        pricing = _Pricing(self, request)
        options = [
            ShippingOption(method, method.price_of(request), _promise(method, request.placed_at), pricing)
            for method in self.methods
            if request.destination.region not in method.skips
        ]
        return Quote(tuple(options), request.placed_at, request.last_option_id, pricing)


def _promise(method: FixedMethod, placed_at: dt.datetime) -> DeliveryPromise:
    day = placed_at.astimezone(dt.UTC).date()
    latest = day + dt.timedelta(days=method.days)
    return DeliveryPromise(earliest=day, latest=latest, ships_earliest=day, ships_on=day)


@frozen
class _Pricing:
    policy: FixedPolicy
    request: QuoteRequest
    currency: str = field(init=False)

    @currency.default
    def _currency(self) -> str:
        return self.request.cart.currency

    def _method(self, face: object) -> FixedMethod:
        assert isinstance(face, FixedMethod)
        return face

    def components(self, face: object) -> tuple[PriceComponent, ...]:
        method = self._method(face)
        parts = [PriceComponent("shipping", method.title, method.price_minor)]
        off = method.price_minor - method.price_of(self.request)
        return (*parts, PriceComponent("shipping_discount", "Free shipping", -off)) if off else tuple(parts)

    def regular_minor(self, face: object, price_minor: int) -> int:
        return self._method(face).price_minor

    def tax_minor(self, face: object) -> int:
        return 0

    def carbon_g(self, face: object) -> int | None:
        return None

    def withheld(self) -> tuple[Withheld, ...]:
        region = self.request.destination.region
        return tuple(
            Withheld(
                method_id=m.method_id, title=m.title, reason="not_delivered_here", message=f"Not to {region}."
            )
            for m in self.policy.methods
            if region in m.skips
        )

    def free_shipping(self) -> tuple[FreeShipping, ...]:
        return ()

    def notices(self) -> tuple[Notice, ...]:
        return ()

    def valid_until(self) -> dt.datetime:
        return self.request.placed_at + self.policy.valid_for

    def seen(self) -> None:
        return None

    def trace(self) -> NoReturn:
        raise Unsupported("a fixed policy has no trace")
