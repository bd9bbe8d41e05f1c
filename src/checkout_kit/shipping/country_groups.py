"""Country groups that every policy may name."""

from types import MappingProxyType
from typing import Final

# Source: europa.eu, EU countries (2026); efta.int, the EEA adds Iceland, Liechtenstein and Norway.
_EU = tuple("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())

COUNTRY_GROUPS: Final = MappingProxyType({"EU": _EU, "EEA": (*_EU, "IS", "LI", "NO")})
