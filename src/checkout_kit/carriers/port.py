"""The port to live rate sources: what is asked, what a source has to be able to do, and what is reported."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from attrs import field, frozen, validators

from checkout_kit.address import Address
from checkout_kit.shipping.live import LiveRate
from checkout_kit.units import Dimensions


def _headers(value: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({name.lower(): text for name, text in value.items()})


@frozen(kw_only=True)
class Parcel:
    """One box to be rated: its weight, and its outer size where known."""

    weight_g: int = field(validator=validators.ge(0))
    dimensions: Dimensions | None = None


@frozen(kw_only=True)
class RateRequest:
    """What live sources are asked: where from, where to, which parcels, in which currency."""

    origin: Address
    destination: Address
    parcels: tuple[Parcel, ...]
    currency: str
    is_residential: bool | None = None


@frozen(kw_only=True)
class RateCall:
    """One HTTP request a source wants made; headers may hold secrets and are kept out of the repr."""

    method: str
    url: str
    headers: Mapping[str, str] = field(factory=dict, converter=_headers, repr=False, hash=False)
    content: bytes = b""


@frozen(kw_only=True)
class RateReply:
    """The HTTP answer as the source reads it; header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(factory=dict, converter=_headers, repr=False, hash=False)
    content: bytes = field(default=b"", repr=False)


class MalformedReply(ValueError):
    """Raised by `interpret` for an answer that is not what the service documents."""


class RateSource(Protocol):
    """A live source without I/O: it says what to send and reads what came back.

    `id` names it in reports and in the cache; two sources with different credentials or settings need
    different ids. `timeout_s` is the longest its whole exchange may take.
    """

    @property
    def id(self) -> str:
        """The name in reports, stable between runs."""

    @property
    def timeout_s(self) -> float:
        """Seconds from the first byte sent to the last one read."""

    def prepare(self, request: RateRequest) -> RateCall:
        """The request to send."""

    def interpret(self, request: RateRequest, reply: RateReply) -> tuple[LiveRate, ...]:
        """The rates in a reply of status 2xx; raises MalformedReply for anything else than documented."""


@frozen(kw_only=True)
class SourceReport:
    """What became of one source: never an exception, never silence.

    Attributes:
        outcome: `live` (asked now), `cached` (fresh in the cache), `stale` (expired in the cache and the
            source failed), `stored` (the stored table stood in) or `failed` (nothing to stand in).
        reason: why the source itself gave nothing: timeout, deadline, http_status, too_large, malformed,
            unreachable or source_error; empty when it answered.
        detail: a status code or the kind of error; never a header, an address or a secret.
    """

    source_id: str
    outcome: str
    reason: str = ""
    detail: str = ""
    elapsed_ms: int = 0


@frozen(kw_only=True)
class LiveRates:
    """The rates of all sources, and one report per source in the order they were given."""

    rates: tuple[LiveRate, ...]
    reports: tuple[SourceReport, ...]

    @property
    def failed(self) -> tuple[SourceReport, ...]:
        """The sources that did not answer, whether or not something stood in for them."""
        return tuple(report for report in self.reports if report.reason)

    def by_method(self) -> dict[str, LiveRate]:
        """The cheapest rate of each method id; ties go to the source listed first."""
        best: dict[str, LiveRate] = {}
        for rate in self.rates:
            known = best.get(rate.method_id)
            if known is None or rate.price_minor < known.price_minor:
                best[rate.method_id] = rate
        return best
