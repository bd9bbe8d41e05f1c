"""The stored calibrator as it is read back: pydantic checks every part, then the values take over."""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from checkout_kit.errors import Fault, short_repr
from checkout_kit.promise.calibration.calibrator import PromiseCalibrator
from checkout_kit.promise.calibration.clock import DeliveryClock
from checkout_kit.promise.calibration.facts import CalibrationSettings
from checkout_kit.promise.calibration.features import RunningMean
from checkout_kit.promise.calibration.lead import (
    HALF_LIVES,
    OUTLOOK_FIGURES,
    LeadHistory,
    LeadKeys,
    Outlook,
)
from checkout_kit.promise.calibration.lifetable import Slowness
from checkout_kit.promise.calibration.margin import AdaptiveMargin
from checkout_kit.promise.calibration.orders import RememberedOrder
from checkout_kit.promise.calibration.pace import Pace
from checkout_kit.promise.calibration.sample import FitSample, SampleState
from checkout_kit.promise.calibration.trailing import TrailingMeans

_Week = tuple[float, float, float, float, float, float, float]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class _Settings(_Part):
    confidences: tuple[float, ...]
    numbers: tuple[str, ...]
    mature_after_days: int
    refit_every_days: int
    pace_days: int
    minimum_orders: int
    sample_limit: int


_OutlookFigures = tuple[float, float, float, float, float, float, float, float, float]


class _Order(NamedTuple):
    """One remembered order; without names for its parts, since there are thousands of them."""

    order_id: str
    purchased: float
    handling_keys: tuple[str, ...]
    transit_keys: tuple[str, ...]
    zone: str
    seller: str
    outlook: _OutlookFigures
    row: tuple[float, ...] | None
    promised: tuple[int, ...]
    handed_over: float | None
    delivered: float | None
    is_mature: bool

    def value(self, clock: DeliveryClock) -> RememberedOrder:
        return RememberedOrder(
            order_id=self.order_id,
            purchased=self.purchased,
            purchased_reading=clock.reading(self.purchased),
            keys=LeadKeys(
                handling=self.handling_keys, transit=self.transit_keys, zone=self.zone, seller=self.seller
            ),
            outlook=Outlook(**dict(zip(OUTLOOK_FIGURES, self.outlook, strict=True))),
            row=self.row,
            promised=self.promised,
            handed_over=self.handed_over,
            delivered=self.delivered,
            is_mature=self.is_mature,
        )


class _Pace(_Part):
    lead: float
    handling: float
    transit: float
    tail: float
    usual_log_lead: float
    usual_handling_spread: float
    usual_transit_spread: float


class _Slowness(_Part):
    zones: dict[str, float]
    lanes: dict[str, float]
    sellers: dict[str, float]


class _Margin(_Part):
    overall: float
    by_zone: dict[str, float]


class _Sample(_Part):
    limit: int
    stride: int
    seen: int
    rows: list[tuple[float, ...]]
    outcomes: list[float]
    weights: list[float]

    def state(self) -> SampleState:
        return {
            "limit": self.limit,
            "stride": self.stride,
            "seen": self.seen,
            "rows": self.rows,
            "outcomes": self.outcomes,
            "weights": self.weights,
        }


class StoredCalibrator(_Part):
    """Version 2 of the file."""

    format: str
    version: int
    settings: _Settings
    today: int
    fitted_on: int
    clock_arrivals: _Week
    arrivals: _Week
    pace: _Pace | None
    slowness: _Slowness
    orders_a_day: dict[str, float]
    averages: dict[str, tuple[float, float]]
    coefficients: list[tuple[float, ...] | None]
    margins: list[_Margin]
    means: dict[str, dict[str, tuple[float, float, float, float]]] = Field(min_length=len(HALF_LIVES))
    orders: list[_Order]
    sample: _Sample

    def calibrator(self) -> PromiseCalibrator:
        """The calibrator in the state in which it was stored."""
        settings = CalibrationSettings(**self.settings.model_dump())
        result = PromiseCalibrator(settings)
        result.today = self.today
        result.fitted_on = self.fitted_on
        result.clock = DeliveryClock(self.clock_arrivals)
        result.arrivals = list(self.arrivals)
        result.pace = None if self.pace is None else Pace(**self.pace.model_dump())
        result.slowness = Slowness(**self.slowness.model_dump())
        result.orders_a_day = self.orders_a_day
        result.averages = {name: RunningMean(*state) for name, state in self.averages.items()}
        result.coefficients = list(self.coefficients)
        result.margins = [
            AdaptiveMargin(confidence, overall=margin.overall, by_zone=margin.by_zone)
            for confidence, margin in zip(settings.confidences, self.margins, strict=True)
        ]
        result.lead = LeadHistory(
            {name: TrailingMeans(half_life, self.means[name]) for name, half_life in HALF_LIVES.items()}
        )
        for order in self.orders:
            result.book.add(order.value(result.clock), today=self.today)
        result.sample = FitSample.from_state(self.sample.state())
        return result


def faults_of(error: ValueError) -> tuple[Fault, ...]:
    """What pydantic found, as faults with paths into the file."""
    if not isinstance(error, ValidationError):
        return (Fault("", f"not a stored calibrator: {error}"),)
    return tuple(
        Fault(".".join(map(str, each["loc"])), each["msg"], short_repr(each["input"]))
        for each in error.errors()
    )
