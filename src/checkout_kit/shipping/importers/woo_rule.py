"""WooCommerce's own choice of zone and cost, written from its documented behaviour and not from our policy.

Source: WooCommerce 9 developer documentation, shipping zones and flat rate cost formulas.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from attrs import frozen

from checkout_kit.money import exponent
from checkout_kit.shipping.importers.continents import CONTINENTS
from checkout_kit.shipping.importers.woo_values import REST_OF_WORLD_ID, WooExport, WooMethod, WooZone

_TOKEN = re.compile(r"\d+(?:\.\d*)?|\.\d+|[-+*/()]")
_FEE = re.compile(r"\[fee([^\]]*)\]")
_SETTING = re.compile(r"(\w+)=[\"']([^\"']*)[\"']")


@frozen(kw_only=True)
class Item:
    """One line that needs shipping: its class (empty for none), units and total after discounts."""

    shipping_class: str
    quantity: int
    total: Decimal


@frozen(kw_only=True)
class Basket:
    """What the rules look at; totals of all goods before and after coupon discounts."""

    items: tuple[Item, ...]
    before: Decimal
    after: Decimal
    codes: tuple[str, ...] = ()


def pick_zone(export: WooExport, country: str, state: str, postcode: str) -> WooZone | None:
    """The first zone, in the shop's order, that holds the place; else the rest of the world."""
    for zone in export.zones:
        if zone.id == REST_OF_WORLD_ID or _holds(zone, country, state, postcode):
            return zone
    return None


def _holds(zone: WooZone, country: str, state: str, postcode: str) -> bool:
    named = bool(zone.countries or zone.states or zone.continents)
    is_inside = (
        country in zone.countries
        or (country, state) in zone.states
        or any(country in CONTINENTS.get(continent, ()) for continent in zone.continents)
    )
    if named and not is_inside:
        return False
    return not zone.postcodes or any(_has_code(rule, postcode) for rule in zone.postcodes)


def _has_code(rule: str, postcode: str) -> bool:
    code, wanted = (text.upper().replace(" ", "").replace("-", "") for text in (postcode, rule))
    if "..." in wanted:
        low, _, high = wanted.partition("...")
        return code.isdigit() and low.isdigit() and high.isdigit() and int(low) <= int(code) <= int(high)
    return code.startswith(wanted[:-1]) if wanted.endswith("*") else code == wanted


def cost_of(export: WooExport, method: WooMethod, basket: Basket) -> int | None:
    """The method's cost in minor units, or None when it is not offered."""
    found: Decimal | None
    if method.kind == "free_shipping":
        found = Decimal(0) if _is_free(export, method.settings, basket) else None
    elif method.kind == "local_pickup":
        text = method.settings.get("cost", "")
        found = _evaluate(export, text, basket.items) if text.strip() else Decimal(0)
    else:
        found = _flat_rate(export, method.settings, basket)
    if found is None:
        return None
    return int(found.scaleb(exponent(export.currency)).to_integral_value(ROUND_HALF_UP))


def _is_free(export: WooExport, settings: Mapping[str, str], basket: Basket) -> bool:
    requires = settings.get("requires", "")
    has_coupon = bool(set(export.free_codes) & set(basket.codes))
    total = basket.before if settings.get("ignore_discounts", "no") == "yes" else basket.after
    has_amount = total >= Decimal(settings.get("min_amount", "").strip() or "0")
    return {
        "": True,
        "min_amount": has_amount,
        "coupon": has_coupon,
        "either": has_amount or has_coupon,
        "both": has_amount and has_coupon,
    }[requires]


def _flat_rate(export: WooExport, settings: Mapping[str, str], basket: Basket) -> Decimal | None:
    total, has_costs, highest = Decimal(0), False, Decimal(0)
    base = settings.get("cost", "")
    if base.strip():
        has_costs, total = True, _evaluate(export, base, basket.items)
    is_sum = settings.get("type", "class") == "class"
    numbers = {slug: number for number, slug in export.classes.items()}
    groups: dict[str, list[Item]] = {}
    for item in basket.items if export.classes else ():
        groups.setdefault(item.shipping_class, []).append(item)
    for name, items in groups.items():
        text = settings.get(f"class_cost_{numbers[name]}" if name in numbers else "no_class_cost", "")
        if not text.strip():
            continue
        has_costs = True
        cost = _evaluate(export, text, items)
        total += cost if is_sum else Decimal(0)
        highest = max(highest, cost)
    if not has_costs:
        return None
    return total if is_sum else total + highest


def _evaluate(export: WooExport, text: str, items: Sequence[Item]) -> Decimal:
    quantity = sum(item.quantity for item in items)
    goods = sum((item.total for item in items), Decimal(0))

    def fee(match: re.Match[str]) -> str:
        settings = {name: value for name, value in _SETTING.findall(match[1]) if value}
        digits = Decimal(1).scaleb(-exponent(export.currency))
        found = (goods * Decimal(settings.get("percent", "0")) / 100).quantize(digits, ROUND_HALF_UP)
        found = max(found, Decimal(settings.get("min_fee", "0")))
        ceiling = Decimal(settings.get("max_fee", "0"))
        return str(min(found, ceiling) if ceiling else found)

    sum_text = _FEE.sub(fee, text.replace("[qty]", str(quantity)).replace("[cost]", str(goods)))
    sum_text = sum_text.replace(export.decimal, ".").replace(",", ".")
    return _Arithmetic(_TOKEN.findall(sum_text)).sum()


class _Arithmetic:
    """Sums, products and brackets, the usual way round."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = [*tokens, ""]
        self.at = 0

    def _next(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def sum(self) -> Decimal:
        value = self._product()
        while self.tokens[self.at] in ("+", "-"):
            sign = 1 if self._next() == "+" else -1
            value += sign * self._product()
        return value

    def _product(self) -> Decimal:
        value = self._factor()
        while self.tokens[self.at] in ("*", "/"):
            if self._next() == "*":
                value *= self._factor()
            else:
                value /= self._factor()
        return value

    def _factor(self) -> Decimal:
        part = self._next()
        if part == "(":
            value = self.sum()
            self._next()
            return value
        return -self._factor() if part == "-" else Decimal(part)
