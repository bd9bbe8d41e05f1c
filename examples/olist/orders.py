"""Read the order file and turn one order into a quote request, as plain JSON data."""

import csv
import gzip
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

BRASILIA = "-03:00"


def read_orders(path: Path) -> Iterator[dict[str, str]]:
    """The rows of the order file, gzipped or not, in file order."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def minor(amount: str) -> int:
    """Centavos in a decimal amount of reais; the file rounds sums to a float, so a third decimal is noise."""
    return int((Decimal(amount) * 100).to_integral_value())


def quote_request(row: dict[str, str]) -> dict[str, object]:
    """The quote request of one order, as `checkout-kit quote --carts` reads it.

    The file gives sums over an order's items, so the order is one line; its postal codes are five-digit
    prefixes, completed with the general suffix 000. An unknown weight stays unknown.
    """
    line: dict[str, object] = {
        "sku": row["category"] or "unknown",
        "quantity": 1,
        "unit_price": minor(row["price"]),
        "origin": row["seller_state"].lower(),
    }
    if row["weight_g"]:
        line["weight_g"] = int(Decimal(row["weight_g"]))
    request: dict[str, object] = {
        "cart": {"currency": "BRL", "lines": [line]},
        "destination": {
            "country": "BR",
            "region": row["customer_state"],
            "postal_code": f"{row['customer_zip']}-000",
        },
        "placed_at": row["purchase_ts"] + BRASILIA,
        "origin": row["seller_state"].lower(),
    }
    if row["distance_km"]:
        request["distance_m"] = int(row["distance_km"]) * 1000
    return request
