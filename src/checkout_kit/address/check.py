"""Whether mail can be sent to an address, judged by the rules of its country."""

import unicodedata
from operator import attrgetter

from attrs import asdict, evolve, fields

from checkout_kit.address.national import (
    CountryRules,
    country_rules,
    find_region,
    is_plausible_postal_code,
    normalise_region,
)
from checkout_kit.address.postal import BRITISH, compact_postal_code, normalise_postal_code, split_british
from checkout_kit.address.value import Address
from checkout_kit.errors import Fault, short_repr

LONGEST_FIELD = 200
_FIELDS = tuple(attribute.name for attribute in fields(Address))
_read_fields = attrgetter(*_FIELDS)
_REQUIRED = (("A", "line1"), ("C", "city"), ("S", "region"), ("Z", "postal_code"))


def check_address(address: Address, *, path: str = "address", partial: bool = False) -> tuple[Fault, ...]:
    """Every reason why the address cannot be used, in field order; none of them shows a name or a street.

    With `partial`, as for a quote before the whole address is known, nothing is missing and a truncated
    postal code is accepted, but what is there must still be possible.

    >>> [str(fault) for fault in check_address(Address(country="NL", line1="Dam 1", city="Amsterdam"))]
    ["address.postal_code: required in NETHERLANDS; write it like '1234 AB'"]
    """
    rules = country_rules(address.country)
    if rules is None:
        remedy = "use an ISO 3166-1 alpha-2 code such as 'US'"
        return (Fault(f"{path}.country", "not a country", short_repr(address.country), remedy),)
    faults = [*_unprintable(address, path)]
    if not partial:
        faults += _missing(address, rules, path)
    faults += _region_fault(address, rules, path)
    faults += _postal_fault(address, rules, path, partial=partial)
    return tuple(faults)


def normalise_address(address: Address) -> Address:
    """The same address tidied: single spaces, region by code, country and postal code in normal form.

    What cannot be recognised stays as it was written, so nothing the buyer typed is lost.

    >>> normalise_address(Address(country="us", region="new york", postal_code=" 10001 ")).region
    'NY'
    """
    tidy = {name: " ".join(str(text).split()) for name, text in asdict(address).items()}
    country = tidy["country"].upper()
    tidy["country"] = country
    tidy["region"] = normalise_region(country, tidy["region"]) or tidy["region"]
    tidy["postal_code"] = normalise_postal_code(country, tidy["postal_code"])
    return evolve(address, **tidy)


def _unprintable(address: Address, path: str) -> list[Fault]:
    texts = _read_fields(address)
    if "".join(texts).isprintable() and max(map(len, texts)) <= LONGEST_FIELD:
        return []
    faults = []
    for name, text in zip(_FIELDS, texts, strict=True):
        if len(text) > LONGEST_FIELD:
            faults.append(Fault(f"{path}.{name}", f"longer than {LONGEST_FIELD} characters"))
        elif not text.isprintable() and any(unicodedata.category(char) == "Cc" for char in text):
            faults.append(Fault(f"{path}.{name}", "holds control characters", remedy="write it on one line"))
    return faults


def _missing(address: Address, rules: CountryRules, path: str) -> list[Fault]:
    faults = []
    for letter, name in _REQUIRED:
        if letter in rules.required and not getattr(address, name).strip():
            like = f"write it like {rules.postal_example!r}" if letter == "Z" else ""
            faults.append(Fault(f"{path}.{name}", f"required in {rules.name}", remedy=like))
    return faults


def _region_fault(address: Address, rules: CountryRules, path: str) -> list[Fault]:
    # Where mail needs no region the list is no closed one: people write what they like, or nothing.
    if "S" not in rules.required or not rules.regions or not address.region.strip():
        return []
    if find_region(rules, address.region) is not None:
        return []
    codes = sorted({region.code for region in rules.regions.values()})
    remedy = f"use its ISO 3166-2 code or its name, such as {codes[0]!r}"
    return [Fault(f"{path}.region", f"not a region of {rules.name}", short_repr(address.region), remedy)]


def _postal_fault(address: Address, rules: CountryRules, path: str, *, partial: bool) -> list[Fault]:
    text = address.postal_code
    if not text.strip():
        return []
    if is_plausible_postal_code(rules.country, text):
        return [] if partial else _place_fault(address, rules, path)
    if partial and _is_plausible_start(rules, text):
        return []
    remedy = f"write it like {rules.postal_example!r}" if rules.postal_example else ""
    return [Fault(f"{path}.postal_code", f"not a postal code of {rules.name}", short_repr(text), remedy)]


def _place_fault(address: Address, rules: CountryRules, path: str) -> list[Fault]:
    """A postal code of another region: prices go by the region, parcels by the code."""
    region = find_region(rules, address.region) if "S" in rules.required else None
    there = rules.region_of(normalise_postal_code(rules.country, address.postal_code)) if region else ""
    if region is None or there in ("", region.code):
        return []
    message = f"not a postal code of {region.latin_label}"
    remedy = f"check it, or the region: it is one of {there}"
    return [Fault(f"{path}.postal_code", message, short_repr(address.postal_code), remedy)]


def _is_plausible_start(rules: CountryRules, text: str) -> bool:
    if rules.country in BRITISH:
        parts = split_british(text)
        return parts is not None and len(parts[3]) < 3
    code, example = compact_postal_code(text), compact_postal_code(rules.postal_example)
    if len(code) >= len(example):
        return False
    return all(a.isdigit() == b.isdigit() for a, b in zip(code, example, strict=False))
