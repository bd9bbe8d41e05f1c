"""django-oscar for checkout_kit; add `checkout_kit_oscar` and its `shipping` app to INSTALLED_APPS."""

from checkout_kit_oscar.adapter import OscarAdapter
from checkout_kit_oscar.settings import OscarSettings

__all__ = ["OscarAdapter", "OscarSettings"]
