"""Requests sent twice: the first answer is kept and given again, another request under its key is refused."""

import asyncio
import datetime as dt
import hashlib
import json
import math
from collections.abc import Awaitable, Callable
from functools import partial

from attrs import define
from checkout_kit.adapter import HttpRequest, HttpResponse
from checkout_kit.adapter.protocol_store import KeptAnswer, ProtocolStore
from checkout_kit.errors import Conflict, InputError, Unavailable

from checkout_kit_acp.faults import AcpFault
from checkout_kit_acp.session import off_loop

MOST_CHARACTERS = 255
PURGE_EVERY = dt.timedelta(hours=1)


@define(kw_only=True)
class Repeats:
    """Answers kept by agent, endpoint and Idempotency-Key.

    Source: ACP 2026-04-17, openapi.agentic_checkout.yaml: the key is needed on every POST; the same request
    is answered again and marked, another one is refused (422), one still under way too (409, Retry-After).
    """

    documents: ProtocolStore
    clock: Callable[[], dt.datetime]
    keeps: dt.timedelta
    _purged_at: dt.datetime | None = None

    async def once(
        self, request: HttpRequest, agent: str, answer: Callable[[], Awaitable[HttpResponse]]
    ) -> HttpResponse:
        """The answer, from `answer` the first time; only sessions and carts are kept, never an error."""
        key = request.header("idempotency-key").strip()
        if not key:
            raise AcpFault(400, "idempotency_key_required", "the Idempotency-Key header is missing")
        if len(key) > MOST_CHARACTERS or not key.isprintable():
            raise AcpFault(
                400,
                "idempotency_key_required",
                f"an Idempotency-Key has at most {MOST_CHARACTERS} characters",
            )
        await self._forget_old()
        path = request.url.partition("?")[0]
        scope, remote = f"acp:{agent}:{request.method} {path}", self.documents.is_remote
        digest = json_digest(request.body)
        claim = partial(self.documents.claim, scope, key, digest, now=self.clock())
        try:
            kept = await off_loop(remote, claim)
        except Conflict:
            raise _in_flight() from None
        if kept is not None:
            return _again(kept, digest)
        release = partial(self.documents.release, scope, key)
        try:
            response = await answer()
        except BaseException:
            await asyncio.shield(off_loop(remote, release))
            raise
        if response.status >= 400:
            await off_loop(remote, release)
            return response
        keep = partial(
            self.documents.keep, scope, key, status=response.status, headers="{}", body=response.body
        )
        try:
            await off_loop(remote, keep)
        except Unavailable:
            # It is done and must not be undone; the claim's lease lets the same request in again later,
            # which finds the session as it is now.
            return response
        return response

    async def _forget_old(self) -> None:
        """Once an hour, forget what has been kept for long enough."""
        now = self.clock()
        if self._purged_at is not None and now < self._purged_at + PURGE_EVERY:
            return
        self._purged_at = now
        await off_loop(self.documents.is_remote, partial(self.documents.purge, before=now - self.keeps))


def json_digest(body: bytes) -> str:
    """A digest of what the JSON means: neither space, nor the order of members, nor 1 for 1.0 matters.

    >>> json_digest(b'{"a": 1, "b": [2.0]}') == json_digest(b'{ "b":[2], "a":1.0}')
    True
    """
    try:
        value = json.loads(body or b"{}", parse_float=_number, parse_constant=_number)
    except (ValueError, RecursionError):
        raise InputError.of("", "must be a JSON document") from None
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _number(text: str) -> float | int:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _in_flight() -> AcpFault:
    return AcpFault(
        409, "idempotency_in_flight", "the first request of this key is still being answered",
        headers={"retry-after": "1"},
    )  # fmt: skip


def _again(kept: KeptAnswer, digest: str) -> HttpResponse:
    if kept.digest != digest:
        raise AcpFault(
            422, "idempotency_conflict", "this Idempotency-Key was used before with another request body"
        )
    if kept.status == 0:
        raise _in_flight()
    return HttpResponse(status=kept.status, headers={"idempotent-replayed": "true"}, body=kept.body)
