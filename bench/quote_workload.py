"""The quote workload: a policy of any size as plain data, and carts to price with it.

Country, region and postal-code-prefix zones; every option has a rate card of 8 weight bands for every zone,
and mostly a free-shipping threshold, a percentage and a conditional surcharge; dates come from one origin and
four services. Everything is drawn from one seeded generator.
"""

import datetime as dt
import random
from dataclasses import dataclass

from checkout_kit import Address, Cart, LineItem
from checkout_kit.shipping import QuoteRequest

BANDS_G = (500, 1000, 2000, 3000, 5000, 10_000, 20_000, 30_000)
POSTAL_COUNTRIES = ("US", "DE", "FR", "ES", "IT", "FI", "MX", "TR", "UA", "TH")
US_STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND "
    "OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"
).split()
OTHER_REGIONS = [("CA", code) for code in "AB BC MB NB NL NS ON PE QC SK YT NT NU".split()]
OTHER_REGIONS += [("AU", code) for code in "ACT NSW NT QLD SA TAS VIC WA".split()]
OTHER_REGIONS += [
    ("BR", code)
    for code in "AC AL AP AM BA CE DF ES GO MA MT MS MG PA PB PR PE PI RJ RN RS RO RR SC SP SE TO".split()
]
COUNTRIES = (
    "US DE FR ES IT FI MX TR UA TH CA AU BR GB IE NL BE LU AT CH DK SE NO IS PT PL CZ SK HU RO BG GR HR SI "
    "EE LV LT CY MT JP KR CN HK SG MY ID PH VN IN AE IL SA ZA EG MA NG KE AR CL CO PE UY NZ FJ KZ GE AM AZ "
    "MD BA RS ME MK AL IQ JO KW QA OM BH LK BD NP PK MM KH LA MN UZ KG TJ TM EC BO PY VE CR PA GT HN SV NI "
    "DO JM TT"
).split()
SERVICES = {
    "economy": "7-10 calendar days",
    "standard": "3-5 business days",
    "two-day": "2 business days",
    "next-day": "1 business day",
}


@dataclass(frozen=True)
class Size:
    """How many options, zones and postal rules; postal zones take whatever zones are left."""

    options: int
    zones: int
    postal_rules: int
    country_zones: int
    region_zones: int


SMALL = Size(3, 5, 40, 2, 1)
USUAL = Size(12, 40, 800, 10, 10)
WIDE = Size(60, 40, 800, 10, 10)
LARGE = Size(12, 2000, 50_000, 100, 98)
LARGEST = Size(60, 2000, 50_000, 100, 98)


def make_policy(size: Size, seed: int = 1) -> dict[str, object]:
    """The policy as the mapping a TOML file would give."""
    rng = random.Random(seed)
    zones = _zones(size, rng)
    return {
        "currency": "USD",
        "name": f"workload-{size.options}x{size.zones}",
        "origins": {
            "main": {
                "timezone": "America/New_York",
                "holidays": "US",
                "cutoff": "14:00",
                "handling": "0-1 working days",
            }
        },
        "zones": zones,
        "services": {name: {"transit": transit} for name, transit in SERVICES.items()},
        "surcharges": {
            "fuel": {"percent": "12.5"},
            "heavy": {"amount": "7.50", "when": {"weight": {"above": "10 kg"}}},
        },
        "methods": [_method(i, list(zones), rng) for i in range(size.options)],
    }


def _zones(size: Size, rng: random.Random) -> dict[str, object]:
    zones: dict[str, object] = {}
    for country in COUNTRIES[: size.country_zones]:
        zones[f"country-{country}"] = {"where": [{"country": country}]}
    regions = ([("US", state) for state in US_STATES] + OTHER_REGIONS)[: size.region_zones]
    for country, region in regions:
        zones[f"region-{country}-{region}"] = {"where": [{"country": country, "regions": [region]}]}
    postal_zones = size.zones - len(zones)
    countries = POSTAL_COUNTRIES[: max(1, min(len(POSTAL_COUNTRIES), postal_zones))]
    free = {country: _prefixes(rng, size.postal_rules // len(countries) + 1) for country in countries}
    quota = [size.postal_rules // postal_zones] * postal_zones
    for i in range(size.postal_rules - sum(quota)):
        quota[i] += 1
    for i, count in enumerate(quota):
        country = countries[i % len(countries)]
        if len(free[country]) < count:
            country = max(free, key=lambda name: len(free[name]))
        taken, free[country] = free[country][:count], free[country][count:]
        zones[f"postal-{i}"] = {"where": [{"country": country, "postal_codes": [f"{p}*" for p in taken]}]}
    return zones


def _prefixes(rng: random.Random, count: int) -> list[str]:
    """Distinct prefixes of 3, 4 and 5 digits, as many as asked for and some more."""
    threes = rng.sample(range(100, 1000), min(600, count // 4 + 1))
    fours = rng.sample(range(1000, 10_000), min(5000, count // 2 + 1))
    fives = rng.sample(range(10_000, 100_000), count + 40)
    found = [str(n) for n in (*threes, *fours)] + [str(n) for n in fives]
    rest = found[: count + 30]
    rng.shuffle(rest)
    return rest


def _method(index: int, zones: list[str], rng: random.Random) -> dict[str, object]:
    service = list(SERVICES)[index % len(SERVICES)]
    method: dict[str, object] = {"id": f"option-{index}", "title": f"Option {index}", "service": service}
    card = {}
    for zone in zones:
        price = rng.randrange(200, 900)
        row = []
        for _ in BANDS_G:
            row.append(f"{price // 100}.{price % 100:02d}")
            price += rng.randrange(20, 400)
        card[zone] = row
    # Most options have the same bands, as cards of one carrier do; some have their own.
    grams = BANDS_G if index % 3 else tuple(band + 250 for band in BANDS_G)
    method["price"] = {"by": "weight card", "up_to": [f"{band} g" for band in grams], "zones": card}
    if rng.random() < 0.8:
        method["free_from"] = str(rng.randrange(40, 160))
    fees = (["fuel"] if rng.random() < 0.8 else []) + (["heavy"] if rng.random() < 0.8 else [])
    if fees:
        method["surcharges"] = fees
    return method


def make_requests(size: Size, count: int, seed: int = 2) -> list[QuoteRequest]:
    """Carts of 1 to 12 lines, to places that mostly lie in some zone."""
    rng = random.Random(seed)
    countries = COUNTRIES[: size.country_zones]
    start = dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)
    return [
        QuoteRequest(
            cart=_cart(rng),
            destination=_address(rng, countries),
            placed_at=start + dt.timedelta(minutes=rng.randrange(20 * 24 * 60)),
        )
        for _ in range(count)
    ]


def _cart(rng: random.Random) -> Cart:
    lines = [
        LineItem(
            id=f"l{i}",
            sku=f"sku-{rng.randrange(500)}",
            quantity=rng.randrange(1, 4),
            unit_price=rng.randrange(100, 4000),
            weight_g=rng.randrange(20, 1200),
        )
        for i in range(rng.randrange(1, 13))
    ]
    return Cart(currency="USD", lines=lines)


def _address(rng: random.Random, countries: list[str]) -> Address:
    country = rng.choice(countries)
    if country == "US" or (country in POSTAL_COUNTRIES and rng.random() < 0.8):
        region = rng.choice(US_STATES) if country == "US" else ""
        return Address(country=country, region=region, postal_code=str(rng.randrange(10_000, 100_000)))
    return Address(country=country, region="", postal_code="")
