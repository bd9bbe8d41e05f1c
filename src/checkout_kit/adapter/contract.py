"""The adapter contract: what a platform plug-in declares and answers. Nothing here does any I/O."""

import datetime as dt
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final, Generic, Self, TypeVar, cast

from attrs import AttrsInstance, frozen

from checkout_kit.adapter.capability import OPERATIONS, Capability
from checkout_kit.adapter.http import HttpRequest, HttpResponse, json_response
from checkout_kit.adapter.scrub import scrub
from checkout_kit.adapter.settings import secrets_in, settings_from
from checkout_kit.adapter.signature import Signature
from checkout_kit.adapter.tree import Tree
from checkout_kit.adapter.values import (
    PlatformOrder,
    PlatformPromise,
    RateOutcome,
    ShipmentNotice,
    ShipmentReceipt,
    WebhookEvent,
)
from checkout_kit.cart import Cart
from checkout_kit.errors import Fault, Forbidden, InputError, Unsupported
from checkout_kit.money import is_currency
from checkout_kit.shipping import Quote, QuoteRequest

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from checkout_kit.service import AsyncCheckoutService

T = TypeVar("T")


class NotServed(InputError):
    """A market we cannot serve: an unknown currency or country; the platform is told "none"."""

    code = "not_served"


def known_currency(tree: Tree) -> str:
    """The ISO 4217 code at that place; raises NotServed for one that does not exist."""
    currency = tree.text().upper()
    if not is_currency(currency):
        raise NotServed.of(tree.path, "not an ISO 4217 currency")
    return currency


S_co = TypeVar("S_co", bound=AttrsInstance, covariant=True)


@frozen
class Work:
    """Something to be done in this process instead of a request; its answer is an empty 204."""

    do: Callable[[], object]


Steps = Generator[HttpRequest | Work, HttpResponse, T]
"""An operation that calls out: yields each request, is sent its response, returns the result."""


class Adapter(Generic[S_co]):
    """One platform. Subclass it, declare the class variables, and override the operations you declare.

    Attributes:
        name: the entry point's name; lower case, as in `checkout-kit serve --adapter NAME`.
        capabilities: what this adapter does; every operation outside raises Unsupported.
        settings_type: the frozen attrs class of its settings.
        signature: how the platform proves a rate request is its own; None where it cannot reach us.
        webhook_signature: the same for webhooks.
        platform_cache_s: how long the platform keeps our rates whatever we say; near a cut-off the core then
            quotes as of the end of that time, so that no kept promise outlives its cut-off.
        most_fresh_s: how long an answer may be kept at most when the platform heeds `Cache-Control`.
        most_bytes: larger requests are refused unread.
        reads_only_body: `parse_rates` looks at nothing of a request but its body, so that the answer to the
            same bytes may be given again without reading them.
        in_process: the host application calls this adapter itself; a server has nothing to mount.
        questions: what else the platform asks and wants answered at once; each is a route beside `rates`.
        pages: what the shop's own page asks from the browser; each is a route beside them.
        page_failed: what such a page is told when the platform cannot be reached, or something breaks.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    capabilities: ClassVar[frozenset[Capability]] = frozenset()
    settings_type: ClassVar[type[AttrsInstance]]
    signature: ClassVar[Signature | None] = None
    webhook_signature: ClassVar[Signature | None] = None
    platform_cache_s: ClassVar[int] = 0
    most_fresh_s: ClassVar[int] = 300
    most_bytes: ClassVar[int] = 1_000_000
    reads_only_body: ClassVar[bool] = False
    in_process: ClassVar[bool] = False
    questions: ClassVar[tuple[str, ...]] = ()
    pages: ClassVar[tuple[str, ...]] = ()
    page_failed: ClassVar[HttpResponse] = HttpResponse(status=503)

    def __init__(self, settings: S_co) -> None:
        self.settings: Final = settings

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """An adapter set up from `CHECKOUT_KIT_<NAME>_<FIELD>` variables; InputError lists every fault."""
        prefix = f"CHECKOUT_KIT_{cls.name.upper()}_"
        settings = settings_from(cls.settings_type, environment, prefix=prefix)
        return cls(cast("S_co", settings))

    def __repr__(self) -> str:
        """Name and capabilities; settings show no secret either, but may name a shop."""
        return f"<{type(self).__name__} {', '.join(sorted(self.capabilities))}>"

    # Answering rates

    def rate_secrets(self) -> Sequence[str]:
        """The secrets a rate request may be signed with, the current first; with none, nothing gets in."""
        return ()

    def verify_rates(self, request: HttpRequest, *, now: dt.datetime) -> None:
        """Raises Forbidden unless the platform signed exactly these bytes; may raise NotFound (404) then."""
        if self.signature is None:
            raise Forbidden(f"the {self.name} adapter declares no signature, so nothing can be let in")
        self.signature.verify(request, secrets=self.rate_secrets(), now=now)

    def fetch_first(self, request: HttpRequest, *, now: dt.datetime) -> Steps[None] | None:
        """What must be fetched before this request can be verified, such as a key it names; None as a rule.

        The host carries it out, one at a time. A request may be forged, so the adapter bounds how often.
        """
        return None

    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        """The request in our terms.

        Raises:
            NotServed: a currency or country that does not exist; a definite none.
            InputError: a malformed payload (answered 400).
            NotFound: a shop this adapter does not serve (404).
        """
        raise self._unsupported("parse_rates")

    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        """The answer in the platform's terms; `request` is None when it could not be read."""
        raise self._unsupported("render_rates")

    def render_fault(self, status: int, faults: Sequence[Fault]) -> HttpResponse:
        """A refusal (400, 401, 404, 413) in the platform's error shape; places and reasons, no values."""
        errors = [{"path": fault.path, "message": fault.message} for fault in faults]
        return json_response({"errors": errors}, status=status)

    def answer_question(
        self,
        question: str,
        request: HttpRequest,
        quoter: Callable[[QuoteRequest], Quote],
        *,
        now: dt.datetime,
    ) -> HttpResponse:
        """The answer to one of `questions`; verified as a rate request is. Raises InputError, NotFound."""
        raise Unsupported(f"the {self.name} adapter declares no question {question!r}")

    def page_origins(self) -> Sequence[str]:
        """The web origins whose pages may ask for `pages`; with none, only a page of our own origin may."""
        return ()

    def answer_page(
        self,
        page: str,
        request: HttpRequest,
        quoter: Callable[[QuoteRequest], Quote],
        *,
        now: dt.datetime,
    ) -> Steps[HttpResponse]:
        """The answer to one of `pages`; a browser sent it, so nothing in it is trusted."""
        raise Unsupported(f"the {self.name} adapter declares no page {page!r}")

    def deadline_s(self, request: HttpRequest) -> float:
        """Within how many seconds the platform wants this rate request answered."""
        return 3.0

    # Calling out

    def get_cart(self, cart_id: str) -> Steps[Cart]:
        """The platform's cart in our terms; raises NotFound."""
        raise self._unsupported("get_cart")

    def offer_options(self, cart_id: str, quote: Quote) -> Steps[None]:
        """Replace the shipping options of a platform's cart or session by those of the quote."""
        raise self._unsupported("offer_options")

    def get_order(self, order_id: str) -> Steps[PlatformOrder]:
        """One order; raises NotFound."""
        raise self._unsupported("get_order")

    def list_orders(self, updated_since: dt.datetime) -> Steps[tuple[PlatformOrder, ...]]:
        """Every order changed since, oldest first, over all pages."""
        raise self._unsupported("list_orders")

    def write_promise(self, promise: PlatformPromise) -> Steps[None]:
        """Make the promise readable on the platform's order; writing it again changes nothing."""
        raise self._unsupported("write_promise")

    def write_shipment(self, notice: ShipmentNotice) -> Steps[ShipmentReceipt]:
        """Write tracking back; writing the same notice again changes nothing and says so."""
        raise self._unsupported("write_shipment")

    def throttled_s(self, response: HttpResponse) -> float | None:
        """Seconds to wait where the platform throttles in its own way; None for an ordinary answer."""
        return None

    # Being told

    def webhook_secrets(self) -> Sequence[str]:
        """The secrets a webhook may be signed with, the current one first."""
        return self.rate_secrets()

    def verify_webhook(self, request: HttpRequest, *, now: dt.datetime) -> None:
        """Raises Forbidden unless the platform signed exactly these bytes."""
        scheme = self.webhook_signature or self.signature
        if scheme is None:
            raise Forbidden(f"the {self.name} adapter declares no signature, so nothing can be let in")
        scheme.verify(request, secrets=self.webhook_secrets(), now=now)

    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        """What the platform reports; None for a ping that only wants a 200. Raises InputError (400)."""
        raise self._unsupported("parse_webhook")

    # Serving checkouts

    def mount(self, service: "AsyncCheckoutService") -> "Sequence[BaseRoute]":
        """The routes of a protocol that sells through our own checkout, mounted as they are."""
        raise self._unsupported("mount")

    # Shared by subclasses

    def scrub(self, text: str) -> str:
        """The text without this adapter's secrets, tokens and e-mail addresses."""
        known = (*secrets_in(self.settings), *self.rate_secrets(), *self.webhook_secrets())
        return scrub(text, known)

    def _unsupported(self, operation: str) -> Unsupported:
        capability = next(c for c, names in OPERATIONS.items() if operation in names)
        declared = ", ".join(sorted(self.capabilities)) or "nothing"
        return Unsupported(
            f"the {self.name} adapter does not declare {capability.value!r}, so it has no {operation}; "
            f"it declares {declared}"
        )


AnyAdapter = Adapter[AttrsInstance]
"""An adapter of whatever platform."""


def in_process(work: Callable[[], T]) -> Steps[T]:
    """An operation that needs no request because the adapter runs inside the platform.

    The asynchronous driver does the work in a thread, so that it may block.
    """
    done: list[T] = []
    yield Work(lambda: done.append(work()))
    return done[0]


def single_fault(error: Exception) -> tuple[Fault, ...]:
    """The faults of an error, for showing to a platform: places and reasons without the values found."""
    if isinstance(error, InputError):
        return tuple(Fault(fault.path, fault.message) for fault in error.faults)
    return (Fault("", str(error)),)
