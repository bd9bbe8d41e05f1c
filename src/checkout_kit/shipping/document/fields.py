"""The leaf fields of a policy document: checked text, kept as the merchant wrote it."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator
from pydantic_core import PydanticCustomError

from checkout_kit.errors import InputError
from checkout_kit.money import is_currency
from checkout_kit.shipping.notation import (
    Ratio,
    parse_clock,
    parse_distance_m,
    parse_handling,
    parse_transit,
    parse_weekdays,
)
from checkout_kit.units import parse_length_mm, parse_weight_g


class Closed(BaseModel):
    """A table of the policy: unknown keys are faults, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


_SMALLEST = Decimal("0.000000000001")


def fault(message: str, remedy: str = "") -> PydanticCustomError:
    """What a validator raises; the loader turns it into a Fault with the merchant's path."""
    return PydanticCustomError("policy", "{message}", {"message": message, "remedy": remedy})


def _checked(parse: Callable[[str], object]) -> Callable[[str], str]:
    def check(text: str) -> str:
        try:
            parse(text)
        except InputError as error:
            raise fault(error.faults[0].message, error.faults[0].remedy) from error
        return text

    return check


def _decimal_text(value: object) -> str:
    if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
        raise fault("not a decimal amount", "write it in quotes, for example '3.90'")
    text = str(value)
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise fault("not a decimal amount", "write a decimal such as '3.90'") from None
    if not number.is_finite() or number < 0 or number >= Decimal(10) ** 13:
        raise fault("not a usable amount", "write 0 or more")
    return text


def _positive_text(value: object) -> str:
    text = _decimal_text(value)
    if not Decimal(text) >= _SMALLEST:
        raise fault("not a usable factor, all prices would be zero", "write a number above 0, such as '0.92'")
    return text


def _amount(value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        return {"": _decimal_text(value)}
    for code in value:
        if not isinstance(code, str) or not is_currency(code):
            raise fault(f"{code!r} is not an ISO 4217 currency", "use codes such as 'USD'")
    if not value:
        raise fault("names no amount", "write one amount per currency")
    return {code: _decimal_text(amount) for code, amount in value.items()}


def _percent(value: object) -> str:
    text = _decimal_text(value)
    return _checked(Ratio.of_percent)(text)


def _currency(code: str) -> str:
    if not is_currency(code):
        raise fault("not an ISO 4217 currency", "use a code such as 'USD'")
    return code


def _day(value: object) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise fault("not a calendar date", "write YYYY-MM-DD") from None


AmountPerCurrency = Annotated[
    dict[Annotated[str, Field(pattern=r"^[A-Z]{3}$")], str | int],
    Field(min_length=1, json_schema_extra={"additionalProperties": False}),
]
"""How the JSON Schema shows amounts in several currencies, so that a misspelt key is seen in an editor."""

Amount = Annotated[
    Mapping[str, str],
    PlainValidator(_amount, json_schema_input_type=str | int | AmountPerCurrency),
    Field(examples=["3.90", {"USD": "3.90", "EUR": "3.50"}]),
]
"""An amount of major units, or one per currency; kept as `{currency: text}`, `""` being the policy's own."""

Percent = Annotated[str, PlainValidator(_percent, json_schema_input_type=str | int), Field(examples=["12.5"])]
PercentOrProportional = Annotated[
    str,
    PlainValidator(
        lambda value: value if value == "proportional" else _percent(value), json_schema_input_type=str | int
    ),
]
PositiveNumber = Annotated[str, PlainValidator(_positive_text, json_schema_input_type=str | int)]
Currency = Annotated[str, AfterValidator(_currency), Field(examples=["USD"])]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["US"])]
Weight = Annotated[str, AfterValidator(_checked(parse_weight_g)), Field(examples=["1.5 kg"])]
Length = Annotated[str, AfterValidator(_checked(parse_length_mm)), Field(examples=["30 cm"])]
Distance = Annotated[str, AfterValidator(_checked(parse_distance_m)), Field(examples=["12.5 km"])]
Weekdays = Annotated[str, AfterValidator(_checked(parse_weekdays)), Field(examples=["Mon-Fri"])]
TransitDays = Annotated[str, AfterValidator(_checked(parse_transit)), Field(examples=["2-3 business days"])]
HandlingDays = Annotated[str, AfterValidator(_checked(parse_handling)), Field(examples=["0-1 working days"])]
Clock = Annotated[str, AfterValidator(_checked(parse_clock)), Field(examples=["14:00"])]
Day = Annotated[dt.date, PlainValidator(_day, json_schema_input_type=dt.date)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", examples=["express"])]
Text = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=0, strict=True)]
