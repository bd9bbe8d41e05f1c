"""Faults in reading carts, in writing options, and in telling the three outcomes apart."""

import datetime as dt
import random
from typing import Any

import attrs

from checkout_kit.adapter import (
    HttpRequest,
    HttpResponse,
    NoOptions,
    Options,
    RateOutcome,
    RatesUnavailable,
    json_response,
)
from checkout_kit.errors import InputError
from checkout_kit.shipping import QuoteRequest
from checkout_kit.testing.adapters.reference import ReferenceAdapter
from tests.unit.testing.broken import SECRET, ReadsOtherwise, WritesOtherwise, altered, caught_by, edited


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


@caught_by("test_other_units_of_weight_are_read")
class TakesEveryUnitForKilograms(ReferenceAdapter):
    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        body = request.body.replace(b'"oz"', b'"kg"').replace(b'"lb"', b'"kg"')
        return super().parse_rates(attrs.evolve(request, body=body), now=now)


@caught_by("test_days_are_the_same_wherever_the_server_stands")
class CountsDaysInTheServersZone(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        if not isinstance(outcome, Options) or request is None:
            return response
        today = request.placed_at.date()

        def count(body: Any) -> None:
            for option in body["options"]:
                option["days"] = (dt.date.fromisoformat(option["latest"]) - today).days

        return edited(response, count)


@caught_by("test_platform_cache_is_quoted_ahead")
class QuotesAsOfYesterday(ReadsOtherwise):
    def changed(self, request: QuoteRequest) -> QuoteRequest:
        return attrs.evolve(request, placed_at=request.placed_at - dt.timedelta(days=1))


@caught_by("test_unavailable_is_written_as_documented")
class AnswersFailureWithAnEmptyList(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        if isinstance(outcome, RatesUnavailable):
            return json_response({"outcome": "options", "options": []})
        return super().render_rates(outcome, request)
