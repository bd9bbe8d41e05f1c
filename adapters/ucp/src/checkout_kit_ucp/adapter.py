"""The adapter a server finds by name: `checkout-kit serve --adapter ucp`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from attrs import AttrsInstance, evolve, field, frozen
from checkout_kit.adapter import Adapter, Capability, Secret, as_secret
from checkout_kit.adapter.protocol_catalog import load_catalog
from checkout_kit.adapter.protocol_delivery import chain_deliverers
from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.errors import InputError

from checkout_kit_ucp.keys import SigningKey
from checkout_kit_ucp.platforms import HttpProfiles
from checkout_kit_ucp.settings import PaymentHandler, UcpSettings, token_of_credential
from checkout_kit_ucp.ucp import Ucp
from checkout_kit_ucp.webhooks import OrderWebhooks

if TYPE_CHECKING:
    from checkout_kit.service import AsyncCheckoutService, Catalog
    from starlette.routing import BaseRoute


@frozen(kw_only=True)
class UcpEnvironment:
    """The settings a server reads from `CHECKOUT_KIT_UCP_...`; for more, build a `Ucp` in Python.

    Attributes:
        signing_key: a P-256 private key in PEM form.
        handler_name: the reverse-domain name of the payment handler whose tokens the shop's provider takes.
        catalog: a JSON file of the goods, where the server's own service knows none.
    """

    base_url: str
    page_url: str
    currency: str
    signing_key: Secret = field(converter=as_secret)
    handler_name: str
    catalog: str = ""
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
        """The routes over this service; it sends events from now on, and knows the goods of the file."""
        from checkout_kit_ucp.mounting import ucp_routes

        settings = ucp_settings(self.settings, provider=service.parts.payments.name)
        documents = ProtocolStore(service.parts.store)  # type: ignore[arg-type]
        webhooks = OrderWebhooks(store=service.parts.store, documents=documents, settings=settings)
        before = service.deliver
        service.deliver = webhooks if before is None else chain_deliverers(before, webhooks)
        service.parts = evolve(
            service.parts,
            catalog=service.parts.catalog or self._catalog(),
            settings=evolve(service.parts.settings, emits_events=True),
        )
        return ucp_routes(Ucp(service, documents, settings, HttpProfiles()))

    def _catalog(self) -> "Catalog":
        if not self.settings.catalog:
            raise InputError.of(
                "CHECKOUT_KIT_UCP_CATALOG",
                "is not set, and the server knows no goods of its own",
                remedy="name a JSON file: an array of objects with sku and unit_price",
            )
        return load_catalog(Path(self.settings.catalog))


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
