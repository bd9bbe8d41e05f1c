"""Deliver events to a shop's own receiver: signed, retried, never into a private network."""

import asyncio
import datetime as dt
import ipaddress
import json
import socket
from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from attrs import evolve

from checkout_kit.checkout import Event
from checkout_kit.errors import InputError, Unavailable
from checkout_kit.payments import ClientCall, HttpCall, HttpReply
from checkout_kit.payments.signature import sign
from checkout_kit.service.effects import Deliver
from checkout_kit.service.settings import utc_now
from checkout_kit.service.steps import Steps

# Source: RFC 6052 (2010-10), section 2.1.
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


class NotPublic(Unavailable):
    """The host is inside a private network; names move, so it may be elsewhere at the next attempt."""

    code = "not_public"


def deliver_to(
    url: str,
    *,
    secret: str,
    allows_private: bool = False,
    timeout_s: float = 10.0,
    clock: Callable[[], dt.datetime] = utc_now,
) -> Deliver:
    """A `deliver` for the service: POSTs each event as JSON with a `checkout-kit-signature` header.

    The event's key is its `id` and `Idempotency-Key`: delivery is at least once, so receivers remember it.
    Any answer but a 2xx in time is tried again later. Addresses that are not public are refused each time, by
    what the name resolves to then, unless `allows_private`.

    Raises:
        InputError: the URL is not https (or http where private addresses are allowed).
    """
    host = _host_of(url, ("https", "http") if allows_private else ("https",))

    def deliver(event: Event, attempts: int) -> Steps[None]:
        body = json.dumps(
            {
                "id": event.key,
                "type": event.kind,
                "checkout_id": event.checkout_id,
                "order_id": event.order_id,
            }
        ).encode()
        headers = {
            "content-type": "application/json",
            "idempotency-key": event.key,
            "checkout-kit-attempt": str(attempts + 1),
            "checkout-kit-signature": sign(body, secret, clock()),
        }
        call = HttpCall(method="POST", url=url, headers=headers, content=body, timeout_s=timeout_s)
        if not allows_private:
            call = yield from to_public_address(call, attempts)
        reply: HttpReply = yield call
        if not 200 <= reply.status < 300:
            raise Unavailable(f"the receiver {host} answered {reply.status}")

    return deliver


def _host_of(url: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in schemes and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or not parts.hostname:
        raise InputError.of("url", "not a URL events may be sent to", remedy="use https://HOST/PATH")
    return parts.hostname


def to_public_address(call: HttpCall, attempts: int = 0) -> Steps[HttpCall]:
    """The call bound to a public address of its host, so that no second look-up can lead it elsewhere.

    A host of several addresses is tried at the next one with each attempt.

    Raises:
        NotPublic: any of its addresses is private, local or reserved.
        Unavailable: the name does not resolve.
    """
    parts = urlsplit(call.url)
    look = partial(public_addresses, parts.hostname or "", parts.port or 443)
    found: tuple[str, ...] = yield ClientCall(run=look, run_async=partial(asyncio.to_thread, look))
    return evolve(call, connect_to=found[attempts % len(found)])


def public_addresses(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a host, all of which are public.

    Raises:
        NotPublic: any of its addresses is private, local or reserved.
        Unavailable: the name does not resolve.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"the receiver {host} has no address") from error
    addresses = tuple(dict.fromkeys(str(address[0]) for *_, address in found))
    if not addresses or not all(_is_public(address) for address in addresses):
        raise NotPublic(f"the receiver {host} is at an address that is not public; events do not go there")
    return addresses


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    inner: list[ipaddress.IPv4Address] = []
    if isinstance(address, ipaddress.IPv6Address):
        # Gateways hand these on to the IPv4 address inside.
        inner = [one for one in (address.ipv4_mapped, address.sixtofour) if one is not None]
        if address in _NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return all(one.is_global and not one.is_multicast for one in (address, *inner))
