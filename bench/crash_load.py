"""Many workers complete the same and other checkouts at once with mixed keys; PostgreSQL restarts halfway.

Each worker is a thread with its own connection. A worker told to come back later (a retryable error, a lost
race, a payment under way) does so with the same key, as a client would. The service's clock runs a
hundred times faster than the wall's, so that the leases of dead work end within a second. Afterwards every
checkout must have one order and one capture.

Run: python bench/crash_load.py [--workers 64] [--completes 200] [--database sqlite|postgresql|both]
"""

import argparse
import contextlib
import datetime as dt
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable

from checkout_kit.errors import CheckoutKitError, Conflict, Refused, Unavailable
from checkout_kit.payments import TestPayments
from checkout_kit.service import CheckoutService, NewCheckout
from checkout_kit.storage import open_store
from checkout_kit.testing.checkouts import NOON, POLICY, filled_in
from checkout_kit.testing.databases import temporary_postgresql

SHARED_BY = 4


def work(service: CheckoutService, jobs: list[tuple[str, str]], seen: Counter[str]) -> None:
    """Complete each checkout until there is a definite answer."""
    for checkout_id, key in jobs:
        for attempt in range(400):
            try:
                view = service.complete(checkout_id, idempotency_key=key)
            except (Unavailable, Conflict) as error:
                seen[type(error).__name__] += 1
                time.sleep(min(0.2, 0.002 * 2 ** min(attempt, 7)))
                continue
            except Refused as error:
                if "under way" in str(error):
                    seen["payment under way"] += 1
                    time.sleep(0.005)
                    continue
                seen["already completed"] += 1
                break
            if view.order is not None:
                seen["completed"] += 1
                break
            seen["completing"] += 1
            time.sleep(0.005)
        else:
            seen["gave up"] += 1


def keep_up(service: CheckoutService, is_over: threading.Event) -> None:
    """The due work, as a shop's timer runs it."""
    while not is_over.wait(0.2):
        with contextlib.suppress(Unavailable, Conflict):
            service.run_due()


def run(
    url: str, folder: str, workers: int, completes: int, restart: Callable[[], None] | None
) -> tuple[Counter[str], int, int, float]:
    """What the workers heard, orders and captures off by any, and seconds."""
    store = open_store(url, pool_size=32)
    bank = TestPayments(f"{folder}/bank.db")
    began = time.perf_counter()

    def clock() -> dt.datetime:
        return NOON + dt.timedelta(seconds=100 * (time.perf_counter() - began))

    service = CheckoutService(store=store, policy=POLICY, payments=bank, clock=clock)
    total = workers * completes
    ids = [
        service.create(NewCheckout(currency="USD", update=filled_in())).view.checkout.id
        for _ in range(total // SHARED_BY)
    ]
    chance, seen = random.Random(1), Counter[str]()
    jobs = [(ids[i % len(ids)], f"key-{chance.randrange(2)}") for i in range(total)]
    chance.shuffle(jobs)
    is_over = threading.Event()
    threads = [
        threading.Thread(target=work, args=(service, jobs[w::workers], seen), daemon=True)
        for w in range(workers)
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    keeper = threading.Thread(target=keep_up, args=(service, is_over), daemon=True)
    keeper.start()
    if restart is not None:
        while seen["completed"] < len(ids) // 2 and any(thread.is_alive() for thread in threads):
            time.sleep(0.05)
        restart()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    is_over.set()
    keeper.join()
    late = CheckoutService(
        store=store, policy=POLICY, payments=bank, clock=lambda: clock() + dt.timedelta(hours=2)
    )
    while late.run_due(limit=500).payments:
        pass
    captures = Counter(row[0] for row in bank.ledger() if row[2] == "captured")
    lost = sum(late.get(checkout_id).order is None for checkout_id in ids)
    doubled = sum(captures[i] != 1 or bank.capture_count(i) != 1 for i in ids) + len(bank.ledger()) - len(ids)
    store.close()
    return seen, lost, doubled, seconds


def main() -> None:
    """One line for each database; exit 1 when any order is lost or doubled."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workers", type=int, default=64)
    parser.add_argument("--completes", type=int, default=200)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    given = parser.parse_args()
    good = True
    for name in ("sqlite", "postgresql") if given.database == "both" else (given.database,):
        with tempfile.TemporaryDirectory() as folder:
            if name == "sqlite":
                found = run(f"sqlite:///{folder}/shop.db", folder, given.workers, given.completes, None)
            else:
                with temporary_postgresql() as server:
                    found = run(server.url, folder, given.workers, given.completes, server.restart)
        seen, lost, doubled, seconds = found
        heard = ", ".join(f"{count} {what}" for what, count in sorted(seen.items()))
        print(
            f"{name} load: {given.workers} workers x {given.completes} completes in {seconds:.0f} s,"
            f" {lost} orders lost, {doubled} doubled ({heard})",
            flush=True,
        )
        good &= not (lost or doubled or seen["gave up"])
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    try:
        main()
    except CheckoutKitError as error:
        sys.exit(str(error))
