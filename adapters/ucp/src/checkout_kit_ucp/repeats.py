"""Requests sent twice: the first answer is kept and given again, another request under its key is refused."""

import asyncio
import datetime as dt
import hashlib
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Final

from attrs import define
from checkout_kit.adapter import HttpRequest, HttpResponse
from checkout_kit.adapter.protocol_store import KeptAnswer, ProtocolStore
from checkout_kit.errors import Unavailable

from checkout_kit_ucp.faults import ProtocolFault
from checkout_kit_ucp.keys import SigningKey
from checkout_kit_ucp.sessions import off_loop

_PURGE_EVERY: Final = dt.timedelta(hours=1)


@define(kw_only=True)
class Repeats:
    """Answers kept by platform and Idempotency-Key.

    Source: UCP 2026-04-08, checkout-rest "Idempotency" and signatures "Replay protection": a digest of the
    raw body, 24 hours at least, 409 for another request, 503 while answers cannot be stored. Answers hold
    links that act for the buyer, so they are stored sealed with the shop's key.
    """

    documents: ProtocolStore
    clock: Callable[[], dt.datetime]
    key: SigningKey
    keeps: dt.timedelta
    _purged_at: dt.datetime | None = None

    async def once(
        self, request: HttpRequest, platform: str, answer: Callable[[], Awaitable[HttpResponse]]
    ) -> HttpResponse:
        """The answer, from `answer` the first time; only successes and business outcomes are kept."""
        key = request.header("idempotency-key").strip()
        if not key or request.method == "GET":
            return await answer()
        if len(key) > 200 or not key.isprintable():
            raise ProtocolFault(400, "invalid_request", "an Idempotency-Key has at most 200 characters")
        await self._forget_old()
        scope, remote = f"ucp:{platform}", self.documents.is_remote
        digest = _digest(request)
        try:
            kept = await off_loop(remote, partial(self.documents.claim, scope, key, digest, now=self.clock()))
        except Unavailable as problem:
            raise ProtocolFault(
                503,
                "idempotency_unavailable",
                "repeated requests cannot be told apart just now; nothing was done, try again",
                headers={"retry-after": "5"},
            ) from problem
        if kept is not None:
            return self._again(kept, digest, f"{scope} {key}")
        try:
            response = await answer()
        except BaseException:
            await asyncio.shield(off_loop(remote, partial(self.documents.release, scope, key)))
            raise
        if response.status >= 400:
            await off_loop(remote, partial(self.documents.release, scope, key))
        else:
            headers = json.dumps({"content-type": response.headers.get("content-type", "")})
            await off_loop(
                remote,
                partial(
                    self.documents.keep,
                    scope,
                    key,
                    status=response.status,
                    headers=headers,
                    body=self.key.seal_bytes(response.body, bound_to=f"{scope} {key}"),
                ),
            )
        return response

    def _again(self, kept: KeptAnswer, digest: str, sealed_for: str) -> HttpResponse:
        if kept.digest != digest:
            raise ProtocolFault(
                409, "idempotency_conflict", "this Idempotency-Key was used before with another request"
            )
        if kept.status == 0:
            raise ProtocolFault(
                409, "request_in_progress", "the first request of this key is not answered yet",
                headers={"retry-after": "1"},
            )  # fmt: skip
        body = self.key.unseal_bytes(kept.body, bound_to=sealed_for)
        if body is None:
            raise ProtocolFault(
                409,
                "idempotency_conflict",
                "the first answer was sealed with a former key; read the resource",
            )
        headers = {**json.loads(kept.headers), "idempotent-replayed": "true"}
        return HttpResponse(status=kept.status, headers=headers, body=body)

    async def _forget_old(self) -> None:
        """Once an hour, drop answers kept longer than promised; a failure waits for the next hour."""
        now = self.clock()
        if self._purged_at is not None and now < self._purged_at + _PURGE_EVERY:
            return
        self._purged_at = now
        with suppress(Unavailable):
            await off_loop(self.documents.is_remote, partial(self.documents.purge, before=now - self.keeps))


def _digest(request: HttpRequest) -> str:
    target = f"{request.method} {request.url}\n".encode()
    return hashlib.sha256(target + request.body).hexdigest()
