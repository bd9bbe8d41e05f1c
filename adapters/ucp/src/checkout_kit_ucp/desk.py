"""What checkouts and carts share: from what a platform asks to the service's commands, and its documents."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from attrs import evolve, frozen
from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.address import AddressBook
from checkout_kit.cart import Cart
from checkout_kit.checkout import UNSET, ContactPatch, DeliveryPatch, Unset, Update
from checkout_kit.errors import InputError, NotFound, Refused, VersionConflict
from checkout_kit.service import AsyncCheckoutService, CheckoutView, NewCheckout, Opened
from checkout_kit.service.resolve import resolve

from checkout_kit_ucp.faults import BusinessError, ProtocolFault, error, not_found
from checkout_kit_ucp.fulfillment import Wanted, wanted_deliveries
from checkout_kit_ucp.goods import Available, available
from checkout_kit_ucp.negotiation import Negotiated
from checkout_kit_ucp.reading import Asked, AskedBuyer, AskedLine
from checkout_kit_ucp.rendering import Renderer
from checkout_kit_ucp.session import CART_KIND, Session
from checkout_kit_ucp.sessions import async_load, off_loop, save_session
from checkout_kit_ucp.settings import UcpSettings
from checkout_kit_ucp.versions import FULFILLMENT

_MARKETING: Final = "dev.ucp.consent.marketing"


@frozen(kw_only=True)
class Prepared:
    """An update of the core's checkout, and what of the request is remembered beside it."""

    update: Update
    wanted: Wanted
    session: Session


@frozen(kw_only=True)
class Desk:
    """The service and the protocol's documents, and how a request reaches them."""

    service: AsyncCheckoutService
    documents: ProtocolStore
    settings: UcpSettings
    renderer: Renderer

    def available(self, lines: Sequence[AskedLine]) -> Available:
        """What of these lines can be sold."""
        return available(lines, self.service.parts.catalog, self.settings.stock)

    async def prepare(
        self, asked: Asked, found: Available, session: Session, with_: Negotiated, *, checkout_id: str = "",
        is_cart: bool = False,
    ) -> Prepared:  # fmt: skip
        """The update that makes a checkout what was asked, and what is remembered beside it.

        Discount codes the shop's pricing refuses are remembered, to be told, and kept out of the cart, where
        they would stand in the way of the order. Where the platform has no words for deliveries, they stay.
        """
        codes, claims = _distinct(asked.codes), _distinct(asked.claims)
        recognised = tuple(claim for claim in claims if claim in self.settings.claims)
        accepted = (*codes, *recognised)
        if accepted:
            before = (await self.view(checkout_id)).checkout.cart if checkout_id else None
            accepted = self._accepted(accepted, found, before)
        wanted = Wanted()
        deliveries: tuple[DeliveryPatch, ...] | Unset = UNSET
        if with_.has(FULFILLMENT) and not is_cart:
            line_ids = tuple(item.id or item.sku for item in found.items)
            wanted = wanted_deliveries(asked.methods, session.methods, line_ids, asked.country)
            deliveries = wanted.patches
        update = Update(
            items=found.items,
            discount_codes=accepted,
            contact=_contact(asked.buyer),
            deliveries=deliveries,
            replaces_deliveries=not isinstance(deliveries, Unset),
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

    def _accepted(self, codes: Sequence[str], found: Available, before: Cart | None) -> tuple[str, ...]:
        lines = resolve(Update(items=found.items), before, AddressBook(), self.service.parts.catalog).lines
        assert not isinstance(lines, Unset)
        priced = self.service.parts.settings.rules.price_cart(
            Cart(
                currency=self.settings.currency, lines=lines, discount_codes=codes,
                prices_include_tax=self.settings.prices_include_tax,
            )
        )  # fmt: skip
        refused = set(priced.rejected_codes)
        return tuple(code for code in codes if code not in refused)

    async def create(self, prepared: Prepared, channel: str) -> tuple[Opened, Wanted]:
        """Open a checkout; an option that is not offered is told and left to the default."""
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

    async def write(self, checkout_id: str, prepared: Prepared) -> tuple[CheckoutView, Wanted]:
        """Change a checkout; an option that is not offered is told and left to the default."""
        try:
            return await self.service.update(checkout_id, prepared.update), prepared.wanted
        except Refused as problem:
            raise not_now(problem) from problem
        except InputError as problem:
            wanted = _without_options(prepared.wanted, problem)
        change = evolve(prepared.update, deliveries=wanted.patches)
        return await self.service.update(checkout_id, change), wanted

    def sealed(self, session: Session, opened: Opened) -> Session:
        """The session with the new checkout's secret, sealed."""
        sealed = self.settings.signing_key.seal(opened.secret, bound_to=opened.view.checkout.id)
        return evolve(session, sealed_secret=sealed)

    async def session(self, kind: str, resource_id: str, with_: Negotiated) -> tuple[Session, int]:
        """A session and its version; raises BusinessError for another platform's, as for none."""
        found = await async_load(self.documents, kind, resource_id)
        what = "cart" if kind == CART_KIND else "checkout"
        if found is None or found[0].platform != with_.platform.url:
            raise not_found(what)
        return found

    async def view(self, checkout_id: str) -> CheckoutView:
        """The checkout as it stands now."""
        try:
            return await self.service.get(checkout_id)
        except NotFound as problem:
            raise not_found("checkout") from problem

    async def save(self, kind: str, resource_id: str, session: Session, version: int) -> None:
        """Write a session; the last writer counts, as for the checkout itself."""
        save = partial(save_session, self.documents, kind, resource_id, session)
        try:
            await off_loop(self.documents.is_remote, partial(save, version))
        except VersionConflict as race:
            await off_loop(self.documents.is_remote, partial(save, race.current_version))


def require(with_: Negotiated, capability: str) -> None:
    """Refuse an operation whose capability the platform does not know."""
    if not with_.has(capability):
        what = f"the platform's profile does not declare {capability}"
        raise BusinessError([error("capabilities_incompatible", what, severity="unrecoverable")])


def _without_options(wanted: Wanted, problem: InputError) -> Wanted:
    """Go on without the option if that is all that is wrong; else the fault is the request's."""
    is_option = all(fault.path.endswith(".option_id") for fault in problem.faults)
    if not is_option or all(not patch.option_id for patch in wanted.patches):
        raise problem
    return wanted.without_options()


def not_now(problem: Refused) -> ProtocolFault:
    """The state of the checkout does not allow this."""
    return ProtocolFault(409, "invalid_state", str(problem))


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
