"""Zones that no address ever gets, postal codes written twice, and exceptions that take everything back."""

from collections.abc import Iterator, Mapping

from checkout_kit.address import lacks_postal_codes
from checkout_kit.shipping.document.policy import PolicyDocument
from checkout_kit.shipping.lint.coverage import (
    EVERYWHERE,
    Patch,
    countries_of,
    groups_of,
    patches,
    repeats,
    rules,
)
from checkout_kit.shipping.lint.finding import Finding, warn


def check_places(document: PolicyDocument) -> Iterator[Finding]:
    """Every doubtful zone."""
    groups = groups_of(document)
    covered = {name: patches(zone, groups) for name, zone in document.zones.items()}
    yield from _repeats(document)
    yield from _exceptions(document)
    yield from _rest_of_world(document, covered)
    yield from _shadowed(document, covered)
    yield from _ambiguous(document, covered)


def _repeats(document: PolicyDocument) -> Iterator[Finding]:
    for name, zone in document.zones.items():
        for i, where in enumerate(zone.where):
            at = f"zones.{name}.where[{i}]"
            seen: set[str] = set()
            for key in ("countries", "regions"):
                for j, text in enumerate(getattr(where, key) or ()):
                    if text in seen:
                        yield warn(
                            "repeated",
                            f"{at}.{key}[{j}]",
                            "is listed twice",
                            found=repr(text),
                            mend="remove it",
                        )
                    seen.add(text)
            for j, text, by in repeats(list(rules(where, document))):
                why = f"is already covered by {by!r}"
                yield warn(
                    "shadowed_postal_code", f"{at}.postal_codes[{j}]", why, found=repr(text), mend="remove it"
                )


def _exceptions(document: PolicyDocument) -> Iterator[Finding]:
    groups = groups_of(document)
    for name, zone in document.zones.items():
        own = patches(zone, groups)
        barred = [
            Patch(country, frozenset(where.regions or ()), frozenset(where.postal_codes or ()), False)
            for where in zone.except_
            for country in ((EVERYWHERE,) if where.everywhere else countries_of(where, groups))
        ]
        if own and all(any(out.covers(patch) for out in barred) for patch in own):
            why = "excludes every place the zone includes"
            yield warn("unreachable_zone", f"zones.{name}.except", why, mend="narrow the exceptions")
        for i, where in enumerate(zone.where):
            at = f"zones.{name}.where[{i}]"
            if where.postal_codes and where.country and lacks_postal_codes(where.country):
                why = f"addresses in {where.country} have no postal codes"
                yield warn(
                    "unreachable_zone", f"{at}.postal_codes", why, mend="name regions, or the whole country"
                )
            for key, inside, outside in (
                ("countries", where.countries, where.except_countries),
                ("regions", where.regions, where.except_regions),
                ("postal_codes", where.postal_codes, where.except_postal_codes),
            ):
                if inside and set(inside) <= set(outside):
                    why = f"its exceptions take out all its {key.replace('_', ' ')}"
                    yield warn("unreachable_zone", f"{at}.except_{key}", why, mend="narrow the exceptions")


def _rest_of_world(document: PolicyDocument, covered: dict[str, tuple[Patch, ...]]) -> Iterator[Finding]:
    everywhere = [
        n for n, found in covered.items() if any(p.country == EVERYWHERE and p.is_whole for p in found)
    ]
    for name, zone in document.zones.items():
        if zone.rest_of_world and everywhere:
            why = f"zone {everywhere[0]!r} leaves nothing of the world over"
            yield warn("unreachable_zone", f"zones.{name}", why, mend="remove one of the two")


def _shadowed(document: PolicyDocument, covered: dict[str, tuple[Patch, ...]]) -> Iterator[Finding]:
    names = list(document.zones)
    by_country: dict[str, list[str]] = {}
    for name, found in covered.items():
        for country in dict.fromkeys(patch.country for patch in found):
            by_country.setdefault(country, []).append(name)
    together = _together(document)
    highest = max(zone.priority for zone in document.zones.values())
    for name, found in covered.items():
        # At the same priority a zone of postal codes always comes first; most zones need no comparison.
        is_first = any(patch.postal_codes for patch in found) and document.zones[name].priority == highest
        if not found or is_first:
            continue
        rivals = dict.fromkeys(
            rival
            for p in found
            for rival in (*by_country.get(p.country, ()), *by_country.get(EVERYWHERE, ()))
        )
        for rival in rivals:
            if rival == name or not (
                together is None or together.get(name, set()) & together.get(rival, set())
            ):
                continue
            if _beats(document, covered, rival, name, names) and _covers(covered[rival], found):
                why = f"zone {rival!r} covers all of it and comes first"
                yield warn("unreachable_zone", f"zones.{name}", why, mend="change priorities or remove it")
                break


def _ambiguous(document: PolicyDocument, covered: dict[str, tuple[Patch, ...]]) -> Iterator[Finding]:
    """A country that two zones hold alike, where a method prices the two apart: only their order decides."""
    together = _together(document)
    holders: dict[tuple[str, int], str] = {}
    for name, found in covered.items():
        for patch in found:
            if patch.country == EVERYWHERE or patch.regions or patch.postal_codes:
                continue
            place = (patch.country, document.zones[name].priority)
            first = holders.setdefault(place, name)
            apart = together is None or together.get(name, set()) & together.get(first, set())
            if first != name and apart and not _covers(covered[first], found):
                why = f"{patch.country} is in zone {first!r} as well, which comes first only by its place"
                yield warn(
                    "ambiguous_zones", f"zones.{name}", why, mend="take it out of one, or give a priority"
                )
                break


def _together(document: PolicyDocument) -> dict[str, set[str]] | None:
    """By zone, the methods that tell zones apart; None where one zone is chosen for the whole policy."""
    if document.overlap == "one zone":
        return None
    found: dict[str, set[str]] = {}
    for method in document.methods:
        rows: object = getattr(method.price, "zones", None)
        for zone in rows if isinstance(rows, Mapping) else ():
            found.setdefault(zone, set()).add(method.id)
        for rate in method.rates or ():
            for zone in rate.zones or method.zones or tuple(document.zones):
                found.setdefault(zone, set()).add(method.id)
    return found


def _covers(one: tuple[Patch, ...], other: tuple[Patch, ...]) -> bool:
    return all(any(patch.covers(inner) for patch in one) for inner in other)


def _beats(
    document: PolicyDocument, covered: dict[str, tuple[Patch, ...]], rival: str, name: str, names: list[str]
) -> bool:
    """Whether the rival comes first wherever both hold: by priority, else level, else the listing."""
    ours, theirs = document.zones[name], document.zones[rival]
    if theirs.priority != ours.priority:
        return theirs.priority > ours.priority
    least = min(patch.level for patch in covered[rival])
    most = max(patch.level for patch in covered[name])
    if least != most or any(patch.postal_codes for patch in covered[name]):
        return least > most
    return names.index(rival) < names.index(name)
