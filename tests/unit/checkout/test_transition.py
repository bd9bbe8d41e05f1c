"""What each command does in each phase."""

import datetime as dt

import pytest
from attrs import evolve

from checkout_kit.address import Address
from checkout_kit.cart import LineItem
from checkout_kit.checkout import (
    UNSET,
    Approve,
    Authorise,
    Cancel,
    Capture,
    Checkout,
    Complete,
    ContactPatch,
    DeliveryPatch,
    Demands,
    Event,
    Expire,
    PaymentOutcome,
    PlaceOrder,
    PricedCart,
    Refresh,
    Rules,
    Transition,
    Update,
    Void,
    phase,
    problems,
    status,
    transition,
)
from checkout_kit.errors import InputError, NotReady, Refused
from checkout_kit.testing.checkouts import (
    ECONOMY,
    HOME,
    MUG,
    NOON,
    POLICY,
    empty_checkout,
    filled_in,
    pays_with,
    ready_checkout,
)
from checkout_kit.testing.policies import FixedPolicy

HOUR = dt.timedelta(hours=1)
ALASKA = evolve(HOME, region="AK", city="Anchorage", postal_code="99501")


def step(checkout: Checkout, command: object, now: dt.datetime = NOON, **more: object) -> Transition:
    return transition(checkout, command, POLICY.quote, now, **more)  # type: ignore[arg-type]


def select(option_id: str | None) -> Update:
    return Update(deliveries=(DeliveryPatch(option_id=option_id),))


def move_to(address: Address) -> Update:
    return Update(deliveries=(DeliveryPatch(address=address),))


def test_sections_may_be_filled_in_any_order() -> None:
    """Payment first, lines last: the end is the same as all at once."""
    parts = (
        Update(payment=pays_with("tok_ok")),
        Update(deliveries=(DeliveryPatch(address=HOME),)),
        Update(contact=ContactPatch(email="eva@example.com")),
        Update(lines=(MUG,)),
    )
    checkout = empty_checkout()
    for part in parts:
        checkout = step(checkout, part).checkout
    at_once = ready_checkout()
    assert evolve(checkout, version=0) == evolve(at_once, version=0)
    assert checkout.version == 5


def test_an_unset_field_stays_and_none_clears() -> None:
    """A patch of the phone keeps the email; None empties the section."""
    checkout = step(ready_checkout(), Update(contact=ContactPatch(phone="+15550100"))).checkout
    assert checkout.contact is not None
    assert (checkout.contact.email, checkout.contact.phone) == ("eva@example.com", "+15550100")
    assert step(checkout, Update(contact=None)).checkout.contact is None
    assert Update().contact is UNSET


def test_a_full_replacement_empties_what_it_does_not_name() -> None:
    """The same update as a replacement leaves only what it gives."""
    full = step(ready_checkout(), Update(discount_codes=("TEN",), order_discount=100)).checkout
    replaced = step(full, Update(replaces=True, note="ring twice")).checkout
    assert (replaced.contact, replaced.payment, replaced.note) == (None, None, "ring twice")
    assert replaced.cart == empty_checkout().cart
    assert step(full, Update(replaces=True, lines=(MUG,))).checkout.cart.lines == (MUG,)


def test_billing_is_the_delivery_address_unless_said_otherwise() -> None:
    """Without a billing section the delivery address is billed, and follows it when it moves."""
    checkout = ready_checkout()
    assert checkout.billing_address == HOME
    assert step(checkout, move_to(ALASKA)).checkout.billing_address == ALASKA


def test_the_cheapest_option_is_the_default_and_says_so() -> None:
    """Nobody chose yet: the cheapest is preselected, as the shop's choice."""
    choice = ready_checkout().deliveries[0].choice
    assert choice is not None
    assert (choice.option_id, choice.by_buyer) == ("economy", False)


def test_a_choice_is_kept_and_its_new_price_told() -> None:
    """A fuller cart makes economy free: the choice stays; the change has both prices and the cause."""
    checkout = step(ready_checkout(), select("economy")).checkout
    changed = step(checkout, Update(lines=(evolve(MUG, quantity=3),))).checkout
    (change,) = changed.changes
    assert (change.kind, change.cause, change.old_price, change.new_price) == ("price", "cart", 390, 0)
    assert changed.deliveries[0].choice is not None


def test_an_option_named_again_with_a_change_is_told_like_one_left_alone() -> None:
    """Sending the chosen option along with a fuller cart gives the same news as the cart alone."""
    checkout = step(ready_checkout(), select("economy")).checkout
    fuller = Update(lines=(evolve(MUG, quantity=3),))
    named = evolve(fuller, deliveries=(DeliveryPatch(option_id="economy"),))
    assert step(checkout, named).checkout == step(checkout, fuller).checkout
    (change,) = step(ready_checkout(), named).checkout.changes
    assert (change.kind, change.old_price, change.new_price) == ("price", 390, 0)


def test_choosing_for_one_delivery_leaves_the_price_shown_for_another() -> None:
    """While it is valid, a shown price stands when the buyer picks something for another delivery."""
    two = Update(
        lines=(MUG, evolve(MUG, id="l2")),
        deliveries=(
            DeliveryPatch(id="a", line_ids=("l1",), address=HOME, option_id="economy"),
            DeliveryPatch(id="b", line_ids=("l2",), address=HOME, option_id="economy"),
        ),
    )
    checkout = step(ready_checkout(), two).checkout
    express = Update(deliveries=(DeliveryPatch(id="b", option_id="express"),))
    dearer = FixedPolicy(methods=(evolve(ECONOMY, price_minor=590), *POLICY.methods[1:]))
    picked = transition(checkout, express, dearer.quote, NOON).checkout
    assert picked.changes == ()
    assert picked.deliveries[0].choice == checkout.deliveries[0].choice


def test_an_earlier_attempt_never_pays_for_the_one_under_way() -> None:
    """The first succeeds while the second is asked for: it is voided, and the second still decides."""
    first = step(ready_checkout(), Complete()).checkout
    at_bank = PaymentOutcome(attempt=1, state="authentication", payment_id="p1", action_url="https://b")
    waiting = step(first, at_bank).checkout
    second = step(step(waiting, Update(note="another card")).checkout, Complete()).checkout
    assert second.attempt is not None
    assert (second.attempt.number, second.attempt.state) == (2, "authorising")
    late = step(second, PaymentOutcome(attempt=1, state="authorised", payment_id="p1"))
    assert late.checkout is second
    (void,) = late.effects
    assert isinstance(void, Void)
    assert void.payment_id == "p1"
    done = step(second, PaymentOutcome(attempt=2, state="authorised", payment_id="p2")).checkout
    assert done.ending is not None


def test_a_line_no_delivery_takes_along_is_a_problem() -> None:
    """Where each delivery names its lines, goods that none names are not sold without being sent."""
    update = Update(
        lines=(MUG, evolve(MUG, id="l2"), evolve(MUG, id="l3", requires_shipping=False)),
        deliveries=(DeliveryPatch(id="a", line_ids=("l1",), address=HOME, option_id="economy"),),
    )
    checkout = step(ready_checkout(), update).checkout
    (problem,) = problems(checkout)
    assert (problem.code, problem.path) == ("line_without_delivery", "lines[1]")
    with pytest.raises(NotReady):
        step(checkout, Complete())


def test_another_policy_is_the_cause_when_it_is_one() -> None:
    """After the shown price has ended, the news say whether the policy or only the time is another."""
    old, new = Rules(policy_id="p1"), Rules(policy_id="p2")
    checkout = transition(ready_checkout(), select("economy"), POLICY.quote, NOON, old).checkout
    dearer = FixedPolicy(methods=(evolve(ECONOMY, price_minor=590), *POLICY.methods[1:]))
    noted = transition(checkout, Update(note="x"), dearer.quote, NOON, new).checkout
    assert (noted.changes, noted.policy_id) == ((), "p1")
    later = checkout.deliveries[0].choice.valid_until  # type: ignore[union-attr]
    for rules, cause in ((new, "policy"), (old, "time")):
        seen = transition(noted, Refresh(), dearer.quote, later, rules).checkout
        assert {c.cause for c in seen.changes} == {cause}
        assert seen.policy_id == rules.policy_id


def test_a_discount_that_lapsed_is_shown_before_it_is_missed() -> None:
    """Completing asks again what the codes earn; if that is another amount, nothing is charged yet."""
    earns = Rules(price_cart=lambda cart: PricedCart(cart=evolve(cart, order_discount=200)))
    lapsed = Rules(price_cart=lambda cart: PricedCart(cart=evolve(cart, order_discount=0)))
    checkout = transition(
        ready_checkout(), Update(discount_codes=("TEN",)), POLICY.quote, NOON, earns
    ).checkout
    assert transition(checkout, Complete(), POLICY.quote, NOON, earns).effects
    told = transition(checkout, Complete(), POLICY.quote, NOON, lapsed)
    assert told.refusal is not None
    assert told.refusal.problems[0].code == "discount_changed"  # type: ignore[attr-defined]
    assert (told.effects, told.checkout.cart.order_discount) == ((), 0)
    assert transition(told.checkout, Complete(), POLICY.quote, NOON, lapsed).effects


def test_a_choice_that_is_gone_is_let_go_not_swapped() -> None:
    """Express is not offered in Alaska: nothing is selected, the buyer has to look, the reason is told."""
    checkout = step(ready_checkout(), select("express")).checkout
    moved = step(checkout, move_to(ALASKA)).checkout
    assert moved.deliveries[0].choice is None
    assert [c.kind for c in moved.changes] == ["option_unavailable"]
    (problem,) = problems(moved)
    assert (problem.code, problem.severity, problem.hint) == (
        "option_unavailable",
        "buyer_review",
        "Not to AK.",
    )
    assert status(moved, problems(moved), NOON).reason == "review"


def test_the_last_choice_comes_back_when_it_is_offered_again() -> None:
    """Back from Alaska, express is selected again and the buyer is told."""
    checkout = step(ready_checkout(), select("express")).checkout
    back = step(step(checkout, move_to(ALASKA)).checkout, move_to(HOME)).checkout
    assert [c.kind for c in back.changes] == ["option_restored"]
    assert back.deliveries[0].choice is not None
    assert back.deliveries[0].choice.by_buyer


def test_a_replaced_default_is_reported() -> None:
    """A preselected option that vanishes may be replaced, as nobody chose it, and never without a word."""
    only_here = FixedPolicy(
        methods=(evolve(ECONOMY, skips=("AK",)), evolve(ECONOMY, method_id="boat", price_minor=900))
    )
    checkout = transition(empty_checkout(), filled_in(), only_here.quote, NOON).checkout
    moved = transition(checkout, move_to(ALASKA), only_here.quote, NOON).checkout
    (change,) = moved.changes
    assert (change.kind, change.old_price, change.new_price) == ("option_replaced", 390, 900)


def test_an_option_that_is_not_offered_cannot_be_selected() -> None:
    """Selecting it is refused with the offered ones named."""
    with pytest.raises(InputError) as caught:
        step(step(ready_checkout(), move_to(ALASKA)).checkout, select("express"))
    assert str(caught.value).startswith("deliveries[0].option_id: is not offered")
    assert "choose one of: economy" in str(caught.value)


def test_several_deliveries_are_priced_on_their_own_lines() -> None:
    """Two destinations, two choices; the ledger has both and the threshold looks at the whole cart."""
    lines = (evolve(MUG, quantity=2), LineItem(id="l2", sku="BOWL", quantity=1, unit_price=1500))
    patches = (
        DeliveryPatch(id="home", line_ids=("l1",), address=HOME),
        DeliveryPatch(id="mother", line_ids=("l2",), address=ALASKA),
    )
    checkout = step(ready_checkout(), Update(lines=lines, deliveries=patches)).checkout
    assert [d.id for d in checkout.deliveries] == ["home", "mother"]
    assert [d.choice and d.choice.price for d in checkout.deliveries] == [0, 0]


def test_a_line_cannot_travel_twice() -> None:
    """A line named by two deliveries, or unknown, is refused; all faults together."""
    patches = (
        DeliveryPatch(id="a", line_ids=("l1",)),
        DeliveryPatch(id="b", line_ids=("l1", "ghost")),
    )
    with pytest.raises(InputError) as caught:
        step(ready_checkout(), Update(deliveries=patches))
    assert [f.path for f in caught.value.faults] == ["deliveries[1].line_ids[0]", "deliveries[1].line_ids[1]"]


def test_a_line_taken_out_of_the_cart_leaves_its_delivery() -> None:
    """A delivery left without goods goes with them; the other lines stay where they were put."""
    lines = (MUG, evolve(MUG, id="l2"), evolve(MUG, id="l3"))
    patches = (
        DeliveryPatch(id="a", line_ids=("l1", "l2"), address=HOME),
        DeliveryPatch(id="b", line_ids=("l3",), address=ALASKA),
    )
    apart = step(ready_checkout(), Update(lines=lines, deliveries=patches)).checkout
    fewer = step(apart, Update(lines=lines[:1])).checkout
    assert [(delivery.id, delivery.line_ids) for delivery in fewer.deliveries] == [("a", ("l1",))]


def test_a_payment_that_is_still_pending_changes_nothing_but_its_id() -> None:
    """The provider's id is noted once; told again, nothing is written."""
    paying = step(ready_checkout(), Complete()).checkout
    pending = PaymentOutcome(attempt=1, state="pending", payment_id="p1")
    noted = step(paying, pending).checkout
    assert noted.attempt is not None
    assert (noted.attempt.state, noted.attempt.payment_id) == ("authorising", "p1")
    assert step(noted, pending).checkout is noted


def test_goods_that_are_not_shipped_need_no_address() -> None:
    """A cart of downloads is ready without a delivery."""
    download = evolve(MUG, requires_shipping=False)
    update = Update(
        lines=(download,), contact=ContactPatch(email="a@example.com"), payment=pays_with("tok_ok")
    )
    checkout = step(empty_checkout(), update).checkout
    assert problems(checkout) == ()


def test_complete_asks_for_the_total_once() -> None:
    """Goods and shipping are authorised under a key made of the checkout and the attempt."""
    done = step(ready_checkout(), Complete())
    (ask,) = done.effects
    assert isinstance(ask, Authorise)
    assert (ask.key, ask.amount, ask.currency) == ("co_1:1:authorise", 1590, "USD")
    assert phase(done.checkout, NOON) == "authorising"


def test_completing_with_problems_lists_them() -> None:
    """Nothing is asked of the provider while something is missing."""
    with pytest.raises(NotReady) as caught:
        step(empty_checkout(), Complete())
    codes = [p.code for p in caught.value.problems]  # type: ignore[attr-defined]
    assert codes == ["lines_empty", "contact_missing", "payment_missing"]


def test_an_authorised_payment_places_the_order_and_captures() -> None:
    """One transition ends the checkout, writes the order and asks for the money."""
    paying = step(ready_checkout(), Complete()).checkout
    done = step(paying, PaymentOutcome(attempt=1, state="authorised", payment_id="p1"))
    assert [type(e) for e in done.effects] == [PlaceOrder, Event, Capture]
    assert done.checkout.ending is not None
    assert done.checkout.ending.order_id == "or_1"
    assert status(done.checkout, (), NOON).name == "completed"


def test_a_shop_that_captures_later_only_holds() -> None:
    """Without capturing when placed, no capture is asked for."""
    paying = step(ready_checkout(), Complete()).checkout
    outcome = PaymentOutcome(attempt=1, state="authorised", payment_id="p1")
    assert not any(
        isinstance(e, Capture) for e in step(paying, outcome, rules=Rules(captures="later")).effects
    )


def test_a_decline_is_a_problem_the_buyer_can_fix() -> None:
    """The token is gone, the reason is told, and a new attempt has a new key."""
    paying = step(ready_checkout(), Complete()).checkout
    declined = step(paying, PaymentOutcome(attempt=1, state="declined", code="expired_card")).checkout
    (problem,) = problems(declined)
    assert (problem.code, problem.message) == ("payment_declined", "The card has expired.")
    again = step(step(declined, Update(payment=pays_with("tok_ok"))).checkout, Complete())
    assert [e.key for e in again.effects if isinstance(e, Authorise)] == ["co_1:2:authorise"]


def test_nothing_but_the_outcome_is_heard_while_a_payment_is_under_way() -> None:
    """Updates, a second complete and a cancel are refused until the provider has answered."""
    paying = step(ready_checkout(), Complete()).checkout
    for command in (Update(note="x"), Complete(), Cancel(), Refresh(), Expire()):
        with pytest.raises(Refused):
            step(paying, command)


def test_a_late_authorisation_of_a_given_up_payment_is_voided() -> None:
    """The buyer left the bank's page and changed the cart: that money is released."""
    paying = step(ready_checkout(), Complete()).checkout
    waiting = step(
        paying, PaymentOutcome(attempt=1, state="authentication", payment_id="p1", action_url="https://b")
    ).checkout
    assert status(waiting, problems(waiting), NOON).reason == "authentication"
    changed = step(waiting, Update(note="x"))
    assert [e.payment_id for e in changed.effects if isinstance(e, Void)] == ["p1"]
    late = step(changed.checkout, PaymentOutcome(attempt=1, state="authorised", payment_id="p1"))
    assert late.checkout is changed.checkout
    assert [type(e) for e in late.effects] == [Void]


def test_a_second_report_of_the_same_payment_changes_nothing() -> None:
    """A webhook that repeats what the answer already said neither places nor voids."""
    paying = step(ready_checkout(), Complete()).checkout
    outcome = PaymentOutcome(attempt=1, state="authorised", payment_id="p1")
    placed = step(paying, outcome).checkout
    again = step(placed, outcome)
    assert again.checkout is placed
    assert again.effects == ()


def test_a_completed_checkout_is_immutable() -> None:
    """Every buyer's command is refused with the order named."""
    paying = step(ready_checkout(), Complete()).checkout
    placed = step(paying, PaymentOutcome(attempt=1, state="captured", payment_id="p1")).checkout
    for command in (Update(note="x"), Complete(), Cancel(), Refresh(), Approve(by="boss")):
        with pytest.raises(Refused, match="or_1"):
            step(placed, command)


def test_canceling_and_expiring_end_a_checkout() -> None:
    """A canceled one says why; an expiry before its time is refused."""
    canceled = step(ready_checkout(), Cancel(reason="too slow")).checkout
    assert status(canceled, (), NOON).reason == "too slow"
    with pytest.raises(Refused, match="lives until"):
        step(ready_checkout(), Expire())
    later = NOON + dt.timedelta(days=8)
    assert status(ready_checkout(), (), later).name == "expired"
    assert step(ready_checkout(), Expire(), later).checkout.ending is not None
    with pytest.raises(Refused, match="expired"):
        step(ready_checkout(), Update(note="x"), later)


def test_what_was_shown_is_charged_while_it_is_valid() -> None:
    """A dearer policy leaves a choice alone until its time is over; then the buyer is asked again."""
    dearer = FixedPolicy(methods=(evolve(ECONOMY, price_minor=500),))
    checkout = ready_checkout()
    soon = transition(checkout, Complete(), dearer.quote, NOON + dt.timedelta(minutes=29))
    assert soon.checkout.attempt is not None
    assert soon.checkout.attempt.amount == 1590
    late = transition(checkout, Complete(), dearer.quote, NOON + HOUR)
    assert late.refusal is not None
    assert [p.code for p in late.refusal.problems] == ["price_changed"]  # type: ignore[attr-defined]
    assert late.checkout.version == checkout.version + 1
    agreed = transition(late.checkout, Complete(), dearer.quote, NOON + HOUR)
    assert agreed.checkout.attempt is not None
    assert agreed.checkout.attempt.amount == 1700


def test_a_free_order_needs_no_payment() -> None:
    """Nothing to pay: no method is asked for, the order is placed at once."""
    gift = evolve(MUG, unit_price=0, requires_shipping=False)
    update = Update(lines=(gift,), contact=ContactPatch(email="a@example.com"))
    done = step(step(empty_checkout(), update).checkout, Complete())
    assert [type(e) for e in done.effects] == [PlaceOrder, Event]
    assert status(done.checkout, (), NOON).name == "completed"


def test_discount_codes_are_priced_when_lines_or_codes_change() -> None:
    """The shop's function sees the codes; one that earns nothing is a problem."""

    def price(cart: object) -> PricedCart:
        good = "SAVE" in cart.discount_codes  # type: ignore[attr-defined]
        rejected = tuple(c for c in cart.discount_codes if c != "SAVE")  # type: ignore[attr-defined]
        return PricedCart(cart=evolve(cart, order_discount=200 if good else 0), rejected_codes=rejected)  # type: ignore[type-var]

    rules = Rules(price_cart=price)
    update = Update(discount_codes=("SAVE", "OLD"))
    checkout = step(ready_checkout(), update, rules=rules).checkout
    assert checkout.cart.order_discount == 200
    assert [p.code for p in problems(checkout)] == ["discount_code_invalid"]


def test_an_order_that_needs_approval_waits_for_it() -> None:
    """Everything else is there: the status asks for a person, and a changed cart asks again."""
    rules = Rules(demands=Demands(needs_approval=lambda c: c.cart.goods_total > 1000))
    checkout = ready_checkout()
    assert status(checkout, problems(checkout, rules.demands), NOON).reason == "approval"
    approved = step(checkout, Approve(by="boss"), rules=rules).checkout
    assert problems(approved, rules.demands) == ()
    dearer = step(approved, Update(lines=(evolve(MUG, quantity=2),)), rules=rules).checkout
    assert [p.code for p in problems(dearer, rules.demands)] == ["approval_missing"]
