"""Packages: which origin ships what, how goods part, and how package options become the order's."""

from checkout_kit.shipping.packages.plan import plan_packages
from checkout_kit.shipping.packages.sourcing import (
    STRATEGIES,
    Strategy,
    by_priority,
    cheapest,
    fastest,
    fewest_packages,
    nearest,
)
from checkout_kit.shipping.packages.split import (
    Splitter,
    by_attribute,
    by_availability,
    by_shipping_class,
    by_weight,
)
from checkout_kit.shipping.packages.values import (
    Allocation,
    Incoming,
    Package,
    PackagePlan,
    PackedLine,
    Shortage,
    Source,
    Take,
)

__all__ = [
    "STRATEGIES",
    "Allocation",
    "Incoming",
    "Package",
    "PackagePlan",
    "PackedLine",
    "Shortage",
    "Source",
    "Splitter",
    "Strategy",
    "Take",
    "by_attribute",
    "by_availability",
    "by_priority",
    "by_shipping_class",
    "by_weight",
    "cheapest",
    "fastest",
    "fewest_packages",
    "nearest",
    "plan_packages",
]
