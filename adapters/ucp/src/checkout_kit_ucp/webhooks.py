"""Order events to platforms: the whole order, signed, tried again by the outbox until it is taken."""

import datetime as dt
import uuid
from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from attrs import frozen
from checkout_kit.adapter.protocol_orders import load_activity
from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.checkout import Event
from checkout_kit.errors import Unavailable
from checkout_kit.payments import HttpCall
from checkout_kit.service.delivery import to_public_address
from checkout_kit.service.steps import Steps, StoreCall
from checkout_kit.storage import LoadedOrder, Store
from pydantic_core import to_json

from checkout_kit_ucp.orders import order_json
from checkout_kit_ucp.rendering import Renderer
from checkout_kit_ucp.session import CART_KIND, CHECKOUT_KIND
from checkout_kit_ucp.sessions import load_session
from checkout_kit_ucp.settings import UcpSettings, is_loopback, is_web_url
from checkout_kit_ucp.signatures import signed_request_headers
from checkout_kit_ucp.versions import ORDER

CHANNEL: Final = "ucp"
TIMEOUT_S: Final = 10.0
_NAMESPACE: Final = uuid.UUID("6f1c1a0e-5f0b-4a52-9a76-0d5f3f0d8a11")


@frozen(kw_only=True)
class OrderWebhooks:
    """A taker of the service's events: `AsyncCheckoutService(..., deliver=OrderWebhooks(...))`.

    Events of checkouts that no UCP platform opened, or whose platform named no webhook, are passed over.
    """

    store: Store
    documents: ProtocolStore
    settings: UcpSettings
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)

    def __call__(self, event: Event, attempts: int) -> Steps[None]:
        """Send one event; raises Unavailable when the platform did not take it."""
        if not event.order_id:
            return
        loaded = None
        for kind in (CHECKOUT_KIND, CART_KIND):
            loaded = loaded or (
                yield StoreCall(partial(load_session, self.documents, kind, event.checkout_id))
            )
        if loaded is None:
            return
        session = loaded[0]
        if not is_web_url(session.webhook_url, allows_loopback_http=self.settings.allows_loopback_http):
            return
        found: LoadedOrder | None = yield StoreCall(partial(self.store.load_order, event.order_id))
        if found is None:
            return
        activity = yield StoreCall(partial(load_activity, self.documents, event.order_id))
        document = order_json(
            found.order,
            session,
            activity,
            version=session.version,
            capabilities={ORDER: [{"version": session.version}]},
            permalink=Renderer(settings=self.settings).page_link(event.checkout_id, session),
        )
        yield from self._send(session.webhook_url, event, to_json(document), attempts)

    def _send(self, url: str, event: Event, body: bytes, attempts: int) -> Steps[None]:
        now = self.clock()
        event_id = str(uuid.uuid5(_NAMESPACE, event.key))
        signed = {
            "ucp-agent": f'profile="{self.settings.profile_url}"',
            "idempotency-key": event_id,
            "content-type": "application/json",
        }
        headers = {
            **signed,
            "webhook-id": event_id,
            "webhook-timestamp": str(int(now.timestamp())),
            **signed_request_headers("POST", url, signed, body, self.settings.signing_key, now=now),
        }
        call = HttpCall(method="POST", url=url, headers=headers, content=body, timeout_s=TIMEOUT_S)
        # A platform names its receiver in its own profile, so it may be anywhere.
        if not (self.settings.allows_loopback_http and is_loopback(urlsplit(url).hostname or "")):
            call = yield from to_public_address(call, attempts)
        reply = yield call
        if not 200 <= reply.status < 300:
            raise Unavailable(f"the platform's webhook answered {reply.status}")
