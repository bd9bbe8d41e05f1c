"""What zones cover, worked out from what the merchant wrote, to see which of them can never be met."""

from collections.abc import Iterator, Mapping

from attrs import frozen

from checkout_kit.address import PostalRule
from checkout_kit.errors import InputError
from checkout_kit.shipping.country_groups import COUNTRY_GROUPS
from checkout_kit.shipping.document.places import WhereDocument, ZoneDocument
from checkout_kit.shipping.document.policy import PolicyDocument

EVERYWHERE = "*"


@frozen
class Patch:
    """One country (or everywhere) of a `where`, with what narrows it; empty sets narrow nothing."""

    country: str
    regions: frozenset[str]
    postal_codes: frozenset[str]
    has_exceptions: bool

    @property
    def is_whole(self) -> bool:
        """Whether all of the country is meant."""
        return not self.regions and not self.postal_codes and not self.has_exceptions

    def covers(self, other: "Patch") -> bool:
        """Whether every place of the other is one of this, as far as the texts tell."""
        if self.country not in (EVERYWHERE, other.country):
            return False
        if self.is_whole:
            return True
        if self.has_exceptions or self.country != other.country:
            return False
        regions = not self.regions or (bool(other.regions) and other.regions <= self.regions)
        codes = not self.postal_codes or (
            bool(other.postal_codes) and other.postal_codes <= self.postal_codes
        )
        return regions and codes

    @property
    def level(self) -> int:
        """How specific it is: postal code, region, country, everywhere."""
        if self.postal_codes:
            return 3
        return 2 if self.regions else int(self.country != EVERYWHERE)


def _within(inner: frozenset[str], outer: frozenset[str]) -> bool:
    return not outer or (bool(inner) and inner <= outer)


def groups_of(document: PolicyDocument) -> Mapping[str, tuple[str, ...]]:
    """The country groups a policy may name: the built-in ones and its own."""
    return {**COUNTRY_GROUPS, **document.country_groups}


def countries_of(where: WhereDocument, groups: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The countries a `where` names, itself or through a group."""
    found = [*(where.countries or ()), *(groups.get(where.group, ()) if where.group else ())]
    if where.country is not None:
        found.append(where.country)
    return tuple(dict.fromkeys(c for c in found if c not in where.except_countries))


def patches(zone: ZoneDocument, groups: Mapping[str, tuple[str, ...]]) -> tuple[Patch, ...]:
    """The patches of a zone; none for a rest-of-world zone."""
    found: list[Patch] = []
    for where in zone.where:
        countries = (EVERYWHERE,) if where.everywhere else countries_of(where, groups)
        narrowed = bool(where.except_regions or where.except_postal_codes or where.except_countries)
        found += [
            Patch(
                country,
                frozenset(where.regions or ()),
                frozenset(code.upper().replace(" ", "") for code in where.postal_codes or ()),
                narrowed or bool(zone.except_),
            )
            for country in countries
        ]
    return tuple(found)


def rules(where: WhereDocument, document: PolicyDocument) -> Iterator[tuple[int, str, PostalRule]]:
    """Every postal code entry of a `where` that can be read, with its index, for its one country."""
    countries = countries_of(where, groups_of(document))
    if len(countries) != 1:
        return
    for i, text in enumerate(where.postal_codes or ()):
        try:
            yield i, text, PostalRule.parse(countries[0], text)
        except InputError:
            continue


def repeats(entries: list[tuple[int, str, PostalRule]]) -> Iterator[tuple[int, str, str]]:
    """Entries that another entry of the list already covers: index, text, the text that covers it."""
    prefixes = {prefix: (i, text) for i, text, rule in reversed(entries) for prefix in rule.prefixes}
    ranges = sorted((rule.low, rule.high, i, text) for i, text, rule in entries if not rule.prefixes)
    for i, text, rule in entries:
        by = [_covering_prefix(prefix, i, prefixes) for prefix in rule.prefixes]
        if by and all(by):
            yield i, text, str(by[0])
            continue
        keys = rule.prefixes or (rule.low,)
        ends = rule.prefixes or (rule.high.rstrip("~"),)
        for low, high, j, other in ranges:
            if j == i or not all(low <= key for key in keys) or not all(end + "~" <= high for end in ends):
                continue
            if (low, high) != (rule.low, rule.high) or j < i:
                yield i, text, other
                break


def _covering_prefix(prefix: str, own: int, prefixes: Mapping[str, tuple[int, str]]) -> str | None:
    for length in range(1, len(prefix) + 1):
        found = prefixes.get(prefix[:length])
        if found is not None and found[0] != own and (length < len(prefix) or found[0] < own):
            return found[1]
    return None
