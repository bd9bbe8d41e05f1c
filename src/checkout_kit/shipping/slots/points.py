"""Pickup points and lockers: places a parcel goes to instead of the buyer's door, with what they can take."""

from attrs import frozen

from checkout_kit.address import Address
from checkout_kit.cart import Cart
from checkout_kit.units import Dimensions


@frozen(kw_only=True)
class PickupPoint:
    """One place to collect from: a `store` of the merchant, a `point` of a carrier or a `locker`, by `kind`.

    `address` is the destination of the quote; weights in grams for the whole order, the size is that of the
    largest compartment. `schedule` names the slots of the collection desk, empty where none are kept.
    """

    id: str
    title: str
    kind: str
    address: Address
    max_weight_g: int | None = None
    max_size: Dimensions | None = None
    origin: str = ""
    schedule: str = ""

    @property
    def destination_kind(self) -> str:
        """What conditions see: `locker` for lockers, else `pickup_point`."""
        return "locker" if self.kind == "locker" else "pickup_point"

    def refuses(self, cart: Cart, *, default_weight_g: int | None = None) -> tuple[str, ...]:
        """Why the cart cannot be collected here, one sentence each; empty when it can.

        An item of unknown size or weight is not refused for it, but said to be unknown: never a guess.
        """
        reasons: list[str] = []
        lines = [line for line in cart.lines if line.requires_shipping]
        if self.max_weight_g is not None:
            weights = [line.weight_g if line.weight_g is not None else default_weight_g for line in lines]
            known = sum(w * line.quantity for w, line in zip(weights, lines, strict=True) if w is not None)
            if known > self.max_weight_g:
                reasons.append(f"weighs {known} g, at most {self.max_weight_g} g are taken here")
            elif None in weights:
                reasons.append(f"an item's weight is unknown, at most {self.max_weight_g} g are taken here")
        if self.max_size is not None:
            room = _sides(self.max_size)
            for line in lines:
                if line.dimensions is None:
                    reasons.append(f"the size of line {line.id!r} is unknown")
                elif any(side > limit for side, limit in zip(_sides(line.dimensions), room, strict=True)):
                    reasons.append(f"line {line.id!r} does not fit the largest compartment")
        return tuple(reasons)


def _sides(size: Dimensions) -> tuple[int, ...]:
    return tuple(sorted((size.length_mm, size.width_mm, size.height_mm)))
