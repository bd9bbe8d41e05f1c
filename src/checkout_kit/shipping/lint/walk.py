"""Going through a policy document: every price and every condition with the path a merchant would write."""

from collections.abc import Iterator, Mapping

from attrs import frozen
from pydantic import BaseModel

from checkout_kit.shipping.document.conditions import ConditionDocument, Membership
from checkout_kit.shipping.document.policy import (
    CountedDocument,
    FreeDocument,
    MethodDocument,
    PolicyDocument,
    SurchargeDocument,
)


@frozen
class Priced:
    """One price of a method, the zones it is for (None: the method's), and its free-shipping terms."""

    path: str
    method: MethodDocument
    method_path: str
    price: BaseModel
    zones: tuple[str, ...] | None
    free: FreeDocument | None
    free_path: str


@frozen
class Conditioned:
    """One condition, with those that have to hold beside it for it to matter."""

    path: str
    condition: ConditionDocument
    beside: tuple[ConditionDocument, ...] = ()


def priced(document: PolicyDocument) -> Iterator[Priced]:
    """Every price of every method, what stands in for a live one included."""
    for i, method in enumerate(document.methods):
        at = f"methods[{i}]"
        if method.price is not None:
            yield from _prices(
                Priced(
                    f"{at}.price", method, at, method.price, method.zones, method.free_from, f"{at}.free_from"
                )
            )
        for j, rate in enumerate(method.rates or ()):
            here = f"{at}.rates[{j}]"
            free, free_path = method.free_from, f"{at}.free_from"
            if rate.free_from is not None:
                free, free_path = rate.free_from, f"{here}.free_from"
            zones = rate.zones if rate.zones is not None else method.zones
            yield from _prices(Priced(f"{here}.price", method, at, rate.price, zones, free, free_path))


def _prices(one: Priced) -> Iterator[Priced]:
    yield one
    otherwise = getattr(one.price, "otherwise", None)
    if otherwise is not None:
        yield Priced(
            f"{one.path}.otherwise",
            one.method,
            one.method_path,
            otherwise,
            one.zones,
            one.free,
            one.free_path,
        )


def surcharges(document: PolicyDocument) -> Iterator[tuple[str, SurchargeDocument, MethodDocument | None]]:
    """Every surcharge, shared or a method's own."""
    for name, surcharge in document.surcharges.items():
        yield f"surcharges.{name}", surcharge, None
    for i, method in enumerate(document.methods):
        for j, own in enumerate(method.surcharges):
            if isinstance(own, SurchargeDocument):
                yield f"methods[{i}].surcharges[{j}]", own, method
        for k, rate in enumerate(method.rates or ()):
            for j, own in enumerate(rate.surcharges or ()):
                if isinstance(own, SurchargeDocument):
                    yield f"methods[{i}].rates[{k}].surcharges[{j}]", own, method


def conditioned(document: PolicyDocument) -> Iterator[Conditioned]:
    """Every outermost condition of the policy."""
    for i, method in enumerate(document.methods):
        if method.when is not None:
            yield Conditioned(f"methods[{i}].when", method.when)
    for one in priced(document):
        beside = () if one.method.when is None else (one.method.when,)
        for j, tier in enumerate(getattr(one.price, "tiers", ())):
            if tier.when is not None:
                yield Conditioned(f"{one.path}.tiers[{j}].when", tier.when, beside)
    for at, surcharge, owner in surcharges(document):
        if surcharge.when is not None:
            beside = () if owner is None or owner.when is None else (owner.when,)
            yield Conditioned(f"{at}.when", surcharge.when, beside)
    seen: set[str] = set()
    for one in priced(document):
        if one.free is not None and one.free.when is not None and one.free_path not in seen:
            seen.add(one.free_path)
            beside = () if one.method.when is None else (one.method.when,)
            yield Conditioned(f"{one.free_path}.when", one.free.when, beside)
    for i, promotion in enumerate(document.promotions):
        if promotion.when is not None:
            yield Conditioned(f"promotions[{i}].when", promotion.when)


def nested(path: str, condition: ConditionDocument) -> Iterator[tuple[str, ConditionDocument]]:
    """A condition and every one inside it."""
    yield path, condition
    for name, parts in (("any", condition.any), ("all", condition.all)):
        for i, part in enumerate(parts or ()):
            yield from nested(f"{path}.{name}[{i}]", part)
    if condition.not_ is not None:
        yield from nested(f"{path}.not", condition.not_)


def used_names(document: PolicyDocument) -> Iterator[tuple[str, str, str]]:
    """Every class, customer group and channel the policy speaks of: its kind, its path and the name."""
    for one in conditioned(document):
        for at, condition in nested(one.path, one.condition):
            for kind in ("classes", "customer_groups", "channels"):
                members = getattr(condition, kind)
                if isinstance(members, Membership):
                    for value in (*(members.any or ()), *(members.all or ()), *(members.none or ())):
                        yield kind, f"{at}.{kind}", value
    counted: set[str] = set()
    for price in priced(document):
        classes: object = getattr(price.price, "classes", None)
        if isinstance(classes, Mapping):
            for name in classes:
                yield "classes", f"{price.path}.classes.{name}", name
        if price.free is not None and price.free.counts is not None and price.free_path not in counted:
            counted.add(price.free_path)
            yield from _counted_names(f"{price.free_path}.counts", price.free.counts)
    for at, fee, _ in surcharges(document):
        if fee.counts is not None:
            yield from _counted_names(f"{at}.counts", fee.counts)


def _counted_names(at: str, counts: CountedDocument) -> Iterator[tuple[str, str, str]]:
    for i, name in enumerate(counts.classes or ()):
        yield "classes", f"{at}.classes[{i}]", name
    for i, name in enumerate(counts.except_classes):
        yield "classes", f"{at}.except_classes[{i}]", name
