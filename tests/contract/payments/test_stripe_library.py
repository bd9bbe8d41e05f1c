"""Stripe's library between us and Stripe: outages, time-outs, keys, secrets and logs."""

import json
import logging
import subprocess
import sys
import time

import pytest
import stripe as library
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from checkout_kit.errors import Refused, Unavailable
from checkout_kit.payments import ClientCall, StripePayments
from tests.contract.payments.played import INTENTS, Run, alone, answers, asked, intent, provider


@pytest.mark.parametrize("status", [401, 403, 409, 429, 500, 503])
def test_what_is_not_an_answer_can_be_asked_again(
    httpserver: HTTPServer, stripe: StripePayments, run: Run, status: int
) -> None:
    """Outages, rate limits and a wrong key leave the payment undecided; no secret is in the message."""
    answers(httpserver, INTENTS, (status, {"error": {"type": "api_error", "message": "sk_test_1"}}))
    with pytest.raises(Unavailable) as caught:
        run(stripe.authorise(asked()))
    assert "sk_test" not in str(caught.value)


@pytest.mark.parametrize("body", ["<html>", "[]", "", "7"])
def test_an_answer_that_is_no_json_object_is_no_answer(
    httpserver: HTTPServer, stripe: StripePayments, run: Run, body: str
) -> None:
    """A proxy's page in between is an outage."""
    httpserver.expect_request(INTENTS).respond_with_data(body, status=200)
    with pytest.raises(Unavailable):
        run(stripe.authorise(asked()))


def test_nobody_there_is_an_outage(run: Run) -> None:
    """A refused connection names what happened and no key."""
    gone = StripePayments(secret_key="sk_test_1", api_base="http://127.0.0.1:9", max_network_retries=0)
    with pytest.raises(Unavailable, match="APIConnectionError"):
        run(gone.status("pi_1"))
    gone.close()


def test_an_answer_that_comes_too_late_leaves_the_payment_unknown(httpserver: HTTPServer) -> None:
    """A time-out after sending is neither a decline nor a success; the same key finds the payment made."""
    made: list[str] = []

    def create(request: Request) -> Response:
        if not made:
            time.sleep(0.4)
        made.append(request.headers["Idempotency-Key"])
        return Response(json.dumps(intent("requires_capture")), mimetype="application/json")

    httpserver.expect_request(INTENTS).respond_with_handler(create)
    hasty = provider(httpserver, timeout_s=0.1)
    with pytest.raises(Unavailable):
        alone(hasty.authorise(asked()))
    hasty.close()
    patient = provider(httpserver)
    assert alone(patient.authorise(asked())).state == "authorised"
    patient.close()
    assert made == ["co_1:1:authorise"] * 2


def test_the_library_asks_again_with_the_same_key(httpserver: HTTPServer) -> None:
    """One outage is got over without anybody noticing, and without a second payment."""
    answers(httpserver, INTENTS, (500, {"error": {"type": "api_error"}}), (200, intent("requires_capture")))
    made = provider(httpserver, max_network_retries=1)
    assert alone(made.authorise(asked())).state == "authorised"
    made.close()
    keys = [request.headers["Idempotency-Key"] for request, _ in httpserver.log]
    assert keys == ["co_1:1:authorise"] * 2


def test_a_key_of_another_request_is_refused(
    httpserver: HTTPServer, stripe: StripePayments, run: Run
) -> None:
    """Stripe's idempotency error is not a decline."""
    answers(httpserver, INTENTS, (400, {"error": {"type": "idempotency_error"}}))
    with pytest.raises(Refused, match="another request"):
        run(stripe.authorise(asked()))


def test_the_same_key_is_one_payment(httpserver: HTTPServer, stripe: StripePayments, run: Run) -> None:
    """A server that honours keys, as Stripe does, makes one payment of two equal requests."""
    made: dict[str, str] = {}

    def create(request: Request) -> Response:
        payment = made.setdefault(request.headers["Idempotency-Key"], f"pi_{len(made) + 1}")
        return Response(
            json.dumps({**intent("requires_capture"), "id": payment}), mimetype="application/json"
        )

    httpserver.expect_request(INTENTS).respond_with_handler(create)
    first, again, other = (run(stripe.authorise(asked(key=key))).payment_id for key in ("a", "a", "b"))
    assert (first, again, other) == ("pi_1", "pi_1", "pi_2")


def test_no_secret_shows(stripe: StripePayments) -> None:
    """Neither the provider nor a call of it shows a key or a token."""
    call = next(stripe.authorise(asked()))
    assert isinstance(call, ClientCall)
    shown = repr(StripePayments(secret_key="sk_test_1", webhook_secrets=("whsec_1",))) + repr(call)
    assert not [secret for secret in ("sk_test", "whsec", "pm_1") if secret in shown]


def test_no_token_is_logged_and_nothing_global_is_set(
    httpserver: HTTPServer, stripe: StripePayments, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    """The library logs whole requests and answers when asked to; here its log stays silent about them."""
    caplog.set_level(logging.DEBUG)
    error = {"type": "card_error", "code": "card_declined", "message": "Ann Example"}
    answers(httpserver, INTENTS, (402, {"error": error}))
    run(stripe.authorise(asked(token="pm_secret")))
    assert not [word for word in ("pm_secret", "sk_test", "Ann") if word in caplog.text]
    assert library.api_key is None


def python(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_library_is_loaded_with_the_provider_only() -> None:
    """A shop without Stripe does not pay for its import."""
    program = "import sys, checkout_kit.payments as p; print('stripe' in sys.modules)"
    assert python(program) == "False"
    assert python(program.replace("; print", "; p.StripePayments; print")) == "True"


def test_a_missing_library_names_the_extra() -> None:
    """The provider is asked for, and the library is not installed."""
    program = (
        "import sys; sys.modules['stripe'] = None; import checkout_kit.payments as p\n"
        "try: p.StripePayments\nexcept ImportError as e: print(type(e).__name__, e)"
    )
    assert python(program) == (
        "MissingExtra payments through Stripe needs an extra; run: pip install 'checkout-kit[stripe]'"
    )
