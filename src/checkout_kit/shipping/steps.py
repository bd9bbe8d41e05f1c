"""The steps a price is made of; each carries what went in, so that the record alone recomputes it."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from attrs import frozen

from checkout_kit.money import divide_half_up
from checkout_kit.shipping.notation import Ratio
from checkout_kit.shipping.values import Change, PriceComponent


class Step(NamedTuple):
    """One summand of a price: what kind it is, by which operation on which inputs, and the rule it came from.

    `inputs` are pairs of name and integer: minor units, grams, metres, or counts.
    """

    kind: str
    label: str
    op: str
    inputs: tuple[tuple[str, int], ...]
    amount_minor: int
    path: str

    def component(self) -> PriceComponent:
        """The summand without its working."""
        return PriceComponent(self.kind, self.label, self.amount_minor)


@frozen(kw_only=True)
class Refusal:
    """Why a method cannot be priced for this request, and what would change that."""

    reason: str
    message: str
    hint: str = ""
    changes: tuple[Change, ...] = ()


def stated(label: str, price: int, path: str, *, kind: str = "shipping") -> Step:
    """An amount as the policy states it."""
    return Step(kind, label, "stated", (("price", price),), price, path)


def per_unit(label: str, price: int, count: int, unit: int, path: str, *, kind: str = "shipping") -> Step:
    """So much per `unit`, for `count`, rounded half-up."""
    inputs = (("price", price), ("count", count), ("unit", unit))
    return Step(kind, label, "per_unit", inputs, _per_unit(price, count, unit), path)


def percent(label: str, of: int, ratio: Ratio, path: str, *, kind: str = "shipping") -> Step:
    """A share of an amount, rounded half-up."""
    inputs = (("of", of), ("numerator", ratio.numerator), ("denominator", ratio.denominator))
    return Step(kind, label, "percent", inputs, _percent(of, ratio.numerator, ratio.denominator), path)


def bounded(op: str, label: str, total: int, bound: int, path: str, *, kind: str = "shipping") -> Step:
    """What brings a total to a bound: `raise_to` a floor, `lower_to` a ceiling or a promoted price."""
    inputs = (("total", total), ("bound", bound))
    return Step(kind, label, op, inputs, recompute(op, inputs), path)


def cut_amount(label: str, total: int, amount: int, path: str) -> Step:
    """A price cut of an amount, never more than the total."""
    inputs = (("total", total), ("amount", amount))
    return Step("shipping_discount", label, "cut_amount", inputs, _cut_amount(total, amount), path)


def cut_percent(label: str, total: int, ratio: Ratio, path: str) -> Step:
    """A price cut of a share, rounded half-up, never more than the total."""
    inputs = (("total", total), ("numerator", ratio.numerator), ("denominator", ratio.denominator))
    return Step("shipping_discount", label, "cut_percent", inputs, recompute("cut_percent", inputs), path)


def recompute(op: str, inputs: Iterable[tuple[str, int]]) -> int:
    """The amount in minor units that an operation gives for its recorded inputs.

    >>> recompute("percent", (("of", 690), ("numerator", 125), ("denominator", 1000)))
    86

    Raises:
        ValueError: the operation is not known.
    """
    if op not in _OPERATIONS:
        raise ValueError(f"not a price step: {op!r}")
    return _OPERATIONS[op](**dict(inputs))


def _stated(price: int) -> int:
    return price


def _per_unit(price: int, count: int, unit: int) -> int:
    return divide_half_up(price * count, unit)


def _percent(of: int, numerator: int, denominator: int) -> int:
    return divide_half_up(of * numerator, denominator)


def _raise_to(total: int, bound: int) -> int:
    return max(0, bound - total)


def _lower_to(total: int, bound: int) -> int:
    return min(0, bound - total)


def _cut_amount(total: int, amount: int) -> int:
    return -min(total, amount)


def _cut_percent(total: int, numerator: int, denominator: int) -> int:
    return -min(total, divide_half_up(total * numerator, denominator))


_OPERATIONS: Final[Mapping[str, Callable[..., int]]] = MappingProxyType({
    "stated": _stated,
    "per_unit": _per_unit,
    "percent": _percent,
    "raise_to": _raise_to,
    "lower_to": _lower_to,
    "cut_amount": _cut_amount,
    "cut_percent": _cut_percent,
})  # fmt: skip
