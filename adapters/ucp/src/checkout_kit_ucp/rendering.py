"""Checkouts and carts as documents of the protocol."""

from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote as quoted

from attrs import frozen
from checkout_kit.cart import Cart
from checkout_kit.checkout import Problem
from checkout_kit.service import CheckoutView

from checkout_kit_ucp.discounts import applied_discounts, discount_json
from checkout_kit_ucp.faults import Json, error
from checkout_kit_ucp.fulfillment import fulfillment_json
from checkout_kit_ucp.messages import claim_messages, code_messages, missed_messages, problem_messages
from checkout_kit_ucp.negotiation import Negotiated, handlers_json
from checkout_kit_ucp.session import Session
from checkout_kit_ucp.settings import UcpSettings
from checkout_kit_ucp.totals import lines_json, totals_json
from checkout_kit_ucp.versions import CART, CHECKOUT, CONSENT, DISCOUNT, FULFILLMENT, V2026_04_08

_ENDED: Final = {"completed": "completed", "canceled": "canceled", "expired": "canceled"}
_PAID_AT_THE_END: Final = frozenset({"payment_missing"})


@frozen(kw_only=True)
class Renderer:
    """Turns a checkout and its platform's session into documents."""

    settings: UcpSettings

    def checkout(
        self, view: CheckoutView, session: Session, with_: Negotiated, extra: Sequence[Json] = ()
    ) -> Json:
        """The checkout document; `extra` messages come first."""
        checkout = view.checkout
        problems = self._problems(view)
        document: Json = {
            "ucp": {
                "version": with_.version,
                "status": "success",
                "capabilities": with_.relevant(CHECKOUT),
                "payment_handlers": self.handlers(checkout.cart),
            },
            "id": checkout.id,
            "line_items": lines_json(checkout.cart),
            "status": status_word(view, problems, extra),
            "currency": checkout.currency,
            "totals": totals_json(
                view.components, has_delivery=any(one.choice is not None for one in checkout.deliveries)
            ),
            "links": [{"type": kind, "url": url, "title": title} for kind, url, title in self.settings.links],
            "expires_at": checkout.expires_at.isoformat(),
        }
        buyer = self._buyer(view, session, with_)
        if buyer:
            document["buyer"] = buyer
        if session.claims:
            document["context"] = {"eligibility": list(session.claims)}
        if with_.has(FULFILLMENT):
            shipped = fulfillment_json(view, session.methods, with_.version, self.settings.zone)
            if shipped is not None:
                document["fulfillment"] = shipped
        if with_.has(DISCOUNT):
            document["discounts"] = self._discounts(checkout.cart, session)
        if session.instrument is not None:
            document["payment"] = {"instruments": [session.instrument]}
        messages = [*extra, *self._messages(view, session, problems)]
        if messages:
            document["messages"] = messages
        if view.status.name not in _ENDED:
            document["continue_url"] = self.page_link(checkout.id, session)
        if view.order is not None:
            document["order"] = {
                "id": view.order.id,
                "permalink_url": self.page_link(checkout.id, session),
            }
        return document

    def cart(self, view: CheckoutView, session: Session, with_: Negotiated) -> Json:
        """The cart document: the same goods and prices, before there is anything to deliver."""
        checkout = view.checkout
        document: Json = {
            "ucp": {"version": with_.version, "status": "success", "capabilities": with_.relevant(CART)},
            "id": checkout.id,
            "line_items": lines_json(checkout.cart),
            "currency": checkout.currency,
            "totals": totals_json(view.components, has_delivery=False),
            "expires_at": checkout.expires_at.isoformat(),
        }
        buyer = self._buyer(view, session, with_)
        if buyer:
            document["buyer"] = buyer
        if session.claims:
            document["context"] = {"eligibility": list(session.claims)}
        if with_.has(DISCOUNT):
            document["discounts"] = self._discounts(checkout.cart, session)
        messages = self._messages(view, session, ())
        if messages:
            document["messages"] = messages
        if view.status.name not in _ENDED:
            document["continue_url"] = self.page_link(checkout.id, session)
        return document

    def handlers(self, cart: Cart) -> Json:
        """The ways to pay that are offered for this cart."""
        offered = {one.name for one in self.settings.handlers if one.is_offered(cart)}
        return {name: shown for name, shown in handlers_json(self.settings).items() if name in offered}

    def page_link(self, checkout_id: str, session: Session) -> str:
        """A link that opens this checkout on the shop's own page; whoever has it can act for the buyer."""
        url = self.settings.page_url.replace("{checkout_id}", quoted(checkout_id))
        secret = ""
        if session.sealed_secret:
            secret = self.settings.signing_key.unseal(session.sealed_secret, bound_to=checkout_id)
        joined = "&" if "?" in url else "?"
        return f"{url}{joined}secret={quoted(secret)}" if secret else url

    def _problems(self, view: CheckoutView) -> tuple[Problem, ...]:
        waived = _PAID_AT_THE_END | ({"contact_missing"} if self.settings.email_when_absent else frozenset())
        return tuple(problem for problem in view.problems if problem.code not in waived)

    def _messages(self, view: CheckoutView, session: Session, problems: Iterable[Problem]) -> list[Json]:
        used = set(view.checkout.cart.discount_codes)
        refused = [code for code in session.codes if code not in used]
        found = [*missed_messages(session.missed), *code_messages(refused)]
        if view.order is None:
            found += claim_messages(session.claims, self.settings.claims)
            found += problem_messages(problems)
        if view.status.reason == "authentication":
            found.append(
                error(
                    "payment_authentication_required",
                    "The buyer's bank wants the payment to be confirmed; open continue_url.",
                    path="$.payment",
                    severity="requires_buyer_input",
                )
            )
        return found

    def _discounts(self, cart: Cart, session: Session) -> Json:
        claims = set(self.settings.claims)
        entered = [code for code in cart.discount_codes if code not in claims and code not in session.codes]
        applied = applied_discounts(cart, self.settings.describe_discounts)
        return {
            "codes": [*session.codes, *entered],
            "applied": [
                discount_json(one, cart, is_provisional=bool(one.claim) and not session.are_claims_resolved)
                for one in applied
            ],
        }

    def _buyer(self, view: CheckoutView, session: Session, with_: Negotiated) -> Json:
        contact = view.checkout.contact
        members = {
            "first_name": session.first_name,
            "last_name": session.last_name,
            "email": contact.email if contact is not None else "",
            "phone_number": contact.phone if contact is not None else "",
        }
        buyer: Json = {name: text for name, text in members.items() if text}
        granted = dict(session.consent)
        if contact is not None and (contact.accepts_marketing or _MARKETING in granted):
            source = granted.get(_MARKETING, (False, "business"))[1]
            granted[_MARKETING] = (contact.accepts_marketing, source)
        if with_.has(CONSENT) and granted:
            buyer["consent"] = self._consent(granted, with_)
        return buyer

    def _consent(self, granted: dict[str, tuple[bool, str]], with_: Negotiated) -> Json:
        if with_.version == V2026_04_08:
            return {
                name.rpartition(".")[2]: state
                for name, (state, _) in granted.items()
                if name in self.settings.consent_purposes
            }
        return {
            name: {
                "granted": state,
                "source": source if source in ("platform", "business") else "platform",
                "description": self.settings.consent_purposes[name],
            }
            for name, (state, source) in granted.items()
            if name in self.settings.consent_purposes
        }


_MARKETING: Final = "dev.ucp.consent.marketing"


def status_word(view: CheckoutView, problems: Sequence[Problem], extra: Sequence[Json] = ()) -> str:
    """The status: ended, waiting for the buyer, under way, or what the messages say."""
    name = view.status.name
    if name in _ENDED:
        return _ENDED[name]
    if name == "completing":
        return "complete_in_progress"
    if view.status.reason == "authentication" or any(one.severity != "fixable" for one in problems):
        return "requires_escalation"
    if any(str(message.get("severity", "")).startswith("requires_") for message in extra):
        return "requires_escalation"
    has_error = any(message["type"] == "error" for message in extra)
    return "incomplete" if problems or has_error else "ready_for_complete"
