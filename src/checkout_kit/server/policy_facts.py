"""What a server has to know of a policy beside its quotes: countries, time zone, and what is priced live."""

from importlib.resources.abc import Traversable
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import frozen

from checkout_kit.address import Address, is_country
from checkout_kit.errors import PolicyError
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.shipping.country_groups import COUNTRY_GROUPS
from checkout_kit.shipping.document import PolicyDocument
from checkout_kit.shipping.document.policy import MethodDocument
from checkout_kit.shipping.document.prices import LivePrice
from checkout_kit.shipping.loading import Syntax, parse, read_text
from checkout_kit.units import parse_weight_g


@frozen(kw_only=True)
class PolicyFacts:
    """A loaded policy with the countries its zones name, and the address and time zone of its first origin.

    `live_methods` are the ids of the methods that a live source may price.
    """

    policy: ShippingPolicy
    countries: tuple[str, ...]
    zone: ZoneInfo
    origin: Address | None = None
    default_weight_g: int | None = None
    live_methods: tuple[str, ...] = ()


def load_facts(path: Path | Traversable) -> PolicyFacts:
    """The policy in a `.toml` or `.json` file.

    Raises:
        PolicyError: the file cannot be read, or every fault of the policy.
    """
    policy = (
        ShippingPolicy.load(path) if isinstance(path, Path) else ShippingPolicy.loads(path.read_text("utf-8"))
    )
    syntax: Syntax = "json" if path.name.lower().endswith(".json") else "toml"
    document, faults = parse(read_text(path.read_text(encoding="utf-8-sig"), syntax))
    if document is None:
        raise PolicyError(faults, source=str(path))
    first = next(iter(document.origins.values()))
    weight = document.default_item_weight
    return PolicyFacts(
        policy=policy,
        countries=countries_of(document),
        zone=ZoneInfo(first.timezone),
        origin=None if first.address is None else Address(**first.address.model_dump()),
        default_weight_g=None if weight is None else parse_weight_g(weight),
        live_methods=tuple(method.id for method in document.methods if _is_live(method)),
    )


def _is_live(method: MethodDocument) -> bool:
    prices = [method.price, *(rate.price for rate in method.rates or ())]
    return any(isinstance(price, LivePrice) for price in prices)


def countries_of(document: PolicyDocument) -> tuple[str, ...]:
    """The countries the policy's zones name, the origins' own first; all of them where a zone is open."""
    named: dict[str, None] = {}
    groups = {**COUNTRY_GROUPS, **document.country_groups}
    is_open = False
    for origin in document.origins.values():
        if origin.address is not None:
            named[origin.address.country] = None
    for zone in document.zones.values():
        is_open = is_open or zone.rest_of_world
        for where in zone.where:
            is_open = is_open or where.everywhere
            own = (where.country,) if where.country else ()
            named.update(dict.fromkeys((*own, *(where.countries or ()), *groups.get(where.group or "", ()))))
    rest = (code for code in all_countries() if code not in named) if is_open else ()
    return (*named, *rest) or all_countries()


def all_countries() -> tuple[str, ...]:
    """Every country mail goes to, by code."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return tuple(code for code in (a + b for a in letters for b in letters) if is_country(code))
