"""Mounting adapters: rate call-backs within the platform's deadline, webhooks once each, protocols."""

import asyncio
import datetime as dt
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Final, TypeVar

from attrs import evolve, field, frozen
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

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
    parse_let_in,
    quote_for_cache,
    refuse_rates,
    render_quote,
    run_async,
    unavailable,
)
from checkout_kit.errors import CheckoutKitError
from checkout_kit.server.call_backs import Answer, CallBacksFirst, Endpoint
from checkout_kit.server.taken_events import TakenEvents, taken_events
from checkout_kit.service import AsyncCheckoutService
from checkout_kit.shipping import Quote, QuoteRequest

_LOG: Final = logging.getLogger("checkout_kit.server")
# Of the platform's deadline, so much is for live sources; the rest for quoting, rendering and the way back.
_FOR_LIVE: Final = 0.75
# Who is late by no more than this still brings what others have said in time.
_LENIENCE: Final = 1.1
# So long an answer is kept in which a live source had no part: it may be back soon.
_WITHOUT_LIVE_S: Final = 30
_COME_AGAIN: Final = HttpResponse(status=503, headers={"retry-after": "5", "cache-control": "no-store"})
_SECOND: Final = dt.timedelta(seconds=1)
_ANY_TIME: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
# What is fetched while a platform waits for our answer.
_FETCHING: Final = RetryPolicy(attempts=1, timeout_s=2.0)
# What is called while a buyer looks at a page.
_FOR_A_PAGE: Final = RetryPolicy(attempts=2, base_s=0.2, cap_s=1.0, total_s=3.0, timeout_s=5.0)

_Key = tuple[str, bytes]


@frozen(kw_only=True)
class Heard:
    """A request with what live sources said; `is_whole` where each of them did."""

    request: QuoteRequest
    is_whole: bool = True


LiveRates = Callable[[QuoteRequest, float], Awaitable[Heard]]
T = TypeVar("T")
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
        live: adds what live sources say to a request within so many seconds, such as `AskSources`; when it is
            slower than that, or fails, the policy's stored table answers alone.
        on_event: takes each webhook's event once; when it fails, the platform is told to deliver it again.
        clock: the current instant.
        answers: kept as bytes where they can be: thousands of quotes are objects enough to slow the collector
            of garbage, and with it the requests that wait for it.
        events: which events were taken. Without it they are remembered in the database of the service that
            the routes are made for, by all processes on it; without that, in this process.
    """

    quoter: Callable[[QuoteRequest], Quote]
    live: LiveRates | None = None
    on_event: OnEvent = _only_log
    clock: Callable[[], dt.datetime] = _now
    answers: AnswerCache[HttpResponse | Quote] = field(factory=AnswerCache)
    events: TakenEvents | None = None
    _fetching: asyncio.Lock = field(factory=asyncio.Lock, init=False, eq=False)

    async def rates(self, adapter: AnyAdapter, request: HttpRequest) -> HttpResponse:
        """The answer to a rate call-back; whatever breaks is the platform's "unavailable"."""
        now = self.clock()
        try:
            if adapter.fetch_first(request, now=now) is not None:
                await self._fetch(adapter, request, now)
            known = self._known(adapter, request, now)
            if isinstance(known, HttpResponse):
                return known
            key, read = known
            most_s = adapter.most_fresh_s
            if self.live is not None:
                seconds = adapter.deadline_s(request) * _FOR_LIVE
                heard = await self._heard(self.live, read, seconds)
                read, most_s = heard.request, most_s if heard.is_whole else min(most_s, _WITHOUT_LIVE_S)
                # A cut-off may have passed while they were waited for.
                asked_at, now = now, self.clock()
                read = evolve(read, placed_at=now) if read.placed_at == asked_at else read
            return self._quoted(adapter, read, key, now, most_s)
        except Exception as error:  # noqa: BLE001 - the shop must see "unavailable", and it is logged
            return unavailable(adapter, error)

    def rates_at_once(self, adapter: AnyAdapter, request: HttpRequest) -> HttpResponse | None:
        """What `rates` answers, or None where something has to be waited for: a key, or live sources."""
        now = self.clock()
        try:
            if adapter.fetch_first(request, now=now) is not None:
                return None
            known = self._known(adapter, request, now)
            if isinstance(known, HttpResponse):
                return known
            if self.live is not None:
                return None
            key, read = known
            return self._quoted(adapter, read, key, now, adapter.most_fresh_s)
        except Exception as error:  # noqa: BLE001 - the shop must see "unavailable", and it is logged
            return unavailable(adapter, error)

    def _known(
        self, adapter: AnyAdapter, request: HttpRequest, now: dt.datetime
    ) -> HttpResponse | tuple[_Key, QuoteRequest]:
        """The answer that needs no quote, a refusal or a kept one; or what to quote, and its key."""
        refused = refuse_rates(adapter, request, now=now)
        if refused is not None:
            return refused
        key = (adapter.name, request.body)
        kept = self.answers.get(key, now=now) if adapter.reads_only_body else None
        if isinstance(kept, HttpResponse):
            return kept
        read = parse_let_in(adapter, request, now=now)
        if isinstance(read, HttpResponse):
            return read
        if not adapter.reads_only_body:
            # A header may have counted too, so what was read decides whether it is the same question.
            key = (adapter.name, _digest(read, now))
            kept = self.answers.get(key, now=now)
            if isinstance(kept, HttpResponse):
                return kept
        return (key, read) if kept is None else render_quote(adapter, read, kept, now=now)

    def _quoted(
        self, adapter: AnyAdapter, request: QuoteRequest, key: _Key, now: dt.datetime, most_s: int
    ) -> HttpResponse:
        """A fresh answer, for `most_s` seconds at most, and kept for as long as it holds."""
        keeps_s = adapter.platform_cache_s
        quote = quote_for_cache(self.quoter, request, keeps_s=keeps_s)
        answer = render_quote(adapter, request, quote, now=now, most_fresh_s=most_s)
        lasts_s = (quote.valid_until - now) // _SECOND
        # What is kept must still hold when the platform, in turn, has kept it to the end.
        holds_s = min(most_s, lasts_s - keeps_s)
        # So long the answer stays the same to the byte; later it tells of fewer fresh seconds each time.
        same_s = min(holds_s, lasts_s - most_s)
        if same_s > 0:
            self.answers.put(key, answer, until=now + same_s * _SECOND)
        elif holds_s > 0:
            self.answers.put(key, quote, until=now + holds_s * _SECOND)
        return answer

    async def _heard(self, live: LiveRates, request: QuoteRequest, seconds: float) -> Heard:
        try:
            return await asyncio.wait_for(live(request, seconds), timeout=seconds * _LENIENCE)
        except Exception as error:  # noqa: BLE001 - the stored table answers without them
            _LOG.warning("live rates are left out: %s", type(error).__name__)
            return Heard(request=request, is_whole=False)

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
            return _COME_AGAIN
        return answer_question(adapter, name, request, self.quoter, now=now)

    async def page(self, name: str, adapter: AnyAdapter, request: HttpRequest) -> HttpResponse:
        """The answer to what the shop's own page asks; whatever breaks is logged and is `page_failed`."""
        import httpx

        try:
            steps = adapter.answer_page(name, request, self.quoter, now=self.clock())
            async with httpx.AsyncClient() as client:
                answer = await run_async(steps, client, retry=_FOR_A_PAGE, throttle=adapter.throttled_s)
        except Exception as error:  # noqa: BLE001 - the page goes on with what it has
            what = f"{type(error).__name__}: {adapter.scrub(str(error))}"
            _LOG.error("%s: %s is not answered: %s", adapter.name, name, what)
            answer = adapter.page_failed
        return evolve(answer, headers={"cache-control": "no-store", **answer.headers})

    async def webhook(
        self, adapter: AnyAdapter, request: HttpRequest, *, events: TakenEvents
    ) -> HttpResponse:
        """The answer to a webhook; an event counts as taken once `on_event` has come to its end."""
        now = self.clock()
        if not await self._is_ready(adapter, request, now):
            return _COME_AGAIN
        answer = answer_webhook(adapter, request, now=now, is_known=lambda _key: False)
        if answer.event is None:
            return answer.response
        try:
            is_taken = await self._take(adapter, answer.event, events, now)
        except CheckoutKitError as error:
            _LOG.error("%s: event %s is not taken: %s", adapter.name, answer.event.id, error.code)
            return _COME_AGAIN
        return answer.response if is_taken else _COME_AGAIN

    async def _take(
        self, adapter: AnyAdapter, event: WebhookEvent, events: TakenEvents, now: dt.datetime
    ) -> bool:
        """Act on an event unless that was done; False while somebody else is at it, who may yet fail."""
        key = f"{adapter.name}:{event.shop}:{event.id}"

        async def call(method: Callable[[], T]) -> T:
            return await asyncio.to_thread(method) if events.is_remote else method()

        claim = await call(partial(events.claim, key, now=now))
        if claim == "yours":
            try:
                await self.on_event(adapter, event)
            except BaseException:
                await call(partial(events.release, key, now=now))
                raise
            await call(partial(events.settle, key, now=now))
        return claim != "under way"


def _digest(request: QuoteRequest, now: dt.datetime) -> bytes:
    """What the answer depends on, except for the instant of asking."""
    timeless = evolve(request, placed_at=_ANY_TIME) if request.placed_at == now else request
    return hashlib.sha256(repr(timeless).encode("utf-8", "surrogatepass")).digest()


def adapter_routes(
    adapters: Iterable[AnyAdapter],
    host: AdapterHost,
    *,
    service: AsyncCheckoutService | None = None,
    prefix: str = "/adapters",
) -> list[BaseRoute]:
    """The routes of all adapters: `<prefix>/<name>/rates`, `/webhooks`, questions, pages, and protocols.

    An adapter that runs inside its platform is mounted too when it answers rates: its shop may ask us.
    """
    routes: list[BaseRoute] = []
    events = host.events or taken_events(service)
    for adapter in adapters:
        base = f"{prefix}/{adapter.name}"
        if Capability.RATES in adapter.capabilities:
            routes += _posts(f"{base}/rates", adapter, host.rates)
        for question in adapter.questions:
            routes += _posts(f"{base}/{question}", adapter, partial(host.question, question))
        for page in adapter.pages:
            asked = Endpoint(adapter, partial(host.page, page))
            shared = CORSMiddleware(
                asked,
                allow_origins=adapter.page_origins(),
                allow_methods=["POST"],
                allow_headers=["content-type"],
            )
            routes.append(Route(f"{base}/{page}", shared, methods=["POST", "OPTIONS"]))
        if Capability.WEBHOOKS in adapter.capabilities:
            routes += _posts(f"{base}/webhooks", adapter, partial(host.webhook, events=events))
        if Capability.CHECKOUTS in adapter.capabilities and service is not None:
            routes += adapter.mount(service)
    return routes


def call_backs_first(
    app: ASGIApp, adapters: Iterable[AnyAdapter], host: AdapterHost, *, prefix: str = "/adapters"
) -> CallBacksFirst:
    """An application that answers the rate call-backs of these adapters; all else it leaves to `app`."""
    answering = [adapter for adapter in adapters if Capability.RATES in adapter.capabilities]
    paths = {
        f"{prefix}/{adapter.name}/rates": Endpoint(adapter, host.rates, host.rates_at_once)
        for adapter in answering
    }
    return CallBacksFirst(app, paths)


def _posts(path: str, adapter: AnyAdapter, answer: Answer) -> Sequence[BaseRoute]:
    endpoint = Endpoint(adapter, answer)
    # The longer path is for platforms that sign nothing and send our secret back as its last segment.
    return [Route(path, endpoint, methods=["POST"]), Route(path + "/{token}", endpoint, methods=["POST"])]
