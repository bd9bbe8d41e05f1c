"""A second opinion on prices: the policy's own words read with decimals, and integers only at the end.

It knows the places, services and price tables of `tests.strategies.policies`.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from zoneinfo import ZoneInfo

from checkout_kit import LineItem
from checkout_kit.shipping import QuoteRequest
from tests.oracles.walked_places import ZONES_OF

Table = Mapping[str, object]
_CENT = Decimal("0.01")
_NEW_YORK = ZoneInfo("America/New_York")


def cents(value: Decimal) -> Decimal:
    """Rounded half-up to a cent."""
    return value.quantize(_CENT, ROUND_HALF_UP)


def table(value: object) -> Table:
    """A table of the policy."""
    assert isinstance(value, Mapping)
    return value


def rows(value: object) -> list[Table]:
    """A list of tables."""
    assert isinstance(value, list)
    return [table(row) for row in value]


class Withheld(Exception):
    """The method is not offered."""


class Walk:
    """One request read against one policy."""

    def __init__(self, policy: Table, request: QuoteRequest) -> None:
        self.policy, self.request, self.cart = policy, request, request.cart
        to = request.destination
        self.zones = ZONES_OF[to.country, to.region, to.postal_code].split()
        if policy.get("overlap") == "one zone":
            self.zones = self.zones[:1]
        self.sent = [line for line in self.cart.lines if line.requires_shipping]
        self.charged = [line for line in self.sent if not line.ships_free]
        self.local = request.placed_at.astimezone(_NEW_YORK)

    def prices(self) -> dict[str, int]:
        """What is offered, in cents."""
        found = {}
        for method in rows(self.policy["methods"]):
            try:
                found[str(method["id"])] = int(self.price(method) * 100)
            except Withheld:
                continue
        return found

    def need(self, *, holds: bool) -> None:
        """Withhold the method unless something holds."""
        if not holds:
            raise Withheld

    def price(self, method: Table) -> Decimal:
        """The price of one method."""
        self.need(holds=bool(self.sent))
        price = self.price_table(method)
        if method.get("service") == "today":
            self.need(holds=self.local.isoweekday() <= 5 and self.local.time() <= dt.time(11))
        if "minimum_order" in method:
            self.need(holds=self.goods({}) >= Decimal(str(method["minimum_order"])))
        if "when" in method:
            self.need(holds=self.holds(table(method["when"])))
        base = self.base(price, method) if self.charged else Decimal(0)
        fees = self.fees(method, base)
        left = base + fees
        if "free_from" in method and self.is_free(method["free_from"]):
            free = method["free_from"]
            keeps = isinstance(free, Mapping) and bool(free.get("keeps_surcharges"))
            left = fees if keeps else Decimal(0)
        for cut in rows(self.policy.get("promotions", [])):
            left = self.cut(cut, left)
        return left + self.tax(left)

    def price_table(self, method: Table) -> object:
        """The price for the most specific zone that the method names."""
        for zone in self.zones:
            if "rates" in method:
                for rate in rows(method["rates"]):
                    zones = rate["zones"]
                    assert isinstance(zones, list)
                    if zone in zones:
                        return rate["price"]
                continue
            price = method["price"]
            if isinstance(price, Mapping) and price["by"] == "weight card":
                if zone in table(price["zones"]):
                    bands = table(price["zones"])[zone]
                    assert isinstance(bands, list)
                    assert isinstance(price["up_to"], list)
                    tiers = [{"up_to": u, "price": p} for u, p in zip(price["up_to"], bands, strict=True)]
                    limits = {key: price[key] for key in ("floor", "ceiling") if key in price}
                    return {"by": "weight", "tiers": tiers} | limits
            else:
                zones = method["zones"]
                assert isinstance(zones, list)
                if zone in zones:
                    return price
        raise Withheld

    def weight_of(self, line: LineItem) -> Decimal:
        """Grams of one unit; the policy's default where the line does not say."""
        if line.weight_g is not None:
            return Decimal(line.weight_g)
        self.need(holds="default_item_weight" in self.policy)
        return Decimal(400)

    def weight(self, lines: list[LineItem]) -> Decimal:
        """Grams of some lines."""
        return sum((self.weight_of(line) * line.quantity for line in lines), Decimal(0))

    def base(self, price: object, method: Table) -> Decimal:
        """The base price within its floor and ceiling."""
        if not isinstance(price, Mapping):
            return Decimal(str(price))
        by = {
            "weight": self.tiers,
            "billable weight": self.tiers,
            "goods": self.tiers,
            "quantity": self.tiers,
        }
        by |= {
            "item": self.per_item,
            "class": self.per_class,
            "formula": self.formula,
            "percent": self.formula,
        }
        found = by[str(price["by"])](price)
        found = max(found, Decimal(str(price.get("floor", found))))
        return min(found, Decimal(str(price.get("ceiling", found))))

    def tiers(self, price: Table) -> Decimal:
        """The first band that holds the measure and whose condition holds, else what is said of more."""
        by = str(price["by"])
        if by == "goods":
            value = self.goods({})
        elif by == "quantity":
            value = Decimal(sum(line.quantity for line in self.charged))
        else:
            value = self.weight(self.charged)
        if by == "billable weight":
            boxed = [line for line in self.charged if line.dimensions is not None]
            volume = sum(line.quantity * line.dimensions.volume_mm3 for line in boxed if line.dimensions)
            value = max(value, Decimal(-(-volume // 5000)))
        bands = rows(price["tiers"])
        for band in bands:
            if self.reaches(band, value) and ("when" not in band or self.holds(table(band["when"]))):
                return Decimal(str(band["price"]))
        top = self.bound(bands[-1])
        self.need(holds="above" in price and not self.reaches(bands[-1], value))
        above = table(price["above"])
        if above.get("repeat"):
            whole, rest = divmod(value, top)
            tail = (
                next(Decimal(str(b["price"])) for b in bands if self.reaches(b, rest)) if rest else Decimal(0)
            )
            return whole * Decimal(str(bands[-1]["price"])) + tail
        start = Decimal(str(above.get("price", bands[-1]["price"])))
        if "per_kg" in above:
            return start + cents((value - top) * Decimal(str(above["per_kg"])) / 1000)
        # "below 2" covers one unit, so a second is the first further one.
        over = value - (top if "up_to" in bands[-1] else top - 1)
        return start + over * Decimal(str(above.get("per_item", 0)))

    def bound(self, band: Table) -> Decimal:
        """The upper bound in grams, units or currency."""
        text = str(band.get("up_to", band.get("below")))
        number, _, unit = text.partition(" ")
        return Decimal(number) * (1000 if unit == "kg" else 1)

    def reaches(self, band: Table, value: Decimal) -> bool:
        """Whether the band holds a value."""
        return value <= self.bound(band) if "up_to" in band else value < self.bound(band)

    def per_item(self, price: Table) -> Decimal:
        """The first unit and the others."""
        count = sum(line.quantity for line in self.charged)
        return Decimal(str(price["first"])) + (count - 1) * Decimal(str(price["each"]))

    def per_class(self, price: Table) -> Decimal:
        """By class, as the generator writes it."""
        charges = []
        named = table(price["classes"])
        groups = {name: [x for x in self.charged if x.shipping_class == name] for name in named}
        groups["other"] = [line for line in self.charged if line.shipping_class not in named]
        for name, lines in groups.items():
            count = sum(line.quantity for line in lines)
            if not count:
                continue
            self.need(holds=name != "other" or "other" in price)
            charge = price["other"] if name == "other" else named[name]
            if isinstance(charge, Mapping):
                goods = self.goods({}, only=lines)
                each = count * Decimal(str(charge["each"]))
                charges.append(each + cents(goods * Decimal(str(charge["percent"])) / 100))
            else:
                charges.append(Decimal(str(charge)) * (count if price["combine"] == "per item" else 1))
        return max(charges) if price["combine"] == "dearest" else sum(charges, Decimal(0))

    def formula(self, price: Table) -> Decimal:
        """A sum of terms, each rounded."""
        total = Decimal(str(price.get("base", 0)))
        count = sum(line.quantity for line in self.charged)
        total += count * Decimal(str(price.get("per_item", 0)))
        if "per_kg" in price:
            total += cents(self.weight(self.charged) * Decimal(str(price["per_kg"])) / 1000)
        return total + cents(self.goods({}) * Decimal(str(price.get("percent", 0))) / 100)

    def goods(
        self, basis: Table, classes_left_out: tuple[str, ...] = (), only: list[LineItem] | None = None
    ) -> Decimal:
        """The goods total on a basis; gift cards never count."""
        values = [Decimal(line.quantity * line.unit_price) for line in self.cart.lines]
        if basis.get("goods", "after discounts") != "before discounts":
            values = [Decimal(line.total) for line in self.cart.lines]
        if basis.get("goods", "after discounts") == "after discounts" and self.cart.order_discount:
            values = self.less_order_discount(values)
        total = Decimal(0)
        for line, value in zip(self.cart.lines, values, strict=True):
            rate = Decimal(line.tax_rate_bp or 0) / 10_000
            skipped = only is not None and line not in only
            if line.is_gift_card or line.shipping_class in classes_left_out or skipped:
                continue
            wanted = basis.get("tax", "as shown")
            if wanted == "included" and not self.cart.prices_include_tax:
                value += (value * rate).quantize(Decimal(1), ROUND_HALF_UP)  # noqa: PLW2901
            elif wanted == "excluded" and self.cart.prices_include_tax:
                value = (value / (1 + rate)).quantize(Decimal(1), ROUND_HALF_UP)  # noqa: PLW2901
            total += value
        return total / 100

    def less_order_discount(self, values: list[Decimal]) -> list[Decimal]:
        """The discount spread by value, whole cents, largest remainder first, ties to the first line."""
        whole = sum(values)
        if not whole:
            return values
        exact = [self.cart.order_discount * value / whole for value in values]
        parts = [Decimal(int(share)) for share in exact]
        order = sorted(range(len(values)), key=lambda i: (-(exact[i] - parts[i]), i))
        for i in order[: int(self.cart.order_discount - sum(parts))]:
            parts[i] += 1
        return [value - part for value, part in zip(values, parts, strict=True)]

    def fees(self, method: Table, base: Decimal) -> Decimal:
        """All surcharges."""
        total = Decimal(0)
        listed = method.get("surcharges", [])
        assert isinstance(listed, list)
        for named in listed:
            fee = table(table(self.policy["surcharges"])[named]) if isinstance(named, str) else table(named)
            zones = fee.get("zones", self.zones)
            assert isinstance(zones, list)
            if not set(zones) & set(self.zones) or ("when" in fee and not self.holds(table(fee["when"]))):
                continue
            if "percent" in fee:
                of = {"base": base, "running": base + total, "goods": self.goods({})}[
                    str(fee.get("of", "base"))
                ]
                added = cents(of * Decimal(str(fee["percent"])) / 100)
            else:
                added = Decimal(str(fee["amount"])) * self.count_for(str(fee.get("per", "order")))
            total += max(added, Decimal(str(fee.get("floor", added))))
        return total

    def count_for(self, per: str) -> int:
        """How often a fee is charged: once, per unit, or per started kg."""
        if per == "kg":
            return ceil(self.weight(self.charged) / 1000)
        return sum(line.quantity for line in self.charged) if per == "item" else 1

    def is_free(self, terms: object) -> bool:
        """Whether the free-shipping terms are met."""
        if not isinstance(terms, Mapping):
            return self.goods({}) >= Decimal(str(terms))
        if "when" in terms and not self.holds(table(terms["when"])):
            return False
        left_out = ("bulky",) if "counts" in terms else ()
        enough = self.goods(terms, left_out) >= Decimal(str(terms["amount"]))
        has_code = "SHIP" in self.cart.discount_codes
        needs = terms.get("needs", "amount")
        return {"amount": enough, "either": enough or has_code, "both": enough and has_code}[str(needs)]

    def cut(self, cut: Table, left: Decimal) -> Decimal:
        """What a promotion leaves."""
        codes, zones = cut.get("codes"), cut.get("zones")
        if isinstance(codes, list) and not set(codes) & set(self.cart.discount_codes):
            return left
        if isinstance(zones, list) and not set(zones) & set(self.zones):
            return left
        if "when" in cut and not self.holds(table(cut["when"])):
            return left
        if "percent" in cut:
            return left - cents(left * Decimal(str(cut["percent"])) / 100)
        if "amount" in cut:
            return max(Decimal(0), left - Decimal(str(cut["amount"])))
        return min(left, Decimal(str(cut["price"])))

    def tax(self, left: Decimal) -> Decimal:
        """Tax that is added."""
        tax = self.policy.get("tax")
        if not isinstance(tax, Mapping) or tax["prices"] != "added":
            return Decimal(0)
        rate = next(
            (table(tax["zones"])[zone] for zone in self.zones if zone in table(tax["zones"])), tax["rate"]
        )
        if rate != "proportional":
            return cents(left * Decimal(str(rate)) / 100)
        whole, parts = sum(line.total for line in self.cart.lines), dict[int, int]()
        for line in self.cart.lines:
            parts[line.tax_rate_bp or 0] = parts.get(line.tax_rate_bp or 0, 0) + line.total
        return sum((cents(left * n * bp / (whole * 10_000)) for bp, n in parts.items() if n), Decimal(0))

    def holds(self, when: Table) -> bool:
        """Whether every key of a condition holds."""
        return all(self.key_holds(key, value) for key, value in when.items())

    def key_holds(self, key: str, value: object) -> bool:
        """One key of a condition."""
        if key in ("any", "all"):
            return {"any": any, "all": all}[key](self.holds(each) for each in rows(value))
        if key == "not":
            return self.fails(table(value))
        if key == "goods":
            return self.within(table(value), self.goods(table(value)))
        if key == "weight":
            return self.weight_is_known and self.within(table(value), self.weight(self.sent))
        if key == "quantity":
            return self.within(table(value), Decimal(sum(line.quantity for line in self.sent)))
        if key == "hours":
            return dt.time(8) <= self.local.time() < dt.time(17)
        if key == "weekdays":
            return self.local.isoweekday() <= 5
        if key == "dates":
            return self.local.date() >= dt.date(2026, 11, 20)
        found = {
            "classes": {line.shipping_class for line in self.sent},
            "customer_groups": set(self.request.customer.groups),
            "channels": {self.request.channel},
            "destination_kinds": {self.request.destination_kind},
            "codes": set(self.cart.discount_codes),
            "zones": set(self.zones),
            "attributes": {line.attributes.get("material", "") for line in self.sent},
        }[key]
        wanted = table(value).get("material", value) if key == "attributes" else value
        if isinstance(wanted, Mapping):
            barred = wanted["none"]
            assert isinstance(barred, list)
            return not found & set(barred)
        assert isinstance(wanted, list)
        return bool(found & set(wanted))

    def fails(self, when: Table) -> bool:
        """Whether a condition certainly does not hold; an unknown weight is no proof."""
        return any(self.key_fails(key, value) for key, value in when.items())

    def key_fails(self, key: str, value: object) -> bool:
        """Whether one key certainly does not hold."""
        if key in ("any", "all"):
            return {"any": all, "all": any}[key](self.fails(each) for each in rows(value))
        if key == "not":
            return self.holds(table(value))
        return not self.key_holds(key, value) and (key != "weight" or self.weight_is_known)

    @property
    def weight_is_known(self) -> bool:
        """Whether every line sent has a weight, its own or the policy's."""
        return all(line.weight_g is not None for line in self.sent) or "default_item_weight" in self.policy

    def within(self, bounds: Table, value: Decimal) -> bool:
        """Whether a number lies within stated bounds."""
        for word, text in bounds.items():
            if word not in ("at_least", "above", "up_to", "below"):
                continue
            number, _, unit = str(text).partition(" ")
            bound = Decimal(number) * (1000 if unit == "kg" else 1)
            is_met = {
                "at_least": value >= bound,
                "above": value > bound,
                "up_to": value <= bound,
                "below": value < bound,
            }
            if not is_met[word]:
                return False
        return True
