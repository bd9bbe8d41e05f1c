"""Medusa for checkout_kit."""

from checkout_kit_medusa.adapter import MedusaAdapter, MedusaSettings

__all__ = ["MedusaAdapter", "MedusaSettings"]
