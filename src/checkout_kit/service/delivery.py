"""Deliver events to a shop's own receiver: signed, retried, never into a private network."""

import datetime as dt
import ipaddress
import json
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from checkout_kit.checkout import Event
from checkout_kit.errors import InputError, Unavailable
from checkout_kit.payments import HttpCall, HttpReply
from checkout_kit.payments.signature import sign
from checkout_kit.service.effects import Deliver
from checkout_kit.service.settings import utc_now
from checkout_kit.service.steps import Steps, StoreCall


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
    parts = urlsplit(url)
    if parts.scheme not in (("https", "http") if allows_private else ("https",)) or not parts.hostname:
        raise InputError.of("url", "not a URL events may be sent to", remedy="use https://HOST/PATH")
    host, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)

    def deliver(event: Event, attempts: int) -> Steps[None]:
        if not allows_private:
            yield StoreCall(lambda: refuse_private(host, port))
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
        reply: HttpReply = yield call
        if not 200 <= reply.status < 300:
            raise Unavailable(f"the receiver {host} answered {reply.status}")

    return deliver


def refuse_private(host: str, port: int) -> None:
    """Let only public addresses through.

    Raises:
        Unavailable: the name does not resolve, or any of its addresses is private, local or reserved.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unavailable(f"the receiver {host} has no address") from error
    for *_, address in found:
        if not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_global:
            raise Unavailable(
                f"the receiver {host} is at an address that is not public; events do not go there"
            )
