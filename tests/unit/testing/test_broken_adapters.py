"""The suite has teeth: each adapter here has one fault, and a named test of the suite catches it."""

import datetime as dt
import json
import logging
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

from checkout_kit.adapter import (
    BodyHmac,
    Capability,
    HttpRequest,
    HttpResponse,
    NoOptions,
    Options,
    PlatformOrder,
    PlatformPromise,
    RateOutcome,
    RatesUnavailable,
    Secret,
    ShipmentNotice,
    ShipmentReceipt,
    Steps,
    TimestampedHmac,
    WebhookEvent,
    json_response,
)
from checkout_kit.errors import Fault, Forbidden, InputError
from checkout_kit.shipping import QuoteRequest
from checkout_kit.testing import AdapterConformance
from checkout_kit.testing.adapters.reference import ReferenceAdapter, ReferenceSettings

SECRET = "reference-secret-1"
SETTINGS = ReferenceSettings(
    shop="main", secret=SECRET, api_url="https://reference.example/api", token="reference-token-1"
)
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


@caught_by("test_every_declared_page_is_recorded")
class DeclaresAPageItDoesNotAnswer(ReferenceAdapter):
    """Its shop's page would wait for nothing."""

    pages = ("address",)


@caught_by("test_rates_are_read_as_the_facts_recorded")
class ForgetsTheDiscount(ReadsOtherwise):
    def changed(self, request: QuoteRequest) -> QuoteRequest:
        return attrs.evolve(request, cart=attrs.evolve(request.cart, order_discount=0))


@caught_by("test_amounts_without_decimals_are_read_right")
class ReadsYenAsCents(ReadsOtherwise):
    def changed(self, request: QuoteRequest) -> QuoteRequest:
        wrong = request.cart.lines[0].unit_price * (100 if request.cart.currency == "JPY" else 1)
        return altered(request, unit_price=wrong)


@caught_by("test_amounts_with_three_decimals_are_read_right")
class ReadsFilsAsCents(ReadsOtherwise):
    def changed(self, request: QuoteRequest) -> QuoteRequest:
        wrong = request.cart.lines[0].unit_price // (10 if request.cart.currency == "KWD" else 1)
        return altered(request, unit_price=wrong)


@caught_by("test_weights_are_read_in_grams")
class ReadsKilogramsAsGrams(ReadsOtherwise):
    def changed(self, request: QuoteRequest) -> QuoteRequest:
        return altered(request, weight_g=(request.cart.lines[0].weight_g or 0) // 1000)


@caught_by("test_partial_address_is_read")
class InsistsOnPostalCode(ReadsOtherwise):
    def changed(self, request: QuoteRequest) -> QuoteRequest:
        if not request.destination.postal_code:
            raise InputError.of("destination.postal_code", "is missing")
        return request


@caught_by("test_request_carries_the_given_instant")
class ReadsItsOwnClock(ReadsOtherwise):
    def changed(self, request: QuoteRequest) -> QuoteRequest:
        return attrs.evolve(request, placed_at=dt.datetime.now(dt.UTC))


@caught_by("test_reading_is_repeatable")
class NumbersLinesAtRandom(ReadsOtherwise):
    def changed(self, request: QuoteRequest) -> QuoteRequest:
        return altered(request, id=str(random.random()))


@caught_by("test_only_the_body_counts_where_that_is_declared")
class ForgetsThatAHeaderCounts(ReferenceAdapter):
    reads_only_body = True

    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        read = super().parse_rates(request, now=now)
        return attrs.evolve(read, channel=request.header("content-type"))


@caught_by("test_options_are_written_as_documented")
class RenamesTheTitle(WritesOtherwise):
    def changed(self, option: dict[str, Any]) -> object:
        option["label"] = option.pop("title")
        return None


@caught_by("test_amounts_without_decimals_are_written_right")
class WritesYenWithDecimals(WritesOtherwise):
    def changed(self, option: dict[str, Any]) -> object:
        option["price"] = f"{float(option['price']):.2f}"
        return None


@caught_by("test_amounts_with_three_decimals_are_written_right")
class WritesFilsWithTwoDecimals(WritesOtherwise):
    def changed(self, option: dict[str, Any]) -> object:
        option["price"] = option["price"][: option["price"].find(".") + 3] if "." in option["price"] else "0"
        return None


@caught_by("test_promise_reaches_the_payload")
class LosesTheLatestDay(WritesOtherwise):
    def changed(self, option: dict[str, Any]) -> object:
        return option.update(latest=option["earliest"]) if "latest" in option else None


@caught_by("test_option_ids_are_carried_unchanged")
class NumbersTheOptions(WritesOtherwise):
    def changed(self, option: dict[str, Any]) -> object:
        return option.update(id=str(len(option["title"])))


@caught_by("test_free_option_is_offered")
class DropsFreeOptions(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        return edited(
            response,
            lambda body: body.update(options=[o for o in body.get("options", []) if float(o["price"])]),
        )


@caught_by("test_option_without_dates_is_offered")
class DropsUndatedOptions(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        return edited(
            response, lambda body: body.update(options=[o for o in body.get("options", []) if "latest" in o])
        )


@caught_by("test_three_outcomes_differ")
class SaysNoneForUnavailable(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        if isinstance(outcome, RatesUnavailable):
            outcome = NoOptions(reason="not_delivered_here")
        return super().render_rates(outcome, request)


@caught_by("test_unavailable_is_written_as_documented")
class SaysUnavailableWith200(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        return attrs.evolve(super().render_rates(outcome, request), status=200)


@caught_by("test_none_is_written_as_documented")
class SaysNoneAsAnError(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        return attrs.evolve(response, status=404) if isinstance(outcome, NoOptions) else response


@caught_by("test_own_failure_is_never_an_empty_list")
class RendersUnavailableWithItsSecret(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        if isinstance(outcome, RatesUnavailable):
            return json_response({"outcome": "unavailable", "debug": SECRET}, status=503)
        return super().render_rates(outcome, request)


@caught_by("test_answer_is_kept_no_longer_than_its_cutoff")
class CachesForAnHour(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        return attrs.evolve(response, headers={**response.headers, "cache-control": "max-age=3600"})


@caught_by("test_currency_not_supported_is_a_definite_none")
class ChargesUnknownCurrencies(ReferenceAdapter):
    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        return super().parse_rates(
            attrs.evolve(request, body=request.body.replace(b'"QQQ"', b'"USD"')), now=now
        )


@caught_by("test_time_to_answer_is_stated")
class ReadsTheDeadlineBlindly(ReferenceAdapter):
    def deadline_s(self, request: HttpRequest) -> float:
        return float(request.header("content-type") or 0)


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


@caught_by("test_calls_log_nothing_private")
class LogsItsRequests(ReferenceAdapter):
    def _accepted(self, response: HttpResponse, what: str) -> Any:
        logging.getLogger("acme").info("%s: %s", what, response.body)
        return super()._accepted(response, what)


@caught_by("test_capabilities_are_declared")
class DeclaresAList(ReferenceAdapter):
    capabilities = tuple(Capability)  # type: ignore[assignment]


@caught_by("test_undeclared_operations_are_unsupported")
class HidesWhatItCan(ReferenceAdapter):
    capabilities = ReferenceAdapter.capabilities - {Capability.CARTS}


@caught_by("test_declared_operations_exist")
class PromisesTooMuch(ReferenceAdapter):
    get_cart = ReferenceAdapter.__mro__[2].get_cart  # type: ignore[assignment]


@caught_by("test_secret_is_shown_by_no_repr")
class ShowsItsSettings(ReferenceAdapter):
    def __repr__(self) -> str:
        return f"<adapter with {self.settings.secret.reveal()}>"


@caught_by("test_missing_settings_are_all_named")
class NamesOneSettingOnly(ReferenceAdapter):
    @classmethod
    def from_environment(cls, environment: Any) -> "NamesOneSettingOnly":
        raise InputError.of("CHECKOUT_KIT_REFERENCE_SHOP", "is not set")


@caught_by("test_calls_send_and_return_what_is_recorded")
class ForgetsTheCarrier(ReferenceAdapter):
    def write_shipment(self, notice: ShipmentNotice) -> Steps[ShipmentReceipt]:
        return super().write_shipment(attrs.evolve(notice, carrier=""))


@caught_by("test_calls_send_and_return_what_is_recorded")
class StopsAfterThePageOne(ReferenceAdapter):
    def list_orders(self, updated_since: dt.datetime) -> Steps[tuple[PlatformOrder, ...]]:
        page = yield self._request("GET", f"orders?since={int(updated_since.timestamp())}")
        return tuple(self._order(order) for order in page.json()["orders"].each())


@caught_by("test_shipment_written_again_changes_nothing")
class ShipsTwice(ReferenceAdapter):
    def write_shipment(self, notice: ShipmentNotice) -> Steps[ShipmentReceipt]:
        receipt = yield from super().write_shipment(notice)
        return attrs.evolve(receipt, is_repeat=False)


@caught_by("test_repeatable_writes_carry_a_key")
class RepeatsWithoutKey(ReferenceAdapter):
    def _request(self, *args: Any, key: str = "", **more: Any) -> HttpRequest:
        return super()._request(*args, **more)


@caught_by("test_repeatable_writes_carry_a_key")
class MakesAKeyEachTime(ReferenceAdapter):
    def _request(self, *args: Any, key: str = "", **more: Any) -> HttpRequest:
        return super()._request(*args, key=key and str(random.random()), **more)


@caught_by("test_garbled_replies_are_our_errors")
class TrustsReplies(ReferenceAdapter):
    def _accepted(self, response: HttpResponse, what: str) -> Any:
        tree = super()._accepted(response, what)
        assert isinstance(tree.value, dict)
        tree.value.setdefault("currency", tree.value["id"])
        return tree


@caught_by("test_secret_stays_out_of_addresses")
class AsksWithItsSecret(ReferenceAdapter):
    def _request(self, *args: Any, **more: Any) -> HttpRequest:
        request = super()._request(*args, **more)
        return attrs.evolve(request, url=f"{request.url}?key={self.settings.secret.reveal()}")


@caught_by("test_sync_equals_async")
class CountsItsCalls(ReferenceAdapter):
    def write_promise(self, promise: PlatformPromise) -> Steps[None]:
        count = vars(self).setdefault("count", [])
        count.append(1)
        document = json.loads((next(super().write_promise(promise))).body) | {"attempt": len(count)}
        yield self._request("PUT", f"orders/{promise.order_id}/promise", document)


@caught_by("test_unsigned_webhook_is_401")
class LetsWebhooksIn(ReferenceAdapter):
    def verify_webhook(self, request: HttpRequest, *, now: dt.datetime) -> None:
        return None


@caught_by("test_repeated_webhook_is_taken_once")
class NamesEventsAnew(ReferenceAdapter):
    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        event = super().parse_webhook(request)
        return event and attrs.evolve(event, id=str(random.random()))


@caught_by("test_different_webhooks_have_different_ids")
class NamesEventsByOrder(ReferenceAdapter):
    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        event = super().parse_webhook(request)
        return event and attrs.evolve(event, id=event.subject_id)


@caught_by("test_event_kinds_are_known")
class InventsKinds(ReferenceAdapter):
    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        event = super().parse_webhook(request)
        return event and attrs.evolve(event, kind="order_created")


@caught_by("test_webhooks_log_nothing_private")
class KeepsTheEmail(ReferenceAdapter):
    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        event = super().parse_webhook(request)
        return event and attrs.evolve(event, facts={"email": request.json()["email"].text("")})


@caught_by("test_hostile_webhooks_are_survived")
class TrustsWebhooks(ReferenceAdapter):
    def parse_webhook(self, request: HttpRequest) -> WebhookEvent | None:
        json.loads(request.body)["topic"].upper()
        return super().parse_webhook(request)


@attrs.define(kw_only=True)
class MutableSettings:
    """Settings as they must not be."""

    shop: str
    secret: Secret
    api_url: str
    token: Secret


REPLAY = Path(__file__).parent / "replay"
TYPICAL = json.dumps(json.loads((REPLAY / "rates_typical.json").read_text())["request"]["body"]).encode()


def suite(made: Any) -> AdapterConformance:
    """The suite set up for this adapter."""
    body = {"adapter": made, "secret": SECRET, "replies": REPLAY}
    return type("Suite", (AdapterConformance,), body)()


@pytest.mark.parametrize(("broken", "test"), BROKEN, ids=[f"{b.__name__}" for b, _ in BROKEN])
def test_broken_adapter_is_caught(broken: type[ReferenceAdapter], test: str) -> None:
    """The named test of the suite fails on the broken adapter, and passes on the right one."""
    getattr(suite(ReferenceAdapter(SETTINGS)), test)()
    with pytest.raises(AssertionError):
        getattr(suite(broken(SETTINGS)), test)()


def test_mutable_settings_are_caught() -> None:
    """Settings that can be changed after construction fail the suite."""
    settings = MutableSettings(
        shop="main", secret=Secret(SECRET), api_url="https://reference.example", token=Secret("t")
    )
    with pytest.raises(AssertionError, match="can be changed"):
        suite(ReferenceAdapter(settings)).test_settings_are_frozen()  # type: ignore[arg-type]


def test_there_are_enough_broken_adapters() -> None:
    """At least thirty different faults are seeded."""
    assert len({broken for broken, _ in BROKEN}) >= 30
