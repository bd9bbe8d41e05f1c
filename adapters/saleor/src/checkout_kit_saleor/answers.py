"""Our options as Saleor's external shipping methods.

Source: Saleor's documentation of SHIPPING_LIST_METHODS_FOR_CHECKOUT and its published source (3.24), 2026-11.
A method that does not fit these limits is dropped by Saleor without a word, so everything is cut to them.
"""

import datetime as dt
import json
from typing import Final
from zoneinfo import ZoneInfo

from checkout_kit.adapter import promise_form, to_major
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping import Quote, ShippingOption

MOST_NAME: Final = 100
MOST_DESCRIPTION: Final = 255
OPTION: Final = "checkout_kit_option"
PROMISED_ON: Final = "checkout_kit_promised_on"
PROMISE: Final = "checkout_kit_promise"


def methods_of(quote: Quote, *, asked_at: dt.datetime, zone: str) -> list[dict[str, object]]:
    """All options; the days are counted from the day of asking in that zone, and 0 is same-day."""
    today = asked_at.astimezone(ZoneInfo(zone)).date()
    return [_method(option, today) for option in quote.options]


def _method(option: ShippingOption, today: dt.date) -> dict[str, object]:
    method: dict[str, object] = {
        "id": option.id,
        "name": _cut(option.title, MOST_NAME),
        "amount": to_major(option.price_minor, option.currency),
        "currency": option.currency,
        "metadata": metadata_of(option.id, option.title, option.promise),
    }
    if option.description:
        method["description"] = _cut(option.description, MOST_DESCRIPTION)
    if option.promise is not None:
        method["minimum_delivery_days"] = max(0, (option.promise.earliest - today).days)
        method["maximum_delivery_days"] = max(0, (option.promise.latest - today).days)
    return method


def metadata_of(option_id: str, title: str, promise: DeliveryPromise | None) -> dict[str, str]:
    """The same keys on a method and on an order; Saleor's metadata are texts."""
    named = {OPTION: option_id}
    if promise is not None:
        form = {"option_id": option_id, "title": title, **promise_form(promise)}
        named[PROMISED_ON] = promise.latest.isoformat()
        named[PROMISE] = json.dumps(form, separators=(",", ":"))
    return named


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
