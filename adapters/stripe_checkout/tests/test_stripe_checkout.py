"""What is Stripe's own: five options, estimates above zero, amounts, the same change under the same key."""

import datetime as dt
from typing import Any

import httpx
import pytest
from checkout_kit.adapter import HttpRequest, answer_webhook, run
from checkout_kit.errors import InputError, Refused
from checkout_kit.shipping import Quote
from checkout_kit.testing import SampleOption, sample_quote
from checkout_kit.testing.adapters.replay import promise_of

from checkout_kit_stripe_checkout import StripeCheckoutAdapter, StripeCheckoutSettings
from checkout_kit_stripe_checkout.options import kept_options, option_form, our_amount, stripe_amount

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
ADAPTER = StripeCheckoutAdapter(StripeCheckoutSettings(api_key="sk_test_1", webhook_secret="whsec_1"))


def quote(*options: SampleOption, currency: str = "USD") -> Quote:
    """A quote of these options."""
    return sample_quote(options, currency=currency, placed_at=NOW, valid_until=NOW + dt.timedelta(hours=1))


def option(name: str, price: int, latest: str) -> SampleOption:
    """One option promised for one day."""
    return SampleOption(method_id=name, title=name, price_minor=price, promise=promise_of({"latest": latest}))


def test_five_options_keep_the_extremes_in_order() -> None:
    """The cheapest and the fastest of eight stay, wherever they stand, and the order is the policy's."""
    dear = [option(f"o{n}", 1000 + n, "2026-12-01") for n in range(6)]
    made = quote(*dear, option("fast", 5000, "2026-11-24"), option("cheap", 0, "2026-12-09"))
    assert [kept.id for kept in kept_options(made)] == ["o0", "o1", "o2", "fast", "cheap"]


@pytest.mark.parametrize(
    ("latest", "unit", "value"),
    [("2026-11-23", "hour", "12"), ("2026-11-24", "day", "1"), ("2026-12-03", "day", "10")],
)
def test_estimates_are_above_zero(latest: str, unit: str, value: str) -> None:
    """The same day is said in hours, later ones in days."""
    form = option_form(quote(option("a", 100, latest)))
    at = "shipping_options[0][shipping_rate_data][delivery_estimate][maximum]"
    assert (form[f"{at}[unit]"], form[f"{at}[value]"]) == (unit, value)


@pytest.mark.parametrize("currency", ["USD", "JPY", "ISK", "UGX", "EUR"])
def test_amounts_come_back(currency: str) -> None:
    """What goes out in Stripe's scale is read back as the same amount."""
    assert our_amount(stripe_amount(1234, currency), currency) == 1234


def test_no_options_are_refused_before_anything_is_sent() -> None:
    """A session is not emptied: the buyer is told instead."""
    with httpx.Client() as client, pytest.raises(Refused, match="nothing can be shipped"):
        run(ADAPTER.offer_options("cs_1", quote()), client)


def test_same_change_has_the_same_key_and_another_another() -> None:
    """A repeated write cannot happen twice, a different one is not mistaken for it."""
    keys: list[Any] = []

    def stripe(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        return httpx.Response(200, json={"id": "cs_1"})

    with httpx.Client(transport=httpx.MockTransport(stripe)) as client:
        for price in (100, 100, 200):
            run(ADAPTER.offer_options("cs_1", quote(option("a", price, "2026-11-24"))), client)
    assert keys[0] == keys[1] != keys[2]


def test_old_webhook_is_refused() -> None:
    """A captured event replayed after five minutes does not pass."""
    scheme = ADAPTER.webhook_signature
    request = HttpRequest(url="/", body=b'{"id": "evt_1", "type": "checkout.session.completed"}')
    signed = scheme.sign(request, secret="whsec_1", now=NOW)
    for minutes, status in ((4, 200), (6, 401)):
        later = NOW + dt.timedelta(minutes=minutes)
        answer = answer_webhook(ADAPTER, signed, now=later, is_known=lambda _: False)
        assert answer.response.status == status


@pytest.mark.parametrize("session", ["", "pi_1", "cs_1/../..", "cs_" + "x" * 200])
def test_ids_are_checked(session: str) -> None:
    """Only a session's id becomes part of an address."""
    with httpx.Client() as client, pytest.raises(InputError, match="cs_"):
        run(ADAPTER.get_order(session), client)
