"""Carts: a basket before anyone asks where it goes, priced by the same service."""

from attrs import evolve, frozen
from checkout_kit.errors import Refused

from checkout_kit_ucp.desk import Desk, not_now, require
from checkout_kit_ucp.faults import Answer, not_found
from checkout_kit_ucp.negotiation import Negotiated
from checkout_kit_ucp.reading import read_asked
from checkout_kit_ucp.session import CART_KIND, Session
from checkout_kit_ucp.versions import CART
from checkout_kit_ucp.webhooks import CHANNEL


@frozen
class Carts:
    """The operations on carts."""

    desk: Desk

    async def create(self, body: bytes, with_: Negotiated) -> Answer:
        """Open a cart: a checkout nobody has asked to deliver yet."""
        require(with_, CART)
        asked = read_asked(body)
        session = Session(version=with_.version, platform=with_.platform.url)
        found = self.desk.available(asked.lines)
        prepared = await self.desk.prepare(asked, found, session, with_, is_cart=True)
        opened, _ = await self.desk.create(prepared, f"{CHANNEL}-cart")
        session = self.desk.sealed(prepared.session, opened)
        await self.desk.save(CART_KIND, opened.view.checkout.id, session, 0)
        return Answer(status=201, document=self.desk.renderer.cart(opened.view, session, with_))

    async def get(self, cart_id: str, with_: Negotiated) -> Answer:
        """The cart as it stands."""
        session, _ = await self.open_session(cart_id, with_)
        return Answer(document=self.desk.renderer.cart(await self.desk.view(cart_id), session, with_))

    async def update(self, cart_id: str, body: bytes, with_: Negotiated) -> Answer:
        """Replace the cart."""
        session, version = await self.open_session(cart_id, with_)
        asked = read_asked(body)
        found = self.desk.available(asked.lines)
        prepared = await self.desk.prepare(asked, found, session, with_, checkout_id=cart_id, is_cart=True)
        view, _ = await self.desk.write(cart_id, prepared)
        await self.desk.save(CART_KIND, cart_id, prepared.session, version)
        return Answer(document=self.desk.renderer.cart(view, prepared.session, with_))

    async def cancel(self, cart_id: str, with_: Negotiated) -> Answer:
        """Give the cart up; the answer is what it was."""
        session, version = await self.open_session(cart_id, with_)
        document = self.desk.renderer.cart(await self.desk.view(cart_id), session, with_)
        try:
            await self.desk.service.cancel(cart_id, reason="platform")
        except Refused as problem:
            raise not_now(problem) from problem
        await self.desk.save(CART_KIND, cart_id, evolve(session, is_canceled=True), version)
        return Answer(document=document)

    async def open_session(self, cart_id: str, with_: Negotiated) -> tuple[Session, int]:
        """The session of a cart that was not given up; raises BusinessError."""
        session, version = await self.desk.session(CART_KIND, cart_id, with_)
        if session.is_canceled:
            raise not_found("cart")
        return session, version
