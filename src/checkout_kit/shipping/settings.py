"""What holds for a whole policy: its time zone, default weight, places."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from attrs import field, frozen

from checkout_kit.address import Address, postal_key

Point = tuple[float, float]


@frozen(kw_only=True)
class Settings:
    """Plain facts of a policy that rules look up while pricing.

    `asked` names the facts about the destination that some rule asks for: distance, destination_kinds.
    """

    currency: str
    zone: ZoneInfo
    default_origin: str
    default_item_weight_g: int | None = None
    origin_locations: Mapping[str, Point] = field(factory=dict)
    centroids: Mapping[str, Mapping[str, Point]] = field(factory=dict)
    has_codes: bool = False
    asked: frozenset[str] = frozenset()

    def origin_location(self, origin: str) -> Point | None:
        """Where an origin is; the empty name is the policy's first one."""
        return self.origin_locations.get(origin or self.default_origin)

    def centroid(self, address: Address) -> Point | None:
        """The middle of the smallest listed postal code area that holds the address."""
        known = self.centroids.get(address.country)
        if not known or not address.postal_code:
            return None
        key = postal_key(address.country, address.postal_code)
        return next((known[key[:n]] for n in range(len(key), 0, -1) if key[:n] in known), None)
