"""An address as the lines of a label, in the order and script its country uses."""

import re

from checkout_kit.address.national import CountryRules, country_rules, find_region
from checkout_kit.address.postal import normalise_postal_code
from checkout_kit.address.value import Address

_FIELD = re.compile(r"%([A-Z])")


def format_address(address: Address, *, latin: bool = False) -> tuple[str, ...]:
    """The lines of a label, the country last; `latin` asks for the order and region names used abroad.

    A field that is empty takes its separator with it; an unknown country is written in a plain order.

    >>> home = Address(country="US", name="Eva Cruz", line1="9 Oak Ave", city="Austin", region="TX")
    >>> format_address(home)
    ('Eva Cruz', '9 Oak Ave', 'AUSTIN, TX', 'UNITED STATES')
    """
    rules = country_rules(address.country)
    if rules is None:
        plain = (address.name, address.company, address.line1, address.line2)
        place = " ".join(filter(None, (address.postal_code, address.city, address.region)))
        return tuple(line for line in (*plain, place, address.country) if line)
    values = _values(address, rules, latin=latin)
    lines: list[str] = []
    for layout in (rules.latin_layout if latin else rules.layout).split("%n"):
        lines += _line(layout, values).split("\n")
    return (*(line for line in lines if line), rules.name)


def _values(address: Address, rules: CountryRules, *, latin: bool) -> dict[str, str]:
    region = find_region(rules, address.region) if rules.regions and address.region else None
    values = {
        "N": address.name,
        "O": address.company,
        "A": "\n".join(filter(None, (address.line1, address.line2))),
        "C": address.city,
        "S": address.region if region is None else (region.latin_label if latin else region.label),
        "Z": normalise_postal_code(rules.country, address.postal_code),
    }
    return {letter: text.upper() if letter in rules.upper else text for letter, text in values.items()}


def _line(layout: str, values: dict[str, str]) -> str:
    """One layout line filled in; a separator is written only with the field that follows it."""
    parts = _FIELD.split(layout)
    if len(parts) == 1:
        return layout
    line = ""
    for literal, letter in zip(parts[::2], parts[1::2], strict=False):
        value = values.get(letter, "")
        if value:
            line += (literal if line else literal.lstrip(" ,-")) + value
    return line.strip()
