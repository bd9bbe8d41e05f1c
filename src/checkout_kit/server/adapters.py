"""Mounting adapters: rate call-backs within the platform's deadline, webhooks once each, protocols."""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

from attrs import evolve, field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from checkout_kit.adapter import (
    AnswerCache,
    AnyAdapter,
    Capability,
    HttpRequest,
    HttpResponse,
    WebhookEvent,
    answer_webhook,
    quote_for_cache,
    read_rates,
    render_quote,
    unavailable,
)
from checkout_kit.errors import CheckoutKitError
from checkout_kit.service import AsyncCheckoutService
from checkout_kit.shipping import Quote, QuoteRequest

_LOG: Final = logging.getLogger("checkout_kit.server")
_NO_INSTANT: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
# Of the platform's deadline, so much is kept for quoting, rendering and the way back.
_FOR_OURSELVES: Final = 0.25
_REMEMBER_EVENTS: Final = dt.timedelta(days=7)

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

    async def rates(self, adapter: AnyAdapter, request: HttpRequest) -> HttpResponse:
        """The answer to a rate call-back; whatever breaks is the platform's "unavailable"."""
        now = self.clock()
        try:
            read = read_rates(adapter, request, now=now)
            if isinstance(read, HttpResponse):
                return read
            quote = await self._quote(adapter, read, adapter.deadline_s(request), now)
            return render_quote(adapter, read, quote, now=now)
        except Exception as error:  # noqa: BLE001 - the shop must see "unavailable", and it is logged
            return unavailable(adapter, error)

    async def _quote(
        self, adapter: AnyAdapter, request: QuoteRequest, deadline_s: float, now: dt.datetime
    ) -> Quote:
        key = (adapter.name, evolve(request, placed_at=_NO_INSTANT))
        quote = self.quotes.get(key, now=now)
        if quote is None:
            if self.live is not None:
                request = await self._with_live(self.live, request, deadline_s * (1 - _FOR_OURSELVES))
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

    async def webhook(self, adapter: AnyAdapter, request: HttpRequest) -> HttpResponse:
        """The answer to a webhook; an event is known only once it has been taken."""
        now = self.clock()
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
    """The routes of all adapters: `<prefix>/<name>/rates` and `/webhooks`, and what protocols mount.

    An adapter that runs inside its platform is mounted too when it answers rates: its shop may ask us.
    """
    routes: list[BaseRoute] = []
    for adapter in adapters:
        base = f"{prefix}/{adapter.name}"
        if Capability.RATES in adapter.capabilities:
            routes += _posts(f"{base}/rates", adapter, host.rates)
        if Capability.WEBHOOKS in adapter.capabilities:
            routes += _posts(f"{base}/webhooks", adapter, host.webhook)
        if Capability.CHECKOUTS in adapter.capabilities and service is not None:
            routes += adapter.mount(service)
    return routes


def _posts(
    path: str, adapter: AnyAdapter, answer: Callable[[AnyAdapter, HttpRequest], Awaitable[HttpResponse]]
) -> Sequence[BaseRoute]:
    async def endpoint(request: Request) -> Response:
        body = await _limited_body(request, adapter.most_bytes)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers.raw}
        received = HttpRequest(url=request.url.path, headers=headers, body=body)
        answered = await answer(adapter, received)
        return Response(answered.body, status_code=answered.status, headers=dict(answered.headers))

    # The longer path is for platforms that sign nothing and send our secret back as its last segment.
    return [Route(path, endpoint, methods=["POST"]), Route(path + "/{token}", endpoint, methods=["POST"])]


async def _limited_body(request: Request, most_bytes: int) -> bytes:
    """The body, read no further than one byte beyond what is allowed."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        chunks.append(chunk[: most_bytes + 1 - size])
        size += len(chunks[-1])
        if size > most_bytes:
            break
    return b"".join(chunks)
