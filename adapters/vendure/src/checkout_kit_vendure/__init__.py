"""Vendure for checkout_kit."""

from checkout_kit_vendure.adapter import VendureAdapter, VendureSettings

__all__ = ["VendureAdapter", "VendureSettings"]
