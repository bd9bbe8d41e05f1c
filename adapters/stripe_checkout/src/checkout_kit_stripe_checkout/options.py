"""Our options as a session's shipping options: at most five, estimates instead of dates, Stripe's amounts.

Source: Stripe's API reference for Checkout Sessions and its page on currencies, read 2026-11.
"""

import datetime as dt
from typing import Final

from checkout_kit.adapter import from_scale, to_scale
from checkout_kit.money import exponent
from checkout_kit.shipping import Quote, ShippingOption

MOST_OPTIONS: Final = 5
NAME_WIDTH: Final = 100
# Written with two decimals although they have none; the decimals must be zero.
_WRITTEN_WITH_TWO: Final = frozenset({"ISK", "UGX"})


def stripe_amount(amount_minor: int, currency: str) -> int:
    """Our minor units as Stripe's smallest unit; three-decimal currencies in steps of ten, half-up.

    >>> stripe_amount(499, "USD"), stripe_amount(1234, "KWD"), stripe_amount(5, "ISK")
    (499, 1230, 500)
    """
    if currency in _WRITTEN_WITH_TWO:
        return to_scale(amount_minor, currency, 2)
    if exponent(currency) == 3:
        return to_scale(amount_minor, currency, 2) * 10
    return amount_minor


def our_amount(amount: int, currency: str) -> int:
    """Stripe's smallest unit as our minor units."""
    return from_scale(amount, currency, 2) if currency in _WRITTEN_WITH_TWO else amount


def kept_options(quote: Quote) -> tuple[ShippingOption, ...]:
    """At most five options in the policy's order, always with the cheapest, the fastest and the default."""
    options = quote.options
    if len(options) <= MOST_OPTIONS:
        return options
    dated = [option for option in options if option.promise is not None]
    must = {min(options, key=lambda option: option.price_minor).id, quote.default_option_id}
    if dated:
        must.add(min(dated, key=_latest).id)
    others = [option.id for option in options if option.id not in must]
    kept = must | set(others[: MOST_OPTIONS - len(must)])
    return tuple(option for option in options if option.id in kept)


def _latest(option: ShippingOption) -> dt.date:
    assert option.promise is not None
    return option.promise.latest


def option_form(quote: Quote) -> dict[str, str]:
    """The fields `shipping_options[n][shipping_rate_data]...` for a quote."""
    form: dict[str, str] = {}
    ordered_on = quote.placed_at.date()
    for n, option in enumerate(kept_options(quote)):
        at = f"shipping_options[{n}][shipping_rate_data]"
        form[f"{at}[type]"] = "fixed_amount"
        form[f"{at}[fixed_amount][amount]"] = str(stripe_amount(option.price_minor, quote.currency))
        form[f"{at}[fixed_amount][currency]"] = quote.currency.lower()
        form[f"{at}[metadata][option_id]"] = option.id
        promise, day = option.promise, ""
        if promise is not None:
            day = f", by {promise.latest:%a} {promise.latest.day} {promise.latest:%b}"
            form[f"{at}[metadata][promised_on]"] = promise.latest.isoformat()
            for bound, date in (("minimum", promise.earliest), ("maximum", promise.latest)):
                unit, value = _estimate((date - ordered_on).days)
                form[f"{at}[delivery_estimate][{bound}][unit]"] = unit
                form[f"{at}[delivery_estimate][{bound}][value]"] = str(value)
        form[f"{at}[display_name]"] = option.title[: NAME_WIDTH - len(day)] + day
    return form


def _estimate(days: int) -> tuple[str, int]:
    """Zero days are not allowed, so the same day is said in hours."""
    return ("day", days) if days > 0 else ("hour", 12)
