"""Slots with a cut-off and room for so many, holds that expire, and pickup points."""

from checkout_kit.shipping.slots.holds import Hold, SlotBook, SlotHolds
from checkout_kit.shipping.slots.offering import NO_SLOTS, SlotRules
from checkout_kit.shipping.slots.points import PickupPoint
from checkout_kit.shipping.slots.schedule import Slot, SlotSchedule, SlotWindow, list_slots, slot_day
from checkout_kit.shipping.slots.serving import NO_PICKUP, PickupRules

__all__ = [
    "NO_PICKUP",
    "NO_SLOTS",
    "Hold",
    "PickupPoint",
    "PickupRules",
    "Slot",
    "SlotBook",
    "SlotHolds",
    "SlotRules",
    "SlotSchedule",
    "SlotWindow",
    "list_slots",
    "slot_day",
]
