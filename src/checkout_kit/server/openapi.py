"""The OpenAPI document, made of the models that check requests and describe answers.

Source: OpenAPI Specification 3.1.1 (2024-10-24).
"""

import json
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Final

from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from checkout_kit.server import answers
from checkout_kit.server.resuming import LinkBody, ResumeBody
from checkout_kit.service import wire

_REF: Final = "#/components/schemas/{model}"
_SECRET: Final[list[dict[str, list[str]]]] = [{"secret": []}, {"shopKey": []}]


@frozen
class OpenApi:
    """The document, serialised once per path it is mounted at."""

    title: str

    def routes(self) -> list[Route]:
        """The document's route."""
        return [Route("/openapi.json", self.serve, methods=["GET"])]

    async def serve(self, request: Request) -> Response:
        """The document, with the path this application is mounted at as its server."""
        body = _serialised(self.title, request.scope.get("root_path", "") or "/")
        return Response(body, media_type="application/json")


@lru_cache(maxsize=16)
def _serialised(title: str, server: str) -> bytes:
    return json.dumps(openapi_document(title, server=server)).encode()


def openapi_document(title: str = "Checkout", *, server: str = "/") -> dict[str, Any]:
    """The whole API as an OpenAPI 3.1 document."""
    one = "/api/checkouts/{checkout_id}"
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version("checkout-kit"),
            "description": "Amounts are integer minor units; instants are RFC 3339 with an offset. In a "
            "PATCH an absent member leaves its section alone and null clears it.",
        },
        "servers": [{"url": server}],
        "paths": {
            "/api/checkouts": {"post": _create()},
            one: {
                "parameters": [_path_id("checkout_id")],
                "get": _operation(
                    "getCheckout", "The checkout as it stands now", {200: "Checkout"}, (404, 503)
                ),
                "patch": _operation(
                    "updateCheckout",
                    "Change any sections",
                    {200: "Checkout"},
                    (400, 404, 409, 413, 415, 503),
                    bodies=("UpdateBody", "TrustedUpdateBody"),
                    parameters=("OptionalIdempotencyKey", "IfMatch"),
                ),
                "put": _operation(
                    "replaceCheckout",
                    "Replace every section: what is not given is emptied",
                    {200: "Checkout"},
                    (400, 404, 409, 413, 415, 503),
                    bodies=("UpdateBody", "TrustedUpdateBody"),
                    parameters=("OptionalIdempotencyKey", "IfMatch"),
                    is_body_needed=True,
                ),
            },
            one + "/complete": {
                "parameters": [_path_id("checkout_id")],
                "post": _operation(
                    "completeCheckout",
                    "Pay and place the order, once for one idempotency key",
                    {200: "Checkout"},
                    (400, 404, 409, 413, 415, 503),
                    bodies=("CompleteBody",),
                    parameters=("RequiredIdempotencyKey", "IfMatch"),
                ),
            },
            one + "/authentication": {
                "parameters": [_path_id("checkout_id")],
                "post": _operation(
                    "continueAuthentication",
                    "The buyer is back from the bank's page",
                    {200: "Checkout"},
                    (404, 409, 413, 415, 503),
                ),
            },
            one + "/cancel": {
                "parameters": [_path_id("checkout_id")],
                "post": _operation(
                    "cancelCheckout",
                    "Give the checkout up",
                    {200: "Checkout"},
                    (400, 404, 409, 413, 415, 503),
                    bodies=("CancelBody",),
                    parameters=("OptionalIdempotencyKey", "IfMatch"),
                ),
            },
            one + "/resume-links": {
                "parameters": [_path_id("checkout_id")],
                "post": _operation(
                    "makeResumeLink",
                    "Make a link that opens the checkout on another device or channel",
                    {201: "ResumeLink"},
                    (400, 404, 413, 415, 422, 503),
                    bodies=("LinkBody",),
                ),
            },
            "/api/resume": {"post": _resume()},
            "/api/payments/webhook": {"post": _webhook()},
            "/api/orders/{order_id}": {
                "parameters": [_path_id("order_id")],
                "get": _operation("getOrder", "A placed order", {200: "Order"}, (404, 503)),
            },
        },
        "components": {
            "schemas": {**answers.schemas(), **_request_schemas()},
            "parameters": _PARAMETERS,
            "securitySchemes": {
                "secret": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Checkout-Secret",
                    "description": "The secret given when the checkout was opened.",
                },
                "shopKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The API key of the shop's own server, which sets prices and customers.",
                },
            },
        },
    }


def _create() -> dict[str, Any]:
    operation = _operation(
        "createCheckout",
        "Open a checkout",
        {201: "OpenedCheckout"},
        (400, 409, 413, 415, 503),
        bodies=("NewBody", "TrustedNewBody"),
        parameters=("IdempotencyKey",),
        is_body_needed=True,
    )
    return {**operation, "security": [{}, {"shopKey": []}]}


def _resume() -> dict[str, Any]:
    operation = _operation(
        "resumeCheckout",
        "Trade the token of a link for the checkout and its secret",
        {200: "OpenedCheckout"},
        (400, 404, 413, 415, 422, 503),
        bodies=("ResumeBody",),
        is_body_needed=True,
    )
    return {**operation, "security": []}


def _webhook() -> dict[str, Any]:
    operation = _operation(
        "takePaymentWebhook", "Take news from the payment provider, signed by it", {}, (400, 413, 503)
    )
    responses = {"204": {"description": "Taken."}, **operation["responses"]}
    return {**operation, "responses": responses, "security": []}


def _operation(
    name: str,
    summary: str,
    answered: dict[int, str],
    refused: tuple[int, ...],
    *,
    bodies: tuple[str, ...] = (),
    parameters: tuple[str, ...] = (),
    is_body_needed: bool = False,
) -> dict[str, Any]:
    responses: dict[str, Any] = {
        str(status): {
            "description": summary,
            "headers": {"ETag": {"schema": {"type": "string"}, "description": "The version, in quotes."}},
            "content": {"application/json": {"schema": _ref(model)}},
        }
        for status, model in answered.items()
    }
    for status in sorted({401, 429, *refused}):
        responses[str(status)] = {
            "description": _REFUSALS[status],
            "content": {"application/problem+json": {"schema": _ref("ProblemDocument")}},
        }
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "responses": responses,
        "security": _SECRET,
    }
    if parameters:
        operation["parameters"] = [{"$ref": f"#/components/parameters/{name}"} for name in parameters]
    if bodies:
        schema = _ref(bodies[0]) if len(bodies) == 1 else {"anyOf": [_ref(body) for body in bodies]}
        operation["requestBody"] = {
            "required": is_body_needed or len(bodies) > 1,
            "content": {"application/json": {"schema": schema}},
        }
    return operation


def _request_schemas() -> dict[str, Any]:
    from pydantic.json_schema import models_json_schema

    models = (
        wire.NewBody,
        wire.TrustedNewBody,
        wire.UpdateBody,
        wire.TrustedUpdateBody,
        wire.CompleteBody,
        wire.CancelBody,
        LinkBody,
        ResumeBody,
    )
    _, found = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    return dict(found["$defs"])


def _ref(model: str) -> dict[str, str]:
    return {"$ref": _REF.format(model=model)}


def _path_id(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _key(*, is_required: bool, shortest: int) -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": is_required,
        "schema": {"type": "string", "minLength": shortest, "maxLength": 200},
        "description": "A new random text for each attempt; the same text gets the same outcome.",
    }


_PARAMETERS: Final[dict[str, Any]] = {
    "IdempotencyKey": _key(is_required=False, shortest=16),
    "OptionalIdempotencyKey": _key(is_required=False, shortest=1),
    "RequiredIdempotencyKey": _key(is_required=True, shortest=1),
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "schema": {"type": "string"},
        "description": 'The version the caller has seen, as "3"; without it the last write wins.',
    },
}
_REFUSALS: Final = {
    400: "The request cannot be used; every fault is listed.",
    401: "The shop's API key is unknown or does not reach this far.",
    404: "There is nothing here that these credentials open.",
    409: "The version is stale, the checkout is not ready, or it has ended.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The shop is not set up for this.",
    429: "Too many requests from one address; Retry-After says when to try again.",
    503: "The database or the payment provider did not answer; the same call may succeed later.",
}
