"""Seal the secret of a checkout, so that the database alone opens no one's checkout."""

import base64
import hashlib
import secrets

from attrs import frozen
from checkout_kit.adapter import Secret
from checkout_kit.errors import Forbidden
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


@frozen
class Sealer:
    """AES-256-GCM under a key of the shop's, bound to the id of what the secret opens."""

    key: Secret

    def _cipher(self) -> AESGCM:
        return AESGCM(hashlib.sha256(b"checkout_kit acp sealing\0" + self.key.reveal().encode()).digest())

    def seal(self, secret: str, *, bound_to: str) -> str:
        """The sealed text."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._cipher().encrypt(nonce, secret.encode(), bound_to.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode("ascii")

    def unseal(self, sealed: str, *, bound_to: str) -> str:
        """The secret; raises Forbidden for a text that this key did not seal for this id."""
        try:
            raw = base64.urlsafe_b64decode(sealed)
            return self._cipher().decrypt(raw[:_NONCE], raw[_NONCE:], bound_to.encode()).decode()
        except (InvalidTag, ValueError):
            raise Forbidden("this was sealed with another key") from None
