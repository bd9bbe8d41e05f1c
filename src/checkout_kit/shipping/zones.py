"""From an address to the zones it lies in, most specific first; the work per quote is a few lookups.

Which zone is more specific is decided in this order: a higher `priority`; a postal code rule before a region
before a country before a group before everywhere; the longer matching postal code prefix; the zone the policy
lists first. A rest-of-world zone holds what no other zone holds.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from attrs import field, frozen

from checkout_kit.address import Address, normalise_region, postal_key

EVERYWHERE, GROUP, COUNTRY, REGION, POSTAL = range(5)
LEVEL_NAMES = ("everywhere", "country group", "country", "region", "postal code")
_MEMO_SIZE = 1 << 16
_REGIONS_KEPT = 1 << 12

Hit = tuple[int, bool, int]
"""A postal rule met: the clause, whether it includes, and how many characters of the key it fixes."""


@frozen
class Clause:
    """One set of places of a zone within one country; `excludes` takes the whole zone out when it is met."""

    zone: int
    level: int
    path: str
    regions: frozenset[str] | None = None
    except_regions: frozenset[str] = frozenset()
    has_postal_codes: bool = False
    excludes: bool = False

    def takes_region(self, region: str) -> bool:
        """Whether the region is among those meant."""
        return region not in self.except_regions and (self.regions is None or region in self.regions)


@frozen
class Match:
    """A zone the address lies in, and the clause that says so."""

    zone: int
    level: int
    length: int
    path: str


@frozen(eq=False)
class CountryZones:
    """The clauses that can hold in one country, indexed by postal key and region."""

    country: str
    clauses: tuple[Clause, ...]
    prefixes: Mapping[str, int]
    lengths: tuple[int, ...]
    range_starts: tuple[str, ...]
    range_nodes: tuple[int, ...]
    nodes: tuple[tuple[Hit, ...], ...]
    regions: dict[str, str]
    named: frozenset[str]
    plain: tuple[int, ...]
    has_digit_keys: bool
    places: dict[tuple[int, int, str], int] = field(factory=dict)

    def node(self, key: str) -> int:
        """The postal rules that a key meets by prefix, as an index into `nodes`; 0 is none."""
        prefixes = self.prefixes
        for length in self.lengths:
            found = prefixes.get(key[:length])
            if found is not None:
                return found
        return 0

    def range_node(self, key: str) -> int:
        """The postal ranges that a key lies in, as an index into `nodes`; 0 is none."""
        at = bisect_right(self.range_starts, key) - 1
        return self.range_nodes[at] if at >= 0 else 0

    def region(self, text: str) -> str:
        """The region's key, as the clauses spell it; empty where none of them names it."""
        found = self.regions.get(text)
        if found is None:
            key = region_key(self.country, text)
            found = key if key in self.named else ""
            if len(self.regions) >= _REGIONS_KEPT:
                self.regions.clear()
            self.regions[text] = found
        return found

    def nodes_within(self, key: str) -> tuple[set[int], set[int]]:
        """The prefix nodes and range nodes that codes beginning with `key` may meet, perhaps some more."""
        inside = {node for prefix, node in self.prefixes.items() if prefix.startswith(key)}
        last = bisect_right(self.range_starts, f"{key}~")
        first = bisect_right(self.range_starts, key)
        return inside | {self.node(key)}, set(self.range_nodes[first:last]) | {self.range_node(key)}

    def matches(self, node: int, range_node: int, region: str) -> tuple[Match, ...]:
        """The zones that hold for these postal rules and this region, each by its most specific clause."""
        best: dict[int, Match] = {}
        hits = self.nodes[node] + self.nodes[range_node]
        barred = {index for index, includes, _ in hits if not includes}
        met: dict[int, int] = {}
        for index, includes, length in hits:
            if includes:
                met[index] = max(length, met.get(index, 0))
        candidates = [(index, 0) for index in self.plain] + list(met.items())
        excluded: set[int] = set()
        for index, length in candidates:
            clause = self.clauses[index]
            if index in barred or not clause.takes_region(region):
                continue
            if clause.excludes:
                excluded.add(clause.zone)
                continue
            known = best.get(clause.zone)
            if known is None or (clause.level, length) > (known.level, known.length):
                best[clause.zone] = Match(clause.zone, clause.level, length, clause.path)
        return tuple(match for zone, match in best.items() if zone not in excluded)


@frozen(eq=False)
class ZoneTable:
    """All zones of a policy; a place is an interned tuple of zones, most specific first."""

    names: tuple[str, ...]
    priorities: tuple[int, ...]
    countries: Mapping[str, CountryZones]
    elsewhere: CountryZones
    rest_of_world: int | None
    one_zone: bool
    places: list[tuple[int, ...]]  # [0] is unused: a place number is never 0
    _numbers: dict[tuple[int, ...], int] = field(init=False, factory=dict)

    def place(self, address: Address) -> int:
        """The number of the place, an index into `places`."""
        country = self.countries.get(address.country, self.elsewhere)
        node = range_node = 0
        if country.lengths or country.range_starts:
            text = address.postal_code
            if text:
                key = postal_key(address.country, text)
                find = country.prefixes.get
                for length in country.lengths:
                    node = find(key[:length], 0)
                    if node:
                        break
                if country.range_starts:
                    range_node = country.range_node(key)
        region = ""
        if address.region and country.named:
            known = country.regions.get(address.region)
            region = country.region(address.region) if known is None else known
        return country.places.get((node, range_node, region)) or self.find_place(
            country, node, range_node, region
        )

    def place_of_rules(self, country: CountryZones, node: int, range_node: int, region: str) -> int:
        """The number of the place where these postal rules and this region hold."""
        return country.places.get((node, range_node, region)) or self.find_place(
            country, node, range_node, region
        )

    def find_place(self, country: CountryZones, node: int, range_node: int, region: str) -> int:
        """The place for rules met, worked out and remembered."""
        number = self.number(self.order(country.matches(node, range_node, region)))
        if len(country.places) >= _MEMO_SIZE:
            country.places.clear()
        country.places[node, range_node, region] = number
        return number

    def order(self, matches: Sequence[Match]) -> tuple[int, ...]:
        """The zones of some matches, most specific first."""
        ranked = sorted(
            matches, key=lambda match: (-self.priorities[match.zone], -match.level, -match.length, match.zone)
        )
        zones = tuple(match.zone for match in ranked)
        if not zones and self.rest_of_world is not None:
            zones = (self.rest_of_world,)
        return zones[:1] if self.one_zone else zones

    def number(self, zones: tuple[int, ...]) -> int:
        """The interned number of a tuple of zones; never 0, which stands for unknown."""
        found = self._numbers.get(zones)
        if found is None:
            found = self._numbers[zones] = len(self.places)
            self.places.append(zones)
        return found

    def reachable(self, address: Address) -> frozenset[int]:
        """The numbers of all places that a partial address may turn out to be in, perhaps some more."""
        country = self.countries.get(address.country, self.elsewhere)
        key = postal_key(address.country, address.postal_code) if address.postal_code else ""
        nodes, range_nodes = country.nodes_within(key)
        regions = country.named | {""}
        if address.region:
            regions = frozenset((country.region(address.region),))
        return frozenset(
            self.number(self.order(country.matches(node, range_node, each)))
            for node in nodes
            for range_node in range_nodes
            for each in regions
        )

    def explain(self, address: Address) -> tuple[Match, ...]:
        """Every match of an address with the clause that made it, most specific first."""
        country = self.countries.get(address.country, self.elsewhere)
        key = postal_key(address.country, address.postal_code) if address.postal_code else ""
        region = country.region(address.region) if address.region else ""
        matches = country.matches(country.node(key), country.range_node(key) if key else 0, region)
        order = self.order(matches)
        by_zone = {match.zone: match for match in matches}
        if self.rest_of_world is not None and order == (self.rest_of_world,) and not matches:
            path = f"zones.{self.names[self.rest_of_world]}.rest_of_world"
            return (Match(self.rest_of_world, EVERYWHERE, 0, path),)
        return tuple(by_zone[zone] for zone in order)


def region_key(country: str, text: str) -> str:
    """How regions compare: the code where the country has a closed list, else the folded text.

    >>> region_key("US", "new york"), region_key("US", "Oslo"), region_key("GB", " Kent ")
    ('NY', '', 'KENT')
    """
    found = normalise_region(country, text)
    return "" if found is None else found.strip().upper()
