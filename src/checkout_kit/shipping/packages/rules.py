"""A policy's package rules as a value: which strategy sources, and what parts packages, in order."""

from collections.abc import Sequence

from attrs import field, frozen, validators

from checkout_kit.cart import Cart
from checkout_kit.shipping.packages.plan import plan_packages
from checkout_kit.shipping.packages.sourcing import STRATEGIES
from checkout_kit.shipping.packages.split import (
    Splitter,
    by_attribute,
    by_availability,
    by_shipping_class,
    by_weight,
)
from checkout_kit.shipping.packages.values import PackagePlan, Source


@frozen(kw_only=True)
class PackageRules:
    """How a merchant sources and splits; `split_by` holds `availability`, `class` or `attribute:NAME`.

    The weight limit is applied last, to what the other rules have parted.
    """

    sourcing: str = field(default="fewest_packages", validator=validators.in_(STRATEGIES))
    split_by: tuple[str, ...] = ()
    weight_limit_g: int | None = None
    default_weight_g: int | None = None

    @property
    def splitters(self) -> tuple[Splitter, ...]:
        """The splitters in the order they apply."""
        found = [_splitter(name) for name in self.split_by]
        if self.weight_limit_g is not None:
            found.append(by_weight(self.weight_limit_g, default_weight_g=self.default_weight_g))
        return tuple(found)

    def plan(self, cart: Cart, sources: Sequence[Source] = ()) -> PackagePlan:
        """Part the cart by these rules; see `plan_packages`."""
        return plan_packages(cart, sources, strategy=STRATEGIES[self.sourcing], splitters=self.splitters)


def _splitter(name: str) -> Splitter:
    if name == "availability":
        return by_availability
    if name == "class":
        return by_shipping_class
    return by_attribute(name.removeprefix("attribute:"))
