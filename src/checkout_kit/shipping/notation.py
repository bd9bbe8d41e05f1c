"""What a merchant writes in a policy for days, percentages, distances and counts, read into plain values.

What cannot be read raises InputError, with the path that is given.
"""

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from attrs import frozen

from checkout_kit.errors import InputError
from checkout_kit.money import divide_half_up

_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAYS = tuple(name[:3] for name in _NAMES)
_DAYS = re.compile(
    r"(\d{1,3})(?:\s*-\s*(\d{1,3}))?\s*(?:(calendar|business|working)\s+)?days?", re.IGNORECASE
)
_DISTANCE = re.compile(r"(\d{1,7}(?:\.\d{1,3})?)\s*(km|m|mi)")
_METRES = {"km": Decimal(1000), "m": Decimal(1), "mi": Decimal("1609.344")}
_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


def parse_weekdays(text: str, *, path: str = "weekdays") -> tuple[int, ...]:
    """ISO weekdays (1 = Monday) in `Mon-Fri`, `Mon, Wed, Fri` or `Mon-Sat`; `Sat-Mon` goes round the week.

    Names may be longer, as in `Tues` and `Thursday`.

    >>> parse_weekdays("Mon-Fri"), parse_weekdays("Sat-Mon, Wed")
    ((1, 2, 3, 4, 5), (1, 3, 6, 7))
    """
    days: set[int] = set()
    for part in text.split(","):
        ends = [_weekday(end.strip().lower()) for end in part.split("-")]
        first, last = ends[0], ends[-1]
        if len(ends) > 2 or first is None or last is None:
            raise InputError.of(path, "not weekdays", found=text, remedy="write for example 'Mon-Fri'")
        days.update((first + step) % 7 + 1 for step in range((last - first) % 7 + 1))
    return tuple(sorted(days))


def _weekday(name: str) -> int | None:
    """Its place in the week, Monday first, for a name of at least three letters."""
    short = name[:3]
    is_one = short in WEEKDAYS and _NAMES[WEEKDAYS.index(short)].startswith(name)
    return WEEKDAYS.index(short) if is_one else None


def parse_transit(text: str, *, path: str = "transit") -> tuple[int, int, str]:
    """Least and most days and their kind, `calendar` or `business`, in `2-3 business days`.

    >>> parse_transit("7-10 calendar days"), parse_transit("0 days")
    ((7, 10, 'calendar'), (0, 0, 'calendar'))
    """
    match = _DAYS.fullmatch(text.strip())
    if match is None:
        raise InputError.of(path, "not a number of days", found=text, remedy="write '2-3 business days'")
    least, most = _range(match, text, path)
    kind = (match[3] or "").lower()
    if not kind and most > 0:
        raise InputError.of(
            path, "does not say which days", found=text, remedy="say calendar or business days"
        )
    return least, most, "business" if kind in ("business", "working") else "calendar"


def parse_handling(text: str, *, path: str = "handling") -> tuple[int, int]:
    """Least and most working days of handling in `0-1 working days`; other days cannot be meant.

    >>> parse_handling("0-1 working days")
    (0, 1)
    """
    match = _DAYS.fullmatch(text.strip())
    if match is None or (match[3] or "working").lower() == "calendar":
        raise InputError.of(
            path, "not a number of working days", found=text, remedy="write '0-1 working days'"
        )
    return _range(match, text, path)


def _range(match: re.Match[str], text: str, path: str) -> tuple[int, int]:
    least, most = int(match[1]), int(match[2] or match[1])
    if most < least:
        raise InputError.of(
            path, "the range is reversed", found=text, remedy="write the smaller number first"
        )
    return least, most


def parse_distance_m(text: str, *, path: str = "distance") -> int:
    """Whole metres in a distance such as `12.5 km` or `3 mi`, rounded half-up.

    >>> parse_distance_m("12.5 km"), parse_distance_m("3 mi")
    (12500, 4828)
    """
    match = _DISTANCE.fullmatch(text.strip())
    if match is None:
        raise InputError.of(path, "not a distance", found=text, remedy="write a number and km, m or mi")
    return int((Decimal(match[1]) * _METRES[match[2]]).to_integral_value(ROUND_HALF_UP))


def parse_clock(text: str, *, path: str = "hours") -> dt.time:
    """A wall time `HH:MM`; `24:00` is the end of the day and reads as `00:00`."""
    match = _CLOCK.fullmatch(text)
    if match is None or (match[1] == "24" and match[2] != "00"):
        raise InputError.of(path, "not a wall time", found=text, remedy="write HH:MM, for example '14:00'")
    return dt.time(int(match[1]) % 24, int(match[2]))


@frozen
class Ratio:
    """An exact factor; multiplying rounds half-up once.

    >>> Ratio.of_percent("12.5").of(690)
    86
    """

    numerator: int
    denominator: int

    @classmethod
    def of_percent(cls, text: str, *, path: str = "percent") -> "Ratio":
        """The factor of a percentage written as a decimal number, without the sign `%`."""
        factor = cls.of_decimal(text, path=path, what="percentage")
        return cls(factor.numerator, factor.denominator * 100)

    @classmethod
    def of_decimal(cls, text: str, *, path: str = "rate", what: str = "number") -> "Ratio":
        """The factor written as a decimal number, at least 0 and below a million."""
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise InputError.of(path, f"not a {what}", found=text, remedy="write a decimal number") from None
        if not value.is_finite() or not 0 <= value < 1_000_000 or abs(int(value.as_tuple().exponent)) > 12:
            raise InputError.of(path, f"not a usable {what}", found=text, remedy="write 0 or more")
        numerator, denominator = value.as_integer_ratio()
        return cls(numerator, denominator)

    def of(self, amount: int) -> int:
        """This share of an amount in minor units, rounded half-up."""
        return divide_half_up(amount * self.numerator, self.denominator)
