"""Our options as Stripe's shipping options: five at most, with ranges in place of dates.

Source: Stripe API reference 2026-10-28.endive (`shipping_rate_data`), read 2026-11.
"""

import datetime as dt
import json
import math
from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo

from checkout_kit.adapter import promise_form
from checkout_kit.promise import DeliveryPromise, promise_text
from checkout_kit.shipping import Quote, ShippingOption

from checkout_kit_stripe_checkout.amounts import to_stripe
from checkout_kit_stripe_checkout.settings import StripeCheckoutSettings

MOST_OPTIONS: Final = 5
MOST_NAME: Final = 100
OPTION: Final = "checkout_kit_option"
PROMISED_ON: Final = "checkout_kit_promised_on"
PROMISE: Final = "checkout_kit_promise"
_MOST_METADATA: Final = 500


def options_form(quote: Quote, settings: StripeCheckoutSettings) -> list[dict[str, object]]:
    """The five best options, the default first: Stripe preselects what comes first."""
    chosen = sorted(best_five(quote), key=lambda option: option.id != quote.default_option_id)
    return [{"shipping_rate_data": _rate(option, quote.placed_at, settings)} for option in chosen]


def best_five(quote: Quote) -> list[ShippingOption]:
    """At most five, in the quote's order; always with the default, the cheapest and the earliest."""
    options = list(quote.options)
    dated = [option for option in options if option.promise is not None]
    kept = {quote.default_option_id, *_least(options, lambda o: o.price_minor), *_least(dated, _latest)}
    for option in options:
        if len(kept) < MOST_OPTIONS:
            kept.add(option.id)
    return [option for option in options if option.id in kept]


def _least(options: list[ShippingOption], key: Callable[[ShippingOption], int]) -> list[str]:
    return [min(options, key=key).id] if options else []


def _latest(option: ShippingOption) -> int:
    return option.promise.latest.toordinal() if option.promise else 0


def _rate(option: ShippingOption, now: dt.datetime, settings: StripeCheckoutSettings) -> dict[str, object]:
    form: dict[str, object] = {
        "display_name": option.title[:MOST_NAME],
        "type": "fixed_amount",
        "fixed_amount": {
            "amount": to_stripe(option.price_minor, option.currency),
            "currency": option.currency.lower(),
        },
        "tax_behavior": settings.tax_behavior,
        "metadata": metadata_of(option.id, option.promise),
    }
    if option.promise is not None:
        zone = ZoneInfo(settings.timezone)
        said = promise_text(option.promise, now, zone, settings.locale)
        form["display_name"] = f"{option.title[: MOST_NAME - len(said) - 2]}, {said}"
        form["delivery_estimate"] = estimate(option.promise, now.astimezone(zone))
    return form


def estimate(promise: DeliveryPromise, now: dt.datetime) -> dict[str, object]:
    """Days as days; a bound of today is in hours, because Stripe allows no 0, and ends at midnight.

    `now` is in the zone in which days are counted.

    >>> day = dt.date(2026, 11, 23)
    >>> today = DeliveryPromise(earliest=day, latest=day, ships_earliest=day, ships_on=day)
    >>> estimate(today, dt.datetime(2026, 11, 23, 14, 30, tzinfo=dt.UTC))["maximum"]
    {'unit': 'hour', 'value': 10}
    """
    return {
        "minimum": _bound(promise.earliest, now, same_day_hours=1),
        "maximum": _bound(promise.latest, now, same_day_hours=_hours_left(now)),
    }


def _bound(day: dt.date, now: dt.datetime, *, same_day_hours: int) -> dict[str, object]:
    days = (day - now.date()).days
    return {"unit": "day", "value": days} if days > 0 else {"unit": "hour", "value": same_day_hours}


def _hours_left(now: dt.datetime) -> int:
    midnight = dt.datetime.combine(now.date() + dt.timedelta(days=1), dt.time(), tzinfo=now.tzinfo)
    # In UTC, as a day on which clocks change has 23 or 25 hours.
    left = midnight.astimezone(dt.UTC) - now.astimezone(dt.UTC)
    return max(1, math.ceil(left / dt.timedelta(hours=1)))


def metadata_of(option_id: str, promise: DeliveryPromise | None) -> dict[str, str]:
    """The same keys on a shipping rate and on a payment; Stripe's metadata are texts of 500 characters."""
    named = {OPTION: option_id[:_MOST_METADATA]}
    if promise is not None:
        named[PROMISED_ON] = promise.latest.isoformat()
        named[PROMISE] = json.dumps(promise_form(promise), separators=(",", ":"))
    return named
