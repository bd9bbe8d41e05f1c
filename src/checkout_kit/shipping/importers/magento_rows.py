"""Reading a Magento table-rate CSV: every fault by row and column."""

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal

from attrs import frozen

from checkout_kit.address import is_country, normalise_region
from checkout_kit.errors import Fault, InputError
from checkout_kit.money import exponent
from checkout_kit.shipping.importers.numerals import parse_number

CONDITIONS: Mapping[str, str] = {
    "order subtotal (and above)": "goods",
    "price (and above)": "goods",
    "weight (and above)": "weight",
    "# of items (and above)": "quantity",
    "number of items (and above)": "quantity",
}
ANY = "*"
_HEADS: Mapping[str, tuple[str, ...]] = {
    "country": ("country",),
    "region": ("region/state", "region"),
    "postcode": ("zip/postal code", "postcode", "zip"),
    "price": ("shipping price", "price"),
}
# Military mail is a kind of destination, not a region of the country it is sent through.
_MILITARY = ("AA", "AE", "AP")
_MOST_DECIMALS = 4


@frozen(kw_only=True)
class TableRate:
    """One row: where it holds (`*` is anywhere), from which value of its measure on, and the price.

    `number` is the row's number in the file, the heading being row 1. `value` is in the shop's own unit.
    """

    number: int
    country: str
    region: str
    postcode: str
    value: Decimal
    price: Decimal


def read_rows(text: str, *, currency: str, condition: str = "") -> tuple[str, tuple[TableRate, ...]]:
    """What the table measures (`goods`, `weight` or `quantity`) and its rows.

    The measure is told by the heading of the fourth column, or by `condition` where it is only `from`.

    Raises:
        InputError: every fault, placed as `row 120, column region`.
    """
    lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    if not lines:
        raise InputError.of("row 1", "the file is empty")
    measure, order = _heading(lines[0], condition)
    faults: list[Fault] = []
    rows: list[TableRate] = []
    seen: dict[tuple[str, str, str, Decimal], int] = {}
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        columns = len(lines[0])
        if any(cell.strip() for cell in cells[columns:]):
            why = f"has {len(cells)} columns, the heading has {columns}"
            faults.append(
                Fault(f"row {number}", why, remedy="write decimals with a point, or quote the cell")
            )
            continue
        row = _row(number, cells, order, currency, faults)
        if row is None:
            continue
        first = seen.setdefault((row.country, row.region, row.postcode, row.value), number)
        if first != number:
            faults.append(
                Fault(f"row {number}", f"the same place and value as row {first}", "", "remove one")
            )
        rows.append(row)
    if faults:
        raise InputError(faults)
    if not rows:
        raise InputError.of("row 2", "the table has no rows")
    return measure, tuple(rows)


def _heading(cells: Sequence[str], condition: str) -> tuple[str, dict[str, int]]:
    heads = [cell.strip().casefold() for cell in cells]
    order: dict[str, int] = {}
    for column, names in _HEADS.items():
        found = [i for i, head in enumerate(heads) if head in names]
        if found:
            order[column] = found[0]
    measured = [(i, CONDITIONS.get(head, condition)) for i, head in enumerate(heads) if head in CONDITIONS]
    measured = measured or [(i, condition) for i, head in enumerate(heads) if head == "from" and condition]
    missing = [column for column in _HEADS if column not in order]
    faults = [
        Fault("row 1", f"has no column for the {column}", remedy=f"add '{_HEADS[column][0]}'")
        for column in missing
    ]
    if not measured:
        known = "', '".join(CONDITIONS)
        faults.append(Fault("row 1", "does not say what the table measures", remedy=f"one of '{known}'"))
    if faults:
        raise InputError(faults)
    order["from"] = measured[0][0]
    return measured[0][1], order


def _row(
    number: int, cells: Sequence[str], order: Mapping[str, int], currency: str, faults: list[Fault]
) -> TableRate | None:
    before = len(faults)
    if len(cells) <= max(order.values()):
        faults.append(
            Fault(f"row {number}", f"has {len(cells)} columns, the heading has more", remedy="complete it")
        )
        return None
    texts = {column: cells[i].strip() for column, i in order.items()}
    country = _country(number, texts["country"], faults)
    region = _region(number, country, texts["region"], faults)
    postcode = texts["postcode"] or ANY
    if postcode != ANY and country == ANY:
        why = "is never met: it needs a country"
        faults.append(Fault(_at(number, "postcode"), why, repr(postcode), "name the country or write '*'"))
    value = _number(number, "from", texts["from"], _MOST_DECIMALS, faults)
    price = _number(number, "price", texts["price"], exponent(currency), faults)
    if len(faults) > before or value is None or price is None:
        return None
    return TableRate(
        number=number, country=country, region=region, postcode=postcode, value=value, price=price
    )


def _at(number: int, column: str) -> str:
    return f"row {number}, column {column}"


def _country(number: int, text: str, faults: list[Fault]) -> str:
    if text in ("", ANY, "0"):
        return ANY
    code = text.upper()
    if len(code) == 3:
        from babel.core import get_global

        code = (get_global("territory_aliases").get(code) or [code])[0]
    if not is_country(code):
        faults.append(Fault(_at(number, "country"), "not a country", repr(text), "use its ISO 3166-1 code"))
    return code


def _region(number: int, country: str, text: str, faults: list[Fault]) -> str:
    if text in ("", ANY, "0"):
        return ANY
    if country == ANY:
        why = "a region needs a country"
        faults.append(Fault(_at(number, "region"), why, repr(text), "name the country or write '*'"))
        return text
    if country == "US" and text.upper() in _MILITARY:
        remedy = "leave the row out and price it by a condition on destination_kinds = ['military']"
        faults.append(Fault(_at(number, "region"), "military mail, not a region", repr(text), remedy))
        return text
    found = normalise_region(country, text) if is_country(country) else text
    if found is None:
        remedy = "use its ISO 3166-2 code"
        faults.append(Fault(_at(number, "region"), f"not a region of {country}", repr(text), remedy))
    return found or text


def _number(number: int, column: str, text: str, decimals: int, faults: list[Fault]) -> Decimal | None:
    path = _at(number, column)
    try:
        value = parse_number(text, path=path)
    except InputError as error:
        faults += error.faults
        return None
    if value < 0:
        faults.append(Fault(path, "must not be negative", repr(text)))
        return None
    if value != round(value, decimals):
        faults.append(
            Fault(path, f"has more than {decimals} decimals", repr(text), "round it as you mean it")
        )
        return None
    return value
