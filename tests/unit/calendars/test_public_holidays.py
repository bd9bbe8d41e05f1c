"""Public holidays by country and subdivision, with the merchant's own days."""

import datetime as dt

import pytest

from checkout_kit.calendars import holidays_for
from checkout_kit.errors import InputError


def test_a_country_has_its_holidays():
    """Independence Day 2027 falls on a Sunday and is observed on Monday."""
    days = holidays_for("US", years=[2027])
    assert dt.date(2027, 7, 5) in days
    assert list(days) == sorted(days)


def test_a_subdivision_adds_its_own():
    """Epiphany is kept in Bavaria, not in Berlin."""
    epiphany = dt.date(2027, 1, 6)
    assert epiphany in holidays_for("DE-BY", years=[2027])
    assert epiphany not in holidays_for("DE-BE", years=[2027])


def test_the_merchant_adds_and_removes_days():
    """Own closing days come in, days worked all the same go out."""
    stocktaking, labour_day = dt.date(2027, 1, 2), dt.date(2027, 9, 6)
    days = holidays_for("US-NY", years=[2027], add=[stocktaking], remove=[labour_day])
    assert stocktaking in days
    assert labour_day not in days


@pytest.mark.parametrize("region", ["XX", "US-XX", "", "US-", "us"])
def test_unknown_regions_are_refused(region):
    """Neither an unknown country nor an unknown subdivision is taken for a country without holidays."""
    with pytest.raises(InputError, match="no such country or subdivision"):
        holidays_for(region, years=[2027])
