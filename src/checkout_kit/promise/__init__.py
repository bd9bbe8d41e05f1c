"""Delivery promises: rules first, calibrated on the shop's own deliveries."""

from checkout_kit.promise.engine import PromiseRule, combine, promise
from checkout_kit.promise.rule import Destination, Pickup, ShipFrom, Transit
from checkout_kit.promise.start import Start
from checkout_kit.promise.value import DeliveryPromise

__all__ = [
    "DeliveryPromise",
    "Destination",
    "Pickup",
    "PromiseRule",
    "ShipFrom",
    "Start",
    "Transit",
    "combine",
    "promise",
]
