"""Making the plan of the quick walk: which rates have a lean entry, and what such entries share."""

from collections.abc import Sequence
from functools import partial

from checkout_kit.shipping.bases import Flat, Tiers
from checkout_kit.shipping.conditions import Condition, NumberTest
from checkout_kit.shipping.connectives import AllOf
from checkout_kit.shipping.facts import Facts
from checkout_kit.shipping.goods_basis import HOUSE_BASIS
from checkout_kit.shipping.lean import (
    FIRST_SLOT,
    GOODS,
    PACKAGE_GOODS,
    QUANTITY,
    SENT_QUANTITY,
    SENT_WEIGHT,
    UNBOUNDED,
    WEIGHT,
    ZERO,
    Bands,
    Entry,
    Fee,
    LeanPlan,
    Shape,
    Slot,
    Special,
    Test,
)
from checkout_kit.shipping.rate import FreeTerms, Rate, Surcharge, TaxTerms
from checkout_kit.shipping.steps import Refusal
from checkout_kit.shipping.time_tests import time_tests

_TESTED = {"weight": SENT_WEIGHT, "goods": GOODS, "quantity": SENT_QUANTITY}
_BANDED = {"weight": WEIGHT, "goods": PACKAGE_GOODS, "quantity": QUANTITY}
_ALWAYS = 0
_FULL_WALK: Bands = (ZERO, ())
_ONE_BAND = (UNBOUNDED,)
# Beyond the one band, so that the full walk says why.
_REFUSED = UNBOUNDED + 1
_PLAIN: Special = (0, 0, None)


class _Draft:
    """A plan being made: what entries share, each thing with its number."""

    def __init__(self) -> None:
        self.slots: dict[object, tuple[int, Slot]] = {}
        self.tests: dict[Test, int] = {(ZERO, 0, 0): _ALWAYS}
        self.bands: dict[Bands, int] = {_FULL_WALK: 0}
        self.fees: dict[tuple[Fee, ...], int] = {(): 0}
        self.specials: dict[Special, int] = {_PLAIN: 0}

    def entry(self, rate: Rate, at: int) -> Entry:
        """The rate's lean form, or one that leaves it to the full walk."""
        if not _is_lean(rate):
            return rate.face, 0, 0, at, UNBOUNDED, 0
        base, bands = self._base(rate)
        shape = Shape(
            base=base,
            least=0 if rate.floor is None else rate.floor,
            most=UNBOUNDED if rate.ceiling is None else rate.ceiling,
            fees=tuple(self._counted(fee) for fee in rate.surcharges if not _is_plain(fee)),
            **_added_tax(rate.tax),
        )
        fees = tuple(self._fee(fee) for fee in rate.surcharges if _is_plain(fee))
        guard = self._test(tuple(guard.condition for guard in rate.guards))
        free_from, free_if = self._free(rate.free)
        special = (guard, free_if, None if shape == Shape() else shape)
        return (
            rate.face,
            self.specials.setdefault(special, len(self.specials)),
            self.bands.setdefault(bands, len(self.bands)),
            at,
            free_from,
            self.fees.setdefault(fees, len(self.fees)),
        )

    def _base(self, rate: Rate) -> tuple[int, Bands]:
        """The number the price starts from, ZERO for the row's, and the bands it is looked up in."""
        base = rate.base
        if isinstance(base, Flat):
            return ZERO, (ZERO, _ONE_BAND)
        if isinstance(base, Tiers) and not base.low and base.whens is None:
            return ZERO, (self._measured(base), base.bounds)
        index = rate.face.index

        def amount(facts: Facts) -> int:
            found = base.steps(facts, facts.cell.numbers(index))
            return _REFUSED if isinstance(found, Refusal) else sum(step.amount_minor for step in found)

        number = self._slot(("base", index), amount)
        return number, (number, _ONE_BAND)

    def _measured(self, base: Tiers) -> int:
        if base.by == "distance":
            return self._slot(("distance", base.origin), partial(_distance_m, base.origin))
        if base.by == "billable weight":
            divisor = base.divisor
            return self._slot(("billable", divisor), lambda facts: facts.billable_weight_g(divisor))
        return _BANDED[base.by]

    def _counted(self, fee: Surcharge) -> int:
        """The number of a fee that looks at the cart alone."""
        return self._slot(fee, lambda facts: sum(step.amount_minor for step in fee.steps(facts, 0, 0)))

    def _slot(self, key: object, work_out: Slot) -> int:
        if key not in self.slots:
            self.slots[key] = (FIRST_SLOT + len(self.slots), work_out)
        return self.slots[key][0]

    def _test(self, conditions: tuple[Condition, ...]) -> int:
        if not conditions:
            return _ALWAYS
        whole = conditions[0] if len(conditions) == 1 else AllOf(conditions)
        test = _sum_test(whole) or (self._slot(whole, whole.holds), 1, 1)
        return self.tests.setdefault(test, len(self.tests))

    def _fee(self, fee: Surcharge) -> Fee:
        test = self._test(() if fee.when is None else (fee.when,))
        if fee.share is None:
            return test, fee.amount or 0, 0, 1, 1
        top, bottom = fee.share.numerator, fee.share.denominator
        return test, 0, 2 * top, bottom, 2 * bottom

    def _free(self, free: FreeTerms | None) -> tuple[int, int]:
        if free is None:
            return UNBOUNDED, 0
        if free.is_plain and free.threshold is not None:
            return free.threshold, 0
        test = (self._slot(free, free.reached), 1, 1)
        return UNBOUNDED, self.tests.setdefault(test, len(self.tests))


def _sum_test(condition: Condition) -> Test | None:
    """The condition as bounds on one of the sums of every cart, or None where it is not that simple."""
    if (
        not isinstance(condition, NumberTest)
        or condition.fact not in _TESTED
        or condition.basis != HOUSE_BASIS
    ):
        return None
    low = 0 if condition.low is None else condition.low
    high = UNBOUNDED if condition.high is None else condition.high
    return _TESTED[condition.fact], low, high


def _is_lean(rate: Rate) -> bool:
    """Whether integers alone can price it; the order of the other terms matters."""
    keeps = rate.free is not None and rate.free.keeps_surcharges
    # A cut for a code is not met while no code is entered.
    is_cut = any(cut.codes is None for cut in rate.promotions)
    # Contained tax leaves the price alone; without a share of its own, added tax depends on the lines.
    is_split = rate.tax is not None and rate.tax.is_added and rate.tax.share is None
    return not keeps and not is_cut and not is_split and all(map(_is_known, rate.surcharges))


def _is_plain(fee: Surcharge) -> bool:
    """Whether a fee is a fixed amount or a share of the base."""
    is_bounded = fee.floor is not None or fee.ceiling is not None
    return not is_bounded and (fee.per == "order" if fee.share is None else fee.of == "base")


def _is_known(fee: Surcharge) -> bool:
    """Whether a fee is plain, or the cart alone decides on it."""
    return _is_plain(fee) or fee.share is None or fee.of == "goods"


def _added_tax(tax: TaxTerms | None) -> dict[str, int]:
    if tax is None or not tax.is_added or tax.share is None:
        return {}
    top, bottom = tax.share.numerator, tax.share.denominator
    return {"tax_twice": 2 * top, "tax_whole": bottom, "tax_twice_whole": 2 * bottom}


def _distance_m(origin: str, facts: Facts) -> int:
    """The distance; where nobody knows it, one beyond all bands, so that the full walk says why."""
    distance_m = facts.distance_m(origin)
    return UNBOUNDED if distance_m is None else distance_m


def lean_plan(rates: Sequence[Rate | None], offsets: Sequence[int]) -> LeanPlan:
    """The plan for some rates, each with its numbers at an offset of the row."""
    draft = _Draft()
    held = [(rate, at) for rate, at in zip(rates, offsets, strict=True) if rate is not None]
    lanes = [rate.lane for rate, _ in held]
    entries = tuple(draft.entry(rate, at) for rate, at in held)
    ship_froms = list(dict.fromkeys(lane.ship_from for lane in lanes if lane is not None))
    destinations = list(dict.fromkeys(lane.destination for lane in lanes if lane is not None))
    return LeanPlan(
        entries=entries,
        slots=tuple(slot for _, slot in draft.slots.values()),
        slot_keys=tuple(draft.slots),
        tests=tuple(draft.tests),
        bands=tuple(draft.bands),
        fees=tuple(draft.fees),
        specials=tuple(draft.specials),
        offsets=tuple(offsets),
        rates=tuple(rate for rate, _ in held),
        free_rates=tuple(rate for rate, _ in held if rate.free is not None),
        time_tests=tuple(dict.fromkeys(test for rate, _ in held for test in time_tests(rate))),
        ship_froms=tuple(ship_froms),
        destinations=tuple(destinations),
        lanes=tuple(
            None
            if lane is None
            else (lane, ship_froms.index(lane.ship_from), destinations.index(lane.destination))
            for lane in lanes
        ),
    )
