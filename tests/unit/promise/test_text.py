"""Promises in words: relative days, ranges, countdowns, ten languages."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_skeleton

from checkout_kit.promise import (
    DeliveryPromise,
    RePromise,
    order_by_text,
    promise_text,
    re_promise_text,
    when_text,
)
from checkout_kit.promise.messages import CATALOGUE
from checkout_kit.promise.text import duration_text

ZONE = ZoneInfo("America/New_York")
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 23)


def _arrives(first, last=None):
    first, last = TODAY + dt.timedelta(days=first), TODAY + dt.timedelta(days=first if last is None else last)
    return DeliveryPromise(earliest=first, latest=last, ships_earliest=TODAY, ships_on=TODAY)


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (0, 0, "arrives today"),
        (1, 1, "arrives tomorrow"),
        (2, 2, "arrives Wed, 25 Nov"),
        (1, 3, "arrives Tue, 24 Nov – Thu, 26 Nov"),
        (0, 1, "arrives Mon, 23 Nov – Tue, 24 Nov"),
        (400, 400, "arrives Tue, 28 Dec 2027"),
    ],
)
def test_days_as_a_shopper_says_them(first, last, text):
    """One day or a range, by name where the whole of it is near, with the year where it is far."""
    assert promise_text(_arrives(first, last), NOW, ZONE) == text


def test_an_hour_is_said_where_it_is_known():
    """Same-day delivery has a time by which it is there."""
    assert promise_text(_arrives(0), NOW, ZONE, until=dt.time(18)) == "arrives today by 18:00"
    assert promise_text(_arrives(0), NOW, ZONE, "de", until=dt.time(18)) == "Lieferung heute bis 18:00"


def test_today_is_the_destinations():
    """At 23:30 in New York it is tomorrow's date in Berlin."""
    now = dt.datetime(2026, 11, 24, 4, 30, tzinfo=dt.UTC)
    assert when_text(_arrives(1), now, ZONE) == "tomorrow"
    assert when_text(_arrives(1), now, ZoneInfo("Europe/Berlin")) == "today"


@pytest.mark.parametrize(
    "locale", ["de", "de-AT", "fr", "es", "pt_BR", "nl", "it", "ja", "pl", "sv", "en_US", "en_GB"]
)
def test_days_are_written_as_the_locale_does(locale):
    """Both days stand in the text as Babel writes them there, between the language's own words."""
    text = promise_text(_arrives(1, 3), NOW, ZONE, locale)
    for day in (dt.date(2026, 11, 24), dt.date(2026, 11, 26)):
        written = format_skeleton("MMMEd", day, locale=locale.replace("-", "_"))
        assert written in text
        text = text.replace(written, "{}")
    before, after = CATALOGUE[locale[:2]].arrives.split("{when}")
    assert text.startswith(before)
    assert text.endswith(after)


@pytest.mark.parametrize("locale", ["xx", "fi", "", "no such locale"])
def test_a_language_without_words_is_answered_in_english(locale):
    """Words and dates are never of two languages."""
    assert promise_text(_arrives(1, 3), NOW, ZONE, locale) == "arrives Tue, 24 Nov – Thu, 26 Nov"


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (dt.timedelta(hours=2, minutes=14, seconds=59), "order within 2 h 14 min"),
        (dt.timedelta(hours=2), "order within 2 h"),
        (dt.timedelta(minutes=9), "order within 9 min"),
        (dt.timedelta(days=1, hours=3, minutes=50), "order within 1 d 3 h"),
        (dt.timedelta(seconds=20), "order within 0 min"),
        (dt.timedelta(0), "order within 0 min"),
        (dt.timedelta(microseconds=-1), ""),
    ],
)
def test_countdown(left, text):
    """The time left is rounded down, and gone once the cut-off has passed."""
    order_by = NOW + left
    promise = DeliveryPromise(
        earliest=TODAY, latest=TODAY, ships_earliest=TODAY, ships_on=TODAY, order_by=order_by
    )
    assert order_by_text(promise, NOW) == text


def test_no_cutoff_no_countdown():
    """A pre-order has nothing to hurry for."""
    assert order_by_text(_arrives(5), NOW) == ""


def test_japanese_durations_have_no_spaces():
    """Units follow the language's own way of writing."""
    assert duration_text(dt.timedelta(hours=2, minutes=14), "ja") == "2時間14分"


@pytest.mark.parametrize("language", sorted(CATALOGUE))
def test_every_language_says_every_change(language):
    """Each language has a sentence, with both dates, for every cause."""
    for cause, words in CATALOGUE[language].causes.items():
        later = None if cause == "returned" else _arrives(4)
        text = re_promise_text(RePromise(before=_arrives(2), promise=later, cause=cause), NOW, ZONE, language)
        assert text.endswith(words)
        assert ("25" in text and "27" in text) == (cause not in ("delivered", "returned"))


def test_a_promise_that_stands_needs_no_words():
    """No cause, no sentence."""
    assert re_promise_text(RePromise(before=_arrives(2), promise=_arrives(2), cause=None), NOW, ZONE) == ""
