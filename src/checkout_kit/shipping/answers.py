"""From a request to its quote: the priced request with all that a quote can be asked."""

from checkout_kit.shipping.engine import Engine
from checkout_kit.shipping.hints import withheld_of
from checkout_kit.shipping.notices import regrets
from checkout_kit.shipping.pricing import PricedRequest
from checkout_kit.shipping.quote import Quote, ShippingOption
from checkout_kit.shipping.trace import Trace
from checkout_kit.shipping.tracing import trace_of
from checkout_kit.shipping.values import Notice, QuoteRequest, Withheld


class Answer(PricedRequest):
    """The `Pricing` behind a quote and its options."""

    __slots__ = ("_withheld",)

    _withheld: tuple[Withheld, ...]

    def withheld(self) -> tuple[Withheld, ...]:
        """Every method that is not offered, in policy order."""
        try:
            return self._withheld
        except AttributeError:
            offered = self.offered()
            # A range stands for every method of the policy.
            faces = () if isinstance(offered, range) else self.engine.faces
            missing = [face for face in faces if face.index not in offered]
            found = [(face, self.refusals(face)) for face in missing]
            self._withheld = tuple(withheld_of(self, face, refusals) for face, refusals in found if refusals)
            return self._withheld

    def notices(self) -> tuple[Notice, ...]:
        """Discounts and items that cost more shipping than they are worth."""
        return regrets(self)

    def trace(self) -> Trace:
        """Why every method is there or not."""
        return trace_of(self, self.withheld())


def quote(engine: Engine, request: QuoteRequest) -> Quote:
    """What the shopper may choose of the engine's methods."""
    place = engine.zones.place(request.destination)
    priced = Answer(request, engine.cells.get(place) or engine.cell(place), engine)
    options = priced.options()
    if engine.order != "listed":
        options.sort(key=_by_price if engine.order == "price" else _by_date)
    return Quote(tuple(options), request.placed_at, request.last_option_id, priced)


def _by_price(option: ShippingOption) -> tuple[int, int, str]:
    return option.price_minor, option.promise.latest.toordinal() if option.promise else 1 << 30, option.id


def _by_date(option: ShippingOption) -> tuple[int, int, str]:
    return option.promise.latest.toordinal() if option.promise else 1 << 30, option.price_minor, option.id
