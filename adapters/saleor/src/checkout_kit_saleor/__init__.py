"""Saleor for checkout_kit."""

from checkout_kit_saleor.adapter import SaleorAdapter
from checkout_kit_saleor.settings import SaleorSettings
from checkout_kit_saleor.subscriptions import ORDER_EVENTS, SHIPPING_METHODS

__all__ = ["ORDER_EVENTS", "SHIPPING_METHODS", "SaleorAdapter", "SaleorSettings"]
