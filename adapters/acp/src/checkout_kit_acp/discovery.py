"""The discovery document at /.well-known/acp.json: what this shop offers, the same for everyone."""

from checkout_kit_acp.faults import Json
from checkout_kit_acp.settings import SUPPORTED_VERSIONS, VERSION, AcpSettings


def discovery_document(settings: AcpSettings) -> Json:
    """The document.

    Source: ACP 2026-04-17, schema.agentic_checkout.json#/$defs/DiscoveryResponse.
    """
    services = ["checkout", "carts"]
    if any(agent.webhook_url for agent in settings.agents):
        services.append("orders")
    capabilities: Json = {
        "services": services,
        "extensions": [{"name": "discount"}],
        "intervention_types": ["3ds"],
        "supported_currencies": [settings.currency.lower()],
    }
    if settings.locales:
        capabilities["supported_locales"] = list(settings.locales)
    return {
        "protocol": {"name": "acp", "version": VERSION, "supported_versions": list(SUPPORTED_VERSIONS)},
        "api_base_url": settings.api_base_url,
        "transports": ["rest"],
        "capabilities": capabilities,
    }
