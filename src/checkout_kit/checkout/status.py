"""The status of a checkout, computed with its reason; the words are shared by the two agent protocols."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from attrs import frozen

from checkout_kit.checkout.problems import Problem
from checkout_kit.checkout.value import Checkout

StatusName = Literal["incomplete", "needs_buyer", "ready", "completing", "completed", "canceled", "expired"]


@frozen
class Status:
    """A status word, and why: the code of the first problem, or what the buyer is needed for."""

    name: StatusName
    reason: str = ""


def status(checkout: Checkout, found: Sequence[Problem], now: dt.datetime) -> Status:
    """The status at `now`; `found` are the problems of the same checkout.

    The first of these that holds: the ending, a payment under way, the lifetime, a problem any caller can
    fix (`incomplete`), a problem only the buyer can (`needs_buyer` with `input`, `review` or `approval`).
    """
    if checkout.ending is not None:
        return Status(checkout.ending.kind, checkout.ending.reason)
    if checkout.attempt is not None:
        if checkout.attempt.state == "authentication":
            return Status("needs_buyer", "authentication")
        if checkout.attempt.state in ("authorising", "authorised"):
            return Status("completing")
    if now >= checkout.expires_at:
        return Status("expired", "lifetime")
    for problem in found:
        if problem.severity == "fixable":
            return Status("incomplete", problem.code)
    if found:
        return Status("needs_buyer", found[0].severity.removeprefix("buyer_"))
    return Status("ready")
