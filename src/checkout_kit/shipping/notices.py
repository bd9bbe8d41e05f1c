"""The no-regret guard: what costs more shipping than it is worth, a discount or an item, is said aloud."""

from collections.abc import Iterator

from attrs import evolve

from checkout_kit.cart import Cart
from checkout_kit.money import Money
from checkout_kit.shipping.pricing import PricedRequest
from checkout_kit.shipping.steps import Refusal
from checkout_kit.shipping.values import Notice


def regrets(priced: PricedRequest) -> tuple[Notice, ...]:
    """What would leave the buyer better off, per offered method, in policy order.

    `discount_costs_shipping`: without all discounts and codes, without the order's own, or without one code,
    goods and shipping together would cost less.
    `item_costs_shipping`: without one line shipping would be free, or cheaper by more than the line costs.
    """
    cart = priced.request.cart
    if priced.request.whole_cart is not None:
        return ()
    return (*_discount_regrets(priced, cart), *_item_regrets(priced, cart))


def _prices(priced: PricedRequest) -> dict[str, tuple[str, int]]:
    found = {}
    for rate in priced.cell.rates:
        if rate is not None and not isinstance(itemised := priced.price(rate), Refusal):
            found[rate.face.method_id] = (rate.face.title, itemised.price_minor)
    return found


def _without(priced: PricedRequest, cart: Cart) -> dict[str, tuple[str, int]]:
    request = evolve(priced.request, cart=cart)
    return _prices(type(priced)(request, priced.cell, priced.engine))


def _discount_regrets(priced: PricedRequest, cart: Cart) -> Iterator[Notice]:
    prices = _prices(priced)
    worst: dict[str, tuple[int, str]] = {}
    for what, saved, plainer in _plainer(cart):
        plain = _without(priced, plainer)
        for method_id, (_, price) in prices.items():
            dearer = price - plain[method_id][1] - saved if method_id in plain else 0
            if dearer > worst.get(method_id, (0, ""))[0]:
                worst[method_id] = dearer, what
    for method_id, (title, _) in prices.items():
        if method_id in worst:
            dearer, what = worst[method_id]
            loss = Money(dearer, cart.currency)
            message = f"with {title}, {what} costs {loss} more in shipping than it saves"
            yield Notice(code="discount_costs_shipping", method_id=method_id, message=message, amount=loss)


def _plainer(cart: Cart) -> Iterator[tuple[str, int, Cart]]:
    """What could be given up, the most it can have saved on goods, and the cart without it."""
    on_lines = sum(line.discount for line in cart.lines)
    saved, codes = cart.order_discount + on_lines, cart.discount_codes
    if saved or codes:
        lines = tuple(evolve(line, discount=0) for line in cart.lines)
        yield "the discount", saved, evolve(cart, lines=lines, order_discount=0, discount_codes=())
    if on_lines and (cart.order_discount or codes):
        # A code may be behind the lines' discounts too; without codes they stay.
        most = saved if codes else cart.order_discount
        yield "the discount", most, evolve(cart, order_discount=0, discount_codes=())
    if codes and (saved or len(codes) > 1):
        for code in codes:
            rest = tuple(other for other in codes if other != code)
            yield f"the code {code!r}", saved, evolve(cart, discount_codes=rest)


def _item_regrets(priced: PricedRequest, cart: Cart) -> Iterator[Notice]:
    if len(cart.lines) < 2:
        return
    prices = _prices(priced)
    for line in cart.lines:
        rest = tuple(other for other in cart.lines if other is not line)
        goods = sum(other.total for other in rest)
        lighter = _without(priced, evolve(cart, lines=rest, order_discount=min(cart.order_discount, goods)))
        for method_id, (title, price) in prices.items():
            before = lighter.get(method_id)
            if before is None or price <= before[1]:
                continue
            loses_free, dearer = before[1] == 0, price - before[1]
            if loses_free or dearer > line.total:
                name, loss = line.title or line.sku, Money(dearer, cart.currency)
                message = f"with {title}, {name!r} adds {loss} to shipping"
                message += ", which would be free without it" if loses_free else ", more than its own price"
                yield Notice(code="item_costs_shipping", method_id=method_id, message=message, amount=loss)
