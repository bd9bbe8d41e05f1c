"""Storage: one port, and one implementation over SQLAlchemy Core for SQLite and PostgreSQL."""

from checkout_kit.storage.opening import Durability, open_store
from checkout_kit.storage.port import (
    CheckoutWrite,
    Inventory,
    Loaded,
    LoadedOrder,
    LoadedProfile,
    OrderWrite,
    PlaceWrite,
    ProfileWrite,
    Record,
    Shortage,
    SlotTaken,
    Store,
    Task,
    Write,
)

__all__ = [
    "CheckoutWrite",
    "Durability",
    "Inventory",
    "Loaded",
    "LoadedOrder",
    "LoadedProfile",
    "OrderWrite",
    "PlaceWrite",
    "ProfileWrite",
    "Record",
    "Shortage",
    "SlotTaken",
    "Store",
    "Task",
    "Write",
    "open_store",
]
