"""Who may touch a checkout: the shop itself, or whoever holds the checkout's secret."""

import hashlib
import hmac
import secrets

from attrs import field, frozen

from checkout_kit.checkout import SigningKeys
from checkout_kit.errors import NotFound


@frozen(kw_only=True)
class Access:
    """The caller's claim: a checkout's secret, or the token of a resume link.

    `is_shop` is for code the shop trusts and never for what a request says.
    """

    secret: str = field(default="", repr=False)
    resume: str = field(default="", repr=False)
    is_shop: bool = False


SHOP = Access(is_shop=True)
_PURPOSE = "checkout-secret"


def new_secret(checkout_id: str, keys: SigningKeys | None) -> str:
    """256 bits to be shown once: random, or derived from keys, so that a repeated create finds them."""
    return secrets.token_urlsafe(32) if keys is None else keys.derive(_PURPOSE, checkout_id)[0]


def same_secret(checkout_id: str, keys: SigningKeys | None, secret_hash: str) -> str:
    """The secret given out for a checkout before; empty where it was random and is not kept."""
    derived = () if keys is None else keys.derive(_PURPOSE, checkout_id)
    return next((s for s in derived if hmac.compare_digest(hash_secret(s), secret_hash)), "")


def hash_secret(secret: str) -> str:
    """What is stored of a secret; it has 256 bits of its own, so one plain round is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def check_access(access: Access, secret_hash: str, *, what: str) -> None:
    """Let the shop and the holder of the secret in.

    Raises:
        NotFound: for everyone else, so that an id alone does not tell whether it exists.
    """
    if access.is_shop:
        return
    if not hmac.compare_digest(hash_secret(access.secret), secret_hash):
        raise NotFound(what)
