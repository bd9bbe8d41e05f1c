"""Settings from arguments and environment, and what may never be shown."""

import pickle

import pytest
from attrs import asdict, field, frozen, validators

from checkout_kit.adapter import (
    HttpRequest,
    HttpResponse,
    Secret,
    as_secret,
    https_url,
    known_zone,
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


@frozen(kw_only=True)
class Checked:
    """Fields that are checked when the value is made, and one that may be left out."""

    api_url: str = field(validator=https_url)
    limit: int = field(default=5, validator=validators.ge(1))
    most: int | None = None


def test_what_validators_refuse_is_named_by_its_variable_too() -> None:
    """Whoever sets variables is told of variables, of all at once, and not of what stands in them."""
    with pytest.raises(InputError) as caught:
        settings_from(Checked, {"P_API_URL": "ftp://x", "P_LIMIT": "0", "P_MOST": "few"}, prefix="P_")
    assert [fault.path for fault in caught.value.faults] == ["P_API_URL", "P_LIMIT", "P_MOST"]
    assert "https" in str(caught.value)
    assert "ftp" not in str(caught.value)


def test_field_that_may_be_left_out_is_still_of_its_kind() -> None:
    """`int | None` is read as a number, or stays None."""
    given = {"P_API_URL": "https://x"}
    assert settings_from(Checked, {**given, "P_MOST": "7"}, prefix="P_").most == 7
    assert settings_from(Checked, given, prefix="P_").most is None


@pytest.mark.parametrize("url", ["http://api.example", "ftp://x", "https://", "https://u:p@api.example", "x"])
def test_url_must_be_https(url: str) -> None:
    """Plain HTTP, other schemes and credentials in the URL are refused."""
    with pytest.raises(InputError, match="https"):
        Settings(shop="main", secret="s", api_url=url)


@frozen(kw_only=True)
class Placed:
    """Where days are counted."""

    timezone: str = field(default="UTC", validator=known_zone)


@pytest.mark.parametrize("name", ["", "Nowhere/Town", "../etc/passwd", "EST5EDT4", "America/New York"])
def test_time_zone_must_exist(name: str) -> None:
    """A zone that nobody knows is found at the start, not in the first quote."""
    assert Placed(timezone="America/New_York")
    with pytest.raises(InputError, match="time zone"):
        Placed(timezone=name)


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
