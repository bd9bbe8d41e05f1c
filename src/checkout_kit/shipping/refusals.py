"""The refusals that concern a whole request rather than one rate."""

from checkout_kit.shipping.steps import Refusal
from checkout_kit.shipping.values import Change


def nothing_to_ship() -> Refusal:
    """The refusal of every method for a cart in which no line needs shipping."""
    return Refusal(
        reason="no_shipping_needed",
        message="no line of the cart needs shipping",
        hint="nothing has to be chosen",
        changes=(Change(kind="none"),),
    )


def currency_refusal(currency: str) -> Refusal:
    """The refusal of a method that has no price in a currency."""
    return Refusal(
        reason="currency_not_priced",
        message=f"the method has no price in {currency}",
        hint="pay in another currency",
        changes=(Change(kind="change_currency"),),
    )


def ships_from_elsewhere(origin: str) -> Refusal:
    """The refusal of a method that ships from another origin only, for goods that leave from this one."""
    return Refusal(
        reason="ships_from_elsewhere",
        message=f"this method does not ship from {origin}",
        changes=(Change(kind="none"),),
    )


def not_delivered(zone: str) -> Refusal:
    """The refusal of a method that has no rate in a place, with a zone where it has one."""
    return Refusal(
        reason="not_delivered_here",
        message="this method does not go to the address",
        hint=f"ship to {zone}" if zone else "",
        changes=(Change(kind="change_destination", names=(zone,) if zone else ()),),
    )
