"""Where goods leave and arrive: origins, zones and service levels."""

import datetime as dt
from typing import Annotated

from pydantic import BeforeValidator, Field

from checkout_kit.shipping.document.fields import (
    Clock,
    Closed,
    Country,
    HandlingDays,
    Id,
    Text,
    TransitDays,
    Weekdays,
)


def _as_names(value: object) -> object:
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(entry.isoformat() if isinstance(entry, dt.date) else entry for entry in values)


Holidays = Annotated[
    tuple[str, ...], BeforeValidator(_as_names, json_schema_input_type=str | dt.date | list[str | dt.date])
]
"""The name of a calendar (`US-NY`, or one of the policy's own), dates, or a list of both."""

Point = tuple[
    Annotated[float, Field(ge=-90, le=90)],
    Annotated[float, Field(ge=-180, le=180)],
]
"""Latitude and longitude in degrees."""

_Rule = Annotated[str, Field(pattern=r"^(default|mon|tue|wed|thu|fri|sat|sun|\d{4}-\d\d-\d\d)$")]


def _as_rules(value: object) -> object:
    return {"default": value} if isinstance(value, str) else value


Cutoff = Annotated[
    dict[_Rule, Clock],
    BeforeValidator(_as_rules, json_schema_input_type=str | dict[str, str]),
    Field(min_length=1),
]
"""One wall time, or a table of `default`, weekdays and dates; a date beats a weekday beats the default."""


class PlaceDocument(Closed):
    """As much of an address as zones look at."""

    country: Country
    region: str = ""
    postal_code: str = ""
    city: str = ""


class OriginDocument(Closed):
    """A place goods are sent from, with its working calendar."""

    address: PlaceDocument | None = None
    timezone: Text
    works: Weekdays = "Mon-Fri"
    holidays: Holidays = ()
    cutoff: Cutoff
    cutoff_timezone: str = ""
    handling: HandlingDays = "0 working days"
    pickups: Weekdays | None = None
    pickup_holidays: Holidays = ()
    location: Point | None = None


class WhereDocument(Closed):
    """One set of places: countries or a group, narrowed by regions and postal codes, less the exceptions."""

    country: Country | None = None
    countries: tuple[Country, ...] | None = Field(default=None, min_length=1)
    group: str | None = None
    everywhere: bool = False
    regions: tuple[Text, ...] | None = Field(default=None, min_length=1)
    postal_codes: tuple[Text, ...] | None = Field(default=None, min_length=1)
    except_countries: tuple[Country, ...] = ()
    except_regions: tuple[Text, ...] = ()
    except_postal_codes: tuple[Text, ...] = ()


class ZoneDocument(Closed):
    """A named set of places; what it excludes beats what it includes."""

    title: str = ""
    where: tuple[WhereDocument, ...] = ()
    except_: tuple[WhereDocument, ...] = Field(default=(), alias="except")
    rest_of_world: bool = False
    priority: int = 0
    timezone: str = ""
    delivers: Weekdays | None = None
    holidays: Holidays = ()


class CarbonDocument(Closed):
    """Grams of CO2e: per order, per kg sent, and per kg and km."""

    g_per_order: float = Field(default=0, ge=0)
    g_per_kg: float = Field(default=0, ge=0)
    g_per_kg_km: float = Field(default=0, ge=0)


class ServiceDocument(Closed):
    """A speed: transit days, and where it differs from the origin its own cut-off, handling and pickups."""

    title: str = ""
    transit: TransitDays
    transit_days: Weekdays | None = None
    cutoff: Cutoff | None = None
    handling: HandlingDays | None = None
    pickups: Weekdays | None = None
    delivers: Weekdays | None = None
    dimensional_divisor: int | None = Field(default=None, gt=0)
    carbon: CarbonDocument | None = None


Centroids = dict[Country, dict[Id, Point]]
"""Per country, postal code prefixes with the middle of their area."""
