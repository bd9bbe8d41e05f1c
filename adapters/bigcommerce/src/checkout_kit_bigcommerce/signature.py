"""The signature of BigCommerce's webhooks.

Source: the Standard Webhooks specification 1.0 and BigCommerce's documentation, snapshot of 2026-04:
HMAC-SHA256 of `<id>.<unix seconds>.<raw body>`; its key is the app's client secret, in base64 there.
"""

import base64
import datetime as dt
import hmac
from collections.abc import Sequence
from typing import Final

from attrs import evolve, frozen
from checkout_kit.adapter import HttpRequest
from checkout_kit.errors import Forbidden

ID, STAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_MOST_SIGNATURES: Final = 8


@frozen
class StandardWebhooks:
    """Several signatures may stand in the header while a secret is changed; one that fits is enough."""

    tolerance_s: int = 300

    def sign(self, request: HttpRequest, *, secret: str, now: dt.datetime) -> HttpRequest:
        """The request with the three headers; its id is kept if it has one."""
        named = {ID: request.header(ID) or "msg_1", STAMP: str(int(now.timestamp()))}
        value = f"v1,{_digest(named[ID], named[STAMP], request.body, secret)}"
        return evolve(request, headers={**request.headers, **named, SIGNATURE: value})

    def verify(self, request: HttpRequest, *, secrets: Sequence[str], now: dt.datetime) -> None:
        """Raises Forbidden for a wrong or missing signature and for one outside the tolerance."""
        name, stamp = request.header(ID), request.header(STAMP)
        sent = [s[3:] for s in request.header(SIGNATURE).split(" ") if s.startswith("v1,")][:_MOST_SIGNATURES]
        if not name or not sent or not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
            raise Forbidden(f"no signature: {ID!r}, {STAMP!r} or {SIGNATURE!r} is missing or malformed")
        fits = False
        for secret in secrets:
            expected = _digest(name, stamp, request.body, secret).encode()
            for one in sent:
                fits |= hmac.compare_digest(one.encode("utf-8", "replace"), expected)
        if not fits:
            raise Forbidden(f"the signature in {SIGNATURE!r} does not fit the body")
        if abs(now.timestamp() - int(stamp)) > self.tolerance_s:
            raise Forbidden(f"signed more than {self.tolerance_s} s ago or ahead; check the clocks")


def _digest(name: str, stamp: str, body: bytes, secret: str) -> str:
    message = f"{name}.{stamp}.".encode("utf-8", "replace") + body
    return base64.b64encode(hmac.digest(secret.encode(), message, "sha256")).decode("ascii")
