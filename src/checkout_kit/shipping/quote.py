"""The answer: what a shopper is offered, what is withheld and why; details are worked out when looked at."""

import datetime as dt
from collections.abc import Hashable
from typing import TYPE_CHECKING, Final, Protocol

from checkout_kit.money import Money
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping.values import FreeShipping, Notice, PriceComponent, Withheld

if TYPE_CHECKING:
    from checkout_kit.shipping.trace import Trace


class MethodFace(Hashable, Protocol):
    """What every option of one method has in common."""

    @property
    def method_id(self) -> str:
        """The method's id in the policy."""

    @property
    def title(self) -> str:
        """What the shopper reads."""

    @property
    def description(self) -> str:
        """A longer text, or empty."""

    @property
    def service(self) -> str:
        """The id of the service level, or empty."""


class Pricing(Protocol):
    """One priced request; works out on demand what the lean walk through the methods left out."""

    @property
    def currency(self) -> str:
        """The currency of every amount."""

    def components(self, face: MethodFace) -> tuple[PriceComponent, ...]:
        """The summands of the method's price, in the order they were applied."""

    def regular_minor(self, face: MethodFace, price_minor: int) -> int:
        """The price before free shipping and promotions of an option at this price, in minor units."""

    def tax_minor(self, face: MethodFace) -> int:
        """The tax contained in the price, in minor units."""

    def carbon_g(self, face: MethodFace) -> int | None:
        """Grams of CO2e, or None where the policy states no factor."""


class Answering(Pricing, Protocol):
    """A priced request with what a whole quote is asked."""

    def withheld(self) -> tuple[Withheld, ...]:
        """Every method that is not offered, in policy order."""

    def free_shipping(self) -> tuple[FreeShipping, ...]:
        """The distance to free shipping of every method that can become free."""

    def notices(self) -> tuple[Notice, ...]:
        """What the buyer should be told."""

    def valid_until(self) -> dt.datetime:
        """The first instant at which the answer may differ."""

    def seen(self) -> Hashable | None:
        """Everything that decided options, prices and dates; None where it was too much to list."""

    def trace(self) -> "Trace":
        """Why every method is there or not."""


class ShippingOption:
    """One delivery choice: a price and a promise. Treat it as frozen.

    `face` is what all options of the method have in common. `price_minor` is what the buyer pays in minor
    units of the quote's currency, added tax included. `promise` is None where the policy gives the method no
    dates.
    """

    __slots__ = ("_pricing", "face", "price_minor", "promise")

    def __init__(
        self, face: MethodFace, price_minor: int, promise: DeliveryPromise | None, pricing: Pricing
    ) -> None:
        self.face: Final = face
        self.price_minor: Final = price_minor
        self.promise: Final = promise
        self._pricing: Final = pricing

    @property
    def id(self) -> str:
        """Stable between quotes of one policy; what a checkout stores as the choice."""
        return self.face.method_id

    @property
    def method_id(self) -> str:
        """The method's id in the policy."""
        return self.face.method_id

    @property
    def title(self) -> str:
        """What the shopper reads."""
        return self.face.title

    @property
    def description(self) -> str:
        """A longer text, or empty."""
        return self.face.description

    @property
    def service(self) -> str:
        """The id of the service level, or empty."""
        return self.face.service

    @property
    def currency(self) -> str:
        """ISO 4217 code of the price."""
        return self._pricing.currency

    @property
    def price(self) -> Money:
        """What the buyer pays for this option."""
        return Money(self.price_minor, self._pricing.currency)

    @property
    def regular_price(self) -> Money:
        """The price before free shipping and promotions."""
        return Money(self.regular_price_minor, self._pricing.currency)

    @property
    def regular_price_minor(self) -> int:
        """The same in minor units."""
        return self._pricing.regular_minor(self.face, self.price_minor)

    @property
    def tax(self) -> Money:
        """The tax contained in `price`; zero where the policy states none."""
        return Money(self.tax_minor, self._pricing.currency)

    @property
    def tax_minor(self) -> int:
        """The same in minor units."""
        return self._pricing.tax_minor(self.face)

    @property
    def is_free(self) -> bool:
        """Whether the buyer pays nothing."""
        return self.price_minor == 0

    @property
    def components(self) -> tuple[PriceComponent, ...]:
        """The summands of `price_minor`, in the order they were applied."""
        return self._pricing.components(self.face)

    @property
    def carbon_g(self) -> int | None:
        """Grams of CO2e, or None where the policy states no factor."""
        return self._pricing.carbon_g(self.face)

    def _key(self) -> tuple[object, ...]:
        return (self.id, self.title, self.price_minor, self.currency, self.promise)

    def __eq__(self, other: object) -> bool:
        """Same method, title, price and promise."""
        return self._key() == other._key() if isinstance(other, ShippingOption) else NotImplemented

    def __hash__(self) -> int:
        """Consistent with equality."""
        return hash(self._key())

    def __repr__(self) -> str:
        """The three things a shopper sees."""
        return f"ShippingOption(id={self.id!r}, price={self.price!s}, promise={self.promise!r})"


class Quote:
    """All options of one request, in the order to show them, and all methods withheld. Treat it as frozen."""

    __slots__ = ("_last_option_id", "_pricing", "_valid_until", "options", "placed_at")

    def __init__(
        self,
        options: tuple[ShippingOption, ...],
        placed_at: dt.datetime,
        last_option_id: str,
        pricing: Answering,
    ) -> None:
        self.options: Final = options
        self.placed_at: Final = placed_at
        self._last_option_id: Final = last_option_id
        self._pricing: Final = pricing
        self._valid_until: dt.datetime | None = None

    @property
    def currency(self) -> str:
        """ISO 4217 code of every amount."""
        return self._pricing.currency

    @property
    def withheld(self) -> tuple[Withheld, ...]:
        """Every method that is not offered, in policy order, with the reason."""
        return self._pricing.withheld()

    @property
    def free_shipping(self) -> tuple[FreeShipping, ...]:
        """The distance to free shipping of every offered method that can become free, in policy order."""
        return self._pricing.free_shipping()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the buyer should be told, such as a discount that costs more than it saves."""
        return self._pricing.notices()

    @property
    def seen(self) -> Hashable | None:
        """What decided the answer: quotes of one policy that saw the same offer the same, at the same prices.

        None where the full walk had to price some.
        """
        return self._pricing.seen()

    @property
    def valid_until(self) -> dt.datetime:
        """The first instant at which the same cart and address may get another answer."""
        if self._valid_until is None:
            self._valid_until = self._pricing.valid_until()
        return self._valid_until

    @property
    def default_option_id(self) -> str | None:
        """The shopper's last choice if still offered, else the cheapest, ties to the earlier promise."""
        if self._last_option_id and self.option(self._last_option_id) is not None:
            return self._last_option_id
        best = min(self.options, key=_cheapest_first, default=None)
        return None if best is None else best.id

    def option(self, option_id: str) -> ShippingOption | None:
        """The offered option of that id, or None."""
        for option in self.options:
            if option.id == option_id:
                return option
        return None

    def explain(self) -> "Trace":
        """The trace: the rule that matched, each component, and what would offer each withheld method."""
        return self._pricing.trace()

    def __eq__(self, other: object) -> bool:
        """Same options, same withheld methods, same instant."""
        if not isinstance(other, Quote):
            return NotImplemented
        return (self.options, self.placed_at, self.withheld) == (
            other.options,
            other.placed_at,
            other.withheld,
        )

    def __hash__(self) -> int:
        """Consistent with equality."""
        return hash((self.options, self.placed_at))

    def __repr__(self) -> str:
        """The options, and how many methods are withheld."""
        return f"Quote(options={self.options!r}, withheld={len(self.withheld)})"


_NEVER: Final = dt.date.max


def _cheapest_first(option: ShippingOption) -> tuple[int, dt.date, str]:
    return (option.price_minor, option.promise.latest if option.promise else _NEVER, option.id)
