"""One method's compiled terms in one kind of zone, and the full walk from facts to an itemised price."""

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from checkout_kit.cart import LineItem
from checkout_kit.money import Money, divide_half_up
from checkout_kit.promise import PromiseRule
from checkout_kit.shipping.bases import Base, unknown
from checkout_kit.shipping.conditions import Condition, Need
from checkout_kit.shipping.facts import Facts
from checkout_kit.shipping.goods_basis import HOUSE_BASIS, Basis, Counted
from checkout_kit.shipping.notation import Ratio
from checkout_kit.shipping.steps import (
    Refusal,
    Step,
    bounded,
    cut_amount,
    cut_percent,
    per_unit,
    percent,
    stated,
)

Zones = frozenset[str] | None
"""In which zones a term applies; None is everywhere."""


@frozen(kw_only=True)
class Carbon:
    """Grams of CO2e per order, per kg, and per kg and km."""

    per_order: float = 0.0
    per_kg: float = 0.0
    per_kg_km: float = 0.0


@frozen(kw_only=True, eq=False)
class Face:
    """What all rates of one method share, and where the method stands in the policy."""

    index: int
    method_id: str
    title: str
    description: str = ""
    service: str = ""
    carbon: Carbon | None = None
    origin: str = ""
    zone_names: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where the policy states it."""
        return f"methods[{self.index}]"


@frozen
class Guard:
    """A condition without which the method is withheld, with the reason to give."""

    reason: str
    condition: Condition


@frozen(kw_only=True)
class Surcharge:
    """A fee: `amount` per order, item or started kg, or a share of base, running total or goods.

    `counted` says which lines a fee per item or kg looks at; without it, at all that are charged.
    """

    label: str
    path: str
    amount: int | None = None
    per: str = "order"
    share: Ratio | None = None
    of: str = "base"
    counted: Counted | None = None
    floor: int | None = None
    ceiling: int | None = None
    zones: Zones = None
    when: Condition | None = None

    def lacks_weight(self, facts: Facts) -> bool:
        """Whether the fee applies and asks for a weight that nobody knows."""
        if self.per != "kg" or not (self.when is None or self.when.holds(facts)):
            return False
        return any(facts.item_weight_g(line) is None for line in self._lines(facts))

    def steps(self, facts: Facts, base: int, running: int) -> list[Step]:
        """The fee, and what brings it within its own floor and ceiling."""
        if self.when is not None and not self.when.holds(facts):
            return []
        if self.share is not None:
            of = {"base": base, "running": running, "goods": facts.package_goods}[self.of]
            steps = [percent(self.label, of, self.share, self.path, kind="surcharge")]
        elif self.per == "order":
            steps = [stated(self.label, self.amount or 0, self.path, kind="surcharge")]
        else:
            if self.counted is not None and not self._lines(facts):
                return []
            count = self._count(facts)
            steps = [per_unit(self.label, self.amount or 0, count, 1, self.path, kind="surcharge")]
        total = steps[0].amount_minor
        if self.floor is not None and total < self.floor:
            steps.append(bounded("raise_to", self.label, total, self.floor, self.path, kind="surcharge"))
        elif self.ceiling is not None and total > self.ceiling:
            steps.append(bounded("lower_to", self.label, total, self.ceiling, self.path, kind="surcharge"))
        return steps

    def _count(self, facts: Facts) -> int:
        """The units, or the started kilograms, that are charged."""
        if self.counted is None:
            return facts.quantity if self.per == "item" else -(-facts.weight_g // 1000)
        lines = self._lines(facts)
        if self.per == "item":
            return sum(line.quantity for line in lines)
        return -(-sum(line.quantity * (facts.item_weight_g(line) or 0) for line in lines) // 1000)

    def _lines(self, facts: Facts) -> list[LineItem]:
        """The lines that a fee per item or kg looks at."""
        return [line for line in facts.charged_lines() if self.counted is None or self.counted(line)]


@frozen(kw_only=True)
class FreeTerms:
    """When a method is free: from a goods total, with a code, with either, or only with both."""

    path: str
    threshold: int | None = None
    amount: Money | None = None
    basis: Basis = field(factory=Basis)
    codes: frozenset[str] = frozenset()
    needs: str = "amount"
    zones: Zones = None
    when: Condition | None = None
    keeps_surcharges: bool = False
    is_plain: bool = field(init=False)
    """Whether nothing but the usual goods total decides."""

    @is_plain.default
    def _is_plain(self) -> bool:
        usual = self.needs == "amount" and self.when is None and self.basis == HOUSE_BASIS
        return usual and self.threshold is not None

    def has_code(self, facts: Facts) -> bool:
        """Whether one of the codes was entered."""
        return not self.codes.isdisjoint(facts.request.cart.discount_codes)

    def reached(self, facts: Facts) -> bool:
        """Whether shipping is free; an amount counts as reached when it is equalled."""
        if self.is_plain and self.threshold is not None:
            return facts.goods >= self.threshold
        if self.when is not None and not self.when.holds(facts):
            return False
        enough = self.threshold is not None and facts.goods_total(self.basis) >= self.threshold
        if self.needs == "amount":
            return enough
        if self.needs == "code":
            return self.has_code(facts)
        if self.needs == "both":
            return enough and self.has_code(facts)
        return enough or self.has_code(facts)


@frozen(kw_only=True)
class Promotion:
    """A cut of the shipping price by a share, by an amount, or down to a price."""

    label: str
    path: str
    share: Ratio | None = None
    amount: int | None = None
    price: int | None = None
    codes: frozenset[str] | None = None
    zones: Zones = None
    when: Condition | None = None
    exclusive: bool = False

    def applies(self, facts: Facts) -> bool:
        """Whether its codes and condition are met."""
        if self.codes is not None and self.codes.isdisjoint(facts.request.cart.discount_codes):
            return False
        return self.when is None or self.when.holds(facts)

    def step(self, total: int) -> Step:
        """The cut on what is left to pay."""
        if self.share is not None:
            return cut_percent(self.label, total, self.share, self.path)
        if self.amount is not None:
            return cut_amount(self.label, total, self.amount, self.path)
        return bounded("lower_to", self.label, total, self.price or 0, self.path, kind="shipping_discount")


@frozen(kw_only=True)
class TaxTerms:
    """Tax on shipping, contained in the price or added to it; no share means proportional to the goods."""

    is_added: bool
    share: Ratio | None = None
    by_zone: Mapping[str, Ratio] = field(factory=dict, hash=False)
    is_proportional: bool = False
    path: str = "tax"

    def minor(self, total: int, facts: Facts) -> int:
        """The tax on (or in) a total, rounded half-up once per goods rate."""
        if self.share is not None:
            top, bottom = self.share.numerator, self.share.denominator
            return divide_half_up(total * top, bottom if self.is_added else bottom + top)
        goods: dict[int, int] = {}
        lines = facts.request.cart.lines
        # Samples that cost nothing still have a tax rate, which the shipping paid for them must bear.
        is_priced = any(line.total for line in lines)
        for line in lines:
            rate = line.tax_rate_bp or 0
            goods[rate] = goods.get(rate, 0) + (line.total if is_priced else line.quantity)
        whole = sum(goods.values())
        return sum(
            divide_half_up(total * value * rate, whole * (10_000 if self.is_added else 10_000 + rate))
            for rate, value in goods.items()
            if value
        )


@frozen(kw_only=True, eq=False)
class Rate:
    """All terms of one method where one kind of zone is concerned; zone conditions are already decided."""

    face: Face
    base: Base
    path: str
    guards: tuple[Guard, ...] = ()
    floor: int | None = None
    ceiling: int | None = None
    surcharges: tuple[Surcharge, ...] = ()
    free: FreeTerms | None = None
    promotions: tuple[Promotion, ...] = ()
    tax: TaxTerms | None = None
    lane: PromiseRule | None = None


@frozen(eq=False)
class Itemised:
    """A price with its steps; `regular_minor` is before free shipping and promotions, both with added tax."""

    steps: tuple[Step, ...]
    price_minor: int
    regular_minor: int
    tax_minor: int


def itemise(rate: Rate, numbers: Sequence[int], facts: Facts) -> Itemised | Refusal:
    """The price in its stated order: base, floor and ceiling, surcharges, free shipping, promotions, tax."""
    for guard in rate.guards:
        if not guard.condition.holds(facts):
            return _guarded(guard, facts)
    found = _base_steps(rate, numbers, facts)
    if isinstance(found, Refusal):
        return found
    steps = found
    base = running = sum(step.amount_minor for step in steps)
    for surcharge in rate.surcharges:
        added = surcharge.steps(facts, base, running)
        for step in added:
            running += step.amount_minor
        steps += added
    net = running
    if rate.free is not None and running and rate.free.reached(facts):
        waived = base if rate.free.keeps_surcharges else running
        steps.append(cut_amount("free shipping", running, waived, rate.free.path))
        net += steps[-1].amount_minor
    for promotion in rate.promotions:
        if net > 0 and promotion.applies(facts):
            steps.append(promotion.step(net))
            net += steps[-1].amount_minor
            if promotion.exclusive:
                break
    if rate.tax is None:
        return Itemised(tuple(steps), net, running, 0)
    tax = rate.tax.minor(net, facts)
    if not rate.tax.is_added:
        return Itemised(tuple(steps), net, running, tax)
    if tax:
        steps.append(stated("tax", tax, rate.tax.path, kind="tax"))
    return Itemised(tuple(steps), net + tax, running + rate.tax.minor(running, facts), tax)


def _base_steps(rate: Rate, numbers: Sequence[int], facts: Facts) -> list[Step] | Refusal:
    if facts.quantity == 0:
        return [stated("every item ships free", 0, rate.path)]
    found = rate.base.steps(facts, numbers)
    if isinstance(found, Refusal):
        return found
    if not facts.charged_weight_is_known and any(fee.lacks_weight(facts) for fee in rate.surcharges):
        return unknown("weight")
    total = sum(step.amount_minor for step in found)
    if rate.floor is not None and total < rate.floor:
        found.append(bounded("raise_to", "minimum price", total, rate.floor, f"{rate.path}.floor"))
    elif rate.ceiling is not None and total > rate.ceiling:
        found.append(bounded("lower_to", "maximum price", total, rate.ceiling, f"{rate.path}.ceiling"))
    return found


def all_refusals(rate: Rate, numbers: Sequence[int], facts: Facts) -> tuple[Refusal, ...]:
    """Everything that stands in the way of offering the method, not only the first thing."""
    found = [_guarded(guard, facts) for guard in rate.guards if not guard.condition.holds(facts)]
    priced = _base_steps(rate, numbers, facts)
    return (*found, priced) if isinstance(priced, Refusal) else tuple(found)


def _guarded(guard: Guard, facts: Facts) -> Refusal:
    needs = guard.condition.needs(facts)
    unknown = [need for need in needs if need.change.kind.endswith("_facts")]
    return Refusal(
        reason=f"{unknown[0].change.kind[4:-6]}_unknown" if unknown else guard.reason,
        message="; ".join(_said(needs, "message")),
        hint=" and ".join(_said(needs, "hint")),
        changes=tuple(dict.fromkeys(need.change for need in needs)),
    )


def _said(needs: tuple[Need, ...], part: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for need in needs if (text := getattr(need, part))))
