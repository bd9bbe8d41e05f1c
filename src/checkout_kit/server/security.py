"""What keeps the page safe in a browser: response headers, the session cookie and the form token."""

import hashlib
import hmac
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checkout_kit.server.problem_documents import RequestRefused, problem_response

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode("ascii")),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
_NO_STORE: Final = (b"cache-control", b"no-store")
_SAME_SITE: Final = frozenset({"", "same-origin", "none"})


class SecurityHeaders:
    """ASGI middleware that adds the headers of this module, and `no-store` where nothing else is said."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one connection through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = protected(message["headers"])
            await send(message)

        await self._app(scope, receive, send_with_headers)


def protected(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """These response headers with the security headers added; what is already said is kept."""
    said = {name for name, _ in headers}
    extra = HEADERS if b"cache-control" in said else (*HEADERS, _NO_STORE)
    return [*headers, *(header for header in extra if header[0] not in said)]


async def answer_unexpected(_request: Request, _error: Exception) -> Response:
    """The handler of last resort, outside all middleware: tells nothing, the server's log has the fault."""
    response = problem_response(500, "internal_error", "the fault is in the server's log, not here")
    response.raw_headers = protected(response.raw_headers)
    return response


def cookie_name(checkout_id: str) -> str:
    """The cookie that holds a checkout's secret; one per checkout, so that two tabs do not mix."""
    return "ck_" + hashlib.sha256(checkout_id.encode()).hexdigest()[:16]


def set_secret_cookie(response: Response, request: Request, checkout_id: str, secret: str) -> None:
    """Keep the secret in this browser: closed to scripts, never sent across sites, gone with the session."""
    response.set_cookie(
        cookie_name(checkout_id),
        secret,
        path=(request.scope.get("root_path", "") or "") + "/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def secret_from_cookie(request: Request, checkout_id: str) -> str:
    """The secret this browser holds for the checkout, or empty."""
    return request.cookies.get(cookie_name(checkout_id), "")


def form_token(secret: str) -> str:
    """The token a form must carry: derived from the cookie's secret, which another site cannot read."""
    return hmac.new(secret.encode(), b"checkout form", hashlib.sha256).hexdigest()


def require_own_form(request: Request, secret: str, token: str) -> None:
    """Refuse a form that does not come from a page of ours.

    Raises:
        RequestRefused: 403, the request comes from another site, or the token is not that of `secret`.
    """
    if request.headers.get("sec-fetch-site", "") not in _SAME_SITE:
        raise RequestRefused(403, "foreign_form", "this form was sent from another site")
    origin = request.headers.get("origin", "")
    if origin and origin.partition("://")[2] != request.headers.get("host", ""):
        raise RequestRefused(403, "foreign_form", "this form was sent from another site")
    if not hmac.compare_digest(form_token(secret).encode(), token.encode()):
        raise RequestRefused(403, "foreign_form", "the form has no valid token; open the checkout again")
