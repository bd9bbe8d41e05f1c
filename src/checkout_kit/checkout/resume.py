"""Links that open a checkout on another channel or device: signed, ending, and good in one shop only."""

import datetime as dt

from attrs import frozen

from checkout_kit.checkout.tokens import SigningKeys
from checkout_kit.errors import Forbidden


@frozen
class Resumed:
    """The checkout a link names, and the channel it was made for."""

    checkout_id: str
    channel: str


def resume_token(
    checkout_id: str, keys: SigningKeys, *, shop: str, until: dt.datetime, channel: str = ""
) -> str:
    """A token to put into a link to `checkout_id` of `shop`, good until the given instant."""
    return keys.sign(f"resume:{shop}", {"checkout": checkout_id, "channel": channel}, until=until)


def open_resume_token(token: str, keys: SigningKeys, *, shop: str, now: dt.datetime) -> Resumed:
    """The checkout of a link.

    Raises:
        Expired: its time is over.
        Forbidden: it was altered, or made by or for another shop.
    """
    payload = keys.open(f"resume:{shop}", token, now)
    if not payload.get("checkout"):
        raise Forbidden("this link names no checkout")
    return Resumed(str(payload["checkout"]), str(payload.get("channel", "")))
