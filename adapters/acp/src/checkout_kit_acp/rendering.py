"""Checkouts and carts as documents of the protocol."""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote as quoted

from attrs import field, frozen
from checkout_kit.adapter.protocol_orders import Activity
from checkout_kit.checkout import Checkout, Problem
from checkout_kit.service import CheckoutView

from checkout_kit_acp.discounts import applied_discounts, discount_json
from checkout_kit_acp.faults import Json
from checkout_kit_acp.messages import (
    change_messages,
    code_messages,
    error,
    missed_messages,
    nudges,
    problem_messages,
)
from checkout_kit_acp.options import groups_json, options_json, parts_of, selected_json
from checkout_kit_acp.orders import order_json
from checkout_kit_acp.postal import from_address
from checkout_kit_acp.sealing import Sealer
from checkout_kit_acp.session import Session
from checkout_kit_acp.settings import VERSION, AcpSettings
from checkout_kit_acp.totals import lines_json, totals_json

THREE_DS: Final = "3ds"
NOTHING_YET: Final = Activity()
_ENDED: Final = frozenset({"completed", "canceled", "expired"})
_PAID_AT_THE_END: Final = frozenset({"payment_missing"})
_AGENT_CAN_MEND: Final = frozenset({"option_unavailable", "payment_declined"})
_DISCOUNT: Final = {
    "name": "discount",
    "extends": [
        "$.CheckoutSessionCreateRequest.discounts",
        "$.CheckoutSessionUpdateRequest.discounts",
        "$.CheckoutSession.discounts",
    ],
}


@frozen(kw_only=True)
class Renderer:
    """Turns a checkout and its agent's session into documents."""

    settings: AcpSettings
    sealer: Sealer = field(init=False)

    @sealer.default
    def _own_sealer(self) -> Sealer:
        return Sealer(self.settings.sealing_key)

    def session(
        self,
        view: CheckoutView,
        session: Session,
        extra: Sequence[Json] = (),
        *,
        activity: Activity = NOTHING_YET,
    ) -> Json:
        """The session document; `extra` messages come first, `activity` is what has become of its order."""
        checkout = view.checkout
        problems = open_problems(view)
        parts = parts_of(view, session.groups)
        messages = [*extra, *self._messages(view, session, problems)]
        document: Json = {
            "id": checkout.id,
            "protocol": {"version": VERSION},
            "capabilities": self._capabilities(checkout, session),
            "status": self._status(view, session, problems, messages),
            "currency": checkout.currency.lower(),
            "line_items": lines_json(checkout.cart, view.components),
            "fulfillment_options": options_json(parts, checkout, self.settings.zone),
            "selected_fulfillment_options": selected_json(parts, checkout),
            "totals": totals_json(
                view.components,
                checkout.currency,
                has_delivery=any(one.choice is not None for one in checkout.deliveries),
            ),
            "messages": messages,
            "links": [{"type": kind, "url": url} for kind, url in self.settings.links],
            "created_at": checkout.created_at.isoformat(),
            "updated_at": checkout.updated_at.isoformat(),
            "expires_at": checkout.expires_at.isoformat(),
        }
        optional: Json = {
            "buyer": _buyer(checkout, session),
            "fulfillment_details": _details(checkout, session),
            "fulfillment_groups": groups_json(parts, session.groups, checkout),
            "discounts": self._discounts(checkout, session),
            "locale": session.locale,
            "timezone": session.timezone,
            "metadata": session.metadata,
            "marketing_consent_options": self._marketing(checkout),
        }
        document |= {name: value for name, value in optional.items() if value}
        if view.status.name not in _ENDED:
            document["continue_url"] = self.page_link(checkout.id, session)
        if document["status"] == "authentication_required":
            acquirer = self.settings.acquirer(checkout)
            assert acquirer is not None
            document["authentication_metadata"] = acquirer.document()
        if view.order is not None:
            permalink = self.page_link(checkout.id, session)
            document["order"] = order_json(
                view.order,
                activity,
                permalink=permalink,
                zone=self.settings.zone,
                support=self.settings.support,
            )
        return document

    def cart(self, view: CheckoutView, session: Session) -> Json:
        """The cart document: the same goods and prices, before there is anything to deliver or pay."""
        checkout = view.checkout
        goods = tuple(one for one in view.components if not one.delivery_id)
        messages = [*missed_messages(session.missed), *code_messages(self._refused(checkout, session))]
        document: Json = {
            "id": checkout.id,
            "line_items": lines_json(checkout.cart, goods),
            "currency": checkout.currency.lower(),
            "totals": totals_json(goods, checkout.currency, has_delivery=False),
            "messages": messages,
            "expires_at": checkout.expires_at.isoformat(),
        }
        buyer = _buyer(checkout, session)
        if buyer:
            document["buyer"] = buyer
        if view.status.name not in _ENDED:
            document["continue_url"] = self.page_link(checkout.id, session)
        return document

    def page_link(self, checkout_id: str, session: Session) -> str:
        """A link that opens this checkout on the shop's own page; whoever has it can act for the buyer."""
        url = self.settings.page_url.replace("{checkout_id}", quoted(checkout_id))
        if not session.sealed_secret:
            return url
        secret = self.sealer.unseal(session.sealed_secret, bound_to=checkout_id)
        return f"{url}{'&' if '?' in url else '?'}secret={quoted(secret)}"

    def _status(
        self, view: CheckoutView, session: Session, problems: Sequence[Problem], messages: Sequence[Json]
    ) -> str:
        name = view.status.name
        if name in _ENDED:
            return name
        if name == "completing":
            return "complete_in_progress"
        if view.status.reason == "authentication":
            return "authentication_required" if self.agent_authenticates(view, session) else _ESCALATED
        return status_word(problems, is_blocked=any(one["type"] == "error" for one in messages))

    def agent_authenticates(self, view: CheckoutView, session: Session) -> bool:
        """Whether the agent runs 3-D Secure itself: it says it can, and the shop has what it needs for it."""
        return THREE_DS in session.interventions and self.settings.acquirer(view.checkout) is not None

    def _capabilities(self, checkout: Checkout, session: Session) -> Json:
        offered = self.settings.offered(checkout.cart)
        ours = [one for one in session.interventions if one == THREE_DS]
        document: Json = {
            "payment": {"handlers": [one.document(i) for i, one in enumerate(offered)]},
            "interventions": {"supported": ours, "required": [], "enforcement": "conditional"},
        }
        return document | ({"extensions": [_DISCOUNT]} if session.has_discounts else {})

    def _messages(self, view: CheckoutView, session: Session, problems: Sequence[Problem]) -> list[Json]:
        found = [*missed_messages(session.missed), *code_messages(self._refused(view.checkout, session))]
        if view.status.name in _ENDED:
            return []
        if view.status.reason == "authentication":
            told = "The bank wants this payment to be confirmed by the buyer"
            does_it = self.agent_authenticates(view, session)
            how = (
                "run 3-D Secure and complete with its result" if does_it else "send the buyer to continue_url"
            )
            resolution = "recoverable" if does_it else "requires_buyer_input"
            found.append(
                error("requires_3ds", f"{told}; {how}.", param="$.payment_data", resolution=resolution)
            )
        found += problem_messages(problems, view.quotes)
        found += change_messages(view.checkout.changes)
        return [*found, *nudges(view.quotes)]

    def _refused(self, checkout: Checkout, session: Session) -> Iterator[tuple[int, str, str]]:
        used = set(checkout.cart.discount_codes)
        seen: set[str] = set()
        for place, code in enumerate(session.codes):
            if code in seen and code in used:
                yield place, code, "discount_code_already_applied"
            elif code not in used:
                yield place, code, "discount_code_invalid"
            seen.add(code)

    def _discounts(self, checkout: Checkout, session: Session) -> Json:
        cart = checkout.cart
        applied = applied_discounts(cart, self.settings.describe_discounts)
        entered = [code for code in cart.discount_codes if code not in session.codes]
        if not (applied or session.codes or entered or session.has_discounts):
            return {}
        return {
            "codes": [*session.codes, *entered],
            "applied": [discount_json(one, cart) for one in applied],
            "rejected": [
                {"code": code, "reason": reason, "message": f"The code {code} does not apply."}
                for _, code, reason in self._refused(checkout, session)
            ],
        }

    def _marketing(self, checkout: Checkout) -> list[Json]:
        agreed = checkout.contact is not None and checkout.contact.accepts_marketing
        return [
            {
                "channel": one.channel,
                "display_text": one.display_text,
                "privacy_policy_url": one.privacy_policy_url,
                "is_subscribed": agreed and one.channel == "email",
            }
            for one in self.settings.marketing
        ]


_ESCALATED: Final = "requires_escalation"


def open_problems(view: CheckoutView) -> tuple[Problem, ...]:
    """The problems an agent has to hear of; how to pay is only said on completing."""
    return tuple(problem for problem in view.problems if problem.code not in _PAID_AT_THE_END)


def status_word(problems: Sequence[Problem], *, is_blocked: bool) -> str:
    """The status of an open session; `is_blocked` when a message is an error all the same."""
    codes = {problem.code for problem in problems}
    if "lines_empty" in codes:
        return "incomplete"
    for_buyer = [one for one in problems if one.severity != "fixable" and one.code not in _AGENT_CAN_MEND]
    if any(one.severity == "buyer_approval" for one in for_buyer):
        return "pending_approval"
    if for_buyer:
        return _ESCALATED
    if codes == {"payment_declined"}:
        return "ready_for_payment"
    return "not_ready_for_payment" if problems or is_blocked else "ready_for_payment"


def _buyer(checkout: Checkout, session: Session) -> Json:
    """The buyer; the protocol has no buyer without a usable mail address."""
    email = _email(checkout)
    return {**session.buyer, "email": email} if session.buyer and email else {}


def _details(checkout: Checkout, session: Session) -> Json:
    document: Json = {name: text for name, text in session.details.items() if text and name != "email"}
    email = _email(checkout)
    if email and session.details.get("email"):
        document["email"] = email
    if checkout.deliveries and checkout.deliveries[0].address is not None:
        document["address"] = from_address(checkout.deliveries[0].address)
    return document


# Members of format `email` hold what RFC 5321 allows; an unusable address is told as a message, not repeated.
_WORD: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL: Final = re.compile(rf"(?=.{{1,64}}@){_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})+")


def _email(checkout: Checkout) -> str:
    email = checkout.contact.email if checkout.contact is not None else ""
    return email if len(email) <= 254 and _EMAIL.fullmatch(email) else ""
