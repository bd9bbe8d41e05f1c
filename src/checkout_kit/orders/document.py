"""The stored form of an order, read back to an equal value."""

from checkout_kit.checkout.document import FORMAT, members_of, pack_section, unpack_section
from checkout_kit.checkout.ledger import Component
from checkout_kit.checkout.packing import Document, each, instant, packer, tuple_of, unpacker
from checkout_kit.orders.value import Order, OrderDelivery, OrderPayment

_SHARED = ("cart", "customer", "contact", "business", "assignment")
_PLACE = ("address", "pickup", "choice", "slot")
_pack_delivery = packer(OrderDelivery, {name: pack_section(name) for name in _PLACE})
_unpack_delivery = unpacker(
    OrderDelivery, {"line_ids": tuple, **{name: unpack_section(name) for name in _PLACE}}
)
_pack = packer(
    Order,
    {
        **{name: pack_section(name) for name in _SHARED},
        "billing_address": pack_section("address"),
        "deliveries": each(_pack_delivery),
        "components": each(packer(Component)),
        "payment": packer(OrderPayment),
    },
)
_unpack = unpacker(
    Order,
    {
        **{name: unpack_section(name) for name in _SHARED},
        "placed_at": instant,
        "billing_address": unpack_section("address"),
        "deliveries": tuple_of(_unpack_delivery),
        "components": tuple_of(unpacker(Component, {})),
        "payment": unpacker(OrderPayment, {"asked": tuple_of(tuple)}),
    },
)


def pack_order(order: Order) -> Document:
    """The stored document of an order; it names its format."""
    return {**_pack(order), "format": FORMAT}


def unpack_order(document: Document) -> Order:
    """The order of a stored document.

    Raises:
        UnknownFormat: a newer version of this package wrote it.
    """
    return _unpack(members_of(document))
