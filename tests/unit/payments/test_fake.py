"""The test provider passes the suite every provider must pass, and keeps its books in a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from checkout_kit.errors import Refused, Unavailable
from checkout_kit.payments import PaymentRequest, TestPayments, run_without_network
from checkout_kit.testing.payments import PaymentConformance, Run


class TestTheTestProvider(PaymentConformance):
    """The suite on the fake."""

    @pytest.fixture
    def provider(self) -> Iterator[TestPayments]:
        provider = TestPayments()
        yield provider
        provider.close()

    @pytest.fixture
    def run(self) -> Run:
        return run_without_network

    @pytest.fixture
    def good_token(self) -> str:
        return "tok_ok"

    @pytest.fixture
    def declined_token(self) -> str:
        return "tok_decline"


def test_the_ledger_outlives_the_process(tmp_path: Path) -> None:
    """A payment whose answer was lost is found again by its key after a restart."""
    path = str(tmp_path / "bank.db")
    request = PaymentRequest(key="k", amount=5, currency="USD", token="tok_unknown", reference="co_1")
    first = TestPayments(path)
    with pytest.raises(Unavailable):
        run_without_network(first.authorise(request))
    first.close()
    second = TestPayments(path)
    assert run_without_network(second.authorise(request)).state == "authorised"
    assert len(second.ledger()) == 1
    second.close()


def test_a_key_is_for_one_amount() -> None:
    """The same key with another amount is refused, not paid."""
    bank = TestPayments()
    request = PaymentRequest(key="k", amount=5, currency="USD", token="tok_ok", reference="co_1")
    run_without_network(bank.authorise(request))
    other = PaymentRequest(key="k", amount=6, currency="USD", token="tok_ok", reference="co_1")
    with pytest.raises(Refused, match="used before for another amount"):
        run_without_network(bank.authorise(other))
    bank.close()
