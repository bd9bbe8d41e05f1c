"""What a merchant writes for slots and pickup points; imported only when a policy is loaded."""

from typing import Annotated, Literal

from attrs import evolve
from pydantic import AfterValidator, Field

from checkout_kit.address import Address
from checkout_kit.calendars import seconds_of_day
from checkout_kit.errors import InputError
from checkout_kit.shipping.document.fields import (
    Closed,
    Count,
    Country,
    Day,
    Id,
    Length,
    Text,
    Weekdays,
    Weight,
    fault,
)
from checkout_kit.shipping.notation import parse_weekdays
from checkout_kit.shipping.slots.points import PickupPoint
from checkout_kit.shipping.slots.schedule import SlotSchedule, SlotWindow
from checkout_kit.units import Dimensions, parse_length_mm, parse_weight_g


def _clock(text: str) -> str:
    try:
        seconds_of_day(text)
    except InputError as error:
        raise fault(error.faults[0].message, error.faults[0].remedy) from error
    return text


WallTime = Annotated[str, AfterValidator(_clock), Field(examples=["18:00"])]


class WindowDocument(Closed):
    """One recurring window, with its room and its cut-off."""

    days: Weekdays
    from_: WallTime = Field(alias="from")
    to: WallTime
    capacity: Count
    cutoff: WallTime | None = None
    cutoff_days_before: Count = 0
    lead_minutes: Count = 0


class SlotsDocument(Closed):
    """A schedule of slots; times are wall times of `timezone`."""

    timezone: Text
    windows: tuple[WindowDocument, ...] = Field(min_length=1)
    holidays: tuple[Day, ...] = ()
    days_ahead: Count = 7

    def compiled(self, schedule_id: str) -> SlotSchedule:
        """The schedule as a value; raises InputError with paths below this table."""
        return SlotSchedule(
            id=schedule_id,
            timezone=self.timezone,
            holidays=self.holidays,
            days_ahead=self.days_ahead,
            windows=tuple(
                SlotWindow(
                    weekdays=parse_weekdays(window.days),
                    starts=window.from_,
                    ends=window.to,
                    capacity=window.capacity,
                    cutoff=window.cutoff or "",
                    cutoff_days_before=window.cutoff_days_before,
                    lead_minutes=window.lead_minutes,
                )
                for window in self.windows
            ),
        )


class PointAddressDocument(Closed):
    """Where a pickup point is."""

    country: Country
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""


class PickupPointDocument(Closed):
    """A shop, a carrier's point or a locker that buyers may collect from."""

    title: Text
    kind: Literal["store", "point", "locker"] = "store"
    address: PointAddressDocument
    max_weight: Weight | None = None
    max_size: tuple[Length, Length, Length] | None = None
    origin: Id | None = None
    slots: Id | None = None

    def compiled(self, point_id: str) -> PickupPoint:
        """The pickup point as a value."""
        point = PickupPoint(
            id=point_id,
            title=self.title,
            kind=self.kind,
            address=Address(
                country=self.address.country,
                company=self.title,
                line1=self.address.line1,
                line2=self.address.line2,
                city=self.address.city,
                region=self.address.region,
                postal_code=self.address.postal_code,
            ),
            origin=self.origin or "",
            schedule=self.slots or "",
        )
        if self.max_weight is not None:
            point = evolve(point, max_weight_g=parse_weight_g(self.max_weight))
        if self.max_size is not None:
            point = evolve(point, max_size=Dimensions(*(parse_length_mm(side) for side in self.max_size)))
        return point
