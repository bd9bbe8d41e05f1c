"""Whole pages from a view of a checkout."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from attrs import evolve, frozen

from checkout_kit.address import Address
from checkout_kit.checkout import Checkout, Problem
from checkout_kit.server import texts
from checkout_kit.server.address_fields import FormField, address_fields
from checkout_kit.server.page_parts import (
    Reading,
    change_notices,
    country_name,
    free_goals,
    line_rows,
    option_cards,
    payment_cards,
    saved_cards,
    spoken_address,
    totals_table,
    withheld_rows,
)
from checkout_kit.server.page_problems import problem_rows, target_of, with_errors
from checkout_kit.server.page_values import (
    AddressSection,
    CheckoutPage,
    ConfirmationPage,
    ContactSection,
    Frame,
    Link,
    MessagePage,
    ProblemRow,
    SavedCard,
    TermsTick,
    TimelineRow,
)
from checkout_kit.server.settings import PageSettings
from checkout_kit.service import CheckoutView

NEEDS_ADDRESS: Final = "Enter your address to see every way of delivery with its price and date."
NOTHING_OFFERED: Final = "Nothing can be delivered to this address."
AT_THE_BANK: Final = "Confirm the payment with your bank, then come back to this page."


@frozen(kw_only=True)
class Around:
    """What surrounds the page of one request: where it is served, and the links above it."""

    root: str
    static_version: str
    links: tuple[Link, ...] = ()
    note: str = ""


@frozen(kw_only=True)
class Asked:
    """How the buyer came to this page: whether they tried to order, and which field they are typing in."""

    is_placing: bool = False
    focused: str = ""
    notices: tuple[str, ...] = ()


def frame(settings: PageSettings, around: Around, title: str) -> Frame:
    """The frame of any page."""
    return Frame(
        title=title,
        shop_name=settings.shop_name,
        shop_url=settings.shop_url or f"{around.root}/",
        language="en",
        static_url=f"{around.root}/static",
        static_version=around.static_version,
        try_note=around.note,
        try_links=around.links,
        foot=settings.foot,
    )


def message_page(settings: PageSettings, around: Around, heading: str, lead: str) -> MessagePage:
    """A page that only says something."""
    return MessagePage(frame=frame(settings, around, heading), heading=heading, lead=lead)


def checkout_page(
    view: CheckoutView, settings: PageSettings, around: Around, *, token: str, asked: Asked
) -> CheckoutPage:
    """The open checkout with everything the buyer has given and is offered."""
    checkout = view.checkout
    delivery, quote = checkout.deliveries[0], view.quotes[0]
    choice, attempt = delivery.choice, checkout.attempt
    reading = Reading(settings.locale, settings.zone, view.now)
    said = [p for p in view.problems if asked.is_placing or _is_worth_saying(p, checkout, asked.focused)]
    rows = problem_rows(said, checkout)
    countries = country_choices(settings.countries, settings.locale)
    totals = totals_table(checkout, view.totals, reading)
    arrives = _arrives(checkout, settings, view)
    is_authenticating = view.status.reason == "authentication"
    chosen = ", ".join(filter(None, (choice.title, arrives))) + "." if choice else ""
    return CheckoutPage(
        frame=frame(settings, around, "Checkout"),
        action=f"{around.root}/checkout/{checkout.id}",
        csrf=token,
        submit_key=f"page-{checkout.version}-{attempt.number if attempt else 0}",
        version=checkout.version,
        announcement=f"{chosen} Total {totals.total}.".strip(),
        problems=rows if asked.is_placing else tuple(row for row in rows if not row.target.startswith("f-")),
        notices=(
            *asked.notices,
            *change_notices(checkout.changes, checkout.currency, reading),
            *(texts.sentence(notice.message) for notice in (quote.notices if quote else ())),
        ),
        authentication=AT_THE_BANK if is_authenticating else "",
        authentication_url=_web_address(attempt.action_url) if is_authenticating and attempt else "",
        contact=_contact(view, rows),
        delivery=_delivery(view, countries, rows),
        billing=_billing(checkout, countries, rows),
        needs_delivery=checkout.cart.needs_shipping,
        terms=_terms(view, settings, rows),
        free_shipping=free_goals(quote, reading) if quote else (),
        options=option_cards(quote, choice.option_id if choice else "", reading) if quote else (),
        options_note=NOTHING_OFFERED if _is_filled(delivery.address) else NEEDS_ADDRESS,
        withheld=withheld_rows(quote) if quote else (),
        timeline_title=f"{choice.title}, step by step" if choice else "",
        timeline=_timeline(checkout, settings, view),
        payments=payment_cards(checkout, settings.payments),
        is_cart_editable=settings.is_cart_editable and not is_authenticating,
        codes=_codes(checkout, rows) if settings.takes_codes else None,
        lines=line_rows(checkout, settings.image_of, reading),
        totals=totals,
        assurance=f"{texts.capitalised(arrives)}." if arrives else "",
    )


def confirmation_page(view: CheckoutView, settings: PageSettings, around: Around) -> ConfirmationPage:
    """The placed order, with the same days as before."""
    checkout = view.checkout
    delivery = checkout.deliveries[0]
    reading = Reading(settings.locale, settings.zone, view.now)
    arrives = _arrives(checkout, settings, view)
    first_name = (delivery.address.name if delivery.address else "").partition(" ")[0]
    return ConfirmationPage(
        frame=frame(settings, around, "Order placed"),
        heading=f"Thank you, {first_name}" if first_name else "Thank you",
        lead=f"Your order {arrives}" if arrives else "Your order is placed",
        order_number=checkout.ending.order_id if checkout.ending else "",
        contact_email=checkout.contact.email if checkout.contact else "",
        timeline_title="What happens next",
        timeline=_timeline(checkout, settings, view),
        address_lines=spoken_address(delivery.address, settings.countries[0]) if delivery.address else (),
        option_title=delivery.choice.title if delivery.choice else "",
        option_arrives=arrives,
        payment_text=(checkout.payment.label or checkout.payment.method) if checkout.payment else "",
        lines=line_rows(checkout, settings.image_of, reading),
        totals=totals_table(checkout, view.totals, reading),
    )


@lru_cache(maxsize=64)
def country_choices(countries: tuple[str, ...], locale: str) -> tuple[tuple[str, str], ...]:
    """The countries of the form by code and name, in the shop's order."""
    return tuple((code, country_name(code, locale)) for code in countries)


def _is_worth_saying(problem: Problem, checkout: Checkout, focused: str) -> bool:
    """Before the buyer presses the button only what is wrong is said, not what is still empty."""
    target = target_of(problem)
    if focused and target == f"f-{focused}":
        return False
    if problem.code == "address_invalid":
        address = (
            checkout.billing_address if problem.path.startswith("billing") else checkout.deliveries[0].address
        )
        part = problem.path.rpartition(".")[2]
        return bool(getattr(address, part, ""))
    return problem.code not in _MERELY_EMPTY


_MERELY_EMPTY: Final = frozenset(
    {
        "contact_missing",
        "address_missing",
        "option_missing",
        "payment_missing",
        "phone_missing",
        "terms_not_accepted",
    }
)


def _contact(view: CheckoutView, rows: Iterable[ProblemRow]) -> ContactSection:
    checkout = view.checkout
    email = checkout.contact.email if checkout.contact else ""
    wanted = [
        FormField(
            name="email", label="Email", kind="email", value=email, autocomplete="email", inputmode="email"
        )
    ]
    if view.demands.needs_phone:
        phone = checkout.contact.phone if checkout.contact else ""
        wanted.append(
            FormField(name="phone", label="Phone", value=phone, autocomplete="tel", inputmode="tel")
        )
    if view.demands.needs_tax_id:
        tax_id = checkout.business.tax_id if checkout.business else ""
        wanted.append(FormField(name="tax_id", label="Tax id", value=tax_id, autocomplete="off"))
    fields = with_errors(wanted, rows)
    has_error = any(field.error for field in fields)
    address = checkout.deliveries[0].address
    return ContactSection(
        fields=fields,
        is_collapsed=bool(checkout.customer.id and all(field.value for field in wanted)),
        has_error=has_error,
        name=address.name if address else "",
        email=email,
    )


def _codes(checkout: Checkout, rows: Iterable[ProblemRow]) -> FormField:
    field = FormField(
        name="codes",
        label="Discount code",
        kind="more",
        hint="Discount code",
        value=" ".join(checkout.cart.discount_codes),
        autocomplete="off",
        is_required=False,
    )
    return with_errors((field,), rows)[0]


def _terms(view: CheckoutView, settings: PageSettings, rows: Iterable[ProblemRow]) -> TermsTick | None:
    if not view.demands.needs_terms:
        return None
    error = next((row.message for row in rows if row.target == "f-terms"), "")
    return TermsTick(url=settings.terms_url, is_accepted=view.checkout.accepts_terms, error=error)


def _delivery(
    view: CheckoutView, countries: tuple[tuple[str, str], ...], rows: Iterable[ProblemRow]
) -> AddressSection:
    delivery = view.checkout.deliveries[0]
    saved = saved_cards(view.book, delivery.saved_address_id, countries[0][0])
    is_new = not any(card.is_selected for card in saved)
    address = delivery.address if is_new else None
    return _section(address, countries, rows, saved=saved, is_new=is_new)


def _billing(
    checkout: Checkout, countries: tuple[tuple[str, str], ...], rows: Iterable[ProblemRow]
) -> AddressSection:
    address = checkout.billing.address if checkout.billing else None
    section = _section(address, countries, rows, prefix="billing_", section="billing")
    return evolve(section, is_same=checkout.billing is None)


def _section(
    address: Address | None,
    countries: tuple[tuple[str, str], ...],
    rows: Iterable[ProblemRow],
    *,
    prefix: str = "",
    section: str = "shipping",
    saved: tuple[SavedCard, ...] = (),
    is_new: bool = True,
) -> AddressSection:
    shown = address or Address(country=countries[0][0])
    fields = address_fields(shown, countries, prefix=prefix, section=section)
    return AddressSection(fields=with_errors(fields, rows), country=shown.country, saved=saved, is_new=is_new)


def _arrives(checkout: Checkout, settings: PageSettings, view: CheckoutView) -> str:
    choice = checkout.deliveries[0].choice
    if choice is None or choice.promise is None:
        return ""
    return texts.arrives(choice.promise, view.now, settings.zone, settings.locale)


def _timeline(checkout: Checkout, settings: PageSettings, view: CheckoutView) -> tuple[TimelineRow, ...]:
    choice = checkout.deliveries[0].choice
    if choice is None or choice.promise is None:
        return ()
    placed_at = checkout.ending.at if checkout.ending else None
    return texts.timeline_rows(choice.promise, placed_at, view.now, settings.zone, settings.locale)


def _is_filled(address: Address | None) -> bool:
    return address is not None and bool(address.postal_code or address.city)


def _web_address(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""
