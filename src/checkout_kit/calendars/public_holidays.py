"""Public holidays by country and subdivision, from the `holidays` library, plus the merchant's own."""

import datetime as dt
from collections.abc import Iterable

from checkout_kit.calendars.working_days import sorted_dates
from checkout_kit.errors import InputError


def holidays_for(
    region: str, *, years: Iterable[int], add: Iterable[dt.date] = (), remove: Iterable[dt.date] = ()
) -> tuple[dt.date, ...]:
    """The public holidays of a country ("US") or one of its subdivisions ("US-NY"), in order.

    `add` are the merchant's own closing days, `remove` the public holidays on which it works all the same.
    The first call imports the `holidays` library.

    Raises:
        InputError: the library does not know the country or the subdivision.
    """
    import holidays

    country, dash, subdivision = region.partition("-")
    try:
        if dash and not subdivision:
            raise ValueError(region)
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=tuple(years))
    except (NotImplementedError, ValueError, AttributeError):
        raise InputError.of(
            "holidays", "no such country or subdivision", found=region, remedy="write 'US' or 'US-NY'"
        ) from None
    return sorted_dates((set(found) | set(add)) - set(remove))
