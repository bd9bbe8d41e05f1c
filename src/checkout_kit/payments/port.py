"""The payment port: what a provider must do, with declines as results and outages as exceptions.

A provider's methods are generators: for each request they need they yield an `HttpCall` and are sent the
`HttpReply`, or a `ClientCall` of their vendor's library and are sent what it returned. So the same steps
serve blocking and asynchronous callers and tests without a network.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import Any, Literal, Protocol, TypeVar

from attrs import field, frozen

DeclineCode = Literal[
    "declined",
    "insufficient_funds",
    "expired_card",
    "incorrect_details",
    "fraud_suspected",
    "authentication_failed",
    "canceled",
    "processing_error",
]
PaymentState = Literal["authorised", "captured", "authentication", "declined", "voided", "pending"]


@frozen(kw_only=True)
class HttpCall:
    """One request a provider needs; the headers carry credentials and are kept out of the repr.

    `timeout_s` is for the whole answer. With `connect_to`, an IP address, the URL's host is not looked up.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(factory=dict, repr=False, hash=False)
    content: bytes = field(default=b"", repr=False)
    timeout_s: float = 20.0
    connect_to: str = ""


@frozen(kw_only=True)
class HttpReply:
    """The answer to an `HttpCall`."""

    status: int
    headers: Mapping[str, str] = field(factory=dict, repr=False, hash=False)
    content: bytes = field(default=b"", repr=False)


@frozen(kw_only=True)
class ClientCall:
    """One request through a vendor's client library; the one who drives the steps waits or awaits.

    Attributes:
        run: makes the request and waits for it in this thread.
        run_async: makes the same request, as something to be awaited.
    """

    run: Callable[[], object] = field(repr=False)
    run_async: Callable[[], Awaitable[object]] = field(repr=False)


_T = TypeVar("_T")
Steps = Generator[HttpCall | ClientCall, Any, _T]


@frozen(kw_only=True)
class PaymentRequest:
    """Ask for `amount` minor units of `currency`.

    Attributes:
        key: the idempotency key; asking again with it gives the first answer and no second payment.
        reference: the checkout's id, stored with the payment at the provider.
        token: the provider's name for the card or wallet; never a card number.
        attempt: the checkout's attempt number, stored with the payment too.
        captures: take the money at once instead of only holding it.
        return_url: where the bank's page sends the buyer back to.
    """

    key: str
    amount: int
    currency: str
    token: str = field(repr=False)
    reference: str
    attempt: int = 1
    captures: bool = False
    return_url: str = ""
    customer_ref: str = ""


@frozen(kw_only=True)
class PaymentResult:
    """What became of a payment; a decline is one of these, not an exception.

    `code` is one of `DeclineCode` when declined; `action_url` is where the buyer authenticates; amounts are
    minor units taken and given back so far.
    """

    state: PaymentState
    payment_id: str = ""
    code: str = ""
    action_url: str = field(default="", repr=False)
    captured: int = 0
    refunded: int = 0


@frozen(kw_only=True)
class PaymentNews:
    """What a webhook says: this payment of this checkout has changed; how, is asked of the provider."""

    payment_id: str
    reference: str
    attempt: int


@frozen(kw_only=True)
class SavedMethod:
    """A way to pay that the provider keeps for a customer; `token` may be used in a PaymentRequest."""

    token: str = field(repr=False)
    label: str
    is_default: bool = False


class PaymentProvider(Protocol):
    """What every provider does; each method may raise Unavailable, and then its outcome is unknown.

    Raises:
        Unavailable: no usable answer; the same call with the same key settles what happened.
        Refused: the provider says that the payment's state does not allow the operation.
    """

    @property
    def name(self) -> str:
        """The word stored with orders, such as `test` or `stripe`."""

    def authorise(self, request: PaymentRequest) -> Steps[PaymentResult]:
        """Hold, or with `captures` take, the amount."""

    def continue_authentication(self, payment_id: str) -> Steps[PaymentResult]:
        """Ask what became of a payment whose buyer was sent to the bank."""

    def capture(self, payment_id: str, amount: int, *, key: str) -> Steps[PaymentResult]:
        """Take `amount` of what is held."""

    def void(self, payment_id: str, *, key: str) -> Steps[PaymentResult]:
        """Release what is held; money already taken is given back."""

    def refund(self, payment_id: str, amount: int, *, key: str) -> Steps[PaymentResult]:
        """Give `amount` of what was taken back."""

    def status(self, payment_id: str) -> Steps[PaymentResult]:
        """The payment as the provider sees it now."""

    def saved_methods(self, customer_ref: str) -> Steps[tuple[SavedMethod, ...]]:
        """The ways to pay the provider keeps for this customer; empty where it keeps none."""

    def read_webhook(self, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> PaymentNews | None:
        """The news in a webhook, None for one that is about something else; header names in lower case.

        Raises:
            Forbidden: the signature is not the provider's, or too old.
            InputError: signed, and still not a document of the provider's.
        """


def run_without_network(steps: Steps[_T]) -> _T:
    """Drive steps that need no request to their result; a provider that does want one is an error.

    Raises:
        TypeError: the provider asked for a request.
    """
    try:
        call: Any = next(steps)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    steps.close()
    raise TypeError(f"this provider needs the network: {call!r}")
