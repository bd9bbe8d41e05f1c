"""Adapters that each have one fault, with the test of the suite that must catch it."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

from checkout_kit.adapter import HttpRequest, HttpResponse, Options, RateOutcome
from checkout_kit.shipping import QuoteRequest
from checkout_kit.testing.adapters.reference import ReferenceAdapter, ReferenceSettings

SECRET = "reference-secret-1"
SETTINGS = ReferenceSettings(
    shop="main", secret=SECRET, api_url="https://reference.example/api", token="reference-token-1"
)
REPLAY = Path(__file__).parents[1] / "replay"
TYPICAL = json.dumps(json.loads((REPLAY / "rates_typical.json").read_text())["request"]["body"]).encode()
BROKEN: list[tuple[type[ReferenceAdapter], str]] = []


def caught_by(test: str) -> Callable[[type[ReferenceAdapter]], type[ReferenceAdapter]]:
    """Registers an adapter with the one test that must catch it."""

    def register(adapter: type[ReferenceAdapter]) -> type[ReferenceAdapter]:
        BROKEN.append((adapter, test))
        return adapter

    return register


def altered(request: QuoteRequest, **changes: Any) -> QuoteRequest:
    """The request with other facts on its first line."""
    first, *rest = request.cart.lines
    return attrs.evolve(
        request, cart=attrs.evolve(request.cart, lines=(attrs.evolve(first, **changes), *rest))
    )


def edited(response: HttpResponse, edit: Callable[[Any], object]) -> HttpResponse:
    """The response with its JSON body changed in place."""
    document = json.loads(response.body)
    edit(document)
    return attrs.evolve(response, body=json.dumps(document).encode())


class ReadsOtherwise(ReferenceAdapter):
    """Faults in reading start here."""

    def changed(self, request: QuoteRequest) -> QuoteRequest:
        return request

    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        return self.changed(super().parse_rates(request, now=now))


class WritesOtherwise(ReferenceAdapter):
    """Faults in writing start here."""

    def changed(self, option: dict[str, Any]) -> object:
        return None

    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        if not isinstance(outcome, Options):
            return response
        return edited(response, lambda body: [self.changed(option) for option in body["options"]])
