"""A service ready to serve: policy, embedded database and test payments put together."""

from pathlib import Path
from typing import Final

from checkout_kit.address import Address, check_address
from checkout_kit.checkout import Demands, Rules, SigningKeys
from checkout_kit.errors import Fault, InputError
from checkout_kit.payments import TestPayments
from checkout_kit.service import AsyncCheckoutService, Catalog, Settings
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.storage import open_store

# Source: SQLite database file format, section 1.3.
_SQLITE_HEADER: Final = b"SQLite format 3\0"


def deliverable(address: Address) -> tuple[Fault, ...]:
    """What keeps a parcel from reaching this address: the country's rules, and a name on the label."""
    faults = check_address(address)
    if not address.name.strip() and not address.company.strip():
        return (Fault("address.name", "required", "", "write the name on the door"), *faults)
    return faults


def embedded_service(
    policy: ShippingPolicy,
    database: Path,
    *,
    catalog: Catalog | None = None,
    keys: SigningKeys | None = None,
) -> AsyncCheckoutService:
    """A service over a SQLite file with test payments, whose ledger is a file beside it.

    With `keys` it makes and opens resume links and honours quote locks.

    Raises:
        MissingExtra: SQLAlchemy is not installed.
        InputError: there is such a file, and it is no database.
        OSError: the file cannot be made or written.
        Unavailable: the file has the schema of another version.
    """
    _check_file(database)
    store = open_store(f"sqlite:///{database}")
    payments = TestPayments(str(database.with_name(database.name + ".payments")))
    rules = Rules(policy_id=policy.id, demands=Demands(check_address=deliverable), keys=keys)
    return AsyncCheckoutService(
        store=store, payments=payments, policy=policy, settings=Settings(rules=rules), catalog=catalog
    )


def _check_file(database: Path) -> None:
    # Opened for writing here, since SQLite would not say which file it may not write, and why.
    database.parent.mkdir(parents=True, exist_ok=True)
    with database.open("ab+") as file:
        file.seek(0)
        start = file.read(len(_SQLITE_HEADER))
    # SQLite writes its header with the first table, so an empty file is a new database.
    if start and start != _SQLITE_HEADER:
        remedy = "name another file; a new one is made if it is not there"
        raise InputError.of("--db", "not a SQLite database", found=str(database), remedy=remedy)
