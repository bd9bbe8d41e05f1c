"""Compile zones: clauses per country, and the index from postal keys to the rules they meet."""

from collections.abc import Iterator, Mapping

from attrs import field, frozen

from checkout_kit.address import PostalRule, is_country, normalise_region
from checkout_kit.address.postal import BRITISH
from checkout_kit.errors import InputError
from checkout_kit.shipping.compile.context import Context
from checkout_kit.shipping.country_groups import COUNTRY_GROUPS
from checkout_kit.shipping.document.places import WhereDocument
from checkout_kit.shipping.zones import (
    COUNTRY,
    EVERYWHERE,
    GROUP,
    POSTAL,
    REGION,
    Clause,
    CountryZones,
    Hit,
    ZoneTable,
    region_key,
)


@frozen(eq=False)
class _Draft:
    """The clauses and postal rules of one country, before they are indexed."""

    clauses: list[Clause] = field(factory=list)
    prefixes: dict[str, list[Hit]] = field(factory=dict)
    ranges: list[tuple[str, str, Hit]] = field(factory=list)


def compile_zones(context: Context) -> ZoneTable:
    """The zone table of a policy."""
    document = context.document
    drafts: dict[str, _Draft] = {}
    world: list[tuple[WhereDocument, Clause]] = []
    for zone, (name, body) in enumerate(document.zones.items()):
        if body.rest_of_world and body.where:
            context.fault(f"zones.{name}.rest_of_world", "is what no other zone holds, so it has no where")
        if not body.where and not body.rest_of_world:
            context.fault(
                f"zones.{name}.where", "is empty", [], "write where the zone is, or rest_of_world = true"
            )
        for part, excludes in ((body.where, False), (body.except_, True)):
            key = "except" if excludes else "where"
            for i, where in enumerate(part):
                path = f"zones.{name}.{key}[{i}]"
                clause = _clause(context, where, zone, path, excludes=excludes)
                for country in _countries(context, where, path):
                    if country == "*":
                        world.append((where, clause))
                    else:
                        _draft(context, drafts.setdefault(country, _Draft()), country, where, clause)
    for where, _ in world:
        for country in where.except_countries:
            drafts.setdefault(country, _Draft())
    for where, clause in world:
        for country, draft in drafts.items():
            if country not in where.except_countries:
                draft.clauses.append(clause)
    elsewhere = _Draft(clauses=[clause for _, clause in world])
    rest = [context.zones[name] for name, body in document.zones.items() if body.rest_of_world]
    if len(rest) > 1:
        context.fault(
            "zones", "has more than one rest-of-world zone", [list(document.zones)[i] for i in rest]
        )
    countries = {country: _indexed(country, draft) for country, draft in drafts.items()}
    return ZoneTable(
        tuple(document.zones),
        tuple(body.priority for body in document.zones.values()),
        countries,
        _indexed("", elsewhere),
        rest[0] if rest else None,
        document.overlap == "one zone",
        [()],
    )


def _clause(context: Context, where: WhereDocument, zone: int, path: str, *, excludes: bool) -> Clause:
    stated = [where.country, where.countries, where.group, where.everywhere or None]
    if sum(each is not None for each in stated) != 1:
        remedy = "write country, countries, group or everywhere = true"
        context.fault(path, "needs exactly one way to name its countries", where.country, remedy)
    single = where.country
    if single is None:
        for key in ("regions", "postal_codes", "except_regions", "except_postal_codes"):
            if getattr(where, key):
                context.fault(f"{path}.{key}", "needs a single country", remedy="write country = 'US'")
    level = EVERYWHERE if where.everywhere else GROUP if where.group is not None else COUNTRY
    level = POSTAL if where.postal_codes else REGION if where.regions else level
    return Clause(
        zone=zone,
        level=level,
        path=path,
        regions=None
        if where.regions is None
        else _regions(context, single, where.regions, f"{path}.regions"),
        except_regions=_regions(context, single, where.except_regions, f"{path}.except_regions"),
        has_postal_codes=bool(where.postal_codes),
        excludes=excludes,
    )


def _regions(context: Context, country: str | None, names: tuple[str, ...], path: str) -> frozenset[str]:
    if country is None:
        return frozenset()
    for i, name in enumerate(names):
        if normalise_region(country, name) is None:
            context.fault(f"{path}[{i}]", f"not a region of {country}", name, "use its code, such as 'NY'")
    return frozenset(region_key(country, name) for name in names)


def _countries(context: Context, where: WhereDocument, path: str) -> Iterator[str]:
    if where.everywhere:
        yield "*"
        return
    named: tuple[str, ...] = where.countries or ()
    if where.country is not None:
        named = (where.country,)
        if not is_country(where.country):
            context.fault(f"{path}.country", "not a country", where.country, "use its ISO 3166-1 code")
    for i, country in enumerate(where.countries or ()):
        if not is_country(country):
            context.fault(f"{path}.countries[{i}]", "not a country", country, "use its ISO 3166-1 code")
    if where.group is not None:
        groups: Mapping[str, tuple[str, ...]] = COUNTRY_GROUPS | context.document.country_groups
        if context.known("country_groups", where.group, groups, f"{path}.group"):
            named = groups[where.group]
    yield from (country for country in named if country not in where.except_countries)


def _draft(context: Context, draft: _Draft, country: str, where: WhereDocument, clause: Clause) -> None:
    index = len(draft.clauses)
    draft.clauses.append(clause)
    lists = (
        ("postal_codes", where.postal_codes or (), True),
        ("except_postal_codes", where.except_postal_codes, False),
    )
    for key, texts, includes in lists:
        hits: dict[int, Hit] = {}
        for i, text in enumerate(texts):
            # The common entry, digits and a star, is its own key wherever codes are not British.
            if text[-1:] == "*" and text[:-1].isdigit() and text.isascii() and country not in BRITISH:
                prefixes: tuple[str, ...] = (text[:-1],)
                low = high = ""
            else:
                try:
                    rule = PostalRule.parse(country, text, path=f"{clause.path}.{key}[{i}]")
                except InputError as error:
                    context.faults.extend(error.faults)
                    continue
                prefixes, low, high = rule.prefixes, rule.low, rule.high
            for prefix in prefixes:
                hit = hits.setdefault(len(prefix), (index, includes, len(prefix)))
                draft.prefixes.setdefault(prefix, []).append(hit)
            if high:
                draft.ranges.append((low, high, (index, includes, _common(low, high))))


def _common(low: str, high: str) -> int:
    pairs = enumerate(zip(low, high, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(low), len(high)))


def _indexed(country: str, draft: _Draft) -> CountryZones:
    nodes: dict[tuple[Hit, ...], int] = {(): 0}
    lengths = sorted({len(prefix) for prefix in draft.prefixes})
    prefixes: dict[str, int] = {}
    listed: list[tuple[Hit, ...]] = [()]

    def numbered(hits: tuple[Hit, ...]) -> int:
        found = nodes.get(hits)
        if found is None:
            found = nodes[hits] = len(listed)
            listed.append(hits)
        return found

    for length in lengths:
        shorter = [each for each in reversed(lengths) if each < length]
        for prefix, own in draft.prefixes.items():
            if len(prefix) == length:
                parent = next((prefixes[prefix[:n]] for n in shorter if prefix[:n] in prefixes), 0)
                prefixes[prefix] = numbered((*listed[parent], *own) if parent else tuple(own))
    starts = sorted({low for low, _, _ in draft.ranges} | {f"{high}\0" for _, high, _ in draft.ranges})
    range_nodes = [
        numbered(tuple(hit for low, high, hit in draft.ranges if low <= start <= high)) for start in starts
    ]
    named = frozenset[str]().union(
        *((clause.regions or frozenset()) | clause.except_regions for clause in draft.clauses)
    )
    return CountryZones(
        country,
        tuple(draft.clauses),
        prefixes,
        tuple(reversed(lengths)),
        tuple(starts),
        tuple(range_nodes),
        tuple(listed),
        {},
        named,
        tuple(i for i, clause in enumerate(draft.clauses) if not clause.has_postal_codes),
        country not in BRITISH,
    )
