"""Shops and carts that sit on edges: ties at bounds, gift cards, odd tax rates, coins of other sizes."""

import datetime as dt
from random import Random
from typing import Any

from checkout_kit import Address, Cart, Customer, Dimensions, LineItem
from checkout_kit.shipping import QuoteRequest
from checkout_kit.shipping.live import LiveRate
from checkout_kit.shipping.packages import (
    PackagePlan,
    Source,
    by_priority,
    by_shipping_class,
    by_weight,
    fewest_packages,
    plan_packages,
)

Doc = dict[str, Any]
PLACES = (
    ("US", "NY", "10001"), ("US", "NY", "10003-4401"), ("US", "HI", "96701"), ("US", "CA", "90210"),
    ("US", "CA", "90299"), ("US", "TX", ""), ("GB", "", "SW1A 1AA"), ("GB", "", "SW10 9AA"),
    ("GB", "", "ec2y5as"), ("GB", "", "BT1 1AA"), ("DE", "", "10115"), ("DE", "", "01067"),
    ("NL", "", "1011 AB"), ("NL", "", "1017ba"), ("CY", "", "1010"), ("KW", "", "13001"),
    ("JP", "", "100-0001"), ("AU", "", ""),
)  # fmt: skip
ZONES: Doc = {
    "manhattan": {"where": [{"country": "US", "postal_codes": ["100*"]}]},
    "hills": {"where": [{"country": "US", "postal_codes": ["9021?", "90290..90299"]}]},
    "islands": {"where": [{"country": "US", "regions": ["HI", "AK"]}]},
    "us": {"where": [{"country": "US", "except_regions": ["AK"]}]},
    "coasts": {"where": [{"countries": ["US", "GB"], "except_postal_codes": []}]},
    "westminster": {"where": [{"country": "GB", "postal_codes": ["SW1A", "EC1A..EC4Y"]}]},
    "uk": {"where": [{"country": "GB"}], "except": [{"country": "GB", "postal_codes": ["BT*"]}]},
    "amsterdam": {"where": [{"country": "NL", "postal_codes": ["1011..1018"]}]},
    "saxony": {"where": [{"country": "DE", "postal_codes": ["01*", "04*"]}], "priority": 2},
    "eu": {"where": [{"group": "EU", "except_countries": ["MT"]}, {"country": "KW"}]},
    "all": {"where": [{"everywhere": True, "except_countries": ["CY"]}], "priority": -1},
    "rest": {"rest_of_world": True},
}
KINDS = (
    *("flat", "order", "weight", "billable weight", "goods", "quantity", "distance", "item", "class"),
    *("percent", "formula", "weight card", "billable weight card", "live"),
)
CENTROIDS = {
    "US": {"1": [41.5, -75.0], "100": [40.75, -73.99], "9021": [34.1, -118.4], "967": [21.3, -157.9]},
    "DE": {"01": [51.05, 13.74]},
    "GB": {"SW1": [51.5, -0.13], "SW": [51.46, -0.17], "EC2Y": [51.52, -0.09]},
}
CLASSES = ("", "", "bulky", "glass", "hazmat")
CODES = ("SHIP", "WINTER")
DIGITS = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}
BOUNDS = (1000, 1999, 2000, 5000)
GOODS = (1, 3333, 3500, 5000)
BASES = ("after discounts", "after line discounts", "before discounts")
TAXES = ("as shown", "included", "excluded")
BOXES = (Dimensions(600, 400, 1), Dimensions(600, 400, 333), Dimensions(601, 416, 20))
PERCENTS = ("0.333", "12.5", "33.3333", "7", "100", "0.1")
INSTANTS = tuple(
    dt.datetime.fromisoformat(text)
    for text in ("2026-11-23T10:00:00-05:00", "2026-11-28T22:00:00-05:00", "2026-12-01T05:59:59+00:00")
)


def written(minor: int, currency: str) -> str:
    """Minor units as a policy writes them."""
    digits = DIGITS[currency]
    return f"{minor // 10**digits}.{minor % 10**digits:0{digits}d}" if digits else str(minor)


class Shop:
    """One random policy with the edges its carts should sit on."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.currency = rng.choice(("USD", "USD", "USD", "JPY", "KWD"))
        others = {c: self.conversion(c) for c in DIGITS if c != self.currency and rng.random() < 0.4}
        names = [z for z in ZONES if rng.random() < 0.6] or ["us"]
        self.others = list(others)
        self.zones = [*names, "all"] if "all" not in names and rng.random() < 0.7 else names
        self.names = {name: ZONES[name] for name in self.zones}
        self.taxed: Doc = {"tax": self.tax()} if rng.random() < 0.6 else {}
        self.document: Doc = {
            "currency": self.currency,
            "currencies": others,
            "origins": {"shop": self.origin(), "depot": self.origin(52.4, -1.5)},
            "zones": self.names,
            "services": {"ground": {"transit": "2-3 business days", "dimensional_divisor": 5000}},
            "surcharges": {"fuel": self.fee(), "extra": self.fee()},
            "methods": [self.method(i) for i in range(rng.randint(1, 5))],
            "promotions": [self.promotion(i) for i in range(rng.choice((0, 0, 1, 2)))],
            **self.taxed,
        }
        if rng.random() < 0.5:
            self.document["default_item_weight"] = rng.choice(("500 g", "1 kg", "333 g"))
        if rng.random() < 0.2:
            self.document["overlap"] = "one zone"
        if rng.random() < 0.5:
            self.document["centroids"] = CENTROIDS

    def maybe(self, share: float) -> bool:
        return self.rng.random() < share

    def origin(self, *location: float) -> Doc:
        origin: Doc = {"timezone": "America/New_York", "cutoff": "14:00"}
        return origin | ({"location": list(location or (40.71, -74.01))} if self.maybe(0.7) else {})

    def conversion(self, currency: str) -> Doc:
        if self.maybe(0.3):
            return {}
        rates = ("0.92", "151.37", "0.307", "1", "3.3333")
        steps = {2: ("0.05", "0.01", "1"), 0: ("1", "10", "50"), 3: ("0.001", "0.005", "0.25")}
        table = {"rate": self.rng.choice(rates), "round": self.rng.choice(("up", "down", "half up"))}
        return table | ({"step": self.rng.choice(steps[DIGITS[currency]])} if self.maybe(0.7) else {})

    def amount(self, low: int = 1, high: int = 2500) -> Any:
        """An amount, now and then stated for another currency as well."""
        rng = self.rng
        own = written(rng.choice((low, high, *(rng.randint(low, high) for _ in range(4)))), self.currency)
        if self.maybe(0.9) or not self.others:
            return own
        other = rng.choice(self.others)
        return {self.currency: own, other: written(rng.randint(1, 999), other)}

    def goods_amount(self) -> str:
        return written(self.rng.choice(GOODS), self.currency)

    def some(self, pool: Any) -> list[Any]:
        return self.rng.sample(list(pool), self.rng.randint(1, min(3, len(pool))))

    def percent(self) -> str:
        return self.rng.choice(PERCENTS)

    def limits(self) -> Doc:
        limits: Doc = {"floor": written(150, self.currency)} if self.maybe(0.2) else {}
        return limits | ({"ceiling": written(999, self.currency)} if self.maybe(0.2) else {})

    def price(self) -> Any:
        kind = self.rng.choice(KINDS)
        if kind == "flat":
            return self.amount()
        return {"by": kind, **self.table(kind), **self.limits()}

    def table(self, kind: str) -> Doc:
        makers = {
            "percent": self.share,
            "class": self.by_class,
            "billable weight": self.weight,
            "weight card": self.card,
            "billable weight card": self.card,
        }
        return (makers.get(kind) or getattr(self, kind))()

    def order(self) -> Doc:
        return {"price": self.amount()}

    def tiers(self, bounds: list[Any]) -> list[Doc]:
        side = self.rng.choice(("up_to", "below"))
        return [{side: bound, "price": self.amount()} for bound in bounds]

    def above(self, per: str, step: str, repeats: bool) -> Doc:
        above: Doc = {}
        if repeats and self.maybe(0.3):
            return {"repeat": True}
        if self.maybe(0.7):
            above["price"] = self.amount()
        if per and (self.maybe(0.6) or not above):
            above[per] = self.amount(1, 333)
            if step and self.maybe(0.5):
                above["each_started"] = step
        return above or {"price": self.amount()}

    def laddered(self, bounds: list[Any], per: str, step: str = "") -> Doc:
        table: Doc = {"tiers": self.tiers(bounds)}
        if self.maybe(0.1):
            table["tiers"][0]["when"] = {"classes": {"none": ["glass"]}}
        elif self.maybe(0.7):
            table["above"] = self.above(per, step, "up_to" in table["tiers"][-1])
        return table

    def grams(self) -> list[str]:
        return [f"{g} g" for g in sorted(self.rng.sample(BOUNDS, self.rng.randint(1, 3)))]

    def weight(self) -> Doc:
        return self.laddered(self.grams(), "per_kg", self.rng.choice(("1 kg", "300 g")))

    def card(self) -> Doc:
        bounds = self.grams()
        rows = {zone: [self.plain_amount() for _ in bounds] for zone in self.some(self.zones)}
        return {"up_to": bounds, "zones": rows} | (
            {"above": self.above("per_kg", "1 kg", True)} if self.maybe(0.5) else {}
        )

    def plain_amount(self) -> str:
        return written(self.rng.randint(20, 2500), self.currency)

    def goods(self) -> Doc:
        bounds = sorted(self.rng.sample(GOODS, self.rng.randint(1, 3)))
        return self.laddered([written(b, self.currency) for b in bounds], "")

    def quantity(self) -> Doc:
        return self.laddered(sorted(self.rng.sample((1, 2, 3, 5), self.rng.randint(1, 3))), "per_item")

    def distance(self) -> Doc:
        return self.laddered(["5 km", "10.5 km"], "per_km", "2 km")

    def live(self) -> Doc:
        return {"otherwise": self.price()} if self.maybe(0.6) else {}

    def item(self) -> Doc:
        return {"each": self.amount(1, 600)} | ({"first": self.amount()} if self.maybe(0.5) else {})

    def share(self) -> Doc:
        return {"percent": self.percent()}

    def by_class(self) -> Doc:
        charges: Doc = {}
        for name in self.some(("bulky", "glass", "hazmat")):
            shape = self.rng.choice(("plain", "price", "each", "percent", "all"))
            table: Doc = {"price": self.amount(), "each": self.amount(), "percent": self.percent()}
            charges[name] = (
                table["price"] if shape == "plain" else table if shape == "all" else {shape: table[shape]}
            )
        more: Doc = {"other": self.amount()} if self.maybe(0.7) else {}
        more |= {"base": self.amount()} if self.maybe(0.4) else {}
        return {"classes": charges, "combine": self.rng.choice(("sum", "dearest", "per item")), **more}

    def formula(self) -> Doc:
        terms: Doc = {
            key: self.amount(1, 333) for key in ("base", "per_item", "per_kg", "per_km") if self.maybe(0.5)
        }
        if self.maybe(0.3) or not terms:
            terms["percent"] = self.percent()
        return terms | ({"billable": True} if "per_kg" in terms and self.maybe(0.4) else {})

    def condition(self) -> Doc:
        rng, when = self.rng, {}
        side = rng.choice(("at_least", "above", "up_to", "below"))
        kinds: Doc = {
            "goods": {side: self.goods_amount(), "goods": rng.choice(BASES), "tax": rng.choice(TAXES)},
            "weight": {side: f"{rng.choice(BOUNDS)} g"},
            "quantity": {side: rng.randint(1, 4)},
            "lines": {side: rng.randint(1, 3)},
            "heaviest_item": {side: "1000 g"},
            "classes": rng.choice((["bulky"], {"none": ["glass"]}, {"all": ["glass", "bulky"]})),
            "codes": rng.choice((["SHIP"], {"none": ["WINTER"]})),
            "customer_groups": ["trade"],
            "zones": {"none": [self.zones[0]]} if self.maybe(0.5) else [self.zones[0]],
            "destination_kinds": {"none": ["locker"]},
            "weekdays": "Mon-Fri",
            "hours": {"from": "22:00", "to": "06:00"},
            "dates": {"from": dt.date(2026, 11, 24), "to": dt.date(2026, 12, 1)},
        }  # fmt: skip
        for key in rng.sample(list(kinds), rng.choice((1, 1, 2))):
            when[key] = kinds[key]
        return rng.choice((when, when, {"not": when}, {"any": [when, {"lines": {"at_least": 3}}]}))

    def fee(self) -> Doc:
        rng = self.rng
        fee: Doc = {"title": f"Fee {rng.random()}"}
        if self.maybe(0.5):
            fee |= {
                "percent": self.percent(),
                "of": rng.choice(("base", "running", "goods")),
                **self.limits(),
            }
        else:
            fee |= {"amount": self.amount(1, 400), "per": rng.choice(("order", "item", "kg"))}
            if fee["per"] != "order" and self.maybe(0.4):
                fee["counts"] = self.counts()
            fee |= self.limits() if self.maybe(0.3) else {}
        fee |= {"zones": self.some(self.zones)} if self.maybe(0.2) else {}
        return fee | ({"when": self.condition()} if self.maybe(0.3) else {})

    def counts(self) -> Doc:
        return self.rng.choice(({"except_classes": ["bulky"]}, {"needs_shipping": True}, {"skus": ["mug"]}))

    def free(self) -> Any:
        rng = self.rng
        if self.maybe(0.4):
            return self.goods_amount()
        needs = rng.choice(("amount", "code", "either", "both"))
        rule: Doc = {} if needs == "code" else {"amount": self.goods_amount()}
        rule |= {} if needs == "amount" else {"codes": ["SHIP"]}
        rule |= {"needs": needs, "keeps_surcharges": self.maybe(0.4)}
        if "amount" in rule:
            rule["goods"] = rng.choice(BASES)
            rule["tax"] = rng.choice(TAXES)
            if self.maybe(0.3):
                rule["counts"] = self.counts()
        rule |= {"zones": self.some(self.zones)} if self.maybe(0.2) else {}
        return rule | ({"when": self.condition()} if self.maybe(0.2) else {})

    def method(self, number: int) -> Doc:
        method: Doc = {"id": f"m{number}", "title": f"Method {number}", "service": "ground"}
        if self.maybe(0.4) and len(self.zones) > 1:
            method["rates"] = [
                {
                    "zones": [zone],
                    "price": self.price(),
                    **({"free_from": self.free()} if self.maybe(0.2) else {}),
                }
                for zone in self.some(self.zones)
            ]
        else:
            method["price"] = self.price()
            method |= {"zones": self.some(self.zones)} if self.maybe(0.5) else {}
        method |= {"surcharges": self.some(("fuel", "extra"))} if self.maybe(0.5) else {}
        method |= {"free_from": self.free()} if self.maybe(0.4) else {}
        method |= {"tax": self.percent()} if "tax" in self.taxed and self.maybe(0.2) else {}
        method |= {"origin": self.rng.choice(("shop", "depot"))} if self.maybe(0.15) else {}
        method |= {"minimum_order": self.goods_amount()} if self.maybe(0.15) else {}
        return method | ({"when": self.condition()} if self.maybe(0.2) else {})

    def promotion(self, number: int) -> Doc:
        cut = self.rng.choice(
            ({"percent": self.percent()}, {"amount": self.amount()}, {"price": self.amount()})
        )
        promotion: Doc = {"id": f"p{number}", "title": f"Cut {number}", **cut, "exclusive": self.maybe(0.3)}
        promotion |= {"codes": ["WINTER"]} if self.maybe(0.5) else {}
        promotion |= {"zones": self.some(self.zones)} if self.maybe(0.2) else {}
        return promotion | ({"when": self.condition()} if self.maybe(0.2) else {})

    def tax(self) -> Doc:
        tax: Doc = {"prices": self.rng.choice(("included", "added", "added"))}
        tax["rate"] = self.rng.choice((*PERCENTS, "proportional", "proportional"))
        return tax | (
            {"zones": {z: self.percent() for z in self.some(self.zones)}} if self.maybe(0.3) else {}
        )

    # carts

    def request(self) -> QuoteRequest:
        """A cart that often lies exactly on a bound, to one of the places."""
        rng = self.rng
        lines = [self.line(i) for i in range(rng.choice((1, 1, 2, 3, 5)))]
        total = sum(line.total for line in lines)
        discount = rng.choice((0, 0, total, rng.randint(0, total), min(total, 1)))
        country, region, code = rng.choice(PLACES)
        return QuoteRequest(
            cart=Cart(
                currency=rng.choice((*(self.currency,) * 6, *self.others, *DIGITS)),
                lines=lines,
                order_discount=discount,
                prices_include_tax=self.maybe(0.5),
                discount_codes=[c for c in CODES if self.maybe(0.4)],
            ),
            destination=Address(country=country, region=region, postal_code=code),
            placed_at=rng.choice(INSTANTS),
            customer=Customer(groups=("trade",)) if self.maybe(0.3) else Customer(),
            destination_kind=rng.choice(("", "locker", "residential")),
            distance_m=rng.choice((None, None, 0, 4999, 5000, 10500, 10501, 23_000)),
            location=rng.choice((None, None, (40.75, -73.99), (40.71, -74.01), (-33.9, 151.2))),
            live_rates=[self.live_rate() for _ in range(rng.choice((0, 0, 1, 2)))],
        )

    def plan(self, cart: Cart) -> PackagePlan:
        """Packages of a cart: from one or two origins, of a weight or class each."""
        rng = self.rng
        sources = [
            Source(id=name, stock={sku: rng.choice((0, 1, 3, 500)) for sku in ("mug", "sofa", "vase")})
            for name in rng.choice((("shop",), ("depot",), ("shop", "depot")))
        ]
        splitters = rng.sample((by_shipping_class, by_weight(2000, default_weight_g=500)), rng.randint(0, 2))
        strategy = rng.choice((fewest_packages, by_priority))
        return plan_packages(cart, sources if self.maybe(0.8) else (), strategy=strategy, splitters=splitters)

    def live_rate(self) -> LiveRate:
        rng = self.rng
        return LiveRate(
            method_id=f"m{rng.randint(0, 4)}",
            price_minor=rng.choice((0, 1, 742, 5000)),
            currency=rng.choice((self.currency, self.currency, "EUR")),
            source="carrier",
        )

    def line(self, number: int) -> LineItem:
        rng = self.rng
        quantity = rng.choice((1, 1, 2, 3, 5, 400))
        price = rng.choice((0, 1, 3333, 3500, 5000, 1667, rng.randint(1, 9999), 10**9))
        discount = rng.choice((0, 0, quantity * price, rng.randint(0, quantity * price)))
        return LineItem(
            id=f"l{number}",
            sku=rng.choice(("mug", "sofa", "vase")),
            quantity=quantity,
            unit_price=price,
            discount=discount,
            tax_rate_bp=rng.choice((None, 0, 700, 2000, 33, 3333))
            if self.maybe(0.3)
            else rng.choice((700, 2100)),
            weight_g=rng.choice((None, 0, 1, 500, 999, 1000, 2000, 5000, 10**7)),
            dimensions=rng.choice(BOXES) if self.maybe(0.3) else None,
            shipping_class=rng.choice(CLASSES),
            requires_shipping=self.maybe(0.9),
            ships_free=self.maybe(0.15),
            is_gift_card=self.maybe(0.1),
        )
