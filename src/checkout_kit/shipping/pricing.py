"""One request being priced: facts plus place, able to work out every detail of the answer when asked."""

import datetime as dt
from collections.abc import Container, Hashable

from checkout_kit.errors import InputError
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping.cells import Cell
from checkout_kit.shipping.engine import Engine
from checkout_kit.shipping.facts import Facts
from checkout_kit.shipping.free_shipping import distances_to_free
from checkout_kit.shipping.lean import Walk, shaped
from checkout_kit.shipping.quote import MethodFace, ShippingOption
from checkout_kit.shipping.rate import Face, Itemised, Rate, all_refusals, itemise
from checkout_kit.shipping.refusals import (
    currency_refusal,
    not_delivered,
    nothing_to_ship,
    ships_from_elsewhere,
)
from checkout_kit.shipping.steps import Refusal
from checkout_kit.shipping.validity import holds_until
from checkout_kit.shipping.values import FreeShipping, PriceComponent


class PricedRequest(Facts):
    """A request with its place and policy; the `Pricing` behind a quote and its options."""

    # Unset until asked for: most quotes are only looked at for their options, and each assignment costs.
    __slots__ = ("_last", "_offered", "_regular", "days", "is_quick", "walked")

    _last: tuple[Face, Itemised]
    _offered: Container[int]
    _regular: dict[MethodFace, int]
    cell: Cell
    engine: Engine
    walked: Walk
    days: tuple[int, ...]
    is_quick: bool

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return self.settings.currency

    def price(self, rate: Rate) -> Itemised | Refusal:
        """The full walk for one rate."""
        if self.sent_quantity == 0:
            return nothing_to_ship()
        return itemise(rate, self.cell.numbers(rate.face.index), self)

    def promise(self, rate: Rate) -> DeliveryPromise | Refusal | None:
        """The rate's promise; None where it has no dates, a refusal where no day is usable."""
        if rate.lane is None:
            return None
        placed_at = self.request.placed_at
        try:
            start = rate.lane.ship_from.start_at(placed_at, self.release_on)
            return rate.lane.answer(start, rate.lane.destination.day_at(placed_at))
        except InputError as error:
            return Refusal(
                reason="no_delivery_day", message=error.faults[0].message, hint="choose another method"
            )

    def full_option(self, face: Face, promise: DeliveryPromise | None) -> ShippingOption | None:
        """The option by the full walk, or None where the method is withheld."""
        rate = self.cell.rates[face.index]
        found = None if rate is None else self.price(rate)
        if found is None or isinstance(found, Refusal):
            return None
        return ShippingOption(face, found.price_minor, promise, self)

    def full_options(self) -> list[ShippingOption]:
        """All options by the full walk, in policy order."""
        options = []
        for rate in self.cell.rates:
            if rate is not None:
                promise = self.promise(rate)
                option = None if isinstance(promise, Refusal) else self.full_option(rate.face, promise)
                if option is not None:
                    options.append(option)
        return options

    def refusals(self, face: Face) -> tuple[Refusal, ...]:
        """Everything that stands in the way of a method; empty for one that is offered."""
        rate = self.cell.rates[face.index]
        if self.sent_quantity == 0:
            return (nothing_to_ship(),)
        if rate is None:
            return (self._no_rate(face),)
        found = all_refusals(rate, self.cell.numbers(face.index), self)
        if found:
            return found
        promise = self.promise(rate)
        return (promise,) if isinstance(promise, Refusal) else ()

    def _no_rate(self, face: Face) -> Refusal:
        if face.method_id in self.engine.not_priced:
            return currency_refusal(self.currency)
        if face.method_id in self.engine.elsewhere:
            return ships_from_elsewhere(self.request.origin)
        return not_delivered(face.zone_names[0] if face.zone_names else "")

    def quick_options(self) -> list[ShippingOption] | None:
        """The options in policy order by the quick walk, or None where the full walk has to decide."""
        if not self.is_plain:
            return None
        cell = self.cell
        plan = cell.plan
        dated = plan.offers(self.request.placed_at, self.release_on)
        if dated is None:
            return None
        self.days, offers = dated
        goods, row, specials = self.goods, cell.row, plan.specials
        self.walked = numbers, tests, tiers, sums = plan.walk(self)
        options: list[ShippingOption] = []
        add = options.append
        self.is_quick = True
        for face, special, band, at, free_from, fees, promise in offers:
            tier = tiers[band]
            if special:
                guard, free_if, shape = specials[special]
                if not tests[guard]:
                    continue
                if free_if and tests[free_if] and tier >= 0:
                    add(ShippingOption(face, 0, promise, self))
                    continue
                if shape is not None and tier >= 0 and goods < free_from:
                    base = numbers[shape.base] if shape.base else row[at + tier]
                    add(ShippingOption(face, shaped(shape, base, sums[fees], numbers), promise, self))
                    continue
            if tier < 0:
                self.is_quick = False
                option = self.full_option(face, promise)
                if option is not None:
                    add(option)
            elif goods >= free_from:
                add(ShippingOption(face, 0, promise, self))
            else:
                base = row[at + tier]
                price, twice, whole, twice_whole, more = sums[fees]
                price += base
                if twice:
                    price += (base * twice + whole) // twice_whole
                    for twice, whole, twice_whole in more:
                        price += (base * twice + whole) // twice_whole
                add(ShippingOption(face, price, promise, self))
        return options

    def options(self) -> list[ShippingOption]:
        """All options in policy order, by the lean walk where it can."""
        options = self.quick_options()
        if options is None:
            options = self.full_options()
        if len(options) == len(self.engine.faces):
            self._offered = range(len(options))
        return options

    def seen(self) -> Hashable | None:
        """Everything the quick walk looked at; None where the full walk priced any method."""
        if not getattr(self, "is_quick", False):
            return None
        return self.cell.token, self.days, tuple(self.walked[0])

    def offered(self) -> Container[int]:
        """The places in the policy of all offered methods; the options, which point back, are not kept."""
        try:
            return self._offered
        except AttributeError:
            self._offered = {_face(option.face).index for option in self.options()}
            return self._offered

    def _itemised(self, face: Face) -> Itemised:
        """The price with its steps; the last one is kept, for who chooses an option asks for all of it."""
        last: tuple[Face, Itemised] | None = getattr(self, "_last", None)
        if last is not None and last[0] is face:
            return last[1]
        rate = self.cell.rates[face.index]
        found = None if rate is None else self.price(rate)
        if found is None or isinstance(found, Refusal):
            raise TypeError(f"{face.method_id!r} is withheld and has no price")
        self._last = face, found
        return found

    def components(self, face: MethodFace) -> tuple[PriceComponent, ...]:
        """The summands of the method's price, in the order they were applied."""
        return tuple([step.component() for step in self._itemised(_face(face)).steps])

    def regular_minor(self, face: MethodFace, price_minor: int) -> int:
        """The price before free shipping and promotions."""
        # The quick walk makes free or leaves as it is; all other reductions are the full walk's.
        if price_minor and getattr(self, "is_quick", False):
            return price_minor
        try:
            return self._regular[face]
        except AttributeError:
            last: tuple[Face, Itemised] | None = getattr(self, "_last", None)
            if last is not None and last[0] is face:
                return last[1].regular_minor
            self._regular = self._quick_regular() if self.is_plain else {}
            return self.regular_minor(face, price_minor)
        except KeyError:
            found = self._regular[face] = self._itemised(_face(face)).regular_minor
            return found

    def _quick_regular(self) -> dict[MethodFace, int]:
        """The price before free shipping of every method that the quick walk can price."""
        plan, row = self.cell.plan, self.cell.row
        numbers, _, tiers, sums = getattr(self, "walked", None) or plan.walk(self)
        found: dict[MethodFace, int] = {}
        for face, special, band, at, _, fees in plan.entries:
            tier = tiers[band]
            shape = plan.specials[special][2] if special else None
            if tier >= 0 and shape is not None:
                base = numbers[shape.base] if shape.base else row[at + tier]
                found[face] = shaped(shape, base, sums[fees], numbers)
            elif tier >= 0:
                price, twice, whole, twice_whole, more = sums[fees]
                base = row[at + tier]
                price += base
                if twice:
                    price += (base * twice + whole) // twice_whole
                    for twice, whole, twice_whole in more:
                        price += (base * twice + whole) // twice_whole
                found[face] = price
        return found

    def tax_minor(self, face: MethodFace) -> int:
        """The tax contained in the price."""
        rate = self.cell.rates[_face(face).index]
        return 0 if rate is None or rate.tax is None else self._itemised(_face(face)).tax_minor

    def carbon_g(self, face: MethodFace) -> int | None:
        """Grams of CO2e by the stated factors, rounded to whole grams; None where something is unknown."""
        carbon = _face(face).carbon
        if carbon is None or not self.weight_is_known:
            return None
        weight_kg = self.sent_weight_g / 1000
        grams = carbon.per_order + carbon.per_kg * weight_kg
        if carbon.per_kg_km:
            distance_m = self.distance_m(_face(face).origin)
            if distance_m is None:
                return None
            grams += carbon.per_kg_km * weight_kg * distance_m / 1000
        return round(grams)

    def free_shipping(self) -> tuple[FreeShipping, ...]:
        """The distance to free shipping of every offered method that can become free."""
        offered = self.offered()
        rates = self.cell.plan.free_rates
        # A range stands for every method of the policy.
        if not isinstance(offered, range):
            rates = tuple([rate for rate in rates if rate.face.index in offered])
        return distances_to_free(rates, self)

    def valid_until(self) -> dt.datetime:
        """Up to which instant the answer holds."""
        return holds_until(self, self.cell.plan)


def _face(face: MethodFace) -> Face:
    """The method's own face, which is what the options of this room carry."""
    if not isinstance(face, Face):
        raise TypeError(f"not a method of this policy: {face.method_id!r}")
    return face
