"""Settings from arguments and environment, and what may never be shown."""

import pickle

import pytest
from attrs import asdict, field, frozen

from checkout_kit.adapter import (
    HttpRequest,
    HttpResponse,
    Secret,
    as_secret,
    https_url,
    scrub,
    scrub_headers,
    settings_from,
)
from checkout_kit.errors import InputError


@frozen(kw_only=True)
class Settings:
    """Every kind of field."""

    shop: str
    secret: Secret = field(converter=as_secret)
    api_url: str = field(default="https://api.example", validator=https_url)
    tags: tuple[str, ...] = ()
    limit: int = 5
    is_live: bool = False


def test_environment_is_read_by_type() -> None:
    """Text becomes what the field holds."""
    environment = {"P_SHOP": "main", "P_SECRET": "s3", "P_TAGS": "a, b,", "P_LIMIT": "7", "P_IS_LIVE": "true"}
    settings = settings_from(Settings, environment, prefix="P_")
    assert (settings.tags, settings.limit, settings.is_live) == (("a", "b"), 7, True)
    assert settings.secret == Secret("s3")


def test_all_faults_are_named_together_without_values() -> None:
    """Missing and unusable variables are listed at once, and no value is shown."""
    with pytest.raises(InputError) as caught:
        settings_from(Settings, {"P_LIMIT": "many", "P_IS_LIVE": "perhaps"}, prefix="P_")
    assert [fault.path for fault in caught.value.faults] == ["P_SHOP", "P_SECRET", "P_LIMIT", "P_IS_LIVE"]
    assert "many" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://api.example", "ftp://x", "https://", "https://u:p@api.example", "x"])
def test_url_must_be_https(url: str) -> None:
    """Plain HTTP, other schemes and credentials in the URL are refused."""
    with pytest.raises(InputError, match="https"):
        Settings(shop="main", secret="s", api_url=url)


def test_loopback_may_be_plain_http() -> None:
    """A platform on the same machine may be called without TLS."""
    assert Settings(shop="main", secret="s", api_url="http://127.0.0.1:8000").api_url


def test_secret_is_never_shown() -> None:
    """No way of printing shows it; equality and hashing still work."""
    secret = Secret("hunter2")
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>20}",
        repr(asdict(Settings(shop="m", secret=secret))),
    ]
    assert "hunter2" not in "".join(shown)
    assert secret == Secret("hunter2") != Secret("hunter3")
    assert len({secret, Secret("hunter2")}) == 1
    assert pickle.loads(pickle.dumps(secret)) == secret


def test_empty_secret_is_refused() -> None:
    """An empty secret would let everyone in."""
    with pytest.raises(InputError, match="empty"):
        Secret("")


def test_requests_show_nothing() -> None:
    """The repr of a request or response has no path, header or body in it."""
    request = HttpRequest(
        url="https://u:pw@api.example/shops/tok_9?key=k9",
        headers={"Authorization": "Bearer b9"},
        body=b"body9",
    )
    shown = repr(request) + repr(HttpResponse(headers={"set-cookie": "c9"}, body=b"body9"))
    assert "api.example" in shown
    assert not [word for word in ("pw", "tok_9", "k9", "b9", "body9", "c9") if word in shown]


def test_scrubbing_hides_the_longest_secret_first() -> None:
    """A secret that contains another is hidden whole."""
    assert scrub("use abcdef", ["abc", "abcdef"]) == "use ***"


def test_headers_are_scrubbed_by_name() -> None:
    """Whatever may authenticate is hidden, the rest is kept."""
    headers = {
        "Authorization": "x",
        "X-Shop-Access-Token": "x",
        "Set-Cookie": "x",
        "X-Hmac-Sha256": "x",
        "Accept": "y",
    }
    assert [name for name, value in scrub_headers(headers).items() if value == "y"] == ["Accept"]
