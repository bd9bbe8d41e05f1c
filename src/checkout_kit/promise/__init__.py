"""Delivery promises: rules first, calibrated on the shop's own deliveries."""

from checkout_kit.promise.document import promise_document
from checkout_kit.promise.engine import PromiseRule, combine, promise
from checkout_kit.promise.explain import DayStep, explain_promise
from checkout_kit.promise.repromise import RePromise, re_promise
from checkout_kit.promise.rule import Destination, Pickup, ShipFrom, Transit
from checkout_kit.promise.start import Start
from checkout_kit.promise.text import order_by_text, promise_text, re_promise_text, when_text
from checkout_kit.promise.timeline import TimelineStep, step_text, timeline, timeline_document
from checkout_kit.promise.tracking import Tracking, TrackingEvent
from checkout_kit.promise.tracking_link import tracking_url
from checkout_kit.promise.value import DeliveryPromise

__all__ = [
    "DayStep",
    "DeliveryPromise",
    "Destination",
    "Pickup",
    "PromiseRule",
    "RePromise",
    "ShipFrom",
    "Start",
    "TimelineStep",
    "Tracking",
    "TrackingEvent",
    "Transit",
    "combine",
    "explain_promise",
    "order_by_text",
    "promise",
    "promise_document",
    "promise_text",
    "re_promise",
    "re_promise_text",
    "step_text",
    "timeline",
    "timeline_document",
    "tracking_url",
    "when_text",
]
