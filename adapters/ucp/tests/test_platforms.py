"""Who calls: profiles, versions and capabilities."""

import asyncio
import datetime as dt
import socket

import pytest
from checkout_kit.errors import InputError
from pytest_httpserver import HTTPServer

from checkout_kit_ucp import HttpProfiles, PlatformProfile, SigningKey
from checkout_kit_ucp.adapter import UcpEnvironment, ucp_settings
from checkout_kit_ucp.faults import BusinessError, ProtocolFault
from checkout_kit_ucp.negotiation import negotiate
from checkout_kit_ucp.platforms import parse_profile
from conftest import Agent, asked, codes


def profile(**more: object) -> dict[str, object]:
    """A platform's profile document."""
    names = ("checkout", "order")
    capabilities = {f"dev.ucp.shopping.{name}": [{"version": "2026-04-08"}] for name in names}
    return {"ucp": {"version": "2026-04-08", "capabilities": capabilities, **more}}


def resolve(server: HTTPServer, path: str = "/ucp") -> PlatformProfile:
    """Fetch the profile from a server on this machine."""

    async def fetch() -> PlatformProfile:
        profiles = HttpProfiles(allows_loopback_http=True, timeout_s=1)
        try:
            return await profiles.resolve(server.url_for(path))
        finally:
            await profiles.close()

    return asyncio.run(fetch())


def test_profile_is_fetched(httpserver: HTTPServer) -> None:
    """Version, capabilities, webhook and keys are read; private parts of keys are not kept."""
    document = profile()
    order = {"version": "2026-04-08", "config": {"webhook_url": "https://agent.example/hook"}}
    document["ucp"]["capabilities"]["dev.ucp.shopping.order"] = [order]  # type: ignore[index]
    document["signing_keys"] = [{"kid": "k", "kty": "EC", "crv": "P-256", "x": "a", "y": "b", "d": "no"}]
    httpserver.expect_request("/ucp").respond_with_json(document)
    found = resolve(httpserver)
    assert found.webhook_url == "https://agent.example/hook"
    assert found.keys == ({"kid": "k", "kty": "EC", "crv": "P-256", "x": "a", "y": "b"},)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (404, "{}", "profile_unreachable"),
        (302, "{}", "profile_unreachable"),
        (200, "no json", "profile_malformed"),
        (200, "[]", "profile_malformed"),
        (200, '{"ucp": {"version": 3}}', "profile_malformed"),
        (200, "x" * 300_000, "profile_malformed"),
    ],
)
def test_bad_profiles(httpserver: HTTPServer, status: int, body: str, code: str) -> None:
    """What cannot be had is unreachable, what cannot be read malformed; redirects are not followed."""
    httpserver.expect_request("/ucp").respond_with_data(
        body, status=status, headers={"location": httpserver.url_for("/other")}
    )
    with pytest.raises(ProtocolFault) as refused:
        resolve(httpserver)
    assert refused.value.error_code == code


@pytest.mark.parametrize(
    "url",
    [
        "http://agent.example/ucp",
        "ftp://agent.example",
        "https://",
        "https://10.0.0.1/ucp",
        "https://[::1]/ucp",
    ],
)
def test_urls_that_are_never_called(url: str) -> None:
    """Plain http and hosts inside the own network are refused."""
    with pytest.raises(ProtocolFault) as refused:
        asyncio.run(HttpProfiles().resolve(url))
    assert refused.value.error_code == "invalid_profile_url"


def test_a_name_that_leads_inside_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A public name may resolve to a private address; nothing is fetched from there."""
    inside = [(0, 0, 0, "", ("10.0.0.8", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inside)
    with pytest.raises(ProtocolFault) as refused:
        asyncio.run(HttpProfiles().resolve("https://agent.example/ucp"))
    assert refused.value.error_code == "invalid_profile_url"


def test_profile_is_kept_for_a_while(httpserver: HTTPServer) -> None:
    """One fetch serves the next requests."""
    httpserver.expect_ordered_request("/ucp").respond_with_json(profile())

    async def twice() -> None:
        profiles = HttpProfiles(allows_loopback_http=True)
        first = await profiles.resolve(httpserver.url_for("/ucp"))
        assert await profiles.resolve(httpserver.url_for("/ucp")) is first
        await profiles.close()

    asyncio.run(twice())


def test_rotated_key_is_looked_up_once_a_minute(httpserver: HTTPServer) -> None:
    """An unknown key has a kept profile fetched again, but not for every request."""
    now = [dt.datetime(2026, 11, 23, tzinfo=dt.UTC)]
    rotated = {**profile(), "signing_keys": [{"kid": "new", "kty": "EC"}]}
    httpserver.expect_ordered_request("/ucp").respond_with_json(profile())
    httpserver.expect_ordered_request("/ucp").respond_with_json(rotated)

    async def walk() -> list[int]:
        profiles = HttpProfiles(allows_loopback_http=True, clock=lambda: now[0])
        found = []
        for seconds in (0, 30, 31, 10):
            now[0] += dt.timedelta(seconds=seconds)
            one = await profiles.resolve(httpserver.url_for("/ucp"), lacks_key="new")
            found.append(len(one.keys))
        await profiles.close()
        return found

    assert asyncio.run(walk()) == [0, 0, 1, 1]


def test_extension_without_its_parent_falls_away() -> None:
    """Discount alone is nothing; with checkout it stays."""
    alone = PlatformProfile(url="u", capabilities=frozenset({"dev.ucp.shopping.discount"}))
    with pytest.raises(BusinessError):
        negotiate(alone, "2026-04-08")
    both = frozenset({"dev.ucp.shopping.discount", "dev.ucp.shopping.checkout"})
    found = negotiate(PlatformProfile(url="u", capabilities=both), "2026-04-08")
    assert set(found.relevant("dev.ucp.shopping.checkout")) == both
    assert found.relevant("dev.ucp.shopping.cart") == {}


def test_what_the_platform_does_not_know_is_not_said(agent: Agent) -> None:
    """Sections outside the intersection are left out of answers, and a PUT leaves them as they are."""
    agent.shop.ucp.profiles._approved["https://plain.example/ucp"] = PlatformProfile(  # type: ignore[attr-defined]
        url="https://plain.example/ucp", capabilities=frozenset({"dev.ucp.shopping.checkout"})
    )
    agent.profile = "https://plain.example/ucp"
    opened = agent.open(discounts={"codes": ["SAVE10"]})
    assert "fulfillment" not in opened
    assert "discounts" not in opened
    assert list(opened["ucp"]["capabilities"]) == ["dev.ucp.shopping.checkout"]
    secret = {"checkout-secret": agent.secret_of(opened)}
    address = {"country": "US", "name": "Eva Cruz", "line1": "9 Oak Ave", "city": "Austin", "region": "TX"}
    delivery = {"delivery": {"address": {**address, "postal_code": "73301"}, "option_id": "two-day"}}
    path = f"/checkout-sessions/{opened['id']}"
    agent.client.patch(f"/api{path.replace('-sessions', 's')}", json=delivery, headers=secret)
    agent.call("PUT", path, asked())
    kept = agent.client.get(f"/api{path.replace('-sessions', 's')}", headers=secret).json()
    assert kept["deliveries"][0]["option_id"] == "two-day"
    refused = agent.call("POST", "/carts", asked())
    assert (agent.last.status_code, codes(refused)) == (200, ["capabilities_incompatible"])


def test_unspoken_version_is_refused(agent: Agent) -> None:
    """The header's version and the profile's must be ones this shop speaks."""
    headers = {"ucp-agent": f'profile="{agent.profile}"; version="2025-01-01"'}
    refused = agent.call("GET", "/checkout-sessions/co_1", headers=headers)
    assert (agent.last.status_code, refused["code"]) == (422, "version_unsupported")
    assert agent.client.get("/.well-known/ucp/2025-01-01").status_code == 404


def test_profiles_of_both_versions(agent: Agent) -> None:
    """The primary profile links the other version's, which is a leaf; both may be cached."""
    primary = agent.client.get("/.well-known/ucp")
    assert "max-age=300" in primary.headers["cache-control"]
    links = primary.json()["ucp"]["supported_versions"]
    assert links == {"2026-08-25": "http://127.0.0.1:8000/.well-known/ucp/2026-08-25"}
    leaf = agent.client.get("/.well-known/ucp/2026-08-25").json()
    assert "supported_versions" not in leaf["ucp"]
    assert [(key["kid"], "d" in key) for key in leaf["keys"]] == [("shop-1", False)]


def test_settings_say_everything_that_is_wrong() -> None:
    """All faults of the settings are told together."""
    environment = UcpEnvironment(
        base_url="http://shop.example",
        page_url="https://shop.example/checkout",
        currency="EURO",
        signing_key=SigningKey.generate().to_pem(),
        handler_name="com.example.pay",
    )
    with pytest.raises(InputError) as refused:
        ucp_settings(environment, provider="test")
    assert [fault.path for fault in refused.value.faults] == ["base_url", "page_url", "currency"]


def test_malformed_key_entries_are_malformed() -> None:
    """A profile whose keys are no list of objects is not half read."""
    with pytest.raises(ProtocolFault):
        parse_profile("u", b'{"ucp": {"version": "2026-04-08"}, "signing_keys": ["x"]}')
