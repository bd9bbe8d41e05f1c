"""A state machine over all commands: whatever is done in whatever order, what must hold holds."""

import datetime as dt
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from checkout_kit.cart import LineItem
from checkout_kit.checkout import (
    Approve,
    Authorise,
    Billing,
    Cancel,
    Capture,
    Checkout,
    Complete,
    ContactPatch,
    Delivery,
    DeliveryPatch,
    Expire,
    PaymentOutcome,
    PlaceOrder,
    Refresh,
    Remind,
    Rules,
    Transition,
    Update,
    Void,
    ledger,
    lines_of,
    phase,
    problems,
    quote_request,
    status,
    totals,
    transition,
)
from checkout_kit.errors import InputError, NotReady, Refused
from checkout_kit.shipping.slots import PickupPoint, PickupRules, SlotRules, SlotSchedule, SlotWindow
from checkout_kit.storage.codec import CheckoutCodec
from checkout_kit.testing.checkouts import (
    ECONOMY,
    HOME,
    NOON,
    POLICY,
    empty_checkout,
    filled_in,
    pays_with,
)
from checkout_kit.testing.policies import FixedMethod, FixedPolicy

STEPS, RUNS = 30, 60
POLICIES = (
    POLICY,
    FixedPolicy(
        methods=(
            FixedMethod(method_id="express", title="Express", price_minor=1500, days=2, skips=("HI",)),
            FixedMethod(method_id="boat", title="Boat", price_minor=200, days=30, free_from_minor=5000),
        ),
        valid_for=dt.timedelta(minutes=5),
    ),
    FixedPolicy(methods=()),
    FixedPolicy(methods=(FixedMethod(method_id="desk", title="At our shop", price_minor=0, days=3), ECONOMY)),
)
PLACES = tuple(
    evolve(HOME, region=region, postal_code=code)
    for region, code in (("TX", "73301"), ("AK", "99501"), ("HI", "96801"))
)
POINTS = {
    point_id: PickupPoint(
        id=point_id,
        title=point_id.title(),
        kind="store",
        address=evolve(HOME, name="", line1=f"1 {point_id} street"),
        max_weight_g=weight,
    )
    for point_id, weight in (("shop", None), ("kiosk", 5))
}
SHOPS = tuple(
    Rules(pickup=PickupRules(points=points, methods={"desk": frozenset(POINTS)}))
    for points in (POINTS, {"shop": evolve(POINTS["shop"], address=PLACES[0])}, {})
)
LINES = st.lists(
    st.builds(
        LineItem,
        id=st.sampled_from("abc"),
        sku=st.just("SKU"),
        quantity=st.integers(1, 5),
        unit_price=st.integers(0, 3000),
        tax_rate_bp=st.sampled_from([None, 0, 825, 2300]),
        requires_shipping=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda line: line.id,
).map(tuple)
# Most steps go on with what is there: a machine that keeps throwing its checkout away meets few states.
RARELY = st.integers(0, 9).map(lambda n: n == 0)
OUTCOMES = ("authorised", "captured", "authentication", "declined", "pending")
START = tuple(LineItem(id=i, sku="SKU", quantity=1, unit_price=900, tax_rate_bp=825) for i in "ab")
ROUND = SlotSchedule(
    id="round",
    timezone="America/New_York",
    windows=(SlotWindow(weekdays=(1, 2, 3, 4, 5, 6, 7), starts="18:00", ends="21:00", capacity=2),),
    days_ahead=9,
)
SLOTS = SlotRules(schedules={"round": ROUND}, methods={"economy": "round", "express": "round"})
OPTIONS = st.sampled_from(["economy", "express", "boat", "desk", "ghost", None])


def half_up(amount: int, rate_bp: int) -> int:
    """The tax on an amount, by schoolbook rounding."""
    tax = Decimal(amount) * rate_bp / 10_000
    return int(tax.quantize(Decimal(1), rounding=ROUND_HALF_UP))


class CheckoutMachine(RuleBasedStateMachine):
    """One checkout, its payments as a bank would hold them, and a clock that only moves forward."""

    @initialize(is_empty=RARELY)
    def open(self, is_empty: bool) -> None:
        """A fresh checkout, as a rule with what a returning customer starts with."""
        self.now = NOON
        self.policy = POLICY
        self.shop = SHOPS[0]
        self.checkout = empty_checkout()
        self.codec = CheckoutCodec()
        self.taken: dict[str, int] = {}
        self.held: dict[str, str] = {}
        self.asked: dict[str, int] = {}
        self.orders = 0
        if not is_empty:
            self.do(filled_in(lines=START))

    def do(self, command: Any) -> Transition | None:
        """Apply a command, check what every transition must do, and let the bank hear its effects."""
        before = self.checkout
        rules = evolve(self.shop, slots=evolve(SLOTS, taken=dict(self.taken)))
        try:
            done = transition(before, command, self.policy.quote, self.now, rules)
        except (Refused, InputError):
            return None
        after = done.checkout
        self.check_slots(before, command, after)
        assert after.version == before.version + (after is not before)
        if before.ending is not None:
            assert after is before
        elif after.ending is not None and after.ending.kind == "expired":
            assert self.now >= before.expires_at
        for effect in done.effects:
            if isinstance(effect, PlaceOrder):
                self.orders += 1
                sent = [line_id for d in after.deliveries for line_id in lines_of(after, d)]
                assert sorted(sent) == sorted(line.id for line in after.cart.lines if line.requires_shipping)
            elif isinstance(effect, Authorise):
                self.asked[f"p{effect.attempt}"] = effect.amount
            elif isinstance(effect, Capture):
                assert self.held[effect.payment_id] == "authorised"
                assert effect.amount == totals(ledger(after)).total == self.asked[effect.payment_id]
                self.held[effect.payment_id] = "captured"
            elif isinstance(effect, Void):
                self.held[effect.payment_id] = "voided"
        self.checkout = after
        return done

    def check_slots(self, before: Checkout, command: Any, after: Checkout) -> None:
        """A slot is the one that was asked for, of the chosen option, and there is room for it right now."""
        if isinstance(command, PaymentOutcome | Cancel | Expire):
            return
        mine = Counter(d.slot.id for d in after.deliveries if d.slot is not None)
        patches = command.deliveries if isinstance(command, Update) and command.deliveries else ()
        for delivery in after.deliveries:
            slot = delivery.slot
            if slot is None:
                continue
            was = next((d for d in before.deliveries if d.id == delivery.id), Delivery())
            asked = {patch.slot_id for patch in patches if patch.id == delivery.id}
            assert slot.id in {was.slot.id if was.slot else "", was.wanted_slot} | asked
            assert delivery.choice is not None
            assert delivery.choice.method_id in SLOTS.methods
            if self.checkout.ending is None and phase(before, self.now) == "open":
                assert self.taken.get(slot.id, 0) + mine[slot.id] <= slot.capacity
                assert self.now < slot.order_by

    @rule(ahead=st.sampled_from([*range(3, 10), None]), which=st.integers(0, 1))
    def pick_a_slot(self, ahead: int | None, which: int) -> None:
        """A slot of the days ahead, or none."""
        delivery = self.checkout.deliveries[which % len(self.checkout.deliveries)]
        slot_id = None if ahead is None else self.slot_on(ahead)
        done = self.do(Update(deliveries=(DeliveryPatch(id=delivery.id, slot_id=slot_id),)))
        if done is not None and ahead is not None:
            found = next(d for d in self.checkout.deliveries if d.id == delivery.id)
            assert slot_id in (found.slot.id if found.slot else "", found.wanted_slot)

    @rule(ahead=st.integers(3, 9), count=st.integers(0, 2))
    def others_take(self, ahead: int, count: int) -> None:
        """Other buyers take places, also ones whose hold here has run out, or give them back."""
        self.taken[self.slot_on(ahead)] = count

    def slot_on(self, ahead: int) -> str:
        """The slot so many days from now."""
        today = self.now.astimezone(ZoneInfo(ROUND.timezone)).date()
        return f"round@{today + dt.timedelta(days=ahead)}T18:00"

    @precondition(lambda self: self.checkout.ending is None)
    @rule(lines=LINES, is_empty=RARELY)
    def set_lines(self, lines: tuple[LineItem, ...], is_empty: bool) -> None:
        """Another cart."""
        if lines or is_empty:
            self.do(Update(lines=lines))

    @rule(place=st.sampled_from(PLACES), is_none=RARELY)
    def move(self, place: Any, is_none: bool) -> None:
        """Another destination, or none."""
        place = None if is_none else place
        self.do(Update(deliveries=(DeliveryPatch(id=self.checkout.deliveries[0].id, address=place),)))

    @rule(point_id=st.sampled_from(["shop", "shop", "kiosk", "ghost", None]), which=st.integers(0, 1))
    def collect(self, point_id: str | None, which: int) -> None:
        """A pickup point instead of the address, or none."""
        delivery = self.checkout.deliveries[which % len(self.checkout.deliveries)]
        done = self.do(Update(deliveries=(DeliveryPatch(id=delivery.id, pickup_point_id=point_id),)))
        if done is not None:
            found = next(d for d in self.checkout.deliveries if d.id == delivery.id)
            assert (found.pickup and found.pickup.id) == point_id

    @precondition(lambda self: self.checkout.ending is None)
    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        """Two destinations with a line of their own each, where there are lines."""
        ids = [line.id for line in self.checkout.cart.lines]
        if len(ids) < 2:
            return
        patches = (
            DeliveryPatch(id="one", line_ids=(ids[0],), address=data.draw(st.sampled_from(PLACES))),
            DeliveryPatch(
                id="rest",
                line_ids=data.draw(st.sampled_from([(), tuple(ids[1:])])),
                address=data.draw(st.sampled_from(PLACES)),
            ),
        )
        self.do(Update(deliveries=patches, replaces_deliveries=True))

    @rule(option=OPTIONS, which=st.integers(0, 1), offered=st.integers(0, 2))
    def select(self, option: str | None, which: int, offered: int) -> None:
        """Choose, as a rule from what is offered, or take the choice back."""
        delivery = self.checkout.deliveries[which % len(self.checkout.deliveries)]
        request = quote_request(self.checkout, delivery, self.now)
        options = self.policy.quote(request).options if request is not None else ()
        if offered and options:
            option = options[offered % len(options)].id
        done = self.do(Update(deliveries=(DeliveryPatch(id=delivery.id, option_id=option),)))
        if done is not None and option is not None:
            found = next(d for d in self.checkout.deliveries if d.id == delivery.id)
            assert found.wanted == option

    @rule(
        email=st.sampled_from(["", *["eva@example.com"] * 4, "nonsense"]),
        token=st.sampled_from([*["tok_ok"] * 4, None]),
        is_billed_elsewhere=st.booleans(),
    )
    def fill_in(self, email: str, token: str | None, is_billed_elsewhere: bool) -> None:
        """Contact, payment and billing."""
        self.do(
            Update(
                contact=ContactPatch(email=email),
                payment=pays_with(token) if token else None,
                billing=Billing(address=PLACES[1]) if is_billed_elsewhere else None,
            )
        )

    @rule(
        lines=LINES.filter(bool), place=st.sampled_from(PLACES), token=st.sampled_from(["tok_ok", "tok_3ds"])
    )
    def fill_in_everything(self, lines: tuple[LineItem, ...], place: Any, token: str) -> None:
        """What a returning customer starts with."""
        patch = DeliveryPatch(address=place)
        if self.checkout.ending is not None:
            self.open(is_empty=False)
        self.do(evolve(filled_in(lines=lines), deliveries=(patch,), replaces_deliveries=True))

    @precondition(lambda self: self.checkout.ending is None)
    @rule(is_meant=RARELY)
    def start_over(self, is_meant: bool) -> None:
        """A full replacement that names nothing."""
        if is_meant:
            self.do(Update(replaces=True))

    @rule(minutes=st.sampled_from([1, 10, 60, 1500]))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self.now += dt.timedelta(minutes=minutes)

    @precondition(lambda self: self.checkout.ending is None)
    @rule(policy=st.sampled_from(POLICIES))
    def change_policy(self, policy: FixedPolicy) -> None:
        """The merchant edits the policy; the price shown stands while it is valid."""
        self.policy = policy

    @precondition(lambda self: self.checkout.ending is None)
    @rule(shop=st.sampled_from(SHOPS))
    def change_points(self, shop: Rules) -> None:
        """Pickup points move, close and open again."""
        self.shop = shop

    @rule(command=st.sampled_from([Refresh(), Approve(by="boss"), Remind(at=NOON)]))
    def look(self, command: Any) -> None:
        """What the shop does on its own."""
        self.do(command)

    @rule(outcome=st.sampled_from([*OUTCOMES, "authorised", None]))
    def complete(self, outcome: str | None) -> None:
        """Place the order, twice where the first is refused with news: the second may be the buyer's yes."""
        try:
            done = self.do(Complete())
            if done is not None and done.refusal is not None:
                self.do(Complete())
        except NotReady:
            assert problems(self.checkout)
        if outcome is not None and phase(self.checkout, self.now) == "authorising":
            self.hear(outcome, late=False)

    @precondition(lambda self: self.checkout.attempt is not None)
    @rule(
        state=st.sampled_from(["authorised", "captured", "authentication", "declined", "pending"]),
        late=st.booleans(),
    )
    def hear_from_the_bank(self, state: str, late: bool) -> None:
        """An outcome of this attempt, or a late one of an earlier attempt."""
        self.hear(state, late=late)

    def hear(self, state: str, *, late: bool) -> None:
        """The bank's word, as far as the bank itself would say it."""
        attempt = self.checkout.attempt
        assert attempt is not None
        number = max(1, attempt.number - late)
        payment_id = f"p{number}"
        known = self.held.get(payment_id)
        if known in ("captured", "voided") or (known == "authorised" and state != "authorised"):
            return
        if state in ("authorised", "captured"):
            self.held[payment_id] = state
        self.do(PaymentOutcome(attempt=number, state=state, payment_id=payment_id, action_url="https://b"))  # type: ignore[arg-type]

    @rule(command=st.sampled_from([Expire(), Expire(), Cancel(reason="x")]), is_meant=RARELY)
    def end(self, command: Any, is_meant: bool) -> None:
        """Run out of time, or give up."""
        if is_meant or isinstance(command, Expire):
            self.do(command)

    @precondition(lambda self: self.checkout.ending is not None)
    @rule(is_empty=RARELY)
    def open_another(self, is_empty: bool) -> None:
        """The next buyer, when this one is through."""
        self.open(is_empty)

    @invariant()
    def totals_are_the_sum_of_components(self) -> None:
        """The total is what the lines, their tax and the chosen options cost, and an option is its parts."""
        entries = ledger(self.checkout)
        assert totals(entries).total == sum(c.amount for c in entries if not c.is_included)
        expected = sum(
            line.quantity * line.unit_price + half_up(line.quantity * line.unit_price, line.tax_rate_bp or 0)
            for line in self.checkout.cart.lines
        )
        expected += sum(d.choice.price for d in self.checkout.deliveries if d.choice is not None)
        assert totals(entries).total == expected
        for delivery in self.checkout.deliveries:
            if delivery.choice is not None:
                parts = sum(p.amount_minor for p in delivery.choice.components if p.kind != "tax_included")
                assert parts == delivery.choice.price

    @invariant()
    def only_offered_options_are_chosen(self) -> None:
        """Every choice was offered by some policy for its place, by name and at a price it could have."""
        for delivery in self.checkout.deliveries:
            if delivery.choice is None:
                continue
            request = quote_request(self.checkout, delivery, delivery.choice.quoted_at)
            assert request is not None
            shown = [(o.id, o.price_minor) for policy in POLICIES for o in policy.quote(request).options]
            assert (delivery.choice.option_id, delivery.choice.price) in shown

    @invariant()
    def every_choice_goes_where_the_delivery_goes(self) -> None:
        """An address or a point, never both; the method chosen goes there, and the place is known."""
        for delivery in self.checkout.deliveries:
            assert delivery.address is None or delivery.pickup is None
            point_id = delivery.pickup.id if delivery.pickup is not None else ""
            if delivery.choice is not None:
                assert self.shop.pickup.serves(delivery.choice.method_id, point_id)
                assert delivery.pickup is None or delivery.pickup.address is not None

    @invariant()
    def money_belongs_to_an_order(self) -> None:
        """At most one order, made exactly when completed; no money is held without one."""
        ending = self.checkout.ending
        assert self.orders == (ending is not None and ending.kind == "completed")
        attempt = self.checkout.attempt
        ours = attempt.payment_id if attempt is not None and attempt.state == "authorised" else ""
        taken = [payment for payment, state in self.held.items() if state in ("authorised", "captured")]
        assert set(taken) <= {ours}

    @invariant()
    def status_follows_from_the_facts(self) -> None:
        """Status and problems are computed for whatever state there is, and agree with the phase."""
        found = problems(self.checkout)
        word = status(self.checkout, found, self.now).name
        assert (word == "ready") == (phase(self.checkout, self.now) == "open" and not found)

    @invariant()
    def the_document_reads_back(self) -> None:
        """What is stored, over what the last version was written as, is what was."""
        text = self.codec.encode(self.checkout)
        assert CheckoutCodec().decode(self.checkout.id, text) == self.checkout


TestCheckoutMachine = CheckoutMachine.TestCase
TestCheckoutMachine.settings = settings(
    max_examples=RUNS,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def deep_run(runs: int = 500, steps: int = 300) -> str:
    """The same machine for longer; what it did, in one line. A violation raises."""
    done: Counter[str] = Counter()

    class Counted(CheckoutMachine):
        def do(self, command: Any) -> Transition | None:
            done["commands"] += 1
            result = super().do(command)
            for effect in result.effects if result is not None else ():
                done[type(effect).__name__] += 1
            return result

        def teardown(self) -> None:
            done["runs"] += 1

    run_state_machine_as_test(
        Counted,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return (
        f"state machine: {done['runs']} runs, {done['commands'] // done['runs']} commands a run on average, "
        f"{done['PlaceOrder']} orders, {done['Void']} voids, 0 violations"
    )


if __name__ == "__main__":
    print(deep_run())  # noqa: T201
