"""The protocol over one checkout service: a request in, an answer out, whoever serves the HTTP."""

import logging
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, cast
from urllib.parse import urlsplit

from attrs import evolve
from checkout_kit.adapter import HttpRequest, HttpResponse
from checkout_kit.adapter.protocol_orders import (
    Adjustment,
    FulfillmentEvent,
    claim_order,
    load_activity,
    record_activity,
)
from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.errors import CheckoutKitError, InputError, NotFound, Unavailable, VersionConflict
from checkout_kit.orders import Order
from checkout_kit.service import AsyncCheckoutService
from pydantic_core import to_json

from checkout_kit_ucp.carts import Carts
from checkout_kit_ucp.checkouts import Checkouts
from checkout_kit_ucp.desk import Desk
from checkout_kit_ucp.faults import (
    Answer,
    BusinessError,
    Json,
    ProtocolFault,
    invalid_request,
    not_found,
)
from checkout_kit_ucp.negotiation import Negotiated, negotiate, profile_document
from checkout_kit_ucp.orders import order_json
from checkout_kit_ucp.platforms import PlatformProfile, ProfileResolver, check_profile_url
from checkout_kit_ucp.rendering import Renderer
from checkout_kit_ucp.repeats import Repeats
from checkout_kit_ucp.session import CART_KIND, CHECKOUT_KIND, Session
from checkout_kit_ucp.sessions import async_load, async_save, off_loop
from checkout_kit_ucp.settings import PREFIX, UcpSettings
from checkout_kit_ucp.signatures import check_signature, is_signed, key_id_of, signed_answer_headers
from checkout_kit_ucp.structured import parse_agent
from checkout_kit_ucp.versions import ORDER, Version, is_version

_LOG: Final = logging.getLogger("checkout_kit_ucp")
_PROFILE_PATH: Final = "/.well-known/ucp"
_JSON: Final = "application/json"
_TARGET: Final = re.compile(
    r"/(?P<resource>checkout-sessions|carts|orders)(?:/(?P<id>[\w.:-]{1,100}))?(?:/(?P<verb>complete|cancel))?"
)


class Ucp:
    """The Universal Commerce Protocol for one shop; share one instance.

    It opens, changes and completes checkouts of the same service the page and the JSON API use, so that
    prices, options and promised dates are the same everywhere; `documents` keeps what only it knows.
    """

    def __init__(
        self,
        service: AsyncCheckoutService,
        documents: ProtocolStore,
        settings: UcpSettings,
        profiles: ProfileResolver,
    ) -> None:
        self.service = service
        self.documents = documents
        self.settings = settings
        self.profiles = profiles
        self.renderer = Renderer(settings=settings)
        desk = Desk(service=service, documents=documents, settings=settings, renderer=self.renderer)
        self._carts = Carts(desk)
        self._checkouts = Checkouts(desk, self._carts)
        self._repeats = Repeats(
            documents=documents,
            clock=service.parts.clock,
            key=settings.signing_key,
            keeps=settings.keeps_answers,
        )
        self._profiles: dict[tuple[str, bool], bytes] = {}
        self._root = urlsplit(settings.base_url).path.rstrip("/")

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one request; `request.url` is path and query below `base_url`."""
        try:
            return await self._handle(request)
        except ProtocolFault as problem:
            return self._signed(problem.status, problem.body(), problem.headers)
        except BusinessError as problem:
            return self._signed(problem.status, self._envelope(problem, request))
        except InputError as problem:
            fault = invalid_request(problem)
            return self._signed(fault.status, fault.body())
        except VersionConflict:
            return self._fault(
                409, "conflict", "another request changed this at the same time; send it again"
            )
        except Unavailable:
            return self._fault(503, "service_unavailable", "try again shortly", {"retry-after": "2"})
        except CheckoutKitError as problem:
            _LOG.error("UCP request failed: %s", type(problem).__name__)
            return self._fault(500, "internal_error", "the request could not be processed")

    async def _handle(self, request: HttpRequest) -> HttpResponse:
        path = request.url.partition("?")[0]
        if path == _PROFILE_PATH or path.startswith(f"{_PROFILE_PATH}/"):
            return self._profile(path.removeprefix(_PROFILE_PATH).removeprefix("/"))
        version, _, rest = path.removeprefix(f"{PREFIX}/").partition("/")
        target = _TARGET.fullmatch(f"/{rest}")
        if not path.startswith(f"{PREFIX}/") or not is_version(version) or target is None:
            raise ProtocolFault(404, "not_found", "there is no such endpoint")
        with_, is_verified = await self._let_in(request, cast(Version, version))
        operation = self._operation(request, target, with_, is_verified=is_verified)

        async def answer() -> HttpResponse:
            try:
                done = await operation()
            except BusinessError as problem:
                if problem.status != 200:
                    raise
                done = Answer(document=self._envelope(problem, request))
            return HttpResponse(
                status=done.status, headers={"content-type": _JSON}, body=to_json(done.document)
            )

        response = await self._repeats.once(request, with_.platform.url, answer)
        return self._sign(response)

    async def _let_in(self, request: HttpRequest, version: Version) -> tuple[Negotiated, bool]:
        agent = parse_agent(request.header("ucp-agent"))
        if agent is None:
            raise ProtocolFault(
                400, "invalid_profile_url", 'name your profile: UCP-Agent: profile="https://..."'
            )
        check_profile_url(agent.profile, allows_loopback_http=self.settings.allows_loopback_http)
        platform = await self.profiles.resolve(agent.profile, lacks_key=key_id_of(request))
        is_verified = is_signed(request)
        if is_verified:
            self._check_signature(request, platform)
        elif request.header("authorization", "x-api-key"):
            self._check_credential(request, platform)
            is_verified = True
        elif self.settings.requires_signatures:
            raise ProtocolFault(401, "signature_missing", "requests to this shop have to be signed")
        return negotiate(platform, version, agent.version), is_verified

    def _check_signature(self, request: HttpRequest, platform: PlatformProfile) -> None:
        as_advertised = evolve(request, url=f"{self._root}{request.url}")
        authority = urlsplit(self.settings.base_url).netloc
        check_signature(as_advertised, platform.keys, authority=authority, now=self.service.parts.clock())

    def _check_credential(self, request: HttpRequest, platform: PlatformProfile) -> None:
        owner = self.settings.authenticate(request)
        if not owner:
            raise ProtocolFault(
                401, "unauthorized", "this credential opens nothing", headers={"www-authenticate": "Bearer"}
            )
        if owner != platform.url:
            raise ProtocolFault(403, "identity_mismatch", "this credential belongs to another platform")

    def _operation(
        self, request: HttpRequest, target: re.Match[str], with_: Negotiated, *, is_verified: bool
    ) -> Callable[[], Awaitable[Answer]]:
        resource, one, verb = target["resource"], target["id"] or "", target["verb"] or ""
        checkouts, carts = self._checkouts, self._carts
        body, key = request.body, request.header("idempotency-key").strip()
        table: dict[tuple[str, str, bool, str], Callable[[], Awaitable[Answer]]] = {
            ("POST", "checkout-sessions", False, ""): partial(checkouts.create, body, with_),
            ("GET", "checkout-sessions", True, ""): partial(checkouts.get, one, with_),
            ("PUT", "checkout-sessions", True, ""): partial(checkouts.update, one, body, with_),
            ("POST", "checkout-sessions", True, "complete"): partial(
                checkouts.complete, one, body, with_, key=key
            ),
            ("POST", "checkout-sessions", True, "cancel"): partial(checkouts.cancel, one, with_),
            ("POST", "carts", False, ""): partial(carts.create, body, with_),
            ("GET", "carts", True, ""): partial(carts.get, one, with_),
            ("PUT", "carts", True, ""): partial(carts.update, one, body, with_),
            ("POST", "carts", True, "cancel"): partial(carts.cancel, one, with_),
            ("GET", "orders", True, ""): partial(self._get_order, one, with_, is_verified),
        }
        operation = table.get((request.method, resource, bool(one), verb))
        if operation is None:
            raise ProtocolFault(405, "method_not_allowed", "this resource does not know the method")
        kind = request.header("content-type").partition(";")[0].strip().lower()
        if request.body and kind != _JSON:
            raise ProtocolFault(415, "unsupported_media_type", "send the body as application/json")
        return operation

    async def _get_order(self, order_id: str, with_: Negotiated, is_verified: bool) -> Answer:
        if self.settings.order_reads == "authenticated" and not is_verified:
            raise _unauthenticated()
        try:
            order = await self.service.get_order(order_id)
        except NotFound as problem:
            raise not_found("order") from problem
        session = await self._session_of(order, with_.platform.url)
        read = claim_order if is_verified else load_activity
        activity = await off_loop(self.documents.is_remote, partial(read, self.documents, order.id))
        if activity.is_claimed and not is_verified:
            raise _unauthenticated()
        return Answer(
            document=order_json(
                order, session, activity, version=with_.version, capabilities={**with_.relevant(ORDER)},
                permalink=self.renderer.page_link(order.checkout_id, session),
            )
        )  # fmt: skip

    async def _session_of(self, order: Order, platform: str) -> Session:
        for kind in (CHECKOUT_KIND, CART_KIND):
            found = await async_load(self.documents, kind, order.checkout_id)
            if found is not None and found[0].platform == platform:
                return found[0]
        raise not_found("order")

    async def record(self, order_id: str, entry: Adjustment | FulfillmentEvent) -> None:
        """Add what happened to an order, and have its platform told; the same entry again changes nothing.

        Raises:
            NotFound: no such order.
            InputError: the entry names a line the order does not have.
        """
        await record_activity(self.service, self.documents, order_id, entry)

    async def adopt(self, checkout_id: str, *, platform: str, version: Version, secret: str = "") -> None:
        """Hand a checkout that was opened elsewhere to a platform, which may go on with it from now on.

        With the checkout's `secret` its links open the hosted page.

        Raises:
            NotFound: no such checkout.
            Conflict: a platform has it already.
        """
        await self.service.get(checkout_id)
        sealed = self.settings.signing_key.seal(secret, bound_to=checkout_id) if secret else ""
        session = Session(version=version, platform=platform, sealed_secret=sealed)
        await async_save(self.documents, CHECKOUT_KIND, checkout_id, session, 0)

    def _profile(self, version: str) -> HttpResponse:
        is_leaf = bool(version)
        shown = version or self.settings.primary_version
        if not is_version(shown):
            raise ProtocolFault(404, "not_found", "there is no profile of this version")
        body = self._profiles.get((shown, is_leaf))
        if body is None:
            document = profile_document(self.settings, cast(Version, shown), is_leaf=is_leaf)
            body = self._profiles[shown, is_leaf] = to_json(document)
        headers = {"content-type": _JSON, "cache-control": "public, max-age=300"}
        return HttpResponse(headers=headers, body=body)

    def _envelope(self, problem: BusinessError, request: HttpRequest) -> Json:
        version = request.url.removeprefix(f"{PREFIX}/").partition("/")[0]
        shown = version if is_version(version) else self.settings.primary_version
        document: Json = {"ucp": {"version": shown, "status": "error"}, "messages": list(problem.messages)}
        return document | ({"continue_url": problem.continue_url} if problem.continue_url else {})

    def _fault(
        self, status: int, code: str, content: str, headers: dict[str, str] | None = None
    ) -> HttpResponse:
        return self._signed(status, {"code": code, "content": content}, headers)

    def _signed(self, status: int, document: Json, headers: dict[str, str] | None = None) -> HttpResponse:
        named = {"content-type": _JSON, **(headers or {})}
        return self._sign(HttpResponse(status=status, headers=named, body=to_json(document)))

    def _sign(self, response: HttpResponse) -> HttpResponse:
        signed = signed_answer_headers(
            response.status, response.headers, response.body, self.settings.signing_key,
            now=self.service.parts.clock(),
        )  # fmt: skip
        headers = {**response.headers, "cache-control": "no-store", **signed}
        return HttpResponse(status=response.status, headers=headers, body=response.body)


def _unauthenticated() -> ProtocolFault:
    return ProtocolFault(
        401,
        "unauthorized",
        "sign the request, or send the platform's credential, to read an order",
        headers={"www-authenticate": "Bearer"},
    )
