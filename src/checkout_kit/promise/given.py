"""The input half of the public scenario format: plain JSON values into rules, every fault reported."""

import datetime as dt
import re
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from checkout_kit.calendars import load_zone, seconds_of_day
from checkout_kit.calendars.working_days import weekday_faults
from checkout_kit.errors import Fault, InputError, short_repr
from checkout_kit.promise.engine import PromiseRule, combine, promise
from checkout_kit.promise.faults import gathered, prefixed
from checkout_kit.promise.rule import Destination, Pickup, ShipFrom, Transit, range_faults
from checkout_kit.promise.value import DeliveryPromise

_Model = TypeVar("_Model", bound=BaseModel)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def read_date(value: object) -> dt.date:
    """A date written YYYY-MM-DD; InputError for anything else."""
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    raise InputError.of("", "not a date", found=value, remedy="write YYYY-MM-DD")


def read_instant(value: object) -> dt.datetime:
    """An ISO 8601 time with its UTC offset; InputError for anything else, a naive time included."""
    try:
        instant = dt.datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        remedy = "write it as 2027-03-05T15:30:00-05:00"
        raise InputError.of("", "not a time", found=value, remedy=remedy) from None
    if instant.utcoffset() is None:
        remedy = "add its UTC offset, such as +01:00"
        raise InputError.of("", "a time without a zone", found=value, remedy=remedy)
    return instant


def _read_weekday(value: object) -> int:
    if isinstance(value, str) and re.fullmatch("[1-7]", value, re.ASCII):
        return int(value)
    raise InputError.of("", "not an ISO weekday", found=value, remedy='use "1" = Monday ... "7" = Sunday')


def _check_zone(name: str) -> str:
    return load_zone(name, path="").key


def _check_wall_time(text: str) -> str:
    seconds_of_day(text, path="")
    return text


def _check_weekdays(weekdays: list[int]) -> list[int]:
    faults = weekday_faults(tuple(weekdays), "")
    if faults:
        raise InputError(faults)
    return weekdays


# Checked field by field, although the values check themselves again, so that one fault hides no other.
_Zone = Annotated[str, AfterValidator(_check_zone)]
_WallTime = Annotated[str, AfterValidator(_check_wall_time)]
_Weekdays = Annotated[list[int], AfterValidator(_check_weekdays)]
_Date = Annotated[dt.date, BeforeValidator(read_date)]
_WeekdayKey = Annotated[int, BeforeValidator(_read_weekday)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _ShipFrom(_Part):
    tz: _Zone
    cutoff: _WallTime
    working_weekdays: _Weekdays
    holidays: list[_Date] | None = None
    cutoff_tz: _Zone | None = None
    cutoff_by_weekday: dict[_WeekdayKey, _WallTime] | None = None
    cutoff_by_date: dict[_Date, _WallTime] | None = None
    _value: ShipFrom = PrivateAttr()

    @model_validator(mode="after")
    def _build(self) -> Self:
        self._value = ShipFrom(
            tz=self.tz,
            cutoff=self.cutoff,
            working_weekdays=self.working_weekdays,
            holidays=self.holidays or (),
            cutoff_tz=self.cutoff_tz or "",
            cutoff_by_weekday=self.cutoff_by_weekday or {},
            cutoff_by_date=self.cutoff_by_date or {},
        )
        return self


class _Handling(_Part):
    min: int
    max: int

    @model_validator(mode="after")
    def _check(self) -> Self:
        faults = range_faults((self.min, self.max), "")
        if faults:
            raise InputError(faults)
        return self


class _Pickup(_Part):
    weekdays: _Weekdays
    holidays: list[_Date] | None = None
    _value: Pickup = PrivateAttr()

    @model_validator(mode="after")
    def _build(self) -> Self:
        self._value = Pickup(weekdays=self.weekdays, holidays=self.holidays or ())
        return self


class _Transit(_Part):
    min: int
    max: int
    kind: Literal["business", "calendar"]
    weekdays: list[int] | None = None
    holidays: list[_Date] | None = None
    _value: Transit = PrivateAttr()

    @model_validator(mode="after")
    def _build(self) -> Self:
        days = (self.min, self.max)
        self._value = Transit(days=days, kind=self.kind, weekdays=self.weekdays, holidays=self.holidays)
        return self


class _Destination(_Part):
    tz: _Zone
    delivery_weekdays: _Weekdays
    holidays: list[_Date] | None = None
    _value: Destination = PrivateAttr()

    @model_validator(mode="after")
    def _build(self) -> Self:
        self._value = Destination(
            tz=self.tz, delivery_weekdays=self.delivery_weekdays, holidays=self.holidays or ()
        )
        return self


class _Shipment(_Part):
    ship_from: _ShipFrom
    release_on: _Date | None = None
    handling: _Handling
    pickup: _Pickup
    transit: _Transit
    destination: _Destination
    _rule: PromiseRule = PrivateAttr()

    @model_validator(mode="after")
    def _build(self) -> Self:
        self._rule = PromiseRule(
            ship_from=self.ship_from._value,
            handling_days=(self.handling.min, self.handling.max),
            pickup=self.pickup._value,
            transit=self.transit._value,
            destination=self.destination._value,
        )
        return self


class _One(_Shipment):
    placed_at: Annotated[dt.datetime, BeforeValidator(read_instant)]


class _Several(_Part):
    placed_at: Annotated[dt.datetime, BeforeValidator(read_instant)]
    combine: Literal["all", "best"]
    shipments: Annotated[list[_Shipment], Field(min_length=1)]


def promise_given(given: object) -> DeliveryPromise:
    """The promise for a scenario's `given`: one shipment, or several with `combine`.

    Raises:
        InputError: every field that is missing, unknown or unusable; rule 13 of the promise semantics.
    """
    if not isinstance(given, dict) or "shipments" not in given:
        one = parsed(_One, given)
        return promise(one._rule, one.placed_at, one.release_on)
    several = parsed(_Several, given)
    faults: list[Fault] = []
    promises: list[DeliveryPromise] = []
    for i, shipment in enumerate(several.shipments):
        with gathered(faults, f"shipments[{i}]"):
            promises.append(promise(shipment._rule, several.placed_at, shipment.release_on))
    if faults:
        raise InputError(faults)
    return combine(several.combine, promises)


def rule_given(shipment: object) -> PromiseRule:
    """The rule of one shipment in the scenario format, without its release date.

    Raises:
        InputError: every field that is missing, unknown or unusable.
    """
    return parsed(_Shipment, shipment)._rule


def parsed(model: type[_Model], value: object) -> _Model:
    """The value read by a private model, its ValidationError turned into our faults.

    Raises:
        InputError: every fault, with the path as the author of the file would write it.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faults: list[Fault] = []
        for each in error.errors():
            path = ""
            for step in each["loc"]:
                path += f"[{step}]" if isinstance(step, int) else f".{step}"
            path = path.removeprefix(".").removesuffix(".[key]")
            cause = each.get("ctx", {}).get("error")
            if isinstance(cause, InputError):
                faults.extend(prefixed(cause, path))
            else:
                faults.append(_fault(path, each["type"], each["msg"], each["input"]))
        raise InputError(faults) from error


def _fault(path: str, kind: str, message: str, value: object) -> Fault:
    if kind == "missing":
        return Fault(path, "missing")
    if kind == "extra_forbidden":
        return Fault(path, "not a field of the scenario format")
    if kind == "model_type":
        return Fault(path, "should be an object", short_repr(value))
    words = message.removeprefix("Input ")
    return Fault(path, words[:1].lower() + words[1:], short_repr(value))
