"""Delivery slots of a checkout, purely: seated, let go with word of it, never exchanged."""

import datetime as dt

import pytest
from attrs import evolve

from checkout_kit.cart import Cart, LineItem
from checkout_kit.checkout import (
    Cancel,
    Checkout,
    Command,
    Complete,
    ContactPatch,
    DeliveryPatch,
    PaymentMethod,
    Refresh,
    Rules,
    Transition,
    Update,
    problems,
    transition,
)
from checkout_kit.errors import InputError
from checkout_kit.storage.codec import CheckoutCodec
from checkout_kit.testing.policies import FixedMethod, FixedPolicy
from tests.slot_shop import HOME, NOW, TUESDAY, WEDNESDAY, slot_policy

POLICY = slot_policy(2)
MUG = LineItem(id="mug", sku="mug", quantity=1, unit_price=1200)
BOWL = LineItem(id="bowl", sku="bowl", quantity=1, unit_price=1500)
RULES = Rules(pickup=POLICY.pickup, slots=POLICY.slot_rules)


def full(**taken: int) -> Rules:
    """The rules with these many places taken by others on Tuesday and Wednesday."""
    ids = {"tuesday": TUESDAY, "wednesday": WEDNESDAY}
    counts = {ids[day]: count for day, count in taken.items()}
    return evolve(RULES, slots=evolve(POLICY.slot_rules, taken=counts))


def do(checkout: Checkout, command: Command, now: dt.datetime = NOW, rules: Rules = RULES) -> Transition:
    """One command."""
    return transition(checkout, command, POLICY.quote, now, rules)


def opened(**patch: str) -> Checkout:
    """A checkout that could be ordered, delivered by the van unless told otherwise."""
    fresh = Checkout(
        id="co_1",
        version=1,
        cart=Cart(currency="USD", lines=()),
        created_at=NOW,
        updated_at=NOW,
        expires_at=NOW + dt.timedelta(days=7),
    )
    update = Update(
        lines=(MUG, BOWL),
        contact=ContactPatch(email="eva@example.com"),
        deliveries=(DeliveryPatch(**{"address": HOME, "option_id": "van", **patch}),),  # type: ignore[arg-type]
        payment=PaymentMethod(method="test", token="tok_ok"),
    )
    return do(fresh, update).checkout


def pick(slot_id: str | None, **more: str) -> Update:
    """Pick a slot, or none."""
    return Update(deliveries=(DeliveryPatch(slot_id=slot_id, **more),))  # type: ignore[arg-type]


def codes(checkout: Checkout) -> list[tuple[str, str]]:
    """The problems by code and path."""
    return [(problem.code, problem.path) for problem in problems(checkout)]


def test_a_slot_is_picked_and_cleared() -> None:
    """With its times, beside the option's own price and promise, and read back from the store's document."""
    before = opened()
    picked = do(before, pick(TUESDAY)).checkout
    slot = picked.deliveries[0].slot
    assert slot is not None
    assert (slot.id, str(slot.starts_at), str(slot.order_by)) == (
        TUESDAY,
        "2026-11-24 18:00:00-05:00",
        "2026-11-24 12:00:00-05:00",
    )
    assert picked.deliveries[0].choice == before.deliveries[0].choice
    assert codes(picked) == []
    assert CheckoutCodec().decode("co_1", CheckoutCodec().encode(picked)) == picked
    assert do(picked, pick(None)).checkout.deliveries[0] == before.deliveries[0]


def test_a_slot_may_come_with_its_option() -> None:
    """In one update that also chooses the option it belongs to."""
    picked = do(opened(option_id="post"), pick(TUESDAY, option_id="van")).checkout
    assert picked.deliveries[0].slot is not None


@pytest.mark.parametrize(
    ("slot_id", "option", "message"),
    [
        ("evening@2026-11-24T19:00", "van", "is not a slot of the chosen option"),
        ("evening@2026-11-28T18:00", "van", "such as evening@2026-11-24T18:00"),
        ("desk@2026-11-24T10:00", "van", "is not a slot of the chosen option"),
        (TUESDAY, "post", "the chosen option has no slots"),
    ],
)
def test_a_slot_that_was_never_offered_is_a_fault(slot_id: str, option: str, message: str) -> None:
    """A misspelt slot, or one of another option, is named with its path; nothing changes."""
    with pytest.raises(InputError, match=r"deliveries\[0\]\.slot_id") as caught:
        do(opened(option_id=option), pick(slot_id))
    assert message in str(caught.value)


@pytest.mark.parametrize("why", ["full", "cutoff", "too early"])
def test_a_slot_that_cannot_be_had_is_a_problem(why: str) -> None:
    """Full, closed, or before the goods can be there: said with its path, and no other is taken for it."""
    now, slot_id = NOW, TUESDAY
    if why == "cutoff":
        now = NOW + dt.timedelta(days=1, hours=4)
    if why == "too early":
        slot_id = "evening@2026-11-23T18:00"
    after = do(opened(), pick(slot_id), now, full(tuesday=2)).checkout
    assert after.deliveries[0].slot is None
    assert after.deliveries[0].wanted_slot == slot_id
    assert codes(after) == [("slot_unavailable", "deliveries[0].slot_id")]
    assert codes(do(after, pick(WEDNESDAY), now).checkout) == []
    assert codes(do(after, pick(None), now).checkout) == []


def test_a_lost_slot_is_told_and_taken_again_when_it_comes_back() -> None:
    """Others took it after the hold had run out: a change, a problem, and no silent swap."""
    picked = do(opened(), pick(TUESDAY)).checkout
    lost = do(picked, Refresh(), NOW, full(tuesday=2)).checkout
    assert [(change.kind, change.title) for change in lost.changes] == [("slot_unavailable", "Our van")]
    assert codes(lost) == [("slot_unavailable", "deliveries[0].slot_id")]
    back = do(lost, Refresh(), NOW, full(tuesday=1)).checkout
    assert back.deliveries[0].slot == picked.deliveries[0].slot
    assert codes(back) == []


def test_completing_with_a_lost_slot_is_refused_with_the_news() -> None:
    """Nothing is charged; the checkout keeps what has changed."""
    picked = do(opened(), pick(TUESDAY)).checkout
    done = do(picked, Complete(), NOW, full(tuesday=2))
    assert done.refusal is not None
    assert [problem.code for problem in done.refusal.problems] == ["slot_unavailable"]  # type: ignore[attr-defined]
    assert done.checkout.version == picked.version + 1
    assert done.checkout.attempt is None


def test_completing_when_the_option_is_gone_lets_its_slot_go() -> None:
    """The refusal that says the option is not offered any more leaves no slot of it behind."""
    picked = do(opened(), pick(WEDNESDAY)).checkout
    assert picked.deliveries[0].slot is not None
    only_post = FixedPolicy(methods=(FixedMethod(method_id="post", price_minor=300, days=2),))
    done = transition(picked, Complete(), only_post.quote, NOW + dt.timedelta(days=1), RULES)
    assert done.refusal is not None
    assert done.checkout.deliveries[0].slot is None
    assert done.checkout.version == picked.version + 1


def test_another_option_lets_the_slot_go() -> None:
    """A slot belongs to its option; an option without slots leaves none to want."""
    picked = do(opened(), pick(TUESDAY)).checkout
    posted = do(picked, Update(deliveries=(DeliveryPatch(option_id="post"),))).checkout
    assert (posted.deliveries[0].slot, posted.deliveries[0].wanted_slot) == (None, "")
    assert codes(posted) == []


def test_two_deliveries_of_one_checkout_share_what_is_left() -> None:
    """With one place left the second of them does not get it too."""
    split = Update(
        deliveries=(
            DeliveryPatch(id="delivery"),
            DeliveryPatch(id="d2", line_ids=("bowl",), address=HOME, option_id="van", slot_id=TUESDAY),
        ),
        replaces_deliveries=True,
    )
    picked = do(opened(), pick(TUESDAY)).checkout
    room = do(picked, split, NOW, full(tuesday=0)).checkout
    assert [d.slot is not None for d in room.deliveries] == [True, True]
    tight = do(picked, split, NOW, full(tuesday=1)).checkout
    assert [d.slot is not None for d in tight.deliveries] == [True, False]
    assert codes(tight) == [("slot_unavailable", "deliveries[1].slot_id")]


def test_a_collection_desk_has_slots_of_its_own() -> None:
    """The pickup point's slots, not those of the van; and none of a delivery without an option."""
    collected = opened(pickup_point_id="shop", option_id="desk", address=None)  # type: ignore[arg-type]
    picked = do(collected, pick("desk@2026-11-24T10:00")).checkout
    assert picked.deliveries[0].slot is not None
    with pytest.raises(InputError, match="is not a slot of the chosen option"):
        do(collected, pick(TUESDAY))


def test_an_ended_checkout_keeps_what_it_had() -> None:
    """Canceling changes no section; giving the place back is the store's."""
    picked = do(opened(), pick(TUESDAY)).checkout
    assert do(picked, Cancel()).checkout.deliveries == picked.deliveries
