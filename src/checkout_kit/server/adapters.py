"""Mounting adapters: rate call-backs within the platform's deadline, webhooks once each, protocols."""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Final

from attrs import field, frozen
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from checkout_kit.adapter import (
    AnswerCache,
    AnyAdapter,
    Capability,
    HttpRequest,
    HttpResponse,
    RetryPolicy,
    WebhookEvent,
    answer_question,
    answer_webhook,
    quote_for_cache,
    read_rates,
    render_quote,
    run_async,
    unavailable,
)
from checkout_kit.errors import CheckoutKitError
from checkout_kit.service import AsyncCheckoutService
from checkout_kit.shipping import Quote, QuoteRequest

_LOG: Final = logging.getLogger("checkout_kit.server")
# Of the platform's deadline, so much is kept for quoting, rendering and the way back.
_FOR_OURSELVES: Final = 0.25
_REMEMBER_EVENTS: Final = dt.timedelta(days=7)
# What is fetched while a platform waits for our answer.
_FETCHING: Final = RetryPolicy(attempts=1, timeout_s=2.0)

LiveRates = Callable[[QuoteRequest], Awaitable[QuoteRequest]]
OnEvent = Callable[[AnyAdapter, WebhookEvent], Awaitable[None]]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


async def _only_log(adapter: AnyAdapter, event: WebhookEvent) -> None:
    _LOG.info("%s reports %s of %s", adapter.name, event.kind, event.subject_id)


@frozen(kw_only=True)
class AdapterHost:
    """What mounted adapters answer with.

    Attributes:
        quoter: usually `policy.quote`; pure and fast.
        live: adds what live sources say to a request; when it is slower than the deadline allows, or
            fails, the policy's stored table answers alone.
        on_event: takes each webhook's event, once; when it fails, the platform is told to deliver it again.
        clock: the current instant.
    """

    quoter: Callable[[QuoteRequest], Quote]
    live: LiveRates | None = None
    on_event: OnEvent = _only_log
    clock: Callable[[], dt.datetime] = _now
    quotes: AnswerCache[Quote] = field(factory=AnswerCache)
    events: AnswerCache[bool] = field(factory=lambda: AnswerCache(100_000))
    _fetching: asyncio.Lock = field(factory=asyncio.Lock, init=False, eq=False)

    async def rates(self, adapter: AnyAdapter, request: HttpRequest) -> HttpResponse:
        """The answer to a rate call-back; whatever breaks is the platform's "unavailable"."""
        now = self.clock()
        try:
            if adapter.fetch_first(request, now=now) is not None:
                await self._fetch(adapter, request, now)
            read = read_rates(adapter, request, now=now)
            if isinstance(read, HttpResponse):
                return read
            quote = await self._quote(adapter, request, read, now)
            return render_quote(adapter, read, quote, now=now)
        except Exception as error:  # noqa: BLE001 - the shop must see "unavailable", and it is logged
            return unavailable(adapter, error)

    async def _quote(
        self, adapter: AnyAdapter, received: HttpRequest, request: QuoteRequest, now: dt.datetime
    ) -> Quote:
        # The body is the cart and the address and nothing else that counts: the same bytes, the same quote.
        key = (adapter.name, received.body)
        quote = self.quotes.get(key, now=now)
        if quote is None:
            if self.live is not None:
                seconds = adapter.deadline_s(received) * (1 - _FOR_OURSELVES)
                request = await self._with_live(self.live, request, seconds)
            keeps_s = adapter.platform_cache_s
            quote = quote_for_cache(self.quoter, request, keeps_s=keeps_s)
            # A kept quote must still hold when the platform, in turn, has kept it to the end.
            changes = quote.valid_until - dt.timedelta(seconds=keeps_s)
            until = min(now + dt.timedelta(seconds=adapter.most_fresh_s), changes)
            if until > now:
                self.quotes.put(key, quote, until=until)
        return quote

    async def _with_live(self, live: LiveRates, request: QuoteRequest, seconds: float) -> QuoteRequest:
        try:
            return await asyncio.wait_for(live(request), timeout=seconds)
        except (TimeoutError, CheckoutKitError) as error:
            _LOG.warning("live rates are left out: %s", type(error).__name__)
            return request

    async def _fetch(self, adapter: AnyAdapter, request: HttpRequest, now: dt.datetime) -> None:
        import httpx

        async with self._fetching:
            # Asked again, as whoever waited for the lock may find everything fetched.
            steps = adapter.fetch_first(request, now=now)
            if steps is not None:
                async with httpx.AsyncClient() as client:
                    await run_async(steps, client, retry=_FETCHING, throttle=adapter.throttled_s)

    async def _is_ready(self, adapter: AnyAdapter, request: HttpRequest, now: dt.datetime) -> bool:
        try:
            if adapter.fetch_first(request, now=now) is not None:
                await self._fetch(adapter, request, now)
        except CheckoutKitError as error:
            _LOG.error("%s: nothing to verify with: %s", adapter.name, adapter.scrub(str(error)))
            return False
        return True

    async def question(self, name: str, adapter: AnyAdapter, request: HttpRequest) -> HttpResponse:
        """The answer to what else the platform asks; live sources are not asked for it."""
        now = self.clock()
        if not await self._is_ready(adapter, request, now):
            return HttpResponse(status=503)
        return answer_question(adapter, name, request, self.quoter, now=now)

    async def webhook(self, adapter: AnyAdapter, request: HttpRequest) -> HttpResponse:
        """The answer to a webhook; an event is known only once it has been taken."""
        now = self.clock()
        if not await self._is_ready(adapter, request, now):
            return HttpResponse(status=503)
        answer = answer_webhook(
            adapter, request, now=now, is_known=lambda key: self.events.get(key, now=now) is not None
        )
        if answer.event is not None:
            try:
                await self.on_event(adapter, answer.event)
            except CheckoutKitError as error:
                _LOG.error("%s: event %s is not taken: %s", adapter.name, answer.event.id, error.code)
                return HttpResponse(status=503)
            self.events.put(f"{adapter.name}:{answer.event.id}", True, until=now + _REMEMBER_EVENTS)
        return answer.response


def adapter_routes(
    adapters: Iterable[AnyAdapter],
    host: AdapterHost,
    *,
    service: AsyncCheckoutService | None = None,
    prefix: str = "/adapters",
) -> list[BaseRoute]:
    """The routes of all adapters: `<prefix>/<name>/rates`, `/webhooks`, questions, and what protocols mount.

    An adapter that runs inside its platform is mounted too when it answers rates: its shop may ask us.
    """
    routes: list[BaseRoute] = []
    for adapter in adapters:
        base = f"{prefix}/{adapter.name}"
        if Capability.RATES in adapter.capabilities:
            routes += _posts(f"{base}/rates", adapter, host.rates)
        for question in adapter.questions:
            routes += _posts(f"{base}/{question}", adapter, partial(host.question, question))
        if Capability.WEBHOOKS in adapter.capabilities:
            routes += _posts(f"{base}/webhooks", adapter, host.webhook)
        if Capability.CHECKOUTS in adapter.capabilities and service is not None:
            routes += adapter.mount(service)
    return routes


def _posts(
    path: str, adapter: AnyAdapter, answer: Callable[[AnyAdapter, HttpRequest], Awaitable[HttpResponse]]
) -> Sequence[BaseRoute]:
    endpoint = _Endpoint(adapter, answer)
    # The longer path is for platforms that sign nothing and send our secret back as its last segment.
    return [Route(path, endpoint, methods=["POST"]), Route(path + "/{token}", endpoint, methods=["POST"])]


class _Endpoint:
    """An ASGI application for one route; a platform may call a thousand times a second."""

    def __init__(
        self, adapter: AnyAdapter, answer: Callable[[AnyAdapter, HttpRequest], Awaitable[HttpResponse]]
    ) -> None:
        self.adapter = adapter
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, no further than one byte beyond what is allowed, and send the adapter's answer."""
        body = b""
        more = True
        while more and len(body) <= self.adapter.most_bytes:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        request = HttpRequest(url=scope["path"], headers=headers, body=body[: self.adapter.most_bytes + 1])
        answered = await self.answer(self.adapter, request)
        sent = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answered.headers.items()]
        sent.append((b"content-length", b"%d" % len(answered.body)))
        await send({"type": "http.response.start", "status": answered.status, "headers": sent})
        await send({"type": "http.response.body", "body": answered.body})
