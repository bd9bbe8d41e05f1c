"""Faults that show only when a request is spelled otherwise, comes after others, or on another machine."""

import datetime as dt
import json
import re
import socket
import time
from decimal import Decimal
from typing import Any

import attrs

from checkout_kit.adapter import HttpRequest, HttpResponse, Options, RateOutcome, Tree
from checkout_kit.errors import InputError
from checkout_kit.money import exponent
from checkout_kit.shipping import QuoteRequest
from checkout_kit.testing.adapters.reference import ReferenceAdapter
from tests.unit.testing.broken import ReadsOtherwise, caught_by, edited

_KNOWN = {"shop", "currency", "items", "destination", "customer", "codes", "channel", "order_discount"}


def city_of(request: QuoteRequest, city: str) -> QuoteRequest:
    """The request with another city."""
    return attrs.evolve(request, destination=attrs.evolve(request.destination, city=city))


@caught_by("test_unknown_members_are_skipped")
class RefusesWhatIsNew(ReferenceAdapter):
    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        document = request.json().value
        if isinstance(document, dict) and any(name.startswith("x_") for name in document):
            raise InputError.of("", "unknown member")
        return super().parse_rates(request, now=now)


@caught_by("test_other_bytes_of_the_same_document_are_the_same_request")
class SearchesTheBytes(ReferenceAdapter):
    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        read = super().parse_rates(request, now=now)
        found = re.search(rb'"city":"([^"]*)"', request.body)
        return city_of(read, found[1].decode() if found else "")


@caught_by("test_letters_of_any_script_are_read")
class ReadsLatinOnly(ReadsOtherwise):
    def changed(self, request: QuoteRequest) -> QuoteRequest:
        return city_of(request, request.destination.city.encode("ascii", "ignore").decode())


@caught_by("test_any_part_of_the_address_may_be_missing")
class WantsARegion(ReferenceAdapter):
    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        request.json()["destination"]["region"].text()
        return super().parse_rates(request, now=now)


@caught_by("test_any_part_of_the_address_may_be_missing")
class WritesNoneAsText(ReferenceAdapter):
    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        document = json.loads(request.body)
        to = document["destination"] if isinstance(document, dict) else None
        if isinstance(to, dict) and to.get("postal_code", "") is None:
            to["postal_code"] = "None"
        return super().parse_rates(attrs.evolve(request, body=json.dumps(document).encode()), now=now)


@caught_by("test_goods_without_sku_are_read")
class WantsASku(ReferenceAdapter):
    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        for item in request.json()["items"].each():
            item["sku"].text()
        return super().parse_rates(request, now=now)


@caught_by("test_five_hundred_lines_are_read")
class StopsAtFiftyLines(ReadsOtherwise):
    def changed(self, request: QuoteRequest) -> QuoteRequest:
        return attrs.evolve(request, cart=attrs.evolve(request.cart, lines=request.cart.lines[:50]))


@caught_by("test_requests_do_not_touch_each_other")
class RemembersTheLastCurrency(ReferenceAdapter):
    last = ""

    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        read = super().parse_rates(request, now=now)
        self.last = read.cart.currency
        return read

    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        if not isinstance(outcome, Options):
            return response
        return edited(response, lambda body: body.update(currency=self.last))


@caught_by("test_the_server_s_own_zone_counts_for_nothing")
class LivesInTheServersZone(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        if not isinstance(outcome, Options):
            return response
        today = dt.datetime.fromtimestamp(outcome.quote.placed_at.timestamp()).date()
        return edited(response, lambda body: body.update(asked_on=today.isoformat()))


@caught_by("test_answering_reaches_for_nothing")
class LooksItUpByItself(ReferenceAdapter):
    def verify_rates(self, request: HttpRequest, *, now: dt.datetime) -> None:
        super().verify_rates(request, now=now)
        try:
            socket.create_connection(("127.0.0.1", 9), timeout=0.1).close()
        except OSError:
            return


@caught_by("test_answering_reaches_for_nothing")
class PausesBeforeItAnswers(ReferenceAdapter):
    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        time.sleep(0.001)
        return super().render_rates(outcome, request)


@caught_by("test_logs_hold_nothing_private")
class PrintsThePayload(ReferenceAdapter):
    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> Any:
        print(request.body)  # noqa: T201 - the fault
        return super().parse_rates(request, now=now)


@caught_by("test_amounts_are_read_exactly")
class ReadsAmountsInFloats(ReferenceAdapter):
    def amount_in(self, tree: Tree, currency: str) -> int:
        return int(float(tree.decimal(Decimal(0))) * 10 ** exponent(currency))


@caught_by("test_half_a_unit_is_not_cut_off")
class CutsHalfUnitsOff(ReferenceAdapter):
    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        document = json.loads(request.body)
        items = document.get("items") if isinstance(document, dict) else None
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict) and isinstance(item.get("quantity"), float):
                item["quantity"] = int(item["quantity"])
        return super().parse_rates(attrs.evolve(request, body=json.dumps(document).encode()), now=now)
