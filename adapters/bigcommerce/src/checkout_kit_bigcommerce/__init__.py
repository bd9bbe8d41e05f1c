"""BigCommerce for checkout_kit."""

from checkout_kit_bigcommerce.adapter import BigCommerceAdapter
from checkout_kit_bigcommerce.settings import BigCommerceSettings

__all__ = ["BigCommerceAdapter", "BigCommerceSettings"]
