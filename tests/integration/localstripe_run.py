"""The Stripe provider against localstripe, a stateful server of others, run as a process of its own.

Not collected by default: it needs the `localstripe` command (GPL, so only ever beside the project):
pytest tests/integration/localstripe_run.py. The server ignores idempotency keys and knows no automatic
payment methods; those are covered by the contract test.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest

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
    def provider(self, server: str) -> StripePayments:
        return StripePayments(secret_key=KEY, api_base=server, payment_method_types=("card",))

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


def test_a_checkout_is_paid_through_stripe(server: str) -> None:
    """Authorised, placed, captured; refused with a method nobody knows before that."""
    stripe = StripePayments(secret_key=KEY, api_base=server, payment_method_types=("card",))
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
