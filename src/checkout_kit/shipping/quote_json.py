"""A quote as JSON-ready data: minor units, RFC 3339 instants, ISO dates."""

from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping.quote import Quote, ShippingOption
from checkout_kit.shipping.values import FreeShipping, Notice, Withheld

Json = dict[str, object]


def quote_to_dict(quote: Quote, *, explain: bool = False) -> Json:
    """The whole quote; `explain` adds the trace."""
    found: Json = {
        "currency": quote.currency,
        "placed_at": quote.placed_at.isoformat(),
        "valid_until": quote.valid_until.isoformat(),
        "default_option_id": quote.default_option_id,
        "options": [option_to_dict(option) for option in quote.options],
        "withheld": [withheld_to_dict(each) for each in quote.withheld],
        "free_shipping": [free_shipping_to_dict(each) for each in quote.free_shipping],
        "notices": [notice_to_dict(each) for each in quote.notices],
    }
    if explain:
        trace = quote.explain()
        found["trace"] = trace.to_dict() | {"sentences": list(trace.sentences())}
    return found


def option_to_dict(option: ShippingOption) -> Json:
    """One option; amounts are in minor units of the quote's currency."""
    return {
        "id": option.id,
        "method_id": option.method_id,
        "title": option.title,
        "description": option.description,
        "service": option.service,
        "price": option.price_minor,
        "regular_price": option.regular_price_minor,
        "tax": option.tax.amount,
        "is_free": option.is_free,
        "carbon_g": option.carbon_g,
        "components": [
            {"kind": each.kind, "label": each.label, "amount": each.amount_minor}
            for each in option.components
        ],
        "promise": None if option.promise is None else promise_to_dict(option.promise),
    }


def promise_to_dict(promise: DeliveryPromise) -> Json:
    """The dates of a promise; `latest` is what is promised."""
    return {
        "earliest": promise.earliest.isoformat(),
        "latest": promise.latest.isoformat(),
        "ships_earliest": promise.ships_earliest.isoformat(),
        "ships_on": promise.ships_on.isoformat(),
        "order_by": None if promise.order_by is None else promise.order_by.isoformat(),
    }


def withheld_to_dict(withheld: Withheld) -> Json:
    """One withheld method with its reason and what would offer it."""
    return {
        "method_id": withheld.method_id,
        "title": withheld.title,
        "reason": withheld.reason,
        "message": withheld.message,
        "hint": withheld.hint,
        "changes": [change.to_dict() for change in withheld.changes],
    }


def free_shipping_to_dict(free: FreeShipping) -> Json:
    """The distance to free shipping with one method, in minor units."""
    return {
        "method_id": free.method_id,
        "title": free.title,
        "missing": free.missing.amount,
        "threshold": free.threshold.amount,
        "reached": free.reached,
        "needs_code": free.needs_code,
    }


def notice_to_dict(notice: Notice) -> Json:
    """One thing the buyer should be told."""
    amount = None if notice.amount is None else notice.amount.amount
    return {"code": notice.code, "method_id": notice.method_id, "message": notice.message, "amount": amount}
