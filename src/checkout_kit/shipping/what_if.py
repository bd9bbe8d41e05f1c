"""What if the buyer did what a hint says: the request after some changes, made in the plainest way."""

from collections.abc import Callable, Iterable

from attrs import evolve

from checkout_kit.cart import LineItem
from checkout_kit.shipping.values import Change, QuoteRequest

# Facts come first, then what goes, then where and when, then what is added, which may have to make up for it.
_ORDER = ("add_weight_facts", "remove_", "leave_", "change_", "add_weight_g", "add_", "")
_ASSUMED_WEIGHT_G = 300
_Apply = Callable[[QuoteRequest, Change], QuoteRequest]


def after_changes(request: QuoteRequest, changes: Iterable[Change]) -> QuoteRequest:
    """The request after all changes but those of the destination's zone, which need an address.

    Goods are added as a line that is not shipped, and taken out by lowering prices from the first line on;
    units are added without weight and taken out from the first line on. An unknown weight becomes 300 g.
    """
    for change in sorted(changes, key=_rank):
        request = _APPLY.get(change.kind, _unchanged)(request, change)
    return request


def _rank(change: Change) -> int:
    return next(i for i, prefix in enumerate(_ORDER) if change.kind.startswith(prefix))


def _unchanged(request: QuoteRequest, _: Change) -> QuoteRequest:
    return request


def _with_lines(request: QuoteRequest, lines: Iterable[LineItem]) -> QuoteRequest:
    kept = tuple(lines)
    goods = sum(line.total for line in kept)
    discount = min(request.cart.order_discount, goods)
    return evolve(request, cart=evolve(request.cart, lines=kept, order_discount=discount))


def _added(request: QuoteRequest, line: LineItem) -> QuoteRequest:
    return _with_lines(request, (*request.cart.lines, line))


def _new_line(
    request: QuoteRequest, *, quantity: int = 1, price: int = 0, needs_shipping: bool = True
) -> LineItem:
    return LineItem(
        id=f"what-if-{len(request.cart.lines)}",
        sku="what-if",
        quantity=quantity,
        unit_price=price,
        weight_g=0,
        requires_shipping=needs_shipping,
    )


def _add_goods(request: QuoteRequest, change: Change) -> QuoteRequest:
    price = 0 if change.amount is None else change.amount.amount
    return _added(request, _new_line(request, price=price, needs_shipping=False))


def _remove_goods(request: QuoteRequest, change: Change) -> QuoteRequest:
    left, lines = 0 if change.amount is None else change.amount.amount, []
    for line in request.cart.lines:
        take = 0 if line.is_gift_card else min(line.unit_price, -(-left // line.quantity))
        price = line.unit_price - take
        cheaper = evolve(line, unit_price=price, discount=min(line.discount, line.quantity * price))
        left = max(0, left - (line.total - cheaper.total))
        lines.append(cheaper)
    return _with_lines(request, lines)


def _add_weight(request: QuoteRequest, change: Change) -> QuoteRequest:
    lines = list(request.cart.lines)
    for i, line in enumerate(lines):
        if line.requires_shipping and not line.ships_free:
            weight = (line.weight_g or 0) + -(-change.count // line.quantity)
            lines[i] = evolve(line, weight_g=weight)
            break
    return _with_lines(request, lines)


def _remove_weight(request: QuoteRequest, change: Change) -> QuoteRequest:
    left, lines = change.count, []
    for line in request.cart.lines:
        if line.requires_shipping and not line.ships_free and line.weight_g is not None and left > 0:
            less = min(line.weight_g, -(-left // line.quantity))
            left -= less * line.quantity
            # Nothing is billed by its size once it is out of its box.
            lines.append(evolve(line, weight_g=line.weight_g - less, dimensions=None))
        else:
            lines.append(line)
    return _with_lines(request, lines)


def _remove_quantity(request: QuoteRequest, change: Change) -> QuoteRequest:
    left, lines = change.count, []
    for line in request.cart.lines:
        take = min(left, line.quantity) if line.requires_shipping and not line.ships_free else 0
        left -= take
        rest = line.quantity - take
        if rest:
            lines.append(evolve(line, quantity=rest, discount=min(line.discount, rest * line.unit_price)))
    return _with_lines(request, lines)


def _add_items(request: QuoteRequest, change: Change) -> QuoteRequest:
    line = _new_line(request)
    if change.names and change.attribute:
        line = evolve(line, attributes={change.attribute: change.names[0]})
    elif change.names:
        line = evolve(line, shipping_class=change.names[0], sku=change.names[0])
    return _added(request, line)


def _remove_items(request: QuoteRequest, change: Change) -> QuoteRequest:
    def goes(line: LineItem) -> bool:
        if change.attribute:
            return line.attributes.get(change.attribute) in change.names
        return line.requires_shipping and (line.shipping_class in change.names or line.sku in change.names)

    return _with_lines(request, (line for line in request.cart.lines if not goes(line)))


def _weights(request: QuoteRequest, _: Change) -> QuoteRequest:
    lines = request.cart.lines
    known = (
        line if line.weight_g is not None else evolve(line, weight_g=_ASSUMED_WEIGHT_G) for line in lines
    )
    return _with_lines(request, known)


def _codes(request: QuoteRequest, change: Change) -> QuoteRequest:
    own = request.cart.discount_codes
    codes = (*own, change.names[0]) if change.kind == "enter_code" else _less(own, change)
    return evolve(request, cart=evolve(request.cart, discount_codes=codes))


def _groups(request: QuoteRequest, change: Change) -> QuoteRequest:
    own = request.customer.groups
    groups = (*own, change.names[0]) if change.kind == "join_group" else _less(own, change)
    return evolve(request, customer=evolve(request.customer, groups=groups))


def _less(own: tuple[str, ...], change: Change) -> tuple[str, ...]:
    return tuple(name for name in own if name not in change.names)


def _channel(request: QuoteRequest, change: Change) -> QuoteRequest:
    return evolve(request, channel=change.names[0] if change.kind == "use_channel" else "")


def _kind(request: QuoteRequest, change: Change) -> QuoteRequest:
    if change.kind == "change_destination_kind":
        return evolve(request, destination_kind=change.names[0])
    # What the address itself says is left with its street.
    street = evolve(request.destination, line1="", line2="")
    return evolve(request, destination_kind="", destination=street)


def _time(request: QuoteRequest, change: Change) -> QuoteRequest:
    return request if change.at is None else evolve(request, placed_at=change.at)


_APPLY: dict[str, _Apply] = {
    "add_goods": _add_goods,
    "remove_goods": _remove_goods,
    "add_weight_g": _add_weight,
    "remove_weight_g": _remove_weight,
    "add_quantity": lambda request, change: _added(request, _new_line(request, quantity=change.count)),
    "remove_quantity": _remove_quantity,
    "add_items": _add_items,
    "remove_items": _remove_items,
    "add_weight_facts": _weights,
    "enter_code": _codes,
    "remove_code": _codes,
    "join_group": _groups,
    "leave_group": _groups,
    "use_channel": _channel,
    "leave_channel": _channel,
    "change_destination_kind": _kind,
    "leave_destination_kind": _kind,
    "order_after": _time,
    "order_before": _time,
}
