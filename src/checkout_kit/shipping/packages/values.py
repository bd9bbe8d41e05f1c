"""What sourcing and splitting speak: where goods lie, what is taken from where, and what packages result."""

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from attrs import field, frozen, validators

from checkout_kit.errors import Fault, InputError, short_repr

_NOT_NEGATIVE = validators.ge(0)


@frozen(kw_only=True)
class Incoming:
    """Units that are on their way to an origin: how many, and the first day they can be shipped."""

    quantity: int = field(validator=_NOT_NEGATIVE)
    on: dt.date


def _frozen_stock(value: Mapping[str, int] | None) -> Mapping[str, int] | None:
    return None if value is None else MappingProxyType(dict(value))


def _frozen_incoming(value: Mapping[str, Incoming]) -> Mapping[str, Incoming]:
    return MappingProxyType(dict(value))


@frozen(kw_only=True)
class Source:
    """One place goods can ship from, with the facts that sourcing strategies compare.

    Stock is whole units by sku; an item sold by the metre or the kilogram is stocked in its smallest sold
    unit. `stock` None means everything is always there. A lower `priority` goes first. `arrives_on` is the
    last promised day of a package sent from here today.

    Raises:
        InputError: every unusable field together.
    """

    id: str
    stock: Mapping[str, int] | None = field(default=None, converter=_frozen_stock, hash=False)
    incoming: Mapping[str, Incoming] = field(factory=dict, converter=_frozen_incoming, hash=False)
    priority: int = 0
    is_enabled: bool = True
    distance_m: int | None = None
    package_cost_minor: int | None = None
    arrives_on: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        faults = [
            Fault(f"sources.{self.id}.{name}", "must not be negative", repr(number))
            for name, number in (
                ("distance_m", self.distance_m),
                ("package_cost_minor", self.package_cost_minor),
            )
            if number is not None and number < 0
        ]
        remedy = "count in the smallest unit that is sold"
        faults += [
            Fault(f"sources.{self.id}.stock.{sku}", "not a whole number", short_repr(count), remedy)
            for sku, count in (self.stock or {}).items()
            if type(count) is not int
        ]
        if faults:
            raise InputError(faults)

    def on_hand(self, sku: str, wanted: int) -> int:
        """How many of `wanted` units can be taken from the shelf here."""
        if not self.is_enabled:
            return 0
        return wanted if self.stock is None else max(0, min(wanted, self.stock.get(sku, 0)))


@frozen(kw_only=True)
class Take:
    """Units of one sku taken from one source."""

    source_id: str
    sku: str
    quantity: int = field(validator=validators.ge(1))


@frozen(kw_only=True)
class Allocation:
    """What a sourcing strategy decided; what it could not find is simply not taken.

    `is_proven_best` is false where an exact strategy ran out of its step budget and fell back on greed.
    """

    takes: tuple[Take, ...]
    is_proven_best: bool = True


@frozen(kw_only=True)
class PackedLine:
    """Units of one cart line inside one package; `release_on` is the first day they can be shipped."""

    line_id: str
    quantity: int = field(validator=validators.ge(1))
    release_on: dt.date | None = None


@frozen(kw_only=True)
class Package:
    """One shipment's goods from one origin; the id is stable for the same cart, sources and rules."""

    id: str
    origin: str
    contents: tuple[PackedLine, ...]

    @property
    def quantity(self) -> int:
        """How many units the package holds."""
        return sum(packed.quantity for packed in self.contents)

    @property
    def release_on(self) -> dt.date | None:
        """The first day the whole package can be shipped; None when it can leave at once."""
        return max((p.release_on for p in self.contents if p.release_on is not None), default=None)


@frozen(kw_only=True)
class Shortage:
    """Units of a cart line that no source has, neither now nor on its way."""

    line_id: str
    sku: str
    missing: int


@frozen(kw_only=True)
class PackagePlan:
    """How a cart ships: every unit that needs shipping is in exactly one package or one shortage.

    `unshipped` are the ids of lines that need no shipping, such as downloads and gift cards sent by e-mail.
    """

    packages: tuple[Package, ...]
    shortages: tuple[Shortage, ...] = ()
    unshipped: tuple[str, ...] = ()
    is_proven_best: bool = True

    @property
    def is_complete(self) -> bool:
        """Whether every unit that needs shipping has a package."""
        return not self.shortages

    def package(self, package_id: str) -> Package:
        """The package of that id; raises KeyError where there is none."""
        for package in self.packages:
            if package.id == package_id:
                return package
        raise KeyError(package_id)


def in_order(sources: Sequence[Source]) -> tuple[Source, ...]:
    """Enabled sources by priority, ties by id, so that the order they were listed in never matters."""
    return tuple(sorted((s for s in sources if s.is_enabled), key=lambda s: (s.priority, s.id)))
