"""Options as Stripe takes them: five, estimates above zero, its amounts; names as in its own library."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import attrs
import httpx
import pytest
from checkout_kit.adapter import run
from checkout_kit.errors import InputError, Refused
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping import Quote
from checkout_kit.testing import SampleOption, sample_quote
from stripe.params.checkout import _session_update_params as known

from checkout_kit_stripe_checkout import StripeCheckoutAdapter, StripeCheckoutSettings
from checkout_kit_stripe_checkout.amounts import from_stripe, to_stripe
from checkout_kit_stripe_checkout.options import best_five, estimate, options_form

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
SETTINGS = StripeCheckoutSettings(secret_key="rk_test_1", webhook_secret="whsec_1")
ADAPTER = StripeCheckoutAdapter(SETTINGS)


def promised(earliest: str, latest: str = "") -> DeliveryPromise:
    """A promise for these days."""
    first, last = dt.date.fromisoformat(earliest), dt.date.fromisoformat(latest or earliest)
    return DeliveryPromise(earliest=first, latest=last, ships_earliest=first, ships_on=first)


def option(name: str, price: int, latest: str = "") -> SampleOption:
    """One option, promised for one day or for none."""
    promise = promised(latest) if latest else None
    return SampleOption(method_id=name, title=name, price_minor=price, promise=promise)


def quote(*options: SampleOption, currency: str = "USD", at: dt.datetime = NOW) -> Quote:
    """A quote of these options."""
    return sample_quote(options, currency=currency, placed_at=at, valid_until=at + dt.timedelta(hours=1))


def test_five_options_keep_the_extremes_in_order() -> None:
    """The cheapest and the earliest of eight stay, wherever they stand, in the policy's order."""
    dear = [option(f"o{n}", 1000 + n, "2026-12-01") for n in range(6)]
    made = quote(*dear, option("fast", 5000, "2026-11-24"), option("cheap", 0, "2026-12-09"))
    assert [kept.id for kept in best_five(made)] == ["o0", "o1", "o2", "fast", "cheap"]


def test_default_comes_first() -> None:
    """Stripe preselects the first option, so the default stands there."""
    made = quote(option("dear", 900), option("cheap", 100), option("other", 500))
    names = [form["shipping_rate_data"]["metadata"] for form in options_form(made, SETTINGS)]  # type: ignore[index]
    assert [name["checkout_kit_option"] for name in names] == ["cheap", "dear", "other"]


@pytest.mark.parametrize(
    ("earliest", "latest", "at", "minimum", "maximum"),
    [
        ("2026-11-24", "2026-11-27", "2026-11-23T10:00:00-05:00", ("day", 1), ("day", 4)),
        ("2026-11-23", "2026-11-23", "2026-11-23T10:00:00-05:00", ("hour", 1), ("hour", 14)),
        ("2026-11-23", "2026-11-23", "2026-11-23T23:59:59-05:00", ("hour", 1), ("hour", 1)),
        ("2026-11-23", "2026-11-25", "2026-11-23T10:00:00-05:00", ("hour", 1), ("day", 2)),
        ("2026-11-20", "2026-11-20", "2026-11-23T10:30:00-05:00", ("hour", 1), ("hour", 14)),
    ],
)
def test_estimates_are_never_zero(
    earliest: str, latest: str, at: str, minimum: tuple[str, int], maximum: tuple[str, int]
) -> None:
    """The same day is said in hours until midnight, whose least is one; later days in days."""
    found = estimate(promised(earliest, latest), dt.datetime.fromisoformat(at))
    as_form = [{"unit": unit, "value": value} for unit, value in (minimum, maximum)]
    assert [found["minimum"], found["maximum"]] == as_form


@pytest.mark.parametrize(("at", "hours"), [("2026-11-01T00:30", 25), ("2027-03-14T00:30", 23)])
def test_hours_of_a_day_on_which_clocks_change(at: str, hours: int) -> None:
    """Same-day ends at midnight also where the day has 25 or 23 hours."""
    now = dt.datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("America/New_York"))
    day = now.date().isoformat()
    assert estimate(promised(day, day), now)["maximum"] == {"unit": "hour", "value": hours}


def test_today_is_that_of_the_shop_s_zone() -> None:
    """At 03:00 UTC it is still the day before in New York."""
    night = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)
    made = quote(option("a", 1, "2026-11-24"), at=night)
    here = attrs.evolve(SETTINGS, timezone="America/New_York")
    units = [
        options_form(made, settings)[0]["shipping_rate_data"]["delivery_estimate"]["maximum"]["unit"]  # type: ignore[index]
        for settings in (SETTINGS, here)
    ]
    assert units == ["hour", "day"]


def test_names_fit_and_keep_the_day() -> None:
    """A long title is cut so that the promised day stays readable; the language is the shop's."""
    made = quote(attrs.evolve(option("a", 1, "2026-11-24"), title="T" * 200))
    german = attrs.evolve(SETTINGS, locale="de")
    name = options_form(made, german)[0]["shipping_rate_data"]["display_name"]  # type: ignore[index]
    assert len(name) == 100
    assert name.endswith("T, Lieferung morgen")


@pytest.mark.parametrize(
    ("currency", "ours", "stripes"),
    [
        ("USD", 499, 499),
        ("JPY", 1000, 1000),
        ("ISK", 500, 50000),
        ("UGX", 500, 50000),
        ("KWD", 1230, 1230),
        ("MGA", 500, 5),
        ("KRW", 1000, 1000),
    ],
)
def test_amounts_go_and_come_back(currency: str, ours: int, stripes: int) -> None:
    """Stripe's smallest unit is not always that of ISO 4217."""
    assert (to_stripe(ours, currency), from_stripe(stripes, currency)) == (stripes, ours)


def test_third_decimal_is_rounded() -> None:
    """Stripe takes dinars in tens of fils only."""
    assert [to_stripe(amount, "KWD") for amount in (1234, 1235, 1239)] == [1230, 1240, 1240]


def test_names_are_those_of_the_vendor_s_library() -> None:
    """Every field that is sent exists in the types of Stripe's own package."""
    rate = options_form(quote(option("a", 1, "2026-11-24")), SETTINGS)[0]["shipping_rate_data"]
    prefix = "SessionUpdateParamsShippingOptionShippingRateData"
    assert isinstance(rate, dict)
    for value, kind in (
        (rate, prefix),
        (rate["fixed_amount"], f"{prefix}FixedAmount"),
        (rate["delivery_estimate"], f"{prefix}DeliveryEstimate"),
        (rate["delivery_estimate"]["minimum"], f"{prefix}DeliveryEstimateMinimum"),
    ):
        assert set(value) <= set(getattr(known, kind).__annotations__), kind


def sent_keys(*quotes: Quote) -> list[str]:
    """The idempotency keys under which these quotes are written, one after the other."""
    keys: list[str] = []

    def stripe(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        return httpx.Response(200, json={"id": "cs_1"})

    with httpx.Client(transport=httpx.MockTransport(stripe)) as client:
        for each in quotes:
            run(ADAPTER.offer_options("cs_1", each), client)
    return keys


def test_same_quote_has_the_same_key() -> None:
    """Written again after a lost answer it has its effect once."""
    first, again = sent_keys(quote(option("a", 1)), quote(option("a", 1)))
    assert first == again


def test_former_options_can_be_written_again() -> None:
    """A to B and back to A within a day: the second A has a key of its own, or Stripe would ignore it."""
    later = NOW + dt.timedelta(minutes=1)
    keys = sent_keys(quote(option("a", 1)), quote(option("b", 1)), quote(option("a", 1), at=later))
    assert len(set(keys)) == 3


def test_no_options_are_refused_before_anything_is_sent() -> None:
    """A session is not emptied: the buyer is told instead."""
    with httpx.Client() as client, pytest.raises(Refused, match="no option"):
        run(ADAPTER.offer_options("cs_1", quote()), client)


@pytest.mark.parametrize("session", ["", "pi_1", "cs_1/../..", "cs_" + "x" * 300, "cs_é"])
def test_ids_are_checked(session: str) -> None:
    """Only a session's id becomes part of an address."""
    with httpx.Client() as client, pytest.raises(InputError, match="cs_"):
        run(ADAPTER.get_order(session), client)


def test_completed_session_refuses_with_its_code() -> None:
    """Stripe's code is shown, its message is not."""
    body = {"error": {"type": "invalid_request_error", "code": "session_done", "message": "of Ann"}}
    answer = httpx.MockTransport(lambda _: httpx.Response(400, json=body))
    with httpx.Client(transport=answer) as client, pytest.raises(Refused, match="session_done") as caught:
        run(ADAPTER.offer_options("cs_1", quote(option("a", 1))), client)
    assert "Ann" not in str(caught.value)


def test_every_call_names_its_version() -> None:
    """Field names and `ui_mode` differ between versions, so one is pinned."""
    seen: list[Any] = []

    def stripe(request: httpx.Request) -> httpx.Response:
        seen.append((request.headers["stripe-version"], dict(parse_qsl(request.content.decode()))))
        return httpx.Response(200, json={})

    with httpx.Client(transport=httpx.MockTransport(stripe)) as client:
        run(ADAPTER.offer_options("cs_1", quote(option("a", 1))), client)
    assert seen[0][0] == "2026-10-28.endive"
    assert seen[0][1]["shipping_options[0][shipping_rate_data][type]"] == "fixed_amount"
