"""Faults in answers that a single plain option does not show."""

import html
import json
from collections.abc import Sequence
from typing import Any

import attrs

from checkout_kit.adapter import HttpResponse, NoOptions, Options, RateOutcome, RatesUnavailable
from checkout_kit.errors import Fault
from checkout_kit.shipping import QuoteRequest
from checkout_kit.testing.adapters.reference import ReferenceAdapter
from tests.unit.testing.broken import SECRET, WritesOtherwise, caught_by, edited


@caught_by("test_all_options_are_offered_in_their_order")
class OffersFiveAtMost(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        if not isinstance(outcome, Options):
            return response
        return edited(response, lambda body: body.update(options=body["options"][:5]))


@caught_by("test_all_options_are_offered_in_their_order")
class SortsByPrice(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        if not isinstance(outcome, Options):
            return response
        return edited(response, lambda body: body["options"].sort(key=lambda o: float(o["price"])))


@caught_by("test_titles_of_any_letters_reach_the_shopper")
class GarblesUmlauts(WritesOtherwise):
    def changed(self, option: dict[str, Any]) -> object:
        return option.update(title=option["title"].encode("ascii", "replace").decode())


@caught_by("test_titles_of_any_letters_reach_the_shopper")
class EscapesForHtml(WritesOtherwise):
    def changed(self, option: dict[str, Any]) -> object:
        return option.update(title=html.escape(option["title"]))


@caught_by("test_titles_of_any_letters_reach_the_shopper")
class WritesJsonByHand(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        if not isinstance(outcome, Options):
            return response
        rows = [f'{{"id":"{o.id}","title":"{o.title}"}}' for o in outcome.quote.options]
        return attrs.evolve(response, body=f'{{"options":[{",".join(rows)}]}}'.encode())


@caught_by("test_long_texts_break_nothing")
class TripsOverLongTitles(WritesOtherwise):
    def changed(self, option: dict[str, Any]) -> object:
        short = option["title"][:255]
        return option.update(title=short[: -1 if short == option["title"] else 1 // (len(short) - 255)])


@caught_by("test_prices_are_exact_at_any_size")
class ComputesInFloats(WritesOtherwise):
    def changed(self, option: dict[str, Any]) -> object:
        return option.update(price=float(option["price"]) * 1.1 / 1.1)


@caught_by("test_prices_are_exact_at_any_size")
class SeparatesThousands(WritesOtherwise):
    def changed(self, option: dict[str, Any]) -> object:
        return option.update(price=f"{float(option['price']):,.2f}")


@caught_by("test_prices_are_exact_at_any_size")
class RoundsToTens(WritesOtherwise):
    def changed(self, option: dict[str, Any]) -> object:
        return option.update(price=f"{round(float(option['price']), 1):.2f}")


@caught_by("test_none_and_unavailable_need_no_request")
class NeedsTheRequestToSayNone(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        if isinstance(outcome, NoOptions):
            assert request is not None
            return edited(response, lambda body: body.update(currency=request.cart.currency))
        return response


@caught_by("test_answers_say_that_they_are_json")
class AnswersAsText(ReferenceAdapter):
    def render_fault(self, status: int, faults: Sequence[Fault]) -> HttpResponse:
        body = json.dumps({"errors": [fault.message for fault in faults]}).encode()
        return HttpResponse(status=status, headers={"content-type": "text/plain"}, body=body)


@caught_by("test_answers_show_no_secret")
class NamesItsKeyInAHeader(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        return attrs.evolve(response, headers={**response.headers, "x-signed-with": SECRET})


@caught_by("test_answers_are_kept_by_nobody_else")
class LetsEverybodyCache(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        if not isinstance(outcome, Options):
            return response
        kept = {"cache-control": f"public, max-age={outcome.fresh_s}"}
        return attrs.evolve(response, headers={**response.headers, **kept})


@caught_by("test_answers_are_kept_by_nobody_else")
class KeepsFailures(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        if not isinstance(outcome, RatesUnavailable):
            return response
        return attrs.evolve(response, headers={**response.headers, "cache-control": "max-age=60"})
