"""What a request changes: an update of the core's checkout, and what is remembered beside it."""

from collections.abc import Sequence

from attrs import evolve, frozen
from checkout_kit.address import Address, AddressBook
from checkout_kit.cart import Cart, LineItem
from checkout_kit.checkout import UNSET, Business, ContactPatch, DeliveryPatch, Unset, Update
from checkout_kit.money import Money
from checkout_kit.service import AsyncCheckoutService, CheckoutView
from checkout_kit.service.resolve import resolve

from checkout_kit_acp import wire
from checkout_kit_acp.faults import Json
from checkout_kit_acp.fulfilling import ONE, Asked, asked_address, asked_groups
from checkout_kit_acp.goods import available, wanted
from checkout_kit_acp.messages import warning
from checkout_kit_acp.session import Session
from checkout_kit_acp.settings import AcpSettings


@frozen(kw_only=True)
class Prepared:
    """An update of the core's checkout, and what of the request is remembered beside it."""

    update: Update
    session: Session
    messages: tuple[Json, ...] = ()


@frozen(kw_only=True)
class Preparing:
    """Turns requests into updates, with the shop's goods and its pricing of codes."""

    service: AsyncCheckoutService
    settings: AcpSettings

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
        kept = cart.discount_codes if cart is not None else ()
        update, session = self._codes(asked, update, session, lines, kept)
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
        self,
        asked: wire.UpdateRequest,
        update: Update,
        session: Session,
        lines: Sequence[LineItem],
        kept: tuple[str, ...],
    ) -> tuple[Update, Session]:
        """Codes that earn nothing are kept out of the checkout, where they would stand in the order's way.

        The agent's codes take the place of all; when only the items change, those `kept` stay, too.
        """
        given = asked.discounts.codes if asked.discounts is not None else asked.coupons
        if given is not None:
            session, kept = evolve(session, codes=tuple(given), has_discounts=True), ()
        elif isinstance(update.lines, Unset) or not session.codes:
            return update, session
        codes = tuple(dict.fromkeys(code for code in (*session.codes, *kept) if code))
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
