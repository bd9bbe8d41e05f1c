"""The protocol over one checkout service: a request in, an answer out, whoever serves the HTTP."""

import hashlib
import hmac
import logging
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from attrs import evolve
from checkout_kit.adapter import HttpRequest, HttpResponse
from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.errors import CheckoutKitError, Conflict, InputError, NotFound, Refused, Unavailable
from checkout_kit.service import AsyncCheckoutService
from pydantic_core import to_json

from checkout_kit_acp.buying import Buying
from checkout_kit_acp.carts import Carts
from checkout_kit_acp.completing import Completing
from checkout_kit_acp.discovery import discovery_document
from checkout_kit_acp.faults import AcpFault, Answer, Json, busy, invalid_request, not_found
from checkout_kit_acp.rendering import Renderer
from checkout_kit_acp.repeats import Repeats
from checkout_kit_acp.session import Session, Sessions
from checkout_kit_acp.settings import PREFIX, SUPPORTED_VERSIONS, AcpSettings, Agent

_LOG: Final = logging.getLogger("checkout_kit_acp")
_JSON: Final = "application/json"
DISCOVERY: Final = "/.well-known/acp.json"
_TARGET: Final = re.compile(
    r"/(?P<resource>checkout_sessions|carts)(?:/(?P<id>[\w.:-]{1,100}))?(?:/(?P<verb>complete|cancel))?"
)
_Operation = Callable[[], Awaitable[Answer]]


class Acp:
    """The Agentic Commerce Protocol for one shop; share one instance.

    It opens, changes and completes checkouts of the same service the page and the JSON API use, so that
    prices, options and promised dates are the same everywhere; `documents` keeps what only agents need.
    """

    def __init__(
        self, service: AsyncCheckoutService, documents: ProtocolStore, settings: AcpSettings
    ) -> None:
        self.service = service
        self.settings = settings
        self.renderer = Renderer(settings=settings)
        self._buying = Buying(
            service=service, sessions=Sessions(documents), settings=settings, renderer=self.renderer
        )
        self._carts = Carts(self._buying)
        self._completing = Completing(self._buying)
        self._repeats = Repeats(documents=documents, clock=service.parts.clock, keeps=settings.keeps_answers)
        self._discovery = to_json(discovery_document(settings))
        self._keys = tuple(
            (hashlib.sha256(key.reveal().encode()).digest(), agent)
            for agent in settings.agents
            for key in agent.api_keys
        )

    async def share(self, checkout_id: str, agent: str, *, secret: str = "") -> None:
        """Hand a checkout that another channel has opened to an agent, under the id it has.

        `secret` is the checkout's own, for links to its page; the agent may go on with it as with its own.

        Raises:
            NotFound: no such checkout.
            InputError: no agent of this name.
            Conflict: an agent has it already.
        """
        if agent not in {one.name for one in self.settings.agents}:
            raise InputError.of("agent", "is not an agent of this shop", found=agent)
        view = await self.service.get(checkout_id)
        codes = view.checkout.cart.discount_codes
        session = Session(agent=agent, codes=codes, has_discounts=bool(codes))
        if secret:
            sealed = self.renderer.sealer.seal(secret, bound_to=checkout_id)
            session = evolve(session, sealed_secret=sealed)
        await self._buying.sessions.open(checkout_id, session)

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one request; `request.url` is path and query below `base_url`."""
        try:
            response = await self._handle(request)
        except AcpFault as problem:
            response = _fault_response(problem)
        except InputError as problem:
            response = _fault_response(invalid_request(problem))
        except NotFound:
            response = _fault_response(not_found("resource"))
        except (Conflict, Refused):
            response = _fault_response(busy("another request changed this at the same time; send it again"))
        except Unavailable:
            response = _fault_response(
                AcpFault(
                    503, "service_unavailable", "try again shortly", type="service_unavailable",
                    headers={"retry-after": "2"},
                )
            )  # fmt: skip
        except CheckoutKitError as problem:
            _LOG.error("ACP request failed: %s", type(problem).__name__)
            told = AcpFault(500, "internal_error", "this could not be processed", type="processing_error")
            response = _fault_response(told)
        echoed = {
            name: value
            for name in ("idempotency-key", "request-id")
            if (value := request.header(name)) and value.isascii() and value.isprintable()
        }
        headers = {"content-type": _JSON, "cache-control": "no-store", **echoed, **response.headers}
        return HttpResponse(status=response.status, headers=headers, body=response.body)

    async def _handle(self, request: HttpRequest) -> HttpResponse:
        path = request.url.partition("?")[0]
        if path == DISCOVERY:
            return HttpResponse(headers={"cache-control": "public, max-age=300"}, body=self._discovery)
        agent = self._let_in(request)
        target = _TARGET.fullmatch(path.removeprefix(PREFIX)) if path.startswith(f"{PREFIX}/") else None
        if target is None:
            raise AcpFault(404, "not_found", "there is no such endpoint")
        operation = self._operation(request, target, agent)

        async def answer() -> HttpResponse:
            done = await operation()
            return HttpResponse(status=done.status, body=to_json(done.document))

        return await (
            answer() if request.method == "GET" else self._repeats.once(request, agent.name, answer)
        )

    def _let_in(self, request: HttpRequest) -> Agent:
        scheme, _, token = request.header("authorization").strip().partition(" ")
        given = hashlib.sha256(token.strip().encode("utf-8", "replace")).digest()
        found: Agent | None = None
        for digest, agent in self._keys:
            if hmac.compare_digest(given, digest):
                found = agent
        if found is None or scheme.lower() != "bearer":
            told = "the Authorization header carries no bearer token of an agent of this shop"
            raise AcpFault(401, "unauthorized", told, headers={"www-authenticate": "Bearer"})
        version = request.header("api-version").strip()
        if version not in SUPPORTED_VERSIONS:
            code = "unsupported_api_version" if version else "missing_api_version"
            told = "the API-Version header must name a version of this shop"
            raise AcpFault(400, code, told, supported_versions=SUPPORTED_VERSIONS)
        return found

    def _operation(self, request: HttpRequest, target: re.Match[str], agent: Agent) -> _Operation:
        resource, one, verb = target["resource"], target["id"] or "", target["verb"] or ""
        body, key = request.body, request.header("idempotency-key").strip()
        buying, carts = self._buying, self._carts
        table: dict[tuple[str, str, bool, str], _Operation] = {
            ("POST", "checkout_sessions", False, ""): partial(carts.become_session, body, agent),
            ("GET", "checkout_sessions", True, ""): partial(buying.get, one, agent),
            ("POST", "checkout_sessions", True, ""): partial(buying.update, one, body, agent),
            ("POST", "checkout_sessions", True, "cancel"): partial(buying.cancel, one, body, agent),
            ("POST", "checkout_sessions", True, "complete"): partial(
                self._completing.complete, one, body, agent, key=key
            ),
            ("POST", "carts", False, ""): partial(carts.create, body, agent),
            ("GET", "carts", True, ""): partial(carts.get, one, agent),
            ("PUT", "carts", True, ""): partial(carts.update, one, body, agent),
            ("POST", "carts", True, ""): partial(carts.update, one, body, agent),
            ("POST", "carts", True, "cancel"): partial(carts.cancel, one, body, agent),
        }
        operation = table.get((request.method, resource, bool(one), verb))
        if operation is None:
            allowed = {m for m, r, has_id, v in table if (r, has_id, v) == (resource, bool(one), verb)}
            if not allowed:
                raise AcpFault(404, "not_found", "there is no such endpoint")
            headers = {"allow": ", ".join(sorted(allowed))}
            raise AcpFault(405, "method_not_allowed", "not a method of this resource", headers=headers)
        kind = request.header("content-type").partition(";")[0].strip().lower()
        if request.body and kind != _JSON:
            raise AcpFault(415, "unsupported_media_type", "send the body as application/json")
        return operation


def _fault_response(problem: AcpFault) -> HttpResponse:
    document: Json = problem.body()
    return HttpResponse(status=problem.status, headers=problem.headers, body=to_json(document))
