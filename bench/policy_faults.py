"""Clean shipping policies as merchants write them, and the slips made in them; seeded, without the linter.

The slips are those that shops report in forums and issue trackers: a lost decimal point, a unit typed for
another, a bound in the wrong place, a renamed zone, a copied block that was not edited to the end.
"""

import copy
import random
from collections.abc import Callable

Policy = dict
Slip = Callable[[random.Random, Policy], "tuple[str, ...] | None"]
"""Spoils a policy in place and returns the places where a reader would look; None where it cannot."""

ORIGINS = (
    ("US", "NY", "11201", "America/New_York", "US-NY"),
    ("US", "CA", "94105", "America/Los_Angeles", "US-CA"),
    ("GB", "", "SW1A 1AA", "Europe/London", "GB"),
    ("DE", "", "10115", "Europe/Berlin", "DE-BE"),
    ("NL", "", "1012 JS", "Europe/Amsterdam", "NL"),
    ("CA", "ON", "M5V 2T6", "America/Toronto", "CA-ON"),
    ("PL", "", "00-950", "Europe/Warsaw", "PL"),
)
CURRENCY = {"US": "USD", "GB": "GBP", "DE": "EUR", "NL": "EUR", "CA": "CAD", "PL": "PLN"}
CITY_CODES = {
    "US": ["100*", "101*", "112*", "902*", "94105"],
    "GB": ["SW1", "SW3", "EC1*", "W1*", "SE1"],
    "DE": ["101*", "102*", "103*", "10405", "10409"],
    "NL": ["1011", "1012", "1013", "10140..10149", "1071*"],
    "CA": ["M5V", "M4*", "M6A", "M6B", "M6C"],
    "PL": ["00*", "01*", "02-100..02-199", "03-200", "04*"],
}
CITY_CODES["NL"] = ["1011", "1012", "1013", "1015..1019", "1071"]
REGIONS = {"US": ["AK", "HI", "PR", "GU"], "CA": ["YT", "NT", "NU", "NL"]}
NEIGHBOURS = {
    "US": ["CA", "MX"],
    "GB": ["IE", "FR", "BE"],
    "DE": ["AT", "CH", "FR", "PL"],
    "NL": ["BE", "DE", "LU"],
    "CA": ["US"],
    "PL": ["DE", "CZ", "SK", "LT"],
}
CLASSES = ["bulky", "fragile", "frozen", "oversize", "documents", "plants"]
GROUPS = ["trade", "staff", "wholesale", "members"]


def cents(rng: random.Random, low: float, high: float) -> str:
    """A price such as merchants choose: ending in 0, 5, 9, 49, 90, 95 or 99."""
    whole = rng.randint(int(low), int(high))
    return f"{whole}.{rng.choice(('00', '50', '90', '95', '99', '49'))}"


def rising(rng: random.Random, count: int, low: float, step: float) -> list[str]:
    """Prices that grow from tier to tier."""
    price = rng.uniform(low, low * 2)
    found = []
    for _ in range(count):
        found.append(f"{price:.2f}")
        price += rng.uniform(step / 4, step)
    return found


def weight_tiers(rng: random.Random) -> Policy:
    """A weight table: two to eight tiers, some with a price per further kg."""
    bounds = rng.choice(
        (
            ["500 g", "1 kg", "2 kg", "5 kg", "10 kg", "20 kg"],
            ["1 kg", "5 kg", "30 kg"],
            ["250 g", "1 kg", "2.5 kg"],
            ["1 lb", "5 lb", "10 lb", "20 lb", "50 lb", "70 lb", "100 lb", "150 lb"],
            ["2 kg", "31.5 kg"],
            ["100 g", "250 g", "500 g", "1 kg"],
        )
    )
    prices = rising(rng, len(bounds), 3, 6)
    word = rng.choice(("up_to", "up_to", "below"))
    tiers = [{word: bound, "price": price} for bound, price in zip(bounds, prices, strict=True)]
    table: Policy = {"by": "weight", "tiers": tiers}
    if rng.random() < 0.5:
        table["above"] = {"price": prices[-1], "per_kg": f"{rng.uniform(0.3, 3):.2f}"}
    return table


def goods_tiers(rng: random.Random) -> Policy:
    """A table by order value: dearer for large (insured) orders, or cheaper and then free."""
    bounds = sorted(rng.sample(range(20, 400, 10), rng.randint(2, 4)))
    prices = rising(rng, len(bounds) + 1, 4, 4)
    if rng.random() < 0.7:
        prices = prices[::-1]
        if rng.random() < 0.5:
            prices[-1] = "0"
    tiers = [
        {"below": f"{bound}.00", "price": price} for bound, price in zip(bounds, prices[:-1], strict=True)
    ]
    return {"by": "goods", "tiers": tiers, "above": {"price": prices[-1]}}


def price(rng: random.Random) -> object:
    """Any way to price that shops use."""
    kind = rng.randrange(8)
    if kind <= 1:
        return cents(rng, 3, 25)
    if kind <= 3:
        return weight_tiers(rng)
    if kind == 4:
        return goods_tiers(rng)
    if kind == 5:
        return {"by": "item", "first": cents(rng, 4, 9), "each": cents(rng, 1, 3)}
    if kind == 6:
        shares = {name: cents(rng, 2, 30) for name in rng.sample(CLASSES, 2)}
        return {
            "by": "class",
            "classes": shares,
            "other": cents(rng, 2, 6),
            "combine": rng.choice(("sum", "dearest")),
        }
    return {
        "by": "percent",
        "percent": str(rng.choice((3, 5, 7.5, 10, 12))),
        "floor": "4.00",
        "ceiling": "60.00",
    }


def clean(seed: int) -> Policy:
    """A policy that means what it says; every fact is drawn from `seed`."""
    rng = random.Random(seed)
    country, region, code, zone, calendar = rng.choice(ORIGINS)
    address = {"country": country, "postal_code": code} | ({"region": region} if region else {})
    policy: Policy = {
        "name": f"shop-{seed}",
        "currency": CURRENCY[country],
        "origins": {
            "main": {
                "address": address,
                "timezone": zone,
                "works": rng.choice(("Mon-Fri", "Mon-Sat", "Mon-Fri", "Mon-Thu")),
                "holidays": calendar,
                "cutoff": rng.choice(("12:00", "14:00", {"default": "15:00", "thu": "12:00"}, "24:00")),
                "handling": rng.choice(("0 working days", "0-1 working days", "1-2 working days")),
            }
        },
        "zones": {},
        "services": {
            "economy": {"transit": rng.choice(("5-8 calendar days", "7-10 calendar days"))},
            "standard": {"transit": rng.choice(("2-3 business days", "3-5 business days"))},
            "next-day": {"transit": "1 business day"},
            "abroad": {"transit": rng.choice(("4-9 business days", "10-21 calendar days"))},
        },
        "methods": [],
    }
    home: Policy = {"where": [{"country": country}]}
    if country in REGIONS:
        far = rng.sample(REGIONS[country], 2)
        home["where"][0]["except_regions"] = far
        policy["zones"]["remote"] = {"where": [{"country": country, "regions": far}]}
    policy["zones"]["home"] = home
    codes = rng.sample(CITY_CODES[country], 3)
    policy["zones"]["city"] = {"where": [{"country": country, "postal_codes": codes}]}
    policy["zones"]["neighbours"] = {"where": [{"countries": NEIGHBOURS[country]}]}
    if rng.random() < 0.5:
        policy["zones"]["world"] = {"rest_of_world": True}
    _methods(rng, policy)
    _extras(rng, policy)
    _unusual(rng, policy)
    return policy


def _methods(rng: random.Random, policy: Policy) -> None:
    methods = policy["methods"]
    zones = policy["zones"]
    inland = [name for name in ("home", "remote") if name in zones]
    standard: Policy = {
        "id": "standard",
        "title": "Standard",
        "service": "standard",
        "zones": inland,
        "price": price(rng),
    }
    if rng.random() < 0.7:
        standard["free_from"] = {"amount": cents(rng, 40, 120), "goods": "after discounts"}
    methods.append(standard)
    methods.append(
        {
            "id": "economy",
            "title": "Economy",
            "service": "economy",
            "zones": ["home"],
            "price": weight_tiers(rng),
        }
    )
    next_day: Policy = {
        "id": "next-day",
        "title": "Next day",
        "service": "next-day",
        "zones": ["home"],
        "price": cents(rng, 9, 25),
    }
    if rng.random() < 0.5:
        next_day["when"] = {"weight": {"up_to": "20 kg"}, "classes": {"none": ["oversize"]}}
    methods.append(next_day)
    city: Policy = {"id": "courier", "title": "City courier", "zones": ["city"], "price": cents(rng, 6, 15)}
    if rng.random() < 0.6:
        city["when"] = {"hours": {"from": "08:00", "to": "16:00"}, "weekdays": "Mon-Fri"}
        city["minimum_order"] = "15.00"
    methods.append(city)
    rates = [{"zones": ["neighbours"], "price": weight_tiers(rng)}]
    if "world" in zones:
        rates.append({"zones": ["world"], "price": weight_tiers(rng)})
    methods.append({"id": "abroad", "title": "International", "service": "abroad", "rates": rates})
    if rng.random() < 0.5:
        methods.append(
            {
                "id": "freight",
                "title": "Freight on a pallet",
                "zones": ["home"],
                "price": {"by": "formula", "base": "39.00", "per_kg": "0.40"},
                "when": {"any": [{"weight": {"above": "30 kg"}}, {"classes": ["oversize"]}]},
            }
        )


def _extras(rng: random.Random, policy: Policy) -> None:
    if rng.random() < 0.6:
        policy["surcharges"] = {
            "fuel": {"title": "Fuel", "percent": str(rng.choice((4, 7.5, 12.25))), "of": "base"},
            "bulky": {"title": "Bulky goods", "amount": cents(rng, 5, 20), "when": {"classes": ["bulky"]}},
        }
        policy["methods"][0]["surcharges"] = ["fuel", "bulky"]
        policy["methods"][1]["surcharges"] = ["fuel"]
    if rng.random() < 0.5:
        policy["promotions"] = [
            {
                "id": "spring",
                "title": "Spring",
                "percent": "50",
                "codes": ["SPRING"],
                "methods": ["standard"],
            },
            {
                "id": "staff",
                "price": "0",
                "methods": ["standard", "economy"],
                "when": {"customer_groups": ["staff"], "dates": {"from": "2026-12-01", "to": "2027-01-31"}},
            },
        ]
    if rng.random() < 0.5:
        policy["tax"] = {
            "prices": "included",
            "rate": rng.choice(("19", "20", "8.875", "23", "proportional")),
        }
    if rng.random() < 0.3:
        policy["default_item_weight"] = rng.choice(("250 g", "0.5 kg", "1 lb"))
    if rng.random() < 0.3:
        policy["services"]["standard"]["dimensional_divisor"] = rng.choice((4000, 5000, 6000))
    if rng.random() < 0.3:
        policy["services"]["next-day"]["cutoff"] = "11:00"
        policy["services"]["next-day"]["transit_days"] = "Mon-Sat"
    if rng.random() < 0.3:
        policy["calendars"] = {"stocktaking": ["2027-01-04", "2027-07-05"]}
        origin = policy["origins"]["main"]
        origin["holidays"] = [origin["holidays"], "stocktaking"]
    if rng.random() < 0.3:
        policy["currencies"] = {"CHF": {"rate": "0.95", "step": "0.05"}}
    if rng.random() < 0.3:
        policy["methods"].append(
            {
                "id": "trade",
                "title": "Trade delivery",
                "zones": ["home"],
                "price": "0",
                "when": {
                    "customer_groups": rng.sample(GROUPS, 2),
                    "goods": {"at_least": "250.00"},
                    "not": {"destination_kinds": ["po_box", "locker"]},
                },
            }
        )


def _unusual(rng: random.Random, policy: Policy) -> None:
    """Things that look odd and are meant."""
    methods, zones = policy["methods"], policy["zones"]
    country = zones["home"]["where"][0]["country"]
    if rng.random() < 0.4:
        methods.append(
            {"id": "collect", "title": "Collect in the shop", "zones": ["home", "city"], "price": "0"}
        )
    if rng.random() < 0.3:
        zones["europe"] = {"where": [{"group": "EU", "except_countries": [country, *NEIGHBOURS[country]]}]}
        card = {"by": "weight card", "up_to": ["1 kg", "5 kg", "20 kg"]}
        card["zones"] = {"europe": rising(rng, 3, 9, 8), "neighbours": rising(rng, 3, 5, 5)}
        methods.append(
            {"id": "parcel-card", "title": "Parcel by carrier sheet", "service": "abroad", "price": card}
        )
    if rng.random() < 0.3:
        bounds = [
            {"up_to": count, "price": amount}
            for count, amount in zip((1, 3, 12), rising(rng, 3, 4, 3), strict=True)
        ]
        table = {
            "by": "quantity",
            "tiers": bounds,
            "above": {"per_item": "0.50", "price": bounds[-1]["price"]},
        }
        methods.append(
            {
                "id": "bottles",
                "title": "Bottles",
                "zones": ["home"],
                "price": table,
                "when": {"classes": {"any": ["wine-6", "wine-12"]}},
            }
        )
    if rng.random() < 0.3:
        policy["services"]["same-day"] = {
            "transit": "0 days",
            "cutoff": "10:30",
            "handling": "0 working days",
        }
        methods.append(
            {
                "id": "today",
                "title": "Today",
                "service": "same-day",
                "zones": ["city"],
                "price": {
                    "by": "distance",
                    "tiers": [{"up_to": "5 km", "price": "8.00"}, {"up_to": "15 km", "price": "14.00"}],
                },
                "when": {"hours": {"from": "22:00", "to": "10:30"}, "weight": {"up_to": "15 kg"}},
            }
        )
    if rng.random() < 0.3:
        flat = weight_tiers(rng)
        for tier in flat["tiers"][:2]:
            tier["price"] = flat["tiers"][0]["price"]
        methods.append(
            {
                "id": "letter",
                "title": "Letter or parcel",
                "zones": ["home"],
                "price": flat,
                "free_from": {"codes": ["WELCOME", "FRIENDS"]},
            }
        )
    if rng.random() < 0.3:
        zones["inner-city"] = {
            "where": [{"country": country, "postal_codes": CITY_CODES[country][-1:]}],
            "priority": 2,
        }
        methods.append(
            {
                "id": "bike",
                "title": "Bike messenger",
                "zones": ["inner-city", "city"],
                "price": {"by": "item", "each": "2.50"},
            }
        )
    if rng.random() < 0.3:
        methods[0]["when"] = {
            "attributes": {"temperature": {"none": ["frozen"]}},
            "goods": {"at_least": "10.00", "up_to": "5000.00"},
        }
        methods[0]["minimum_order"] = "12.00"
    if rng.random() < 0.3:
        policy["slots"] = {
            "evening": {
                "timezone": policy["origins"]["main"]["timezone"],
                "windows": [
                    {"days": "Mon-Fri", "from": "18:00", "to": "21:00", "capacity": 20, "cutoff": "12:00"}
                ],
            }
        }
        methods[3]["slots"] = "evening"


def spoiled(kind: str, seed: int) -> tuple[Policy, Policy, tuple[str, ...]]:
    """A clean policy, the same with one slip of the kind, and the places to look for it."""
    slip = SLIPS[kind]
    for attempt in range(200):
        number = seed * 1000 + attempt
        good = clean(number)
        bad = copy.deepcopy(good)
        places = slip(random.Random(number + 7), bad)
        if places is not None and bad != good:
            return good, bad, places
    raise RuntimeError(f"no clean policy can be spoiled by {kind!r}")


SLIPS: dict[str, Slip] = {}


def slip(function: Slip) -> Slip:
    """Register a kind of slip under its function's name."""
    SLIPS[function.__name__] = function
    return function


def _tables(policy: Policy, by: tuple[str, ...] = ("weight",)) -> list[tuple[str, Policy]]:
    found = []
    for i, method in enumerate(policy["methods"]):
        prices = [(f"methods[{i}]", method.get("price"))]
        prices += [
            (f"methods[{i}].rates[{j}]", rate["price"]) for j, rate in enumerate(method.get("rates", ()))
        ]
        found += [(at, table) for at, table in prices if isinstance(table, dict) and table.get("by") in by]
    return found


def _bound(tier: Policy) -> str:
    return "up_to" if "up_to" in tier else "below"


@slip
def bounds_in_the_wrong_order(rng, policy):
    """Two rows of a weight table were exchanged."""
    at, table = rng.choice(_tables(policy))
    i = rng.randrange(len(table["tiers"]) - 1)
    one, two = table["tiers"][i : i + 2]
    word = _bound(one)
    one[word], two[word] = two[word], one[word]
    return (at,)


@slip
def gap_between_tiers(rng, policy):
    """A tier starts later than the one before it ends."""
    at, table = rng.choice(_tables(policy))
    word = _bound(table["tiers"][0])
    table["tiers"] = [{word: "5 kg", "price": "5.00"}, {"from": "6 kg", word: "10 kg", "price": "8.00"}]
    return (at,)


@slip
def overlapping_tiers(rng, policy):
    """A tier starts before the one before it ends."""
    at, table = rng.choice(_tables(policy))
    word = _bound(table["tiers"][0])
    table["tiers"] = [{word: "5 kg", "price": "5.00"}, {"from": "4 kg", word: "10 kg", "price": "8.00"}]
    return (at,)


@slip
def lost_decimal_point(rng, policy):
    """6.90 was typed as 690 in a tier before the last."""
    at, table = rng.choice(_tables(policy))
    tier = table["tiers"][rng.randrange(len(table["tiers"]) - 1)]
    tier["price"] = tier["price"].replace(".", "")
    return (at,)


@slip
def decimal_point_one_place_left(rng, policy):
    """18.40 was typed as 1.84 in a tier after the first."""
    at, table = rng.choice(_tables(policy))
    tier = table["tiers"][rng.randrange(1, len(table["tiers"]))]
    tier["price"] = f"{float(tier['price']) / 10:.2f}"
    return (at,)


@slip
def grams_typed_as_kilograms(rng, policy):
    """The largest bound was meant in grams."""
    at, table = rng.choice(_tables(policy))
    word = _bound(table["tiers"][-1])
    table["tiers"][-1][word] = rng.choice(("5000 kg", "10000 kg", "30000 kg"))
    return (at,)


@slip
def a_tier_for_nothing(rng, policy):
    """One row of a weight table was left at zero."""
    at, table = rng.choice(_tables(policy))
    rng.choice(table["tiers"])["price"] = rng.choice(("0", "0.00"))
    return (at,)


@slip
def cheaper_above_the_table(rng, policy):
    """The price beyond the table is that of its first row."""
    tables = [(at, table) for at, table in _tables(policy) if "above" in table]
    if not tables:
        return None
    at, table = rng.choice(tables)
    table["above"]["price"] = table["tiers"][0]["price"]
    return (at,)


@slip
def empty_table(rng, policy):
    """All rows of a table were deleted."""
    at, table = rng.choice(_tables(policy))
    table["tiers"] = []
    return (at,)


@slip
def decimal_comma(rng, policy):
    """A price with a comma."""
    at, table = rng.choice(_tables(policy))
    tier = rng.choice(table["tiers"])
    tier["price"] = tier["price"].replace(".", ",")
    return (at,)


@slip
def negative_price(rng, policy):
    """A minus sign slipped in."""
    i = rng.randrange(len(policy["methods"]))
    policy["methods"][i].pop("rates", None)
    policy["methods"][i]["price"] = "-4.90"
    return (f"methods[{i}]",)


@slip
def rows_no_order_reaches(rng, policy):
    """The table goes on far beyond the weight the method itself allows."""
    i = next(i for i, method in enumerate(policy["methods"]) if method["id"] == "economy")
    policy["methods"][i]["when"] = {"weight": {"up_to": "90 g"}}
    return (f"methods[{i}]",)


@slip
def dear_again_for_large_orders(rng, policy):
    """Order values: 9.90, then 4.90, then 7.90 again."""
    policy["methods"][0]["price"] = {
        "by": "goods",
        "tiers": [
            {"below": "50.00", "price": "9.90"},
            {"below": "100.00", "price": "4.90"},
            {"below": "200.00", "price": "7.90"},
        ],
    }
    policy["methods"][0].pop("free_from", None)
    return ("methods[0]",)


@slip
def misspelt_zone(rng, policy):
    """A method names a zone that is not there."""
    i = rng.choice([i for i, method in enumerate(policy["methods"]) if "zones" in method])
    zones = policy["methods"][i]["zones"]
    zones[0] = zones[0][:-1] + rng.choice(("", "ee", "x"))
    return (f"methods[{i}]",)


@slip
def misspelt_service(rng, policy):
    """A method names a service that is not there."""
    policy["methods"][0]["service"] = rng.choice(("standart", "Standard", "std"))
    return ("methods[0]",)


@slip
def renamed_zone(rng, policy):
    """A zone was renamed and its methods were not."""
    name = rng.choice(list(policy["zones"]))
    policy["zones"] = {(f"{name}-2" if key == name else key): zone for key, zone in policy["zones"].items()}
    return ("methods", f"zones.{name}-2")


@slip
def copied_method_same_id(rng, policy):
    """A method was copied and its id left."""
    twin = copy.deepcopy(rng.choice(policy["methods"]))
    twin["title"] += " (new)"
    policy["methods"].append(twin)
    return (f"methods[{len(policy['methods']) - 1}]",)


@slip
def copied_method_nothing_changed(rng, policy):
    """A method was copied and only its id changed."""
    twin = copy.deepcopy(rng.choice(policy["methods"]))
    twin["id"] += "-2"
    policy["methods"].append(twin)
    return (f"methods[{len(policy['methods']) - 1}]",)


@slip
def contradictory_range(rng, policy):
    """From 50 kg and up to 20 kg."""
    policy["methods"][2]["when"] = {"weight": {"at_least": "50 kg", "up_to": "20 kg"}}
    return ("methods[2]",)


@slip
def contradictory_members(rng, policy):
    """A class is wanted in one line and barred in the next."""
    name = rng.choice(CLASSES)
    policy["methods"][2]["when"] = {"all": [{"classes": [name]}, {"not": {"classes": [name]}}]}
    return ("methods[2]",)


@slip
def fee_condition_against_the_method(rng, policy):
    """The method takes up to 20 kg, its own surcharge begins above 30 kg."""
    policy["methods"][2]["when"] = {"weight": {"up_to": "20 kg"}}
    policy["methods"][2]["surcharges"] = [{"amount": "12.00", "when": {"weight": {"above": "30 kg"}}}]
    return ("methods[2]",)


@slip
def dates_reversed(rng, policy):
    """A season that ends before it starts."""
    policy["methods"][2]["when"] = {"dates": {"from": "2027-01-31", "to": "2026-12-01"}}
    return ("methods[2]",)


@slip
def minimum_order_above_the_limit(rng, policy):
    """At least 100.00, but the condition stops at 80.00."""
    policy["methods"][3]["minimum_order"] = "100.00"
    policy["methods"][3]["when"] = {"goods": {"below": "80.00"}}
    return ("methods[3]",)


@slip
def free_beyond_reach(rng, policy):
    """Free from 100.00, on a method for orders below 60.00."""
    policy["methods"][0]["when"] = {"goods": {"below": "60.00"}}
    policy["methods"][0]["free_from"] = {"amount": "100.00"}
    return ("methods[0]",)


@slip
def free_for_everyone(rng, policy):
    """The threshold is zero, or below the minimum order."""
    if rng.random() < 0.5:
        policy["methods"][0]["free_from"] = {"amount": "0"}
    else:
        policy["methods"][0]["minimum_order"] = "50.00"
        policy["methods"][0]["free_from"] = {"amount": "35.00"}
    return ("methods[0]",)


@slip
def free_in_a_zone_not_served(rng, policy):
    """Free shipping is limited to a zone the method does not deliver to."""
    policy["methods"][0]["free_from"] = {"amount": "60.00", "zones": ["neighbours"]}
    return ("methods[0]",)


@slip
def fee_in_a_zone_not_served(rng, policy):
    """A method's own surcharge is limited to a zone it does not deliver to."""
    policy["methods"][1]["surcharges"] = [{"amount": "9.00", "zones": ["city"]}]
    return ("methods[1]",)


@slip
def promotion_for_nothing(rng, policy):
    """A promotion names a method that is not there, or takes off 0.2 instead of 20 percent."""
    if "promotions" not in policy:
        return None
    if rng.random() < 0.5:
        policy["promotions"][0]["methods"] = ["standart"]
    else:
        policy["promotions"][0]["percent"] = "0.5"
    return ("promotions[0]",)


@slip
def uk_for_gb(rng, policy):
    """A country code as people say it."""
    policy["zones"]["neighbours"]["where"][0]["countries"] = [
        *rng.sample(["FR", "BE", "ES"], 2),
        rng.choice(("UK", "EL", "SP")),
    ]
    return ("zones.neighbours",)


@slip
def region_of_another_country(rng, policy):
    """A province where a state belongs, or no region at all."""
    where = policy["zones"]["home"]["where"][0]
    if where["country"] not in ("US", "CA"):
        return None
    where["except_regions"] = [rng.choice(("XX", "ZZ", "Bavaria", "QX"))]
    return ("zones.home",)


@slip
def postal_code_of_another_country(rng, policy):
    """A code that no address of the country has."""
    where = policy["zones"]["city"]["where"][0]
    wrong = {"US": "SW1A 1AA", "DE": "M5V", "PL": "EC1A", "GB": "10115", "CA": "90210", "NL": "SW1A"}
    where["postal_codes"].append(wrong[where["country"]])
    return ("zones.city",)


@slip
def postal_code_listed_twice(rng, policy):
    """The same code again, or one that a wildcard of the list holds already."""
    codes = policy["zones"]["city"]["where"][0]["postal_codes"]
    stars = [code for code in codes if code.endswith("*") and code[:-1].isdigit() and len(code) == 4]
    codes.append(stars[0][:-1] + "01" if stars and rng.random() < 0.6 else rng.choice(codes))
    return ("zones.city",)


@slip
def postal_range_backwards(rng, policy):
    """The range ends before it starts."""
    where = policy["zones"]["city"]["where"][0]
    if where["country"] not in ("US", "DE"):
        return None
    where["postal_codes"].append("30299..30210")
    return ("zones.city",)


@slip
def everything_excluded(rng, policy):
    """The exception takes back the whole zone."""
    country = policy["zones"]["home"]["where"][0]["country"]
    policy["zones"]["city"]["except"] = [{"country": country}]
    return ("zones.city",)


@slip
def zone_shadowed(rng, policy):
    """The country zone was given priority, so the city zone is never met."""
    country = policy["zones"]["home"]["where"][0]["country"]
    policy["overlap"] = "one zone"
    policy["zones"]["home"] = {"where": [{"country": country}], "priority": 5}
    return ("zones.city", "zones.remote")


@slip
def zone_nobody_uses(rng, policy):
    """A zone was prepared and no method delivers to it."""
    policy["zones"]["islands"] = {"where": [{"countries": ["IS", "MT"]}]}
    return ("zones.islands",)


@slip
def two_rests_of_the_world(rng, policy):
    """Two zones claim what is left."""
    policy["zones"]["world"] = {"rest_of_world": True}
    policy["zones"]["everyone-else"] = {"rest_of_world": True}
    policy["methods"][-1]["zones" if "price" in policy["methods"][-1] else "title"] = (
        ["world", "everyone-else"] if "price" in policy["methods"][-1] else "International"
    )
    return ("zones",)


@slip
def undeclared_currency(rng, policy):
    """A price in a currency the policy does not know."""
    policy["methods"][2]["price"] = {policy["currency"]: "9.90", rng.choice(("JPY", "SEK", "NOK")): "12.00"}
    return ("methods[2]",)


@slip
def unknown_currency(rng, policy):
    """A currency code that does not exist."""
    policy["currency"] = rng.choice(("EURO", "US", "GPB", "DOL"))
    return ("currency",)


@slip
def midnight_at_the_wrong_end(rng, policy):
    """Orders until midnight, written as 00:00; or afternoon hours typed as morning ones."""
    policy["origins"]["main"]["cutoff"] = rng.choice(("00:00", "00:30", "02:00", "03:30"))
    return ("origins.main",)


@slip
def cutoff_on_a_day_off(rng, policy):
    """A cut-off for Sunday in a shop that is closed."""
    policy["origins"]["main"]["cutoff"] = {"default": "14:00", "sun": "10:00"}
    return ("origins.main",)


@slip
def transit_reversed(rng, policy):
    """5-3 business days."""
    policy["services"]["standard"]["transit"] = rng.choice(("5-3 business days", "10-7 calendar days"))
    return ("services.standard",)


@slip
def fast_service_with_slow_transit(rng, policy):
    """The next-day service was copied from another and its days left."""
    policy["services"]["next-day"]["transit"] = rng.choice(("3-5 business days", "5-8 calendar days"))
    return ("services.next-day",)


@slip
def unknown_holiday_calendar(rng, policy):
    """A holiday calendar that does not exist."""
    policy["origins"]["main"]["holidays"] = rng.choice(("US-NYC", "England", "Bavaria", "holidays"))
    return ("origins.main",)


@slip
def unknown_time_zone(rng, policy):
    """A time zone as people say it."""
    policy["origins"]["main"]["timezone"] = rng.choice(("New York", "CEST", "Eastern", "Europe/Cologne"))
    return ("origins.main",)


@slip
def misspelt_weekdays(rng, policy):
    """Weekdays that cannot be read."""
    policy["origins"]["main"]["works"] = rng.choice(("Mon-Fry", "Weekdays", "Mo-Fr", "1-5"))
    return ("origins.main",)


@slip
def tax_as_a_fraction(rng, policy):
    """19 percent written as 0.19."""
    policy["tax"] = {"prices": "included", "rate": rng.choice(("0.19", "0.2", "0.08875"))}
    return ("tax",)


@slip
def percentage_without_its_point(rng, policy):
    """A fuel surcharge of 12.25 percent typed as 1225."""
    if "surcharges" not in policy:
        return None
    policy["surcharges"]["fuel"]["percent"] = rng.choice(("1225", "750", "400"))
    return ("surcharges.fuel",)


@slip
def divisor_in_inches(rng, policy):
    """The divisor of a sheet in inches and pounds."""
    policy["services"]["standard"]["dimensional_divisor"] = rng.choice((139, 166, 194))
    return ("services.standard",)


@slip
def misspelt_class(rng, policy):
    """A class is written in two ways."""
    if "surcharges" not in policy:
        return None
    policy["surcharges"]["bulky"]["when"] = {"classes": ["bulky", "oversize"]}
    policy["methods"][0]["when"] = {
        "classes": {"none": [rng.choice(("Bulky", "bulkky", "buky", "bukly", "over-size"))]}
    }
    return ("methods[0]", "surcharges.bulky")


@slip
def misspelt_key(rng, policy):
    """A setting's name has a typing error."""
    policy["methods"][0][rng.choice(("tittle", "free_form", "prize", "serivce"))] = "x"
    return ("methods[0]",)


@slip
def method_without_a_price(rng, policy):
    """The price line was deleted."""
    i = rng.randrange(len(policy["methods"]))
    policy["methods"][i].pop("price", None)
    policy["methods"][i].pop("rates", None)
    return (f"methods[{i}]",)


@slip
def zone_priced_twice(rng, policy):
    """Two rates of one method are for the same zone."""
    i = next(i for i, method in enumerate(policy["methods"]) if method["id"] == "abroad")
    policy["methods"][i]["rates"].append({"zones": ["neighbours"], "price": "25.00"})
    return (f"methods[{i}]",)


@slip
def floor_above_ceiling(rng, policy):
    """At least 60.00 and at most 4.00."""
    policy["methods"][2]["price"] = {"by": "percent", "percent": "10", "floor": "60.00", "ceiling": "4.00"}
    return ("methods[2]",)


@slip
def time_zone_of_another_country(rng, policy):
    """The origin block was copied from a shop abroad."""
    country = policy["origins"]["main"]["address"]["country"]
    policy["origins"]["main"]["timezone"] = "Asia/Tokyo" if country == "US" else "America/Chicago"
    return ("origins.main",)


@slip
def holidays_of_another_country(rng, policy):
    """The holiday calendar is that of the shop it was copied from."""
    country = policy["origins"]["main"]["address"]["country"]
    policy["origins"]["main"]["holidays"] = "FR" if country == "US" else "US-NY"
    return ("origins.main",)


@slip
def country_in_two_zones(rng, policy):
    """A country was added to one zone and not taken out of the other."""
    neighbours = policy["zones"]["neighbours"]["where"][0]["countries"]
    policy["zones"]["nearby"] = {"where": [{"countries": [rng.choice(neighbours), "IS"]}]}
    method = next(method for method in policy["methods"] if method["id"] == "abroad")
    method["rates"].append({"zones": ["nearby"], "price": "19.00"})
    return ("zones.nearby", "zones.neighbours")


@slip
def class_that_is_not_listed(rng, policy):
    """The shop lists its classes, and a method speaks of another one."""
    policy["shipping_classes"] = [*CLASSES, "wine-6", "wine-12"]
    policy["methods"][2]["when"] = {"classes": {"none": [rng.choice(("overize", "dangerous", "Bulk"))]}}
    return ("methods[2]",)
