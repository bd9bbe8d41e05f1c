"""Stripe's smallest units, which are not always those of ISO 4217.

Source: Stripe's list of supported currencies, read 2026-11.
"""

from typing import Final

from checkout_kit.adapter import from_scale, to_scale

_NO_DECIMALS: Final = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
_THREE_DECIMALS: Final = frozenset("BHD JOD KWD OMR TND".split())


def to_stripe(amount_minor: int, currency: str) -> int:
    """Our minor units as Stripe's; with three decimals the last one must be 0, so it is rounded half-up.

    >>> to_stripe(1000, "JPY"), to_stripe(499, "USD"), to_stripe(1235, "KWD"), to_stripe(5, "ISK")
    (1000, 499, 1240, 500)
    """
    if currency in _THREE_DECIMALS:
        return to_scale(amount_minor, currency, 2) * 10
    return to_scale(amount_minor, currency, 0 if currency in _NO_DECIMALS else 2)


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's smallest units as ours.

    >>> from_stripe(1000, "JPY"), from_stripe(499, "USD"), from_stripe(1240, "KWD"), from_stripe(500, "ISK")
    (1000, 499, 1240, 5)
    """
    decimals = 3 if currency in _THREE_DECIMALS else 0 if currency in _NO_DECIMALS else 2
    return from_scale(amount, currency, decimals)
