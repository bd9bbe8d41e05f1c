"""Sessions and carts: read what an agent asks, use the shop's own service, answer in the protocol's words."""

from collections.abc import Sequence
from typing import Final

from attrs import evolve, frozen
from checkout_kit.address import Address, AddressBook
from checkout_kit.cart import Cart, LineItem
from checkout_kit.checkout import UNSET, Business, ContactPatch, DeliveryPatch, Unset, Update
from checkout_kit.errors import InputError, NotFound, Refused
from checkout_kit.money import Money
from checkout_kit.service import AsyncCheckoutService, CheckoutView, NewCheckout, Opened
from checkout_kit.service.resolve import resolve

from checkout_kit_acp import wire
from checkout_kit_acp.faults import AcpFault, Answer, Json, busy, not_found
from checkout_kit_acp.fulfilling import (
    ONE,
    Asked,
    asked_address,
    asked_groups,
    asked_options,
    is_plain,
    joined,
)
from checkout_kit_acp.goods import available, wanted
from checkout_kit_acp.messages import warning
from checkout_kit_acp.rendering import NOTHING_YET, Renderer
from checkout_kit_acp.session import CHANNEL, SESSION_KIND, Session, Sessions
from checkout_kit_acp.settings import AcpSettings, Agent

_SHARED: Final = (
    "line_items", "buyer", "fulfillment_details", "fulfillment_groups", "coupons", "discounts", "order_notes",
)  # fmt: skip


@frozen(kw_only=True)
class Prepared:
    """An update of the core's checkout, and what of the request is remembered beside it."""

    update: Update
    session: Session
    messages: tuple[Json, ...] = ()


@frozen(kw_only=True)
class Buying:
    """Creating, reading, changing and giving up sessions over one service."""

    service: AsyncCheckoutService
    sessions: Sessions
    settings: AcpSettings
    renderer: Renderer

    async def create(self, body: bytes, agent: Agent) -> Answer:
        """Open a session."""
        asked = wire.CREATE.read(body)
        if not asked.line_items:
            raise InputError.of("line_items", "must have at least one item")
        return await self.open(asked, Session(agent=agent.name))

    async def open(self, asked: wire.CreateRequest, session: Session) -> Answer:
        """Open a session of a request that was read."""
        self.check_currency(asked.currency)
        capabilities = asked.capabilities or wire.AgentCapabilities()
        interventions = capabilities.interventions or wire.Interventions()
        session = evolve(
            session,
            interventions=tuple(dict.fromkeys(interventions.supported)),
            has_discounts=_asks_for_discounts(capabilities),
            locale=asked.locale or "",
            timezone=asked.timezone or "",
            metadata=asked.metadata,
        )
        change = wire.UpdateRequest.model_construct(**{name: getattr(asked, name) for name in _SHARED})
        session = with_attribution(session, asked.affiliate_attribution, "first")
        prepared = self.prepare(change, session, None)
        opened = await self.service.create(self.new_checkout(prepared.update, CHANNEL))
        session = self.sealed(prepared.session, opened)
        await self.sessions.save(SESSION_KIND, opened.view.checkout.id, session, 0)
        document = self.renderer.session(opened.view, session, prepared.messages)
        return Answer(status=201, document=document)

    async def get(self, session_id: str, agent: Agent) -> Answer:
        """The session as it stands now."""
        session, _ = await self.found(session_id, agent)
        view = await self.view(session_id)
        activity = NOTHING_YET if view.order is None else await self.sessions.activity(view.order.id)
        return Answer(document=self.renderer.session(view, session, activity=activity))

    async def update(self, session_id: str, body: bytes, agent: Agent) -> Answer:
        """Change the sections that were sent."""
        known, version = await self.found(session_id, agent)
        asked = wire.UPDATE.read(body)
        before = await self.view(session_id)
        refuse_ended(before)
        selections = asked.selected_fulfillment_options
        prepared = self.prepare(asked, known, before)
        # Options are chosen among the deliveries there will be, known beforehand where there is but one.
        joins = asked.fulfillment_groups is None and is_plain(selections or (), before)
        view, messages = before, list(prepared.messages)
        if joins and selections:
            options = asked_options(selections, before, prepared.session.groups)
            prepared = with_deliveries(prepared, joined(asked_of(prepared), options))
            messages += options.messages
        if prepared.update != Update():
            view, more = await self.write(session_id, prepared.update)
            messages += more
        session = prepared.session
        if selections and not joins:
            options = asked_options(selections, view, session.groups)
            then = with_deliveries(Prepared(update=Update(), session=session), options)
            view, more = await self.write(session_id, then.update)
            session, messages = then.session, [*messages, *options.messages, *more]
        if session != known:
            await self.sessions.save(SESSION_KIND, session_id, session, version)
        return Answer(document=self.renderer.session(view, session, messages))

    async def cancel(self, session_id: str, body: bytes, agent: Agent) -> Answer:
        """Give the session up; one that has ended cannot be (405)."""
        session, version = await self.found(session_id, agent)
        trace = wire.CANCEL.read(body or b"{}").intent_trace
        reason = "agent" if trace is None else f"agent:{trace.reason_code}"
        try:
            view = await self.service.cancel(session_id, reason=reason)
        except Refused as problem:
            refuse_ended(await self.view(session_id))
            raise busy(str(problem)) from problem
        if trace is not None:
            told = {"reason_code": trace.reason_code, "trace_summary": trace.trace_summary or ""}
            session = evolve(session, trace=told)
            await self.sessions.save(SESSION_KIND, session_id, session, version)
        return Answer(document=self.renderer.session(view, session))

    # What carts and completing use too

    def check_currency(self, currency: str) -> None:
        """Raise for any currency but the shop's."""
        if currency.strip().upper() != self.settings.currency:
            told = f"this shop sells in {self.settings.currency.lower()}"
            raise AcpFault(400, "unsupported_currency", told, param="$.currency")

    def new_checkout(self, update: Update, channel: str) -> NewCheckout:
        """A checkout of this shop to open."""
        return NewCheckout(
            currency=self.settings.currency,
            update=update,
            prices_include_tax=self.settings.prices_include_tax,
            channel=channel,
        )

    def sealed(self, session: Session, opened: Opened) -> Session:
        """The session with the checkout's secret, which is shown only once."""
        sealer = self.renderer.sealer
        return evolve(session, sealed_secret=sealer.seal(opened.secret, bound_to=opened.view.checkout.id))

    async def found(self, session_id: str, agent: Agent) -> tuple[Session, int]:
        """An agent's own session and the version to write it over."""
        found = await self.sessions.load(SESSION_KIND, session_id, agent.name)
        if found is None:
            raise not_found("checkout session")
        return found

    async def view(self, checkout_id: str) -> CheckoutView:
        """The checkout itself."""
        try:
            return await self.service.get(checkout_id)
        except NotFound as problem:
            raise not_found("checkout session") from problem

    async def write(self, checkout_id: str, update: Update) -> tuple[CheckoutView, tuple[Json, ...]]:
        """Update the checkout; without its options, and saying so, if only they cannot be had."""
        try:
            return await self.service.update(checkout_id, update), ()
        except Refused as problem:
            raise refused(problem) from problem
        except InputError as problem:
            asked = asked_of(Prepared(update=update, session=Session(agent="")))
            is_option = all(fault.path.endswith(".option_id") for fault in problem.faults)
            if not is_option or not any(patch.option_id for patch in asked.patches):
                raise
        without = asked.without_options()
        patches: tuple[DeliveryPatch, ...] = without.patches
        try:
            view = await self.service.update(checkout_id, evolve(update, deliveries=patches))
        except Refused as problem:
            raise refused(problem) from problem
        return view, without.messages

    def prepare(self, asked: wire.UpdateRequest, session: Session, view: CheckoutView | None) -> Prepared:
        """What a request changes, apart from the options it selects."""
        cart = view.checkout.cart if view is not None else None
        messages: list[Json] = []
        update = Update()
        if asked.line_items is not None:
            wants = wanted(asked.line_items)
            found = available(wants, cart, self.service.parts.catalog, self.settings.stock)
            resolved = resolve(
                Update(items=found.items), cart, AddressBook(), self.service.parts.catalog
            ).lines
            assert not isinstance(resolved, Unset)
            update = evolve(update, lines=resolved)
            session = evolve(session, missed=found.missed)
            shown = {line.sku: line.unit_price for line in resolved}
            messages += [
                warning(
                    "price_change",
                    f"{one.sku} costs {Money(shown[one.sku], self.settings.currency)} now.",
                    param=f"$.line_items[{one.place}].unit_amount",
                )
                for one in wants
                if one.unit_amount is not None and shown.get(one.sku, one.unit_amount) != one.unit_amount
            ]
        lines = update.lines if not isinstance(update.lines, Unset) else cart.lines if cart else ()
        update, session = self._codes(asked, update, session, lines)
        contact, session = _contact(asked, session)
        update = evolve(
            update, contact=contact, note=UNSET if asked.order_notes is None else asked.order_notes
        )
        company = asked.buyer.company if asked.buyer is not None else None
        if company is not None:
            number = view.checkout.business.purchase_order if view and view.checkout.business else ""
            business = Business(company=company.name, tax_id=company.tax_id or "", purchase_order=number)
            update = evolve(update, business=business)
        prepared = Prepared(update=update, session=session, messages=tuple(messages))
        deliveries = self._deliveries(asked, view, lines)
        if deliveries is None:
            return prepared
        with_them = with_deliveries(prepared, deliveries)
        return evolve(with_them, messages=(*messages, *deliveries.messages))

    def _codes(
        self, asked: wire.UpdateRequest, update: Update, session: Session, lines: Sequence[LineItem]
    ) -> tuple[Update, Session]:
        """Codes that earn nothing are kept out of the checkout, where they would stand in the order's way."""
        given = asked.discounts.codes if asked.discounts is not None else asked.coupons
        if given is not None:
            session = evolve(session, codes=tuple(given), has_discounts=True)
        elif isinstance(update.lines, Unset) or not session.codes:
            return update, session
        codes = tuple(dict.fromkeys(code for code in session.codes if code))
        cart = Cart(
            currency=self.settings.currency, lines=tuple(lines), discount_codes=codes,
            prices_include_tax=self.settings.prices_include_tax,
        )  # fmt: skip
        refused_codes = set(self.service.parts.settings.rules.price_cart(cart).rejected_codes)
        return evolve(update, discount_codes=tuple(c for c in codes if c not in refused_codes)), session

    def _deliveries(
        self, asked: wire.UpdateRequest, view: CheckoutView | None, lines: Sequence[LineItem]
    ) -> Asked | None:
        address, messages = asked_address(asked.fulfillment_details, "fulfillment_details")
        if asked.fulfillment_groups is not None:
            common = address
            if common is None and view is not None and view.checkout.deliveries:
                common = view.checkout.deliveries[0].address
            grouped = asked_groups(asked.fulfillment_groups, lines, common)
            return evolve(grouped, messages=(*messages, *grouped.messages))
        if address is None and not messages:
            return None
        return Asked(patches=_everywhere(address, view), messages=tuple(messages))


def _everywhere(address: Address | None, view: CheckoutView | None) -> tuple[DeliveryPatch, ...]:
    """The deliveries that went to the session's address so far go to the new one."""
    if address is None:
        return ()
    deliveries = view.checkout.deliveries if view is not None else ()
    if not deliveries:
        return (DeliveryPatch(id=ONE, address=address),)
    before = deliveries[0].address
    return tuple(
        DeliveryPatch(id=one.id, address=address) for one in deliveries if one.address in (None, before)
    )


def _asks_for_discounts(capabilities: wire.AgentCapabilities) -> bool:
    """Whether the agent knows the discount extension; a version after `@` makes no difference yet."""
    named = (one.get("name") if isinstance(one, dict) else one for one in capabilities.extensions or ())
    return any(isinstance(name, str) and name.partition("@")[0] == "discount" for name in named)


def asked_of(prepared: Prepared) -> Asked:
    """The deliveries of an update, to be joined with others."""
    patches = prepared.update.deliveries
    return Asked(
        patches=() if isinstance(patches, Unset) else patches, replaces=prepared.update.replaces_deliveries
    )


def with_deliveries(prepared: Prepared, asked: Asked) -> Prepared:
    """The update with these deliveries, and the session with their names."""
    update = prepared.update
    if asked.patches:
        update = evolve(update, deliveries=asked.patches, replaces_deliveries=asked.replaces)
    session = prepared.session
    if asked.groups is not None:
        session = evolve(session, groups=asked.groups)
    return evolve(prepared, update=update, session=session)


def with_attribution(session: Session, given: Json | None, touchpoint: str) -> Session:
    """Remember who sent the buyer."""
    if not given:
        return session
    named = str(given.get("touchpoint") or touchpoint)
    return evolve(session, attribution={**session.attribution, named: given})


def _contact(asked: wire.UpdateRequest, session: Session) -> tuple[ContactPatch | Unset, Session]:
    """The contact of a buyer, else of the delivery, and what was given of both."""
    buyer, details = asked.buyer, asked.fulfillment_details
    if buyer is not None:
        session = evolve(session, buyer=buyer.model_dump(exclude_none=True))
    if details is not None:
        told = details.model_dump(exclude={"address"}, exclude_none=True)
        session = evolve(session, details={**session.details, **told})
    email = (buyer.email if buyer is not None else None) or (details.email if details is not None else None)
    phone = (details.phone_number if details is not None else None) or (
        buyer.phone_number if buyer is not None else None
    )
    if email is None and phone is None:
        return UNSET, session
    patch = ContactPatch(email=UNSET if email is None else email, phone=UNSET if phone is None else phone)
    return patch, session


def refuse_ended(view: CheckoutView) -> None:
    """Raise for a session that is completed, canceled or expired."""
    if view.status.name in ("completed", "canceled", "expired"):
        raise AcpFault(405, "invalid_state", f"the checkout session is {view.status.name}")


def refused(problem: Refused) -> AcpFault:
    """The state does not allow it, for now or for good."""
    return busy(str(problem))
