"""A service ready to serve: policy, embedded database and test payments put together."""

from pathlib import Path

from checkout_kit.address import Address, check_address
from checkout_kit.checkout import Demands, Rules
from checkout_kit.errors import Fault
from checkout_kit.payments import TestPayments
from checkout_kit.service import AsyncCheckoutService, Catalog, Settings
from checkout_kit.shipping import ShippingPolicy
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
