"""A Magento table-rate CSV as a policy: one zone per kind of destination, one tier table per zone."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise

from checkout_kit.address import PostalRule, is_plausible_postal_code
from checkout_kit.errors import Fault, InputError
from checkout_kit.money import exponent
from checkout_kit.shipping.importers.magento_rows import ANY, TableRate, read_rows
from checkout_kit.shipping.importers.numerals import amount_text
from checkout_kit.shipping.importers.values import PLACEHOLDER_ORIGIN, Imported, Note
from checkout_kit.units import parse_weight_g

METHOD = "table-rate"
Key = tuple[str, str, str]
Piece = tuple[Decimal, Decimal]
"""From which value on, which price."""


def import_magento(
    text: str, *, currency: str, weight_unit: str = "kg", condition: str = "", title: str = "Table rate"
) -> Imported:
    """The policy of a table-rate file; it gives the prices the file gives, as `magento_parity` shows.

    `weight_unit` is the shop's (kg or lb). `condition` says what `from` measures where the heading does not.

    Raises:
        InputError: every fault of the file, by row and column.
    """
    measure, rows = read_rows(text, currency=currency, condition=condition)
    _check_postcodes(rows)
    tables = zone_tables(rows)
    zones: dict[str, object] = {}
    rates: list[object] = []
    for (country, region), postcodes, pieces in _merged(tables):
        name = _name(country, region, postcodes, zones)
        zones[name] = _zone(country, region, postcodes)
        rates.append({"zones": [name], "price": _price(pieces, measure, currency, weight_unit)})
    notes = [Note("", "origins.warehouse is a stand-in: set its time zone, working days and cut-off")]
    notes += [
        Note(
            f"row {row.number}, column postcode",
            f"{row.postcode!r} is no full code; all codes in it are meant now",
        )
        for row in rows
        if row.postcode != ANY and not is_plausible_postal_code(row.country, row.postcode)
    ]
    if measure == "weight":
        notes.append(
            Note("", "items without a weight count nothing in Magento; here set default_item_weight")
        )
    policy = {
        "name": "magento-table-rates",
        "currency": currency,
        "overlap": "one zone",
        "origins": dict(PLACEHOLDER_ORIGIN),
        "zones": zones,
        "methods": [{"id": METHOD, "title": title, "rates": rates}],
    }
    return Imported(policy=policy, notes=tuple(notes))


def _check_postcodes(rows: Sequence[TableRate]) -> None:
    faults: list[Fault] = []
    for row in rows:
        if row.postcode == ANY:
            continue
        try:
            PostalRule.parse(row.country, row.postcode, path=f"row {row.number}, column postcode")
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)


def zone_tables(rows: Sequence[TableRate]) -> dict[Key, tuple[Piece, ...]]:
    """By destination (country, region, postcode; `*` is any other), what each value costs.

    A destination whose own rows begin above zero goes on with the rows of the next wider one, as the source
    does; where a region and a postcode overlap so, their intersection is a destination of its own.
    """
    groups: dict[Key, list[TableRate]] = {}
    for row in rows:
        groups.setdefault((row.country, row.region, row.postcode), []).append(row)
    keys = list(groups)
    for country, region, postcode in list(groups):
        if region == ANY or postcode != ANY or min(r.value for r in groups[country, region, ANY]) == 0:
            continue
        keys += [
            (country, region, code) for c, r, code in groups if c == country and r == ANY and code != ANY
        ]
    return {key: _pieces(key, groups) for key in sorted(dict.fromkeys(keys), key=_by_width)}


def _by_width(key: Key) -> tuple[bool, str, bool, str, bool, str]:
    country, region, postcode = key
    return (country == ANY, country, region == ANY, region, postcode == ANY, postcode)


def _wider(key: Key) -> Iterator[Key]:
    """The destination and every wider one, in the order the source looks at them."""
    country, region, postcode = key
    found = ((country, region, postcode), (country, region, ANY), (country, ANY, postcode))
    yield from dict.fromkeys((*found, (country, ANY, ANY), (ANY, ANY, ANY)))


def _pieces(key: Key, groups: Mapping[Key, Sequence[TableRate]]) -> tuple[Piece, ...]:
    found: list[Piece] = []
    reach: Decimal | None = None
    for wider in _wider(key):
        rows = sorted((row for row in groups.get(wider, ())), key=lambda row: row.value)
        part = [(row.value, row.price) for row in rows if reach is None or row.value < reach]
        if part:
            found = part + found
            reach = part[0][0]
    merged: list[Piece] = []
    for piece in found:
        if not merged or merged[-1][1] != piece[1]:
            merged.append(piece)
    return tuple(merged)


def _merged(
    tables: Mapping[Key, tuple[Piece, ...]],
) -> Iterator[tuple[tuple[str, str], list[str], tuple[Piece, ...]]]:
    """Destinations of one country and region whose postcodes cost the same, as one zone."""
    together: dict[tuple[str, str, bool, tuple[Piece, ...]], list[str]] = {}
    for (country, region, postcode), pieces in tables.items():
        together.setdefault((country, region, postcode == ANY, pieces), []).append(postcode)
    for (country, region, is_any, pieces), postcodes in together.items():
        yield (country, region), [] if is_any else postcodes, pieces


def _name(country: str, region: str, postcodes: Sequence[str], taken: Mapping[str, object]) -> str:
    if country == ANY:
        return "rest-of-world"
    parts = [country, *([] if region == ANY else [region]), *(["codes"] if postcodes else [])]
    plain_name = "".join(c if c.isascii() and c.isalnum() else "-" for c in "-".join(parts).casefold())
    name, count = plain_name, 1
    while name in taken:
        count += 1
        name = f"{plain_name}-{count}"
    return name


def _zone(country: str, region: str, postcodes: Sequence[str]) -> dict[str, object]:
    if country == ANY:
        return {"rest_of_world": True}
    where: dict[str, object] = {"country": country}
    if region != ANY:
        where["regions"] = [region]
    if postcodes:
        where["postal_codes"] = list(postcodes)
    # The source looks at regions before postcodes, the policy at postcodes before regions.
    priority = 2 * (region != ANY) + bool(postcodes)
    return {"where": [where]} | ({"priority": priority} if priority else {})


def _price(pieces: Sequence[Piece], measure: str, currency: str, weight_unit: str) -> object:
    # Two values may meet in one cent, gram or unit; from there on the later row decides.
    steps = {first_step(value, measure, currency, weight_unit): price for value, price in pieces}
    bounds = list(steps)

    def written(step: int) -> object:
        if measure == "goods":
            return amount_text(Decimal(step).scaleb(-exponent(currency)))
        return step if measure == "quantity" else f"{step} g"

    last = amount_text(steps[bounds[-1]])
    if bounds == [0]:
        return last
    tiers: list[dict[str, object]] = [
        {"below": written(following), "price": amount_text(steps[bound])}
        for bound, following in pairwise(bounds)
    ]
    tiers = tiers or [{"up_to": written(bounds[0]), "price": last}]
    if bounds[0] > 0:
        tiers[0] = {"from": written(bounds[0])} | tiers[0]
    return {"by": measure, "tiers": tiers, "above": {"price": last}}


def first_step(value: Decimal, measure: str, currency: str, weight_unit: str) -> int:
    """The smallest whole cent, gram or unit that reaches a value of the table."""
    if measure == "goods":
        value = value.scaleb(exponent(currency))
    elif measure == "weight":
        value = value * parse_weight_g(f"100000 {weight_unit}") / 100_000
    return int(value.to_integral_value(ROUND_CEILING))
