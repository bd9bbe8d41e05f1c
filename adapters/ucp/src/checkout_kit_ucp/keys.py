"""ES256 keys: the shop's own, which signs, and platforms' public ones, which verify."""

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from typing import Final

from attrs import field, frozen
from checkout_kit.errors import InputError
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CURVE: Final = "P-256"
_SIZE: Final = 32
_NONCE: Final = 12
_ES256: Final = ec.ECDSA(hashes.SHA256())


class UnsupportedKey(InputError):
    """A public key of another algorithm than ES256."""

    code = "unsupported_key"


@frozen
class SigningKey:
    """A P-256 private key with the id under which its public part is published."""

    key_id: str
    _private: ec.EllipticCurvePrivateKey = field(repr=False)
    _cipher: AESGCM = field(init=False, repr=False, eq=False)

    @_cipher.default
    def _make_cipher(self) -> AESGCM:
        secret = self._private.private_numbers().private_value.to_bytes(_SIZE, "big")
        purpose = b"checkout_kit_ucp sealed secrets"
        return AESGCM(HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(secret))

    @classmethod
    def generate(cls, key_id: str = "") -> "SigningKey":
        """A new key; without an id it is named after its public part."""
        return cls.of(ec.generate_private_key(ec.SECP256R1()), key_id)

    @classmethod
    def from_pem(cls, pem: str, key_id: str = "") -> "SigningKey":
        """A key from PEM text (PKCS #8 or SEC 1, unencrypted).

        Raises:
            InputError: the text is no P-256 private key; the text itself is never shown.
        """
        try:
            loaded = serialization.load_pem_private_key(pem.encode(), password=None)
        except (ValueError, TypeError):
            loaded = None
        if not isinstance(loaded, ec.EllipticCurvePrivateKey) or loaded.curve.name != "secp256r1":
            raise InputError.of(
                "signing_key",
                "is not an unencrypted P-256 private key in PEM form",
                remedy="make one: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
            )
        return cls.of(loaded, key_id)

    @classmethod
    def of(cls, private: ec.EllipticCurvePrivateKey, key_id: str = "") -> "SigningKey":
        """The key under an id, by default the digest of its public coordinates."""
        if not key_id:
            point = private.public_key().public_numbers()
            digest = hashlib.sha256(point.x.to_bytes(_SIZE, "big") + point.y.to_bytes(_SIZE, "big"))
            key_id = "es256-" + digest.hexdigest()[:16]
        return cls(key_id, private)

    def to_pem(self) -> str:
        """The private key as PEM text, to be kept secret."""
        return self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode("ascii")

    def sign(self, message: bytes) -> bytes:
        """64 bytes r||s, as RFC 9421 wants them, not DER."""
        r, s = decode_dss_signature(self._private.sign(message, _ES256))
        return r.to_bytes(_SIZE, "big") + s.to_bytes(_SIZE, "big")

    def jwk(self) -> dict[str, str]:
        """The public key as published in the profile (RFC 7517)."""
        point = self._private.public_key().public_numbers()
        return {
            "kid": self.key_id,
            "kty": "EC",
            "crv": CURVE,
            "x": _base64url(point.x.to_bytes(_SIZE, "big")),
            "y": _base64url(point.y.to_bytes(_SIZE, "big")),
            "use": "sig",
            "alg": "ES256",
        }

    def seal(self, text: str, *, bound_to: str) -> str:
        """Encrypt a short text for the holder of this key; `bound_to` must be named again to read it."""
        return base64.b64encode(self.seal_bytes(text.encode(), bound_to=bound_to)).decode("ascii")

    def unseal(self, sealed: str, *, bound_to: str) -> str:
        """The text that was sealed, or empty when another key did it."""
        found = self.unseal_bytes(base64.b64decode(sealed), bound_to=bound_to)
        return "" if found is None else found.decode()

    def seal_bytes(self, data: bytes, *, bound_to: str) -> bytes:
        """Encrypt bytes for the holder of this key."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, data, bound_to.encode())

    def unseal_bytes(self, sealed: bytes, *, bound_to: str) -> bytes | None:
        """The bytes that were sealed, or None when another key did it."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to.encode())
        except (InvalidTag, ValueError):
            return None


def verify(jwk: Mapping[str, object], message: bytes, signature: bytes) -> bool:
    """Whether the key of this JWK signed exactly this message.

    Raises:
        UnsupportedKey: the key is of another algorithm than ES256, the only one accepted.
    """
    if jwk.get("kty") != "EC" or jwk.get("crv") != CURVE:
        raise UnsupportedKey.of("crv", "is not supported", found=jwk.get("crv"), remedy="sign with P-256")
    if len(signature) != 2 * _SIZE:
        return False
    r, s = int.from_bytes(signature[:_SIZE], "big"), int.from_bytes(signature[_SIZE:], "big")
    try:
        numbers = ec.EllipticCurvePublicNumbers(_whole(jwk.get("x")), _whole(jwk.get("y")), ec.SECP256R1())
        numbers.public_key().verify(encode_dss_signature(r, s), message, _ES256)
    except (InvalidSignature, ValueError, TypeError, binascii.Error):
        return False
    return True


def _whole(text: object) -> int:
    if not isinstance(text, str):
        raise TypeError("a coordinate is base64url text")
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
