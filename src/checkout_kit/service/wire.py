"""The bytes that come in: JSON bodies checked by pydantic, every fault reported with its path in the body."""

from functools import lru_cache
from typing import Any, Final, TypeVar

from attrs import evolve, frozen
from pydantic import BaseModel, ValidationError

from checkout_kit.address import Address, check_address, normalise_region
from checkout_kit.cart import Customer, LineItem
from checkout_kit.checkout import (
    UNSET,
    Billing,
    Business,
    ContactPatch,
    DeliveryPatch,
    Item,
    PaymentMethod,
    Unset,
    Update,
)
from checkout_kit.checkout.copying import copied
from checkout_kit.errors import Fault, InputError, short_repr
from checkout_kit.making import maker
from checkout_kit.service.bodies import (
    AddressBody,
    BillingBody,
    BusinessBody,
    CancelBody,
    CompleteBody,
    ConsentBody,
    ContactBody,
    DeliveryBody,
    LineBody,
    NewBody,
    PaymentBody,
    TrustedNewBody,
    TrustedUpdateBody,
    UpdateBody,
)
from checkout_kit.service.card_numbers import holds_card_number
from checkout_kit.service.control_letters import control_faults
from checkout_kit.service.settings import NewCheckout

__all__ = [
    "CancelBody",
    "CompleteBody",
    "NewBody",
    "ParsedUpdate",
    "TrustedNewBody",
    "TrustedUpdateBody",
    "UpdateBody",
    "parse_cancel",
    "parse_complete",
    "parse_new_checkout",
    "parse_update",
]

_M = TypeVar("_M", bound=BaseModel)


@frozen(kw_only=True)
class ParsedUpdate:
    """An update with the version the caller saw, None where it did not say."""

    update: Update
    version: int | None


def parse_update(body: bytes, *, trusted: bool = False) -> ParsedUpdate:
    """The update in a PATCH body; prices only from a trusted caller.

    Raises:
        InputError: every fault of the body with its path; values of secrets and addresses are not shown.
    """
    parsed = _validate(TrustedUpdateBody if trusted else UpdateBody, body)
    return _parsed_update(update=_update(parsed), version=parsed.version)


def parse_new_checkout(body: bytes, *, trusted: bool = False) -> NewCheckout:
    """The checkout to open in a POST body; a customer and prices only from a trusted caller.

    Raises:
        InputError: every fault of the body with its path.
    """
    if not trusted:
        given = _validate(NewBody, body)
        return NewCheckout(currency=given.currency, update=_update(given), locale=given.locale)
    new = _validate(TrustedNewBody, body)
    return NewCheckout(
        currency=new.currency,
        update=_update(new),
        customer=Customer(id=new.customer_id, groups=new.customer_groups),
        prices_include_tax=new.prices_include_tax,
        channel=new.channel,
        locale=new.locale,
    )


def parse_complete(body: bytes) -> CompleteBody:
    """The body of a complete command; an empty one will do."""
    return _validate(CompleteBody, body or b"{}")


def parse_cancel(body: bytes) -> CancelBody:
    """The body of a cancel command; an empty one will do."""
    return _validate(CancelBody, body or b"{}")


_parsed_update, _delivery_patch, _whole_address = maker(ParsedUpdate), maker(DeliveryPatch), maker(Address)
_PRIVATE = {"address", "contact", "payment", "billing", "business", "note", "token"}


def _validate(model: type[_M], body: bytes) -> _M:
    faults = list(control_faults(body))
    try:
        read = model.model_validate_json(body)
    except ValidationError as error:
        faults += [_fault(found) for found in error.errors(include_url=False)]
        raise InputError(faults) from None
    if faults:
        raise InputError(faults)
    return read


def _fault(found: Any) -> Fault:
    path = ""
    # A name that is too long or empty is pydantic's `[key]` below itself: the object that holds it is meant.
    place = found["loc"][:-2] if found["loc"][-1:] == ("[key]",) else found["loc"]
    for part in place:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    is_private = any(part in _PRIVATE for part in found["loc"]) or found["type"] == "json_invalid"
    message = str(found["msg"])
    message = message[0].lower() + message[1:] if message else "is not valid"
    if found["type"] == "extra_forbidden":
        return Fault(path, "is not a member of this document", "", "remove it, or check its spelling")
    if found["type"] == "too_long":
        limits = found["ctx"]
        return Fault(path, f"at most {limits['max_length']} entries are taken", str(limits["actual_length"]))
    return Fault(path, message, "" if is_private else short_repr(found["input"], limit=40))


_NOTHING: Final = Update()


def _update(body: UpdateBody) -> Update:
    given = body.model_fields_set
    faults: list[Fault] = []
    fields: dict[str, object] = {}
    if "lines" in given:
        fields |= _goods(body)
    if isinstance(body, TrustedUpdateBody) and "order_discount" in given:
        fields["order_discount"] = body.order_discount or 0
    if "discount_codes" in given:
        fields["discount_codes"] = body.discount_codes or ()
    if "contact" in given:
        fields["contact"] = _contact(body.contact)
    if "delivery" in given or "deliveries" in given:
        fields["deliveries"] = _deliveries(body, faults)
        fields["replaces_deliveries"] = "deliveries" in given
    if "billing" in given:
        fields["billing"] = _billing(body.billing, faults)
        fields["billing_saved_address_id"] = (body.billing.saved_address_id or "") if body.billing else ""
    if "payment" in given:
        fields["payment"] = _payment(body.payment, faults)
    if "business" in given:
        fields["business"] = _business(body.business)
    if "consent" in given:
        fields["accepts_terms"] = _terms(body.consent)
    if "save_address" in given:
        fields["saves_address"] = bool(body.save_address)
    if "note" in given:
        if holds_card_number(body.note or ""):
            faults.append(Fault("note", "holds a card number", "", "send a token as payment instead"))
        fields["note"] = body.note or ""
    if faults:
        raise InputError(faults)
    return copied(_NOTHING, fields)


def _goods(body: UpdateBody) -> dict[str, object]:
    if isinstance(body, TrustedUpdateBody):
        return {"lines": tuple(_line(line) for line in body.lines or ())}
    items = (Item(sku=i.sku, quantity=i.quantity, id=i.id or "") for i in body.lines or () if i.quantity)
    return {"items": tuple(items)}


def _line(body: LineBody) -> LineItem:
    return LineItem(
        id=body.id, sku=body.sku, quantity=body.quantity, unit_price=body.unit_price, title=body.title,
        discount=body.discount, tax_rate_bp=body.tax_rate_bp, weight_g=body.weight_g,
        requires_shipping=body.requires_shipping, shipping_class=body.shipping_class, origin=body.origin,
        release_on=body.release_on.isoformat() if body.release_on else "", ships_free=body.ships_free,
        is_gift_card=body.is_gift_card, attributes=body.attributes,
    )  # fmt: skip


def _contact(body: ContactBody | None) -> ContactPatch | None:
    if body is None:
        return None
    given = body.model_fields_set
    return ContactPatch(
        email=(body.email or "") if "email" in given else UNSET,
        phone=(body.phone or "") if "phone" in given else UNSET,
        accepts_marketing=bool(body.marketing_consent) if "marketing_consent" in given else UNSET,
        accepts_recovery=bool(body.recovery_consent) if "recovery_consent" in given else UNSET,
    )


def _terms(body: ConsentBody | None) -> bool | Unset:
    if body is None:
        return False
    return bool(body.terms) if "terms" in body.model_fields_set else UNSET


def _deliveries(body: UpdateBody, faults: list[Fault]) -> tuple[DeliveryPatch, ...]:
    given = body.model_fields_set
    if "deliveries" in given:
        if "delivery" in given:
            message = "given beside delivery"
            faults.append(Fault("deliveries", message, "", "use deliveries alone for several"))
        named = body.deliveries or ()
        return tuple(
            _delivery(one, one.id, f"deliveries[{i}]", faults, line_ids=one.line_ids)
            for i, one in enumerate(named)
        )
    if body.delivery is None:
        return (DeliveryPatch(address=None, pickup_point_id=None, option_id=None),)
    return (_delivery(body.delivery, "delivery", "delivery", faults),)


def _delivery(
    body: DeliveryBody,
    delivery_id: str,
    path: str,
    faults: list[Fault],
    *,
    line_ids: tuple[str, ...] | Unset = UNSET,
) -> DeliveryPatch:
    given = body.model_fields_set
    address: Address | Unset | None = UNSET
    if "address" in given:
        address = _address(body.address, f"{path}.address", faults)
    return _delivery_patch(
        id=delivery_id,
        line_ids=line_ids,
        address=address,
        saved_address_id=body.saved_address_id or "" if "saved_address_id" in given else UNSET,
        pickup_point_id=body.pickup_point_id if "pickup_point_id" in given else UNSET,
        option_id=body.option_id if "option_id" in given else UNSET,
        slot_id=body.slot_id if "slot_id" in given else UNSET,
        lock=body.lock or "",
    )


def _address(body: AddressBody | None, path: str, faults: list[Fault]) -> Address | None:
    if body is None:
        return None
    address, found = _checked(_whole_address(**body.__dict__))
    faults.extend(
        Fault(f"{path}{fault.path.removeprefix('address')}", fault.message, fault.found, fault.remedy)
        for fault in found
    )
    return address


@lru_cache(maxsize=512)
def _checked(address: Address) -> tuple[Address, tuple[Fault, ...]]:
    """The address with its region by code, as policies name it, and what is impossible about it."""
    region = normalise_region(address.country, address.region) or address.region
    named = address if region == address.region else evolve(address, region=region)
    return named, check_address(address, partial=True)


def _billing(body: BillingBody | None, faults: list[Fault]) -> Billing | Unset | None:
    if body is None:
        return None
    address = _address(body.address, "billing.address", faults)
    if address is not None:
        return Billing(address=address)
    if not body.saved_address_id:
        faults.append(Fault("billing", "names no address", "", "give address or saved_address_id, or null"))
    return UNSET


def _payment(body: PaymentBody | None, faults: list[Fault]) -> PaymentMethod | None:
    if body is None:
        return None
    digits = body.token.replace(" ", "").replace("-", "")
    if (digits.isdecimal() and 12 <= len(digits) <= 19) or holds_card_number(body.token):
        faults.append(
            Fault("payment.token", "looks like a card number", "", "send a token from the payment provider")
        )
    if holds_card_number(body.label or ""):
        faults.append(Fault("payment.label", "holds a card number", "", "show its last four digits only"))
    return PaymentMethod(method=body.method, token=body.token, label=body.label or "")


def _business(body: BusinessBody | None) -> Business | None:
    if body is None:
        return None
    return Business(
        company=body.company or "", tax_id=body.tax_id or "", purchase_order=body.purchase_order or ""
    )
