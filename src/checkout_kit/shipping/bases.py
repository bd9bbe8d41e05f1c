"""What a price is based on: each basis turns facts into price steps, or says why it cannot."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from checkout_kit.money import Money
from checkout_kit.shipping.conditions import Condition
from checkout_kit.shipping.facts import Facts
from checkout_kit.shipping.goods_basis import HOUSE_BASIS
from checkout_kit.shipping.notation import Ratio
from checkout_kit.shipping.steps import Refusal, Step, per_unit, percent, stated
from checkout_kit.shipping.values import Change

Steps = list[Step]
_UNIT_NAMES = {"weight": "g", "billable weight": "g", "quantity": "units", "distance": "m"}
_CHANGED = {"weight": "weight_g", "billable weight": "weight_g"}


class Base(Protocol):
    """A compiled basis. `numbers` are its prices for the zone, as many as `size` says."""

    @property
    def size(self) -> int:
        """How many numbers it needs."""

    def steps(self, facts: Facts, numbers: Sequence[int]) -> Steps | Refusal:
        """The steps of the price before surcharges."""


@frozen
class Flat:
    """One price per order."""

    path: str
    size: int = 1

    def steps(self, facts: Facts, numbers: Sequence[int]) -> Steps | Refusal:
        """The one price."""
        return [stated("shipping", numbers[0], self.path)]


@frozen(kw_only=True)
class Above:
    """Beyond the last tier: `price` (None: that of the last tier) and so much per unit, or repeated bands."""

    price: int | None
    per_unit: int = 0
    unit: int = 1
    each_started: int = 0
    repeat: bool = False
    start: int = 0
    """From where units are counted: the last bound as written; of items, how many the tiers cover."""


def measure(facts: Facts, name: str, divisor: int, origin: str) -> int | None:
    """What tiers and formulas measure: the charged part of the cart, or the distance; None where unknown."""
    if name == "goods":
        return facts.package_goods
    if name == "quantity":
        return facts.quantity
    if name == "distance":
        return facts.distance_m(origin)
    if not facts.charged_weight_is_known:
        return None
    return facts.billable_weight_g(divisor) if name == "billable weight" else facts.weight_g


def unknown(name: str) -> Refusal:
    """The refusal where a basis needs a fact that nobody knows."""
    word = "distance" if name == "distance" else "weight"
    return Refusal(
        reason=f"{word}_unknown",
        message=f"the {word} is not known",
        hint=f"tell the {word}" + (" of every item" if word == "weight" else ""),
        changes=(Change(kind=f"add_{word}_facts"),),
    )


@frozen(kw_only=True)
class Tiers:
    """Prices by band of one measure; `bounds` are inclusive upper bounds in its smallest unit."""

    by: str
    bounds: tuple[int, ...]
    path: str
    low: int = 0
    above: Above | None = None
    whens: tuple[Condition | None, ...] | None = None
    divisor: int = 0
    origin: str = ""
    label: str = "shipping"

    @property
    def size(self) -> int:
        """One price per band."""
        return len(self.bounds)

    def steps(self, facts: Facts, numbers: Sequence[int]) -> Steps | Refusal:
        """The price of the first band that reaches the measure and whose condition, if any, holds."""
        value = measure(facts, self.by, self.divisor, self.origin)
        if value is None:
            return unknown(self.by)
        if value < self.low:
            return self._outside(facts, "below_first_tier", "add", self.low - value, self.low)
        band = bisect_left(self.bounds, value)
        if self.whens is not None:
            while band < len(self.bounds) and not self._open(band, facts):
                band += 1
        if band < len(self.bounds):
            return [stated(self.label, numbers[band], f"{self.path}[{band}]")]
        if value > self.bounds[-1]:
            return self._beyond(facts, value, numbers)
        return Refusal(reason="condition_not_met", message="no tier applies to this order")

    def _open(self, band: int, facts: Facts) -> bool:
        when = self.whens[band] if self.whens else None
        return when is None or when.holds(facts)

    def _beyond(self, facts: Facts, value: int, numbers: Sequence[int]) -> Steps | Refusal:
        above, top = self.above, self.bounds[-1]
        if above is None:
            return self._outside(facts, "above_last_tier", "remove", value - top, top)
        path = f"{self.path.rpartition('.')[0]}.above"
        if above.repeat:
            whole, rest = divmod(value, top)
            steps = [per_unit(f"{whole} whole top bands", numbers[-1], whole, 1, path)]
            if rest:
                band = bisect_left(self.bounds, rest)
                steps.append(stated("the remainder", numbers[band], f"{self.path}[{band}]"))
            return steps
        price = numbers[-1] if above.price is None else above.price
        steps = [stated(self.label, price, path)]
        if above.per_unit:
            over = value - above.start
            if above.each_started:
                over = -(-over // above.each_started) * above.each_started
            steps.append(per_unit("above the last tier", above.per_unit, over, above.unit, path))
        return steps

    def _outside(self, facts: Facts, reason: str, verb: str, distance: int, bound: int) -> Refusal:
        if self.by == "goods":
            missing, at = (Money(n, facts.request.cart.currency) for n in (distance, bound))
            changes = (Change(kind=f"{verb}_goods", amount=missing),)
            hint, where = f"{verb} goods worth {missing}", f"{at}"
        else:
            unit = _UNIT_NAMES[self.by]
            changes = (Change(kind=f"{verb}_{_CHANGED.get(self.by, self.by)}", count=distance),)
            hint, where = f"{verb} {distance} {unit}", f"{bound} {unit}"
        side = "over" if verb == "remove" else "under"
        name = "goods total" if self.by == "goods" else self.by
        return Refusal(reason=reason, message=f"the {name} is {side} {where}", hint=hint, changes=changes)


@frozen(kw_only=True)
class PerItem:
    """A price for the first unit and one for each further unit."""

    first: int
    each: int
    path: str
    size: int = 0

    def steps(self, facts: Facts, numbers: Sequence[int]) -> Steps | Refusal:
        """The first unit, then the others."""
        steps = [stated("first item", self.first, self.path)]
        if facts.quantity > 1:
            others = facts.quantity - 1
            steps.append(per_unit("further items", self.each, others, 1, self.path))
        return steps


@frozen(kw_only=True)
class Formula:
    """A sum of terms, each rounded half-up on its own; a term that is None is absent."""

    path: str
    base: int | None = None
    per_item: int | None = None
    per_kg: int | None = None
    per_km: int | None = None
    share: Ratio | None = None
    divisor: int = 0
    origin: str = ""
    size: int = 0

    def steps(self, facts: Facts, numbers: Sequence[int]) -> Steps | Refusal:
        """Base, per item, per kg, per km, then the share of the goods."""
        steps: Steps = []
        if self.base is not None:
            steps.append(stated("base", self.base, self.path))
        weight = "billable weight" if self.divisor else "weight"
        terms = (
            ("quantity", "per item", self.per_item, 1),
            (weight, "per kg", self.per_kg, 1000),
            ("distance", "per km", self.per_km, 1000),
        )
        for name, label, price, unit in terms:
            if price is not None:
                count = measure(facts, name, self.divisor, self.origin)
                if count is None:
                    return unknown(name)
                steps.append(per_unit(label, price, count, unit, self.path))
        if self.share is not None:
            steps.append(percent("share of goods", facts.package_goods, self.share, self.path))
        return steps


@frozen(kw_only=True)
class Charge:
    """What one shipping class costs: once, per unit, and as a share of the class's goods."""

    price: int | None = None
    each: int | None = None
    share: Ratio | None = None

    def steps(self, label: str, quantity: int, goods: int, path: str) -> Steps:
        """The charge's terms that are stated."""
        steps: Steps = []
        if self.price is not None:
            steps.append(stated(label, self.price, path))
        if self.each is not None:
            steps.append(per_unit(f"{label}, each", self.each, quantity, 1, path))
        if self.share is not None:
            steps.append(percent(f"{label}, share", goods, self.share, path))
        return steps


@frozen(kw_only=True)
class PerClass:
    """Charges by shipping class: their sum, the dearest (ties to the first in the policy), or per unit."""

    charges: tuple[tuple[str, Charge], ...]
    other: Charge | None
    base: int | None
    combine: str
    path: str
    size: int = 0

    def steps(self, facts: Facts, numbers: Sequence[int]) -> Steps | Refusal:
        """The base, then the classes in the policy's order, unlisted ones last."""
        known = dict(self.charges)
        parts: dict[str, list[int]] = {name: [0, 0] for name in (*known, "")}
        cart = facts.request.cart
        for line, goods in zip(cart.lines, HOUSE_BASIS.per_line(cart), strict=True):
            if line.ships_free or not line.requires_shipping:
                continue
            name = line.shipping_class if line.shipping_class in known else ""
            if name not in known and self.other is None:
                return self._unpriced(line.shipping_class)
            parts[name][0] += line.quantity
            parts[name][1] += goods
        found: list[Steps] = []
        for name, (quantity, worth) in parts.items():
            if quantity:
                charge = known.get(name, self.other) or Charge()
                path = f"{self.path}.classes.{name}" if name in known else f"{self.path}.other"
                found.append(self._charged(charge, name or "other items", quantity, worth, path))
        if self.combine == "dearest" and found:
            found = [max(found, key=lambda steps: sum(step.amount_minor for step in steps))]
        start = [] if self.base is None else [stated("base", self.base, f"{self.path}.base")]
        return start + [step for steps in found for step in steps]

    def _charged(self, charge: Charge, label: str, quantity: int, goods: int, path: str) -> Steps:
        if self.combine == "per item" and charge.price is not None:
            unit = per_unit(label, charge.price, quantity, 1, path)
            rest = Charge(each=charge.each, share=charge.share)
            return [unit, *rest.steps(label, quantity, goods, path)]
        return charge.steps(label, quantity, goods, path)

    def _unpriced(self, name: str) -> Refusal:
        return Refusal(
            reason="class_not_priced",
            message=f"items of class {name!r} have no price with this method",
            hint=f"take out items of class {name!r}",
            changes=(Change(kind="remove_items", names=(name,)),),
        )


@frozen(kw_only=True)
class Live:
    """What a live source answered for the method, else the stored price."""

    method_id: str
    otherwise: Base | None
    path: str

    @property
    def size(self) -> int:
        """As many numbers as the stored price needs."""
        return 0 if self.otherwise is None else self.otherwise.size

    def steps(self, facts: Facts, numbers: Sequence[int]) -> Steps | Refusal:
        """The live rate, or the fallback's steps."""
        rate = facts.live_rate(self.method_id)
        if rate is not None:
            return [stated(f"live rate of {rate.source}", rate.price_minor, self.path)]
        if self.otherwise is not None:
            return self.otherwise.steps(facts, numbers)
        message = "no live rate arrived and the policy states no other price"
        return Refusal(reason="live_rate_missing", message=message, hint="try again later")
