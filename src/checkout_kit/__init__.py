"""checkout_kit: shipping options, kept delivery dates and a single-page checkout, from one policy."""

from checkout_kit.address import Address
from checkout_kit.cart import Cart, Customer, LineItem
from checkout_kit.money import Money
from checkout_kit.promise import DeliveryPromise
from checkout_kit.units import Dimensions

__all__ = ["Address", "Cart", "Customer", "DeliveryPromise", "Dimensions", "LineItem", "Money"]
