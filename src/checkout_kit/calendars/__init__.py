"""Working days, holidays, cut-offs and zones as compiled values; nothing here reads a clock."""

from checkout_kit.calendars.cutoffs import CutoffTable
from checkout_kit.calendars.public_holidays import holidays_for
from checkout_kit.calendars.working_days import MAX_GAP_DAYS, NoUsableDay, WorkCalendar
from checkout_kit.calendars.zones import LocalDays, load_zone, seconds_of_day, wall_instant

__all__ = [
    "MAX_GAP_DAYS",
    "CutoffTable",
    "LocalDays",
    "NoUsableDay",
    "WorkCalendar",
    "holidays_for",
    "load_zone",
    "seconds_of_day",
    "wall_instant",
]
