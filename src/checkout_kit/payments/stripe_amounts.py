"""Stripe's smallest units, which are not always those of ISO 4217.

Source: Stripe's list of supported currencies, read 2026-11.
"""

from typing import Final

from checkout_kit.errors import Refused

# Counted in hundredths although ISO 4217 gives them no decimals.
_HUNDREDFOLD: Final = ("ISK", "UGX")
# Counted whole, although ISO 4217 gives it two.
_WHOLE: Final = ("MGA",)
# Counted in thousandths, of which the last must be 0.
_IN_TENS: Final = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")


def step_of(currency: str) -> int:
    """Of how many of our minor units an amount Stripe takes is a multiple.

    >>> step_of("USD"), step_of("KWD"), step_of("MGA")
    (1, 10, 100)
    """
    return 100 if currency in _WHOLE else 10 if currency in _IN_TENS else 1


def to_stripe(amount: int, currency: str) -> int:
    """Our minor units as Stripe's.

    Raises:
        Refused: the amount is finer than Stripe takes this currency.

    >>> to_stripe(1590, "USD"), to_stripe(500, "JPY"), to_stripe(5, "ISK"), to_stripe(500, "MGA")
    (1590, 500, 500, 5)
    """
    step = step_of(currency)
    if amount % step:
        raise Refused(
            f"Stripe takes {currency} in steps of {step} minor units, got {amount}; round prices to them"
        )
    if currency in _WHOLE:
        return amount // 100
    return amount * 100 if currency in _HUNDREDFOLD else amount


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's smallest units as ours.

    >>> from_stripe(1590, "USD"), from_stripe(500, "JPY"), from_stripe(500, "ISK"), from_stripe(5, "MGA")
    (1590, 500, 5, 500)
    """
    if currency in _WHOLE:
        return amount * 100
    return amount // 100 if currency in _HUNDREDFOLD else amount
