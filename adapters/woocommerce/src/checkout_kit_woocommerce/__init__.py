"""WooCommerce for checkout_kit."""

from checkout_kit_woocommerce.adapter import WooCommerceAdapter
from checkout_kit_woocommerce.settings import WooCommerceSettings

__all__ = ["WooCommerceAdapter", "WooCommerceSettings"]
