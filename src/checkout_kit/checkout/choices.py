"""Settle chosen options against fresh quotes: keep, say what changed, or let go; never swap silently."""

import datetime as dt
from collections.abc import Callable

from attrs import evolve

from checkout_kit.checkout.copying import copied
from checkout_kit.checkout.pickup import is_moved, locate
from checkout_kit.checkout.value import Change, Checkout, Choice, Delivery, lines_of
from checkout_kit.making import maker
from checkout_kit.money import allocate
from checkout_kit.shipping.quote import Quote, ShippingOption
from checkout_kit.shipping.slots import NO_PICKUP, PickupRules
from checkout_kit.shipping.values import PriceComponent, QuoteRequest

QuoteFunction = Callable[[QuoteRequest], Quote]
_request, _choice = maker(QuoteRequest), maker(Choice)


def quote_request(checkout: Checkout, delivery: Delivery, now: dt.datetime) -> QuoteRequest | None:
    """What to ask the policy for one delivery; None while it has no place to go or nothing to ship.

    A collected delivery is quoted to its pickup point. Of several deliveries each is priced on its own lines,
    and thresholds look at the whole cart. The order discount is shared out by largest remainder.
    """
    cart = checkout.cart
    place = delivery.pickup
    destination = delivery.address if place is None else place.address
    if destination is None or not cart.needs_shipping:
        return None
    kind, origin = ("", "") if place is None else (place.destination_kind, place.origin)
    if len(checkout.deliveries) == 1:
        return _request(
            cart=cart, destination=destination, placed_at=now, channel=checkout.channel,
            customer=checkout.customer, last_option_id=delivery.wanted, destination_kind=kind, origin=origin,
        )  # fmt: skip
    ids = set(lines_of(checkout, delivery))
    if not ids:
        return None
    shares = allocate(cart.order_discount, [line.total for line in cart.lines])
    lines = tuple(line for line in cart.lines if line.id in ids)
    discount = sum(share for line, share in zip(cart.lines, shares, strict=True) if line.id in ids)
    part = evolve(cart, lines=lines, order_discount=discount)
    return _request(
        cart=part, destination=destination, placed_at=now, channel=checkout.channel,
        customer=checkout.customer, last_option_id=delivery.wanted, whole_cart=cart, destination_kind=kind,
        origin=origin,
    )  # fmt: skip


def settle(
    checkout: Checkout,
    quote: QuoteFunction,
    now: dt.datetime,
    *,
    cause: str,
    locked: frozenset[str] = frozenset(),
    is_written: bool = False,
    pickup: PickupRules = NO_PICKUP,
    policy_id: str = "",
) -> tuple[Checkout, tuple[Quote | None, ...]]:
    """The checkout with its choices settled at `now`, and the quote of each delivery.

    `cause` names what the caller changed (`cart`, `address`, `discount_codes`); empty when nothing was, or
    `selection`: then a choice stands as it was shown for as long as it is valid, and later changes are laid
    to the `policy` if the one in force, `policy_id`, is not the one that priced it, and else to `time`.
    The `locked` deliveries stand in any case while they are valid. `is_written` says that the checkout has
    other news to be stored too. `pickup` says where deliveries may be collected, and by which methods.
    """
    is_other_policy = bool(policy_id and checkout.policy_id and policy_id != checkout.policy_id)
    otherwise, stands = "policy" if is_other_policy else "time", False
    deliveries: list[Delivery] = []
    quotes: list[Quote | None] = []
    changes: list[Change] = []
    for before in checkout.deliveries:
        delivery = before if before.pickup is None else locate(before, pickup)
        request = quote_request(checkout, delivery, now)
        if request is None:
            quotes.append(None)
            deliveries.append(copied(delivery, {"choice": None}) if delivery.choice is not None else delivery)
            continue
        answer = reaching(quote, delivery, pickup)(request)
        quotes.append(answer)
        why = cause or ("pickup_point" if is_moved(before, delivery) else "")
        settled, found = _settle_one(delivery, answer, now, "" if delivery.id in locked else why, otherwise)
        stands = stands or (settled.choice is not None and settled.choice is before.choice)
        deliveries.append(settled)
        changes += found
    settled_deliveries = tuple(deliveries)
    fields: dict[str, object] = {}
    if settled_deliveries != checkout.deliveries:
        fields["deliveries"] = settled_deliveries
    if changes or (checkout.changes and (is_written or (cause and fields))):
        fields["changes"] = tuple(changes)
    keeps_policy = not policy_id or policy_id == checkout.policy_id or (is_other_policy and stands)
    if (fields or is_written) and not keeps_policy:
        fields["policy_id"] = policy_id
    return (copied(checkout, fields) if fields else checkout), tuple(quotes)


def reaching(quote: QuoteFunction, delivery: Delivery, pickup: PickupRules) -> QuoteFunction:
    """The same quotes with the methods withheld that do not go to the delivery's kind of place."""
    if not pickup.methods:
        return quote
    point_id = "" if delivery.pickup is None else delivery.pickup.id
    return lambda request: pickup.narrow(
        quote(request), point_id, request.cart, last_option_id=request.last_option_id
    )


def _settle_one(
    delivery: Delivery, quote: Quote, now: dt.datetime, cause: str, otherwise: str
) -> tuple[Delivery, list[Change]]:
    before = delivery.choice
    if before is None:
        return _choose(delivery, quote, cause)
    if cause in ("", "selection"):
        if now < before.valid_until:
            return delivery, []
        cause = otherwise
    offered = quote.option(before.option_id)
    if offered is not None:
        after = choice_of(offered, quote, by_buyer=before.by_buyer)
        return copied(delivery, {"choice": after}), _differences(delivery.id, before, after, cause)
    detail = next((w.message for w in quote.withheld if w.method_id == before.method_id), "")
    gone = Change(
        kind="option_unavailable", cause=cause, delivery_id=delivery.id, option_id=before.option_id,
        title=before.title, old_price=before.price, old_latest=_latest(before), detail=detail,
    )  # fmt: skip
    if before.by_buyer:
        return copied(delivery, {"choice": None, "wanted": before.option_id}), [gone]
    standing = _default(quote)
    if standing is None:
        return copied(delivery, {"choice": None}), [gone]
    return copied(delivery, {"choice": standing}), [
        evolve(
            gone, kind="option_replaced", option_id=standing.option_id, title=standing.title,
            new_price=standing.price, new_latest=_latest(standing),
        )
    ]  # fmt: skip


def _choose(delivery: Delivery, quote: Quote, cause: str) -> tuple[Delivery, list[Change]]:
    if delivery.wanted:
        wanted = quote.option(delivery.wanted)
        if wanted is None:
            return delivery, []
        choice = choice_of(wanted, quote, by_buyer=True)
        if cause in ("", "selection"):
            return copied(delivery, {"choice": choice}), []
        restored = Change(
            kind="option_restored", cause=cause, delivery_id=delivery.id, option_id=choice.option_id,
            title=choice.title, new_price=choice.price, new_latest=_latest(choice),
        )  # fmt: skip
        return copied(delivery, {"choice": choice}), [restored]
    standing = _default(quote)
    return (delivery if standing is None else copied(delivery, {"choice": standing})), []


def _default(quote: Quote) -> Choice | None:
    option = quote.option(quote.default_option_id) if quote.default_option_id else None
    if option is None:
        option = min(quote.options, key=lambda o: o.price_minor, default=None)
    return None if option is None else choice_of(option, quote, by_buyer=False)


def choice_of(option: ShippingOption, quote: Quote, *, by_buyer: bool) -> Choice:
    """The choice of an option as this quote shows it, with contained tax as a component of its own."""
    components, tax = option.components, option.tax_minor
    added = sum(part.amount_minor for part in components if part.kind == "tax") if tax else 0
    if tax != added:
        components = (*components, PriceComponent("tax_included", "Tax", tax - added))
    return _choice(
        option_id=option.id, method_id=option.method_id, title=option.title, service=option.service,
        price=option.price_minor, regular_price=option.regular_price_minor, components=components,
        promise=option.promise, quoted_at=quote.placed_at, valid_until=quote.valid_until, by_buyer=by_buyer,
    )  # fmt: skip


def _latest(choice: Choice) -> dt.date | None:
    return choice.promise.latest if choice.promise is not None else None


def _differences(delivery_id: str, before: Choice, after: Choice, cause: str) -> list[Change]:
    found: list[Change] = []
    if before.price != after.price:
        found.append(
            Change(
                kind="price", cause=cause, delivery_id=delivery_id, option_id=after.option_id,
                title=after.title, old_price=before.price, new_price=after.price,
            )
        )  # fmt: skip
    if _latest(before) != _latest(after):
        found.append(
            Change(
                kind="date", cause=cause, delivery_id=delivery_id, option_id=after.option_id,
                title=after.title, old_latest=_latest(before), new_latest=_latest(after),
            )
        )  # fmt: skip
    return found
