"""JSON text of the stored documents, written and read by pydantic's compiled core."""

import datetime as dt
from functools import lru_cache
from threading import Lock

from pydantic_core import from_json, to_json

from checkout_kit.address import AddressBook, SavedAddress
from checkout_kit.checkout import Checkout
from checkout_kit.checkout.document import pack_checkout, pack_section, unpack_checkout, unpack_section
from checkout_kit.checkout.packing import each, instant, iso, packer, tuple_of, unpacker
from checkout_kit.checkout.profile import Profile
from checkout_kit.orders import Order
from checkout_kit.orders.document import pack_order, unpack_order

_pack_saved = packer(
    SavedAddress, {"address": pack_section("address"), "last_used_at": iso, "also_written": list}
)
_unpack_saved = unpacker(
    SavedAddress, {"address": unpack_section("address"), "last_used_at": instant, "also_written": tuple}
)
_pack_book = packer(AddressBook, {"saved": each(_pack_saved)})
_unpack_book = unpacker(AddressBook, {"saved": tuple_of(_unpack_saved)})
_pack_profile = packer(Profile, {"book": _pack_book, "contact": pack_section("contact")})
_unpack_profile = unpacker(Profile, {"book": _unpack_book, "contact": unpack_section("contact")})


class CheckoutCodec:
    """Checkouts to texts and back; the latest few hundred are remembered, so that the next read is a lookup.

    A text always means the same frozen value, so whether it was remembered can never be told.
    """

    def __init__(self, *, remembers: int = 512) -> None:
        self._remembers = remembers
        self._known: dict[str, Checkout] = {}
        self._lock = Lock()

    def encode(self, checkout: Checkout) -> str:
        """The text of a checkout's document."""
        text = to_json(pack_checkout(checkout)).decode()
        self._remember(text, checkout)
        return text

    def decode(self, text: str) -> Checkout:
        """The checkout of a stored text."""
        known = self._known.get(text)
        if known is not None:
            return known
        checkout = unpack_checkout(from_json(text))
        self._remember(text, checkout)
        return checkout

    def _remember(self, text: str, checkout: Checkout) -> None:
        with self._lock:
            if len(self._known) >= self._remembers:
                del self._known[next(iter(self._known))]
            self._known[text] = checkout


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
