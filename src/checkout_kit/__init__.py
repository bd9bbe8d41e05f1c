"""checkout_kit: shipping options, kept delivery dates and a single-page checkout, from one policy.

The names below are loaded when they are first used, so that importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkout_kit.address import Address, AddressBook
    from checkout_kit.cart import Cart, Customer, LineItem
    from checkout_kit.money import Money
    from checkout_kit.promise import DeliveryPromise
    from checkout_kit.shipping import Quote, QuoteRequest, ShippingOption, ShippingPolicy, Withheld
    from checkout_kit.units import Dimensions

__all__ = [
    "Address",
    "AddressBook",
    "Cart",
    "Customer",
    "DeliveryPromise",
    "Dimensions",
    "LineItem",
    "Money",
    "Quote",
    "QuoteRequest",
    "ShippingOption",
    "ShippingPolicy",
    "Withheld",
]

_ROOMS = {
    "address": ("Address", "AddressBook"),
    "cart": ("Cart", "Customer", "LineItem"),
    "money": ("Money",),
    "promise": ("DeliveryPromise",),
    "shipping": ("Quote", "QuoteRequest", "ShippingOption", "ShippingPolicy", "Withheld"),
    "units": ("Dimensions",),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
