"""How a platform proves that a request is its own: schemes as values, each both signs and verifies.

`sign` makes what the platform would send; tests, the conformance suite and replays need it.
"""

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from typing import Literal, Protocol

from attrs import evolve, frozen

from checkout_kit.adapter.http import HttpRequest
from checkout_kit.errors import Forbidden

Encoding = Literal["base64", "hex"]


class Signature(Protocol):
    """A scheme; `secrets` holds the current secret first and any former one that is still accepted."""

    def sign(self, request: HttpRequest, *, secret: str, now: dt.datetime) -> HttpRequest:
        """The request as the platform would send it."""
        ...

    def verify(self, request: HttpRequest, *, secrets: Sequence[str], now: dt.datetime) -> None:
        """Raises Forbidden unless one of the secrets signed exactly these bytes, recently enough."""
        ...


def _digest(message: bytes, secret: str, encoding: Encoding) -> bytes:
    raw = hmac.digest(secret.encode(), message, "sha256")
    return base64.b64encode(raw) if encoding == "base64" else raw.hex().encode("ascii")


def _matches(sent: Sequence[str], message: bytes, secrets: Sequence[str], encoding: Encoding) -> bool:
    found = False
    for secret in secrets:
        expected = _digest(message, secret, encoding)
        for candidate in sent:
            found |= hmac.compare_digest(candidate.encode("utf-8", "replace"), expected)
    return found


@frozen
class BodyHmac:
    """HMAC-SHA256 over the raw body, in the first of `headers` that is present."""

    headers: tuple[str, ...]
    encoding: Encoding = "base64"

    def sign(self, request: HttpRequest, *, secret: str, now: dt.datetime) -> HttpRequest:
        """The request with its signature header."""
        value = _digest(request.body, secret, self.encoding).decode("ascii")
        return evolve(request, headers={**request.headers, self.headers[0]: value})

    def verify(self, request: HttpRequest, *, secrets: Sequence[str], now: dt.datetime) -> None:
        """Raises Forbidden unless one of the secrets signed exactly this body."""
        sent = request.header(*self.headers)
        if not sent:
            raise Forbidden(f"no signature: header {self.headers[0]!r} is missing")
        if not _matches((sent,), request.body, secrets, self.encoding):
            raise Forbidden(f"the signature in {self.headers[0]!r} does not fit the body")


@frozen
class TimestampedHmac:
    """Hex HMAC-SHA256 over `<unix seconds>.<raw body>`, sent as `t=...,v1=...`; several v1 while keys rotate.

    A request older or newer than `tolerance_s` is refused, so a captured one cannot be replayed later.
    """

    header: str
    tolerance_s: int = 300

    def sign(self, request: HttpRequest, *, secret: str, now: dt.datetime) -> HttpRequest:
        """The request with its time stamp and signature."""
        at = str(int(now.timestamp()))
        value = _digest(f"{at}.".encode() + request.body, secret, "hex").decode("ascii")
        return evolve(request, headers={**request.headers, self.header: f"t={at},v1={value}"})

    def verify(self, request: HttpRequest, *, secrets: Sequence[str], now: dt.datetime) -> None:
        """Raises Forbidden for a wrong or missing signature and for one outside the tolerance."""
        pairs = [part.strip().partition("=") for part in request.header(self.header).split(",")]
        stamps = [value for name, _, value in pairs if name == "t" and value.isdecimal() and value.isascii()]
        sent = [value for name, _, value in pairs if name == "v1"]
        if len(stamps) != 1 or len(stamps[0]) > 12 or not sent:
            raise Forbidden(f"no signature: header {self.header!r} is missing or not 't=...,v1=...'")
        if not _matches(sent[:8], stamps[0].encode() + b"." + request.body, secrets, "hex"):
            raise Forbidden(f"the signature in {self.header!r} does not fit the body")
        if abs(now.timestamp() - int(stamps[0])) > self.tolerance_s:
            raise Forbidden(f"signed more than {self.tolerance_s} s ago or ahead; check the clocks")


@frozen
class SharedToken:
    """For platforms that sign nothing: our secret, sent back in a header or as last path segment."""

    header: str = ""

    def sign(self, request: HttpRequest, *, secret: str, now: dt.datetime) -> HttpRequest:
        """The request carrying the secret."""
        if self.header:
            return evolve(request, headers={**request.headers, self.header: secret})
        return evolve(request, url=f"{request.url.rstrip('/')}/{secret}")

    def verify(self, request: HttpRequest, *, secrets: Sequence[str], now: dt.datetime) -> None:
        """Raises Forbidden unless the request carries one of the secrets."""
        sent = (
            request.header(self.header) if self.header else request.url.partition("?")[0].rpartition("/")[2]
        )
        # Digests of equal length, so that the comparison tells nothing about the secret's length either.
        given = hashlib.sha256(sent.encode("utf-8", "replace")).digest()
        matches = [hmac.compare_digest(given, hashlib.sha256(s.encode()).digest()) for s in secrets]
        if not any(matches):
            raise Forbidden("the request does not carry this shop's secret")
