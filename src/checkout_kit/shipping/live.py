"""One live rate as data: what a carrier's service said, handed to `quote()` beside the stored table."""

from attrs import field, frozen, validators

_NOT_NEGATIVE = validators.ge(0)


@frozen(kw_only=True)
class LiveRate:
    """The price, and where told the transit time, that a live source gives for one shipping method.

    `price_minor` is in minor units of `currency`; transit days are working days of the carrier, None where
    the source did not say. `is_stale` is true when the rate comes from an expired cache entry because the
    source did not answer.
    """

    method_id: str
    price_minor: int = field(validator=_NOT_NEGATIVE)
    currency: str
    source: str
    transit_min_days: int | None = field(default=None, validator=validators.optional(_NOT_NEGATIVE))
    transit_max_days: int | None = field(default=None, validator=validators.optional(_NOT_NEGATIVE))
    is_stale: bool = False

    def __attrs_post_init__(self) -> None:
        low, high = self.transit_min_days, self.transit_max_days
        if low is not None and high is not None and low > high:
            raise ValueError(f"transit_min_days {low!r} is above transit_max_days {high!r}")
