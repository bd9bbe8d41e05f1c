"""JSON text of the stored documents, written and read by pydantic's compiled core."""

import datetime as dt
from functools import lru_cache
from itertools import compress
from operator import is_not
from threading import Lock

from attrs import frozen
from pydantic_core import from_json, to_json

from checkout_kit.address import AddressBook, SavedAddress
from checkout_kit.checkout import Checkout
from checkout_kit.checkout.document import (
    CHECKOUT_FIELDS,
    FORMAT,
    pack_section,
    unpack_checkout,
    unpack_section,
)
from checkout_kit.checkout.packing import each, instant, packer, reader, tuple_of, unpacker
from checkout_kit.checkout.profile import Profile
from checkout_kit.making import maker
from checkout_kit.orders import Order
from checkout_kit.orders.document import pack_order, unpack_order

_pack_saved = packer(SavedAddress, {"address": pack_section("address"), "also_written": list})
_unpack_saved = unpacker(
    SavedAddress, {"address": unpack_section("address"), "last_used_at": instant, "also_written": tuple}
)
_pack_book = packer(AddressBook, {"saved": each(_pack_saved)})
_unpack_book = unpacker(AddressBook, {"saved": tuple_of(_unpack_saved)})
_pack_profile = packer(Profile, {"book": _pack_book, "contact": pack_section("contact")})
_unpack_profile = unpacker(Profile, {"book": _unpack_book, "contact": unpack_section("contact")})
_Written = tuple[tuple[object, ...], dict[str, str]]
"""The values of a checkout's fields, and the members written for them by name."""
_read_checkout = reader(CHECKOUT_FIELDS)
_UNWRITTEN: _Written = ((object(),) * len(CHECKOUT_FIELDS), {"format": f'"format":{FORMAT}'})


@frozen
class _Known:
    text: str
    checkout: Checkout
    written: _Written


_known = maker(_Known)


class CheckoutCodec:
    """Checkouts to texts and back; the latest few hundred are remembered, so that the next read is a lookup.

    A text always means the same frozen value, so whether it was remembered can never be told.
    """

    def __init__(self, *, remembers: int = 512) -> None:
        self._remembers = remembers
        self._known: dict[str, _Known] = {}
        self._lock = Lock()

    def encode(self, checkout: Checkout) -> str:
        """The text of a checkout's document; a field that has not changed is not written out again."""
        known = self._known.get(checkout.id)
        written = _write(checkout, _UNWRITTEN if known is None else known.written)
        text = f"{{{','.join(written[1].values())}}}"
        self._remember(_known(text, checkout, written))
        return text

    def decode(self, checkout_id: str, text: str) -> Checkout:
        """The checkout of a stored text."""
        known = self._known.get(checkout_id)
        if known is not None and known.text == text:
            return known.checkout
        checkout = unpack_checkout(from_json(text))
        self._remember(_known(text, checkout, _UNWRITTEN))
        return checkout

    def _remember(self, known: _Known) -> None:
        with self._lock:
            self._known.pop(known.checkout.id, None)
            if len(self._known) >= self._remembers:
                del self._known[next(iter(self._known))]
            self._known[known.checkout.id] = known


def _write(checkout: Checkout, before: _Written) -> _Written:
    """The members of a checkout's document; the very object that was written before has the text it had."""
    values, texts = _read_checkout(checkout), before[1].copy()
    written = zip(CHECKOUT_FIELDS, values, strict=False)
    for (name, default, pack), value in compress(written, map(is_not, values, before[0])):
        if value is default or (default is not None and value == default):
            texts.pop(name, None)
        else:
            texts[name] = f'"{name}":{to_json(value if pack is None else pack(value)).decode()}'
    return values, texts


def json_text(value: str) -> str:
    """The value as it stands in a stored document."""
    return to_json(value).decode()


def encode_order(order: Order) -> str:
    """The text of an order's document."""
    return to_json(pack_order(order)).decode()


def decode_order(text: str) -> Order:
    """The order of a stored text."""
    return unpack_order(from_json(text))


def encode_profile(profile: Profile) -> str:
    """The text of a customer profile's document."""
    return to_json(_pack_profile(profile)).decode()


@lru_cache(maxsize=256)
def decode_profile(text: str) -> Profile:
    """The customer profile of a stored text; equal texts share one value, which is frozen."""
    return _unpack_profile(from_json(text))


def to_ms(instant_: dt.datetime) -> int:
    """Milliseconds since 1970-01-01 UTC."""
    return round(instant_.timestamp() * 1000)


def from_ms(value: int) -> dt.datetime:
    """The instant, in UTC."""
    return dt.datetime.fromtimestamp(value / 1000, dt.UTC)
