"""Addresses: the value, its normal form, validation per country, and the address book."""

from checkout_kit.address.value import Address

__all__ = ["Address"]
