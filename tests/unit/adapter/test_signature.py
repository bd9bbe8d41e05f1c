"""Signature schemes: known values made by other means, and everything that must not pass."""

import datetime as dt

import attrs
import pytest

from checkout_kit.adapter import BodyHmac, HttpRequest, SharedToken, Signature, TimestampedHmac
from checkout_kit.errors import Forbidden

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
PLAIN = HttpRequest(url="/adapters/x/rates", body=b'{"a":1}')
SCHEMES: list[Signature] = [
    BodyHmac(("x-sig",)),
    BodyHmac(("x-sig", "x-old-sig"), "hex"),
    TimestampedHmac("x-sig"),
    SharedToken("x-sig"),
    SharedToken(),
]


def test_hmac_known_answer() -> None:
    """RFC 4231, test case 2: key "Jefe", data "what do ya want for nothing?"."""
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    request = HttpRequest(url="/", body=b"what do ya want for nothing?", headers={"x-sig": expected})
    BodyHmac(("x-sig",), "hex").verify(request, secrets=("Jefe",), now=NOW)


@pytest.mark.parametrize("scheme", SCHEMES, ids=repr)
def test_signed_request_passes(scheme: Signature) -> None:
    """What a scheme signs it lets in, also under the second of two secrets."""
    signed = scheme.sign(PLAIN, secret="new", now=NOW)
    scheme.verify(signed, secrets=("new",), now=NOW)
    scheme.verify(signed, secrets=("newer", "new"), now=NOW)


@pytest.mark.parametrize("scheme", SCHEMES, ids=repr)
@pytest.mark.parametrize("secrets", [(), ("other",), ("ne",), ("new ",)])
def test_other_secrets_do_not_pass(scheme: Signature, secrets: tuple[str, ...]) -> None:
    """No other secret, no prefix, and no empty list of secrets opens."""
    with pytest.raises(Forbidden):
        scheme.verify(scheme.sign(PLAIN, secret="new", now=NOW), secrets=secrets, now=NOW)


@pytest.mark.parametrize("scheme", SCHEMES[:3], ids=repr)
def test_altered_body_does_not_pass(scheme: Signature) -> None:
    """One more byte breaks the signature."""
    signed = scheme.sign(PLAIN, secret="new", now=NOW)
    with pytest.raises(Forbidden):
        scheme.verify(attrs.evolve(signed, body=signed.body + b"\n"), secrets=("new",), now=NOW)


@pytest.mark.parametrize(
    ("seconds", "passes"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)]
)
def test_tolerance_is_exact(seconds: int, passes: bool) -> None:
    """A request is accepted up to and including the tolerance, in both directions."""
    scheme = TimestampedHmac("x-sig", tolerance_s=300)
    signed = scheme.sign(PLAIN, secret="new", now=NOW)
    later = NOW + dt.timedelta(seconds=seconds)
    if passes:
        scheme.verify(signed, secrets=("new",), now=later)
    else:
        with pytest.raises(Forbidden, match="clocks"):
            scheme.verify(signed, secrets=("new",), now=later)


def test_several_signatures_while_rotating() -> None:
    """One fitting v1 among several is enough."""
    scheme = TimestampedHmac("x-sig")
    signed = scheme.sign(PLAIN, secret="new", now=NOW)
    both = signed.header("x-sig").replace(",v1=", f",v1={'0' * 64},v1=")
    scheme.verify(attrs.evolve(signed, headers={"x-sig": both}), secrets=("new",), now=NOW)


def test_token_in_the_path_ignores_the_query() -> None:
    """The last path segment counts, not what a query pretends."""
    scheme = SharedToken()
    with pytest.raises(Forbidden):
        scheme.verify(HttpRequest(url="/rates?x=/new"), secrets=("new",), now=NOW)
