"""Storage: one port, and one implementation over SQLAlchemy Core for SQLite and PostgreSQL."""

from checkout_kit.storage.opening import Durability, open_store
from checkout_kit.storage.port import (
    CheckoutWrite,
    Loaded,
    LoadedOrder,
    LoadedProfile,
    OrderWrite,
    ProfileWrite,
    Record,
    Store,
    Task,
    Write,
)

__all__ = [
    "CheckoutWrite",
    "Durability",
    "Loaded",
    "LoadedOrder",
    "LoadedProfile",
    "OrderWrite",
    "ProfileWrite",
    "Record",
    "Store",
    "Task",
    "Write",
    "open_store",
]
