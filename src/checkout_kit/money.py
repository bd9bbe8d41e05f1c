"""Money: integer minor units and an ISO 4217 currency, rounded half-up once per price component."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import total_ordering
from typing import Self

from attrs import field, frozen

from checkout_kit.errors import CurrencyMismatch, InputError

# Source: ISO 4217 list one (2024-06-25); every other active currency has two decimals.
_EXPONENTS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"), 0
    ),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_TWO_DECIMALS = frozenset(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR "
    "MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD "
    "SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER "
    "ZAR ZMW ZWG".split()
)


def is_currency(code: str) -> bool:
    """Whether `code` is an active ISO 4217 currency, in upper case."""
    return code in _TWO_DECIMALS or code in _EXPONENTS


def exponent(currency: str) -> int:
    """How many decimals the currency's minor unit has (JPY 0, USD 2, KWD 3).

    Raises:
        InputError: `currency` is not an active ISO 4217 code.
    """
    if currency in _TWO_DECIMALS:
        return 2
    try:
        return _EXPONENTS[currency]
    except KeyError:
        raise InputError.of(
            "currency", "not an ISO 4217 currency", found=currency, remedy="use a code such as 'USD'"
        ) from None


def divide_half_up(numerator: int, denominator: int) -> int:
    """The quotient rounded to the nearest integer, halves away from zero.

    >>> divide_half_up(5, 2), divide_half_up(-5, 2), divide_half_up(149, 100)
    (3, -3, 1)
    """
    if numerator < 0:
        return -divide_half_up(-numerator, denominator)
    return (2 * numerator + denominator) // (2 * denominator)


def minor_units(amount: str | int | Decimal, currency: str, *, path: str = "amount") -> int:
    """The exact number of minor units in a decimal amount of major units.

    >>> minor_units("3.90", "USD"), minor_units("1000", "JPY"), minor_units("1.234", "KWD")
    (390, 1000, 1234)

    Raises:
        InputError: not a decimal number, not finite, or finer than the currency's minor unit; never rounded.
    """
    digits = exponent(currency)
    try:
        value = Decimal(amount)
    except (InvalidOperation, ValueError, TypeError):
        raise InputError.of(
            path, "not a decimal amount", found=amount, remedy="write a decimal string such as '3.90'"
        ) from None
    if not value.is_finite() or abs(value.adjusted()) > 15:
        raise InputError.of(path, "not a usable amount", found=amount, remedy="write a finite decimal amount")
    scaled = value.scaleb(digits)
    if scaled != scaled.to_integral_value():
        raise InputError.of(
            path,
            f"finer than the minor unit of {currency}",
            found=amount,
            remedy=f"use at most {digits} decimals",
        )
    return int(scaled)


@total_ordering
@frozen
class Money:
    """An exact amount: `amount` in minor units (cents for USD, yen for JPY) of `currency`.

    >>> Money.of("3.90", "USD") + Money(10, "USD")
    Money(amount=400, currency='USD')
    >>> str(Money(1000, "JPY")), str(Money(-5, "USD"))
    ('1000 JPY', '-0.05 USD')
    """

    amount: int
    currency: str = field()

    @currency.validator
    def _known(self, _attribute: object, value: str) -> None:
        exponent(value)

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Self:
        """Money from a decimal number of major units; raises InputError rather than round."""
        return cls(minor_units(amount, currency), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, with exactly the currency's decimals."""
        return Decimal(self.amount).scaleb(-exponent(self.currency))

    def _same(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch(
                f"{self} and {other} are of different currencies; convert one of them explicitly first"
            )
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        """The sum; raises CurrencyMismatch for two currencies."""
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """The difference; raises CurrencyMismatch for two currencies."""
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        """The amount with its sign turned."""
        return Money(-self.amount, self.currency)

    def __mul__(self, quantity: int) -> "Money":
        """The amount times a whole quantity."""
        return Money(self.amount * quantity, self.currency)

    def __lt__(self, other: "Money") -> bool:
        """Whether this is less; raises CurrencyMismatch for two currencies."""
        return self.amount < self._same(other)

    def __bool__(self) -> bool:
        """Whether the amount is not zero."""
        return self.amount != 0

    def __str__(self) -> str:
        """Plain and unlocalised: `3.90 USD`."""
        return f"{self.decimal} {self.currency}"

    def format(self, locale: str = "en") -> str:
        """The amount as a shopper of `locale` reads it (through Babel): `$3.90`, `3,90 €`."""
        from babel.numbers import format_currency

        return format_currency(self.decimal, self.currency, locale=locale.replace("-", "_"))


def allocate(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split `total` minor units in proportion to `weights` by largest remainder; ties go to the first.

    The parts always sum to `total`. All-zero weights count as equal ones.

    >>> allocate(299, (1000, 1000, 1000))
    (100, 100, 99)

    Raises:
        ValueError: no weights, or a negative one.
    """
    if not weights or min(weights) < 0:
        raise ValueError(f"allocate needs one or more weights >= 0, got {tuple(weights)!r}")
    if total < 0:
        return tuple(-part for part in allocate(-total, weights))
    whole = sum(weights)
    if whole == 0:
        return allocate(total, (1,) * len(weights))
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return tuple(parts)
