"""Order events to agents: the whole order, signed, tried again by the outbox until it is taken."""

import datetime as dt
import logging
import uuid
from collections.abc import Callable
from functools import partial
from typing import Final

from attrs import frozen
from checkout_kit.adapter import HttpRequest, TimestampedHmac
from checkout_kit.adapter.protocol_orders import load_activity
from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.checkout import Event
from checkout_kit.errors import Unavailable
from checkout_kit.payments import HttpCall
from checkout_kit.service.steps import Steps, StoreCall
from checkout_kit.storage import LoadedOrder, Store
from pydantic_core import to_json

from checkout_kit_acp.orders import order_json
from checkout_kit_acp.rendering import Renderer
from checkout_kit_acp.session import SESSION_KIND, load_session
from checkout_kit_acp.settings import AcpSettings, Agent

_LOG: Final = logging.getLogger("checkout_kit_acp")
SIGNATURE: Final = TimestampedHmac("merchant-signature", tolerance_s=300)
TIMEOUT_S: Final = 10.0
_NAMESPACE: Final = uuid.UUID("0b6a2d52-0c43-4a55-8f6e-1f9a0d7c4e21")
_TYPES: Final = {"order.placed": "order_create", "order.changed": "order_update"}


@frozen(kw_only=True)
class OrderWebhooks:
    """A taker of the service's events: `AsyncCheckoutService(..., deliver=OrderWebhooks(...))`.

    Events of checkouts that no agent opened, or whose agent has no receiver, are passed over.

    Source: ACP 2026-04-17, openapi.agentic_checkout_webhook.yaml: `Merchant-Signature: t=...,v1=...`, an
    HMAC-SHA256 over the time stamp, a dot and the raw body; receivers allow 300 s.
    """

    store: Store
    documents: ProtocolStore
    settings: AcpSettings
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)

    def __call__(self, event: Event, attempts: int) -> Steps[None]:
        """Send one event; raises Unavailable when the agent did not take it."""
        kind = _TYPES.get(event.kind)
        if kind is None:
            return
        loaded = yield StoreCall(partial(load_session, self.documents, SESSION_KIND, event.checkout_id))
        if loaded is None:
            return
        session = loaded[0]
        agent = next((one for one in self.settings.agents if one.name == session.agent), None)
        if agent is None or not agent.webhook_url:
            return
        found: LoadedOrder | None = yield StoreCall(partial(self.store.load_order, event.order_id))
        if found is None:
            return
        activity = yield StoreCall(partial(load_activity, self.documents, event.order_id))
        document = order_json(
            found.order,
            activity,
            permalink=Renderer(settings=self.settings).page_link(event.checkout_id, session),
            zone=self.settings.zone,
            support=self.settings.support,
        )
        yield from self._send(agent, event, to_json({"type": kind, "data": document}))

    def _send(self, agent: Agent, event: Event, body: bytes) -> Steps[None]:
        assert agent.webhook_secret is not None
        now = self.clock()
        headers = {
            "content-type": "application/json",
            "request-id": str(uuid.uuid5(_NAMESPACE, event.key)),
            "timestamp": now.isoformat(),
        }
        request = HttpRequest(url=agent.webhook_url, headers=headers, body=body)
        signed = SIGNATURE.sign(request, secret=agent.webhook_secret.reveal(), now=now)
        reply = yield HttpCall(
            method="POST", url=signed.url, headers=dict(signed.headers), content=body, timeout_s=TIMEOUT_S
        )
        if reply.status == 400:
            # The receiver says that sending it again is of no use; 409 means that it has it already.
            _LOG.error("the receiver of %s refused event %s for good", agent.name, event.key)
        elif not 200 <= reply.status < 300 and reply.status != 409:
            raise Unavailable(f"the agent's receiver answered {reply.status}")
