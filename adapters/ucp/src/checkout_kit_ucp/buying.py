"""Checkout sessions and carts: read what a platform asks, use the shop's own service, answer in its words."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from attrs import evolve, frozen
from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.address import AddressBook
from checkout_kit.cart import Cart
from checkout_kit.checkout import UNSET, Billing, ContactPatch, Problem, Unset, Update
from checkout_kit.errors import InputError, NotFound, NotReady, Refused, VersionConflict
from checkout_kit.service import AsyncCheckoutService, CheckoutView, NewCheckout, Opened
from checkout_kit.service.resolve import resolve

from checkout_kit_ucp.faults import Answer, BusinessError, Json, ProtocolFault, error, not_found
from checkout_kit_ucp.fulfillment import Wanted, wanted_deliveries
from checkout_kit_ucp.goods import Available, available
from checkout_kit_ucp.messages import problem_messages, unverified_message
from checkout_kit_ucp.negotiation import Negotiated
from checkout_kit_ucp.postal import to_address
from checkout_kit_ucp.reading import (
    Asked,
    AskedBuyer,
    AskedInstrument,
    AskedLine,
    read_asked,
    read_instruments,
)
from checkout_kit_ucp.rendering import Renderer
from checkout_kit_ucp.session import CART_KIND, CHECKOUT_KIND, Session
from checkout_kit_ucp.sessions import async_load, off_loop, save_session
from checkout_kit_ucp.settings import Claimed, Instrument, PaymentHandler, UcpSettings
from checkout_kit_ucp.versions import CART, CHECKOUT, FULFILLMENT
from checkout_kit_ucp.webhooks import CHANNEL

_MARKETING: Final = "dev.ucp.consent.marketing"
_SEEN_AGAIN: Final = frozenset({"price_changed", "date_changed"})


@frozen(kw_only=True)
class Prepared:
    """An update of the core's checkout, and what of the request is remembered beside it."""

    update: Update
    wanted: Wanted
    session: Session


@frozen(kw_only=True)
class Buying:
    """The operations on checkouts and carts over one service."""

    service: AsyncCheckoutService
    documents: ProtocolStore
    settings: UcpSettings
    renderer: Renderer

    # Checkouts

    async def create_checkout(self, body: bytes, with_: Negotiated) -> Answer:
        """Open a checkout, or give the one a cart has become already."""
        asked = read_asked(body)
        _require(with_, CHECKOUT)
        if asked.cart_id:
            return await self._convert(asked, with_)
        found = self._available(asked.lines)
        session = Session(version=with_.version, platform=with_.platform.url)
        prepared = self._prepare(asked, found, session, None, with_)
        return await self._open(prepared, with_)

    async def get_checkout(self, checkout_id: str, with_: Negotiated) -> Answer:
        """The checkout as it stands now."""
        session, _ = await self._session(CHECKOUT_KIND, checkout_id, with_)
        return Answer(document=self.renderer.checkout(await self._view(checkout_id), session, with_))

    async def update_checkout(self, checkout_id: str, body: bytes, with_: Negotiated) -> Answer:
        """Replace what the platform can say about a checkout; what it has no words for stays."""
        session, version = await self._session(CHECKOUT_KIND, checkout_id, with_)
        asked = read_asked(body)
        before = await self._view(checkout_id)
        found = self._available(asked.lines)
        prepared = self._prepare(asked, found, session, before.checkout.cart, with_)
        view, wanted = await self._write(checkout_id, prepared)
        await self._save(CHECKOUT_KIND, checkout_id, prepared.session, version)
        return Answer(document=self.renderer.checkout(view, prepared.session, with_, wanted.messages))

    async def complete_checkout(
        self, checkout_id: str, body: bytes, with_: Negotiated, *, key: str
    ) -> Answer:
        """Pay and place the order once for one key; whatever is missing comes back as messages."""
        session, version = await self._session(CHECKOUT_KIND, checkout_id, with_)
        instruments = read_instruments(body)
        view = await self._view(checkout_id)
        blocked = self._unverified(view, session)
        change = Update()
        if not blocked:
            change, session, blocked = self._payment(view, session, instruments)
        if blocked or view.checkout.ending is not None:
            _refuse_ended(view)
            return Answer(document=self.renderer.checkout(view, session, with_, blocked))
        session = evolve(session, are_claims_resolved=True)
        if change != Update():
            try:
                view = await self.service.update(checkout_id, change)
            except Refused as problem:
                raise _not_now(problem) from problem
        view, extra = await self._complete(checkout_id, f"ucp:{key or view.checkout.version}")
        await self._save(CHECKOUT_KIND, checkout_id, session, version)
        return Answer(document=self.renderer.checkout(view, session, with_, extra))

    async def cancel_checkout(self, checkout_id: str, with_: Negotiated) -> Answer:
        """Give the checkout up."""
        session, _ = await self._session(CHECKOUT_KIND, checkout_id, with_)
        try:
            view = await self.service.cancel(checkout_id, reason="platform")
        except Refused as problem:
            raise _not_now(problem) from problem
        return Answer(document=self.renderer.checkout(view, session, with_))

    # Carts

    async def create_cart(self, body: bytes, with_: Negotiated) -> Answer:
        """Open a cart: a checkout nobody has asked to deliver yet."""
        _require(with_, CART)
        asked = evolve(read_asked(body), methods=None)
        session = Session(version=with_.version, platform=with_.platform.url)
        prepared = self._prepare(asked, self._available(asked.lines), session, None, with_)
        opened, _ = await self._create(prepared, f"{CHANNEL}-cart")
        session = self._sealed(prepared.session, opened)
        await self._save(CART_KIND, opened.view.checkout.id, session, 0)
        return Answer(status=201, document=self.renderer.cart(opened.view, session, with_))

    async def get_cart(self, cart_id: str, with_: Negotiated) -> Answer:
        """The cart as it stands."""
        session, _ = await self._cart(cart_id, with_)
        return Answer(document=self.renderer.cart(await self._view(cart_id), session, with_))

    async def update_cart(self, cart_id: str, body: bytes, with_: Negotiated) -> Answer:
        """Replace the cart."""
        session, version = await self._cart(cart_id, with_)
        asked = evolve(read_asked(body), methods=None)
        before = await self._view(cart_id)
        prepared = self._prepare(asked, self._available(asked.lines), session, before.checkout.cart, with_)
        view, _ = await self._write(cart_id, prepared)
        await self._save(CART_KIND, cart_id, prepared.session, version)
        return Answer(document=self.renderer.cart(view, prepared.session, with_))

    async def cancel_cart(self, cart_id: str, with_: Negotiated) -> Answer:
        """Give the cart up; the answer is what it was."""
        session, version = await self._cart(cart_id, with_)
        document = self.renderer.cart(await self._view(cart_id), session, with_)
        try:
            await self.service.cancel(cart_id, reason="platform")
        except Refused as problem:
            raise _not_now(problem) from problem
        await self._save(CART_KIND, cart_id, evolve(session, is_canceled=True), version)
        return Answer(document=document)

    async def _cart(self, cart_id: str, with_: Negotiated) -> tuple[Session, int]:
        session, version = await self._session(CART_KIND, cart_id, with_)
        if session.is_canceled:
            raise not_found("cart")
        return session, version

    async def _convert(self, asked: Asked, with_: Negotiated) -> Answer:
        """The cart's contents count, whatever the payload says about them."""
        _require(with_, CART)
        cart_session, cart_version = await self._cart(asked.cart_id, with_)
        if cart_session.checkout_id:
            view = await self._view(cart_session.checkout_id)
            known, _ = await self._session(CHECKOUT_KIND, cart_session.checkout_id, with_)
            if view.checkout.ending is None:
                return Answer(document=self.renderer.checkout(view, known, with_))
        cart_view = await self._view(asked.cart_id)
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
        prepared = self._prepare(asked, self._available(asked.lines), session, None, with_)
        answer = await self._open(prepared, with_)
        linked = evolve(cart_session, checkout_id=str(answer.document["id"]))
        await self._save(CART_KIND, asked.cart_id, linked, cart_version)
        return answer

    # What both are made of

    async def _open(self, prepared: Prepared, with_: Negotiated) -> Answer:
        opened, wanted = await self._create(prepared, CHANNEL)
        session = self._sealed(prepared.session, opened)
        await self._save(CHECKOUT_KIND, opened.view.checkout.id, session, 0)
        return Answer(
            status=201, document=self.renderer.checkout(opened.view, session, with_, wanted.messages)
        )

    async def _create(self, prepared: Prepared, channel: str) -> tuple[Opened, Wanted]:
        new = NewCheckout(
            currency=self.settings.currency,
            update=prepared.update,
            prices_include_tax=self.settings.prices_include_tax,
            channel=channel,
        )
        try:
            return await self.service.create(new), prepared.wanted
        except InputError as problem:
            wanted = _without_options(prepared.wanted, problem)
        new = evolve(new, update=evolve(prepared.update, deliveries=wanted.patches))
        return await self.service.create(new), wanted

    async def _write(self, checkout_id: str, prepared: Prepared) -> tuple[CheckoutView, Wanted]:
        try:
            return await self.service.update(checkout_id, prepared.update), prepared.wanted
        except Refused as problem:
            raise _not_now(problem) from problem
        except InputError as problem:
            wanted = _without_options(prepared.wanted, problem)
        change = evolve(prepared.update, deliveries=wanted.patches)
        return await self.service.update(checkout_id, change), wanted

    def _available(self, lines: Sequence[AskedLine]) -> Available:
        return available(lines, self.service.parts.catalog, self.settings.stock)

    def _prepare(
        self, asked: Asked, found: Available, session: Session, cart: Cart | None, with_: Negotiated
    ) -> Prepared:
        lines = resolve(Update(items=found.items), cart, AddressBook(), self.service.parts.catalog).lines
        assert not isinstance(lines, Unset)
        codes, claims = _distinct(asked.codes), _distinct(asked.claims)
        recognised = tuple(claim for claim in claims if claim in self.settings.claims)
        priced = self.service.parts.settings.rules.price_cart(
            Cart(
                currency=self.settings.currency, lines=lines, discount_codes=(*codes, *recognised),
                prices_include_tax=self.settings.prices_include_tax,
            )
        )  # fmt: skip
        refused = set(priced.rejected_codes)
        wanted = Wanted()
        if with_.has(FULFILLMENT):
            line_ids = tuple(line.id for line in lines)
            wanted = wanted_deliveries(asked.methods, session.methods, line_ids, asked.country)
        update = Update(
            lines=lines,
            discount_codes=tuple(code for code in (*codes, *recognised) if code not in refused),
            contact=_contact(asked.buyer),
            deliveries=wanted.patches,
            replaces_deliveries=True,
        )
        buyer = asked.buyer or AskedBuyer()
        remembered = evolve(
            session,
            version=with_.version,
            webhook_url=with_.platform.webhook_url or session.webhook_url,
            first_name=buyer.first_name,
            last_name=buyer.last_name,
            consent=dict(buyer.consent),
            codes=codes,
            claims=claims,
            are_claims_resolved=False,
            missed=found.missed,
            methods=wanted.named,
            attribution=asked.attribution if asked.attribution is not None else session.attribution,
        )
        return Prepared(update=update, wanted=wanted, session=remembered)

    def _sealed(self, session: Session, opened: Opened) -> Session:
        sealed = self.settings.signing_key.seal(opened.secret, bound_to=opened.view.checkout.id)
        return evolve(session, sealed_secret=sealed)

    async def _session(self, kind: str, resource_id: str, with_: Negotiated) -> tuple[Session, int]:
        found = await async_load(self.documents, kind, resource_id)
        what = "cart" if kind == CART_KIND else "checkout"
        if found is None or found[0].platform != with_.platform.url:
            raise not_found(what)
        return found

    async def _view(self, checkout_id: str) -> CheckoutView:
        try:
            return await self.service.get(checkout_id)
        except NotFound as problem:
            raise not_found("checkout") from problem

    async def _save(self, kind: str, resource_id: str, session: Session, version: int) -> None:
        """The last writer counts, as for the checkout itself."""
        save = partial(save_session, self.documents, kind, resource_id, session)
        try:
            await off_loop(self.documents.is_remote, partial(save, version))
        except VersionConflict as race:
            await off_loop(self.documents.is_remote, partial(save, race.current_version))

    # Completing

    def _unverified(self, view: CheckoutView, session: Session) -> list[Json]:
        found = []
        for i, claim in enumerate(session.claims):
            verify = self.settings.claims.get(claim)
            claimed = Claimed(claim=claim, checkout=view.checkout, platform=session.platform)
            if verify is not None and not verify(claimed):
                found.append(unverified_message(claim, i))
        return found

    def _payment(
        self, view: CheckoutView, session: Session, instruments: Sequence[AskedInstrument]
    ) -> tuple[Update, Session, list[Json]]:
        change = Update()
        contact = view.checkout.contact
        if self.settings.email_when_absent and not (contact and contact.email):
            change = evolve(change, contact=ContactPatch(email=self.settings.email_when_absent))
        if not instruments:
            if view.checkout.payment is None and view.totals.total > 0:
                path = "$.payment.instruments"
                return change, session, [error("missing", "A payment instrument is needed.", path=path)]
            return change, session, []
        given, path = instruments[0], "$.payment.instruments[0]"
        handler = self._handler(given, view.checkout.cart)
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
        change = evolve(
            change, payment=payment, billing=UNSET if billing is None else Billing(address=billing)
        )
        return change, evolve(session, instrument=shown), []

    def _handler(self, given: AskedInstrument, cart: Cart) -> PaymentHandler | None:
        offered = [one for one in self.settings.handlers if one.is_offered(cart)]
        if not given.handler_id:
            return offered[0] if offered else None
        return next((one for one in offered if one.id == given.handler_id), None)

    async def _complete(self, checkout_id: str, key: str) -> tuple[CheckoutView, list[Json]]:
        try:
            return await self.service.complete(checkout_id, idempotency_key=key), []
        except NotReady as problem:
            view = await self._view(checkout_id)
            news = [one for one in problem.problems if isinstance(one, Problem) and one not in view.problems]
            return view, [_news(one) for one in news]
        except Refused as problem:
            view = await self._view(checkout_id)
            if view.status.reason == "authentication":
                return view, []
            raise _not_now(problem) from problem


def _require(with_: Negotiated, capability: str) -> None:
    if not with_.has(capability):
        what = f"the platform's profile does not declare {capability}"
        raise BusinessError([error("capabilities_incompatible", what, severity="unrecoverable")])


def _without_options(wanted: Wanted, problem: InputError) -> Wanted:
    """Go on without the option if that is all that is wrong; else the fault is the request's."""
    is_option = all(fault.path.endswith(".option_id") for fault in problem.faults)
    if not is_option or all(not patch.option_id for patch in wanted.patches):
        raise problem
    return wanted.without_options()


def _not_now(problem: Refused) -> ProtocolFault:
    return ProtocolFault(409, "invalid_state", str(problem))


def _refuse_ended(view: CheckoutView) -> None:
    if view.checkout.ending is not None:
        raise ProtocolFault(409, "invalid_state", f"the checkout is {view.status.name}; open a new one")


def _contact(buyer: AskedBuyer | None) -> ContactPatch | None:
    if buyer is None:
        return None
    marketing = buyer.consent.get(_MARKETING)
    return ContactPatch(
        email=buyer.email,
        phone=buyer.phone,
        accepts_marketing=UNSET if marketing is None else marketing[0],
    )


def _distinct(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _label(display: Mapping[str, object]) -> str:
    shown = [str(display[name]) for name in ("brand", "last_digits") if display.get(name)]
    return " ending ".join(shown) if len(shown) == 2 else "".join(shown)


def _news(problem: Problem) -> Json:
    """A changed price or date is told; completing again, with the new totals seen, goes through."""
    told = problem_messages([problem])[0]
    return told | {"severity": "recoverable"} if problem.code in _SEEN_AGAIN else told
