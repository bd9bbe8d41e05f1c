"""The repository: asks for options, and keeps every page of the shop working whatever happens."""

import logging
from typing import Any, Final

from django.utils import timezone
from oscar.apps.shipping.repository import Repository as OscarRepository

from checkout_kit_oscar.answer import Offers
from checkout_kit_oscar.facts import basket_form
from checkout_kit_oscar.methods import OfferedMethod, PricedLater
from checkout_kit_oscar.source import OptionSource, shop_source

_log: Final = logging.getLogger(__name__)


class Repository(OscarRepository):  # type: ignore[misc]
    """Options of the policy, the fallback without an answer, and none only where nothing is delivered."""

    def get_available_shipping_methods(
        self, basket: Any, shipping_addr: Any = None, **kwargs: Any
    ) -> list[Any]:
        """One method per option, in the policy's order; at least one while there is no address."""
        source = shop_source()
        try:
            found = _offers(source, basket, shipping_addr, kwargs.get("user"))
        except Exception:  # noqa: BLE001 - else it would fail every page with a basket, and it is logged
            _log.exception("the fallback is offered")
            found = None
        if found is not None and (found.offers or shipping_addr is not None):
            return [OfferedMethod(offer) for offer in found.offers]
        fallback = source.fallback(basket.currency)
        if shipping_addr is None or fallback is None:
            return [PricedLater()] if shipping_addr is None else []
        return [OfferedMethod(fallback)]


def _offers(source: OptionSource, basket: Any, address: Any, user: Any) -> Offers | None:
    settings = source.settings
    if address is None and not settings.country:
        return None
    form = basket_form(
        basket,
        address,
        user,
        shop=settings.shop,
        country=settings.country,
        weight=(settings.weight_attribute, settings.weight_unit),
    )
    return source.offers(form, now=timezone.now(), basket_id=basket.pk) if form["items"] else None
