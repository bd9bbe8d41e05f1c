"""The order's options out of the packages' options: prices add up, the promise waits for the last package."""

from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from checkout_kit.errors import Fault, InputError
from checkout_kit.money import Money
from checkout_kit.promise import DeliveryPromise, combine
from checkout_kit.shipping.packages.values import PackagePlan
from checkout_kit.shipping.quote import Quote, ShippingOption
from checkout_kit.shipping.values import PriceComponent, Withheld

CHEAPEST_MIX = "cheapest-mix"
FASTEST_MIX = "fastest-mix"


@frozen(kw_only=True)
class OrderOption:
    """One choice for the whole order: an option for each package.

    The id is the method's where every package goes by the same method; `promise` is the maximum of every
    field over the packages, and None where a package has none. Each package keeps its own in `choices`.
    """

    id: str
    title: str
    choices: tuple[tuple[str, ShippingOption], ...]

    @property
    def price(self) -> Money:
        """The exact sum of the packages' prices."""
        first, *rest = (option.price for _, option in self.choices)
        return sum(rest, start=first)

    @property
    def promise(self) -> DeliveryPromise | None:
        """When the last package arrives."""
        promises = [option.promise for _, option in self.choices]
        known = [promise for promise in promises if promise is not None]
        return combine("all", tuple(known)) if len(known) == len(promises) else None

    @property
    def components(self) -> tuple[tuple[str, PriceComponent], ...]:
        """Every price component with the id of its package; they add up to `price`."""
        return tuple((package_id, c) for package_id, option in self.choices for c in option.components)


@frozen(kw_only=True)
class OrderQuote:
    """What the order can choose from; every method of the policy is offered or withheld with a reason."""

    options: tuple[OrderOption, ...]
    withheld: tuple[Withheld, ...]
    package_quotes: tuple[tuple[str, Quote], ...]

    def option(self, option_id: str) -> OrderOption | None:
        """The offered option of that id, or None."""
        return next((option for option in self.options if option.id == option_id), None)

    def choose(self, selection: Mapping[str, str]) -> OrderOption:
        """The order option in which each package goes by the option selected for it.

        Raises:
            InputError: a package is left out, unknown, or its option is not offered; every fault together.
        """
        quotes = dict(self.package_quotes)
        faults = [
            Fault(f"selection.{package_id}", "no such package", repr(package_id), _one_of(quotes))
            for package_id in selection
            if package_id not in quotes
        ]
        choices: list[tuple[str, ShippingOption]] = []
        for package_id, quote in self.package_quotes:
            option = quote.option(selection.get(package_id, ""))
            if option is None:
                offered = _one_of([o.id for o in quote.options])
                found = repr(selection.get(package_id))
                faults.append(Fault(f"selection.{package_id}", "not offered", found, offered))
            else:
                choices.append((package_id, option))
        if faults:
            raise InputError(faults)
        return _named(tuple(choices))


def _one_of(known: Sequence[str] | Mapping[str, object]) -> str:
    return f"use one of {', '.join(sorted(known))}" if known else "nothing is offered"


def _named(choices: tuple[tuple[str, ShippingOption], ...]) -> OrderOption:
    first = choices[0][1]
    if all(option.id == first.id for _, option in choices):
        return OrderOption(id=first.id, title=first.title, choices=choices)
    option_id = ",".join(f"{package_id}={option.id}" for package_id, option in choices)
    titles = dict.fromkeys(option.title for _, option in choices)
    return OrderOption(id=option_id, title=" + ".join(titles), choices=choices)


def combine_quotes(plan: PackagePlan, quotes: Mapping[str, Quote]) -> OrderQuote:
    """The order's options out of one quote per package id.

    A method offered for every package is an option of that id, in the order the first package lists them.
    Where packages share no method, two mixes stand in: the cheapest and, when it differs, the fastest option
    of each. A method that some package cannot have is withheld with that package's reason.

    Raises:
        InputError: a package of the plan has no quote.
    """
    missing = [package.id for package in plan.packages if package.id not in quotes]
    if missing:
        raise InputError([Fault(f"quotes.{one}", "the package has no quote") for one in missing])
    ordered = tuple((package.id, quotes[package.id]) for package in plan.packages)
    common = [
        option.id
        for option in (ordered[0][1].options if ordered else ())
        if all(quote.option(option.id) is not None for _, quote in ordered)
    ]
    options = [_everywhere(option_id, ordered) for option_id in common]
    if not options and ordered and all(quote.options for _, quote in ordered):
        options = _mixes(ordered)
    return OrderQuote(options=tuple(options), withheld=_withheld(ordered, common), package_quotes=ordered)


def _everywhere(option_id: str, quotes: tuple[tuple[str, Quote], ...]) -> OrderOption:
    offered = ((package_id, quote.option(option_id)) for package_id, quote in quotes)
    return _named(tuple((package_id, option) for package_id, option in offered if option is not None))


def _mixes(quotes: tuple[tuple[str, Quote], ...]) -> list[OrderOption]:
    def mix(option_id: str, title: str, key: Callable[[ShippingOption], tuple[int, int, str]]) -> OrderOption:
        choices = tuple((package_id, min(quote.options, key=key)) for package_id, quote in quotes)
        return OrderOption(id=option_id, title=title, choices=choices)

    cheapest = mix(CHEAPEST_MIX, "Cheapest for each package", lambda o: (o.price_minor, _latest(o), o.id))
    fastest = mix(FASTEST_MIX, "Fastest for each package", lambda o: (_latest(o), o.price_minor, o.id))
    return [cheapest] if cheapest.choices == fastest.choices else [cheapest, fastest]


def _latest(option: ShippingOption) -> int:
    # An option without a date sorts behind every dated one: an unknown date is no fast one.
    return option.promise.latest.toordinal() if option.promise is not None else 10**7


def _withheld(quotes: tuple[tuple[str, Quote], ...], common: Sequence[str]) -> tuple[Withheld, ...]:
    found: dict[str, Withheld] = {}
    for package_id, quote in quotes:
        for one in quote.withheld:
            where = f"package {package_id}: {one.message}" if len(quotes) > 1 else one.message
            found.setdefault(
                one.method_id,
                Withheld(
                    method_id=one.method_id,
                    title=one.title,
                    reason=one.reason,
                    message=where,
                    hint=one.hint,
                    changes=one.changes,
                ),
            )
    return tuple(one for method_id, one in found.items() if method_id not in common)
