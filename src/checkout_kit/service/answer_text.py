"""The JSON text of a checkout, section by section; what an update leaves alone is not written out again.

A section is a frozen value, and an equal value has an equal text, so the latest few hundred are kept.
"""

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from pydantic_core import to_json

from checkout_kit.address import AddressBook, Probable, match
from checkout_kit.checkout import Delivery, Totals, goods_of, pickup_choices
from checkout_kit.promise import DeliveryPromise
from checkout_kit.service.answer import (
    Json,
    address_answer,
    business_answer,
    change_answer,
    component_answer,
    contact_answer,
    lines_answer,
    order_answer,
    point_answer,
    promise_answer,
    slot_answer,
)
from checkout_kit.service.standing import Standing
from checkout_kit.shipping.quote import MethodFace, Quote
from checkout_kit.shipping.values import FreeShipping

_T = TypeVar("_T")


def checkout_text(view: Standing) -> str:
    """The document of `GET /checkouts/{id}`."""
    checkout = view.checkout
    quoted = zip(checkout.deliveries, view.quotes, strict=True)
    plain: Json = {
        "id": checkout.id,
        "version": checkout.version,
        "status": view.status.name,
        "status_reason": view.status.reason or None,
        "currency": checkout.currency,
        "created_at": checkout.created_at,
        "updated_at": checkout.updated_at,
        "expires_at": checkout.expires_at,
        "customer": _customer(view),
        "payment": checkout.payment and {"method": checkout.payment.method, "label": checkout.payment.label},
        "payment_action": _payment_action(view),
        "discount_codes": checkout.cart.discount_codes,
        "business": business_answer(checkout.business),
        "consent": {"terms": checkout.accepts_terms},
        "note": checkout.note,
        "problems": [
            {"code": p.code, "severity": p.severity, "path": p.path, "message": p.message, "hint": p.hint}
            for p in view.problems
        ],
        "changes": [change_answer(change) for change in checkout.changes],
        "order_id": checkout.ending.order_id or None if checkout.ending else None,
        "order": None if view.order is None else order_answer(view.order),
    }
    deliveries = ",".join([_delivery(delivery, quote, view) for delivery, quote in quoted])
    return (
        f'{_text(plain)[:-1]},"lines":{_lines(checkout.cart)},"contact":{_contact(checkout.contact)},'
        f'"deliveries":[{deliveries}],"billing":{_billing(view)},"components":[{_components(view)}],'
        f'"totals":{_TOTALS % view.totals}}}'
    )


def _text(value: object) -> str:
    return to_json(value).decode()


def _kept(answer: Callable[[_T], object]) -> Callable[[_T], str]:
    return lru_cache(maxsize=512)(lambda value: _text(answer(value)))


_lines = _kept(lines_answer)
_contact = _kept(contact_answer)
_address = _kept(address_answer)
_component = _kept(component_answer)
_goods = lru_cache(maxsize=512)(lambda cart: ",".join(map(_component, goods_of(cart))))
_TOTALS = "{" + ",".join([f'"{name}":%d' for name in Totals._fields]) + "}"


def _components(view: Standing) -> str:
    """The ledger, whose goods are written once for a cart."""
    cart = view.checkout.cart
    if view.order is not None or not cart.lines:
        return ",".join(map(_component, view.components))
    return ",".join([_goods(cart), *map(_component, view.components[len(goods_of(cart)) :])])


def _customer(view: Standing) -> Json | None:
    if not view.checkout.customer.id:
        return None
    return {
        "id": view.checkout.customer.id,
        "saved_addresses": [
            {
                "id": saved.id,
                "label": saved.label,
                "address": address_answer(saved.address),
                "is_default_delivery": saved.is_default_delivery,
                "is_default_billing": saved.is_default_billing,
            }
            for saved in view.book.offer("delivery")
        ],
    }


def _payment_action(view: Standing) -> Json | None:
    attempt = view.checkout.attempt
    if attempt is None or attempt.state != "authentication":
        return None
    return {"kind": "authentication", "url": attempt.action_url}


def _billing(view: Standing) -> str:
    own, address = view.checkout.billing, _address(view.checkout.billing_address)
    if own is None:
        return f'{{"same_as_delivery":true,"address":{address},"saved_address_id":null}}'
    saved = _text(own.saved_address_id or None)
    return f'{{"same_as_delivery":false,"address":{address},"saved_address_id":{saved}}}'


def _delivery(delivery: Delivery, quote: Quote | None, view: Standing) -> str:
    choice = delivery.choice
    plain: Json = {
        "id": delivery.id,
        "line_ids": delivery.line_ids,
        "saved_address_id": delivery.saved_address_id or None,
        "saved_match": _saved_match(delivery, view.book),
        "pickup_point": point_answer(delivery.pickup),
        "pickup_points": [point_answer(p) for p in pickup_choices(view.checkout, delivery, view.pickup)],
        "option_id": choice and choice.option_id,
        "chosen_by": ("buyer" if choice.by_buyer else "default") if choice else None,
        "wanted_option_id": delivery.wanted or None,
        "slot": slot_answer(delivery.slot),
        "wanted_slot_id": delivery.wanted_slot or None,
        "slots": [
            {
                "id": slot.id,
                "starts_at": slot.starts_at,
                "ends_at": slot.ends_at,
                "order_by": slot.order_by,
                "left": slot.left,
                "reason": slot.reason or None,
            }
            for slot in view.slots_of(delivery)
        ],
        "valid_until": choice and choice.valid_until,
        "withheld": [],
        "quoted_at": None,
    }
    options = goals = "[]"
    if quote is not None:
        plain["withheld"] = [
            {
                "method_id": w.method_id,
                "title": w.title,
                "reason": w.reason,
                "message": w.message,
                "hint": w.hint,
            }
            for w in quote.withheld
        ]
        plain["quoted_at"] = quote.placed_at
        shown = _Shown(quote)
        options = _options(shown) if shown.seen is None else _kept_options(shown)
        goals = _goals(quote.free_shipping)
    return (
        f'{_text(plain)[:-1]},"address":{_address(delivery.address)},"options":{options},'
        f'"free_shipping":{goals}}}'
    )


_BOOLS = ("false", "true")


class _Shown:
    """The options of a quote, equal to another's that saw the same."""

    __slots__ = ("options", "seen")

    def __init__(self, quote: Quote) -> None:
        self.options = quote.options
        self.seen = quote.seen

    def __hash__(self) -> int:
        return hash(self.seen)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shown) and self.seen == other.seen


@lru_cache(maxsize=512)
def _kept_options(shown: _Shown) -> str:
    text = _options(shown)
    shown.options = ()  # what is kept here is the text, not the quote behind the options
    return text


def _options(shown: _Shown) -> str:
    options = shown.options
    # Options of one service share one promise object.
    shared = {id(option.promise): option.promise for option in options}
    promises = {key: _promise(promise) for key, promise in shared.items()}
    texts = [
        f'{{{_face(option.face)},"price":{option.price_minor},"regular_price":{option.regular_price_minor},'
        f'"is_free":{_BOOLS[option.price_minor == 0]},"promise":{promises[id(option.promise)]}}}'
        for option in options
    ]
    return f"[{','.join(texts)}]"


@lru_cache(maxsize=1024)
def _face(face: MethodFace) -> str:
    """The members that are the same whenever the method is offered."""
    members = {
        "id": face.method_id,
        "method_id": face.method_id,
        "title": face.title,
        "description": face.description,
        "service": face.service,
    }
    return _text(members)[1:-1]


@lru_cache(maxsize=512)
def _goals(distances: tuple[FreeShipping, ...]) -> str:
    members = [
        {
            "method_id": f.method_id,
            "title": f.title,
            "missing": f.missing.amount,
            "threshold": f.threshold.amount,
            "reached": f.reached,
        }
        for f in distances
    ]
    return _text(members)


def _promise(promise: DeliveryPromise | None) -> str:
    if promise is None:
        return "null"
    return _dates(promise, promise.order_by.utcoffset() if promise.order_by else None)


@lru_cache(maxsize=1024)
def _dates(promise: DeliveryPromise, _offset: dt.timedelta | None) -> str:
    """The promise in ISO 8601; equal instants read differently in two zones, hence the second key."""
    return _text(promise_answer(promise))


def _saved_match(delivery: Delivery, book: AddressBook) -> Json | None:
    """A saved address this one probably is: a question to the buyer, answered by sending its id."""
    if delivery.address is None or delivery.saved_address_id or not book.saved:
        return None
    found = match(book, delivery.address)
    if not isinstance(found, Probable):
        return None
    return {"address_id": found.saved.id, "label": found.saved.label, "differs": list(found.differs)}
