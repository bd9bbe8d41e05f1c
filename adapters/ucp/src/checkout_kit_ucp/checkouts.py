"""Checkout sessions: open, read, replace, complete and cancel."""

from typing import Final

from attrs import evolve, frozen
from checkout_kit.checkout import Problem, Update
from checkout_kit.errors import NotReady, Refused
from checkout_kit.service import CheckoutView

from checkout_kit_ucp.carts import Carts
from checkout_kit_ucp.desk import Desk, Prepared, not_now, require
from checkout_kit_ucp.faults import Answer, Json
from checkout_kit_ucp.messages import change_messages, problem_messages
from checkout_kit_ucp.negotiation import Negotiated
from checkout_kit_ucp.paying import settle_claims, settle_payment
from checkout_kit_ucp.reading import Asked, AskedBuyer, AskedLine, read_asked, read_instruments
from checkout_kit_ucp.session import CART_KIND, CHECKOUT_KIND, Session
from checkout_kit_ucp.versions import CART, CHECKOUT
from checkout_kit_ucp.webhooks import CHANNEL

_SEEN_AGAIN: Final = frozenset({"price_changed", "date_changed"})
_UNDER_WAY_OR_ENDED: Final = frozenset({"completing", "completed", "canceled", "expired"})


@frozen
class Checkouts:
    """The operations on checkout sessions."""

    desk: Desk
    carts: Carts

    async def create(self, body: bytes, with_: Negotiated) -> Answer:
        """Open a checkout, or give the one a cart has become already."""
        asked = read_asked(body)
        require(with_, CHECKOUT)
        if asked.cart_id:
            return await self._convert(asked, with_)
        found = self.desk.available(asked.lines)
        session = Session(version=with_.version, platform=with_.platform.url)
        prepared = await self.desk.prepare(asked, found, session, with_)
        return await self._open(prepared, with_)

    async def get(self, checkout_id: str, with_: Negotiated) -> Answer:
        """The checkout as it stands now."""
        session, _ = await self.desk.session(CHECKOUT_KIND, checkout_id, with_)
        return Answer(document=self.desk.renderer.checkout(await self.desk.view(checkout_id), session, with_))

    async def update(self, checkout_id: str, body: bytes, with_: Negotiated) -> Answer:
        """Replace what the platform can say about a checkout; what it has no words for stays."""
        session, version = await self.desk.session(CHECKOUT_KIND, checkout_id, with_)
        asked = read_asked(body)
        found = self.desk.available(asked.lines)
        prepared = await self.desk.prepare(asked, found, session, with_, checkout_id=checkout_id)
        view, wanted = await self.desk.write(checkout_id, prepared)
        await self.desk.save(CHECKOUT_KIND, checkout_id, prepared.session, version)
        return Answer(document=self.desk.renderer.checkout(view, prepared.session, with_, wanted.messages))

    async def complete(self, checkout_id: str, body: bytes, with_: Negotiated, *, key: str) -> Answer:
        """Pay and place the order once for one key; whatever is missing comes back as messages.

        A price or date that differs from what was last stored is told instead, and charged only when the
        platform, having seen it, completes again.
        """
        session, version = await self.desk.session(CHECKOUT_KIND, checkout_id, with_)
        instruments = read_instruments(body)
        view = await self.desk.view(checkout_id)
        if view.status.name not in _UNDER_WAY_OR_ENDED:
            blocked = settle_claims(view, session, self.desk.settings)
            change = Update()
            if not blocked:
                change, session, blocked = settle_payment(view, session, instruments, self.desk.settings)
            if blocked:
                return Answer(document=self.desk.renderer.checkout(view, session, with_, blocked))
            if change != Update():
                try:
                    view = await self.desk.service.update(checkout_id, change)
                except Refused as problem:
                    raise not_now(problem) from problem
            if view.checkout.changes:
                told = change_messages(view.checkout.changes)
                await self.desk.save(CHECKOUT_KIND, checkout_id, session, version)
                return Answer(document=self.desk.renderer.checkout(view, session, with_, told))
        view, extra = await self._complete(checkout_id, f"ucp:{key or view.checkout.version}")
        session = evolve(session, are_claims_resolved=view.order is not None)
        await self.desk.save(CHECKOUT_KIND, checkout_id, session, version)
        return Answer(document=self.desk.renderer.checkout(view, session, with_, extra))

    async def cancel(self, checkout_id: str, with_: Negotiated) -> Answer:
        """Give the checkout up."""
        session, _ = await self.desk.session(CHECKOUT_KIND, checkout_id, with_)
        try:
            view = await self.desk.service.cancel(checkout_id, reason="platform")
        except Refused as problem:
            raise not_now(problem) from problem
        return Answer(document=self.desk.renderer.checkout(view, session, with_))

    async def _convert(self, asked: Asked, with_: Negotiated) -> Answer:
        """The cart's contents count, whatever the payload says about them."""
        require(with_, CART)
        cart_session, cart_version = await self.carts.open_session(asked.cart_id, with_)
        if cart_session.checkout_id:
            view = await self.desk.view(cart_session.checkout_id)
            known, _ = await self.desk.session(CHECKOUT_KIND, cart_session.checkout_id, with_)
            if view.checkout.ending is None:
                return Answer(document=self.desk.renderer.checkout(view, known, with_))
        cart_view = await self.desk.view(asked.cart_id)
        cart, contact = cart_view.checkout.cart, cart_view.checkout.contact
        buyer = asked.buyer
        if contact is not None or cart_session.first_name:
            buyer = AskedBuyer(
                first_name=cart_session.first_name, last_name=cart_session.last_name,
                email=contact.email if contact else "", phone=contact.phone if contact else "",
                consent=cart_session.consent,
            )  # fmt: skip
        asked = evolve(
            asked,
            lines=tuple(AskedLine(sku=one.sku, quantity=one.quantity, id=one.id) for one in cart.lines),
            codes=cart_session.codes,
            claims=cart_session.claims or asked.claims,
            buyer=buyer,
            attribution=cart_session.attribution or asked.attribution,
        )
        session = Session(version=with_.version, platform=with_.platform.url, cart_id=asked.cart_id)
        prepared = await self.desk.prepare(asked, self.desk.available(asked.lines), session, with_)
        answer = await self._open(prepared, with_)
        linked = evolve(cart_session, checkout_id=str(answer.document["id"]))
        await self.desk.save(CART_KIND, asked.cart_id, linked, cart_version)
        return answer

    async def _open(self, prepared: Prepared, with_: Negotiated) -> Answer:
        opened, wanted = await self.desk.create(prepared, CHANNEL)
        session = self.desk.sealed(prepared.session, opened)
        await self.desk.save(CHECKOUT_KIND, opened.view.checkout.id, session, 0)
        return Answer(
            status=201, document=self.desk.renderer.checkout(opened.view, session, with_, wanted.messages)
        )

    async def _complete(self, checkout_id: str, key: str) -> tuple[CheckoutView, list[Json]]:
        try:
            return await self.desk.service.complete(checkout_id, idempotency_key=key), []
        except NotReady as problem:
            view = await self.desk.view(checkout_id)
            news = [one for one in problem.problems if isinstance(one, Problem) and one not in view.problems]
            return view, [_news(one) for one in news]
        except Refused as problem:
            view = await self.desk.view(checkout_id)
            if view.status.reason == "authentication":
                return view, []
            raise not_now(problem) from problem


def _news(problem: Problem) -> Json:
    """A changed price or date is told; completing again, with the new totals seen, goes through."""
    told = problem_messages([problem])[0]
    return told | {"severity": "recoverable"} if problem.code in _SEEN_AGAIN else told
