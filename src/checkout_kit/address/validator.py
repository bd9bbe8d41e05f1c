"""The port for address services: what a validator answers, and the one that needs no network."""

from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import Protocol

from attrs import field, frozen

from checkout_kit.address.check import check_address, normalise_address
from checkout_kit.address.value import Address
from checkout_kit.errors import Fault


@frozen(kw_only=True)
class ServiceRequest:
    """One HTTP request a validator wants made; whoever drives it adds the time-out."""

    method: str
    url: str
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@frozen(kw_only=True)
class ServiceReply:
    """The status and body that came back."""

    status: int
    body: bytes = field(default=b"", repr=False)


@frozen(kw_only=True)
class Verdict:
    """What a validator found: faults, the address in its normal form, and perhaps a better one to suggest.

    `is_deliverable` and `is_residential` are None where the validator cannot know. A suggestion is shown to
    the buyer, never taken over silently.
    """

    address: Address
    faults: tuple[Fault, ...] = ()
    suggestion: Address | None = None
    is_deliverable: bool | None = None
    is_residential: bool | None = None


Steps = Generator[ServiceRequest, ServiceReply, Verdict]


class AddressValidator(Protocol):
    """Checks an address without doing I/O itself: it yields requests, is sent replies, and returns a verdict.

    A service that is down is the validator's to judge: it should fall back to `check_address`, since a
    checkout must not stop because a lookup did.
    """

    def validate(self, address: Address) -> Steps:
        """The steps for one address."""
        ...


@frozen
class LocalAddressValidator:
    """The country rules of `check_address`; makes no request."""

    def validate(self, address: Address) -> Steps:
        """The verdict of the country's rules on the address in normal form."""
        yield from ()
        tidy = normalise_address(address)
        return Verdict(address=tidy, faults=check_address(tidy))


def run_validator(
    validator: AddressValidator, address: Address, send: Callable[[ServiceRequest], ServiceReply]
) -> Verdict:
    """Drive a validator with a blocking `send`."""
    steps = validator.validate(address)
    try:
        request = next(steps)
        while True:
            request = steps.send(send(request))
    except StopIteration as done:
        verdict: Verdict = done.value
        return verdict


async def run_validator_async(
    validator: AddressValidator, address: Address, send: Callable[[ServiceRequest], Awaitable[ServiceReply]]
) -> Verdict:
    """Drive a validator with an awaitable `send`."""
    steps = validator.validate(address)
    try:
        request = next(steps)
        while True:
            request = steps.send(await send(request))
    except StopIteration as done:
        verdict: Verdict = done.value
        return verdict
