"""The stored form of a checkout: a compact document whose JSON reads back to an equal value."""

from collections.abc import Callable
from typing import Any

from checkout_kit.address import Address
from checkout_kit.cart import Cart, Customer, LineItem
from checkout_kit.checkout.packing import (
    Document,
    date,
    each,
    instant,
    packed_fields,
    packer,
    tuple_of,
    unpacker,
)
from checkout_kit.checkout.value import (
    Assignment,
    Attempt,
    Billing,
    Business,
    Change,
    Checkout,
    Choice,
    Contact,
    Delivery,
    Ending,
    PaymentMethod,
    PickupPlace,
    SlotPlace,
)
from checkout_kit.errors import CheckoutKitError
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping.values import PriceComponent
from checkout_kit.units import Dimensions

FORMAT = 1


class UnknownFormat(CheckoutKitError):
    """A stored document of a format this version does not know; a newer version has written it."""

    code = "unknown_format"


def _as_it_is(value: object) -> object:
    return value


_pack_address = packer(Address)
_unpack_address = unpacker(Address, {})
_pack_promise = packer(DeliveryPromise)
_unpack_promise = unpacker(
    DeliveryPromise,
    {
        "earliest": date, "latest": date, "ships_earliest": date, "ships_on": date, "order_by": instant
    },
)  # fmt: skip
_pack_choice = packer(
    Choice,
    {
        # Plain tuples: a named one is written at half the speed.
        "components": lambda parts: [tuple(part) for part in parts],
        "promise": lambda promise: promise and _pack_promise(promise),
    },
)
_unpack_choice = unpacker(
    Choice,
    {
        "components": lambda parts: tuple([PriceComponent(*part) for part in parts]),
        "promise": _unpack_promise,
        "quoted_at": instant,
        "valid_until": instant,
    },
)
_pack_line = packer(
    LineItem,
    {
        "dimensions": lambda d: [d.length_mm, d.width_mm, d.height_mm],
        "attributes": dict,
    },
)
_unpack_line = unpacker(LineItem, {"dimensions": lambda sides: Dimensions(*sides)})
_pack_cart = packer(Cart, {"lines": each(_pack_line)})
_unpack_cart = unpacker(Cart, {"lines": tuple_of(_unpack_line)})
_pack_change = packer(Change)
_unpack_change = unpacker(Change, {"old_latest": date, "new_latest": date})
_pack_pickup = packer(PickupPlace, {"address": _pack_address})
_unpack_pickup = unpacker(PickupPlace, {"address": _unpack_address})
_pack_slot = packer(SlotPlace)
_unpack_slot = unpacker(SlotPlace, {"starts_at": instant, "ends_at": instant, "order_by": instant})
_pack_delivery = packer(
    Delivery,
    {"address": _pack_address, "pickup": _pack_pickup, "choice": _pack_choice, "slot": _pack_slot},
)
_unpack_delivery = unpacker(
    Delivery,
    {
        "address": _unpack_address,
        "pickup": _unpack_pickup,
        "choice": _unpack_choice,
        "line_ids": tuple,
        "slot": _unpack_slot,
    },
)
_pack_billing = packer(Billing, {"address": _pack_address})
_unpack_billing = unpacker(Billing, {"address": _unpack_address})

_SECTIONS: dict[str, tuple[Callable[[Any], object], Callable[[Any], object]]] = {
    "cart": (_pack_cart, _unpack_cart),
    "created_at": (_as_it_is, instant),
    "updated_at": (_as_it_is, instant),
    "expires_at": (_as_it_is, instant),
    "customer": (packer(Customer), unpacker(Customer, {"groups": tuple})),
    "contact": (packer(Contact), unpacker(Contact, {})),
    "deliveries": (each(_pack_delivery), tuple_of(_unpack_delivery)),
    "billing": (_pack_billing, _unpack_billing),
    "payment": (packer(PaymentMethod), unpacker(PaymentMethod, {})),
    "business": (packer(Business), unpacker(Business, {})),
    "rejected_codes": (list, tuple),
    "assignment": (packer(Assignment), unpacker(Assignment, {})),
    "changes": (each(_pack_change), tuple_of(_unpack_change)),
    "attempt": (
        packer(Attempt),
        unpacker(Attempt, {"started_at": instant}),
    ),
    "ending": (packer(Ending), unpacker(Ending, {"at": instant})),
}
_PARTS: dict[str, tuple[Callable[[Any], object], Callable[[Any], object]]] = {
    "address": (_pack_address, _unpack_address),
    "choice": (_pack_choice, _unpack_choice),
    "pickup": (_pack_pickup, _unpack_pickup),
    "slot": (_pack_slot, _unpack_slot),
    "line": (_pack_line, _unpack_line),
    "cart": (_pack_cart, _unpack_cart),
}
CHECKOUT_FIELDS = packed_fields(Checkout, {name: pair[0] for name, pair in _SECTIONS.items()})
"""What a stored document is made of, beside its format; for a writer that keeps the texts of old fields."""
_unpack_checkout = unpacker(Checkout, {name: pair[1] for name, pair in _SECTIONS.items()})


def unpack_checkout(document: Document) -> Checkout:
    """The checkout of a stored document.

    Raises:
        UnknownFormat: a newer version of this package wrote it.
    """
    return _unpack_checkout(members_of(document))


def members_of(document: Document) -> Document:
    """The members of a stored document beside its format.

    Raises:
        UnknownFormat: a newer version of this package wrote it.
    """
    members = dict(document)
    written = members.pop("format", None)
    if written != FORMAT:
        raise UnknownFormat(
            f"a stored document has format {written!r}, this version reads {FORMAT}; upgrade checkout-kit"
        )
    return members


def pack_section(name: str) -> Callable[[Any], object]:
    """The function that packs one section, for other documents that hold the same values."""
    return _PARTS[name][0] if name in _PARTS else _SECTIONS[name][0]


def unpack_section(name: str) -> Callable[[Any], object]:
    """The function that unpacks one section."""
    return _PARTS[name][1] if name in _PARTS else _SECTIONS[name][1]
