"""One quote request per package: its lines with their share of every discount, and the whole cart."""

from attrs import evolve

from checkout_kit.cart import Cart, LineItem
from checkout_kit.money import allocate
from checkout_kit.shipping.packages.values import Package, PackagePlan
from checkout_kit.shipping.values import QuoteRequest


def package_carts(cart: Cart, plan: PackagePlan) -> dict[str, Cart]:
    """The part of the cart in each package, by package id; discounts are shared out to the last cent.

    A line's discount follows its units, the order discount follows the goods totals; what missing or
    unshipped units carry of either stays with them. The parts never hold more or less than the cart.
    """
    parts: list[tuple[str, LineItem]] = []
    for line in cart.lines:
        shares = [
            (package.id, sum(c.quantity for c in package.contents if c.line_id == line.id))
            for package in plan.packages
        ]
        shares = [(package_id, quantity) for package_id, quantity in shares if quantity]
        rest = line.quantity - sum(quantity for _, quantity in shares)
        shares += [("", rest)] if rest else []
        discounts = allocate(line.discount, [quantity for _, quantity in shares])
        parts += [
            (package_id, evolve(line, quantity=quantity, discount=discount))
            for (package_id, quantity), discount in zip(shares, discounts, strict=True)
        ]
    order_shares = allocate(cart.order_discount, [line.total for _, line in parts]) if parts else ()
    return {
        package.id: evolve(
            cart,
            lines=tuple(line for package_id, line in parts if package_id == package.id),
            order_discount=sum(
                share
                for (package_id, _), share in zip(parts, order_shares, strict=True)
                if package_id == package.id
            ),
        )
        for package in plan.packages
    }


def package_requests(request: QuoteRequest, plan: PackagePlan) -> tuple[tuple[Package, QuoteRequest], ...]:
    """What to ask the policy for each package, in the plan's order.

    Prices and weights look at the package; thresholds and goods totals look at the whole cart.
    """
    carts = package_carts(request.cart, plan)
    return tuple((package, _for_package(request, package, carts[package.id])) for package in plan.packages)


def _for_package(request: QuoteRequest, package: Package, cart: Cart) -> QuoteRequest:
    days = [day for day in (request.release_on, package.release_on) if day is not None]
    return evolve(
        request,
        cart=cart,
        whole_cart=request.whole_cart or request.cart,
        origin=package.origin or request.origin,
        release_on=max(days, default=None),
    )
