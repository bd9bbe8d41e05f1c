"""What the adapter needs to know of one shop."""

from urllib.parse import urlsplit

from attrs import field, frozen
from checkout_kit.adapter import CompanionSettings, Secret, as_secret, https_url


@frozen(kw_only=True)
class WooCommerceSettings(CompanionSettings):
    """One shop; `secret` signs both the plug-in's questions and the webhooks.

    `site_url` is the address of the WordPress site, also where it lies in a folder; the REST keys need
    read and write access. Over plain http WooCommerce takes no such keys, so https is demanded.
    """

    site_url: str = field(validator=https_url)
    consumer_key: Secret = field(converter=as_secret)
    consumer_secret: Secret = field(converter=as_secret)

    @property
    def host(self) -> str:
        """The site's host, by which webhooks name their shop."""
        return (urlsplit(self.site_url).hostname or "").lower()
