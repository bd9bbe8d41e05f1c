"""Carts: items and estimated prices before there is a session, and the session a cart becomes."""

from attrs import evolve, frozen
from checkout_kit.errors import Refused
from checkout_kit.service import CheckoutView

from checkout_kit_acp import wire
from checkout_kit_acp.buying import Buying, refused
from checkout_kit_acp.faults import Answer, not_found
from checkout_kit_acp.session import CART_KIND, CHANNEL, Session
from checkout_kit_acp.settings import Agent


@frozen
class Carts:
    """The operations on carts; a cart is a checkout that nobody has asked to deliver yet.

    Source: ACP 2026-04-17, openapi.cart.yaml and rfc.cart.md (a named cart's items and buyer count, whatever
    the request says of them; one open session for each cart).
    """

    buying: Buying

    async def create(self, body: bytes, agent: Agent) -> Answer:
        """Open a cart."""
        asked = wire.CREATE_CART.read(body)
        buying = self.buying
        session = Session(agent=agent.name, locale=asked.locale or "")
        prepared = buying.preparing.prepare(_as_update(asked), session, None)
        opened = await buying.service.create(buying.new_checkout(prepared.update, f"{CHANNEL}-cart"))
        session = buying.sealed(prepared.session, opened)
        await buying.sessions.save(CART_KIND, opened.view.checkout.id, session, 0)
        return Answer(status=201, document=buying.renderer.cart(opened.view, session))

    async def get(self, cart_id: str, agent: Agent) -> Answer:
        """The cart as it stands."""
        session, _, view = await self._open(cart_id, agent)
        return Answer(document=self.buying.renderer.cart(view, session))

    async def update(self, cart_id: str, body: bytes, agent: Agent) -> Answer:
        """Replace the cart."""
        session, version, before = await self._open(cart_id, agent)
        prepared = self.buying.preparing.prepare(_as_update(wire.UPDATE_CART.read(body)), session, before)
        view, _ = await self.buying.write(cart_id, prepared.update)
        await self.buying.sessions.save(CART_KIND, cart_id, prepared.session, version)
        return Answer(document=self.buying.renderer.cart(view, prepared.session))

    async def cancel(self, cart_id: str, body: bytes, agent: Agent) -> Answer:
        """Give the cart up; the answer is what it was."""
        wire.CANCEL.read(body or b"{}")
        session, version, view = await self._open(cart_id, agent)
        document = self.buying.renderer.cart(view, session)
        try:
            await self.buying.service.cancel(cart_id, reason="agent")
        except Refused as problem:
            raise refused(problem) from problem
        await self.buying.sessions.save(CART_KIND, cart_id, evolve(session, is_canceled=True), version)
        return Answer(document=document)

    async def become_session(self, body: bytes, agent: Agent) -> Answer:
        """Open a session; of a cart, if one is named, its own open session where there is one already."""
        asked = wire.CREATE.read(body)
        if not asked.cart_id:
            return await self.buying.create(body, agent)
        self.buying.check_currency(asked.currency)
        session, version, view = await self._open(asked.cart_id, agent)
        if session.session_id:
            known, _ = await self.buying.found(session.session_id, agent)
            before = await self.buying.view(session.session_id)
            if before.checkout.ending is None:
                return Answer(status=201, document=self.buying.renderer.session(before, known))
        items = [wire.Item(id=line.sku, quantity=line.quantity) for line in view.checkout.cart.lines]
        buyer = wire.Buyer.model_validate(session.buyer) if session.buyer else None
        discounts = wire.Discounts(codes=list(session.codes)) if session.codes else None
        named = {"line_items": items, "buyer": buyer, "discounts": discounts, "coupons": None}
        started = Session(agent=agent.name, cart_id=asked.cart_id)
        answer = await self.buying.open(asked.model_copy(update=named), started)
        linked = evolve(session, session_id=str(answer.document["id"]))
        await self.buying.sessions.save(CART_KIND, asked.cart_id, linked, version)
        return answer

    async def _open(self, cart_id: str, agent: Agent) -> tuple[Session, int, CheckoutView]:
        found = await self.buying.sessions.load(CART_KIND, cart_id, agent.name)
        if found is None or found[0].is_canceled:
            raise not_found("cart")
        view = await self.buying.view(cart_id)
        if view.status.name in ("completed", "canceled", "expired"):
            raise not_found("cart")
        return *found, view


def _as_update(asked: wire.CartCreateRequest | wire.CartUpdateRequest) -> wire.UpdateRequest:
    return wire.UpdateRequest.model_construct(
        line_items=asked.line_items, buyer=asked.buyer, discounts=asked.discounts
    )
