"""Taking secrets and personal data out of text that is about to be logged or raised."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

HIDDEN: Final = "***"
_SENSITIVE_HEADERS: Final = (
    "authorization",
    "cookie",
    "token",
    "secret",
    "signature",
    "hmac",
    "api-key",
    "password",
)
_TOKENS: Final = re.compile(
    r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}|\b(?:sk|rk|whsec|shpat|shpss)_[A-Za-z0-9_]{6,}"
)
_EMAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,6}")


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with the given secrets, bearer tokens, well-known key shapes and e-mail addresses hidden.

    >>> scrub("401 for Bearer abcdef123 of ann@example.com", ["s3cret"])
    '401 for *** of ***'
    """
    for secret in sorted(secrets, key=len, reverse=True):
        if secret:
            text = text.replace(secret, HIDDEN)
    return _EMAIL.sub(HIDDEN, _TOKENS.sub(HIDDEN, text))


def scrub_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with the value of every one that may authenticate hidden."""
    return {
        name: HIDDEN if any(word in name.lower() for word in _SENSITIVE_HEADERS) else value
        for name, value in headers.items()
    }
