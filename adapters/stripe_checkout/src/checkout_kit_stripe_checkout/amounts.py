"""Prices in Stripe's smallest units, rounded where Stripe takes no finer ones."""

from checkout_kit.payments.stripe_amounts import from_stripe, step_of
from checkout_kit.payments.stripe_amounts import to_stripe as exactly

__all__ = ["from_stripe", "to_stripe"]


def to_stripe(amount_minor: int, currency: str) -> int:
    """Our minor units as Stripe's; of dinars, counted in thousandths, only tens are taken: half-up.

    >>> to_stripe(1000, "JPY"), to_stripe(499, "USD"), to_stripe(1235, "KWD"), to_stripe(5, "ISK")
    (1000, 499, 1240, 500)
    """
    step = step_of(currency)
    return exactly((amount_minor + step // 2) // step * step, currency)
