"""Who may touch a checkout: the shop itself, or whoever holds the checkout's secret."""

import hashlib
import hmac
import secrets

from attrs import field, frozen

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


def new_secret() -> str:
    """256 random bits, to be shown once."""
    return secrets.token_urlsafe(32)


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
