"""The shipping policy as a merchant writes it, in TOML or JSON."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from checkout_kit.shipping.document.conditions import ConditionDocument, GoodsBasis, TaxBasis
from checkout_kit.shipping.document.fields import (
    Amount,
    AmountPerCurrency,
    Closed,
    Country,
    Currency,
    Day,
    Id,
    Percent,
    PercentOrProportional,
    PositiveNumber,
    Text,
    TransitDays,
    Weight,
)
from checkout_kit.shipping.document.packages import PackagesDocument
from checkout_kit.shipping.document.places import (
    CarbonDocument,
    Centroids,
    OriginDocument,
    ServiceDocument,
    ZoneDocument,
)
from checkout_kit.shipping.document.prices import Price
from checkout_kit.shipping.document.slots import PickupPointDocument, SlotsDocument


class ConversionDocument(Closed):
    """A further currency: every amount times `rate`, rounded to `step`; without a rate, stated amounts."""

    rate: PositiveNumber | None = None
    step: PositiveNumber | None = None
    round: Literal["up", "down", "half up"] = "half up"


class CountedDocument(Closed):
    """Which lines count, towards a threshold or for a fee."""

    classes: tuple[str, ...] | None = Field(default=None, min_length=1)
    except_classes: tuple[str, ...] = ()
    skus: tuple[str, ...] | None = Field(default=None, min_length=1)
    except_skus: tuple[str, ...] = ()
    needs_shipping: bool = False


class SurchargeDocument(Closed):
    """A fee on top: an amount, or a percentage of a stated base, rounded half-up on its own."""

    title: str = ""
    amount: Amount | None = None
    per: Literal["order", "item", "kg"] = "order"
    percent: Percent | None = None
    of: Literal["base", "running", "goods"] = "base"
    counts: CountedDocument | None = None
    floor: Amount | None = None
    ceiling: Amount | None = None
    zones: tuple[Id, ...] | None = Field(default=None, min_length=1)
    when: ConditionDocument | None = None


def _name_or_table(value: object) -> str:
    return "name" if isinstance(value, str) else "table"


Surcharges = tuple[
    Annotated[
        Annotated[Id, Tag("name")] | Annotated[SurchargeDocument, Tag("table")], Discriminator(_name_or_table)
    ],
    ...,
]
"""Names from the policy's `surcharges`, or tables of the method's own, in the order they apply."""


class FreeDocument(Closed):
    """When a method is free: from a goods total, with a code, with either or only with both."""

    amount: Amount | None = None
    codes: tuple[Text, ...] | None = Field(default=None, min_length=1)
    needs: Literal["amount", "code", "either", "both"] | None = None
    goods: GoodsBasis = "after discounts"
    tax: TaxBasis = "as shown"
    counts: CountedDocument | None = None
    zones: tuple[Id, ...] | None = Field(default=None, min_length=1)
    when: ConditionDocument | None = None
    keeps_surcharges: bool = False


def _as_free(value: object) -> object:
    is_table = isinstance(value, dict) and bool(set(value) & set(FreeDocument.model_fields))
    return value if is_table or isinstance(value, FreeDocument) else {"amount": value}


Free = Annotated[
    FreeDocument,
    BeforeValidator(_as_free, json_schema_input_type=str | int | AmountPerCurrency | FreeDocument),
]


class RateDocument(Closed):
    """The price of a method in some zones, and what differs there."""

    zones: tuple[Id, ...] | None = Field(default=None, min_length=1)
    price: Price
    free_from: Free | None = None
    surcharges: Surcharges | None = None
    transit: TransitDays | None = None


class MethodDocument(Closed):
    """One way to ship: its price, its speed and when it is offered."""

    id: Id
    title: Text
    description: str = ""
    service: Id | None = None
    origin: Id | None = None
    zones: tuple[Id, ...] | None = Field(default=None, min_length=1)
    price: Price | None = None
    rates: tuple[RateDocument, ...] | None = Field(default=None, min_length=1)
    transit: TransitDays | None = None
    when: ConditionDocument | None = None
    minimum_order: Amount | None = None
    surcharges: Surcharges = ()
    free_from: Free | None = None
    carbon: CarbonDocument | None = None
    tax: Percent | None = None
    slots: Id | None = None
    pickup_points: tuple[Id, ...] | None = Field(default=None, min_length=1)


class PromotionDocument(Closed):
    """A price cut on shipping, after surcharges, in the order listed; never below zero."""

    id: Id
    title: str = ""
    percent: Percent | None = None
    amount: Amount | None = None
    price: Amount | None = None
    methods: tuple[Id, ...] | None = Field(default=None, min_length=1)
    zones: tuple[Id, ...] | None = Field(default=None, min_length=1)
    codes: tuple[Text, ...] | None = Field(default=None, min_length=1)
    when: ConditionDocument | None = None
    exclusive: bool = False


class TaxDocument(Closed):
    """Tax on shipping, contained in the prices or added: one rate, one per zone, or that of the goods."""

    prices: Literal["included", "added"]
    rate: PercentOrProportional | None = None
    zones: dict[Id, Percent] = Field(default_factory=dict)


class PolicyDocument(Closed):
    """A shipping policy.

    Where `shipping_classes`, `customer_groups` or `channels` are listed, any other name is a fault.
    """

    name: str = ""
    currency: Currency
    currencies: dict[Currency, ConversionDocument] = Field(default_factory=dict)
    timezone: str = ""
    order: Literal["listed", "price", "date"] = "listed"
    overlap: Literal["best zone per method", "one zone"] = "best zone per method"
    default_item_weight: Weight | None = None
    country_groups: dict[Id, tuple[Country, ...]] = Field(default_factory=dict)
    calendars: dict[Id, tuple[Day, ...]] = Field(default_factory=dict)
    origins: dict[Id, OriginDocument] = Field(min_length=1)
    zones: dict[Id, ZoneDocument] = Field(min_length=1)
    services: dict[Id, ServiceDocument] = Field(default_factory=dict)
    surcharges: dict[Id, SurchargeDocument] = Field(default_factory=dict)
    methods: tuple[MethodDocument, ...] = Field(min_length=1)
    promotions: tuple[PromotionDocument, ...] = ()
    tax: TaxDocument | None = None
    centroids: Centroids = Field(default_factory=dict)
    slots: dict[Id, SlotsDocument] = Field(default_factory=dict)
    pickup_points: dict[Id, PickupPointDocument] = Field(default_factory=dict)
    packages: PackagesDocument | None = None
    shipping_classes: tuple[Text, ...] | None = None
    customer_groups: tuple[Text, ...] | None = None
    channels: tuple[Text, ...] | None = None
