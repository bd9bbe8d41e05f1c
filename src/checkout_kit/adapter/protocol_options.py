"""The options of a delivery as agents are told of them: offered now, or what was chosen of them before."""

import datetime as dt

from attrs import frozen

from checkout_kit.checkout import Choice
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping import Quote


@frozen(kw_only=True)
class ShownOption:
    """One option; prices in minor units, the regular one before anything made it cheaper."""

    id: str
    title: str
    description: str
    price: int
    regular_price: int
    promise: DeliveryPromise | None


def shown_options(quote: Quote | None, choice: Choice | None) -> tuple[ShownOption, ...]:
    """The options of a quote; where there is none any more, the one that was chosen."""
    if quote is not None:
        return tuple(
            ShownOption(
                id=option.id,
                title=option.title,
                description=describe(option.description, option.promise),
                price=option.price_minor,
                regular_price=option.regular_price.amount,
                promise=option.promise,
            )
            for option in quote.options
        )
    if choice is None:
        return ()
    return (
        ShownOption(
            id=choice.option_id,
            title=choice.title,
            description=describe("", choice.promise),
            price=choice.price,
            regular_price=choice.regular_price,
            promise=choice.promise,
        ),
    )


def describe(text: str, promise: DeliveryPromise | None) -> str:
    """A sentence about an option beyond its title and price."""
    if promise is None:
        return text
    first, last = (f"{day:%a} {day.day} {day:%b}" for day in (promise.earliest, promise.latest))
    when = f"Arrives {last}" if first == last else f"Arrives {first} to {last}"
    if promise.order_by is not None:
        by = promise.order_by
        when += f" if ordered by {by:%a} {by.day} {by:%b} {by:%H:%M} (UTC{by:%z})"
    return f"{text}. {when}" if text else when


def promised_times(promise: DeliveryPromise, zone: dt.tzinfo) -> tuple[str, str]:
    """The promised days as instants: the first day's beginning and the last day's last second."""
    first = dt.datetime.combine(promise.earliest, dt.time(0), zone)
    last = dt.datetime.combine(promise.latest, dt.time(23, 59, 59), zone)
    return first.isoformat(), last.isoformat()
