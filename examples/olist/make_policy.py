"""Write a shipping policy for the order file: zones are fixed, prices are read off the real freight values.

    python examples/olist/make_policy.py ORDERS.csv.gz > policy.json

The order file is under a non-commercial licence, so what is computed from it is made anew on your machine
and is not part of the project.

How the prices come about: the median freight of orders by seller's state, customer's state (capital and
countryside) and weight band; a cell with fewer than 20 orders borrows from the state, then the region, then
all of Brazil; along the bands prices are made to rise. Express costs twice the standard price and economy
four fifths of it: the file knows only one speed.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from orders import minor, read_orders
from places import CAPITALS, REGION_OF, capital_zone_of, zone_of

BANDS_G = (300, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000)
LEAST_ORDERS = 20
SPEEDS = {
    "economy": ("Econômico", 0.8, "8-10 business days"),
    "standard": ("Padrão", 1.0, "4-7 business days"),
    "express": ("Expresso", 2.0, "2-3 business days"),
}


def main() -> None:
    """Write the policy to standard output, as JSON."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("orders", type=Path)
    json.dump(policy(read_orders(parser.parse_args().orders)), sys.stdout, indent=1, ensure_ascii=False)


def policy(rows: Iterable[dict[str, str]]) -> dict[str, object]:
    """The policy as data, as TOML or JSON would hold it."""
    freights = _freights(rows)
    origins = sorted({origin for origin, *_ in freights if origin})
    return {
        "name": "olist",
        "currency": "BRL",
        "default_item_weight": "1 kg",
        "origins": {origin.lower(): _origin() for origin in origins},
        "zones": _zones(),
        "services": {speed: {"transit": transit} for speed, (_, _, transit) in SPEEDS.items()},
        "methods": [_method(speed, origin, freights) for speed in SPEEDS for origin in origins]
        + _near_methods(origins),
    }


def _origin() -> dict[str, object]:
    return {
        "timezone": "America/Sao_Paulo",
        "works": "Mon-Fri",
        "holidays": "BR",
        "cutoff": {"default": "15:00", "fri": "13:00"},
        "handling": "1-2 working days",
    }


def _zones() -> dict[str, object]:
    zones: dict[str, object] = {}
    for state in REGION_OF:
        zones[zone_of(state)] = {"where": [{"country": "BR", "regions": [state]}]}
    for state, ranges in CAPITALS.items():
        zones[capital_zone_of(state)] = {"where": [{"country": "BR", "postal_codes": ranges}]}
    return zones


def _in_capital(state: str, prefix: str) -> bool:
    bounds = (entry.split("..") for entry in CAPITALS.get(state, ()))
    return any(low <= prefix <= high for low, high in bounds)


def _band(weight_g: float) -> int | None:
    return next((band for band in BANDS_G if weight_g <= band), None)


def _freights(rows: Iterable[dict[str, str]]) -> dict[tuple[str, str, int], list[int]]:
    """Freights in centavos by (seller's state or empty, place, band); a place is a zone, region or empty."""
    found: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for row in rows:
        band = _band(float(row["weight_g"])) if row["weight_g"] else None
        if band is None:
            continue
        state = row["customer_state"]
        places = [zone_of(state), REGION_OF[state], ""]
        if _in_capital(state, row["customer_zip"]):
            places.append(capital_zone_of(state))
        freight = minor(row["freight_value"])
        for origin in (row["seller_state"], ""):
            for place in places:
                found[origin, place, band].append(freight)
    return found


def _card(
    origin: str, factor: float, freights: dict[tuple[str, str, int], list[int]]
) -> dict[str, list[str]]:
    """The rate card of one origin: a row of prices per zone, one column per weight band."""
    card = {}
    for state, region in REGION_OF.items():
        zones = [zone_of(state)] + ([capital_zone_of(state)] if state in CAPITALS else [])
        for zone in zones:
            row: list[str] = []
            highest = 0
            for band in BANDS_G:
                wider = [
                    (origin, zone),
                    (origin, zone_of(state)),
                    (origin, region),
                    ("", zone),
                    ("", region),
                    ("", ""),
                ]
                cell = next(
                    (c for key in wider if len(c := freights.get((*key, band), [])) >= LEAST_ORDERS),
                    freights["", "", band],
                )
                highest = max(highest, round(median(cell) * factor))
                row.append(f"{highest / 100:.2f}")
            card[zone] = row
    return card


def _method(speed: str, origin: str, freights: dict[tuple[str, str, int], list[int]]) -> dict[str, object]:
    title, factor, _ = SPEEDS[speed]
    method: dict[str, object] = {
        "id": f"{speed}-{origin.lower()}",
        "title": title,
        "service": speed,
        "origin": origin.lower(),
        "price": {
            "by": "weight card",
            "up_to": [f"{band} g" for band in BANDS_G],
            "zones": _card(origin, factor, freights),
            "above": {"per_kg": f"{3 * factor:.2f}"},
        },
    }
    if speed == "economy":
        method["free_from"] = {"amount": "199.00", "goods": "after discounts"}
    return method


def _near_methods(origins: list[str]) -> list[dict[str, object]]:
    """Next-day delivery within the capital of the seller's own state, up to 10 kg."""
    return [
        {
            "id": f"next-day-{origin.lower()}",
            "title": "Amanhã",
            "origin": origin.lower(),
            "zones": [capital_zone_of(origin)],
            "transit": "1 business day",
            "price": {
                "by": "weight",
                "tiers": [{"up_to": "2 kg", "price": "24.90"}, {"up_to": "10 kg", "price": "39.90"}],
            },
        }
        for origin in origins
        if origin in CAPITALS
    ]


if __name__ == "__main__":
    main()
