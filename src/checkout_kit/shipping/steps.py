"""The steps a price is made of; each carries what went in, so that the record alone recomputes it."""

from collections.abc import Iterable
from typing import NamedTuple

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
    return Step(kind, label, "per_unit", inputs, recompute("per_unit", inputs), path)


def percent(label: str, of: int, ratio: Ratio, path: str, *, kind: str = "shipping") -> Step:
    """A share of an amount, rounded half-up."""
    inputs = (("of", of), ("numerator", ratio.numerator), ("denominator", ratio.denominator))
    return Step(kind, label, "percent", inputs, recompute("percent", inputs), path)


def bounded(op: str, label: str, total: int, bound: int, path: str, *, kind: str = "shipping") -> Step:
    """What brings a total to a bound: `raise_to` a floor, `lower_to` a ceiling or a promoted price."""
    inputs = (("total", total), ("bound", bound))
    return Step(kind, label, op, inputs, recompute(op, inputs), path)


def cut_amount(label: str, total: int, amount: int, path: str) -> Step:
    """A price cut of an amount, never more than the total."""
    inputs = (("total", total), ("amount", amount))
    return Step("shipping_discount", label, "cut_amount", inputs, recompute("cut_amount", inputs), path)


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
    given = dict(inputs)
    if op == "stated":
        return given["price"]
    if op == "per_unit":
        return divide_half_up(given["price"] * given["count"], given["unit"])
    if op == "percent":
        return divide_half_up(given["of"] * given["numerator"], given["denominator"])
    total = given.get("total", 0)
    if op == "raise_to":
        return max(0, given["bound"] - total)
    if op == "lower_to":
        return min(0, given["bound"] - total)
    if op == "cut_amount":
        return -min(total, given["amount"])
    if op == "cut_percent":
        return -min(total, divide_half_up(total * given["numerator"], given["denominator"]))
    raise ValueError(f"not a price step: {op!r}")
