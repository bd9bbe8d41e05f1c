"""Problem documents: every refusal of the server as `application/problem+json`.

Source: RFC 9457 (2023-07); `errors[].pointer` is an RFC 6901 JSON Pointer in its fragment form.
"""

import json
import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import attrs
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from checkout_kit.checkout import QuoteRefused
from checkout_kit.errors import (
    CheckoutKitError,
    Conflict,
    Fault,
    Forbidden,
    InputError,
    NotFound,
    NotReady,
    Refused,
    Unavailable,
    Unsupported,
    VersionConflict,
)
from checkout_kit.shipping import ShippingOption

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_S: Final = 1
_LOG: Final = logging.getLogger("checkout_kit.server")

_STATUS: Final[tuple[tuple[type[CheckoutKitError], int], ...]] = (
    (InputError, 400),
    (NotFound, 404),
    (QuoteRefused, 409),
    (Forbidden, 404),
    (Conflict, 409),
    (Refused, 409),
    (Unsupported, 422),
    (Unavailable, 503),
)
_STEP: Final = re.compile(r"[^.\[\]]+")


class RequestRefused(Exception):
    """A request refused before it reached the service; becomes a problem document."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})


def problem_response(
    status: int,
    code: str,
    detail: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, object] | None = None,
) -> Response:
    """One problem document; `members` are extension members beside the standard ones."""
    document: dict[str, object] = {
        "type": f"urn:checkout-kit:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
    }
    if detail:
        document["detail"] = detail
    document.update(members or {})
    return Response(json.dumps(document), status_code=status, headers=headers, media_type=MEDIA_TYPE)


def pointer(path: str) -> str:
    """A fault's path as a JSON Pointer fragment.

    >>> pointer("deliveries[0].address.postal_code")
    '#/deliveries/0/address/postal_code'
    """
    steps = (step.replace("~", "~0").replace("/", "~1") for step in _STEP.findall(path))
    return "#" + "".join(f"/{step}" for step in steps)


def status_of(error: CheckoutKitError) -> int:
    """The HTTP status that answers this error; 500 for one that is ours to repair."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def document_for(error: CheckoutKitError) -> Response:
    """The problem document of one of our errors; only what the caller may know is in it."""
    status = status_of(error)
    members: dict[str, object] = {}
    headers: dict[str, str] = {}
    detail = str(error)
    if isinstance(error, InputError):
        detail = "the request cannot be used; see errors"
        members["errors"] = [_error(fault) for fault in error.faults]
    elif isinstance(error, VersionConflict):
        members["current_version"] = error.current_version
        headers["ETag"] = f'"{error.current_version}"'
    elif isinstance(error, NotReady):
        detail = "the checkout cannot be completed yet; see problems"
        members["problems"] = [_plain(problem) for problem in error.problems]
    elif isinstance(error, QuoteRefused):
        members["options"] = [_option(option) for option in error.quote.options]
    elif isinstance(error, NotFound | Forbidden):
        detail = "there is nothing here that these credentials open"
    elif isinstance(error, Unavailable) and not error.retryable:
        _LOG.error("%s", error)
        detail = "the shop cannot answer until its operator has looked at it; trying again does not help"
    elif status == 500:
        detail = ""
    if error.retryable:
        members["retryable"] = True
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return problem_response(status, error.code, detail, headers=headers, members=members)


def _option(option: ShippingOption) -> dict[str, object]:
    latest = option.promise.latest.isoformat() if option.promise is not None else None
    return {"id": option.id, "title": option.title, "price": option.price_minor, "latest": latest}


def _error(fault: Fault) -> dict[str, str]:
    parts = {"path": fault.path, "pointer": pointer(fault.path), "message": fault.message}
    if fault.found:
        parts["found"] = fault.found
    if fault.remedy:
        parts["remedy"] = fault.remedy
    return parts


def _plain(problem: object) -> object:
    return attrs.asdict(problem) if attrs.has(type(problem)) else str(problem)  # type: ignore[arg-type]


async def answer_refused(_request: Request, error: Exception) -> Response:
    """The handler for `RequestRefused`."""
    if not isinstance(error, RequestRefused):
        raise error
    return problem_response(error.status, error.code, error.detail, headers=error.headers)


async def answer_ours(_request: Request, error: Exception) -> Response:
    """The handler for every `CheckoutKitError`."""
    if not isinstance(error, CheckoutKitError):
        raise error
    return document_for(error)


async def answer_http(_request: Request, error: Exception) -> Response:
    """The handler for what the router itself refuses: unknown paths and methods."""
    if not isinstance(error, HTTPException):
        raise error
    code = HTTPStatus(error.status_code).name.lower()
    detail = "" if error.detail == HTTPStatus(error.status_code).phrase else error.detail
    return problem_response(error.status_code, code, detail, headers=error.headers)
