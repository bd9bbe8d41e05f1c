"""What the adapter needs to know of one Saleor instance and of the app installed there."""

from urllib.parse import urlsplit

from attrs import Attribute, field, frozen, validators
from checkout_kit.adapter import Secret, as_secret, https_url, known_zone, optional_secret

from checkout_kit_saleor.jws import read_keys

DAY_S = 86_400


def _keys(_instance: object, _attribute: "Attribute[str]", value: str) -> None:
    if value:
        read_keys(value)


@frozen(kw_only=True)
class SaleorSettings:
    """One instance, by the address of its GraphQL endpoint, and the app's token there.

    Attributes:
        jwks: the content of the instance's `/.well-known/jwks.json`, to start with; it is fetched when a
            webhook is signed with a key that is not in it, so it may be left empty.
        secret_key: the webhook's secretKey, where one is set; Saleor calls this scheme deprecated.
        warehouse_id: ships what has no allocation (products whose stock is not tracked).
        timezone: where the days to delivery are counted; usually that of the origin.
        cache_s: how long the instance keeps delivery options (its CHECKOUT_DELIVERY_OPTIONS_TTL).
    """

    api_url: str = field(validator=https_url)
    app_token: Secret = field(converter=as_secret)
    jwks: str = field(default="", validator=_keys)
    secret_key: Secret | None = field(default=None, converter=optional_secret)
    warehouse_id: str = ""
    timezone: str = field(default="UTC", validator=known_zone)
    cache_s: int = field(
        default=DAY_S, validator=validators.and_(validators.ge(0), validators.le(30 * DAY_S))
    )

    @property
    def host(self) -> str:
        """The instance's host."""
        return (urlsplit(self.api_url).hostname or "").lower()

    @property
    def jwks_url(self) -> str:
        """Where the instance publishes its keys."""
        parts = urlsplit(self.api_url)
        return f"{parts.scheme}://{parts.netloc}/.well-known/jwks.json"
