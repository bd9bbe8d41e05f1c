"""What both sides can do: the version and the capabilities a request is answered with."""

from attrs import frozen

from checkout_kit_ucp.faults import BusinessError, ProtocolFault, error
from checkout_kit_ucp.platforms import PlatformProfile
from checkout_kit_ucp.settings import UcpSettings
from checkout_kit_ucp.versions import (
    CART,
    CHECKOUT,
    CONSENT,
    DISCOUNT,
    FULFILLMENT,
    ORDER,
    VERSIONS,
    Version,
    capabilities,
    is_version,
    schema_url,
    spec_url,
)

_RELEVANT = {
    CHECKOUT: (CHECKOUT, FULFILLMENT, DISCOUNT, CONSENT),
    CART: (CART, DISCOUNT, CONSENT),
    ORDER: (ORDER,),
}


@frozen(kw_only=True)
class Negotiated:
    """The outcome for one request: whose it is, in which version's words, and what both sides know."""

    platform: PlatformProfile
    version: Version
    capabilities: frozenset[str]

    def has(self, capability: str) -> bool:
        """Whether both sides know a capability."""
        return capability in self.capabilities

    def relevant(self, resource: str) -> dict[str, list[dict[str, str]]]:
        """The `ucp.capabilities` of an answer about a checkout, cart or order."""
        declared = capabilities(self.version)
        if resource not in self.capabilities:
            return {}
        return {
            name: [{"version": self.version}]
            for name in _RELEVANT[resource]
            if name in self.capabilities and (resource in declared[name].extends or name == resource)
        }


def negotiate(platform: PlatformProfile, version: Version, asked: str = "") -> Negotiated:
    """Intersect what the platform declares with ours; an extension without its parent falls away.

    `version` is the endpoint's; `asked` is what UCP-Agent names, if anything.

    Raises:
        ProtocolFault: `version_unsupported` (422).
        BusinessError: `capabilities_incompatible`.
    """
    if any(named and not is_version(named) for named in (platform.version, asked)):
        spoken = ", ".join(VERSIONS)
        raise ProtocolFault(422, "version_unsupported", f"this shop speaks UCP {spoken}")
    declared = capabilities(version)
    common = set(declared) if platform.capabilities is None else declared.keys() & platform.capabilities
    roots = {name for name in common if not declared[name].extends}
    kept = roots | {name for name in common if roots & set(declared[name].extends)}
    if not kept & {CHECKOUT, CART}:
        raise BusinessError(
            [
                error(
                    "capabilities_incompatible",
                    "the platform and this shop have no capability in common",
                    severity="unrecoverable",
                )
            ]
        )
    return Negotiated(platform=platform, version=version, capabilities=frozenset(kept))


def profile_document(settings: UcpSettings, version: Version, *, is_leaf: bool) -> dict[str, object]:
    """The shop's profile for a version; the primary one links the others, a leaf links none."""
    declared: dict[str, object] = {}
    for name, entry in capabilities(version).items():
        one: dict[str, object] = {
            "version": version,
            "spec": spec_url(version, entry.schema),
            "schema": schema_url(version, entry.schema),
        }
        if entry.extends:
            one["extends"] = entry.extends[0] if len(entry.extends) == 1 else list(entry.extends)
        if name == FULFILLMENT:
            one["config"] = {"allows_multi_destination": {"shipping": True}}
        declared[name] = [one]
    ucp: dict[str, object] = {
        "version": version,
        "services": {
            "dev.ucp.shopping": [
                {
                    "version": version,
                    "transport": "rest",
                    "endpoint": settings.endpoint(version),
                    "spec": spec_url(version, "overview"),
                    "schema": f"https://ucp.dev/{version}/services/shopping/rest.openapi.json",
                }
            ]
        },
        "capabilities": declared,
        "payment_handlers": handlers_json(settings),
    }
    if not is_leaf:
        ucp["supported_versions"] = {
            other: f"{settings.profile_url}/{other}" for other in VERSIONS if other != version
        }
    keys = [settings.signing_key.jwk(), *settings.former_keys]
    return {"ucp": ucp, "signing_keys" if version == "2026-04-08" else "keys": keys}


def handlers_json(settings: UcpSettings) -> dict[str, object]:
    """The ways to pay as the profile and checkouts show them."""
    found: dict[str, object] = {}
    for handler in settings.handlers:
        one: dict[str, object] = {"id": handler.id, "version": handler.version}
        one |= {name: text for name in ("spec", "schema") if (text := getattr(handler, name))}
        if handler.config:
            one["config"] = dict(handler.config)
        found.setdefault(handler.name, [])
        entries = found[handler.name]
        assert isinstance(entries, list)
        entries.append(one)
    return found
