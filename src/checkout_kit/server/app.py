"""The ASGI application: JSON API, OpenAPI document and hosted page over one checkout service."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute

from checkout_kit.errors import CheckoutKitError
from checkout_kit.server.api import Api
from checkout_kit.server.assets import Assets
from checkout_kit.server.bodies import MAX_BODY_BYTES
from checkout_kit.server.openapi import OpenApi
from checkout_kit.server.page import Page
from checkout_kit.server.problem_documents import (
    RequestRefused,
    answer_http,
    answer_ours,
    answer_refused,
)
from checkout_kit.server.rate_limit import LimitRate, RateLimit
from checkout_kit.server.resuming import LinkOpener
from checkout_kit.server.security import SecurityHeaders, answer_unexpected
from checkout_kit.server.settings import PageSettings
from checkout_kit.server.shop_keys import ShopKey, ShopKeys
from checkout_kit.service import AsyncCheckoutService

_LOG = logging.getLogger("checkout_kit.server")


def _no_routes(_page: Page) -> tuple[BaseRoute, ...]:
    return ()


def create_app(
    service: AsyncCheckoutService,
    *,
    page: PageSettings | None = None,
    shop_keys: Iterable[ShopKey] = (),
    allowed_origins: Sequence[str] = (),
    max_body_bytes: int = MAX_BODY_BYTES,
    rate_limit: RateLimit | None = None,
    more_routes: Callable[[Page], Sequence[BaseRoute]] = _no_routes,
    prepare: Callable[[], Awaitable[object]] | None = None,
    due_every_s: float | None = None,
) -> Starlette:
    """The application; mount it under any path of an ASGI store, or run it by itself.

    Run by itself (not mounted), `prepare` is awaited once before the first request, and every `due_every_s`
    seconds what is due is done: effects a crash left open, events, expiries.

    Args:
        shop_keys: open the trusted side of the API: prices and customers given by the shop's own server.
        allowed_origins: web origins whose scripts may call the API.
        max_body_bytes: a larger body is refused unread.
        rate_limit: holds for each client address, in each process.
        more_routes: makes further routes from the page; they come before the page's own.
    """
    settings = page or PageSettings()
    hosted = hosted_page(service, settings)
    api = Api(service, ShopKeys(tuple(shop_keys)), max_body_bytes)
    middleware = [Middleware(SecurityHeaders)]
    if rate_limit is not None:
        middleware.append(Middleware(LimitRate, limit=rate_limit))
    if allowed_origins:
        middleware.append(
            Middleware(
                CORSMiddleware,
                allow_origins=list(allowed_origins),
                allow_methods=["GET", "POST", "PATCH", "PUT"],
                allow_headers=[
                    "authorization",
                    "checkout-secret",
                    "content-type",
                    "idempotency-key",
                    "if-match",
                ],
                expose_headers=["etag", "location", "retry-after"],
            )
        )
    return Starlette(
        routes=[
            *api.routes(),
            *OpenApi(settings.shop_name).routes(),
            *more_routes(hosted),
            *LinkOpener(hosted).routes(),
            *hosted.routes(),
        ],
        middleware=middleware,
        exception_handlers={
            RequestRefused: answer_refused,
            CheckoutKitError: answer_ours,
            HTTPException: answer_http,
            Exception: answer_unexpected,
        },
        lifespan=lambda _app: _running(service, prepare, due_every_s),
    )


@asynccontextmanager
async def _running(
    service: AsyncCheckoutService, prepare: Callable[[], Awaitable[object]] | None, due_every_s: float | None
) -> AsyncIterator[None]:
    if prepare is not None:
        await prepare()
    rounds = asyncio.create_task(_do_what_is_due(service, due_every_s)) if due_every_s else None
    try:
        yield
    finally:
        if rounds is not None:
            rounds.cancel()
            with suppress(asyncio.CancelledError):
                await rounds
        await service.close()


async def _do_what_is_due(service: AsyncCheckoutService, every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        try:
            await service.run_due()
        except CheckoutKitError:
            _LOG.warning("a round of what is due failed; the next is in %s s", every_s, exc_info=True)
        except Exception as error:  # noqa: BLE001 - a bad round must not be the last one
            _LOG.error("a round of what is due failed (%s)", type(error).__name__)


def hosted_page(service: AsyncCheckoutService, settings: PageSettings) -> Page:
    """The page with its templates compiled once."""
    templates = Environment(
        loader=PackageLoader("checkout_kit.server"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )
    return Page(service, settings, Assets.load(), templates)
