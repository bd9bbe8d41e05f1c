"""Delivery promises: rules first, calibrated on the shop's own deliveries."""

from checkout_kit.promise.value import DeliveryPromise

__all__ = ["DeliveryPromise"]
