"""A promise in the shopper's words: dates, times and order of parts through Babel, words from the catalogue.

A locale is written as in CLDR ("de", "pt_BR" or "pt-BR"). A language without words of its own is answered in
English throughout, rather than in two languages at once. Plain "en" is English of no particular country:
day before month, 24 hours.
"""

import datetime as dt
from typing import TYPE_CHECKING

from checkout_kit.promise.messages import CATALOGUE, Messages
from checkout_kit.promise.repromise import RePromise
from checkout_kit.promise.value import DeliveryPromise

if TYPE_CHECKING:
    from babel import Locale

_FAR_DAYS = 300


def promise_text(
    promise: DeliveryPromise,
    now: dt.datetime,
    tz: dt.tzinfo,
    locale: str = "en",
    *,
    until: dt.time | None = None,
) -> str:
    """When it arrives, as said at `now` in the destination's zone `tz`; `until` is its hour, if known.

    >>> from zoneinfo import ZoneInfo
    >>> days = dict(ships_earliest=dt.date(2026, 11, 21), ships_on=dt.date(2026, 11, 21))
    >>> soon = DeliveryPromise(earliest=dt.date(2026, 11, 24), latest=dt.date(2026, 11, 26), **days)
    >>> now = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)
    >>> promise_text(soon, now, ZoneInfo("America/New_York"))
    'arrives Tue, 24 Nov – Thu, 26 Nov'
    >>> promise_text(soon, now, ZoneInfo("Europe/Berlin"), "de")
    'Lieferung Di., 24. Nov. – Do., 26. Nov.'
    """
    words, _ = words_of(locale)
    return words.arrives.format(when=when_text(promise, now, tz, locale, until=until))


def when_text(
    promise: DeliveryPromise,
    now: dt.datetime,
    tz: dt.tzinfo,
    locale: str = "en",
    *,
    until: dt.time | None = None,
) -> str:
    """The same without the verb: a day, `today`, `tomorrow`, or a first and a last day."""
    today = now.astimezone(tz).date()
    text = days_text(promise.earliest, promise.latest, today, locale)
    if until is None:
        return text
    from babel.dates import format_time

    words, spoken = words_of(locale)
    clock = "en_GB" if str(spoken) == "en" else spoken
    return words.until.format(day=text, time=format_time(until, "short", locale=clock))


def days_text(first: dt.date, last: dt.date, today: dt.date, locale: str = "en") -> str:
    """One day or a range of days, named relative to `today` where the whole of it is today or tomorrow."""
    words, spoken = words_of(locale)
    if first == last:
        if last == today:
            return words.today
        if last - today == dt.timedelta(days=1):
            return words.tomorrow
        return _day(last, today, spoken)
    between = spoken.interval_formats[None]
    pattern = between if isinstance(between, str) else "{0} – {1}"
    # Thin spaces look well in print only, and terminals, e-mails and searches stumble over them.
    pattern = pattern.replace("\u2009", " ")
    return pattern.format(_day(first, today, spoken), _day(last, today, spoken))


def order_by_text(promise: DeliveryPromise, now: dt.datetime, locale: str = "en") -> str:
    """The countdown to the cut-off this promise depends on; empty when there is none or it has passed.

    >>> day = dt.date(2026, 11, 24)
    >>> by = dt.datetime(2026, 11, 24, 14, tzinfo=dt.UTC)
    >>> today = DeliveryPromise(earliest=day, latest=day, ships_earliest=day, ships_on=day, order_by=by)
    >>> order_by_text(today, by - dt.timedelta(hours=2, minutes=14, seconds=30))
    'order within 2 h 14 min'
    """
    if promise.order_by is None or promise.order_by < now:
        return ""
    words, _ = words_of(locale)
    return words.within.format(left=duration_text(promise.order_by - now, locale))


def duration_text(left: dt.timedelta, locale: str = "en") -> str:
    """A time left, rounded down to minutes so that it never promises too much; two units at most."""
    words, _ = words_of(locale)
    minutes = left // dt.timedelta(minutes=1)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, 0), (hours, 1)] if days else [(hours, 1), (minutes, 2)]
    shown = [f"{count}{words.unit_gap}{words.units[unit]}" for count, unit in parts if count]
    return words.unit_gap.join(shown) or f"0{words.unit_gap}{words.units[2]}"


def re_promise_text(change: RePromise, now: dt.datetime, tz: dt.tzinfo, locale: str = "en") -> str:
    """What has become of a promise and why; empty while it stands."""
    if change.cause is None:
        return ""
    words, _ = words_of(locale)
    cause = words.causes[change.cause]
    if change.promise is None or change.cause == "delivered":
        return cause
    today = now.astimezone(tz).date()
    old = days_text(change.before.earliest, change.before.latest, today, locale)
    new = days_text(change.promise.earliest, change.promise.latest, today, locale)
    return words.changed.format(new=new, old=old, cause=cause)


def words_of(locale: str) -> "tuple[Messages, Locale]":
    """The words and the Babel locale in which a promise is said to a reader of `locale`."""
    from babel import Locale, UnknownLocaleError

    try:
        spoken = Locale.parse(locale.replace("-", "_"))
        return CATALOGUE[spoken.language], spoken
    except (KeyError, ValueError, UnknownLocaleError):
        return CATALOGUE["en"], Locale.parse("en")


def _day(day: dt.date, today: dt.date, spoken: "Locale") -> str:
    from babel.dates import format_skeleton

    skeleton = "yMMMEd" if abs((day - today).days) > _FAR_DAYS else "MMMEd"
    return format_skeleton(skeleton, day, locale="en_001" if str(spoken) == "en" else spoken)
