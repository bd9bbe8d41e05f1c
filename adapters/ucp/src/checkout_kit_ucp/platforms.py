"""Platforms: who calls us, what they can do and with which keys they sign, as their profiles say."""

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from attrs import field, frozen
from checkout_kit.errors import Unavailable
from checkout_kit.payments import HttpCall
from checkout_kit.service.delivery import NotPublic, public_addresses
from checkout_kit.service.steps import HttpClient

from checkout_kit_ucp.faults import Json, ProtocolFault
from checkout_kit_ucp.settings import is_loopback, is_web_url
from checkout_kit_ucp.versions import ORDER

MOST_BYTES: Final = 256 * 1024
FRESH: Final = dt.timedelta(seconds=300)
LEAST_FRESH: Final = dt.timedelta(seconds=60)
MOST_KEPT: Final = 500


@frozen(kw_only=True)
class PlatformProfile:
    """What matters of a platform's profile.

    An empty `version`, and `capabilities` of None, stand for whatever is asked for, in approved profiles.
    """

    url: str
    version: str = ""
    capabilities: frozenset[str] | None = None
    keys: tuple[Json, ...] = field(default=(), repr=False, hash=False)
    webhook_url: str = ""
    supports_multi_group: bool = False


class ProfileResolver(Protocol):
    """Finds the profile behind the URL a platform names itself by."""

    async def resolve(self, url: str, *, lacks_key: str = "") -> PlatformProfile:
        """The profile; one without the key `lacks_key` may be outdated and is looked up again if it was kept.

        Raises:
            ProtocolFault: `invalid_profile_url` 400, `profile_unreachable` 424, `profile_malformed` 422.
        """


def parse_profile(url: str, body: bytes) -> PlatformProfile:
    """Read a profile document, with or without its `ucp` envelope.

    Raises:
        ProtocolFault: `profile_malformed`.
    """
    try:
        document = json.loads(body)
        ucp = document.get("ucp", document)
        version, declared = ucp["version"], ucp.get("capabilities") or {}
        keys = document.get("signing_keys") or document.get("keys") or ucp.get("signing_keys") or ()
        named = {name: entries[0] if entries else {} for name, entries in declared.items()}
        order = named.get(ORDER, {}).get("config") or {}
        groups = named.get("dev.ucp.shopping.fulfillment", {}).get("config") or {}
        return PlatformProfile(
            url=url,
            version=_text(version),
            capabilities=frozenset(named),
            keys=tuple(_public(key) for key in keys),
            webhook_url=_text(order.get("webhook_url", "")),
            supports_multi_group=groups.get("supports_multi_group") is True,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ProtocolFault(
            422, "profile_malformed", "the platform's profile is not a UCP profile document"
        ) from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a string")
    return value


def _public(key: Mapping[str, Any]) -> Json:
    return {name: key[name] for name in ("kid", "kty", "crv", "x", "y") if name in key}


def check_profile_url(url: str, *, allows_loopback_http: bool) -> None:
    """Refuse a URL that is not https before anything is sent to it; raises ProtocolFault."""
    if not is_web_url(url, allows_loopback_http=allows_loopback_http):
        raise ProtocolFault(400, "invalid_profile_url", "UCP-Agent must name the platform's profile by https")


class HttpProfiles:
    """Fetches profiles by https, without following redirects, and keeps them for a few minutes.

    `approved` are known beforehand and never fetched. Hosts inside the own network are refused.
    """

    def __init__(
        self,
        approved: Iterable[PlatformProfile] = (),
        *,
        allows_loopback_http: bool = False,
        timeout_s: float = 3.0,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._approved = {profile.url: profile for profile in approved}
        self._allows_loopback_http = allows_loopback_http
        self._timeout_s = timeout_s
        self._clock = clock
        self._kept: dict[str, tuple[PlatformProfile, dt.datetime]] = {}
        self._http = HttpClient()

    async def resolve(self, url: str, *, lacks_key: str = "") -> PlatformProfile:
        """See ProfileResolver; a kept profile is fetched again for a missing key once a minute at most."""
        known = self._approved.get(url)
        if known is not None:
            return known
        check_profile_url(url, allows_loopback_http=self._allows_loopback_http)
        now = self._clock()
        kept = self._kept.get(url)
        if kept is not None and now < kept[1]:
            is_young = now < kept[1] - FRESH + LEAST_FRESH
            if not lacks_key or is_young or any(key.get("kid") == lacks_key for key in kept[0].keys):
                return kept[0]
        profile = parse_profile(url, await self._fetch(url))
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[url] = (profile, now + FRESH)
        return profile

    async def _address_of(self, url: str) -> str:
        """The public address to fetch from, so that the name cannot lead elsewhere afterwards."""
        host = urlsplit(url).hostname or ""
        if self._allows_loopback_http and is_loopback(host):
            return ""
        try:
            return (await asyncio.to_thread(public_addresses, host, 443))[0]
        except NotPublic as error:
            raise ProtocolFault(
                400, "invalid_profile_url", "the profile's host is not on the public network"
            ) from error
        except Unavailable as error:
            raise ProtocolFault(424, "profile_unreachable", "the profile's host cannot be found") from error

    async def _fetch(self, url: str) -> bytes:
        address = await self._address_of(url)
        call = HttpCall(method="GET", url=url, timeout_s=self._timeout_s, connect_to=address)
        try:
            reply = await self._http.call_async(call)
        except Unavailable as error:
            raise ProtocolFault(424, "profile_unreachable", "the profile could not be fetched") from error
        if reply.status != 200:
            raise ProtocolFault(424, "profile_unreachable", "the profile was not served with status 200")
        if len(reply.content) > MOST_BYTES:
            raise ProtocolFault(422, "profile_malformed", "the profile is too large")
        return reply.content

    async def close(self) -> None:
        """Close the HTTP client."""
        await self._http.close_async()
