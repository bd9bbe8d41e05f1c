"""API keys of the shop's own servers: kept as hashes, scoped, several at a time to be rotated."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Final, Literal

from attrs import field, frozen

from checkout_kit.errors import Forbidden

Scope = Literal["checkouts", "orders"]
SCOPES: Final[tuple[Scope, ...]] = ("checkouts", "orders")


@frozen(kw_only=True)
class ShopKey:
    """One key by its hash; `name` is for people."""

    name: str
    sha256: str = field(repr=False)
    scopes: frozenset[Scope] = frozenset(SCOPES)


def new_shop_key(name: str, scopes: Iterable[Scope] = SCOPES) -> tuple[ShopKey, str]:
    """A fresh key, and its text, which is nowhere kept: hand it over once."""
    text = "sk_" + secrets.token_urlsafe(32)
    return ShopKey(name=name, sha256=hash_of(text), scopes=frozenset(scopes)), text


def hash_of(text: str) -> str:
    """The SHA-256 of a key's text, in hexadecimal; keys are random, so no slow hash is needed."""
    return hashlib.sha256(text.encode()).hexdigest()


@frozen
class ShopKeys:
    """The keys that open this shop."""

    keys: tuple[ShopKey, ...] = ()

    def require(self, authorization: str, scope: Scope) -> None:
        """Check an Authorization header; every key is compared, in constant time.

        Raises:
            Forbidden: no bearer key, an unknown one, or one without the scope.
        """
        kind, _, text = authorization.partition(" ")
        presented = hash_of(text.strip())
        opened = [key for key in self.keys if hmac.compare_digest(key.sha256, presented)]
        if kind.lower() != "bearer" or not any(scope in key.scopes for key in opened):
            raise Forbidden(f"this API key does not open {scope!r}")
