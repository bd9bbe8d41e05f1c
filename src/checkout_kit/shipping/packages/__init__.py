"""Packages: which origin ships what, how goods part, and how package options become the order's."""

from checkout_kit.shipping.packages.combine import OrderOption, OrderQuote, combine_quotes
from checkout_kit.shipping.packages.order import quote_packages, rated_sources
from checkout_kit.shipping.packages.plan import plan_packages
from checkout_kit.shipping.packages.request import package_carts, package_requests
from checkout_kit.shipping.packages.rules import PackageRules
from checkout_kit.shipping.packages.sourcing import (
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
    "Allocation",
    "Incoming",
    "OrderOption",
    "OrderQuote",
    "Package",
    "PackagePlan",
    "PackageRules",
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
    "combine_quotes",
    "fastest",
    "fewest_packages",
    "nearest",
    "package_carts",
    "package_requests",
    "plan_packages",
    "quote_packages",
    "rated_sources",
]
