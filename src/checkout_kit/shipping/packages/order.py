"""A whole order in two calls: sources rated by what they would cost, and packages quoted and combined."""

from collections.abc import Callable, Sequence

from attrs import evolve

from checkout_kit.shipping.packages.combine import OrderQuote, combine_quotes
from checkout_kit.shipping.packages.request import package_requests
from checkout_kit.shipping.packages.values import PackagePlan, Source
from checkout_kit.shipping.quote import Quote
from checkout_kit.shipping.values import QuoteRequest

Quoter = Callable[[QuoteRequest], Quote]
"""`policy.quote`, or anything that answers like it."""


def quote_packages(quote: Quoter, request: QuoteRequest, plan: PackagePlan) -> OrderQuote:
    """The order's options: each package of the plan is quoted from its origin, then all are combined."""
    quotes = {package.id: quote(asked) for package, asked in package_requests(request, plan)}
    return combine_quotes(plan, quotes)


def rated_sources(quote: Quoter, request: QuoteRequest, sources: Sequence[Source]) -> tuple[Source, ...]:
    """The sources with a cost and a day, for the strategies `cheapest` and `fastest`.

    Each is asked for the whole cart: its cost is that of its cheapest option, its day the earliest one any of
    its options promises. A source that cannot deliver at all is disabled.
    """
    return tuple(_rated(quote(evolve(request, origin=source.id)), source) for source in sources)


def _rated(found: Quote, source: Source) -> Source:
    if not found.options:
        return evolve(source, is_enabled=False)
    days = [option.promise.latest for option in found.options if option.promise is not None]
    return evolve(
        source,
        package_cost_minor=min(option.price_minor for option in found.options),
        arrives_on=min(days, default=None),
    )
