"""What agents are told of a delivery's options, offered or chosen before."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from checkout_kit.adapter.protocol_options import describe, promised_times, shown_options
from checkout_kit.promise import DeliveryPromise
from checkout_kit.testing.checkouts import ready_checkout
from checkout_kit.testing.policies import FixedMethod, FixedPolicy
from tests.unit.shipping.shop import request

PROMISE = DeliveryPromise(
    earliest=dt.date(2026, 11, 25),
    latest=dt.date(2026, 11, 27),
    ships_earliest=dt.date(2026, 11, 23),
    ships_on=dt.date(2026, 11, 23),
)


@pytest.mark.parametrize(
    ("text", "changes", "told"),
    [
        ("Slow", {}, "Slow. Arrives Wed 25 Nov to Fri 27 Nov"),
        ("", {"earliest": PROMISE.latest}, "Arrives Fri 27 Nov"),
        (
            "",
            {"order_by": dt.datetime(2026, 11, 23, 14, tzinfo=ZoneInfo("America/New_York"))},
            "Arrives Wed 25 Nov to Fri 27 Nov if ordered by Mon 23 Nov 14:00 (UTC-0500)",
        ),
    ],
)
def test_a_description_ends_with_the_promise(text: str, changes: dict[str, object], told: str) -> None:
    """One day or two, and until when to order, after what the merchant says."""
    assert describe(text, evolve(PROMISE, **changes)) == told  # type: ignore[arg-type]
    assert describe(text, None) == text


def test_promised_days_are_whole_days_of_the_zone() -> None:
    """From the first day's first second to the last day's last, with the zone's offset."""
    assert promised_times(PROMISE, ZoneInfo("America/New_York")) == (
        "2026-11-25T00:00:00-05:00",
        "2026-11-27T23:59:59-05:00",
    )


def test_a_choice_is_shown_where_there_is_no_quote_any_more() -> None:
    """What a quote offers comes first; with neither there is nothing to show."""
    policy = FixedPolicy(
        methods=(FixedMethod(method_id="van", title="Van", description="Ours", price_minor=700, days=2),)
    )
    choice = ready_checkout().deliveries[0].choice
    assert choice is not None
    (offered,) = shown_options(policy.quote(request()), choice)
    assert (offered.id, offered.title, offered.price, offered.regular_price) == ("van", "Van", 700, 700)
    assert offered.description.startswith("Ours. Arrives ")
    (chosen,) = shown_options(None, choice)
    assert (chosen.id, chosen.price, chosen.promise) == (choice.option_id, choice.price, choice.promise)
    assert shown_options(None, None) == ()
