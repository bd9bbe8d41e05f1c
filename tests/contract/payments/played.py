"""Stripe played by a local server: its shapes, what was sent to it, and how steps are driven to it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from pytest_httpserver import HTTPServer

from checkout_kit.payments import PaymentRequest, StripePayments
from checkout_kit.service.steps import drive

INTENTS, INTENT, REFUNDS = "/v1/payment_intents", "/v1/payment_intents/pi_1", "/v1/refunds"
Run = Callable[[Any], Any]


def intent(status: str, **more: Any) -> dict[str, Any]:
    """A PaymentIntent, as far as it is read."""
    return {"id": "pi_1", "object": "payment_intent", "status": status, "currency": "usd", **more}


def asked(**more: Any) -> PaymentRequest:
    """What the service asks a provider for."""
    given = {
        "key": "co_1:1:authorise",
        "amount": 1590,
        "currency": "USD",
        "token": "pm_1",
        "reference": "co_1",
    }
    return PaymentRequest(**{**given, **more})


def provider(httpserver: HTTPServer, **more: Any) -> StripePayments:
    """The provider, speaking to the local server; it gives up at the first failure unless told otherwise."""
    given = {"secret_key": "sk_test_1", "max_network_retries": 0, "timeout_s": 5.0}
    return StripePayments(api_base=httpserver.url_for("").rstrip("/"), **{**given, **more})


def past_the_library(call: object) -> Any:
    """Every request goes through the library, so the service's own client is never asked."""
    raise AssertionError(f"a request past the library: {call!r}")


def alone(steps: Any) -> Any:
    """Drive steps in this thread."""
    return drive(steps, past_the_library)


def forms(httpserver: HTTPServer) -> list[dict[str, str]]:
    """The forms that were sent, in order."""
    return [{k: v[0] for k, v in parse_qs(r.get_data(as_text=True)).items()} for r, _ in httpserver.log]


def answers(httpserver: HTTPServer, path: str, *bodies: tuple[int, Any]) -> None:
    """What the server says next on this path."""
    for status, body in bodies:
        httpserver.expect_ordered_request(path).respond_with_json(body, status=status)
