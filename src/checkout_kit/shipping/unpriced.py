"""The answer to a cart in a currency the policy does not price: everything withheld, nothing guessed."""

import datetime as dt
from typing import TYPE_CHECKING

from checkout_kit.shipping.quote import MethodFace, Quote
from checkout_kit.shipping.rate import Face
from checkout_kit.shipping.refusals import currency_refusal
from checkout_kit.shipping.values import FreeShipping, Notice, PriceComponent, QuoteRequest, Withheld

if TYPE_CHECKING:
    from checkout_kit.shipping.trace import Trace


class UnpricedRequest:
    """The `Pricing` behind a quote without options."""

    def __init__(self, request: QuoteRequest, faces: tuple[Face, ...]) -> None:
        self.request = request
        self.faces = faces

    def quote(self) -> Quote:
        """Every method withheld."""
        return Quote((), self.request.placed_at, "", self)

    @property
    def currency(self) -> str:
        """The cart's currency."""
        return self.request.cart.currency

    def withheld(self) -> tuple[Withheld, ...]:
        """Every method, for the one reason."""
        refusal = currency_refusal(self.currency)
        return tuple(
            Withheld(
                method_id=face.method_id,
                title=face.title,
                reason=refusal.reason,
                message=refusal.message,
                hint=refusal.hint,
                changes=refusal.changes,
            )
            for face in self.faces
        )

    def components(self, face: MethodFace) -> tuple[PriceComponent, ...]:
        """Nothing is priced."""
        return ()

    def regular_minor(self, face: MethodFace, price_minor: int) -> int:
        """Nothing is priced."""
        return 0

    def tax_minor(self, face: MethodFace) -> int:
        """Nothing is priced."""
        return 0

    def carbon_g(self, face: MethodFace) -> int | None:
        """Nothing is sent."""
        return None

    def free_shipping(self) -> tuple[FreeShipping, ...]:
        """No threshold is known in the currency."""
        return ()

    def notices(self) -> tuple[Notice, ...]:
        """There is nothing to compare."""
        return ()

    def valid_until(self) -> dt.datetime:
        """Only another policy changes the answer; a day is as good as any."""
        return self.request.placed_at + dt.timedelta(days=1)

    def seen(self) -> None:
        """Not worth keeping an answer by."""

    def trace(self) -> "Trace":
        """Why every method is withheld."""
        from checkout_kit.shipping.trace import unpriced_trace

        return unpriced_trace(self.request, self.withheld())
