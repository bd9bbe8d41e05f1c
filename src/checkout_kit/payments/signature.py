"""Signatures of our own webhooks, `t=SECONDS,v1=HEX`: HMAC-SHA256 of the time, a dot and the raw body.

Source: Stripe's webhook signature scheme, which several providers share (read 2026-11).
"""

import datetime as dt
import hashlib
import hmac

from checkout_kit.errors import Forbidden

TOLERANCE_S = 300


def sign(body: bytes, secret: str, now: dt.datetime) -> str:
    """The header that belongs to a body sent at `now`."""
    seconds = int(now.timestamp())
    return f"t={seconds},v1={_digest(body, secret, seconds)}"


def check_signature(header: str, body: bytes, secrets: tuple[str, ...], now: dt.datetime) -> None:
    """Accept a body signed with any of the secrets, within five minutes of `now`.

    Raises:
        Forbidden: no signature matches, or its time is too far off.
    """
    parts = [part.partition("=")[::2] for part in header.split(",")]
    times = [value for name, value in parts if name.strip() == "t" and value.isdecimal() and len(value) < 13]
    found = [value for name, value in parts if name.strip() == "v1"]
    if len(times) != 1 or not found:
        raise Forbidden("the webhook has no usable signature")
    seconds = int(times[0])
    wanted = [_digest(body, secret, seconds) for secret in secrets]
    matches = [hmac.compare_digest(a.encode(), b.encode()) for a in found for b in wanted]
    if not any(matches):
        raise Forbidden("the webhook's signature does not match its body")
    if abs(now.timestamp() - seconds) > TOLERANCE_S:
        raise Forbidden(
            f"the webhook was signed more than {TOLERANCE_S} s ago or ahead; a replay, or a wrong clock"
        )


def _digest(body: bytes, secret: str, seconds: int) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
