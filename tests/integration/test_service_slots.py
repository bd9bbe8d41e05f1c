"""Delivery slots through the service on both databases: held, kept, given back, never oversold."""

import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from attrs import evolve

from checkout_kit.cart import LineItem
from checkout_kit.checkout import ContactPatch, DeliveryPatch, PaymentMethod, Update
from checkout_kit.errors import Conflict, NotReady, Unavailable
from checkout_kit.orders import Order
from checkout_kit.payments import TestPayments, run_without_network
from checkout_kit.server import answers
from checkout_kit.service import CheckoutService, CheckoutView, NewCheckout, Settings
from checkout_kit.service.privacy import Retention, retain
from checkout_kit.shipping.slots import slot_day
from checkout_kit.storage.personal import PersonalData
from checkout_kit.storage.slots import SqlSlotHolds
from checkout_kit.storage.sql import SqlStore
from tests.slot_shop import HOME, NOW, TUESDAY, WEDNESDAY, slot_policy

POLICY = slot_policy(3)
MUG = LineItem(id="l1", sku="MUG", title="Mug", quantity=1, unit_price=1200)


class Shop:
    """A service with a clock that stands until it is moved."""

    def __init__(self, store: SqlStore) -> None:
        self.now = NOW
        self.bank = TestPayments()
        self.holds = SqlSlotHolds(store)
        self.service = CheckoutService(store=store, policy=POLICY, payments=self.bank, clock=lambda: self.now)

    def opened(self, slot_id: str | None = TUESDAY, token: str = "tok_ok") -> CheckoutView:
        """A checkout by the van that only waits to be completed."""
        update = Update(
            lines=(MUG,),
            contact=ContactPatch(email="eva@example.com"),
            deliveries=(DeliveryPatch(address=HOME, option_id="van", slot_id=slot_id),),
            payment=PaymentMethod(method="test", token=token),
        )
        return self.service.create(NewCheckout(currency="USD", update=update)).view

    def patch(self, view: CheckoutView, patch: DeliveryPatch) -> CheckoutView:
        """One change to the delivery."""
        return self.service.update(view.checkout.id, Update(deliveries=(patch,)))

    def taken(self, slot_id: str = TUESDAY) -> int:
        """Places held or kept."""
        return self.holds.taken([slot_id], now=self.now)[slot_id]


@pytest.fixture
def shop(store: SqlStore) -> Shop:
    return Shop(store)


def test_a_picked_slot_is_held_and_kept_by_the_order(shop: Shop) -> None:
    """Held with the write that picks it, for good with the order, whose snapshot and answer have it."""
    view = shop.opened(None)
    assert [(slot.id, slot.left) for slot in view.slots_of(view.checkout.deliveries[0])][1] == (TUESDAY, 3)
    picked = shop.patch(view, DeliveryPatch(slot_id=TUESDAY))
    assert (shop.taken(), picked.totals.total) == (1, 1800)
    answer = picked.to_dict()["deliveries"][0]  # type: ignore[index]
    assert (answer["slot"]["id"], answer["wanted_slot_id"]) == (TUESDAY, None)
    assert answer["slots"][1]["left"] == 3, "a checkout's own place is not counted against it"
    answers.Checkout.model_validate_json(picked.to_json())
    done = shop.service.complete(picked.checkout.id, idempotency_key="k")
    assert done.order is not None
    placed = done.order.deliveries[0]
    assert placed.slot == picked.checkout.deliveries[0].slot
    assert placed.choice is not None
    assert placed.choice.promise is not None
    assert str(placed.choice.promise.latest) == "2026-11-24", "the promise is the slot's own day"
    assert shop.service.get_order(done.order.id) == done.order
    answers.Checkout.model_validate_json(done.to_json())
    shop.now += dt.timedelta(days=30)
    assert shop.taken() == 1


@pytest.mark.parametrize("how", ["clear", "another slot", "another option", "cancel", "expire"])
def test_a_place_nobody_needs_is_given_back(shop: Shop, how: str) -> None:
    """At once, in the transaction that lets it go."""
    view = shop.opened()
    assert shop.taken() == 1
    if how == "clear":
        shop.patch(view, DeliveryPatch(slot_id=None))
    elif how == "another slot":
        shop.patch(view, DeliveryPatch(slot_id=WEDNESDAY))
        assert shop.taken(WEDNESDAY) == 1
    elif how == "another option":
        shop.patch(view, DeliveryPatch(option_id="post"))
    elif how == "cancel":
        shop.service.cancel(view.checkout.id)
    else:
        shop.service.parts.store.postpone(view.checkout.id, due_at=NOW)
        shop.now = view.checkout.expires_at
        assert shop.service.run_due().expired >= 1
        shop.now = NOW
    assert shop.taken() == 0


def test_a_hold_that_ran_out_is_others_to_take_and_told(shop: Shop) -> None:
    """The buyer who waited too long hears of it and pays nothing; nobody else's slot is given to them."""
    late = shop.opened()
    shop.now += dt.timedelta(minutes=16)
    assert shop.taken() == 0
    for _ in range(3):
        shop.service.complete(shop.opened().checkout.id, idempotency_key="k")
    view = shop.service.get(late.checkout.id)
    assert [problem.path for problem in view.problems] == ["deliveries[0].slot_id"]
    with pytest.raises(NotReady, match="slot_unavailable"):
        shop.service.complete(late.checkout.id, idempotency_key="k")
    assert shop.taken() == 3
    kept = shop.service.get(late.checkout.id)
    assert [change.kind for change in kept.checkout.changes] == ["slot_unavailable"]
    shop.patch(kept, DeliveryPatch(slot_id=WEDNESDAY))
    assert shop.service.complete(late.checkout.id, idempotency_key="k2").order is not None


def test_a_hold_that_ran_out_and_is_still_free_is_taken_again(shop: Shop) -> None:
    """An hour at the kettle costs nothing when nobody else came."""
    view = shop.opened()
    shop.now += dt.timedelta(hours=1)
    assert shop.service.complete(view.checkout.id, idempotency_key="k").order is not None
    assert shop.taken() == 1


def test_a_slot_lost_at_the_banks_page_places_no_order(shop: Shop) -> None:
    """The buyer took too long to confirm: the payment is given back, the place stays whose it is."""
    view = shop.opened(token="tok_3ds")
    shop.service.complete(view.checkout.id, idempotency_key="k")
    shop.now += dt.timedelta(minutes=20)
    for _ in range(3):
        shop.service.complete(shop.opened().checkout.id, idempotency_key="k")
    payment_id = shop.bank.ledger()[0][1]
    run_without_network(shop.bank.continue_authentication(payment_id))
    after = shop.service.continue_authentication(view.checkout.id)
    assert (after.order, after.status.name) == (None, "needs_buyer")
    assert [problem.code for problem in after.problems] == ["slot_unavailable"]
    assert shop.bank.ledger()[0][2] == "voided"
    assert shop.taken() == 3


def test_many_buyers_never_oversell_a_slot(shop: Shop, store: SqlStore) -> None:
    """Forty buyers at once for three places, changing their minds: three orders, three places."""

    def buy(number: int) -> Order | None:
        chance = random.Random(number)
        view = shop.opened(None)
        for _ in range(3):
            try:
                shop.patch(view, DeliveryPatch(slot_id=chance.choice((TUESDAY, WEDNESDAY, TUESDAY))))
            except (Conflict, Unavailable):
                continue
        try:
            shop.patch(view, DeliveryPatch(slot_id=TUESDAY))
            return shop.service.complete(view.checkout.id, idempotency_key="k").order
        except (NotReady, Conflict, Unavailable):
            return None

    with ThreadPoolExecutor(8) as threads:
        orders = [order for order in threads.map(buy, range(40)) if order is not None]
    slots = [order.deliveries[0].slot for order in orders]
    assert [slot.id for slot in slots if slot] == [TUESDAY] * 3
    shop.now += dt.timedelta(minutes=16)
    assert (shop.taken(), shop.taken(WEDNESDAY)) == (3, 0)


def test_without_holding_the_order_takes_the_place(store: SqlStore) -> None:
    """A shop may let orders alone take places: the first to pay has it, the next hears of it unpaid."""
    shop = Shop(store)
    shop.service.parts = evolve(shop.service.parts, settings=Settings(holds_slots_for=dt.timedelta(0)))
    views = [shop.opened() for _ in range(5)]
    assert shop.taken() == 0
    for view in views[:3]:
        assert shop.service.complete(view.checkout.id, idempotency_key="k").order is not None
    for view in views[3:]:
        with pytest.raises(NotReady, match="slot_unavailable"):
            shop.service.complete(view.checkout.id, idempotency_key="k")
    assert (shop.taken(), len(shop.bank.ledger())) == (3, 3)


def test_slots_that_are_over_are_forgotten(shop: Shop, store: SqlStore) -> None:
    """Retention deletes past slots with their places, and leaves coming ones and a host's own."""
    bought = shop.opened(TUESDAY)
    shop.service.complete(bought.checkout.id, idempotency_key="k")
    shop.opened(WEDNESDAY)
    hour = dt.timedelta(hours=1)
    assert shop.holds.hold("desk 7", "walk-in", capacity=1, now=NOW, ttl=hour)
    data, rules = PersonalData(store), Retention(slots=dt.timedelta(days=5))

    def forgotten(days: int) -> int:
        return retain(data, rules, NOW + dt.timedelta(days=days)).slots_deleted

    tuesday = slot_day(TUESDAY)
    assert tuesday is not None
    until_then = (tuesday - NOW.date()).days
    assert forgotten(until_then + 7) == 0
    assert forgotten(until_then + 8) == 1
    assert (shop.taken(TUESDAY), shop.taken(WEDNESDAY), shop.taken("desk 7")) == (0, 1, 1)
    assert [forgotten(until_then + 60), forgotten(until_then + 60)] == [1, 0]
    assert shop.taken("desk 7") == 1


def test_without_slots_the_store_is_not_asked(store: SqlStore) -> None:
    """An update of a shop without slots stays two statements."""
    plain = evolve(POLICY, slot_rules=evolve(POLICY.slot_rules, methods={}, points={}))  # type: ignore[misc]
    service = CheckoutService(store=store, policy=plain, payments=TestPayments(), clock=lambda: NOW)
    update = Update(lines=(MUG,), deliveries=(DeliveryPatch(address=HOME),))
    opened = service.create(NewCheckout(currency="USD", update=update))
    seen: list[str] = []
    store.on_statement = seen.append
    service.update(opened.view.checkout.id, Update(note="n"))
    assert seen == ["load", "update_checkout"]
