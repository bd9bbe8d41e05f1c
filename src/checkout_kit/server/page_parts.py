"""From a checkout and its quote to what the page shows."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final

from attrs import frozen

from checkout_kit.address import Address, format_address
from checkout_kit.address.book import AddressBook
from checkout_kit.checkout import Change, Checkout, Totals
from checkout_kit.money import Money
from checkout_kit.promise.text import duration_text
from checkout_kit.server import texts
from checkout_kit.server.forms import PaymentChoice
from checkout_kit.server.page_values import (
    FreeGoal,
    LineRow,
    OptionCard,
    PaymentCard,
    SavedCard,
    TotalRow,
    TotalsTable,
    WithheldRow,
)
from checkout_kit.shipping import Quote, ShippingOption

FREE: Final = "Free"
_NO_TIME: Final = dt.timedelta(0)
_CLOSE: Final = dt.timedelta(hours=24)


@frozen
class Reading:
    """How to read instants and amounts aloud: the language, the shop's zone, and now."""

    locale: str
    zone: dt.tzinfo
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        """The shop's date."""
        return self.now.astimezone(self.zone).date()

    def money(self, amount: int, currency: str) -> str:
        """An amount of minor units as this reader writes it."""
        return Money(amount, currency).format(self.locale)

    def price(self, amount: int, currency: str) -> str:
        """A delivery price: the word for nothing, or the amount."""
        return FREE if amount == 0 else self.money(amount, currency)


def option_cards(quote: Quote, selected: str, reading: Reading) -> tuple[OptionCard, ...]:
    """One card per offered option, in the order of the quote."""
    return tuple(_option_card(option, option.id == selected, reading) for option in quote.options)


def _option_card(option: ShippingOption, is_selected: bool, reading: Reading) -> OptionCard:
    promise = option.promise
    order_by = promise.order_by if promise else None
    left = order_by - reading.now if order_by else _NO_TIME
    is_close = _NO_TIME < left < _CLOSE
    regular = option.regular_price.amount
    return OptionCard(
        id=option.id,
        title=option.title,
        description=option.description,
        arrives=texts.arrives(promise, reading.now, reading.zone, reading.locale) if promise else "",
        order_by=duration_text(left, reading.locale) if is_close or (is_selected and left > _NO_TIME) else "",
        order_by_iso=order_by.isoformat() if order_by else "",
        price=reading.price(option.price_minor, option.currency),
        was=reading.money(regular, option.currency) if regular > option.price_minor else "",
        is_free=option.is_free,
        is_selected=is_selected,
    )


def withheld_rows(quote: Quote) -> tuple[WithheldRow, ...]:
    """Every method that is not offered, with its reason; those that merely go elsewhere share one row."""
    elsewhere = [method.title for method in quote.withheld if method.reason == "not_delivered_here"]
    rows = [
        WithheldRow(
            title=method.title, message=texts.sentence(method.message), hint=texts.sentence(method.hint)
        )
        for method in quote.withheld
        if method.reason != "not_delivered_here"
    ]
    if elsewhere:
        rows.append(WithheldRow(title="Not to this address", message=", ".join(elsewhere), hint=""))
    return tuple(rows)


def free_goals(quote: Quote, reading: Reading) -> tuple[FreeGoal, ...]:
    """The nearest free delivery not reached yet, else the ones that are: at most one line to read."""
    goals = sorted(quote.free_shipping, key=lambda goal: goal.missing.amount)
    missing = next((goal for goal in goals if not goal.reached), None)
    reached = [goal for goal in goals if goal.reached]
    rows = []
    if reached:
        names = " and ".join(goal.title for goal in reached)
        rows.append(FreeGoal(text=f"You have free delivery with {names}.", percent=100, is_reached=True))
    if missing is not None:
        part = missing.threshold.amount - missing.missing.amount
        short = reading.money(missing.missing.amount, missing.missing.currency)
        rows.append(
            FreeGoal(
                text=f"You are {short} short of free delivery with {missing.title}.",
                percent=max(0, min(99, 100 * part // max(1, missing.threshold.amount))),
                is_reached=False,
            )
        )
    return tuple(rows)


def line_rows(checkout: Checkout, image_of: Callable[[str], str], reading: Reading) -> tuple[LineRow, ...]:
    """The cart's lines."""
    return tuple(
        LineRow(
            id=line.id,
            title=line.title or line.sku,
            initial=(line.title or line.sku)[:1].upper(),
            image=image_of(line.sku),
            quantity=line.quantity,
            unit_price=reading.money(line.unit_price, checkout.currency),
            total=reading.money(line.total, checkout.currency),
            can_decrease=line.quantity > 1,
        )
        for line in checkout.cart.lines
    )


def totals_table(checkout: Checkout, totals: Totals, reading: Reading) -> TotalsTable:
    """The rows a buyer reads; delivery is told even when it is free or not known yet."""
    currency = checkout.currency
    rows = [TotalRow(title="Goods", amount=reading.money(totals.goods, currency))]
    discount = totals.line_discount + totals.order_discount
    if discount:
        rows.append(TotalRow(title="Discount", amount=reading.money(discount, currency)))
    if checkout.cart.needs_shipping:
        is_known = all(delivery.choice for delivery in checkout.deliveries)
        shipping = totals.shipping + totals.shipping_discount
        rows.append(
            TotalRow(
                title="Delivery",
                amount=reading.price(shipping, currency) if is_known else "—",
                is_free=is_known and shipping == 0,
            )
        )
    for title, amount in (("Tax", totals.tax), ("Fees", totals.fee), ("Refunded", totals.refund)):
        if amount:
            rows.append(TotalRow(title=title, amount=reading.money(amount, currency)))
    if totals.tax_included:
        rows.append(TotalRow(title="Tax included", amount=reading.money(totals.tax_included, currency)))
    return TotalsTable(
        rows=tuple(rows), total=reading.money(totals.total, currency), shown=shown_as(checkout, totals)
    )


def shown_as(checkout: Checkout, totals: Totals) -> str:
    """What the buyer agrees to when they press the button: the amount and each promised day."""
    days = (
        delivery.choice.promise.latest.isoformat() if delivery.choice and delivery.choice.promise else ""
        for delivery in checkout.deliveries
    )
    return "|".join((str(totals.total), checkout.currency, *days))


def spoken_address(address: Address, home: str) -> tuple[str, ...]:
    """The lines of a label as people write them, not in capitals, and without the home country."""
    *lines, _ = format_address(address)
    for part in (address.city, address.region, address.name, address.company):
        lines = [line.replace(part.upper(), part) if part else line for line in lines]
    return (*lines, *(() if address.country == home else (country_name(address.country),)))


@lru_cache(maxsize=300)
def country_name(country: str, locale: str = "en") -> str:
    """The country's name in a language, or its code."""
    from babel import Locale

    return str(Locale.parse(locale).territories.get(country, country))


def saved_cards(book: AddressBook, selected_id: str, home: str) -> tuple[SavedCard, ...]:
    """The addresses in the customer's book, the likeliest first."""
    return tuple(
        SavedCard(
            id=saved.id,
            label=saved.label or saved.address.name or saved.address.city,
            text=", ".join(
                line for line in spoken_address(saved.address, home) if line != saved.address.name
            ),
            is_selected=saved.id == selected_id,
        )
        for saved in book.offer("delivery")
    )


def payment_cards(checkout: Checkout, choices: Sequence[PaymentChoice]) -> tuple[PaymentCard, ...]:
    """The ways to pay; the first is preselected unless the buyer chose another."""
    chosen = next((choice.id for choice in choices if choice.is_in(checkout)), "")
    attempt = checkout.attempt
    if not chosen and choices and not (attempt is not None and attempt.state == "declined"):
        chosen = choices[0].id
    return tuple(
        PaymentCard(
            id=choice.id, title=choice.title, description=choice.description, is_selected=choice.id == chosen
        )
        for choice in choices
    )


def change_notices(changes: Iterable[Change], currency: str, reading: Reading) -> tuple[str, ...]:
    """What the last write altered in the chosen delivery, in sentences."""
    return tuple(texts.change_sentence(change, currency, reading.today, reading.locale) for change in changes)
