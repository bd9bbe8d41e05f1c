"""How one buyer reads the page: their language, the form of dates and amounts, the shop's zone, and now."""

import datetime as dt

from attrs import field, frozen

from checkout_kit.money import Money
from checkout_kit.server.words import SOURCE_LANGUAGE, Words, shipped_words


def _english() -> Words:
    return shipped_words()[SOURCE_LANGUAGE]


@frozen
class Reading:
    """How to read instants and amounts aloud: `locale` forms them, `words` are what stands around them."""

    locale: str
    zone: dt.tzinfo
    now: dt.datetime
    words: Words = field(factory=_english)

    @property
    def today(self) -> dt.date:
        """The shop's date."""
        return self.now.astimezone(self.zone).date()

    def money(self, amount: int, currency: str) -> str:
        """An amount of minor units as this reader writes it."""
        return Money(amount, currency).format(self.locale)

    def price(self, amount: int, currency: str) -> str:
        """A delivery price: the word for nothing, or the amount."""
        return self.words("free") if amount == 0 else self.money(amount, currency)
