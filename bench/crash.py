"""Kill the process at every step boundary of completing, webhooks and the outbox, then count money and slots.

Each run forks a child that works on a fresh checkout and kills itself (SIGKILL) at one boundary: before a
statement, around a call to the bank, around a delivery to the receiver. Then the client repeats its request
and the due work runs, itself sometimes killed. Every boundary of every scenario is visited in turn.

Run: python bench/crash.py [--runs 500] [--database sqlite|postgresql|both]
"""

import argparse
import datetime as dt
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import define, evolve, frozen

from checkout_kit.checkout import DeliveryPatch, Event
from checkout_kit.errors import CheckoutKitError, Refused
from checkout_kit.payments import PaymentRequest, PaymentResult, TestPayments
from checkout_kit.service import CheckoutService, NewCheckout, Settings
from checkout_kit.service.steps import Steps, StoreCall, drive
from checkout_kit.shipping.slots import SlotRules, SlotSchedule, SlotWindow
from checkout_kit.storage import Store, open_store
from checkout_kit.testing.checkouts import HOME, NOON, POLICY, filled_in
from checkout_kit.testing.databases import temporary_postgresql
from checkout_kit.testing.policies import FixedPolicy

SLOT = "evening@2026-12-02T18:00"
EVENING = SlotSchedule(
    id="evening",
    timezone="America/New_York",
    windows=(SlotWindow(weekdays=(1, 2, 3, 4, 5), starts="18:00", ends="21:00", capacity=1_000_000),),
    days_ahead=14,
)
SCENARIOS = ("pays", "answer lost", "3-D Secure", "webhook", "declined", "canceled at the bank")
TOKENS = {"answer lost": "tok_unknown", "declined": "tok_decline"}
AT_THE_BANK = ("3-D Secure", "webhook", "canceled at the bank")


@frozen(kw_only=True)
class EveningPolicy(FixedPolicy):
    """The sample policy, whose methods come in the evening."""

    slot_rules: SlotRules


EVENINGS = EveningPolicy(
    methods=POLICY.methods,
    slot_rules=SlotRules(
        schedules={"evening": EVENING}, methods=dict.fromkeys(("economy", "express"), "evening")
    ),
)


@define
class Fuse:
    """Counts boundaries and kills this process at one of them; 0 never does."""

    at: int = 0
    crossed: int = 0

    def cross(self, _where: str = "") -> None:
        """One more boundary."""
        self.crossed += 1
        if self.crossed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


class Bank(TestPayments):
    """The test provider with a boundary before and after everything it does."""

    def __init__(self, path: str, fuse: Fuse) -> None:
        self.fuse = fuse
        super().__init__(path)

    def _authorise(self, request: PaymentRequest) -> PaymentResult:
        self.fuse.cross()
        try:
            return super()._authorise(request)
        finally:
            self.fuse.cross()

    def _continue(self, payment_id: str) -> PaymentResult:
        self.fuse.cross()
        result = super()._continue(payment_id)
        self.fuse.cross()
        return result

    def _operate(self, kind: str, payment_id: str, amount: int, key: str) -> PaymentResult:
        self.fuse.cross()
        result = super()._operate(kind, payment_id, amount, key)
        self.fuse.cross()
        return result


@frozen(kw_only=True)
class Place:
    """Where the shop, the bank and the receiver keep their books."""

    url: str
    folder: Path

    @contextmanager
    def shop(self, now: dt.datetime, fuse: Fuse) -> Iterator[tuple[CheckoutService, Bank]]:
        """A process's own connections, as after a start."""
        store = open_store(self.url)
        store.on_statement = fuse.cross
        bank = Bank(str(self.folder / "bank.db"), fuse)
        received = self.folder / "received.txt"

        def deliver(event: Event, attempts: int) -> Steps[None]:
            def note() -> None:
                fuse.cross()
                with received.open("a") as file:
                    file.write(event.key + "\n")
                fuse.cross()

            yield StoreCall(note)

        service = CheckoutService(
            store=store, policy=EVENINGS, payments=bank, settings=Settings(emits_events=True),
            clock=lambda: now, deliver=deliver,
        )  # fmt: skip
        service._run = lambda steps: drive(_with_boundaries(steps, fuse), service._http.call)  # type: ignore[method-assign]
        try:
            yield service, bank
        finally:
            store.on_statement = None
            bank.close()
            store.close()


def _with_boundaries(steps: Steps[object], fuse: Fuse) -> Steps[object]:
    """The same steps with a boundary after each call."""
    call = next(steps, None)
    while call is not None:
        try:
            reply = yield call
        except Exception as error:  # noqa: BLE001 - handed on to the steps
            fuse.cross()
            call = _advance(lambda error=error: steps.throw(error))
        else:
            fuse.cross()
            call = _advance(lambda reply=reply: steps.send(reply))
        if isinstance(call, _Done):
            return call.value
    return None


@frozen
class _Done:
    value: object


def _advance(step: Callable[[], object]) -> object:
    try:
        return step()
    except StopIteration as stop:
        return _Done(stop.value)


def in_child(work: Callable[[], None]) -> bool:
    """Run `work` in a forked process; whether it was killed by its fuse. Any other failure ends the run."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - reported, and the run ends
            sys.stderr.write(f"child failed: {error!r}\n")
            sys.stderr.flush()
            os._exit(3)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    if os.WEXITSTATUS(status) != 0:
        raise SystemExit("a child failed otherwise than by its fuse")
    return False


def buy(place: Place, scenario: str, checkout_id: str, fuse: Fuse) -> None:
    """What a client and the bank do in this scenario."""
    with place.shop(NOON, fuse) as (service, bank):
        service.complete(checkout_id, idempotency_key="first")
        if scenario == "3-D Secure":
            service.continue_authentication(checkout_id)
        elif scenario == "webhook":
            (payment_id,) = [row[1] for row in bank.ledger() if row[0] == checkout_id]
            bank._continue(payment_id)
            headers, body = bank.webhook(payment_id, NOON)
            service.payment_webhook(headers, body)
            service.payment_webhook(headers, body)
        elif scenario == "canceled at the bank":
            service.cancel(checkout_id)
        service.run_due()


def recover(place: Place, scenario: str, checkout_id: str, now: dt.datetime, fuse: Fuse) -> None:
    """The client repeats itself after the restart, and the due work runs until nothing is left."""
    with place.shop(now, fuse) as (service, _):
        try:
            service.complete(checkout_id, idempotency_key="first")
            if scenario == "canceled at the bank":
                service.cancel(checkout_id)
            else:
                service.continue_authentication(checkout_id)
        except Refused:
            pass
    for hours in range(1, 5):
        with place.shop(now + dt.timedelta(hours=hours), fuse) as (service, _):
            service.run_due()
            if scenario != "canceled at the bank":
                service.continue_authentication(checkout_id)
            service.run_due()


def check(place: Place, scenario: str, checkout_id: str) -> list[str]:
    """What is wrong with the books after recovery; empty when nothing is."""
    wrong: list[str] = []
    with place.shop(NOON + dt.timedelta(hours=24), Fuse()) as (service, bank):
        view = service.get(checkout_id)
        payments = [row for row in bank.ledger() if row[0] == checkout_id]
        captures = bank.capture_count(checkout_id)
        is_paid = scenario not in ("declined", "canceled at the bank")
        kept = _kept_places(service.parts.store, checkout_id)
        if kept != int(is_paid):
            wrong.append(f"{kept} places of the slot are kept for good")
        if is_paid:
            if view.order is None:
                wrong.append("no order")
            elif (view.order.payment.state, view.order.payment.captured) != ("captured", 1590):
                wrong.append(f"order says {view.order.payment}")
            if captures != 1:
                wrong.append(f"{captures} captures")
            if [(row[2], row[4]) for row in payments] != [("captured", 1590)]:
                wrong.append(f"bank says {payments}")
            received = place.folder / "received.txt"
            events = Counter(received.read_text().split() if received.exists() else ())
            if not events[f"or_{checkout_id.removeprefix('co_')}:placed"]:
                wrong.append("order.placed was never delivered")
        else:
            if view.order is not None:
                wrong.append("an order that was not paid")
            if captures or any(row[2] not in ("declined", "voided") for row in payments):
                wrong.append(f"bank says {payments}")
    return wrong


def _kept_places(store: Store, checkout_id: str) -> int:
    """Places that the checkout has for good."""
    much_later = NOON + dt.timedelta(days=999)
    return sum(
        store.taken_places((SLOT,), now=much_later, but=others).get(SLOT, 0) * sign
        for others, sign in (((), 1), ((f"{checkout_id}:delivery",), -1))
    )


def run_once(
    place: Place, scenario: str, boundary: int, chance: random.Random
) -> tuple[int, list[str], bool]:
    """Kills, faults found in the books, and whether the boundary was reached."""
    token = "tok_3ds" if scenario in AT_THE_BANK else TOKENS.get(scenario, "tok_ok")
    with place.shop(NOON, Fuse()) as (service, _):
        update = evolve(filled_in(token), deliveries=(DeliveryPatch(address=HOME, slot_id=SLOT),))
        opened = service.create(NewCheckout(currency="USD", update=update))
    checkout_id = opened.view.checkout.id
    was_killed = in_child(lambda: buy(place, scenario, checkout_id, Fuse(at=boundary)))
    kills, later = int(was_killed), NOON + dt.timedelta(hours=2)
    if chance.random() < 0.5:
        again = Fuse(at=chance.randint(1, 25))
        kills += in_child(lambda: recover(place, scenario, checkout_id, later, again))
    settled = later + dt.timedelta(hours=6)
    in_child(lambda: recover(place, scenario, checkout_id, settled, Fuse()))
    return kills, check(place, scenario, checkout_id), was_killed


def run(place: Place, runs: int, seed: int) -> tuple[int, int, list[str]]:
    """Runs, kills and what went wrong; each scenario's boundaries are visited one after the other."""
    chance, kills = random.Random(seed), 0
    wrong: list[str] = []
    boundaries = dict.fromkeys(SCENARIOS, 1)
    open_store(place.url).close()
    for number in range(runs):
        scenario = SCENARIOS[number % len(SCENARIOS)]
        boundary = boundaries[scenario]
        killed, faults, was_reached = run_once(place, scenario, boundary, chance)
        kills += killed
        boundaries[scenario] = boundary + 1 if was_reached else 1
        wrong += [f"run {number}, {scenario}, boundary {boundary}: {fault}" for fault in faults]
    return runs, kills, wrong


def report(name: str, place: Place, runs: int, seed: int) -> bool:
    """Run and print one line; whether the books were right every time."""
    done, kills, wrong = run(place, runs, seed)
    for line in wrong[:20]:
        print(line)
    print(f"{name}: {done} runs, {kills} kills, {len(wrong)} faults in orders, money or slots", flush=True)
    return not wrong


def main() -> None:
    """Print one line for each database; exit 1 when any book is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    given = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as folder:
        if given.database != "postgresql":
            place = Place(url=f"sqlite:///{folder}/shop.db", folder=Path(folder))
            good &= report("sqlite", place, given.runs, given.seed)
    with tempfile.TemporaryDirectory() as folder:
        if given.database != "sqlite":
            with temporary_postgresql() as server:
                place = Place(url=server.url, folder=Path(folder))
                good &= report("postgresql", place, given.runs, given.seed)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    try:
        main()
    except CheckoutKitError as error:
        sys.exit(str(error))
