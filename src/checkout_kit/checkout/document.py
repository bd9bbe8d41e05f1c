"""The stored form of a checkout: a compact JSON-ready document that reads back to an equal value."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import attrs

from checkout_kit.address import Address
from checkout_kit.cart import Cart, Customer, LineItem
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
)
from checkout_kit.errors import CheckoutKitError
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping.values import PriceComponent
from checkout_kit.units import Dimensions

FORMAT = 1

Document = dict[str, Any]
_T = TypeVar("_T")
_MISSING = object()


class UnknownFormat(CheckoutKitError):
    """A stored document of a format this version does not know; a newer version has written it."""

    code = "unknown_format"


def _packer(
    cls: type, special: Mapping[str, Callable[[Any], object]] | None = None
) -> Callable[[Any], Document]:
    specs = []
    for attribute in attrs.fields(cls):
        default = attribute.default
        if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
            default = default.factory()
        specs.append((attribute.name, _MISSING if default is attrs.NOTHING else default))
    pack = special or {}
    plain = tuple(spec for spec in specs if spec[0] not in pack)
    worked = tuple((name, default, pack[name]) for name, default in specs if name in pack)

    def packed(value: Any) -> Document:
        document = {name: x for name, default in plain if (x := getattr(value, name)) != default}
        for name, default, function in worked:
            x = getattr(value, name)
            if x != default:
                document[name] = function(x)
        return document

    return packed


def _unpacker(cls: type[_T], special: Mapping[str, Callable[[Any], object]]) -> Callable[[Document], _T]:
    items = tuple(special.items())

    def unpacked(document: Document) -> _T:
        given = dict(document)
        for name, function in items:
            x = given.get(name)
            if x is not None:
                given[name] = function(x)
        return cls(**given)

    return unpacked


def _each(function: Callable[[Any], object]) -> Callable[[Any], object]:
    return lambda values: [function(value) for value in values]


def _tuple_of(function: Callable[[Any], object]) -> Callable[[Any], object]:
    return lambda values: tuple([function(value) for value in values])


_date = dt.date.fromisoformat
_instant = dt.datetime.fromisoformat


def _iso(value: Any) -> str:
    return cast("str", value.isoformat())


_pack_address = _packer(Address)


def pack_address(address: Address) -> Document:
    """The document of an address."""
    return _pack_address(address)


def unpack_address(document: Document) -> Address:
    """The address of a document."""
    return Address(**document)


_pack_promise = _packer(
    DeliveryPromise,
    dict.fromkeys(("earliest", "latest", "ships_earliest", "ships_on", "order_by"), _iso),
)
_unpack_promise = _unpacker(
    DeliveryPromise,
    {
        "earliest": _date, "latest": _date, "ships_earliest": _date, "ships_on": _date, "order_by": _instant
    },
)  # fmt: skip
_pack_choice = _packer(
    Choice,
    {
        "components": lambda parts: [(c.kind, c.label, c.amount_minor) for c in parts],
        "promise": lambda promise: promise and _pack_promise(promise),
        "quoted_at": _iso,
        "valid_until": _iso,
    },
)
_unpack_choice = _unpacker(
    Choice,
    {
        "components": lambda parts: tuple([PriceComponent(*part) for part in parts]),
        "promise": _unpack_promise,
        "quoted_at": _instant,
        "valid_until": _instant,
    },
)
_pack_line = _packer(
    LineItem,
    {
        "dimensions": lambda d: [d.length_mm, d.width_mm, d.height_mm],
        "attributes": dict,
    },
)
_unpack_line = _unpacker(LineItem, {"dimensions": lambda sides: Dimensions(*sides)})
_pack_cart = _packer(Cart, {"lines": _each(_pack_line)})
_unpack_cart = _unpacker(Cart, {"lines": _tuple_of(_unpack_line)})
_pack_change = _packer(Change, {"old_latest": _iso, "new_latest": _iso})
_unpack_change = _unpacker(Change, {"old_latest": _date, "new_latest": _date})
_pack_delivery = _packer(Delivery, {"address": _pack_address, "choice": _pack_choice})
_unpack_delivery = _unpacker(
    Delivery, {"address": unpack_address, "choice": _unpack_choice, "line_ids": tuple}
)
_pack_billing = _packer(Billing, {"address": _pack_address})
_unpack_billing = _unpacker(Billing, {"address": unpack_address})

_SECTIONS: dict[str, tuple[Callable[[Any], object], Callable[[Any], object]]] = {
    "cart": (_pack_cart, _unpack_cart),
    "created_at": (_iso, _instant),
    "updated_at": (_iso, _instant),
    "expires_at": (_iso, _instant),
    "customer": (_packer(Customer), _unpacker(Customer, {"groups": tuple})),
    "contact": (_packer(Contact), _unpacker(Contact, {})),
    "deliveries": (_each(_pack_delivery), _tuple_of(_unpack_delivery)),
    "billing": (_pack_billing, _unpack_billing),
    "payment": (_packer(PaymentMethod), _unpacker(PaymentMethod, {})),
    "business": (_packer(Business), _unpacker(Business, {})),
    "rejected_codes": (list, tuple),
    "assignment": (_packer(Assignment), _unpacker(Assignment, {})),
    "changes": (_each(_pack_change), _tuple_of(_unpack_change)),
    "attempt": (
        _packer(Attempt, {"started_at": _iso}),
        _unpacker(Attempt, {"started_at": _instant}),
    ),
    "ending": (_packer(Ending, {"at": _iso}), _unpacker(Ending, {"at": _instant})),
}
_pack_checkout = _packer(Checkout, {name: pair[0] for name, pair in _SECTIONS.items()})
_unpack_checkout = _unpacker(Checkout, {name: pair[1] for name, pair in _SECTIONS.items()})


def pack_checkout(checkout: Checkout) -> Document:
    """The stored document of a checkout; it names its format."""
    document = _pack_checkout(checkout)
    document["format"] = FORMAT
    return document


def unpack_checkout(document: Document) -> Checkout:
    """The checkout of a stored document.

    Raises:
        UnknownFormat: a newer version of this package wrote it.
    """
    given = dict(document)
    written = given.pop("format", None)
    if written != FORMAT:
        raise UnknownFormat(
            f"stored document has format {written!r}, this version reads {FORMAT}; upgrade checkout-kit"
        )
    return _unpack_checkout(given)


pack_lines = _each(_pack_line)
unpack_lines = _tuple_of(_unpack_line)
pack_choice = _pack_choice
unpack_choice = _unpack_choice
