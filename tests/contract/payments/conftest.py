"""A Stripe provider, and two ways to drive its steps."""

import asyncio
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from checkout_kit.payments import StripePayments
from checkout_kit.service.steps import drive_async
from tests.contract.payments.played import Run, alone, past_the_library, provider


@pytest.fixture
def stripe(httpserver: HTTPServer) -> Iterator[StripePayments]:
    """The provider, with its connections closed afterwards."""
    made = provider(httpserver)
    yield made
    made.close()


@pytest.fixture(params=["in a thread", "on an event loop"])
def run(request: pytest.FixtureRequest, stripe: StripePayments) -> Iterator[Run]:
    """The same steps, driven by blocking and by asynchronous callers."""
    if request.param == "in a thread":
        yield alone
        return
    with asyncio.Runner() as runner:
        yield lambda steps: runner.run(drive_async(steps, past_the_library, in_thread=False))
        runner.run(stripe.close_async())
