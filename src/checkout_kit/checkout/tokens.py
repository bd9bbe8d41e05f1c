"""Signed tokens: a small JSON document, its end and its purpose, under HMAC-SHA256 with rotating keys.

A token is `v1.KEYID.PAYLOAD.SIGNATURE`, the parts in unpadded base64url. It is readable by whoever holds it:
nothing secret belongs in one.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from operator import methodcaller
from typing import Any

from attrs import field, frozen

from checkout_kit.errors import Forbidden, InputError

_LONGEST = 8000


@frozen
class SigningKeys:
    """Keys by id, newest first: the first signs, all of them open; drop one to end what it signed.

    Raises:
        InputError: no key, or one shorter than 32 bytes.
    """

    keys: Mapping[str, bytes] = field(repr=False)

    def __attrs_post_init__(self) -> None:
        if not self.keys:
            raise InputError.of("keys", "at least one signing key is needed")
        for key_id, key in self.keys.items():
            if len(key) < 32:
                raise InputError.of(
                    f"keys.{key_id}", "shorter than 32 bytes", remedy="use secrets.token_bytes(32)"
                )

    def sign(self, purpose: str, payload: Mapping[str, Any], *, until: dt.datetime) -> str:
        """A token for one purpose that opens until the given instant."""
        key_id, key = next(iter(self.keys.items()))
        document = {**payload, "until": until}
        body = json.dumps(document, separators=(",", ":"), sort_keys=True, default=methodcaller("isoformat"))
        head = f"v1.{_encode(key_id.encode())}.{_encode(body.encode())}"
        return f"{head}.{_encode(_mac(key, purpose, head))}"

    def derive(self, purpose: str, text: str) -> tuple[str, ...]:
        """A secret that belongs to `text`, under each key; the first is the one to give out."""
        return tuple(_encode(_mac(key, purpose, text)) for key in self.keys.values())

    def open(self, purpose: str, token: str, now: dt.datetime) -> dict[str, Any]:
        """The document of a token.

        Raises:
            Expired: it was ours and its time is over; `payload` is what it said.
            Forbidden: it is not ours, not for this purpose, or was altered.
        """
        head, _, signature = token.rpartition(".")
        parts = head.split(".")
        if len(token) > _LONGEST or len(parts) != 3 or parts[0] != "v1":
            raise Forbidden("this is not one of our tokens")
        key = self.keys.get(_decode(parts[1]).decode("utf-8", "replace"))
        if key is None or not hmac.compare_digest(_decode(signature), _mac(key, purpose, head)):
            raise Forbidden("the token was altered, is for something else, or its key was retired")
        payload: dict[str, Any] = json.loads(_decode(parts[2]))
        until = dt.datetime.fromisoformat(payload.pop("until"))
        if now >= until:
            raise Expired(f"the token ended at {until.isoformat()}", payload)
        return payload


class Expired(Forbidden):
    """A token of ours whose time is over."""

    code = "expired"

    def __init__(self, message: str, payload: dict[str, Any]) -> None:
        self.payload = payload
        super().__init__(message)


def _mac(key: bytes, purpose: str, head: str) -> bytes:
    return hmac.new(key, f"{purpose}\n{head}".encode(), hashlib.sha256).digest()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Forbidden("this is not one of our tokens") from None
