"""The quote lock: a shown price and promise in a signed token, so that what was shown is what is charged."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable

from attrs import evolve, frozen

from checkout_kit.checkout.choices import choice_of
from checkout_kit.checkout.document import pack_section, unpack_section
from checkout_kit.checkout.tokens import SigningKeys
from checkout_kit.checkout.value import Choice
from checkout_kit.errors import Forbidden
from checkout_kit.shipping.quote import Quote
from checkout_kit.shipping.values import QuoteRequest

_PURPOSE = "quote-lock"


class QuoteRefused(Forbidden):
    """The lock was altered, has ended, or is for another cart or address; `quote` is today's answer."""

    code = "quote_refused"

    def __init__(self, message: str, quote: Quote) -> None:
        self.quote = quote
        super().__init__(message)


@frozen
class LockedOption:
    """One option of a quote with the token that holds its price and promise until `valid_until`."""

    option_id: str
    token: str
    valid_until: dt.datetime


def lock_options(quote: Quote, request: QuoteRequest, keys: SigningKeys) -> tuple[LockedOption, ...]:
    """A token for each option of a quote, valid for as long as the quote is."""
    seal = request_seal(request)
    locked = []
    for option in quote.options:
        choice = choice_of(option, quote, by_buyer=True)
        payload = {"for": seal, "choice": pack_section("choice")(choice)}
        token = keys.sign(_PURPOSE, payload, until=choice.valid_until)
        locked.append(LockedOption(option.id, token, choice.valid_until))
    return tuple(locked)


def open_lock(
    token: str, request: QuoteRequest, quote: Callable[[QuoteRequest], Quote], keys: SigningKeys
) -> Choice:
    """The locked choice, if the token is ours, in time (`request.placed_at`) and for this cart and address.

    Raises:
        QuoteRefused: anything else; a fresh quote is attached.
    """
    try:
        payload = keys.open(_PURPOSE, token, request.placed_at)
        if payload["for"] != request_seal(request):
            raise Forbidden("the locked price is for another cart or address")
    except Forbidden as error:
        raise QuoteRefused(str(error), quote(request)) from None
    choice = unpack_section("choice")(payload["choice"])
    assert isinstance(choice, Choice)
    return evolve(choice, by_buyer=True)


def request_seal(request: QuoteRequest) -> str:
    """A digest of everything a price depends on except the time; line order does not matter."""
    cart = request.cart
    pack_line = pack_section("line")
    lines = sorted(json.dumps(pack_line(line), sort_keys=True) for line in cart.lines)
    facts = [
        cart.currency, lines, cart.order_discount, cart.prices_include_tax, sorted(cart.discount_codes),
        pack_section("address")(request.destination), request.channel, request.customer.id,
        list(request.customer.groups), request.destination_kind, request.distance_m, request.origin,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()
