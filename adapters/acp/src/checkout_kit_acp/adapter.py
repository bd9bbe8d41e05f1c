"""The adapter a server finds by name: `checkout-kit serve --adapter acp`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import AttrsInstance, evolve, field, frozen
from checkout_kit.adapter import Adapter, Capability, Secret, as_secret
from checkout_kit.adapter.protocol_catalog import load_catalog
from checkout_kit.adapter.protocol_delivery import chain_deliverers
from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.adapter.settings import optional_secret
from checkout_kit.errors import InputError

from checkout_kit_acp.handlers import provider_tokens, shared_payment_tokens
from checkout_kit_acp.settings import AcpSettings, Agent

if TYPE_CHECKING:
    from checkout_kit.service import AsyncCheckoutService, Catalog
    from starlette.routing import BaseRoute


@frozen(kw_only=True)
class AcpEnvironment:
    """The settings a server reads from `CHECKOUT_KIT_ACP_...`; for more, build an `Acp` in Python.

    Attributes:
        api_key: the bearer token of the one agent platform that may buy.
        sealing_key: 32 characters or more; seals the secrets of checkouts.
        merchant_id: the shop's account at its payment service, shown to agents.
        webhook_url: where the agent platform takes order events.
        catalog: a JSON file of the goods, where the server's own service knows none.
        timezone: in which promised days become instants, such as `America/New_York`.
    """

    base_url: str
    page_url: str
    currency: str
    api_key: Secret = field(converter=as_secret)
    sealing_key: Secret = field(converter=as_secret)
    merchant_id: str = ""
    agent_name: str = "agent"
    webhook_url: str = ""
    webhook_secret: Secret | None = field(default=None, converter=optional_secret)
    terms_url: str = ""
    privacy_url: str = ""
    returns_url: str = ""
    catalog: str = ""
    timezone: str = "UTC"


class AcpAdapter(Adapter[AcpEnvironment]):
    """The Agentic Commerce Protocol, from environment variables."""

    name: ClassVar[str] = "acp"
    title: ClassVar[str] = "Agentic Commerce Protocol"
    capabilities: ClassVar[frozenset[Capability]] = frozenset({Capability.CHECKOUTS})
    settings_type: ClassVar[type[AttrsInstance]] = AcpEnvironment

    def mount(self, service: "AsyncCheckoutService") -> "Sequence[BaseRoute]":
        """The routes over this service, whose events are written down and sent to the agent from now on.

        Raises:
            InputError: neither the service nor the settings have goods, so an agent could buy nothing.
        """
        from checkout_kit_acp.acp import Acp
        from checkout_kit_acp.mounting import acp_routes
        from checkout_kit_acp.webhooks import OrderWebhooks

        emits = service.parts.settings.emits_events or bool(self.settings.webhook_url)
        service.parts = evolve(
            service.parts,
            catalog=service.parts.catalog or self._catalog(),
            settings=evolve(service.parts.settings, emits_events=emits),
        )
        settings = acp_settings(self.settings, provider=service.parts.payments.name)
        documents = ProtocolStore(service.parts.store)  # type: ignore[arg-type]
        webhooks = OrderWebhooks(
            store=service.parts.store, documents=documents, settings=settings, clock=service.parts.clock
        )
        before = service.deliver
        service.deliver = webhooks if before is None else chain_deliverers(before, webhooks)
        return acp_routes(Acp(service, documents, settings))

    def _catalog(self) -> "Catalog":
        if not self.settings.catalog:
            raise InputError.of(
                "catalog",
                "is needed to sell to agents, who name goods by their ids",
                remedy="set CHECKOUT_KIT_ACP_CATALOG to a JSON file of goods, or give the service one",
            )
        return load_catalog(Path(self.settings.catalog))


def acp_settings(environment: AcpEnvironment, *, provider: str) -> AcpSettings:
    """The settings of the protocol; with Stripe, agents pay by shared payment tokens."""
    is_stripe = provider == "stripe"
    handler = (
        shared_payment_tokens(environment.merchant_id)
        if is_stripe
        else provider_tokens(provider, environment.merchant_id)
    )
    agent = Agent(
        name=environment.agent_name,
        api_keys=(environment.api_key,),
        webhook_url=environment.webhook_url,
        webhook_secret=environment.webhook_secret,
    )
    links = (
        ("terms_of_use", environment.terms_url),
        ("privacy_policy", environment.privacy_url),
        ("return_policy", environment.returns_url),
    )
    return AcpSettings(
        base_url=environment.base_url,
        page_url=environment.page_url,
        currency=environment.currency,
        sealing_key=environment.sealing_key,
        agents=(agent,),
        handlers=(handler,),
        links=tuple(link for link in links if link[1]),
        zone=_zone(environment.timezone),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise InputError.of(
            "timezone", "is no IANA zone", found=name, remedy="write it like America/New_York"
        ) from None
