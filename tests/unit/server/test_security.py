"""Headers, cookie and form token of the page."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from checkout_kit.server.problem_documents import RequestRefused
from checkout_kit.server.security import (
    CONTENT_SECURITY_POLICY,
    form_token,
    protected,
    require_own_form,
    secret_from_cookie,
    set_secret_cookie,
)


def request(scheme: str = "http", **headers: str) -> Request:
    """A request with these headers."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http", "scheme": scheme, "method": "POST", "path": "/", "query_string": b"",
        "server": ("shop.example", 443), "headers": [(b"host", b"shop.example"), *raw],
    }  # fmt: skip
    return Request(scope)


def test_the_policy_allows_no_inline_script_and_no_framing() -> None:
    """Scripts only from our own files; nobody may frame the page."""
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY


def test_headers_are_added_and_never_doubled() -> None:
    """What a response already says is kept; answers are not stored unless they say so."""
    named = dict(protected([(b"cache-control", b"public"), (b"x-frame-options", b"SAMEORIGIN")]))
    assert named[b"cache-control"] == b"public"
    assert named[b"x-frame-options"] == b"SAMEORIGIN"
    assert dict(protected([]))[b"cache-control"] == b"no-store"


@pytest.mark.parametrize(("scheme", "is_secure"), [("http", False), ("https", True)])
def test_the_cookie_is_closed_to_scripts_and_other_sites(scheme: str, is_secure: bool) -> None:
    """HttpOnly, SameSite, and Secure wherever the page is."""
    response = Response()
    set_secret_cookie(response, request(scheme), "co_1", "s3cret")
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert ("secure" in cookie.replace("s3cret", "")) is is_secure
    pair = cookie.partition(";")[0]
    assert secret_from_cookie(request(cookie=pair), "co_1") == "s3cret"
    assert secret_from_cookie(request(cookie=pair), "co_2") == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://shop.example.evil.example"},
    ],
)
def test_a_form_from_another_site_is_refused(headers: dict[str, str]) -> None:
    """Even with the right token, a form the browser calls foreign is a 403."""
    with pytest.raises(RequestRefused) as caught:
        require_own_form(request(**headers), "s3cret", form_token("s3cret"))
    assert caught.value.status == 403


def test_a_form_needs_the_token_of_its_own_secret() -> None:
    """The token of another checkout, or none, is a 403; the right one passes."""
    own = request(origin="https://shop.example", sec_fetch_site="same-origin")
    require_own_form(own, "s3cret", form_token("s3cret"))
    for token in ("", form_token("other"), "é"):
        with pytest.raises(RequestRefused):
            require_own_form(own, "s3cret", token)
