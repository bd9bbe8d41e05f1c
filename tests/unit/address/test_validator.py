"""The validator port."""

import asyncio
import json

from attrs import evolve, frozen

from checkout_kit.address import (
    Address,
    AddressValidator,
    LocalAddressValidator,
    ServiceReply,
    ServiceRequest,
    Verdict,
    check_address,
    run_validator,
    run_validator_async,
)
from checkout_kit.address.validator import Steps

TYPED = Address(country="us", line1="9 Oka Ave", city="Austin", region="texas", postal_code="73301")


@frozen
class Service:
    """A validator for an invented lookup service, written as a third party would."""

    def validate(self, address: Address) -> Steps:
        """Ask once; fall back to the local rules when the service is down."""
        reply = yield ServiceRequest(method="GET", url="https://lookup.example.test/v1")
        if reply.status != 200:
            return Verdict(address=address, faults=check_address(address))
        better = evolve(address, line1=json.loads(reply.body)["street"])
        return Verdict(address=address, suggestion=better, is_deliverable=True)


def never(request: ServiceRequest) -> ServiceReply:
    """A transport that must not be used."""
    raise AssertionError(request)


def test_the_local_validator_makes_no_request() -> None:
    """It tidies and checks by the country's rules alone."""
    validator: AddressValidator = LocalAddressValidator()
    verdict = run_validator(validator, TYPED, never)
    assert (verdict.address.country, verdict.address.region, verdict.faults) == ("US", "TX", ())
    assert run_validator(validator, evolve(TYPED, city=""), never).faults[0].path == "address.city"


def test_one_validator_is_driven_by_both_loops() -> None:
    """Blocking and awaiting callers get the same verdict from the same steps."""

    def send(request: ServiceRequest) -> ServiceReply:
        assert request.url.startswith("https://lookup.example.test")
        return ServiceReply(status=200, body=b'{"street": "9 Oak Ave"}')

    async def send_later(request: ServiceRequest) -> ServiceReply:
        return send(request)

    verdict = run_validator(Service(), TYPED, send)
    assert verdict.suggestion == evolve(TYPED, line1="9 Oak Ave")
    assert asyncio.run(run_validator_async(Service(), TYPED, send_later)) == verdict


def test_a_validator_that_is_down_falls_back_to_the_rules() -> None:
    """The reply is the validator's to judge, so the checkout goes on."""
    verdict = run_validator(Service(), TYPED, lambda _: ServiceReply(status=503))
    assert [fault.path for fault in verdict.faults] == ["address.country"]


def test_requests_do_not_show_their_contents() -> None:
    """An address or a key in a body or header must not reach a log through repr."""
    shown = repr(ServiceRequest(method="POST", url="https://x.test", headers={"k": "s3cret"}, body=b"9 Oak"))
    assert "s3cret" not in shown
    assert "Oak" not in shown
