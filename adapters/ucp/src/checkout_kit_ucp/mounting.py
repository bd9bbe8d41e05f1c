"""The protocol's routes for a Starlette application."""

from collections.abc import Sequence

from checkout_kit.adapter import HttpRequest
from checkout_kit.server.bodies import read_json
from checkout_kit.server.problem_documents import RequestRefused
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from checkout_kit_ucp.faults import ProtocolFault
from checkout_kit_ucp.settings import PREFIX
from checkout_kit_ucp.ucp import Ucp


def ucp_routes(ucp: Ucp) -> Sequence[BaseRoute]:
    """The profile and the REST binding; mount them where `base_url` points."""

    async def answer(request: Request) -> Response:
        path = request.url.path.removeprefix(request.scope.get("root_path", ""))
        query = f"?{request.url.query}" if request.url.query else ""
        try:
            body = await read_json(request) if request.method != "GET" else b""
        except RequestRefused as problem:
            fault = ProtocolFault(problem.status, "invalid_request", str(problem))
            return Response(to_json(fault.body()), status_code=fault.status, media_type="application/json")
        done = await ucp.handle(
            HttpRequest(url=f"{path}{query}", method=request.method, headers=dict(request.headers), body=body)
        )
        return Response(done.body, status_code=done.status, headers=dict(done.headers))

    return [
        Route("/.well-known/ucp", answer, methods=["GET"]),
        Route("/.well-known/ucp/{version}", answer, methods=["GET"]),
        Route(f"{PREFIX}/{{rest:path}}", answer, methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
    ]
