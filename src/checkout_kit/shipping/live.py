"""One live rate as data: what a carrier's service said, handed to `quote()` beside the stored table."""

from attrs import frozen

from checkout_kit.errors import Fault, InputError
from checkout_kit.money import is_currency


@frozen(kw_only=True)
class LiveRate:
    """The price, and where told the transit time, that a live source gives for one shipping method.

    `price_minor` is in minor units of `currency`; transit days are working days of the carrier, None where
    the source did not say. `is_stale` is true when the rate comes from an expired cache entry because the
    source did not answer.

    Raises:
        InputError: every unusable field together.
    """

    method_id: str
    price_minor: int
    currency: str
    source: str
    transit_min_days: int | None = None
    transit_max_days: int | None = None
    is_stale: bool = False

    def __attrs_post_init__(self) -> None:
        numbers = {
            "price_minor": self.price_minor,
            "transit_min_days": self.transit_min_days,
            "transit_max_days": self.transit_max_days,
        }
        faults = [
            Fault(name, "must not be negative", repr(number))
            for name, number in numbers.items()
            if number is not None and number < 0
        ]
        if not is_currency(self.currency):
            faults.append(Fault("currency", "not an ISO 4217 currency", repr(self.currency)))
        low, high = self.transit_min_days, self.transit_max_days
        if low is not None and high is not None and low > high:
            faults.append(Fault("transit_min_days", f"is above transit_max_days {high!r}", repr(low)))
        if faults:
            raise InputError(faults)
