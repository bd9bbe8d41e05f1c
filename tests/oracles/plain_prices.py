"""A slow, plain pricing of a policy mapping with exact fractions, written from the documentation alone.

It shares nothing with the engine but the request's values: no compiled policy, no integer shortcuts.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil
from typing import Any

from checkout_kit.shipping import QuoteRequest
from tests.oracles.plain_facts import (
    Reading,
    Table,
    Withheld,
    counted,
    half_up,
    is_table,
    measure,
    member,
    share,
)


class Pricing(Reading):
    """The request priced method by method, in the documented order."""

    def base(self, price: Any, method: Table) -> int:
        """The base price of the lines that do not ship free, after its own floor and ceiling."""
        if not self.paid:
            return 0
        if isinstance(price, str | int) or "by" not in price:
            return self.minor(price)
        exact = getattr(self, "by_" + price["by"].replace(" ", "_"))(price, method)
        return self.clamp(exact, price)

    def clamp(self, amount: int, limits: Table) -> int:
        if "floor" in limits:
            amount = max(amount, self.minor(limits["floor"]))
        return min(amount, self.minor(limits["ceiling"])) if "ceiling" in limits else amount

    def by_order(self, price: Table, method: Table) -> int:
        return self.minor(price["price"])

    def by_weight(self, price: Table, method: Table) -> int:
        return self.tiered(self.weight_g(self.paid), price, measure, "per_kg")

    def by_billable_weight(self, price: Table, method: Table) -> int:
        return self.tiered(self.billable_g(self.paid, method), price, measure, "per_kg")

    def by_quantity(self, price: Table, method: Table) -> int:
        return self.tiered(sum(line.quantity for line in self.paid), price, measure, "per_item")

    def by_distance(self, price: Table, method: Table) -> int:
        return self.tiered(self.distance_m(), price, measure, "per_km")

    def by_goods(self, price: Table, method: Table) -> int:
        return self.tiered(self.goods(self.cart), price, self.minor, "")

    def tiered(self, value: int, table: Table, read: Any, per: str) -> int:
        tiers = table["tiers"]
        for tier in tiers:
            if self.within(value, tier, read) and self.holds(tier.get("when")):
                return self.minor(tier["price"])
        last = tiers[-1]
        bound = next((read(last[key]) for key in ("up_to", "below") if key in last), None)
        above = table.get("above")
        if bound is None or above is None or value < bound or (value == bound and "up_to" in last):
            raise Withheld("no_tier")
        top = self.minor(above["price"]) if "price" in above else self.minor(last["price"])
        if above.get("repeat"):
            bands, rest = divmod(value, bound)
            return bands * top + (self.tiered(rest, table, read, per) if rest else 0)
        if per not in above:
            return top
        covered = bound - 1 if per == "per_item" and "below" in last else bound
        excess = Fraction(value - covered, 1 if per == "per_item" else 1000)
        if "each_started" in above:
            step = Fraction(measure(above["each_started"]), 1000)
            excess = ceil(excess / step) * step
        return top + half_up(self.minor(above[per], stepped=per == "per_item") * excess)

    def by_item(self, price: Table, method: Table) -> int:
        each = self.minor(price["each"])
        first = self.minor(price["first"]) if "first" in price else each
        return first + each * (sum(line.quantity for line in self.paid) - 1)

    def by_live(self, price: Table, method: Table) -> int:
        for rate in self.request.live_rates:
            if (rate.method_id, rate.currency) == (method["id"], self.cart.currency):
                return rate.price_minor
        if "otherwise" not in price:
            raise Withheld("live_rate_missing")
        return self.base(price["otherwise"], method)

    def by_percent(self, price: Table, method: Table) -> int:
        return share(self.goods(self.cart), price["percent"])

    def by_formula(self, price: Table, method: Table) -> int:
        total = self.minor(price["base"]) if "base" in price else 0
        if "per_item" in price:
            total += self.minor(price["per_item"]) * sum(line.quantity for line in self.paid)
        if "per_kg" in price:
            grams = self.billable_g(self.paid, method) if price.get("billable") else self.weight_g(self.paid)
            total += half_up(self.minor(price["per_kg"], stepped=False) * Fraction(grams, 1000))
        if "per_km" in price:
            total += half_up(self.minor(price["per_km"], stepped=False) * Fraction(self.distance_m(), 1000))
        if "percent" in price:
            total += self.by_percent(price, method)
        return total

    def by_class(self, price: Table, method: Table) -> int:
        charges = []
        listed = price["classes"]
        groups = [(listed[name], [i for i in self.paid if i.shipping_class == name]) for name in listed]
        groups.append((price.get("other"), [i for i in self.paid if i.shipping_class not in listed]))
        for charge, lines in groups:
            if not lines:
                continue
            if charge is None:
                raise Withheld("class_not_priced")
            terms = charge if is_table(charge, "price", "each", "percent") else {"price": charge}
            units = sum(line.quantity for line in lines)
            once = self.minor(terms["price"]) if "price" in terms else 0
            amount = once * (units if price.get("combine") == "per item" else 1)
            amount += self.minor(terms["each"]) * units if "each" in terms else 0
            if "percent" in terms:
                amount += share(self.goods(self.cart, lines), terms["percent"])
            charges.append(amount)
        base = self.minor(price["base"]) if "base" in price else 0
        return base + (max(charges) if price.get("combine") == "dearest" else sum(charges))

    # fees, free shipping, promotions, tax

    def concerns(self, term: Table) -> bool:
        """Whether a fee, rule or cut is for one of the address's zones and its condition holds."""
        return bool(set(term.get("zones", self.zones)) & set(self.zones)) and self.holds(term.get("when"))

    def fee(self, fee: Table, base: int, running: int) -> int:
        if not self.concerns(fee):
            return 0
        if "percent" in fee:
            of = {"base": base, "running": running}.get(fee.get("of", "base"))
            of = self.goods(self.cart) if of is None else of
            return self.clamp(share(of, fee["percent"]), fee)
        amount, lines = self.minor(fee["amount"]), self.paid
        if "counts" in fee:
            lines = [line for line in lines if counted(line, fee["counts"])]
            if not lines:
                return 0
        if fee.get("per") == "item":
            amount *= sum(line.quantity for line in lines)
        elif fee.get("per") == "kg":
            amount *= ceil(Fraction(self.weight_g(lines), 1000))
        return self.clamp(amount, fee)

    def is_free(self, rule: Any) -> bool:
        rule = rule if is_table(rule, "amount", "codes") else {"amount": rule}
        if not self.concerns(rule):
            return False
        met = {}
        if "amount" in rule:
            counts = rule.get("counts", {})
            lines = [line for line in self.order.lines if counted(line, counts)]
            basis, tax = rule.get("goods", "after discounts"), rule.get("tax", "as shown")
            met["amount"] = self.goods(self.order, lines, basis, tax) >= self.minor(rule["amount"])
        if "codes" in rule:
            met["code"] = member(rule["codes"], set(self.cart.discount_codes))
        needs = rule.get("needs", "either" if len(met) == 2 else next(iter(met)))
        return any(met.values()) if needs == "either" else all(met.values())

    def cut(self, price: int, method: Table) -> int:
        for promotion in self.policy.get("promotions", ()):
            if (
                ("methods" in promotion and method["id"] not in promotion["methods"])
                or ("codes" in promotion and not member(promotion["codes"], set(self.cart.discount_codes)))
                or not self.concerns(promotion)
                or not price
            ):
                continue
            if "percent" in promotion:
                price -= share(price, promotion["percent"])
            elif "amount" in promotion:
                price -= self.minor(promotion["amount"])
            else:
                price = min(price, self.minor(promotion["price"]))
            price = max(price, 0)
            if promotion.get("exclusive"):
                break
        return price

    def tax(self, price: int, method: Table) -> int:
        """The tax in a price that contains it, or on one that does not."""
        tax = self.policy.get("tax")
        if tax is None:
            return 0
        zoned = [tax["zones"][zone] for zone in self.zones if zone in tax.get("zones", {})]
        rate = method.get("tax", zoned[0] if zoned else tax.get("rate") or 0)
        if rate != "proportional":
            return tax_part(Fraction(price), Fraction(str(rate)) / 100, tax["prices"])
        worth = {line.id: line.total for line in self.cart.lines}
        if not any(worth.values()):
            worth = {line.id: line.quantity for line in self.cart.lines}
        whole = sum(worth.values())
        rates = {line.tax_rate_bp or 0 for line in self.cart.lines}
        parts = {r: sum(worth[i.id] for i in self.cart.lines if (i.tax_rate_bp or 0) == r) for r in rates}
        return sum(
            tax_part(Fraction(price * part, whole), Fraction(r, 10_000), tax["prices"])
            for r, part in parts.items()
        )

    # a method

    def method(self, method: Table) -> tuple[int, int]:
        """What a method costs and the tax in that, in minor units; Withheld where it is not offered."""
        if not self.sent:
            raise Withheld("nothing_to_ship")
        if self.request.origin and method.get("origin", self.request.origin) != self.request.origin:
            raise Withheld("other_origin")
        self.origin = method.get("origin", self.origin)
        self.check_amounts(method)
        after = self.goods(self.order)
        if "minimum_order" in method and after < self.minor(method["minimum_order"]):
            raise Withheld("minimum_order")
        if not self.holds(method.get("when")):
            raise Withheld("condition_not_met")
        rates = method.get("rates", [{"price": method.get("price")}])
        served = method.get("zones")
        for zone in self.zones:
            if served is not None and zone not in served:
                continue
            for rate in rates:
                if "zones" not in rate or zone in rate["zones"]:
                    price = in_zone(rate["price"], zone)
                    if price is not None:
                        return self.total(rate | {"price": price}, method)
        raise Withheld("outside_zones")

    def check_amounts(self, method: Table) -> None:
        """A method is priced in a currency only where every amount it could come to need is."""
        if self.cart.currency not in {self.policy["currency"], *self.policy.get("currencies", {})}:
            raise Withheld("currency_not_priced")
        cuts = [
            p for p in self.policy.get("promotions", ()) if method["id"] in p.get("methods", [method["id"]])
        ]
        for part in (method, *self.fees_of({}, method), *cuts):
            for amount in amounts(part):
                self.minor(amount)

    def fees_of(self, rate: Table, method: Table) -> list[Table]:
        """The surcharges in the order listed, the rate's own where it lists some."""
        listed = rate.get("surcharges", method.get("surcharges", ()))
        return [self.policy["surcharges"][fee] if isinstance(fee, str) else fee for fee in listed]

    def total(self, rate: Table, method: Table) -> tuple[int, int]:
        """What is paid, and the tax in it."""
        base = self.base(rate["price"], method)
        fees = 0
        for fee in self.fees_of(rate, method):
            fees += self.fee(fee, base, base + fees)
        rule = rate.get("free_from", method.get("free_from"))
        if rule is not None and self.is_free(rule):
            base, fees = 0, fees if isinstance(rule, Mapping) and rule.get("keeps_surcharges") else 0
        price = self.cut(base + fees, method)
        tax = self.tax(price, method)
        is_added = self.policy.get("tax", {}).get("prices") == "added"
        return price + tax if is_added else price, tax


AMOUNTS = frozenset(
    "price each first base other otherwise per_item per_kg per_km".split()
    + "floor ceiling amount free_from minimum_order".split()
)


def amounts(table: Any) -> Iterable[Any]:
    """Every amount written anywhere in a table."""
    if isinstance(table, list):
        for part in table:
            yield from amounts(part)
    elif isinstance(table, Mapping):
        for key, part in table.items():
            if key in AMOUNTS and (isinstance(part, str) or part.keys() <= {"USD", "EUR", "JPY", "KWD"}):
                yield part
            elif key == "zones" and "up_to" in table:
                yield from (cell for row in part.values() for cell in row)
            elif key == "classes" and isinstance(part, Mapping) and "by" in table:
                yield from (charge for charge in part.values() if isinstance(charge, str))
                yield from amounts([charge for charge in part.values() if not isinstance(charge, str)])
            elif key == "tiers" and table["by"] == "goods":
                yield from (tier[k] for tier in part for k in ("up_to", "below", "price") if k in tier)
            elif key == "goods" and isinstance(part, Mapping):
                yield from (part[k] for k in ("at_least", "above", "up_to", "below") if k in part)
            else:
                yield from amounts(part)


def in_zone(price: Any, zone: str) -> Any:
    """The price with each rate card as the tiers of its row there; None where a card has no such row."""
    if is_table(price, "otherwise"):
        otherwise = in_zone(price["otherwise"], zone)
        return None if otherwise is None else {**price, "otherwise": otherwise}
    if not is_table(price, "up_to"):
        return price
    if zone not in price["zones"]:
        return None
    bands = zip(price["up_to"], price["zones"][zone], strict=True)
    tiers = [{"up_to": bound, "price": amount} for bound, amount in bands]
    return {**price, "by": price["by"].removesuffix(" card"), "tiers": tiers}


def tax_part(amount: Fraction, rate: Fraction, prices: str) -> int:
    """The tax at a rate in an amount that includes it, or on one to which it is added."""
    return half_up(amount * rate / (1 + rate) if prices == "included" else amount * rate)


Prices = dict[str, tuple[int, int] | None]


def plain_prices(policy: Table, request: QuoteRequest) -> Prices:
    """Every method's price and the tax in it, in minor units; None where it is withheld."""
    prices: Prices = {}
    for method in policy["methods"]:
        try:
            prices[method["id"]] = Pricing(policy, request).method(method)
        except Withheld:
            prices[method["id"]] = None
    return prices


def plain_order(policy: Table, packages: Iterable[QuoteRequest]) -> tuple[Prices, int | None]:
    """Every method's price for an order in packages, and that of the cheapest mix where none is shared."""
    parts = [plain_prices(policy, request) for request in packages]
    prices: Prices = {}
    for method in parts[0]:
        found = [price for part in parts if (price := part[method])]
        all_go = len(found) == len(parts)
        prices[method] = (sum(p for p, _ in found), sum(t for _, t in found)) if all_go else None
    cheapest = [min((price for price, _ in filter(None, part.values())), default=None) for part in parts]
    is_mixed = not any(prices.values()) and None not in cheapest
    return prices, sum(filter(None, cheapest)) if is_mixed else None
