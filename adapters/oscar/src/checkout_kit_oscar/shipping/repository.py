"""The repository: asks for options, and keeps every page of the shop working whatever happens."""

from typing import Any

from django.utils import timezone
from oscar.apps.shipping.repository import Repository as OscarRepository

from checkout_kit_oscar.facts import basket_form
from checkout_kit_oscar.methods import OfferedMethod, PricedLater
from checkout_kit_oscar.source import shop_source


class Repository(OscarRepository):  # type: ignore[misc]
    """Options of the policy, the fallback without an answer, and none only where nothing is delivered."""

    def get_available_shipping_methods(
        self, basket: Any, shipping_addr: Any = None, **kwargs: Any
    ) -> list[Any]:
        """One method per option, in the policy's order; at least one while there is no address."""
        source, settings = shop_source(), shop_source().settings
        found = None
        if shipping_addr is not None or settings.country:
            form = basket_form(
                basket,
                shipping_addr,
                kwargs.get("user"),
                shop=settings.shop,
                country=settings.country,
                weight=(settings.weight_attribute, settings.weight_unit),
            )
            found = source.offers(form, now=timezone.now(), basket_id=basket.pk)
        if found is not None and (found.offers or shipping_addr is not None):
            return [OfferedMethod(offer) for offer in found.offers]
        fallback = source.fallback(basket.currency)
        if shipping_addr is None or fallback is None:
            return [PricedLater()] if shipping_addr is None else []
        return [OfferedMethod(fallback)]
