"""Sessions and carts: read what an agent asks, use the shop's own service, answer in the protocol's words."""

from typing import Final

from attrs import evolve, field, frozen
from checkout_kit.checkout import DeliveryPatch, Update
from checkout_kit.errors import InputError, NotFound, Refused
from checkout_kit.service import AsyncCheckoutService, CheckoutView, NewCheckout, Opened

from checkout_kit_acp import wire
from checkout_kit_acp.faults import AcpFault, Answer, Json, busy, not_found
from checkout_kit_acp.fulfilling import asked_options, is_plain, joined
from checkout_kit_acp.preparing import Prepared, Preparing, asked_of, with_attribution, with_deliveries
from checkout_kit_acp.rendering import NOTHING_YET, Renderer
from checkout_kit_acp.session import CHANNEL, SESSION_KIND, Session, Sessions
from checkout_kit_acp.settings import AcpSettings, Agent

_SHARED: Final = (
    "line_items", "buyer", "fulfillment_details", "fulfillment_groups", "coupons", "discounts", "order_notes",
)  # fmt: skip


@frozen(kw_only=True)
class Buying:
    """Creating, reading, changing and giving up sessions over one service."""

    service: AsyncCheckoutService
    sessions: Sessions
    settings: AcpSettings
    renderer: Renderer
    preparing: Preparing = field(init=False)

    @preparing.default
    def _own_preparing(self) -> Preparing:
        return Preparing(service=self.service, settings=self.settings)

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
        prepared = self.preparing.prepare(change, session, None)
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
        prepared = self.preparing.prepare(asked, known, before)
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


def _asks_for_discounts(capabilities: wire.AgentCapabilities) -> bool:
    """Whether the agent knows the discount extension; a version after `@` makes no difference yet."""
    named = (one.get("name") if isinstance(one, dict) else one for one in capabilities.extensions or ())
    return any(isinstance(name, str) and name.partition("@")[0] == "discount" for name in named)


def refuse_ended(view: CheckoutView) -> None:
    """Raise for a session that is completed, canceled or expired."""
    if view.status.name in ("completed", "canceled", "expired"):
        raise AcpFault(405, "invalid_state", f"the checkout session is {view.status.name}")


def refused(problem: Refused) -> AcpFault:
    """The state does not allow it, for now or for good."""
    return busy(str(problem))
