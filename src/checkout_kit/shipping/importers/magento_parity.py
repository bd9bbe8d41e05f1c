"""Whether a policy imported from a table-rate file prices as the file does, around every value of it."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

from checkout_kit.address import Address
from checkout_kit.cart import Cart, LineItem
from checkout_kit.money import exponent
from checkout_kit.shipping.importers.magento import METHOD
from checkout_kit.shipping.importers.magento_rows import ANY, TableRate, read_rows
from checkout_kit.shipping.importers.magento_rule import Place, RateTable
from checkout_kit.shipping.importers.parity import Case, compare
from checkout_kit.shipping.importers.values import ParityReport
from checkout_kit.shipping.policy import ShippingPolicy
from checkout_kit.shipping.values import QuoteRequest
from checkout_kit.units import parse_weight_g

_NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
_ELSEWHERE = ("NZ", "IS", "UY", "SN", "FJ")
_CODES_PER_REGION = 3


def magento_parity(
    text: str, policy: ShippingPolicy, *, weight_unit: str = "kg", condition: str = ""
) -> ParityReport:
    """Every row's place, one step below, at and above every value that matters there, by both rules.

    Raises:
        InputError: the file cannot be read.
    """
    measure, rows = read_rows(text, currency=policy.currency, condition=condition)
    places = [f"row {row.number}" for row in rows]
    return compare(policy, _cases(rows, measure, policy.currency, weight_unit), places)


def _cases(rows: Sequence[TableRate], measure: str, currency: str, weight_unit: str) -> Iterator[Case]:
    table = RateTable(rows)
    for place in _places(rows):
        near = {row.value for row in table.meeting(place)} or {rows[0].value}
        steps = sorted({step for value in near for step in _around(value, measure, currency, weight_unit)})
        for step in steps:
            value = _measured(step, measure, currency, weight_unit)
            row = table.pick(place, value)
            price = None if row is None else int(row.price.scaleb(exponent(currency)))
            where = " ".join(part for part in (place.country, place.region, place.postcode) if part)
            yield Case(
                name=f"{where}, {measure} {value}",
                request=_request(place, step, measure, currency),
                expected={METHOD: price},
                decided_by={} if row is None else {METHOD: f"row {row.number}"},
            )


def _places(rows: Sequence[TableRate]) -> list[Place]:
    """Somewhere no row names, every country alone, every row's place, and regions with codes of others."""
    named = {row.country for row in rows}
    found = [Place(country=next((c for c in _ELSEWHERE if c not in named), "AQ"))]
    found += [Place(country=country) for country in sorted(named - {ANY})]
    codes: dict[str, list[str]] = {}
    for row in rows:
        if row.region == ANY and row.postcode != ANY:
            codes.setdefault(row.country, []).append(row.postcode)
    for row in rows:
        if row.country == ANY:
            continue
        region = "" if row.region == ANY else row.region
        postcode = "" if row.postcode == ANY else row.postcode
        found.append(Place(country=row.country, region=region, postcode=postcode))
        if region and not postcode:
            found += [
                Place(country=row.country, region=region, postcode=code)
                for code in codes.get(row.country, ())[:_CODES_PER_REGION]
            ]
    return list(dict.fromkeys(found))


def _around(value: Decimal, measure: str, currency: str, weight_unit: str) -> Iterator[int]:
    if measure == "goods":
        middle = int(value.scaleb(exponent(currency)))
    elif measure == "weight":
        middle = int(value * parse_weight_g(f"100000 {weight_unit}") / 100_000)
    else:
        middle = int(value)
    yield from (step for step in (middle - 1, middle, middle + 1) if step >= (measure == "quantity"))


def _measured(step: int, measure: str, currency: str, weight_unit: str) -> Decimal:
    """The step in the unit the file uses, rounded as the source rounds it: to four decimals."""
    if measure == "goods":
        return Decimal(step).scaleb(-exponent(currency))
    if measure == "weight":
        return round(Decimal(step) * 100_000 / parse_weight_g(f"100000 {weight_unit}"), 4)
    return Decimal(step)


def _request(place: Place, step: int, measure: str, currency: str) -> QuoteRequest:
    line = LineItem(
        id="l",
        sku="l",
        quantity=step if measure == "quantity" else 1,
        unit_price=step if measure == "goods" else 0,
        weight_g=step if measure == "weight" else 0,
    )
    return QuoteRequest(
        cart=Cart(currency=currency, lines=(line,)),
        destination=Address(country=place.country, region=place.region, postal_code=place.postcode),
        placed_at=_NOON,
    )
