"""Shopify for checkout_kit."""

from checkout_kit_shopify.adapter import ShopifyAdapter
from checkout_kit_shopify.settings import ShopifySettings

__all__ = ["ShopifyAdapter", "ShopifySettings"]
