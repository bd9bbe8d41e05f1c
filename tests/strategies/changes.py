"""Doing what a withheld method's hint says, in the plainest way a buyer could."""

from collections.abc import Callable

from attrs import evolve

from checkout_kit import Address, Cart, Customer, LineItem
from checkout_kit.shipping import Change, QuoteRequest, ShippingPolicy
from tests.strategies.policies import PLACES

Apply = Callable[[QuoteRequest, Change, ShippingPolicy], QuoteRequest]


def applied(policy: ShippingPolicy, request: QuoteRequest, changes: tuple[Change, ...]) -> QuoteRequest:
    """The request after all changes; items leave before others join, and facts come first."""
    order = ("add_weight_facts", "remove_", "leave_", "change_", "add_weight_g", "add_", "")
    for change in sorted(changes, key=lambda c: next(i for i, p in enumerate(order) if c.kind.startswith(p))):
        request = _APPLY[change.kind](request, change, policy)
    return request


def _with_lines(request: QuoteRequest, lines: list[LineItem]) -> QuoteRequest:
    goods = sum(line.total for line in lines)
    cart = evolve(request.cart, lines=tuple(lines), order_discount=min(request.cart.order_discount, goods))
    return evolve(request, cart=cart)


def _added(request: QuoteRequest, **facts: object) -> QuoteRequest:
    blank = {"sku": "extra", "quantity": 1, "unit_price": 0, "weight_g": 0}
    line = LineItem(id=f"extra{len(request.cart.lines)}", **(blank | facts))  # type: ignore[arg-type]
    return _with_lines(request, [*request.cart.lines, line])


def _add_goods(request: QuoteRequest, change: Change, _: ShippingPolicy) -> QuoteRequest:
    assert change.amount is not None
    return _added(request, unit_price=change.amount.amount, requires_shipping=False)


def _remove_goods(request: QuoteRequest, change: Change, _: ShippingPolicy) -> QuoteRequest:
    assert change.amount is not None
    left, lines = change.amount.amount, []
    for line in request.cart.lines:
        # Only value that counts may be taken out: gift cards do not, and a line's discount shrinks with it.
        take = 0 if line.is_gift_card else min(line.unit_price, -(-left // line.quantity))
        discount = min(line.discount, line.quantity * (line.unit_price - take))
        left -= line.total - (line.quantity * (line.unit_price - take) - discount)
        lines.append(evolve(line, unit_price=line.unit_price - take, discount=discount))
        left = max(0, left)
    return _with_lines(request, lines)


def _weigh(request: QuoteRequest, grams: int) -> QuoteRequest:
    lines = list(request.cart.lines)
    for i, line in enumerate(lines):
        if line.requires_shipping and not line.ships_free and grams:
            weight = line.weight_g if line.weight_g is not None else 400
            # Nothing weighs more by its size once the buyer takes it out of the box.
            change = max(-weight, grams // line.quantity if grams < 0 else -(-grams // line.quantity))
            lines[i] = evolve(
                line, weight_g=weight + change, dimensions=None if grams < 0 else line.dimensions
            )
            grams = min(0, grams - change * line.quantity) if grams < 0 else 0
    return _with_lines(request, lines)


def _remove_quantity(request: QuoteRequest, change: Change, _: ShippingPolicy) -> QuoteRequest:
    left, lines = change.count, []
    for line in request.cart.lines:
        take = min(left, line.quantity) if line.requires_shipping and not line.ships_free else 0
        left -= take
        if take < line.quantity:
            rest = line.quantity - take
            lines.append(evolve(line, quantity=rest, discount=min(line.discount, rest * line.unit_price)))
    return _with_lines(request, lines)


def _remove_items(request: QuoteRequest, change: Change, _: ShippingPolicy) -> QuoteRequest:
    def goes(line: LineItem) -> bool:
        if change.attribute:
            return line.attributes.get(change.attribute) in change.names
        return line.shipping_class in change.names or line.sku in change.names

    return _with_lines(request, [line for line in request.cart.lines if not goes(line)])


def _add_items(request: QuoteRequest, change: Change, _: ShippingPolicy) -> QuoteRequest:
    if not change.names:
        return _added(request)
    if change.attribute:
        return _added(request, attributes={change.attribute: change.names[0]})
    return _added(request, shipping_class=change.names[0])


def _move(request: QuoteRequest, change: Change, policy: ShippingPolicy) -> QuoteRequest:
    table = policy.engines[policy.currency].zones
    wanted, ranked = set(change.names), []
    for country, region, code in PLACES:
        place = Address(country=country, region=region, postal_code=code)
        names = [table.names[match.zone] for match in table.explain(place)]
        if change.kind == "leave_destination":
            here = {table.names[match.zone] for match in table.explain(request.destination)}
            ranked += [] if wanted & set(names) else [(-len(here & set(names)), place)]
        elif wanted & set(names):
            ranked.append((min(names.index(name) for name in wanted & set(names)), place))
    return evolve(request, destination=min(ranked, key=lambda each: each[0])[1]) if ranked else request


def _weights(request: QuoteRequest, _: Change, __: ShippingPolicy) -> QuoteRequest:
    known = [
        evolve(line, weight_g=300 if line.weight_g is None else line.weight_g) for line in request.cart.lines
    ]
    return _with_lines(request, known)


def _codes(cart: Cart, *, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> Cart:
    kept = tuple(code for code in cart.discount_codes if code not in remove)
    return evolve(cart, discount_codes=(*kept, *add))


def _groups(request: QuoteRequest, groups: tuple[str, ...]) -> QuoteRequest:
    return evolve(request, customer=Customer(id=request.customer.id, groups=groups))


_APPLY: dict[str, Apply] = {
    "add_goods": _add_goods,
    "remove_goods": _remove_goods,
    "add_weight_g": lambda r, c, _: _weigh(r, c.count),
    "remove_weight_g": lambda r, c, _: _weigh(r, -c.count),
    "add_quantity": lambda r, c, _: _added(r, quantity=c.count),
    "remove_quantity": _remove_quantity,
    "add_items": _add_items,
    "remove_items": _remove_items,
    "add_weight_facts": _weights,
    "enter_code": lambda r, c, _: evolve(r, cart=_codes(r.cart, add=c.names[:1])),
    "remove_code": lambda r, c, _: evolve(r, cart=_codes(r.cart, remove=c.names)),
    "join_group": lambda r, c, _: _groups(r, (*r.customer.groups, c.names[0])),
    "leave_group": lambda r, c, _: _groups(r, tuple(g for g in r.customer.groups if g not in c.names)),
    "use_channel": lambda r, c, _: evolve(r, channel=c.names[0]),
    "leave_channel": lambda r, c, _: evolve(r, channel=""),
    "change_destination": _move,
    "leave_destination": _move,
    "change_destination_kind": lambda r, c, _: evolve(r, destination_kind=c.names[0]),
    "leave_destination_kind": lambda r, c, _: evolve(r, destination_kind=""),
    "order_after": lambda r, c, _: evolve(r, placed_at=c.at),
    "order_before": lambda r, c, _: evolve(r, placed_at=c.at),
}
