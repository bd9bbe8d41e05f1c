"""The places of many destinations at once: postal codes of digits as numbers, all others one by one."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from checkout_kit.address import Address
from checkout_kit.shipping.zones import CountryZones, ZoneTable

_LONGEST = 12
_WIDEST = 6
"""Longer codes, and prefixes of more digits, are rare enough to be looked up one by one."""

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]


def list_places(table: ZoneTable, addresses: Sequence[Address]) -> Ints:
    """The place of each address, as `table.place` says it."""
    found = np.zeros(len(addresses), dtype=np.int64)
    keys = [address.postal_code for address in addresses]
    countries = [address.country for address in addresses]
    codes = list(dict.fromkeys(countries))
    number_of = {code: number for number, code in enumerate(codes)}
    country_of = list(map(number_of.__getitem__, countries))
    lengths = np.fromiter(map(len, keys), dtype=np.int64, count=len(keys))
    group_of = np.array(country_of, dtype=np.int64) * (_LONGEST + 2) + np.minimum(lengths, _LONGEST + 1)
    groups, inverse = distinct(group_of)
    for group, number in enumerate(groups.tolist()):
        country_number, length = divmod(number, _LONGEST + 2)
        rows = np.flatnonzero(inverse == group)
        at = rows.tolist()
        country = table.countries.get(codes[country_number], table.elsewhere)
        nodes = _nodes(country, [keys[i] for i in at], length)
        if nodes is None:
            found[rows] = [table.place(addresses[i]) for i in at]
        else:
            regions = [addresses[i].region for i in at] if country.named else [""]
            found[rows] = _of_rules(table, country, nodes, regions)
    return found


def distinct(values: Ints) -> tuple[Ints, Ints]:
    """The distinct values in order and the place of each among them; small values are counted, not sorted."""
    most = int(values.max(initial=0))
    if most > 4 * len(values) + 1000:
        found, inverse = np.unique(values, return_inverse=True)
        return found, inverse
    occurs = np.zeros(most + 1, dtype=bool)
    occurs[values] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[values]


def _nodes(country: CountryZones, keys: Sequence[str], length: int) -> Ints | None:
    """The postal rules each key meets, keys of one length; None where they are better looked up singly."""
    if not length or not (country.lengths or country.range_starts):
        return np.zeros(len(keys), dtype=np.int64)
    prefixes = [each for each in country.prefixes if each.isascii() and each.isdigit()]
    most = max(map(len, prefixes), default=0)
    if country.range_starts or not country.has_digit_keys or not most <= length <= _LONGEST:
        return None
    if most > _WIDEST or len(prefixes) > len(keys):
        return None
    text = "".join(keys)
    if not (text.isascii() and text.isdigit()):
        return None
    node_of = np.zeros(10**most, dtype=np.int64)
    for prefix in sorted(prefixes, key=len):
        width = 10 ** (most - len(prefix))
        node_of[int(prefix or 0) * width :][:width] = country.prefixes[prefix]
    digits = np.frombuffer(text.encode(), dtype=np.uint8).reshape(-1, length)[:, :most].astype(np.int64)
    found: Ints = node_of[(digits - ord("0")) @ 10 ** np.arange(most - 1, -1, -1)]
    return found


def _of_rules(table: ZoneTable, country: CountryZones, nodes: Ints, regions: Sequence[str]) -> Ints:
    """The places where each row's postal rules and region hold; one region may stand for all rows."""
    known = country.regions.get
    keys = [text and (known(text) or country.region(text)) for text in regions]
    names = list(dict.fromkeys(keys))
    number_of = {name: number for number, name in enumerate(names)}
    region_of = np.array(list(map(number_of.__getitem__, keys)), dtype=np.int64)
    cases, case_of = distinct(nodes * len(names) + region_of)
    pairs = [divmod(case, len(names)) for case in cases.tolist()]
    places = [table.place_of_rules(country, node, 0, names[region]) for node, region in pairs]
    return np.array(places, dtype=np.int64)[case_of]
