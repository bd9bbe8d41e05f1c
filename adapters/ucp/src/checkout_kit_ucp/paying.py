"""What has to be settled before an order is placed: eligibility claims and the payment instrument."""

from collections.abc import Mapping, Sequence

from attrs import evolve
from checkout_kit.cart import Cart
from checkout_kit.checkout import UNSET, Billing, ContactPatch, Update
from checkout_kit.service import CheckoutView

from checkout_kit_ucp.faults import Json, error
from checkout_kit_ucp.messages import unverified_message
from checkout_kit_ucp.postal import to_address
from checkout_kit_ucp.reading import AskedInstrument
from checkout_kit_ucp.session import Session
from checkout_kit_ucp.settings import Claimed, Instrument, PaymentHandler, UcpSettings


def settle_claims(view: CheckoutView, session: Session, settings: UcpSettings) -> list[Json]:
    """A message for every recognised claim that cannot be verified now."""
    found = []
    for i, claim in enumerate(session.claims):
        verify = settings.claims.get(claim)
        claimed = Claimed(claim=claim, checkout=view.checkout, platform=session.platform)
        if verify is not None and not verify(claimed):
            found.append(unverified_message(claim, i))
    return found


def settle_payment(
    view: CheckoutView, session: Session, instruments: Sequence[AskedInstrument], settings: UcpSettings
) -> tuple[Update, Session, list[Json]]:
    """What to change before paying, the session with the instrument shown, and what stands in the way.

    Without an instrument, what the buyer chose on the page pays.
    """
    change = Update()
    contact = view.checkout.contact
    if settings.email_when_absent and not (contact and contact.email):
        change = evolve(change, contact=ContactPatch(email=settings.email_when_absent))
    if not instruments:
        if view.checkout.payment is None and view.totals.total > 0:
            path = "$.payment.instruments"
            return change, session, [error("missing", "A payment instrument is needed.", path=path)]
        return change, session, []
    given, path = instruments[0], "$.payment.instruments[0]"
    handler = _handler(given, view.checkout.cart, settings)
    if handler is None:
        told = error("invalid", "This payment handler is not offered.", path=f"{path}.handler_id")
        return change, session, [told]
    payment = handler.payment_of(
        Instrument(
            handler_id=handler.id,
            type=given.type,
            credential=given.credential,
            label=_label(given.display),
        )
    )
    if payment is None:
        told = error("invalid", "This payment credential cannot be used.", path=f"{path}.credential")
        return change, session, [told]
    billing = to_address(given.billing) if given.billing else None
    shown: Json = {"id": given.id or "instrument", "handler_id": handler.id, "type": given.type or "card"}
    if given.display:
        shown["display"] = given.display
    change = evolve(change, payment=payment, billing=UNSET if billing is None else Billing(address=billing))
    return change, evolve(session, instrument=shown), []


def _handler(given: AskedInstrument, cart: Cart, settings: UcpSettings) -> PaymentHandler | None:
    offered = [one for one in settings.handlers if one.is_offered(cart)]
    if not given.handler_id:
        return offered[0] if offered else None
    return next((one for one in offered if one.id == given.handler_id), None)


def _label(display: Mapping[str, object]) -> str:
    shown = [str(display[name]) for name in ("brand", "last_digits") if display.get(name)]
    return " ending ".join(shown) if len(shown) == 2 else "".join(shown)
