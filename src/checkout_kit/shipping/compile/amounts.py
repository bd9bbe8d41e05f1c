"""Amounts of the policy in the currency being compiled: stated, or converted once with a stated rounding."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from attrs import field, frozen

from checkout_kit.errors import Fault, InputError
from checkout_kit.money import exponent, minor_units
from checkout_kit.shipping.document.policy import ConversionDocument

_MODES = {"up": ROUND_CEILING, "down": ROUND_FLOOR, "half up": ROUND_HALF_UP}


class NotPricedError(Exception):
    """The policy states no amount in the currency being compiled."""


@frozen(kw_only=True, eq=False)
class Amounts:
    """Reads amounts into minor units of `currency`; faults are collected, not raised."""

    currency: str
    base_currency: str
    declared: frozenset[str]
    conversion: ConversionDocument | None
    faults: list[Fault]
    cards: dict[str | int, int] = field(factory=dict)

    def check_step(self) -> None:
        """A rounding step is a whole number of minor units."""
        step = None if self.conversion is None else self.conversion.step
        finest = Decimal(1).scaleb(-exponent(self.currency))
        if step is not None and Decimal(step) % finest:
            path = f"currencies.{self.currency}.step"
            remedy = f"write a multiple of {finest:f}"
            self.faults.append(Fault(path, f"finer than {self.currency} can be paid", repr(step), remedy))

    def minor(self, amount: Mapping[str, str], path: str, *, stepped: bool = True) -> int:
        """Minor units of an amount; `stepped` false for prices per kg and km, which keep the finest rounding.

        Raises:
            NotPricedError: there is neither an amount in the currency nor a rate to convert by.
        """
        self._check_codes(amount, path)
        if self.currency in amount:
            return self._exact(amount[self.currency], path)
        text = amount.get("", amount.get(self.base_currency))
        if self.currency == self.base_currency:
            if text is None:
                raise NotPricedError
            return self._exact(text, path)
        if text is None or self.conversion is None or self.conversion.rate is None:
            raise NotPricedError
        return self._converted(Decimal(text), path, stepped=stepped)

    def card(self, text: str | int, path: str) -> int:
        """Minor units of one cell of a rate card; equal texts are read once."""
        found = self.cards.get(text)
        if found is None:
            found = self.cards[text] = self.minor({"": str(text)}, path)
        return found

    def _exact(self, text: str, path: str) -> int:
        try:
            value = minor_units(text, self.currency, path=path)
        except InputError as error:
            self.faults.extend(error.faults)
            return 0
        if value < 0:
            self.faults.append(Fault(path, "must not be negative", repr(text)))
        return value

    def _converted(self, amount: Decimal, path: str, *, stepped: bool) -> int:
        assert self.conversion is not None
        assert self.conversion.rate is not None
        finest = Decimal(1).scaleb(-exponent(self.currency))
        step = Decimal(self.conversion.step) if stepped and self.conversion.step else finest
        mode = _MODES[self.conversion.round] if stepped else ROUND_HALF_UP
        steps = (amount * Decimal(self.conversion.rate) / step).to_integral_value(mode)
        if amount and not steps:
            problem = f"converts to zero {self.currency}, which would be a gift"
            remedy = f"write an amount for {self.currency} beside it, or a smaller step"
            self.faults.append(Fault(path, problem, repr(str(amount)), remedy))
        return int((steps * step).scaleb(exponent(self.currency)))

    def _check_codes(self, amount: Mapping[str, str], path: str) -> None:
        for code in amount:
            if code and code != self.base_currency and code not in self.declared:
                remedy = f"declare it: currencies.{code} = {{}}"
                self.faults.append(
                    Fault(f"{path}.{code}", "not a currency of this policy", repr(code), remedy)
                )
