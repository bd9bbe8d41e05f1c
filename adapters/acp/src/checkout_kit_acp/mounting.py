"""The protocol's routes for a Starlette application."""

from collections.abc import Awaitable, Callable, Sequence

from checkout_kit.adapter import HttpRequest
from checkout_kit.server.bodies import read_body
from checkout_kit.server.problem_documents import RequestRefused
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from checkout_kit_acp.acp import DISCOVERY, Acp
from checkout_kit_acp.faults import AcpFault
from checkout_kit_acp.settings import PREFIX


def acp_routes(acp: Acp) -> Sequence[BaseRoute]:
    """Discovery and the REST binding; mount them where `base_url` points."""

    async def answer(request: Request) -> Response:
        try:
            body = await read_body(request)
        except RequestRefused as problem:
            fault = AcpFault(problem.status, "invalid_request", str(problem))
            return Response(to_json(fault.body()), status_code=fault.status, media_type="application/json")
        sent = HttpRequest(
            url=_path(request.scope), method=request.method, headers=dict(request.headers), body=body
        )
        done = await acp.handle(sent)
        return Response(done.body, status_code=done.status, headers=dict(done.headers))

    return [
        Route(DISCOVERY, answer, methods=["GET"]),
        # A path parameter matches no line break, and every path below answers in the protocol's own shape.
        _Below(PREFIX, answer),
    ]


class _Below(BaseRoute):
    """Every path at and below a prefix, whatever its method."""

    def __init__(self, prefix: str, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        self.path = prefix
        self._endpoint = endpoint

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the path lies there."""
        if scope["type"] != "http":
            return Match.NONE, {}
        is_here = f"{_path(scope)}/".startswith(f"{self.path}/")
        return (Match.FULL if is_here else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        response = await self._endpoint(Request(scope, receive, send))
        await response(scope, receive, send)


def _path(scope: Scope) -> str:
    """The path below where the application is mounted."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
