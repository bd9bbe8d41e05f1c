"""The scenario runner: files of promised dates in the public format, checked against the engine."""

import datetime as dt
from typing import Annotated

from attrs import frozen
from pydantic import BaseModel, BeforeValidator, ConfigDict

from checkout_kit.errors import Fault, InputError
from checkout_kit.json_text import read_json_text
from checkout_kit.promise.document import named_day
from checkout_kit.promise.given import parsed, promise_given, read_date, read_instant
from checkout_kit.promise.value import DeliveryPromise

_Date = Annotated[dt.date, BeforeValidator(read_date)]
DATE_FIELDS = ("ships_earliest", "ships_on", "earliest", "latest")


@frozen(kw_only=True)
class Difference:
    """One field of an answer that is not as expected, both sides as text."""

    field: str
    expected: str
    found: str


@frozen(kw_only=True)
class ScenarioResult:
    """What became of one case: the promise or the faults, and where that differs from what was expected."""

    id: str
    promise: DeliveryPromise | None
    faults: tuple[Fault, ...]
    differences: tuple[Difference, ...]

    @property
    def holds(self) -> bool:
        """Whether everything expected was found."""
        return not self.differences


class _Expect(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    error: bool | str | None = None
    ships_earliest: _Date | None = None
    ships_on: _Date | None = None
    earliest: _Date | None = None
    latest: _Date | None = None
    order_by: Annotated[dt.datetime | None, BeforeValidator(lambda v: v and read_instant(v))] = None


class _Case(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    id: str | int
    given: object
    expect: _Expect


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    cases: list[_Case]


def run_scenarios(data: bytes, *, source: str = "") -> tuple[ScenarioResult, ...]:
    """Every case of a scenario file against the engine, in file order.

    Raises:
        InputError: not JSON, or not a scenario file; a case whose `given` is unusable is a result, not this.
    """
    try:
        document = read_json_text(data)
    except ValueError as error:
        raise InputError([Fault("", f"not readable as JSON: {error}")], source=source) from error
    try:
        file = parsed(_File, document)
    except InputError as error:
        raise InputError(error.faults, source=source) from error
    return tuple(_run(case) for case in file.cases)


def _run(case: _Case) -> ScenarioResult:
    expect = case.expect
    try:
        promise = promise_given(case.given)
    except InputError as error:
        named = expect.error is True or any(fault.path == expect.error for fault in error.faults)
        expected = f"an error at {expect.error}" if expect.error else "a promise"
        found = "; ".join(map(str, error.faults))
        differences = () if named else (Difference(field="error", expected=expected, found=found),)
        return ScenarioResult(id=str(case.id), promise=None, faults=error.faults, differences=differences)
    if expect.error:
        found = f"arrives {shown(promise.earliest)} to {shown(promise.latest)}"
        unlike = [Difference(field="error", expected="an error", found=found)]
    else:
        unlike = _differences(expect, promise)
    return ScenarioResult(id=str(case.id), promise=promise, faults=(), differences=tuple(unlike))


def _differences(expect: _Expect, promise: DeliveryPromise) -> list[Difference]:
    differences: list[Difference] = []
    for name in (*DATE_FIELDS, "order_by"):
        expected, found = getattr(expect, name), getattr(promise, name)
        if name in expect.model_fields_set and expected != found:
            differences.append(Difference(field=name, expected=shown(expected), found=shown(found)))
    return differences


def shown(value: dt.date | dt.datetime | None) -> str:
    """A date with its weekday, an instant in ISO 8601, or "none"."""
    if value is None:
        return "none"
    return value.isoformat() if isinstance(value, dt.datetime) else named_day(value)
