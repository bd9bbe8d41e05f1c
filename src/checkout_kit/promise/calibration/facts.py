"""What goes into calibration and what comes out: orders as facts with dates, promises with their basis."""

from datetime import date, datetime
from enum import StrEnum

from attrs import field, frozen

from checkout_kit.errors import InputError


@frozen(kw_only=True)
class OrderFacts:
    """What is known about an order the moment it is placed.

    `purchased_at` is read as wall clock where the goods ship from. `origin` and `destination` name places
    from wide to narrow: `("SP", "013", "01310")`. `numbers` are any figures the shop has (distance, weight,
    freight), by name; a missing one is unknown, never zero.
    """

    order_id: str
    purchased_at: datetime
    origin: tuple[str, ...] = ()
    destination: tuple[str, ...] = ()
    seller: str = ""
    service: str = ""
    category: str = ""
    numbers: tuple[tuple[str, float], ...] = ()
    own_estimate: date | None = None

    @property
    def zone(self) -> str:
        """The widest place of the destination, `""` when none is known."""
        return self.destination[0] if self.destination else ""


@frozen(kw_only=True)
class PastOrder:
    """An order with what became of it; None means that it has not happened (or was not recorded)."""

    facts: OrderFacts
    handed_over_at: datetime | None = None
    delivered_at: datetime | None = None


class PromiseBasis(StrEnum):
    """What a calibrated promise rests on."""

    LEARNED = "learned"
    RULES_MINIMUM = "rules minimum"
    TOO_LITTLE_HISTORY = "too little history"


@frozen(kw_only=True)
class CalibratedPromise:
    """The earliest date kept with probability `confidence`; without one the rules stand, for `reason`."""

    promised_date: date | None
    confidence: float
    basis: PromiseBasis
    reason: str = ""


def _confidences(_: object, __: object, levels: tuple[float, ...]) -> None:
    if not levels or any(not 0.5 <= level < 1 for level in levels):
        raise InputError.of(
            "confidences", "each must be at least 0.5 and below 1", found=levels, remedy="pass e.g. (0.95,)"
        )


@frozen(kw_only=True)
class CalibrationSettings:
    """How a calibrator learns.

    An order teaches the model `mature_after_days` after purchase, when a parcel still under way counts as
    late. The model is fitted anew every `refit_every_days` on at most `sample_limit` orders; below
    `minimum_orders` mature orders there is no promise. `numbers` names the figures to look at; `pace_days`
    is how far back the pace of the moment looks.
    """

    confidences: tuple[float, ...] = field(default=(0.95,), validator=_confidences)
    numbers: tuple[str, ...] = ()
    mature_after_days: int = 40
    refit_every_days: int = 7
    pace_days: int = 21
    minimum_orders: int = 400
    sample_limit: int = 120_000
