"""Completing a session: pay with an agent's token, 3-D Secure where the bank wants it, one order."""

from typing import Final

from attrs import evolve, frozen
from checkout_kit.checkout import UNSET, Billing, Business, ContactPatch, Problem, Unset, Update
from checkout_kit.errors import NotReady, Refused
from checkout_kit.service import CheckoutView

from checkout_kit_acp import wire
from checkout_kit_acp.buying import Buying, refuse_ended, refused
from checkout_kit_acp.faults import AcpFault, Answer, Json
from checkout_kit_acp.handlers import Instrument
from checkout_kit_acp.messages import error, missed_messages, problem_messages
from checkout_kit_acp.postal import to_address
from checkout_kit_acp.preparing import with_attribution
from checkout_kit_acp.session import SESSION_KIND, Session
from checkout_kit_acp.settings import Agent

_PASSED: Final = frozenset({"authenticated", "attempt_acknowledged", "informational"})
_PAYMENT: Final = "$.payment_data"
_EMAIL: Final = "email"


@frozen
class Completing:
    """The one operation that takes money."""

    buying: Buying

    async def complete(self, session_id: str, body: bytes, agent: Agent, *, key: str) -> Answer:
        """Pay and place the order once for one key; a decline, and what is missing, come back as messages."""
        known, version = await self.buying.found(session_id, agent)
        session = known
        asked = wire.COMPLETE.read(body)
        _check_payment_data(asked.payment_data)
        _check_result(asked.authentication_result)
        view = await self.buying.view(session_id)
        if view.order is not None:
            return Answer(document=await self._placed_before(view, session, f"acp:{agent.name}:{key}"))
        refuse_ended(view)
        session = with_attribution(session, asked.affiliate_attribution, "last")
        session = _consented(asked, session)
        outcome = asked.authentication_result.outcome if asked.authentication_result is not None else ""
        extra: list[Json] = []
        if view.status.reason == "authentication":
            view, extra = await self._authenticated(view, outcome)
        elif outcome and outcome not in _PASSED:
            extra = [_declined(outcome)]
        else:
            view, extra = await self._pay(view, session, asked, key=f"acp:{agent.name}:{key}")
        if session != known:
            await self.buying.sessions.save(SESSION_KIND, session_id, session, version)
        return Answer(document=self.buying.renderer.session(view, session, extra))

    async def _placed_before(self, view: CheckoutView, session: Session, key: str) -> Json:
        """The order again, for the key it was placed under: the first answer may have been lost."""
        try:
            view = await self.buying.service.complete(view.checkout.id, idempotency_key=key)
        except Refused:
            refuse_ended(view)
            raise
        return self.buying.renderer.session(view, session)

    async def _authenticated(self, view: CheckoutView, outcome: str) -> tuple[CheckoutView, list[Json]]:
        """Go on after 3-D Secure: the payment provider says how it went, the agent only that it is over."""
        service, checkout_id = self.buying.service, view.checkout.id
        if not outcome:
            told = "this payment waits for 3-D Secure; send its authentication_result"
            raise AcpFault(400, "requires_3ds", told, param="$.authentication_result")
        if outcome in _PASSED:
            return await service.continue_authentication(checkout_id), []
        given_up, _ = await self.buying.write(checkout_id, Update(payment=None))
        return given_up, [_declined(outcome)]

    async def _pay(
        self, view: CheckoutView, session: Session, asked: wire.CompleteRequest, *, key: str
    ) -> tuple[CheckoutView, list[Json]]:
        blocked = [one for one in missed_messages(session.missed) if one["type"] == "error"]
        change, faults = self._change(view, asked)
        if blocked:
            return view, []
        if faults:
            return view, faults
        if change != Update():
            view, _ = await self.buying.write(view.checkout.id, change)
            if view.checkout.changes:
                # The update quoted afresh: what the agent asked to buy is no longer what there is to buy.
                return view, [_moved()]
        service = self.buying.service
        try:
            return await service.complete(view.checkout.id, idempotency_key=key), []
        except NotReady as problem:
            now = await self.buying.view(view.checkout.id)
            news = [one for one in problem.problems if isinstance(one, Problem) and one not in now.problems]
            return now, [one | {"resolution": "recoverable"} for one in problem_messages(news, now.quotes)]
        except Refused as problem:
            now = await self.buying.view(view.checkout.id)
            refuse_ended(now)
            if now.status.reason == "authentication":
                return now, []
            raise refused(problem) from problem

    def _change(self, view: CheckoutView, asked: wire.CompleteRequest) -> tuple[Update, list[Json]]:
        data = asked.payment_data
        change = Update(note=UNSET if asked.order_notes is None else asked.order_notes)
        contact = _contact(asked)
        if contact != ContactPatch():
            change = evolve(change, contact=contact)
        faults: list[Json] = []
        if data.billing_address is not None:
            billing = to_address(data.billing_address)
            if billing is None:
                param = f"{_PAYMENT}.billing_address.country"
                faults.append(error("invalid", "The country must be a two-letter code.", param=param))
            else:
                change = evolve(change, billing=Billing(address=billing))
        if data.purchase_order_number:
            before = view.checkout.business or Business()
            change = evolve(change, business=evolve(before, purchase_order=data.purchase_order_number))
        if data.instrument is None:
            told = "This shop takes no payment by purchase order alone; send a payment instrument too."
            return change, [*faults, error("unsupported", told, param=f"{_PAYMENT}.purchase_order_number")]
        offered = {one.id: one for one in self.buying.settings.offered(view.checkout.cart)}
        handler = offered.get(data.handler_id or "")
        if handler is None:
            told = "This payment handler is not offered for this cart."
            return change, [*faults, error("invalid", told, param=f"{_PAYMENT}.handler_id")]
        credential = data.instrument.credential
        payment = handler.payment_of(
            Instrument(
                handler_id=handler.id,
                type=data.instrument.type,
                credential_type=credential.type,
                token=credential.token,
            )
        )
        if payment is None:
            told = "This kind of credential cannot be used here."
            faults.append(error("invalid", told, param=f"{_PAYMENT}.instrument.credential"))
            return change, faults
        return evolve(change, payment=payment), faults


def _contact(asked: wire.CompleteRequest) -> ContactPatch:
    opted: bool | Unset = UNSET
    for one in asked.marketing_consents or ():
        if one.channel == _EMAIL:
            opted = one.opted_in
    if asked.buyer is None:
        return ContactPatch(accepts_marketing=opted)
    phone = asked.buyer.phone_number
    return ContactPatch(
        email=asked.buyer.email, phone=UNSET if phone is None else phone, accepts_marketing=opted
    )


def _consented(asked: wire.CompleteRequest, session: Session) -> Session:
    if asked.buyer is not None:
        session = evolve(session, buyer=asked.buyer.model_dump(exclude_none=True))
    given = {one.channel: one.opted_in for one in asked.marketing_consents or ()}
    return evolve(session, consents={**session.consents, **given}) if given else session


def _check_payment_data(data: wire.PaymentData) -> None:
    if data.purchase_order_number or (data.handler_id and data.instrument is not None):
        return
    missing = "handler_id" if not data.handler_id else "instrument"
    raise AcpFault(400, "missing", f"{_PAYMENT}.{missing} is needed", param=f"{_PAYMENT}.{missing}")


def _check_result(result: wire.AuthenticationResult | None) -> None:
    if result is not None and result.outcome in _PASSED and result.outcome_details is None:
        param = "$.authentication_result.outcome_details"
        raise AcpFault(400, "missing", f"{param} is needed with this outcome", param=param)


def _moved() -> Json:
    told = (
        "Price or date of the delivery have changed since they were shown. Look again, then complete again."
    )
    return error("conflict", told, param="$.selected_fulfillment_options")


def _declined(outcome: str) -> Json:
    told = f"The payment was not made: 3-D Secure ended as {outcome}. Pay in another way."
    return error("payment_declined", told, param=_PAYMENT)
