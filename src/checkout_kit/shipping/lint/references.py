"""Names that are defined and never used, methods nobody can get, and names that are one letter off."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from checkout_kit.shipping.document.policy import MethodDocument, PolicyDocument
from checkout_kit.shipping.lint.finding import Finding, warn
from checkout_kit.shipping.lint.walk import priced, surcharges, used_names

_SHORTEST_NAME = 5


def check_references(document: PolicyDocument) -> Iterator[Finding]:
    """Every doubtful name."""
    yield from _unused(document)
    yield from _unreachable_methods(document)
    yield from _misplaced_fees(document)
    yield from _twins(document)
    yield from _misspelt(document)


def _unused(document: PolicyDocument) -> Iterator[Finding]:
    zones = _used_zones(document)
    everywhere = any(_names_no_zone(method) for method in document.methods)
    services = {method.service for method in document.methods}
    fees: set[str] = set()
    for method in document.methods:
        fees |= {fee for fee in method.surcharges if isinstance(fee, str)}
        for rate in method.rates or ():
            fees |= {fee for fee in rate.surcharges or () if isinstance(fee, str)}
    groups = {where.group for zone in document.zones.values() for where in (*zone.where, *zone.except_)}
    sections: list[tuple[str, Iterable[str], Iterable[str | None]]] = [
        ("services", document.services, services),
        ("surcharges", document.surcharges, fees),
        ("country_groups", document.country_groups, groups),
        ("calendars", document.calendars, _used_calendars(document)),
    ]
    if not everywhere:
        sections.append(("zones", document.zones, zones))
    if any(method.origin is not None for method in document.methods) and len(document.origins) > 1:
        first = next(iter(document.origins))
        used = {method.origin or first for method in document.methods}
        sections.append(("origins", document.origins, used))
    for section, names, found in sections:
        for name in names:
            if name not in found:
                mend = "use it or remove it"
                yield warn("unused", f"{section}.{name}", "nothing in the policy uses it", mend=mend)


def _names_no_zone(method: MethodDocument) -> bool:
    if method.zones is not None:
        return False
    if not method.rates:
        return not _card_zones(method.price)
    return any(rate.zones is None and not _card_zones(rate.price) for rate in method.rates)


def _card_zones(price: object) -> tuple[str, ...]:
    rows: object = getattr(price, "zones", None)
    return tuple(rows) if isinstance(rows, Mapping) else ()


def _used_zones(document: PolicyDocument) -> set[str]:
    used: set[str] = set()
    for method in document.methods:
        used |= set(method.zones or ())
        for rate in method.rates or ():
            used |= set(rate.zones or ())
    for one in priced(document):
        used |= set(_card_zones(one.price))
    return used


def _used_calendars(document: PolicyDocument) -> set[str]:
    lists = [
        *(origin.holidays for origin in document.origins.values()),
        *(origin.pickup_holidays for origin in document.origins.values()),
        *(zone.holidays for zone in document.zones.values()),
    ]
    return {str(name) for one in lists for name in one}


def _unreachable_methods(document: PolicyDocument) -> Iterator[Finding]:
    for i, method in enumerate(document.methods):
        wanted = None if method.when is None or method.when.zones is None else method.when.zones.any
        if wanted and method.zones is not None and not set(wanted) & set(method.zones):
            why = "its condition asks for zones it does not deliver to"
            yield warn("unreachable_method", f"methods[{i}].when.zones", why, mend="use zones of the method")


def _misplaced_fees(document: PolicyDocument) -> Iterator[Finding]:
    for at, fee, method in surcharges(document):
        if method is None or fee.zones is None or _names_no_zone(method):
            continue
        served = set(method.zones or ()) | {zone for rate in method.rates or () for zone in rate.zones or ()}
        if served and not served & set(fee.zones):
            why = "the method delivers to none of its zones"
            yield warn("never_applies", f"{at}.zones", why, mend="use zones of the method")


def _twins(document: PolicyDocument) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for i, method in enumerate(document.methods):
        alike = repr(method.model_dump(exclude={"id"}, warnings=False))
        first = seen.setdefault(alike, method.id)
        if first != method.id:
            why = f"is the same as method {first!r} but for its id"
            yield warn(
                "duplicate_method", f"methods[{i}]", why, found=repr(method.id), mend="remove one of the two"
            )
    titles: dict[tuple[str, str, frozenset[str]], int] = {}
    for i, method in enumerate(document.methods):
        if method.when is None and method.rates is None:
            key = (method.title.casefold(), method.origin or "", frozenset(method.zones or ()))
            first_at = titles.setdefault(key, i)
            if first_at != i:
                why = f"methods[{first_at}] has the same title in the same zones"
                yield warn(
                    "duplicate_method",
                    f"methods[{i}].title",
                    why,
                    found=repr(method.title),
                    mend="rename one",
                )


def _misspelt(document: PolicyDocument) -> Iterator[Finding]:
    used: dict[str, list[tuple[str, str]]] = {}
    for kind, at, name in used_names(document):
        used.setdefault(kind, []).append((name, at))
    for kind, found in used.items():
        counts = Counter(name for name, _ in found)
        for name, at in found:
            for other, times in counts.items():
                if other != name and (times, other) > (counts[name], name) and _one_letter_off(name, other):
                    why = f"is {other!r} elsewhere"
                    yield warn(
                        "misspelt", at, why, found=repr(name), mend=f"use one name for one of the {kind}"
                    )
                    break


def _one_letter_off(one: str, other: str) -> bool:
    """Whether names differ by case, spacing, a missing letter or two exchanged ones; digits never count."""
    plain, second = (
        name.casefold().replace("-", "").replace("_", "").replace(" ", "") for name in (one, other)
    )
    if plain == second:
        return True
    short, long = sorted((plain, second), key=len)
    if len(long) < _SHORTEST_NAME or any(char.isdigit() for char in long):
        return False
    if len(long) == len(short) + 1:
        return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
    if len(long) != len(short):
        return False
    return any(short[:i] + short[i + 1] + short[i] + short[i + 2 :] == long for i in range(len(short) - 1))
