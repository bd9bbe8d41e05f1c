"""How a method is priced: one table per basis, told apart by `by`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from checkout_kit.shipping.document.conditions import ConditionDocument
from checkout_kit.shipping.document.fields import (
    Amount,
    AmountPerCurrency,
    Closed,
    Count,
    Distance,
    Percent,
    Weight,
)


class _Price(Closed):
    floor: Amount | None = None
    ceiling: Amount | None = None


class FlatPrice(_Price):
    """One price per order."""

    by: Literal["order"]
    price: Amount


class _Tier(Closed):
    price: Amount
    when: ConditionDocument | None = None


class WeightTier(_Tier):
    """A price up to (inclusive) or below (exclusive) a weight."""

    from_: Weight | None = Field(default=None, alias="from")
    up_to: Weight | None = None
    below: Weight | None = None


class GoodsTier(_Tier):
    """A price up to (inclusive) or below (exclusive) a goods total."""

    from_: Amount | None = Field(default=None, alias="from")
    up_to: Amount | None = None
    below: Amount | None = None


class QuantityTier(_Tier):
    """A price up to (inclusive) or below (exclusive) a number of units."""

    from_: Count | None = Field(default=None, alias="from")
    up_to: Count | None = None
    below: Count | None = None


class DistanceTier(_Tier):
    """A price up to (inclusive) or below (exclusive) a distance."""

    from_: Distance | None = Field(default=None, alias="from")
    up_to: Distance | None = None
    below: Distance | None = None


class _Above(Closed):
    price: Amount | None = None
    repeat: bool = False


class WeightAbove(_Above):
    """Beyond the last tier: a price plus so much per kg over it, or whole top bands plus the remainder."""

    per_kg: Amount | None = None
    each_started: Weight | None = None


class GoodsAbove(_Above):
    """Beyond the last tier: one price, or whole top bands plus the remainder."""


class QuantityAbove(_Above):
    """Beyond the last tier: a price plus so much per further unit, or whole top bands plus the remainder."""

    per_item: Amount | None = None


class DistanceAbove(_Above):
    """Beyond the last tier: a price plus so much per further km, or whole top bands plus the remainder."""

    per_km: Amount | None = None
    each_started: Distance | None = None


class WeightTiers(_Price):
    """Tiers by actual weight, or by billable weight (the greater of actual and dimensional)."""

    by: Literal["weight", "billable weight"]
    tiers: tuple[WeightTier, ...] = Field(min_length=1)
    above: WeightAbove | None = None


class GoodsTiers(_Price):
    """Tiers by the goods total after discounts."""

    by: Literal["goods"]
    tiers: tuple[GoodsTier, ...] = Field(min_length=1)
    above: GoodsAbove | None = None


class QuantityTiers(_Price):
    """Tiers by the number of units."""

    by: Literal["quantity"]
    tiers: tuple[QuantityTier, ...] = Field(min_length=1)
    above: QuantityAbove | None = None


class DistanceTiers(_Price):
    """Tiers by the distance from the origin."""

    by: Literal["distance"]
    tiers: tuple[DistanceTier, ...] = Field(min_length=1)
    above: DistanceAbove | None = None


class RateCard(_Price):
    """A carrier's sheet: one column per weight band, one row per zone."""

    by: Literal["weight card", "billable weight card"]
    up_to: tuple[Weight, ...] = Field(min_length=1)
    zones: dict[str, tuple[str | int, ...]] = Field(min_length=1)
    above: WeightAbove | None = None


class ItemPrice(_Price):
    """A price per unit; `first` is what the first unit costs."""

    by: Literal["item"]
    each: Amount
    first: Amount | None = None


class ClassCharge(Closed):
    """What one shipping class costs: once, per unit, and as a share of its goods."""

    price: Amount | None = None
    each: Amount | None = None
    percent: Percent | None = None


def _as_charge(value: object) -> object:
    is_charge = isinstance(value, Mapping) and bool(set(value) & {"price", "each", "percent"})
    return value if is_charge or isinstance(value, ClassCharge) else {"price": value}


Charge = Annotated[
    ClassCharge,
    BeforeValidator(_as_charge, json_schema_input_type=str | int | AmountPerCurrency | ClassCharge),
]


class ClassPrice(_Price):
    """A price per shipping class: all of them, the dearest only, or for every single unit."""

    by: Literal["class"]
    classes: dict[str, Charge] = Field(default_factory=dict)
    other: Charge | None = None
    base: Amount | None = None
    combine: Literal["sum", "dearest", "per item"] = "sum"


class PercentPrice(_Price):
    """A share of the goods total after discounts."""

    by: Literal["percent"]
    percent: Percent


class FormulaPrice(_Price):
    """A linear function of what is sent; every term is rounded half-up on its own."""

    by: Literal["formula"]
    base: Amount | None = None
    per_item: Amount | None = None
    per_kg: Amount | None = None
    per_km: Amount | None = None
    percent: Percent | None = None
    billable: bool = False


class LivePrice(_Price):
    """What a live source answered for this method, else the stored price."""

    by: Literal["live"]
    otherwise: "Price | None" = None


def _as_table(value: object) -> object:
    is_amount = isinstance(value, str | int | Decimal) or (isinstance(value, Mapping) and _by_currency(value))
    return {"by": "order", "price": value} if is_amount else value


def _by_currency(value: Mapping[object, object]) -> bool:
    return bool(value) and all(isinstance(key, str) and len(key) == 3 and key.isupper() for key in value)


_AnyPrice = Annotated[
    FlatPrice
    | WeightTiers
    | GoodsTiers
    | QuantityTiers
    | DistanceTiers
    | RateCard
    | ItemPrice
    | ClassPrice
    | PercentPrice
    | FormulaPrice
    | LivePrice,
    Field(discriminator="by"),
]
Price = Annotated[
    _AnyPrice, BeforeValidator(_as_table, json_schema_input_type=str | int | AmountPerCurrency | _AnyPrice)
]
"""An amount alone is one price per order."""
