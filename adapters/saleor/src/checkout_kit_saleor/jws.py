"""Saleor's default signature: a JSON Web Signature whose payload is the raw body, sent apart from it.

Source: Saleor's webhook documentation, read 2026-11; RFC 7515 appendix F and RFC 7797 (`b64` false).
"""

import json
from collections.abc import Mapping
from typing import Final

from checkout_kit.errors import Forbidden, InputError
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

ALGORITHM: Final = "RS256"
MOST_HEADER_BYTES: Final = 4096


def read_keys(text: str) -> dict[str, RSAKey]:
    """The RSA keys of a JWKS document by key id; raises InputError when it holds none."""
    try:
        # Keys of other kinds may stand beside them; nothing is ever verified with those.
        keys = [RSAKey.import_key(key) for key in json.loads(text)["keys"] if key["kty"] == "RSA"]
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError.of("jwks", "not a JSON Web Key Set", remedy="paste /.well-known/jwks.json") from None
    found = {key.kid: key for key in keys if key.kid}
    if not found:
        raise InputError.of("jwks", "holds no RSA key with a key id")
    return found


def is_detached(sent: str) -> bool:
    """Whether this is `header..signature`, as opposed to the hexadecimal scheme."""
    return ".." in sent


def key_id(sent: str) -> str:
    """The id of the key that a detached signature says it is made with; empty for what is none."""
    if len(sent) > MOST_HEADER_BYTES or not is_detached(sent):
        return ""
    try:
        header = jws.extract_compact(sent.encode("ascii"), b"", jws.JWSRegistry(algorithms=[ALGORITHM]))
    except (JoseError, ValueError, TypeError):
        return ""
    named = header.protected.get("kid")
    return named if isinstance(named, str) and header.protected.get("alg") == ALGORITHM else ""


def verify_detached(sent: str, body: bytes, keys: Mapping[str, RSAKey], *, most_bytes: int) -> None:
    """Raises Forbidden unless one of the keys signed exactly this body.

    The payload's place must be empty: a signature that brings its own payload would be verified over that.
    """
    parts = sent.split(".")
    if len(sent) > MOST_HEADER_BYTES or len(parts) != 3 or parts[1]:
        raise Forbidden("the signature is not a detached JWS: 'header..signature' is expected")
    registry = jws.JWSRegistry(algorithms=[ALGORITHM])
    registry.max_payload_length = most_bytes
    try:
        header = jws.extract_compact(sent.encode("ascii"), b"", registry).protected
        if header.get("alg") != ALGORITHM or header.get("b64") is not False:
            raise Forbidden(f"the signature is not made with {ALGORITHM} over the raw body")
        key = keys.get(str(header.get("kid")))
        if key is None:
            raise Forbidden("signed with a key that the instance does not publish, or has not long enough")
        jws.deserialize_compact(sent, key, registry=registry, payload=body)
    except (JoseError, ValueError, TypeError) as error:
        raise Forbidden(f"the signature does not fit the body ({type(error).__name__})") from None
