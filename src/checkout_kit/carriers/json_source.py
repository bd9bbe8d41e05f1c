"""A live source that speaks this project's own small JSON: for a house's rate service, or a carrier's bridge.

Sent: `POST {"origin", "destination", "parcels": [{"weight_g", "size_mm"}], "currency", "is_residential"}`.
Expected: `{"rates": [{"service", "price_minor", "currency", "transit_min_days", "transit_max_days"}]}`;
transit days may be absent. Services the shop has no method for are left out.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen, validators

from checkout_kit.address import Address
from checkout_kit.carriers.port import MalformedReply, RateCall, RateReply, RateRequest
from checkout_kit.shipping.live import LiveRate


def _frozen_map(value: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(value))


@frozen(kw_only=True)
class JsonRateSource:
    """One rate service by URL; `methods` maps its service codes to the policy's method ids.

    `token` is sent as a bearer token and never shown.
    """

    id: str
    url: str
    methods: Mapping[str, str] = field(converter=_frozen_map, hash=False)
    token: str = field(default="", repr=False)
    timeout_s: float = field(default=2.0, validator=validators.gt(0))

    def prepare(self, request: RateRequest) -> RateCall:
        """The request to send."""
        body = {
            "origin": _place(request.origin),
            "destination": _place(request.destination),
            "parcels": [
                {
                    "weight_g": parcel.weight_g,
                    "size_mm": None
                    if (box := parcel.dimensions) is None
                    else [box.length_mm, box.width_mm, box.height_mm],
                }
                for parcel in request.parcels
            ],
            "currency": request.currency,
            "is_residential": request.is_residential,
        }
        headers = {"content-type": "application/json", "accept": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        content = json.dumps(body, separators=(",", ":")).encode()
        return RateCall(method="POST", url=self.url, headers=headers, content=content)

    def interpret(self, request: RateRequest, reply: RateReply) -> tuple[LiveRate, ...]:
        """The rates of the services that have a method; raises MalformedReply."""
        try:
            rows = json.loads(reply.content)["rates"]
            return tuple(self._rate(row) for row in rows if row["service"] in self.methods)
        except (ValueError, KeyError, TypeError) as error:
            raise MalformedReply(f"not a list of rates: {type(error).__name__}") from error

    def _rate(self, row: Mapping[str, object]) -> LiveRate:
        return LiveRate(
            method_id=self.methods[str(row["service"])],
            price_minor=_whole(row["price_minor"]),
            currency=str(row["currency"]),
            source=self.id,
            transit_min_days=_whole_or_none(row.get("transit_min_days")),
            transit_max_days=_whole_or_none(row.get("transit_max_days")),
        )


def _place(address: Address) -> dict[str, str]:
    return {
        "country": address.country,
        "region": address.region,
        "city": address.city,
        "postal_code": address.postal_code,
    }


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not a whole number")
    return value


def _whole_or_none(value: object) -> int | None:
    return None if value is None else _whole(value)
