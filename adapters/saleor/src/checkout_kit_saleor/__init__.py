"""Saleor for checkout_kit."""

from checkout_kit_saleor.adapter import SaleorAdapter
from checkout_kit_saleor.settings import SaleorSettings
from checkout_kit_saleor.subscriptions import (
    FILTERED_METHODS,
    FILTERED_ORDER_METHODS,
    ORDER_EVENTS,
    SHIPPING_METHODS,
)

__all__ = [
    "FILTERED_METHODS",
    "FILTERED_ORDER_METHODS",
    "ORDER_EVENTS",
    "SHIPPING_METHODS",
    "SaleorAdapter",
    "SaleorSettings",
]
