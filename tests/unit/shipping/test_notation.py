"""What a merchant may write for days, distances, times and shares, and what is refused."""

from collections.abc import Callable

import pytest

from checkout_kit.errors import InputError
from checkout_kit.shipping.notation import (
    Ratio,
    parse_clock,
    parse_distance_m,
    parse_handling,
    parse_transit,
    parse_weekdays,
)

REFUSED: dict[Callable[..., object], tuple[str, ...]] = {
    parse_weekdays: ("", "Mon-", "Xyz", "Mon-Xyz", "Xyz-Mon", "Mon-Tue-Wed", "Mon,,Tue", "1-5", "Monster"),
    parse_transit: (
        "",
        "soon",
        "3",
        "2-3 days",
        "5-3 business days",
        "-1 business days",
        "1.5 business days",
    ),
    parse_handling: ("", "1 calendar day", "2-1 working days", "a day"),
    parse_distance_m: ("", "12", "12 cm", "-1 km", "1,5 km", "12345678 km"),
    parse_clock: ("", "9:00", "24:01", "25:00", "12:60", "12.30"),
    Ratio.of_percent: ("", "12,5", "-1", "1000000", "NaN", "Infinity", "1e-13"),
}


@pytest.mark.parametrize(("parse", "text"), [(parse, text) for parse in REFUSED for text in REFUSED[parse]])
def test_what_cannot_be_read_is_refused_at_its_place(parse: Callable[..., object], text: str) -> None:
    """With the path it stood at and the text as it was written."""
    with pytest.raises(InputError) as caught:
        parse(text, path="here")
    (fault,) = caught.value.faults
    assert (fault.path, fault.found) == ("here", repr(text))
    assert fault.remedy


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon", (1,)),
        ("Mon-Fri", (1, 2, 3, 4, 5)),
        ("fri-mon", (1, 5, 6, 7)),
        ("Sunday, monday", (1, 7)),
        ("Tues, Thurs", (2, 4)),
        ("Mon-Wed, Tue-Thu", (1, 2, 3, 4)),
        ("Tue-Mon", (1, 2, 3, 4, 5, 6, 7)),
    ],
)
def test_weekdays_are_a_set_of_iso_numbers(text: str, days: tuple[int, ...]) -> None:
    """Written short or whole, in any order, round the end of the week, doubles once."""
    assert parse_weekdays(text) == days


def test_the_kinds_of_days() -> None:
    """Working days are business days in transit; no days at all need no kind; handling is in working days."""
    assert parse_transit("2-3 working days") == (2, 3, "business")
    assert parse_transit("1 business day") == (1, 1, "business")
    assert parse_transit("0-4 Calendar Days") == (0, 4, "calendar")
    assert parse_handling("2 days") == parse_handling("2 business days") == (2, 2)


def test_distances_are_whole_metres() -> None:
    """A mile is 1,609.344 of them, and a half is rounded up."""
    assert [parse_distance_m(text) for text in ("0.5 m", "1 mi", "1.5 km", "3 km")] == [1, 1609, 1500, 3000]


def test_the_end_of_a_day_reads_as_midnight() -> None:
    """24:00 is written for the end of opening hours, and means what 00:00 does."""
    assert parse_clock("24:00") == parse_clock("00:00")
    assert (parse_clock("23:59").hour, parse_clock("23:59").minute) == (23, 59)
