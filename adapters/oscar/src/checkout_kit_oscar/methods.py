"""Our offers as django-oscar's shipping methods."""

from decimal import Decimal
from typing import Any

from checkout_kit.promise import DeliveryPromise
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import gettext
from oscar.apps.shipping.methods import Base
from oscar.core.prices import Price

from checkout_kit_oscar.answer import Offer

# The order keeps a method's name in a column of this width.
NAME_WIDTH = 128


class OfferedMethod(Base):  # type: ignore[misc]
    """One option; `promise` is None for the fallback and for options without dates."""

    def __init__(self, offer: Offer) -> None:
        self.code = offer.code
        self.promise = offer.promise
        self._offer = offer
        day = f", {gettext('by')} {date_format(offer.promise.latest, 'D j M')}" if offer.promise else ""
        self.name = offer.title[: NAME_WIDTH - len(day)] + day
        # The templates of django-oscar show descriptions as HTML.
        self.description = escape(offer.description) or _window(offer.promise)

    def calculate(self, basket: Any) -> Price:
        """The price quoted, its tax known, in the basket's currency."""
        cents = Decimal("0.01")
        incl = self._offer.price.quantize(cents)
        tax = self._offer.tax.quantize(cents)
        return Price(currency=basket.currency, excl_tax=incl - tax, tax=tax)


class PricedLater(Base):  # type: ignore[misc]
    """Shown on the basket page while nothing can be said without an address; never offered with one."""

    code = "checkout-kit-later"

    @property
    def name(self) -> str:
        """What the basket page shows."""
        return str(gettext("Delivery is added at checkout"))

    def calculate(self, basket: Any) -> Price:
        """Nothing yet; the checkout asks again with the address."""
        return Price(currency=basket.currency, excl_tax=Decimal("0.00"), tax=Decimal("0.00"))


def _window(promise: DeliveryPromise | None) -> str:
    if promise is None:
        return ""
    first, last = (date_format(day, "D j M") for day in (promise.earliest, promise.latest))
    return str(gettext("Arrives")) + f" {first}" + (f" – {last}" if last != first else "")
