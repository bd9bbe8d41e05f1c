"""Quotes with prices and dates of your choosing, for testing what is done with a quote."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from checkout_kit.errors import Unsupported
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping import FreeShipping, Notice, PriceComponent, Quote, ShippingOption, Withheld

if TYPE_CHECKING:
    from checkout_kit.shipping.trace import Trace


@frozen(kw_only=True)
class SampleOption:
    """What one option of a sample quote says; `price_minor` in minor units of the quote's currency."""

    method_id: str
    title: str
    price_minor: int
    description: str = ""
    service: str = ""
    promise: DeliveryPromise | None = None


@frozen(kw_only=True)
class _FixedPricing:
    currency: str
    until: dt.datetime
    missing: tuple[Withheld, ...]

    def components(self, face: object) -> tuple[PriceComponent, ...]:
        return ()

    def regular_minor(self, face: object, price_minor: int) -> int:
        return face.price_minor if isinstance(face, SampleOption) else 0

    def tax_minor(self, face: object) -> int:
        return 0

    def carbon_g(self, face: object) -> int | None:
        return None

    def withheld(self) -> tuple[Withheld, ...]:
        return self.missing

    def free_shipping(self) -> tuple[FreeShipping, ...]:
        return ()

    def notices(self) -> tuple[Notice, ...]:
        return ()

    def valid_until(self) -> dt.datetime:
        return self.until

    def seen(self) -> None:
        return None

    def trace(self) -> "Trace":
        raise Unsupported("a sample quote has no trace; quote a policy for one")


def sample_quote(
    options: Sequence[SampleOption],
    *,
    currency: str,
    placed_at: dt.datetime,
    valid_until: dt.datetime,
    withheld: Sequence[Withheld] = (),
) -> Quote:
    """A quote with exactly these options, in this order."""
    pricing = _FixedPricing(currency=currency, until=valid_until, missing=tuple(withheld))
    made = tuple(ShippingOption(option, option.price_minor, option.promise, pricing) for option in options)
    return Quote(made, placed_at, "", pricing)
