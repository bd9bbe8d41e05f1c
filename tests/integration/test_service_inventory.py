"""Stock under concurrency on both databases: never more sold than there is, nothing held for ever."""

import datetime as dt
import threading

import pytest
from attrs import evolve

from checkout_kit.checkout import Update
from checkout_kit.errors import Conflict, InputError, NotReady, Unavailable
from checkout_kit.payments import TestPayments
from checkout_kit.service import CheckoutService, NewCheckout
from checkout_kit.storage.inventory import SqlInventory
from checkout_kit.storage.sql import SqlStore
from checkout_kit.testing.checkouts import MUG, NOON, POLICY, filled_in

SOON = NOON + dt.timedelta(minutes=15)


@pytest.fixture
def inventory(store: SqlStore) -> SqlInventory:
    inventory = SqlInventory(store)
    inventory.set_stock("MUG", 5)
    return inventory


def make_service(store: SqlStore, inventory: SqlInventory, now: dt.datetime = NOON) -> CheckoutService:
    return CheckoutService(
        store=store, policy=POLICY, payments=TestPayments(), clock=lambda: now, inventory=inventory
    )


def opened(service: CheckoutService, quantity: int, token: str = "tok_ok") -> str:
    update = filled_in(token, lines=(evolve(MUG, quantity=quantity),))
    return service.create(NewCheckout(currency="USD", update=update)).view.checkout.id


def test_a_hold_is_all_or_nothing_and_expires(inventory: SqlInventory) -> None:
    """What is short is named; held goods come back at the end of the hold."""
    inventory.set_stock("BOWL", 1)
    assert inventory.hold("a", {"MUG": 3}, now=NOON, until=SOON) == ()
    (short,) = inventory.hold("b", {"BOWL": 1, "MUG": 3}, now=NOON, until=SOON)
    assert (short.sku, short.wanted, short.available) == ("MUG", 3, 2)
    assert inventory.available("BOWL", NOON) == 1
    assert inventory.available("MUG", SOON) == 5


def test_holding_again_replaces_and_releasing_gives_back(inventory: SqlInventory) -> None:
    """A checkout never holds twice."""
    inventory.hold("a", {"MUG": 3}, now=NOON, until=SOON)
    assert inventory.hold("a", {"MUG": 5}, now=NOON, until=SOON) == ()
    inventory.release("a")
    inventory.release("a")
    assert inventory.available("MUG", NOON) == 5


def test_goods_that_are_not_counted_are_not_limited(inventory: SqlInventory) -> None:
    """A sku nobody counted can always be held; a negative count is refused."""
    assert inventory.hold("a", {"DOWNLOAD": 999}, now=NOON, until=SOON) == ()
    assert inventory.available("DOWNLOAD", NOON) is None
    with pytest.raises(InputError):
        inventory.set_stock("MUG", -1)


def test_an_order_keeps_its_goods_until_they_ship(store: SqlStore, inventory: SqlInventory) -> None:
    """Placed: held for good; shipped: off the count, once."""
    service = make_service(store, inventory)
    checkout_id = opened(service, 2)
    assert service.complete(checkout_id, idempotency_key="k").order is not None
    assert inventory.available("MUG", NOON + dt.timedelta(days=30)) == 3
    inventory.release(checkout_id)
    inventory.ship(checkout_id)
    inventory.ship(checkout_id)
    assert inventory.available("MUG", NOON) == 3


def test_too_many_is_a_problem_of_the_line(store: SqlStore, inventory: SqlInventory) -> None:
    """Nothing is charged; fewer can be bought."""
    service = make_service(store, inventory)
    checkout_id = opened(service, 6)
    with pytest.raises(NotReady) as caught:
        service.complete(checkout_id, idempotency_key="k")
    assert [str(p) for p in caught.value.problems] == [
        "out_of_stock at lines[0].quantity: Only 5 of Mug left."
    ]
    service.update(checkout_id, Update(lines=(evolve(MUG, quantity=5),)))
    assert service.complete(checkout_id, idempotency_key="k").order is not None


def test_a_decline_and_a_cancel_give_the_goods_back(store: SqlStore, inventory: SqlInventory) -> None:
    """Goods are not held for a payment that failed or a checkout that was given up."""
    service = make_service(store, inventory)
    service.complete(opened(service, 5, "tok_decline"), idempotency_key="k")
    assert inventory.available("MUG", NOON) == 5
    waiting = opened(service, 5, "tok_3ds")
    service.complete(waiting, idempotency_key="k")
    assert inventory.available("MUG", NOON) == 0
    service.cancel(waiting)
    assert inventory.available("MUG", NOON) == 5


def test_money_for_goods_that_went_meanwhile_is_released(store: SqlStore, inventory: SqlInventory) -> None:
    """The buyer stayed at the bank's page too long and another bought the last: no order, no charge."""
    early = make_service(store, inventory)
    slow = opened(early, 5, "tok_3ds")
    early.complete(slow, idempotency_key="k")
    late = CheckoutService(
        store=store, policy=POLICY, payments=early.parts.payments, inventory=inventory,
        clock=lambda: NOON + dt.timedelta(minutes=20),
    )  # fmt: skip
    assert late.complete(opened(late, 1), idempotency_key="k").order is not None
    view = late.continue_authentication(slow)
    assert view.order is None
    bank = early.parts.payments
    assert isinstance(bank, TestPayments)
    assert sorted(row[2] for row in bank.ledger()) == ["captured", "voided"]


def test_sixty_buyers_of_five_mugs(store: SqlStore, inventory: SqlInventory) -> None:
    """However they race, five are sold, and the others hear that none is left."""
    service = make_service(store, inventory)
    ids = [opened(service, 1) for _ in range(60)]
    start = threading.Barrier(12)
    sold: list[str] = []
    heard: list[str] = []

    def buy(mine: list[str]) -> None:
        start.wait()
        for checkout_id in mine:
            while True:
                try:
                    if service.complete(checkout_id, idempotency_key="k").order is not None:
                        sold.append(checkout_id)
                    break
                except NotReady:
                    heard.append(checkout_id)
                    break
                except (Conflict, Unavailable):
                    continue

    threads = [threading.Thread(target=buy, args=(ids[i::12],)) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(sold), len(heard)) == (5, 55)
    assert inventory.available("MUG", NOON) == 0
