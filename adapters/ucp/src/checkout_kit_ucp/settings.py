"""What a shop says once about selling through agents."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address
from typing import Final, Literal
from urllib.parse import urlsplit

from attrs import field, frozen
from checkout_kit.adapter import HttpRequest
from checkout_kit.cart import Cart
from checkout_kit.checkout import Checkout, PaymentMethod
from checkout_kit.errors import Fault, InputError
from checkout_kit.money import is_currency

from checkout_kit_ucp.discounts import DescribeDiscounts
from checkout_kit_ucp.faults import Json
from checkout_kit_ucp.keys import SigningKey
from checkout_kit_ucp.versions import V2026_04_08, Version, is_version

PREFIX: Final = "/ucp"
CONSENT_PURPOSES: Final = {
    "dev.ucp.consent.analytics": "Statistics about how the shop is used",
    "dev.ucp.consent.preferences": "Remembering choices for the next visit",
    "dev.ucp.consent.marketing": "News and offers by e-mail",
    "dev.ucp.consent.sale_of_data": "Passing data on to others for payment",
}


@frozen(kw_only=True)
class Instrument:
    """What a platform pays with; the members of its credential are used once and kept nowhere."""

    handler_id: str
    type: str
    credential: Mapping[str, str] = field(repr=False)
    label: str = ""


PaymentOf = Callable[[Instrument], PaymentMethod | None]
"""Turns an instrument into the payment provider's token; None where it cannot be used."""


def _handlers(value: "Iterable[PaymentHandler]") -> "tuple[PaymentHandler, ...]":
    return tuple(value)


def _links(value: Iterable[tuple[str, str, str]]) -> tuple[tuple[str, str, str], ...]:
    return tuple(value)


def _keys(value: Iterable[Json]) -> tuple[Json, ...]:
    return tuple(value)


def _everywhere(_cart: Cart) -> bool:
    return True


@frozen(kw_only=True)
class PaymentHandler:
    """A way to pay that is offered to platforms.

    Attributes:
        name: the reverse-domain name it is known by, such as `com.example.tokens`.
        id: the id instruments name.
        payment_of: turns a platform's instrument into a token of the shop's payment provider.
        config: the public configuration in the profile.
        is_offered: whether carts like this one may be paid so.
    """

    name: str
    id: str
    payment_of: PaymentOf
    version: str = V2026_04_08
    spec: str = ""
    schema: str = ""
    config: Mapping[str, object] = field(factory=dict, hash=False)
    is_offered: Callable[[Cart], bool] = _everywhere


def token_of_credential(provider: str) -> PaymentOf:
    """Take the credential's token as it is for the payment provider of this name."""

    def payment_of(instrument: Instrument) -> PaymentMethod | None:
        token = instrument.credential.get("token", "")
        return PaymentMethod(method=provider, token=token, label=instrument.label) if token else None

    return payment_of


@frozen(kw_only=True)
class Claimed:
    """An eligibility claim to verify when the order is placed."""

    claim: str
    checkout: Checkout
    platform: str


def _any_amount(_sku: str) -> int | None:
    return None


def _nobody(_request: HttpRequest) -> str:
    return ""


@frozen(kw_only=True)
class UcpSettings:
    """How this shop takes part.

    Attributes:
        base_url: where this shop is reached, without a path's end slash; `https` but for tests on loopback.
        page_url: a link to the hosted page, `{checkout_id}` filled in; its secret is added as a parameter.
        currency: the one currency agents buy in.
        signing_key: signs answers and webhooks; its public part stands in the profile.
        handlers: ways to pay, the preferred first.
        primary_version: the version of `/.well-known/ucp`; all others are linked from there.
        links: (type, url, title) of the shop's policies, shown with every checkout.
        zone: the zone in which promised dates become instants: from the first day's start to the last's end.
        stock: how many of a sku can be sold, None for any number.
        claims: the eligibility claims that are recognised, each with what verifies it at completion; a
            recognised claim is handed to the shop's pricing as a discount code of that name.
        describe_discounts: what the discounts of a cart are made of.
        authenticate: the profile URL whose credential (API key, bearer token) a request carries, empty for
            none that is valid; only asked when there is an Authorization or X-API-Key header.
        order_reads: who may read an order: platforms that sign or authenticate their requests; or by its
            unguessable id alone, until such a platform has read it.
        requires_signatures: whether every request has to be signed or carry a valid credential.
        email_when_absent: who is told about an order whose platform named no e-mail address; empty: it must.
        allows_loopback_http: lets profile and webhook URLs be plain http on this machine; for tests.
        keeps_answers: how long answers are kept for repeated requests; a day at least.
    """

    base_url: str
    page_url: str
    currency: str
    signing_key: SigningKey
    handlers: tuple[PaymentHandler, ...] = field(converter=_handlers)
    primary_version: Version = V2026_04_08
    links: tuple[tuple[str, str, str], ...] = field(default=(), converter=_links)
    prices_include_tax: bool = False
    zone: dt.tzinfo = dt.UTC
    stock: Callable[[str], int | None] = _any_amount
    claims: Mapping[str, Callable[[Claimed], bool]] = field(factory=dict, hash=False)
    describe_discounts: DescribeDiscounts | None = None
    consent_purposes: Mapping[str, str] = field(factory=lambda: dict(CONSENT_PURPOSES), hash=False)
    former_keys: tuple[Json, ...] = field(default=(), converter=_keys, hash=False)
    authenticate: Callable[[HttpRequest], str] = _nobody
    order_reads: Literal["authenticated", "by_id"] = "authenticated"
    requires_signatures: bool = False
    email_when_absent: str = ""
    allows_loopback_http: bool = False
    keeps_answers: dt.timedelta = dt.timedelta(hours=48)

    def __attrs_post_init__(self) -> None:
        faults = []
        if not is_web_url(self.base_url, allows_loopback_http=self.allows_loopback_http):
            faults.append(Fault("base_url", "must be an https URL", repr(self.base_url)))
        if urlsplit(self.page_url).scheme != "https" or "{checkout_id}" not in self.page_url:
            faults.append(Fault("page_url", "must be an https URL with {checkout_id}", repr(self.page_url)))
        if not is_currency(self.currency):
            faults.append(Fault("currency", "not an ISO 4217 currency", repr(self.currency)))
        if not self.handlers:
            faults.append(Fault("handlers", "are empty", "", "offer at least one way to pay"))
        if not is_version(self.primary_version):
            faults.append(Fault("primary_version", "is not spoken here", repr(self.primary_version)))
        if self.keeps_answers < dt.timedelta(hours=24):
            faults.append(Fault("keeps_answers", "must be a day or more", repr(self.keeps_answers)))
        if faults:
            raise InputError(faults)

    def endpoint(self, version: Version) -> str:
        """The REST endpoint of a version."""
        return f"{self.base_url}{PREFIX}/{version}"

    @property
    def profile_url(self) -> str:
        """The shop's own profile, which names it as a signer."""
        return f"{self.base_url}/.well-known/ucp"


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine."""
    return host in ("localhost", "127.0.0.1", "::1")


def _is_inside(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost"


def is_web_url(url: str, *, allows_loopback_http: bool) -> bool:
    """Whether a URL is one that is called: https to a public host; this machine, by http too, for tests."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if allows_loopback_http and is_loopback(host):
        return parts.scheme in ("https", "http")
    return parts.scheme == "https" and bool(host) and parts.username is None and not _is_inside(host)
