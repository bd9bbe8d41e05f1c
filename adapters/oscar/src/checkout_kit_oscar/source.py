"""Where a shop's options come from: a policy in this process or a service, with a cache and a fallback.

Nothing here raises into a page: whatever breaks, the shop goes on with the fallback.
"""

import datetime as dt
import json
import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from checkout_kit.adapter import (
    AnswerCache,
    HttpRequest,
    HttpResponse,
    RetryPolicy,
    TimestampedHmac,
    answer_quote,
    read_rates,
    run,
)
from checkout_kit.adapter.companion import SIGNATURE_HEADER
from checkout_kit.errors import CheckoutKitError, Refused
from checkout_kit.promise import DeliveryPromise
from checkout_kit.shipping import ShippingPolicy

from checkout_kit_oscar.adapter import OscarAdapter
from checkout_kit_oscar.answer import Offer, Offers, read_answer
from checkout_kit_oscar.settings import OscarSettings, shop_settings

_log: Final = logging.getLogger(__name__)
Ask = Callable[[bytes, dt.datetime], HttpResponse]
# After a failure the service is left alone for so long, or every page would wait for the time-out.
PAUSE_S: Final = 10


class OptionSource:
    """Offers for a basket form; remembers what was offered, so that an order can be given its promise."""

    def __init__(self, settings: OscarSettings, ask: Ask) -> None:
        self.settings = settings
        self._ask = ask
        self._answers: AnswerCache[Offers] = AnswerCache()
        self._promised: AnswerCache[tuple[str, DeliveryPromise]] = AnswerCache()
        self._silent_until: dt.datetime | None = None

    def offers(self, form: dict[str, object], *, now: dt.datetime, basket_id: object = None) -> Offers | None:
        """What is offered, nothing when nothing is delivered there, or None when it cannot be said now."""
        body = json.dumps(form, separators=(",", ":"), sort_keys=True).encode()
        found = self._answers.get(body, now=now)
        if found is None:
            if self._silent_until is not None and now < self._silent_until:
                return None
            try:
                found = read_answer(self._ask(body, now), str(form["currency"]))
            except CheckoutKitError as error:
                _log.error("the fallback is offered: %s", error)
                if not isinstance(error, Refused):
                    self._silent_until = now + dt.timedelta(seconds=PAUSE_S)
                return None
            self._silent_until = None
            self._answers.put(body, found, until=now + dt.timedelta(seconds=found.fresh_s))
        for offer in found.offers:
            if offer.promise is not None and basket_id is not None:
                kept = (offer.title, offer.promise)
                self._promised.put((basket_id, offer.code), kept, until=now + dt.timedelta(days=2))
        return found

    def promised(
        self, basket_id: object, code: str, *, now: dt.datetime
    ) -> tuple[str, DeliveryPromise] | None:
        """Title and promise of what this process last offered for a basket under that code."""
        return self._promised.get((basket_id, code), now=now)

    def fallback(self, currency: str) -> Offer | None:
        """What is offered when nothing can be quoted; None in a currency that has no fallback price."""
        price = self.settings.fallback_prices().get(currency)
        if price is None:
            return None
        code, name = self.settings.fallback_code, self.settings.fallback_name
        return Offer(code=code, title=name, description="", price=price, tax=price * 0, promise=None)


def ask_policy(adapter: OscarAdapter) -> Ask:
    """Asks the policy of the settings, loaded in this process when it is first needed."""

    @lru_cache(maxsize=1)
    def policy() -> ShippingPolicy:
        return ShippingPolicy.load(adapter.settings.policy)

    def ask(body: bytes, now: dt.datetime) -> HttpResponse:
        request = HttpRequest(url="", body=body)
        read = read_rates(_Trusting(adapter.settings), request, now=now)
        return (
            read if isinstance(read, HttpResponse) else answer_quote(adapter, read, policy().quote, now=now)
        )

    return ask


class _Trusting(OscarAdapter):
    """The adapter for forms made in this process, which nobody signs."""

    def verify_rates(self, request: HttpRequest, *, now: dt.datetime) -> None:
        """Lets every form of this process in."""


def ask_service(settings: OscarSettings, client: Any) -> Ask:
    """Asks a service over HTTP, once and with the time-out of the settings."""
    scheme = TimestampedHmac(SIGNATURE_HEADER)
    once = RetryPolicy(attempts=1, timeout_s=settings.timeout_s)

    def ask(body: bytes, now: dt.datetime) -> HttpResponse:
        headers = {"content-type": "application/json"}
        plain = HttpRequest(url=settings.service_url, headers=headers, body=body, repeatable=True)
        signed = scheme.sign(plain, secret=settings.secret.reveal(), now=now)

        def steps() -> Any:
            return (yield signed)

        answer: HttpResponse = run(steps(), client, retry=once)
        return answer

    return ask


@lru_cache(maxsize=1)
def shop_source() -> OptionSource:
    """The project's source, made at the first request."""
    settings = shop_settings()
    if settings.policy:
        return OptionSource(settings, ask_policy(OscarAdapter(settings)))
    import httpx

    return OptionSource(settings, ask_service(settings, httpx.Client()))
