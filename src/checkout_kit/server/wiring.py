"""A service ready to serve: policy, embedded database and test payments put together."""

from pathlib import Path
from zoneinfo import ZoneInfo

from checkout_kit.address import Address, check_address, is_country
from checkout_kit.checkout import Demands, Rules
from checkout_kit.errors import Fault
from checkout_kit.payments import TestPayments
from checkout_kit.service import AsyncCheckoutService, Catalog, Settings
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.shipping.country_groups import COUNTRY_GROUPS
from checkout_kit.storage import open_store


def deliverable(address: Address) -> tuple[Fault, ...]:
    """What keeps a parcel from reaching this address: the country's rules, and a name on the label."""
    faults = check_address(address)
    if not address.name.strip() and not address.company.strip():
        return (Fault("address.name", "required", "", "write the name on the door"), *faults)
    return faults


def embedded_service(
    policy: ShippingPolicy, database: Path, *, catalog: Catalog | None = None
) -> AsyncCheckoutService:
    """A service over a SQLite file with test payments, whose ledger is a file beside it.

    Raises:
        MissingExtra: SQLAlchemy is not installed.
        Unavailable: the file has the schema of another version.
    """
    store = open_store(f"sqlite:///{database}")
    payments = TestPayments(str(database.with_name(database.name + ".payments")))
    rules = Rules(policy_id=policy.id, demands=Demands(check_address=deliverable))
    return AsyncCheckoutService(
        store=store, payments=payments, policy=policy, settings=Settings(rules=rules), catalog=catalog
    )


def shop_zone(policy: ShippingPolicy) -> ZoneInfo:
    """The time zone of the policy's first origin, in which the page says "today"."""
    return ZoneInfo(next(iter(policy.document.origins.values())).timezone)


def countries_of(policy: ShippingPolicy) -> tuple[str, ...]:
    """The countries the policy's zones name, the origins' own first; all of them where a zone is open."""
    document = policy.document
    named: dict[str, None] = {}
    is_open = False
    for origin in document.origins.values():
        if origin.address is not None:
            named[origin.address.country] = None
    for zone in document.zones.values():
        is_open = is_open or zone.rest_of_world
        for where in zone.where:
            is_open = is_open or where.everywhere
            group = {**COUNTRY_GROUPS, **document.country_groups}.get(where.group or "", ())
            own = (where.country,) if where.country else ()
            named.update(dict.fromkeys((*own, *(where.countries or ()), *group)))
    return (*named, *(code for code in all_countries() if code not in named)) if is_open else tuple(named)


def all_countries() -> tuple[str, ...]:
    """Every country mail goes to, by code."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return tuple(code for code in (a + b for a in letters for b in letters) if is_country(code))
