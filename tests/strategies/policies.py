"""Random shipping policies of every feature, and requests to quote with them.

Everything is drawn from a `random.Random`: Hypothesis gives the seed, a plain loop draws thousands from one.
"""

import datetime as dt
from random import Random

from checkout_kit import Address, Cart, Customer, Dimensions, LineItem
from checkout_kit.errors import PolicyError
from checkout_kit.shipping import QuoteRequest, ShippingPolicy

CLASSES = ("", "bulky", "fragile")
GROUPS = ("trade", "staff")
CHANNELS = ("web", "app")
CODES = ("SHIP", "TEN")
KINDS = ("", "residential", "business", "po_box")
Table = dict[str, object]

ZONES: dict[str, Table] = {
    "metro": {"where": [{"country": "US", "postal_codes": ["100*", "112*", "11301..11305"]}]},
    "east": {"where": [{"country": "US", "regions": ["NY", "NJ", "MA"], "except_postal_codes": ["11299"]}]},
    "us": {"where": [{"country": "US", "except_regions": ["AK", "HI"]}], "delivers": "Mon-Sat"},
    "london": {"where": [{"country": "GB", "postal_codes": ["SW1*", "EC1A"]}], "timezone": "Europe/London"},
    "eu": {
        "where": [{"group": "EU", "except_countries": ["CY"]}],
        "except": [{"country": "FR", "postal_codes": ["20*"]}],
    },
    "rest": {"rest_of_world": True},
}
PLACES = (
    ("US", "NY", "10001"),
    ("US", "NY", "11203-1234"),
    ("US", "NY", "11299"),
    ("US", "NJ", "11303"),
    ("US", "AK", "99501"),
    ("US", "CA", "90210"),
    ("US", "MA", "02101"),
    ("US", "", ""),
    ("GB", "", "SW1A 1AA"),
    ("GB", "", "sw10 9aa"),
    ("GB", "", "M1 1AE"),
    ("FR", "", "20000"),
    ("FR", "", "75001"),
    ("DE", "", "10115"),
    ("CY", "", "1010"),
    ("JP", "13", "100-0001"),
)


def amount(rng: Random, low: int = 0, high: int = 3000) -> str:
    """An amount with two decimals."""
    cents = rng.randrange(low, high)
    return f"{cents // 100}.{cents % 100:02d}"


def _some(rng: Random, share: float) -> bool:
    return rng.randrange(1000) < share * 1000


def random_policy(rng: Random) -> Table:
    """A valid policy in USD, its zones and services fixed, all else random."""
    policy: Table = {
        "name": "random",
        "currency": "USD",
        "origins": {
            "main": {
                "timezone": "America/New_York",
                "cutoff": {"default": "14:00", "fri": "12:00"},
                "handling": rng.choice(["0 working days", "0-1 working days"]),
                "location": [40.7, -73.9],
            }
        },
        "zones": ZONES,
        "services": {
            "slow": {"transit": "5-8 calendar days"},
            "fast": {"transit": "1-2 business days", "dimensional_divisor": 5000, "carbon": {"g_per_kg": 80}},
            "today": {"transit": "0 days", "cutoff": "11:00", "handling": "0 working days"},
        },
        "surcharges": {"fuel": {"percent": "12.5"}, "remote": {"amount": "4.00", "zones": ["rest", "east"]}},
        "methods": [random_method(rng, i) for i in range(rng.randrange(1, 6))],
    }
    if _some(rng, 0.7):
        policy["default_item_weight"] = "400 g"
    if _some(rng, 0.3):
        policy["promotions"] = [random_promotion(rng, i) for i in range(rng.randrange(1, 3))]
    if _some(rng, 0.3):
        policy["tax"] = {
            "prices": rng.choice(["included", "added"]),
            "rate": rng.choice(["19", "7.5", "proportional"]),
            "zones": {"eu": "21"},
        }
    if _some(rng, 0.2):
        policy["order"] = rng.choice(["price", "date"])
    if _some(rng, 0.2):
        policy["overlap"] = "one zone"
    return policy


def random_loaded(rng: Random) -> ShippingPolicy:
    """A policy that loads; the few drawn with conditions that contradict each other are drawn again."""
    for _ in range(50):
        try:
            return ShippingPolicy.from_dict(random_policy(rng))
        except PolicyError as error:
            if not all(
                "never hold" in fault.message or "no such order" in fault.message for fault in error.faults
            ):
                raise
    raise AssertionError("fifty policies in a row contradict themselves")


def random_method(rng: Random, index: int) -> Table:
    """One method of any basis."""
    method: Table = {"id": f"m{index}", "title": f"Method {index}"}
    if _some(rng, 0.9):
        method["service"] = rng.choice(["slow", "fast", "fast", "today"])
    has_divisor = method.get("service") == "fast"
    zones = rng.sample(list(ZONES), rng.randrange(1, len(ZONES) + 1))
    if _some(rng, 0.3):
        method["rates"] = [
            {"zones": [zone], "price": random_price(rng, has_divisor=has_divisor, card=False)}
            for zone in zones
        ]
    else:
        method["price"] = random_price(rng, has_divisor=has_divisor)
        if "card" not in str(method["price"]):
            method["zones"] = zones
    if _some(rng, 0.4):
        method["when"] = random_condition(rng, 2)
    if _some(rng, 0.2):
        method["minimum_order"] = amount(rng, 500, 6000)
    if _some(rng, 0.5):
        method["surcharges"] = random_surcharges(rng)
    if _some(rng, 0.5):
        method["free_from"] = random_free(rng)
    return method


def random_price(rng: Random, *, has_divisor: bool, card: bool = True) -> object:
    """A price of any basis that needs no distance; `card` allows one that names its own zones."""
    bases = [_flat, _weight_tiers, _goods_tiers, _quantity_tiers, _item, _classes, _formula, _percent, _card]
    price = rng.choice(bases if card else bases[:-1])(rng)
    if has_divisor and isinstance(price, dict) and price["by"] == "weight" and _some(rng, 0.5):
        price["by"] = "billable weight"
    if isinstance(price, dict) and _some(rng, 0.2):
        price |= {"floor": "2.00", "ceiling": "45.00"}
    return price


def _flat(rng: Random) -> object:
    return amount(rng)


def _weight_tiers(rng: Random) -> Table:
    word = rng.choice(["up_to", "below"])
    bounds = sorted(rng.sample(range(200, 9000, 100), rng.randrange(1, 5)))
    tiers: list[Table] = [{word: f"{bound} g", "price": amount(rng)} for bound in bounds]
    if _some(rng, 0.2):
        tiers[0]["when"] = random_condition(rng, 1)
    table: Table = {"by": "weight", "tiers": tiers}
    if word == "up_to" and _some(rng, 0.3):
        table["above"] = {"repeat": True}
    elif _some(rng, 0.5):
        table["above"] = {"price": amount(rng), "per_kg": "1.10"}
    return table


def _goods_tiers(rng: Random) -> Table:
    bounds = sorted(rng.sample(range(10, 120), rng.randrange(1, 4)))
    table: Table = {"by": "goods", "tiers": [{"below": str(bound), "price": amount(rng)} for bound in bounds]}
    if _some(rng, 0.7):
        table["above"] = {"price": amount(rng)}
    return table


def _quantity_tiers(rng: Random) -> Table:
    bounds = sorted(rng.sample(range(1, 12), rng.randrange(1, 4)))
    table: Table = {"by": "quantity", "tiers": [{"up_to": bound, "price": amount(rng)} for bound in bounds]}
    if _some(rng, 0.5):
        table["above"] = {"per_item": "0.75"}
    return table


def _item(rng: Random) -> Table:
    return {"by": "item", "first": amount(rng), "each": amount(rng, 0, 400)}


def _classes(rng: Random) -> Table:
    classes: Table = {"bulky": amount(rng), "fragile": {"each": amount(rng, 0, 300), "percent": "2.5"}}
    table: Table = {"by": "class", "classes": classes, "combine": rng.choice(["sum", "dearest", "per item"])}
    if _some(rng, 0.8):
        table["other"] = amount(rng)
    return table


def _formula(rng: Random) -> Table:
    return {
        "by": "formula",
        "base": amount(rng),
        "per_kg": amount(rng, 0, 300),
        "per_item": "0.15",
        "percent": "1.5",
    }


def _percent(rng: Random) -> Table:
    return {"by": "percent", "percent": str(rng.randrange(1, 20))}


def _card(rng: Random) -> Table:
    zones = rng.sample(list(ZONES), rng.randrange(1, 5))
    rows = {zone: [amount(rng), amount(rng), amount(rng)] for zone in zones}
    return {"by": "weight card", "up_to": ["500 g", "1.5 kg", "4 kg"], "zones": rows}


def random_condition(rng: Random, depth: int) -> Table:
    """A condition that some requests meet and others do not."""
    if depth and _some(rng, 0.3):
        word = rng.choice(["any", "all", "not"])
        inner = [random_condition(rng, depth - 1) for _ in range(2)]
        return {"not": inner[0]} if word == "not" else {word: inner}
    kinds: list[Table] = [
        {"goods": {rng.choice(["at_least", "above"]): amount(rng, 500, 8000)}},
        {"goods": {rng.choice(["up_to", "below"]): amount(rng, 2000, 9000), "goods": "before discounts"}},
        {"weight": {"up_to": f"{rng.randrange(500, 6000)} g"}},
        {"quantity": {"at_least": rng.randrange(2, 5)}},
        {"quantity": {"up_to": rng.randrange(3, 9)}},
        {"classes": {"none": [rng.choice(["bulky", "fragile"])]}},
        {"classes": ["bulky"]},
        {"customer_groups": [rng.choice(GROUPS)]},
        {"channels": [rng.choice(CHANNELS)]},
        {"destination_kinds": {"none": ["po_box"]}},
        {"codes": [rng.choice(CODES)]},
        {"zones": {"none": ["metro"]}},
        {"attributes": {"material": ["glass"]}},
        {"hours": {"from": "08:00", "to": "17:00"}},
        {"weekdays": "Mon-Fri"},
        {"dates": {"from": dt.date(2026, 11, 20)}},
    ]
    return rng.choice(kinds)


def random_surcharges(rng: Random) -> list[object]:
    """Named and own fees."""
    own: list[object] = [
        "fuel",
        "remote",
        {"title": "Handling", "amount": "1.50", "when": random_condition(rng, 1)},
        {"title": "Insurance", "percent": "1", "of": "goods", "floor": "0.50"},
        {"title": "Toll", "percent": "3", "of": "running"},
        {"title": "Packing", "amount": "0.20", "per": "item"},
        {"title": "Heavy", "amount": "0.90", "per": "kg", "when": {"weight": {"above": "3 kg"}}},
        {"title": "Weighing", "amount": "0.30", "per": "kg"},
    ]
    return rng.sample(own, rng.randrange(1, 4))


def random_free(rng: Random) -> object:
    """A threshold, a code, or both."""
    if _some(rng, 0.4):
        return amount(rng, 1000, 9000)
    free: Table = {"amount": amount(rng, 1000, 9000)}
    if _some(rng, 0.4):
        free |= {"codes": ["SHIP"], "needs": rng.choice(["either", "both"])}
    if _some(rng, 0.4):
        free["goods"] = rng.choice(["after discounts", "after line discounts", "before discounts"])
    if _some(rng, 0.4):
        free["tax"] = rng.choice(["as shown", "included", "excluded"])
    if _some(rng, 0.2):
        free["counts"] = {"except_classes": ["bulky"]}
    if _some(rng, 0.2):
        free["when"] = random_condition(rng, 1)
    if _some(rng, 0.2):
        free["keeps_surcharges"] = True
    return free


def random_promotion(rng: Random, index: int) -> Table:
    """A price cut."""
    cut: Table = {"id": f"p{index}"}
    cut |= rng.choice([{"percent": "20"}, {"amount": "3.00"}, {"price": "1.90"}])
    if _some(rng, 0.4):
        cut["codes"] = ["TEN"]
    if _some(rng, 0.3):
        cut["when"] = random_condition(rng, 1)
    if _some(rng, 0.3):
        cut["zones"] = ["us"]
    return cut


def random_line(rng: Random, index: int) -> LineItem:
    """One line, now and then without a weight, without shipping, or with a discount."""
    quantity, price = rng.randrange(1, 4), rng.randrange(0, 4000)
    box = Dimensions(rng.randrange(50, 600), rng.randrange(50, 400), 100) if _some(rng, 0.3) else None
    return LineItem(
        id=f"l{index}",
        sku=f"sku{rng.randrange(6)}",
        quantity=quantity,
        unit_price=price,
        discount=rng.randrange(0, price + 1) if _some(rng, 0.2) else 0,
        tax_rate_bp=rng.choice([None, 700, 1900]),
        weight_g=None if _some(rng, 0.1) else rng.randrange(0, 2500),
        dimensions=box,
        shipping_class=rng.choice(CLASSES),
        requires_shipping=not _some(rng, 0.1),
        ships_free=_some(rng, 0.1),
        is_gift_card=_some(rng, 0.05),
        attributes={"material": "glass"} if _some(rng, 0.2) else {},
    )


def random_cart(rng: Random) -> Cart:
    """A cart of one to five lines."""
    lines = tuple(random_line(rng, i) for i in range(rng.randrange(1, 6)))
    goods = sum(line.total for line in lines)
    return Cart(
        currency="USD",
        lines=lines,
        order_discount=rng.randrange(0, goods + 1) if _some(rng, 0.2) else 0,
        prices_include_tax=_some(rng, 0.5),
        discount_codes=tuple(code for code in CODES if _some(rng, 0.2)),
    )


def random_request(rng: Random) -> QuoteRequest:
    """A request to one of a few telling places."""
    country, region, code = rng.choice(PLACES)
    start = dt.datetime(2026, 11, 16, tzinfo=dt.UTC)
    return QuoteRequest(
        cart=random_cart(rng),
        destination=Address(country=country, region=region, postal_code=code),
        placed_at=start + dt.timedelta(minutes=rng.randrange(10 * 24 * 60)),
        channel=rng.choice(("", *CHANNELS)),
        customer=Customer(groups=(rng.choice(GROUPS),) if _some(rng, 0.3) else ()),
        destination_kind=rng.choice(KINDS),
    )
