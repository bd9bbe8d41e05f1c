"""A WooCommerce cost text, such as `4.50 + 2 * [qty]` or `[fee percent="10" min_fee="4"]`, as terms."""

import re
from decimal import Decimal

from attrs import frozen

from checkout_kit.errors import InputError
from checkout_kit.shipping.importers.numerals import parse_number

_FEE = re.compile(r"\[fee((?:\s+\w+=[\"'][^\"']*[\"'])*)\s*\]", re.IGNORECASE)
_SETTING = re.compile(r"(\w+)=[\"']([^\"']*)[\"']")


@frozen(kw_only=True)
class Fee:
    """A share of the goods, in percent, within limits where there are any."""

    percent: Decimal
    floor: Decimal | None = None
    ceiling: Decimal | None = None


@frozen(kw_only=True)
class Cost:
    """A sum: a fixed part, a part per unit, and shares of the goods."""

    fixed: Decimal = Decimal(0)
    each: Decimal = Decimal(0)
    fees: tuple[Fee, ...] = ()


def parse_cost(text: str, *, decimal: str = ".", path: str) -> Cost | None:
    """The terms of a cost; None for an empty text, which is no cost at all and not zero.

    As in the source, a comma is a decimal point in a cost whatever the shop's own, and groups are unknown.

    >>> parse_cost("4,50 + 2 * [qty]", path="cost")
    Cost(fixed=Decimal('4.50'), each=Decimal('2.0'), fees=())

    Raises:
        InputError: the text is not a sum of numbers, multiples of `[qty]` or `[cost]`, and fees.
    """
    if not text.strip():
        return None
    fees: list[Fee] = []

    def fee(match: re.Match[str]) -> str:
        settings = {name.lower(): value for name, value in _SETTING.findall(match[1])}

        def read(name: str) -> Decimal | None:
            written = settings.get(name, "").strip()
            return parse_number(written, path=path) if written else None

        fees.append(
            Fee(percent=read("percent") or Decimal(0), floor=read("min_fee"), ceiling=read("max_fee"))
        )
        return "0"

    fixed = each = share = Decimal(0)
    for term in _FEE.sub(fee, text).split("+"):
        factor, units, costs = _term(term.replace(decimal, ".").replace(",", "."), text, path)
        if units:
            each += factor
        elif costs:
            share += factor
        else:
            fixed += factor
    if share:
        fees.append(Fee(percent=share * 100))
    if min(fixed, each, share, *(one.percent for one in fees), Decimal(0)) < 0:
        raise InputError.of(path, "has a negative part", found=text, remedy="use a promotion for reductions")
    return Cost(fixed=fixed, each=each, fees=tuple(fees))


def _term(term: str, text: str, path: str) -> tuple[Decimal, int, int]:
    factor, units, costs = Decimal(1), 0, 0
    for part in term.split("*"):
        word = part.strip().lower()
        if word == "[qty]":
            units += 1
        elif word == "[cost]":
            costs += 1
        else:
            try:
                factor *= parse_number(part, path=path)
            except InputError as error:
                remedy = "only sums of numbers, multiples of [qty] or [cost] and [fee] can be carried over"
                raise InputError.of(path, "a cost that cannot be read", found=text, remedy=remedy) from error
    if units + costs > 1:
        raise InputError.of(
            path, "multiplies [qty] or [cost] with each other", found=text, remedy="price it anew"
        )
    return factor, units, costs
