"""From a checkout and its quote to what the page shows."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final

from checkout_kit.address import Address, format_address
from checkout_kit.checkout import Change, Checkout, Totals
from checkout_kit.promise.text import duration_text
from checkout_kit.server import texts
from checkout_kit.server.forms import PaymentChoice
from checkout_kit.server.page_values import (
    FreeGoal,
    LineRow,
    OptionCard,
    PaymentCard,
    TotalRow,
    TotalsTable,
    WithheldRow,
)
from checkout_kit.server.reading import Reading
from checkout_kit.server.words import SOURCE_LANGUAGE, Words
from checkout_kit.shipping import Quote, ShippingOption

_NO_TIME: Final = dt.timedelta(0)
_CLOSE: Final = dt.timedelta(hours=24)


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
        arrives=texts.arrives(promise, reading) if promise else "",
        order_by=duration_text(left, reading.locale) if is_close or (is_selected and left > _NO_TIME) else "",
        order_by_iso=order_by.isoformat() if order_by else "",
        price=reading.price(option.price_minor, option.currency),
        was=reading.money(regular, option.currency) if regular > option.price_minor else "",
        is_free=option.is_free,
        is_selected=is_selected,
    )


def withheld_rows(
    quote: Quote, words: Words, *, is_placed: bool = True, but: frozenset[str] = frozenset()
) -> tuple[WithheldRow, ...]:
    """Every method that is not offered, with its reason; those that merely go elsewhere share one row.

    `is_placed` says whether the address is known well enough to tell that they do; `but` are reasons that a
    control of the page says better.
    """
    elsewhere = [method.title for method in quote.withheld if method.reason == "not_delivered_here"]
    rows = [
        WithheldRow(
            title=method.title,
            message=words.by_code("reason", method.reason, texts.sentence(method.message)),
            hint=texts.sentence(method.hint) if words.language == SOURCE_LANGUAGE else "",
        )
        for method in quote.withheld
        if method.reason != "not_delivered_here" and method.reason not in but
    ]
    if elsewhere:
        rows.append(
            WithheldRow(
                title=words("not_here" if is_placed else "perhaps_here"),
                message=", ".join(elsewhere),
                hint="",
            )
        )
    return tuple(rows)


def free_goals(quote: Quote, reading: Reading) -> tuple[FreeGoal, ...]:
    """The nearest free delivery not reached yet, else the ones that are: at most one line to read."""
    t = reading.words
    goals = sorted(quote.free_shipping, key=lambda goal: goal.missing.amount)
    missing = next((goal for goal in goals if not goal.reached), None)
    reached = [goal for goal in goals if goal.reached]
    rows = []
    if reached:
        names = t("and").join(goal.title for goal in reached)
        rows.append(FreeGoal(text=t("free_reached", options=names), percent=100, is_reached=True))
    if missing is not None:
        part = missing.threshold.amount - missing.missing.amount
        short = reading.money(missing.missing.amount, missing.missing.currency)
        rows.append(
            FreeGoal(
                text=t("free_missing", amount=short, option=missing.title),
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
    currency, t = checkout.currency, reading.words
    rows = [TotalRow(title=t("goods"), amount=reading.money(totals.goods, currency))]
    discount = totals.line_discount + totals.order_discount
    if discount:
        rows.append(TotalRow(title=t("discount"), amount=reading.money(discount, currency)))
    if checkout.cart.needs_shipping:
        is_known = all(delivery.choice for delivery in checkout.deliveries)
        shipping = totals.shipping + totals.shipping_discount
        rows.append(
            TotalRow(
                title=t("delivery"),
                amount=reading.price(shipping, currency) if is_known else "—",
                is_free=is_known and shipping == 0,
            )
        )
    for key, amount in (("tax", totals.tax), ("fees", totals.fee), ("refunded", totals.refund)):
        if amount:
            rows.append(TotalRow(title=t(key), amount=reading.money(amount, currency)))
    if totals.tax_included:
        rows.append(TotalRow(title=t("tax_included"), amount=reading.money(totals.tax_included, currency)))
    return TotalsTable(
        rows=tuple(rows), total=reading.money(totals.total, currency), shown=shown_as(checkout, totals)
    )


def shown_as(checkout: Checkout, totals: Totals) -> str:
    """What the buyer agrees to when they press the button: the amount and each promised day or slot."""
    days = (
        delivery.slot.id
        if delivery.slot
        else delivery.choice.promise.latest.isoformat()
        if delivery.choice and delivery.choice.promise
        else ""
        for delivery in checkout.deliveries
    )
    return "|".join((str(totals.total), checkout.currency, *days))


def spoken_address(address: Address, home: str, locale: str) -> tuple[str, ...]:
    """The lines of a label as people write them, not in capitals, and without the home country."""
    *lines, _ = format_address(address)
    for part in (address.city, address.region, address.name, address.company):
        lines = [line.replace(part.upper(), part) if part else line for line in lines]
    return (*lines, *(() if address.country == home else (country_name(address.country, locale),)))


@lru_cache(maxsize=300)
def country_name(country: str, locale: str) -> str:
    """The country's name in a language, or its code."""
    from babel import Locale

    return str(Locale.parse(locale.replace("-", "_")).territories.get(country, country))


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
    return tuple(texts.change_sentence(change, currency, reading) for change in changes)


def quote_notices(quotes: Iterable[Quote | None], words: Words) -> tuple[str, ...]:
    """What the buyer should be told unasked, each thing once."""
    said = (
        words.by_code("notice", notice.code, texts.sentence(notice.message))
        for quote in quotes
        if quote is not None
        for notice in quote.notices
    )
    return tuple(dict.fromkeys(said))
