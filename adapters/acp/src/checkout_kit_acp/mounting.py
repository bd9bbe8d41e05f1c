"""The protocol's routes for a Starlette application."""

from collections.abc import Sequence

from checkout_kit.adapter import HttpRequest
from checkout_kit.server.bodies import read_body
from checkout_kit.server.problem_documents import RequestRefused
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from checkout_kit_acp.acp import DISCOVERY, Acp
from checkout_kit_acp.faults import AcpFault
from checkout_kit_acp.settings import PREFIX

_METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]


def acp_routes(acp: Acp) -> Sequence[BaseRoute]:
    """Discovery and the REST binding; mount them where `base_url` points."""

    async def answer(request: Request) -> Response:
        path = request.url.path.removeprefix(request.scope.get("root_path", ""))
        try:
            body = await read_body(request)
        except RequestRefused as problem:
            fault = AcpFault(problem.status, "invalid_request", str(problem))
            return Response(to_json(fault.body()), status_code=fault.status, media_type="application/json")
        done = await acp.handle(
            HttpRequest(url=path, method=request.method, headers=dict(request.headers), body=body)
        )
        return Response(done.body, status_code=done.status, headers=dict(done.headers))

    return [
        Route(DISCOVERY, answer, methods=["GET"]),
        Route(PREFIX, answer, methods=_METHODS),
        Route(f"{PREFIX}/{{rest:path}}", answer, methods=_METHODS),
    ]
