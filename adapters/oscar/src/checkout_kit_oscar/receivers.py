"""Keeping the promise of an order the moment it is placed."""

import logging
from typing import Any, Final

from checkout_kit.adapter import PlatformPromise
from django.utils import timezone

from checkout_kit_oscar.orders import write_promise
from checkout_kit_oscar.source import shop_source

_log: Final = logging.getLogger(__name__)


def keep_promise(sender: Any, order: Any, **_kwargs: Any) -> None:
    """The request that places an order has just asked for its methods, so what was shown is known here."""
    known = shop_source().promised(order.basket_id, order.shipping_code, now=timezone.now())
    if known is None:
        _log.info("order %s was placed without a promise (%s)", order.number, order.shipping_code)
        return
    title, promise = known
    write_promise(
        PlatformPromise(order_id=order.number, option_id=order.shipping_code, title=title, promise=promise)
    )
