"""Whole pages from a view of a checkout."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from attrs import frozen

from checkout_kit.address import Address
from checkout_kit.checkout import Checkout, Problem, lines_of
from checkout_kit.promise.text import words_of
from checkout_kit.server import texts
from checkout_kit.server.address_fields import FormField, address_fields
from checkout_kit.server.page_deliveries import arrives_of, delivery_sections, placed_deliveries
from checkout_kit.server.page_parts import (
    change_notices,
    country_name,
    line_rows,
    payment_cards,
    quote_notices,
    totals_table,
)
from checkout_kit.server.page_problems import address_of, problem_rows, target_of, with_errors
from checkout_kit.server.page_values import (
    BillingSection,
    CheckoutPage,
    ConfirmationPage,
    ContactSection,
    Frame,
    Link,
    MessagePage,
    ProblemRow,
    TermsTick,
)
from checkout_kit.server.reading import Reading
from checkout_kit.server.settings import PageSettings
from checkout_kit.server.words import Words
from checkout_kit.service import CheckoutView


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


def frame(settings: PageSettings, around: Around, title: str, words: Words) -> Frame:
    """The frame of any page."""
    return Frame(
        title=title,
        shop_name=settings.shop_name,
        shop_url=settings.shop_url or f"{around.root}/",
        words=words,
        static_url=f"{around.root}/static",
        static_version=around.static_version,
        try_note=around.note,
        try_links=around.links,
        foot=settings.foot,
    )


def message_page(
    settings: PageSettings, around: Around, words: Words, heading: str, lead: str
) -> MessagePage:
    """A page that only says something."""
    return MessagePage(frame=frame(settings, around, heading, words), heading=heading, lead=lead)


def checkout_page(
    view: CheckoutView,
    settings: PageSettings,
    around: Around,
    reading: Reading,
    *,
    token: str,
    asked: Asked,
) -> CheckoutPage:
    """The open checkout with everything the buyer has given and is offered."""
    checkout, attempt, t = view.checkout, view.checkout.attempt, reading.words
    said = [p for p in view.problems if asked.is_placing or _is_worth_saying(p, checkout, asked.focused)]
    rows = problem_rows(said, checkout, t)
    countries = country_choices(settings.countries, reading.locale)
    totals = totals_table(checkout, view.totals, reading)
    is_authenticating = view.status.reason == "authentication"
    return CheckoutPage(
        frame=frame(settings, around, t("checkout"), t),
        action=f"{around.root}/checkout/{checkout.id}",
        csrf=token,
        submit_key=f"page-{checkout.version}-{attempt.number if attempt else 0}",
        version=checkout.version,
        announcement=t("announce", options=_chosen(checkout, reading), total=totals.total).strip(),
        problems=rows if asked.is_placing else tuple(row for row in rows if not row.target.startswith("f-")),
        notices=(
            *asked.notices,
            *change_notices(checkout.changes, checkout.currency, reading),
            *quote_notices(view.quotes, t),
        ),
        authentication=t("bank_lead") if is_authenticating else "",
        authentication_url=_web_address(attempt.action_url) if is_authenticating and attempt else "",
        contact=_contact(view, rows, t),
        deliveries=delivery_sections(view, countries, rows, reading, splits=settings.splits_deliveries),
        billing=_billing(checkout, countries, rows, t),
        terms=_terms(view, settings, rows),
        units=",".join((*words_of(reading.locale)[0].units, "s")),
        payments=payment_cards(checkout, settings.payments),
        is_cart_editable=settings.is_cart_editable and not is_authenticating,
        codes=_codes(checkout, rows, t) if settings.takes_codes else None,
        lines=line_rows(checkout, settings.image_of, reading),
        totals=totals,
        assurance=_assurance(checkout, reading),
    )


def confirmation_page(
    view: CheckoutView, settings: PageSettings, around: Around, reading: Reading
) -> ConfirmationPage:
    """The placed order, with the same days as before."""
    checkout, t = view.checkout, reading.words
    deliveries = placed_deliveries(checkout, settings.countries[0], reading)
    named = next((d.address for d in checkout.deliveries if d.address), checkout.billing_address)
    first_name = (named.name if named else "").partition(" ")[0]
    is_one = len(deliveries) == 1 and deliveries[0].option_arrives
    return ConfirmationPage(
        frame=frame(settings, around, t("placed"), t),
        heading=t("thanks_name", name=first_name) if first_name else t("thanks"),
        lead=t("placed_arrives", arrives=deliveries[0].option_arrives) if is_one else t("placed_lead"),
        order_number=checkout.ending.order_id if checkout.ending else "",
        contact_email=checkout.contact.email if checkout.contact else "",
        deliveries=deliveries,
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
        return bool(getattr(address_of(problem, checkout), problem.path.rpartition(".")[2], ""))
    return problem.code not in _MERELY_EMPTY


_MERELY_EMPTY: Final = frozenset(
    {
        "contact_missing",
        "address_missing",
        "billing_missing",
        "option_missing",
        "payment_missing",
        "phone_missing",
        "terms_not_accepted",
    }
)


def _contact(view: CheckoutView, rows: Iterable[ProblemRow], words: Words) -> ContactSection:
    checkout = view.checkout
    email = checkout.contact.email if checkout.contact else ""
    wanted = [
        FormField(
            name="email",
            label=words("email"),
            kind="email",
            value=email,
            autocomplete="email",
            inputmode="email",
        )
    ]
    if view.demands.needs_phone:
        phone = checkout.contact.phone if checkout.contact else ""
        wanted.append(
            FormField(name="phone", label=words("phone"), value=phone, autocomplete="tel", inputmode="tel")
        )
    if view.demands.needs_tax_id:
        tax_id = checkout.business.tax_id if checkout.business else ""
        wanted.append(FormField(name="tax_id", label=words("tax_id"), value=tax_id, autocomplete="off"))
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


def _codes(checkout: Checkout, rows: Iterable[ProblemRow], words: Words) -> FormField:
    field = FormField(
        name="codes",
        label=words("discount_code"),
        kind="more",
        hint=words("discount_code"),
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


def _billing(
    checkout: Checkout, countries: tuple[tuple[str, str], ...], rows: Iterable[ProblemRow], words: Words
) -> BillingSection:
    address = checkout.billing.address if checkout.billing else None
    shown = address or Address(country=countries[0][0])
    fields = address_fields(shown, countries, words, prefix="billing_", section="billing")
    sent = [delivery for delivery in checkout.deliveries if lines_of(checkout, delivery)]
    is_collected = bool(sent) and all(delivery.pickup is not None for delivery in sent)
    return BillingSection(
        fields=with_errors(fields, rows),
        country=shown.country,
        is_same=checkout.billing is None and not is_collected,
        is_own_only=is_collected,
    )


def _chosen(checkout: Checkout, reading: Reading) -> str:
    """The chosen options in a few words, for those who do not see the page change."""
    said = (
        ", ".join(filter(None, (delivery.choice.title, arrives_of(delivery, reading))))
        for delivery in checkout.deliveries
        if delivery.choice
    )
    return " ".join(map(texts.sentence, said))


def _assurance(checkout: Checkout, reading: Reading) -> tuple[str, ...]:
    """What stands below the button: when everything arrives."""
    said = [(number, arrives_of(d, reading)) for number, d in enumerate(checkout.deliveries, 1)]
    if len(said) == 1:
        return tuple(texts.sentence(text) for _, text in said if text)
    t = reading.words
    return tuple(f"{t('delivery_number', number=number)}: {text}" for number, text in said if text)


def _web_address(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""
