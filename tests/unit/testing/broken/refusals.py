"""Faults in keeping out what must not get in."""

import datetime as dt
import json
import logging
from collections.abc import Sequence
from typing import ClassVar

import attrs

from checkout_kit.adapter import (
    BodyHmac,
    HttpRequest,
    HttpResponse,
    Steps,
    TimestampedHmac,
    json_response,
)
from checkout_kit.errors import Fault, Forbidden, InputError
from checkout_kit.shipping import QuoteRequest
from checkout_kit.testing.adapters.reference import ReferenceAdapter
from tests.unit.testing.broken import TYPICAL, ReadsOtherwise, caught_by


@caught_by("test_missing_signature_is_401")
class LetsUnsignedIn(ReferenceAdapter):
    def verify_rates(self, request: HttpRequest, *, now: dt.datetime) -> None:
        if request.header("x-checkout-kit-signature"):
            super().verify_rates(request, now=now)


@caught_by("test_wrong_secret_is_401")
class AcceptsAnySignature(ReferenceAdapter):
    def verify_rates(self, request: HttpRequest, *, now: dt.datetime) -> None:
        if not request.header("x-checkout-kit-signature"):
            raise Forbidden("no signature")


@caught_by("test_other_secrets_sign_nothing")
class AcceptsItsOwnToken(ReferenceAdapter):
    def rate_secrets(self) -> Sequence[str]:
        return (*super().rate_secrets(), self.settings.token.reveal())


@caught_by("test_old_request_is_401")
class NeverForgets(ReferenceAdapter):
    signature = TimestampedHmac("x-checkout-kit-signature", tolerance_s=10**9)


@caught_by("test_recorded_signature_is_accepted")
class SignsInAnotherWay(ReferenceAdapter):
    signature = BodyHmac(("x-checkout-kit-signature",), "hex")


@caught_by("test_signature_is_checked_before_parsing")
class ParsesBeforeVerifying(ReferenceAdapter):
    def verify_rates(self, request: HttpRequest, *, now: dt.datetime) -> None:
        request.json()["shop"].text()
        super().verify_rates(request, now=now)


@caught_by("test_signature_covers_the_raw_bytes")
class VerifiesTheParsedBody(ReferenceAdapter):
    def verify_rates(self, request: HttpRequest, *, now: dt.datetime) -> None:
        canonical = json.dumps(json.loads(request.body), separators=(",", ":")).encode()
        reordered = json.dumps(json.loads(TYPICAL), separators=(",", ":")).encode()
        same = json.loads(canonical) == json.loads(reordered)
        super().verify_rates(attrs.evolve(request, body=reordered if same else canonical), now=now)


@caught_by("test_malformed_signatures_are_401")
class ChokesOnOddSignatures(ReferenceAdapter):
    def verify_rates(self, request: HttpRequest, *, now: dt.datetime) -> None:
        request.header("x-checkout-kit-signature").encode("ascii")
        super().verify_rates(request, now=now)


@caught_by("test_malformed_payloads_are_400")
class AnswersNonsense(ReferenceAdapter):
    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        try:
            return super().parse_rates(request, now=now)
        except InputError:
            return super().parse_rates(attrs.evolve(request, body=TYPICAL), now=now)


@caught_by("test_hostile_values_are_survived")
class TrustsTypes(ReferenceAdapter):
    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        read = super().parse_rates(request, now=now)
        json.loads(request.body)["destination"]["region"].strip()
        return read


@caught_by("test_negative_quantities_are_not_priced")
class MendsNegativeQuantities(ReferenceAdapter):
    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        mended = attrs.evolve(request, body=request.body.replace(b'"quantity": -1', b'"quantity": 1'))
        read = super().parse_rates(mended, now=now)
        if mended != request:
            object.__setattr__(read.cart.lines[0], "quantity", -1)
        return read


@caught_by("test_huge_payload_is_413")
class SwallowsEverything(ReferenceAdapter):
    def verify_rates(self, request: HttpRequest, *, now: dt.datetime) -> None:
        super().verify_rates(request, now=now)

    def render_fault(self, status: int, faults: Sequence[Fault]) -> HttpResponse:
        return super().render_fault(400 if status == 413 else status, faults)


@caught_by("test_large_cart_is_read")
class RefusesRealCarts(ReferenceAdapter):
    most_bytes = 2_000


@caught_by("test_unknown_shop_is_404")
class ServesEveryShop(ReferenceAdapter):
    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        body = request.body.replace(b'"shop":"other"', b'"shop":"main"')
        return super().parse_rates(attrs.evolve(request, body=body), now=now)


@caught_by("test_malformed_is_answered_as_documented")
class RefusesInItsOwnWords(ReferenceAdapter):
    def render_fault(self, status: int, faults: Sequence[Fault]) -> HttpResponse:
        return json_response({"oops": "no"}, status=status)


@caught_by("test_refusals_echo_nothing")
class EchoesTheBody(ReferenceAdapter):
    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        try:
            return super().parse_rates(request, now=now)
        except InputError:
            raise InputError.of("", f"cannot read {request.body!r}") from None


@caught_by("test_logs_hold_nothing_private")
class LogsThePayload(ReadsOtherwise):
    def changed(self, request: QuoteRequest) -> QuoteRequest:
        logging.getLogger("acme").debug("rates for %s", request.destination)
        return request


@caught_by("test_signed_request_is_accepted")
class RefusesItsOwnPlatform(ReferenceAdapter):
    def verify_rates(self, request: HttpRequest, *, now: dt.datetime) -> None:
        raise Forbidden("the signature does not fit the body")


@caught_by("test_altered_body_is_401")
class TrimsBeforeVerifying(ReferenceAdapter):
    def verify_rates(self, request: HttpRequest, *, now: dt.datetime) -> None:
        super().verify_rates(attrs.evolve(request, body=request.body.strip()), now=now)


@caught_by("test_logs_hold_nothing_private")
class LogsItsSecret(ReferenceAdapter):
    def verify_rates(self, request: HttpRequest, *, now: dt.datetime) -> None:
        logging.getLogger("acme").debug("verifying with %s", self.rate_secrets()[0])
        super().verify_rates(request, now=now)


@caught_by("test_forged_requests_cause_no_flood_of_calls")
class AsksForEveryForgery(ReferenceAdapter):
    def fetch_first(self, request: HttpRequest, *, now: dt.datetime) -> Steps[None] | None:
        return self._ask()

    def _ask(self) -> Steps[None]:
        yield HttpRequest(method="GET", url="https://reference.example/keys")


@caught_by("test_former_secret_is_accepted_while_it_is_set")
class ForgetsTheFormerSecret(ReferenceAdapter):
    def rate_secrets(self) -> Sequence[str]:
        return (self.settings.secret.reveal(),)


@caught_by("test_former_secret_is_accepted_while_it_is_set")
class ForgetsTheNewSecret(ReferenceAdapter):
    def rate_secrets(self) -> Sequence[str]:
        return ((self.settings.former_secret or self.settings.secret).reveal(),)


@caught_by("test_former_secret_is_accepted_while_it_is_set")
class NeverGivesASecretUp(ReferenceAdapter):
    remembered: ClassVar[list[str]] = []

    def rate_secrets(self) -> Sequence[str]:
        self.remembered += super().rate_secrets()
        return self.remembered
