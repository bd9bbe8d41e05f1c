"""What a shop says about its page."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from attrs import field, frozen

from checkout_kit.checkout import Checkout
from checkout_kit.server.forms import PaymentChoice
from checkout_kit.server.page_values import Link
from checkout_kit.server.reading import Reading
from checkout_kit.server.words import SOURCE_LANGUAGE, Words, choose_locale, language_of, shipped_words

TEST_PAYMENTS: Final = (
    PaymentChoice("ok", "Test card ending 4242", "test", "tok_ok", "Is accepted"),
    PaymentChoice("3ds", "Test card ending 3220", "test", "tok_3ds", "The bank asks you to confirm"),
    PaymentChoice("decline", "Test card ending 0002", "test", "tok_decline", "Is declined"),
)


@frozen(kw_only=True)
class Strip:
    """Links above the page, such as the demo's."""

    note: str = ""
    links: tuple[Link, ...] = ()


def no_strip(_checkout: Checkout | None, _root: str) -> Strip:
    """No links above the page."""
    return Strip()


def no_image(_sku: str) -> str:
    """No product has a picture; the page shows an initial instead."""
    return ""


@frozen(kw_only=True)
class PageSettings:
    """How the hosted page presents the shop.

    Attributes:
        countries: ISO codes the address form offers; the first is preselected.
        zone: the shop's time zone, in which "today" is said.
        payments: the ways to pay; the first is preselected.
        image_of: the URL of a product's picture by sku, or empty.
        is_cart_editable: whether the buyer may change quantities on the page.
        takes_codes: whether the page has a place for discount codes.
        splits_deliveries: whether the buyer may send a part of the cart separately.
        terms_url: where the terms of sale are read, for a shop whose demands include them.
        locale: how dates and amounts are written for a buyer who wishes no other language.
        languages: the languages the page may speak, by code; empty: all it has words for.
        words: languages beside those that come with the package, or in their place (`load_words`).
        strip: links above the page, given the checkout (or None) and the path the server is mounted at.
    """

    shop_name: str = "Shop"
    shop_url: str = ""
    countries: tuple[str, ...] = ("US",)
    zone: dt.tzinfo = dt.UTC
    payments: tuple[PaymentChoice, ...] = TEST_PAYMENTS
    image_of: Callable[[str], str] = no_image
    is_cart_editable: bool = False
    takes_codes: bool = False
    splits_deliveries: bool = True
    locale: str = "en"
    languages: tuple[str, ...] = ()
    words: Mapping[str, Words] = field(factory=dict, hash=False)
    terms_url: str = ""
    foot: str = ""
    strip: Callable[[Checkout | None, str], Strip] = no_strip

    def read_by(self, wishes: Iterable[str], now: dt.datetime) -> Reading:
        """How the page is read by a buyer who wishes these locales, the dearest first."""
        known = {**shipped_words(), **self.words}
        spoken = [language for language in known if not self.languages or language in self.languages]
        locale = choose_locale(wishes, self.locale, spoken)
        return Reading(locale, self.zone, now, known.get(language_of(locale)) or known[SOURCE_LANGUAGE])
