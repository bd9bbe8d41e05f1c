"""What a shop says once about selling through agents of this protocol."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Literal, get_args
from urllib.parse import urlsplit

from attrs import field, frozen
from checkout_kit.adapter import Secret, as_secret
from checkout_kit.adapter.settings import optional_secret
from checkout_kit.cart import Cart
from checkout_kit.checkout import Checkout
from checkout_kit.errors import Fault, InputError
from checkout_kit.money import is_currency

from checkout_kit_acp.discounts import DescribeDiscounts
from checkout_kit_acp.faults import Json
from checkout_kit_acp.handlers import PaymentHandler

VERSION: Final = "2026-04-17"
SUPPORTED_VERSIONS: Final = (VERSION,)
PREFIX: Final = "/acp"
LinkType = Literal[
    "terms_of_use", "privacy_policy", "return_policy", "shipping_policy", "contact_us", "about_us", "faq",
    "support",
]  # fmt: skip


def check_web_url(path: str, url: str) -> None:
    """Raise InputError unless a URL is https, or http on this machine, and names no user."""
    parts = urlsplit(url)
    is_local = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not (parts.scheme == "https" or is_local) or not parts.hostname or parts.username:
        raise InputError.of(path, "must be an https URL without a user name", remedy="write https://...")


def _secrets(value: Iterable[str | Secret]) -> tuple[Secret, ...]:
    return tuple(as_secret(one) for one in value)


@frozen(kw_only=True)
class Agent:
    """An agent platform that may buy here.

    Attributes:
        name: our own word for it; its sessions and repeated requests are told apart by it.
        api_keys: the bearer tokens it may present, more than one while they are rotated.
        webhook_url: where its receiver takes order events; empty for none.
        webhook_secret: signs those events.
    """

    name: str
    api_keys: tuple[Secret, ...] = field(converter=_secrets)
    webhook_url: str = ""
    webhook_secret: Secret | None = field(default=None, converter=optional_secret)

    def __attrs_post_init__(self) -> None:
        if not self.name or not self.name.isidentifier():
            raise InputError.of("agent.name", "must be one word", found=self.name)
        if not self.api_keys:
            raise InputError.of("agent.api_keys", "is empty, so nothing could get in")
        if self.webhook_url:
            check_web_url("agent.webhook_url", self.webhook_url)
            if self.webhook_secret is None:
                raise InputError.of("agent.webhook_secret", "is needed to sign what goes to webhook_url")


@frozen(kw_only=True)
class Acquirer:
    """What an agent needs to run 3-D Secure for this shop itself.

    Source: ACP 2026-04-17, schema.agentic_checkout.json#/$defs/AuthenticationMetadata.
    """

    bin: str
    country: str
    merchant_id: str
    merchant_name: str
    directory_server: Literal["american_express", "mastercard", "visa"]
    requestor_id: str = ""

    def document(self) -> Json:
        """The `authentication_metadata` member."""
        details: Json = {
            "acquirer_bin": self.bin,
            "acquirer_country": self.country,
            "acquirer_merchant_id": self.merchant_id,
            "merchant_name": self.merchant_name,
        }
        if self.requestor_id:
            details["requestor_id"] = self.requestor_id
        return {"acquirer_details": details, "directory_server": self.directory_server}


@frozen(kw_only=True)
class MarketingChannel:
    """A question about marketing that an agent may put to the buyer; only `email` reaches the checkout."""

    channel: str
    display_text: str
    privacy_policy_url: str


def _any_amount(_sku: str) -> int | None:
    return None


def _no_acquirer(_checkout: Checkout) -> Acquirer | None:
    return None


def _links(value: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(value)


def _agents(value: Iterable[Agent]) -> tuple[Agent, ...]:
    return tuple(value)


def _handlers(value: Iterable[PaymentHandler]) -> tuple[PaymentHandler, ...]:
    return tuple(value)


def _channels(value: Iterable[MarketingChannel]) -> tuple[MarketingChannel, ...]:
    return tuple(value)


@frozen(kw_only=True)
class AcpSettings:
    """How this shop takes part.

    Attributes:
        base_url: where this shop is reached, without a path's end slash; `https` but for tests on loopback.
        page_url: a link to the hosted page, `{checkout_id}` filled in; its secret is added as a parameter.
        currency: the one currency agents buy in, ISO 4217 in upper case.
        sealing_key: seals the secrets of checkouts in the database, so that links to the page can be made;
            32 characters or more.
        agents: who may buy.
        handlers: ways to pay, the preferred first.
        links: (type, url) of the shop's policies, shown with every session.
        zone: the zone in which promised dates become instants: from the first day's start to the last's end.
        stock: how many of a sku can be sold, None for any number.
        describe_discounts: what the discounts of a cart are made of.
        acquirer: what an agent that runs 3-D Secure itself needs for a checkout; without it, a payment that
            wants authentication is sent to `continue_url`.
        keeps_answers: how long answers are kept for repeated requests; a day at least.
    """

    base_url: str
    page_url: str
    currency: str
    sealing_key: Secret = field(converter=as_secret)
    agents: tuple[Agent, ...] = field(converter=_agents)
    handlers: tuple[PaymentHandler, ...] = field(converter=_handlers)
    links: tuple[tuple[str, str], ...] = field(default=(), converter=_links)
    prices_include_tax: bool = False
    zone: dt.tzinfo = dt.UTC
    stock: Callable[[str], int | None] = _any_amount
    describe_discounts: DescribeDiscounts | None = None
    acquirer: Callable[[Checkout], Acquirer | None] = _no_acquirer
    marketing: tuple[MarketingChannel, ...] = field(default=(), converter=_channels)
    support: Mapping[str, str] = field(factory=dict, hash=False)
    locales: tuple[str, ...] = ()
    keeps_answers: dt.timedelta = dt.timedelta(days=2)

    def __attrs_post_init__(self) -> None:
        faults: list[Fault] = []
        for name in ("base_url", "page_url"):
            try:
                check_web_url(name, getattr(self, name).replace("{checkout_id}", "0"))
            except InputError as problem:
                faults += problem.faults
        if not is_currency(self.currency):
            faults.append(Fault("currency", "is not an ISO 4217 code", repr(self.currency)))
        if len(self.sealing_key.reveal()) < 32:
            faults.append(Fault("sealing_key", "is shorter than 32 characters", "", "use a random one"))
        if not self.agents:
            faults.append(Fault("agents", "are empty", "", "name at least one"))
        if len({agent.name for agent in self.agents}) != len(self.agents):
            faults.append(Fault("agents", "two of them have the same name"))
        if not self.handlers:
            faults.append(Fault("handlers", "are empty", "", "offer at least one way to pay"))
        known = get_args(LinkType)
        faults += [
            Fault(f"links[{i}]", "is of no type the protocol knows", repr(kind), "use one of its words")
            for i, (kind, _) in enumerate(self.links)
            if kind not in known
        ]
        if self.keeps_answers < dt.timedelta(hours=24):
            faults.append(Fault("keeps_answers", "must be a day or more", repr(self.keeps_answers)))
        if faults:
            raise InputError(faults)

    @property
    def api_base_url(self) -> str:
        """The URL agents append resource paths to."""
        return f"{self.base_url}{PREFIX}"

    def offered(self, cart: Cart) -> tuple[PaymentHandler, ...]:
        """The ways to pay offered for a cart."""
        return tuple(one for one in self.handlers if one.is_offered(cart))
