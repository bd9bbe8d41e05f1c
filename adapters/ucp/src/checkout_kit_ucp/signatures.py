"""HTTP message signatures (RFC 9421) over requests, answers and webhooks; body digests by RFC 9530."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from checkout_kit.adapter import HttpRequest

from checkout_kit_ucp.faults import ProtocolFault
from checkout_kit_ucp.keys import SigningKey, UnsupportedKey, verify
from checkout_kit_ucp.structured import (
    SignatureInput,
    byte_sequence,
    parse_byte_sequences,
    parse_signature_inputs,
)

LABEL: Final = "sig1"
TOLERANCE_S: Final = 300
_CHANGES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def content_digest(body: bytes) -> str:
    """The Content-Digest header of a body."""
    return "sha-256=" + byte_sequence(hashlib.sha256(body).digest())


def signed_answer_headers(
    status: int, headers: Mapping[str, str], body: bytes, key: SigningKey, *, now: dt.datetime
) -> dict[str, str]:
    """The headers that sign an answer; `headers` are lower case and hold its content-type."""
    values = {"@status": str(status)}
    if body:
        values |= {"content-digest": content_digest(body), "content-type": headers["content-type"]}
    return _signed(values, key, now=now)


def signed_request_headers(
    method: str, url: str, headers: Mapping[str, str], body: bytes, key: SigningKey, *, now: dt.datetime
) -> dict[str, str]:
    """The headers that sign a request of ours, such as a webhook, together with those in `headers`."""
    parts = urlsplit(url)
    values = {"@method": method, "@authority": parts.netloc.lower(), "@path": parts.path or "/"}
    if parts.query:
        values["@query"] = f"?{parts.query}"
    values |= dict(headers)
    if body:
        values["content-digest"] = content_digest(body)
    return _signed(values, key, now=now)


def _signed(values: Mapping[str, str], key: SigningKey, *, now: dt.datetime) -> dict[str, str]:
    listed = " ".join(f'"{name}"' for name in values)
    parameters = f'({listed});created={int(now.timestamp())};keyid="{key.key_id}"'
    signature = key.sign(_base(values, tuple(values), parameters))
    digest = {"content-digest": values["content-digest"]} if "content-digest" in values else {}
    return {
        **digest,
        "signature-input": f"{LABEL}={parameters}",
        "signature": f"{LABEL}={byte_sequence(signature)}",
    }


def _base(values: Mapping[str, str], components: Sequence[str], parameters: str) -> bytes:
    lines = [f'"{name}": {values[name]}' for name in components]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


def is_signed(request: HttpRequest) -> bool:
    """Whether the request claims to be signed; `request-signature`, of older versions, is ignored."""
    return "signature" in request.headers or "signature-input" in request.headers


def key_id_of(request: HttpRequest) -> str:
    """The id of the key a request claims to be signed with, or empty."""
    inputs = parse_signature_inputs(request.header("signature-input")) or {}
    return next((one.parameters.get("keyid", "") for one in inputs.values()), "")


def check_signature(
    request: HttpRequest, keys: Sequence[Mapping[str, object]], *, authority: str, now: dt.datetime
) -> None:
    """Let a signed request in only if one of the platform's keys signed it as it arrived.

    `authority` and the path in `request.url` are those the profile advertises, whatever proxies made of them.

    Raises:
        ProtocolFault: `signature_missing`, `signature_invalid`, `key_not_found` (401), `digest_mismatch` or
            `algorithm_unsupported` (400). Source: UCP 2026-04-08, signatures "Error Handling".
    """
    inputs = parse_signature_inputs(request.header("signature-input"))
    signatures = parse_byte_sequences(request.header("signature"))
    if not request.header("signature") or not request.header("signature-input"):
        raise ProtocolFault(401, "signature_missing", "send both the Signature and Signature-Input headers")
    label = next((label for label in inputs or {} if label in (signatures or {})), None)
    if inputs is None or signatures is None or label is None:
        raise ProtocolFault(401, "signature_invalid", "the signature headers cannot be read")
    given, key_id = inputs[label], inputs[label].parameters.get("keyid", "")
    jwk = next((key for key in keys if key.get("kid") == key_id), None)
    if jwk is None:
        raise ProtocolFault(401, "key_not_found", "the signer's profile publishes no key of that keyid")
    if request.body:
        sent = parse_byte_sequences(request.header("content-digest")) or {}
        if not hmac.compare_digest(sent.get("sha-256", b""), hashlib.sha256(request.body).digest()):
            raise ProtocolFault(400, "digest_mismatch", "Content-Digest does not fit the body")
    values = _request_values(request, authority)
    missing = _required(request, values) - set(given.components)
    if missing or not set(given.components) <= values.keys() or _is_stale(given, now):
        raise ProtocolFault(
            401,
            "signature_invalid",
            f"sign {', '.join(sorted(missing))} too" if missing else "the signature covers no such request",
        )
    try:
        fits = verify(jwk, _base(values, given.components, given.raw), signatures[label])
    except UnsupportedKey as problem:
        raise ProtocolFault(400, "algorithm_unsupported", "sign with a P-256 key (ES256)") from problem
    if not fits:
        raise ProtocolFault(401, "signature_invalid", "the signature does not fit the request")


def _request_values(request: HttpRequest, authority: str) -> dict[str, str]:
    path, mark, query = request.url.partition("?")
    values = {name: text.strip() for name, text in request.headers.items()}
    values |= {"@method": request.method, "@authority": authority.lower(), "@path": path}
    if mark:
        values["@query"] = f"?{query}"
    return values


def _required(request: HttpRequest, values: Mapping[str, str]) -> set[str]:
    needed = {"@method", "@authority", "@path"}
    needed |= {name for name in ("@query", "ucp-agent") if name in values}
    if request.body:
        needed |= {"content-digest", "content-type"}
    if request.method in _CHANGES and "idempotency-key" in values:
        needed.add("idempotency-key")
    return needed


def _is_stale(given: SignatureInput, now: dt.datetime) -> bool:
    at = now.timestamp()
    for name in ("created", "expires"):
        text = given.parameters.get(name, "")
        # The length is bounded because Python refuses to read an integer of thousands of digits.
        if text and not (text.isascii() and text.isdecimal() and len(text) <= 12):
            return True
        if text and (at > int(text) if name == "expires" else abs(at - int(text)) > TOLERANCE_S):
            return True
    return False
