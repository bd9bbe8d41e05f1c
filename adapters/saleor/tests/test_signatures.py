"""The detached JWS: what gets in, and each way in which something must not."""

import base64
import datetime as dt
import hmac
import json
from typing import Any

import attrs
import pytest
from checkout_kit.adapter import HttpRequest, HttpResponse, answer_webhook, read_rates
from checkout_kit.errors import Forbidden, InputError
from joserfc import jws
from joserfc.jwk import RSAKey

from checkout_kit_saleor import SaleorAdapter, SaleorSettings
from checkout_kit_saleor.jws import verify_detached

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
KEY = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
STRANGER = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
BODY = json.dumps(
    {
        "checkout": {
            "channel": {"slug": "web", "currencyCode": "USD"},
            "shippingAddress": {"country": {"code": "US"}},
            "lines": [{"id": "a", "quantity": 1, "undiscountedUnitPrice": {"amount": 1}}],
        }
    }
).encode()
HEADER = {"alg": "RS256", "b64": False, "crit": ["b64"], "kid": "1"}


def jwks(*keys: RSAKey) -> str:
    """The public halves as Saleor publishes them."""
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]})


SETTINGS = SaleorSettings(
    api_url="https://shop.example/graphql/", app_token="token-1", jwks=jwks(KEY), secret_key="hex-secret"
)
ADAPTER = SaleorAdapter(SETTINGS)
JWS_ONLY = SaleorAdapter(attrs.evolve(SETTINGS, secret_key=None))
HMAC_ONLY = SaleorAdapter(attrs.evolve(SETTINGS, jwks=""))


def detached(body: bytes = BODY, *, key: Any = KEY, **header: Any) -> str:
    """A signature over the body, which is taken out of it."""
    made = jws.serialize_compact({**HEADER, **header}, body, key, algorithms=["RS256", "RS512"])
    return f"{made.split('.')[0]}..{made.rpartition('.')[2]}"


def status(signature: str, *, body: bytes = BODY, adapter: SaleorAdapter = ADAPTER) -> int:
    """What is answered to a request with this signature; 200 when it is let in."""
    headers = {"saleor-signature": signature, "saleor-domain": "shop.example"}
    read = read_rates(adapter, HttpRequest(url="/", headers=headers, body=body), now=NOW)
    return read.status if isinstance(read, HttpResponse) else 200


def hexadecimal(secret: str = "hex-secret") -> str:
    """The older signature."""
    return hmac.new(secret.encode(), BODY, "sha256").hexdigest()


def test_detached_signature_opens() -> None:
    """The instance's key over the raw body gets in, in an adapter with one scheme or both."""
    assert status(detached()) == status(detached(), adapter=JWS_ONLY) == 200


def test_hexadecimal_signature_opens() -> None:
    """The webhook's secretKey gets in where it is set."""
    assert status(hexadecimal()) == status(hexadecimal(), adapter=HMAC_ONLY) == 200


def test_scheme_that_is_not_set_up_opens_nothing() -> None:
    """Without a secretKey no hexadecimal signature fits, nor a JWS without keys."""
    assert status(hexadecimal(), adapter=JWS_ONLY) == 401
    assert status(hexadecimal(""), adapter=JWS_ONLY) == 401
    assert status(detached(), adapter=HMAC_ONLY) == 401


def test_signature_made_by_hand_opens() -> None:
    """A signature computed with nothing but RSA, as RFC 7797 says: over `header.` and the raw bytes."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    private = KEY.private_key
    assert isinstance(private, RSAPrivateKey)
    head = base64.urlsafe_b64encode(json.dumps(HEADER).encode()).rstrip(b"=")
    raw = private.sign(head + b"." + BODY, padding.PKCS1v15(), hashes.SHA256())
    assert status(f"{head.decode()}..{base64.urlsafe_b64encode(raw).rstrip(b'=').decode()}") == 200


@pytest.mark.parametrize("body", [BODY + b" ", BODY.replace(b"1", b"2"), b""])
def test_altered_body_is_401(body: bytes) -> None:
    """One byte more, another byte or none at all."""
    assert status(detached(), body=body) == 401


def test_signature_that_brings_its_own_payload_is_401() -> None:
    """A payload inside the signature would be verified in place of the body; it is refused unread."""
    header, _, signature = detached(b"other").partition("..")
    assert status(f"{header}.other.{signature}") == 401
    embedded = jws.serialize_compact({"alg": "RS256", "kid": "1"}, b"other", KEY)
    assert status(embedded) == 401
    with pytest.raises(Forbidden, match="not a detached"):
        verify_detached(embedded, BODY, {"1": KEY}, most_bytes=1000)


def test_signature_over_an_encoded_body_is_401() -> None:
    """Saleor signs the raw bytes; the other form, over their base64, is not taken for it."""
    encoded = jws.serialize_compact({"alg": "RS256", "kid": "1"}, BODY, KEY)
    header, _, signature = encoded.split(".")
    assert status(f"{header}..{signature}") == 401


@pytest.mark.parametrize(
    ("key", "header"),
    [
        (STRANGER, {}),
        (KEY, {"kid": "2"}),
        (KEY, {"alg": "RS512"}),
    ],
    ids=["stranger", "unknown kid", "other algorithm"],
)
def test_foreign_signatures_are_401(key: Any, header: dict[str, Any]) -> None:
    """Another key, an unknown key id, another algorithm."""
    assert status(detached(key=key, **header)) == 401


def test_public_key_is_no_shared_secret() -> None:
    """A token that calls the published key an HMAC secret is refused for its algorithm."""
    head = base64.urlsafe_b64encode(json.dumps({**HEADER, "alg": "HS256"}).encode()).rstrip(b"=")
    raw = hmac.digest(KEY.as_pem(private=False), head + b"." + BODY, "sha256")
    assert status(f"{head.decode()}..{base64.urlsafe_b64encode(raw).rstrip(b'=').decode()}") == 401


def test_unsigned_token_is_401() -> None:
    """The algorithm `none` opens nothing."""
    head = base64.urlsafe_b64encode(json.dumps({**HEADER, "alg": "none"}).encode()).rstrip(b"=").decode()
    assert status(f"{head}..") == 401


@pytest.mark.parametrize("sent", ["..", "a..b", "é..é", "." * 50, "a" * 5000 + "..b", "e30..e30", "...."])
def test_nonsense_is_401(sent: str) -> None:
    """What is no signature is refused, not a failure of ours."""
    assert status(sent) == 401


def test_both_keys_open_while_they_rotate() -> None:
    """A key set of two lets in both."""
    newer = RSAKey.generate_key(2048, {"kid": "2", "use": "sig"})
    adapter = SaleorAdapter(attrs.evolve(SETTINGS, jwks=jwks(KEY, newer)))
    assert status(detached(), adapter=adapter) == 200
    assert status(detached(key=newer, kid="2"), adapter=adapter) == 200


def test_large_body_is_verified() -> None:
    """A body of half a megabyte is no problem of the signature."""
    body = BODY + b" " * 500_000
    assert status(detached(body), body=body) == 200


def test_webhooks_are_verified_the_same_way() -> None:
    """Both schemes open webhooks too, and nothing else does."""
    for signature, expected in ((detached(), 200), (hexadecimal(), 200), (detached(key=STRANGER), 401)):
        headers = {"saleor-signature": signature, "saleor-domain": "shop.example", "saleor-event": "x"}
        request = HttpRequest(url="/", headers=headers, body=BODY)
        answer = answer_webhook(ADAPTER, request, now=NOW, is_known=lambda _: False)
        assert answer.response.status == expected


@pytest.mark.parametrize(
    "text", ["x", "{}", "[]", '{"keys": []}', '{"keys": [{"kty": "oct", "k": "AA", "kid": "1"}]}', "[" * 9999]
)
def test_unusable_key_sets_are_refused(text: str) -> None:
    """Keys that are none are found at the start, not at the first request."""
    with pytest.raises(InputError, match="jwks"):
        attrs.evolve(SETTINGS, jwks=text)
