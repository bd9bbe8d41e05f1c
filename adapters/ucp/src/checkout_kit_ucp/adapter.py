"""The adapter a server finds by name: `checkout-kit serve --adapter ucp`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from attrs import AttrsInstance, field, frozen
from checkout_kit.adapter import Adapter, Capability, Secret, as_secret
from checkout_kit.adapter.protocol_delivery import chain_deliverers
from checkout_kit.adapter.protocol_store import ProtocolStore

from checkout_kit_ucp.keys import SigningKey
from checkout_kit_ucp.platforms import HttpProfiles
from checkout_kit_ucp.settings import PaymentHandler, UcpSettings, token_of_credential
from checkout_kit_ucp.ucp import Ucp
from checkout_kit_ucp.webhooks import OrderWebhooks

if TYPE_CHECKING:
    from checkout_kit.service import AsyncCheckoutService
    from starlette.routing import BaseRoute


@frozen(kw_only=True)
class UcpEnvironment:
    """The settings a server reads from `CHECKOUT_KIT_UCP_...`; for more, build a `Ucp` in Python.

    Attributes:
        signing_key: a P-256 private key in PEM form.
        handler_name: the reverse-domain name of the payment handler whose tokens the shop's provider takes.
    """

    base_url: str
    page_url: str
    currency: str
    signing_key: Secret = field(converter=as_secret)
    handler_name: str
    handler_id: str = "tokens"
    terms_url: str = ""
    privacy_url: str = ""


class UcpAdapter(Adapter[UcpEnvironment]):
    """The Universal Commerce Protocol, from environment variables."""

    name: ClassVar[str] = "ucp"
    title: ClassVar[str] = "Universal Commerce Protocol"
    capabilities: ClassVar[frozenset[Capability]] = frozenset({Capability.CHECKOUTS})
    settings_type: ClassVar[type[AttrsInstance]] = UcpEnvironment

    def mount(self, service: "AsyncCheckoutService") -> "Sequence[BaseRoute]":
        """The routes over this service, whose events are sent to platforms from now on."""
        from checkout_kit_ucp.mounting import ucp_routes

        settings = ucp_settings(self.settings, provider=service.parts.payments.name)
        documents = ProtocolStore(service.parts.store)  # type: ignore[arg-type]
        webhooks = OrderWebhooks(store=service.parts.store, documents=documents, settings=settings)
        before = service.deliver
        service.deliver = webhooks if before is None else chain_deliverers(before, webhooks)
        return ucp_routes(Ucp(service, documents, settings, HttpProfiles()))


def ucp_settings(environment: UcpEnvironment, *, provider: str) -> UcpSettings:
    """The settings of the protocol; instruments carry tokens of the payment provider of this name."""
    handler = PaymentHandler(
        name=environment.handler_name, id=environment.handler_id, payment_of=token_of_credential(provider)
    )
    links = (
        ("terms_of_service", environment.terms_url, "Terms"),
        ("privacy_policy", environment.privacy_url, "Privacy"),
    )
    return UcpSettings(
        base_url=environment.base_url,
        page_url=environment.page_url,
        currency=environment.currency,
        signing_key=SigningKey.from_pem(environment.signing_key.reveal()),
        handlers=(handler,),
        links=tuple(link for link in links if link[1]),
    )
