"""The Stripe provider against localstripe, a stateful server of others, run as a process of its own.

Not collected by default: it needs the `localstripe` command (GPL, so only ever beside the project):
pytest tests/integration/localstripe_run.py. The server ignores idempotency keys and refuses the parameter for
automatic payment methods, which a server in front of it leaves out; both are covered by the contract test.
"""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from checkout_kit.payments import StripePayments
from checkout_kit.service import CheckoutService, NewCheckout
from checkout_kit.service.steps import HttpClient, drive
from checkout_kit.storage import open_store
from checkout_kit.testing.checkouts import NOON, POLICY, filled_in
from checkout_kit.testing.payments import PaymentConformance, Run

KEY = "sk_test_12345"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    command = shutil.which("localstripe")
    if command is None:
        pytest.fail("this session needs the localstripe command; run: pip install localstripe")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([command, "--port", str(port), "--from-scratch"], stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                httpx.get(f"{base}/v1/customers", auth=(KEY, ""))
                break
            except httpx.TransportError:
                time.sleep(0.1)
        else:
            pytest.fail("localstripe did not start")
        yield base
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def front(server: str) -> Iterator[str]:
    """The server without the parameter it does not know."""

    def forward(request: Request) -> Response:
        given = parse_qsl(request.get_data(as_text=True))
        form = [(name, value) for name, value in given if not name.startswith("automatic_payment_methods")]
        answer = httpx.request(
            request.method,
            f"{server}{request.full_path}",
            headers={"Authorization": request.headers["Authorization"]},
            data=dict(form) if request.method == "POST" else None,
        )
        return Response(answer.content, status=answer.status_code, content_type="application/json")

    with HTTPServer() as forwarder:
        forwarder.expect_request(re.compile(".*")).respond_with_handler(forward)
        yield forwarder.url_for("").rstrip("/")


@pytest.fixture
def stripe(front: str) -> Iterator[StripePayments]:
    provider = StripePayments(secret_key=KEY, api_base=front)
    yield provider
    provider.close()


def card(base: str, number: str) -> str:
    """A payment method of one of the test cards."""
    form = {
        "type": "card", "card[number]": number, "card[exp_month]": "12", "card[exp_year]": "2035",
        "card[cvc]": "123",
    }  # fmt: skip
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    made = httpx.post(f"{base}/v1/payment_methods", content=urlencode(form), headers=headers, auth=(KEY, ""))
    return str(made.json()["id"])


class TestStripeOnLocalstripe(PaymentConformance):
    """The suite every provider passes."""

    honours_keys = False
    declines_holds = False
    limits_refunds = False

    @pytest.fixture
    def provider(self, stripe: StripePayments) -> StripePayments:
        return stripe

    @pytest.fixture
    def run(self) -> Iterator[Run]:
        client = HttpClient()
        yield lambda steps: drive(steps, client.call)
        client.close()

    @pytest.fixture
    def good_token(self, server: str) -> str:
        return card(server, "4242424242424242")

    @pytest.fixture
    def declined_token(self, server: str) -> str:
        return card(server, "4000000000000341")


def test_a_checkout_is_paid_through_stripe(server: str, stripe: StripePayments) -> None:
    """Authorised, placed, captured; refused with a method nobody knows before that."""
    store = open_store("sqlite://")
    service = CheckoutService(store=store, policy=POLICY, payments=stripe, clock=lambda: NOON)
    opened = service.create(NewCheckout(currency="USD", update=filled_in("pm_nobody")))
    checkout_id = opened.view.checkout.id
    declined = service.complete(checkout_id, idempotency_key="k1")
    assert declined.status.reason == "payment_declined"
    service.update(checkout_id, filled_in(card(server, "4242424242424242")))
    view = service.complete(checkout_id, idempotency_key="k2")
    assert view.order is not None
    assert (view.order.payment.provider, view.order.payment.captured) == ("stripe", 1590)
    service.close()
    store.close()
