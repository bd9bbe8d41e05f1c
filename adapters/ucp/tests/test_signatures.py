"""Signatures of requests, answers and webhooks, checked by an independent reading of the public key."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping

import httpx
import pytest
from checkout_kit.adapter import HttpRequest
from checkout_kit.errors import InputError
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from checkout_kit_ucp import SigningKey
from checkout_kit_ucp.faults import ProtocolFault
from checkout_kit_ucp.keys import UnsupportedKey, verify
from checkout_kit_ucp.signatures import check_signature, signed_request_headers
from conftest import BASE, Agent, asked

PATH = "/ucp/2026-04-08/checkout-sessions"


def signed(agent: Agent, key: SigningKey, body: bytes, **more: str) -> dict[str, str]:
    """The headers of a signed create request."""
    headers = {
        "ucp-agent": f'profile="{agent.profile}"',
        "idempotency-key": "b4b1f0a4-4a39-4e4a-8f63-c0b3a8f6a001",
        "content-type": "application/json",
    }
    made = signed_request_headers("POST", f"{BASE}{PATH}", headers, body, key, now=agent.clock())
    return {**headers, **made, **more}


def send(agent: Agent, headers: Mapping[str, str], body: bytes) -> httpx.Response:
    """Send it as it is."""
    return agent.client.request("POST", PATH, content=body, headers=headers)


BODY = json.dumps(asked()).encode()


def test_signed_request_is_let_in(agent: Agent) -> None:
    """The platform's current key and its former one both open the shop."""
    for key in (agent.keys.platform, agent.keys.former):
        headers = signed_with_key(agent, key)
        assert send(agent, headers, BODY).status_code == 201


def signed_with_key(agent: Agent, key: SigningKey) -> dict[str, str]:
    """Signed headers with an Idempotency-Key of their own."""
    headers = {
        "ucp-agent": f'profile="{agent.profile}"',
        "idempotency-key": key.key_id,
        "content-type": "application/json",
    }
    return {
        **headers,
        **signed_request_headers("POST", f"{BASE}{PATH}", headers, BODY, key, now=agent.clock()),
    }


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"signature": ""}, 401, "signature_missing"),
        ({"signature-input": ""}, 401, "signature_missing"),
        ({"signature": "sig1=:AAAA:"}, 401, "signature_invalid"),
        ({"signature": "nonsense"}, 401, "signature_invalid"),
        ({"ucp-agent": 'profile="https://spck.dev/agent";x=1'}, 401, "signature_invalid"),
        ({"content-digest": "sha-256=:AAAA:"}, 400, "digest_mismatch"),
    ],
)
def test_tampered_request_is_refused(agent: Agent, change: dict[str, str], status: int, code: str) -> None:
    """Whatever is changed after signing is noticed, with the protocol's code."""
    answer = send(agent, signed(agent, agent.keys.platform, BODY, **change), BODY)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_unknown_and_unsupported_keys(agent: Agent) -> None:
    """A key the profile does not publish is not found; one of another algorithm is not supported."""
    unknown = send(agent, signed(agent, SigningKey.generate("who"), BODY), BODY)
    assert (unknown.status_code, unknown.json()["code"]) == (401, "key_not_found")
    other = send(agent, signed(agent, SigningKey.generate("agent-ed25519"), BODY), BODY)
    assert (other.status_code, other.json()["code"]) == (400, "algorithm_unsupported")


def test_old_signature_is_refused(agent: Agent) -> None:
    """A captured request cannot be sent again later."""
    headers = signed(agent, agent.keys.platform, BODY)
    agent.clock.move(minutes=6)
    assert send(agent, headers, BODY).json()["code"] == "signature_invalid"


@pytest.mark.parametrize("instant", ["9" * 5000, "٣", "-1", "soon"])
def test_signature_of_no_instant_is_refused(agent: Agent, instant: str) -> None:
    """A time stamp that is none, or has thousands of digits, is a bad signature and no failure of ours."""
    headers = signed(agent, agent.keys.platform, BODY)
    headers["signature-input"] = re.sub(r"created=\d+", f"created={instant}", headers["signature-input"])
    answer = send(agent, {name: value.encode() for name, value in headers.items()}, BODY)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")


def test_what_must_be_signed_is(agent: Agent) -> None:
    """A signature that leaves the body, the key or the agent out is none."""
    key, now = agent.keys.platform, agent.clock()
    headers = {"content-type": "application/json", "ucp-agent": "x", "idempotency-key": "k"}
    made = signed_request_headers("POST", f"{BASE}{PATH}", {"content-type": "x"}, BODY, key, now=now)
    request = HttpRequest(url=PATH, headers={**headers, **made}, body=BODY)
    with pytest.raises(ProtocolFault) as refused:
        check_signature(request, [dict(key.jwk())], authority="127.0.0.1:8000", now=now)
    assert refused.value.error_code == "signature_invalid"
    assert "idempotency-key, ucp-agent" in refused.value.content


def test_dummy_header_of_older_versions_is_ignored(agent: Agent) -> None:
    """`request-signature` says nothing here."""
    agent.call("POST", "/checkout-sessions", asked(), headers={"request-signature": "test"})
    assert agent.last.status_code == 201


@pytest.mark.parametrize("path", ["/checkout-sessions/co_none", "/nowhere"])
def test_every_answer_is_signed(agent: Agent, path: str) -> None:
    """Faults are signed like successes, over the status and the exact bytes."""
    agent.call("GET", path)
    check_answer(agent, agent.last)
    agent.open()
    check_answer(agent, agent.last)


def check_answer(agent: Agent, answer: httpx.Response) -> None:
    """Rebuild the signature base by hand and verify it with the published key."""
    headers = answer.headers
    digest = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
    assert headers["content-digest"] == f"sha-256=:{digest}:"
    given = re.fullmatch(r'sig1=(\((.*?)\);created=\d+;keyid="(.*?)")', headers["signature-input"])
    assert given is not None
    assert given[2] == '"@status" "content-digest" "content-type"'
    base = (
        f'"@status": {answer.status_code}\n"content-digest": {headers["content-digest"]}\n'
        f'"content-type": {headers["content-type"]}\n"@signature-params": {given[1]}'
    )
    raw = base64.b64decode(headers["signature"].removeprefix("sig1=:").removesuffix(":"))
    profile = agent.client.get("/.well-known/ucp").json()
    jwk = next(key for key in profile["signing_keys"] if key["kid"] == given[3])

    def coordinate(name: str) -> int:
        return int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "="), "big")

    public = ec.EllipticCurvePublicNumbers(coordinate("x"), coordinate("y"), ec.SECP256R1()).public_key()
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public.verify(der, base.encode(), ec.ECDSA(hashes.SHA256()))


def test_private_key_is_read_and_never_shown() -> None:
    """A key comes from PEM text; anything else is refused without showing it."""
    key = SigningKey.generate()
    assert SigningKey.from_pem(key.to_pem()).key_id == key.key_id
    assert "PRIVATE" not in repr(key)
    with pytest.raises(InputError, match="P-256") as refused:
        SigningKey.from_pem("-----BEGIN SECRET-----")
    assert "SECRET" not in str(refused.value)


def test_sealed_text_opens_for_its_own_purpose_only() -> None:
    """A sealed secret is bound to its key and to what it was sealed for."""
    key = SigningKey.generate()
    sealed = key.seal("s3cret", bound_to="co_1")
    assert key.unseal(sealed, bound_to="co_1") == "s3cret"
    assert key.unseal(sealed, bound_to="co_2") == ""
    assert SigningKey.generate().unseal(sealed, bound_to="co_1") == ""


def test_verify_refuses_what_it_cannot_read() -> None:
    """A malformed key verifies nothing; another algorithm is said to be unsupported."""
    key = SigningKey.generate()
    signature = key.sign(b"x")
    assert verify(key.jwk(), b"x", signature)
    assert not verify(key.jwk(), b"y", signature)
    assert not verify({**key.jwk(), "x": "%%"}, b"x", signature)
    assert not verify({**key.jwk(), "y": key.jwk()["x"]}, b"x", signature)
    with pytest.raises(UnsupportedKey):
        verify({"kty": "EC", "crv": "P-384"}, b"x", signature)
