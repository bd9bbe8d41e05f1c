"""Percentages, fees and units that are out of all proportion: a lost decimal point or another unit."""

from collections.abc import Iterator

from checkout_kit.shipping.document.policy import PolicyDocument
from checkout_kit.shipping.lint.bounds import unit_of
from checkout_kit.shipping.lint.finding import Finding, warn
from checkout_kit.shipping.lint.walk import priced, surcharges
from checkout_kit.units import parse_weight_g

_LEAST_DIVISOR = 1000
_HEAVY_ITEM_G = 100_000


def check_amounts(document: PolicyDocument) -> Iterator[Finding]:
    """Every doubtful number outside tier tables."""
    for at, surcharge, _ in surcharges(document):
        if surcharge.percent is not None:
            yield from _share(surcharge.percent, f"{at}.percent", most=100)
        if surcharge.amount is not None and unit_of("goods", surcharge.amount, document.currency) == 0:
            yield warn("does_nothing", f"{at}.amount", "a fee of nothing", found="'0'", mend="state the fee")
    for one in priced(document):
        by = getattr(one.price, "by", "")
        percent = getattr(one.price, "percent", None)
        if by == "percent" and percent is not None:
            yield from _share(percent, f"{one.path}.percent", most=100)
        if by == "item" and unit_of("goods", getattr(one.price, "each", None), document.currency) == 0:
            why = "further units are carried for nothing"
            yield warn(
                "free_by_accident", f"{one.path}.each", why, found="'0'", mend="price it by order instead"
            )
        if by == "item" and unit_of("goods", getattr(one.price, "first", None), document.currency) == 0:
            why = "an order of one unit is carried for nothing"
            yield warn("free_by_accident", f"{one.path}.first", why, found="'0'", mend="state its price")
        if by in ("formula", "percent") and not _has_footing(one.price, document.currency):
            why = "an order of next to no weight or worth is carried for nothing"
            yield warn("free_by_accident", one.path, why, mend="add a floor")
        if by == "class" and not _has_footing(one.price, document.currency):
            for name, charge in getattr(one.price, "classes", {}).items():
                if charge.percent is not None and charge.price is None and charge.each is None:
                    why = "items of this class that are worth next to nothing are carried for nothing"
                    yield warn("free_by_accident", f"{one.path}.classes.{name}", why, mend="add a floor")
    yield from _tax(document)
    for name, service in document.services.items():
        divisor = service.dimensional_divisor
        if divisor is not None and divisor < _LEAST_DIVISOR:
            why = "looks like cubic inches per pound; it is read as cubic centimetres per kilogram"
            mend = "write for example 5000"
            yield warn(
                "divisor_unit", f"services.{name}.dimensional_divisor", why, found=repr(divisor), mend=mend
            )
    weight = document.default_item_weight
    if weight is not None and not 0 < parse_weight_g(weight) <= _HEAVY_ITEM_G:
        why = "an unlikely weight for an item"
        yield warn("default_weight", "default_item_weight", why, found=repr(weight), mend="check its unit")


def _has_footing(price: object, currency: str) -> bool:
    """Whether something of the price is due however little the order weighs, costs or travels."""
    due = (getattr(price, name, None) for name in ("floor", "base", "per_item"))
    return any(amount is not None and unit_of("goods", amount, currency) != 0 for amount in due)


def _share(percent: str, at: str, *, most: int) -> Iterator[Finding]:
    value = float(percent)
    if value == 0:
        yield warn("does_nothing", at, "a share of nothing", found="'0'", mend="state the percentage")
    elif value > most:
        yield warn(
            "percent_too_large", at, f"over {most} %", found=repr(percent), mend="check the decimal point"
        )


def _tax(document: PolicyDocument) -> Iterator[Finding]:
    rates: list[tuple[str, str]] = []
    if document.tax is not None:
        if document.tax.rate not in (None, "proportional"):
            rates.append(("tax.rate", str(document.tax.rate)))
        rates += [(f"tax.zones.{zone}", rate) for zone, rate in document.tax.zones.items()]
    rates += [(f"methods[{i}].tax", m.tax) for i, m in enumerate(document.methods) if m.tax is not None]
    for at, rate in rates:
        if 0 < float(rate) < 1:
            yield warn(
                "fraction", at, "a tax of less than one percent", found=repr(rate), mend="19 means 19 %"
            )
        elif float(rate) > 50:
            yield warn(
                "percent_too_large",
                at,
                "a tax of over 50 %",
                found=repr(rate),
                mend="check the decimal point",
            )
