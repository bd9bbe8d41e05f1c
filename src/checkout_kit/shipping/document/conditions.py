"""Conditions as data: a table whose keys must all hold; `any`, `all` and `not` combine tables."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from checkout_kit.shipping.document.fields import (
    Amount,
    Clock,
    Closed,
    Count,
    Day,
    Distance,
    Length,
    Text,
    Weekdays,
    Weight,
)

GoodsBasis = Literal["after discounts", "after line discounts", "before discounts"]
TaxBasis = Literal["as shown", "included", "excluded"]


class GoodsBounds(Closed):
    """A range of the goods total; gift cards and shipping never count."""

    at_least: Amount | None = None
    above: Amount | None = None
    up_to: Amount | None = None
    below: Amount | None = None
    goods: GoodsBasis = "after discounts"
    tax: TaxBasis = "as shown"


class WeightBounds(Closed):
    """A range of a weight."""

    at_least: Weight | None = None
    above: Weight | None = None
    up_to: Weight | None = None
    below: Weight | None = None


class CountBounds(Closed):
    """A range of whole numbers."""

    at_least: Count | None = None
    above: Count | None = None
    up_to: Count | None = None
    below: Count | None = None


class LengthBounds(Closed):
    """A range of a length."""

    at_least: Length | None = None
    above: Length | None = None
    up_to: Length | None = None
    below: Length | None = None


class DistanceBounds(Closed):
    """A range of the distance from the origin."""

    at_least: Distance | None = None
    above: Distance | None = None
    up_to: Distance | None = None
    below: Distance | None = None


class Membership(Closed):
    """Which of the cart's (or buyer's) values must occur: one of `any`, every of `all`, none of `none`."""

    any: tuple[Text, ...] | None = Field(default=None, min_length=1)
    all: tuple[Text, ...] | None = Field(default=None, min_length=1)
    none: tuple[Text, ...] | None = Field(default=None, min_length=1)


def _as_any(value: object) -> object:
    if isinstance(value, str):
        return {"any": [value]}
    return {"any": value} if isinstance(value, list | tuple) else value


Members = Annotated[Membership, BeforeValidator(_as_any, json_schema_input_type=list[str] | Membership)]


class DateWindow(Closed):
    """Local calendar dates, both ends included; one end may be open."""

    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None


class HourWindow(Closed):
    """Local wall times, from included and to excluded; 22:00 to 06:00 goes over midnight."""

    from_: Clock = Field(alias="from")
    to: Clock


class ConditionDocument(Closed):
    """Holds when every key holds. Times are local to the policy's time zone."""

    goods: GoodsBounds | None = None
    weight: WeightBounds | None = None
    quantity: CountBounds | None = None
    lines: CountBounds | None = None
    distance: DistanceBounds | None = None
    heaviest_item: WeightBounds | None = None
    longest_side: LengthBounds | None = None
    girth: LengthBounds | None = None
    classes: Members | None = None
    skus: Members | None = None
    attributes: dict[str, Members] | None = Field(default=None, min_length=1)
    customer_groups: Members | None = None
    destination_kinds: Members | None = None
    channels: Members | None = None
    codes: Members | None = None
    zones: Members | None = None
    dates: DateWindow | None = None
    hours: HourWindow | None = None
    weekdays: Weekdays | None = None
    any: tuple["ConditionDocument", ...] | None = Field(default=None, min_length=1)
    all: tuple["ConditionDocument", ...] | None = Field(default=None, min_length=1)
    not_: "ConditionDocument | None" = Field(default=None, alias="not")
