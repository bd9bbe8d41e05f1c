"""Writers of one checkout at the same time, on both databases."""

from concurrent.futures import ThreadPoolExecutor

from checkout_kit.checkout import Update
from checkout_kit.payments import TestPayments
from checkout_kit.service import CheckoutService, NewCheckout
from checkout_kit.storage.sql import SqlStore
from checkout_kit.testing.checkouts import NOON, POLICY, filled_in

WRITERS, WRITES = 8, 25


def test_writers_that_name_no_version_all_get_through(store: SqlStore) -> None:
    """Each is tried again on the newest version until it wins; every write is a version of its own."""
    service = CheckoutService(store=store, policy=POLICY, payments=TestPayments(), clock=lambda: NOON)
    opened = service.create(NewCheckout(currency="USD", update=filled_in())).view.checkout

    def write(writer: int) -> list[int]:
        changes = [Update(note=f"{writer}, {turn}") for turn in range(WRITES)]
        return [service.update(opened.id, change).checkout.version for change in changes]

    with ThreadPoolExecutor(WRITERS) as pool:
        written = [version for versions in pool.map(write, range(WRITERS)) for version in versions]
    first = opened.version + 1
    assert sorted(written) == list(range(first, first + WRITERS * WRITES))
