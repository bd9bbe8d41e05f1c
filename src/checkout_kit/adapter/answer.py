"""Answering a platform, bytes in and bytes out, with the outcome it must see for each kind of trouble."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Final

from attrs import evolve, frozen

from checkout_kit.adapter.contract import AnyAdapter, NotServed, single_fault
from checkout_kit.adapter.http import HttpRequest, HttpResponse
from checkout_kit.adapter.values import NoOptions, Options, RateOutcome, RatesUnavailable, WebhookEvent
from checkout_kit.errors import Fault, Forbidden, InputError, NotFound
from checkout_kit.making import maker
from checkout_kit.shipping import Quote, QuoteRequest

REASON_HEADER: Final = "x-checkout-kit-reason"
Quoter = Callable[[QuoteRequest], Quote]
_SECOND: Final = dt.timedelta(seconds=1)
_options, _response = maker(Options), maker(HttpResponse)
_log: Final = logging.getLogger(__name__)


def refuse_rates(adapter: AnyAdapter, request: HttpRequest, *, now: dt.datetime) -> HttpResponse | None:
    """The answer to a rate request that is not let in: 413, 401, 404; None lets it in.

    Nothing is parsed yet: the signature is checked on the raw bytes.
    """
    if len(request.body) > adapter.most_bytes:
        return refuse(adapter, 413, (Fault("", f"larger than {adapter.most_bytes} bytes"),))
    try:
        adapter.verify_rates(request, now=now)
    except Forbidden as error:
        return refuse(adapter, 401, single_fault(error))
    except NotFound as error:
        return refuse(adapter, 404, single_fault(error))
    return None


def parse_let_in(
    adapter: AnyAdapter, request: HttpRequest, *, now: dt.datetime
) -> QuoteRequest | HttpResponse:
    """A rate request that was let in, in our terms, or the answer already: 404, 400, or a definite none."""
    try:
        return adapter.parse_rates(request, now=now)
    except NotFound as error:
        return refuse(adapter, 404, single_fault(error))
    except InputError as error:
        reason = _not_served(error)
        if reason:
            return _render(adapter, NoOptions(reason=reason), None)
        return refuse(adapter, 400, single_fault(error))


def read_rates(adapter: AnyAdapter, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest | HttpResponse:
    """A rate request in our terms, or the answer already: `refuse_rates`, then `parse_let_in`."""
    return refuse_rates(adapter, request, now=now) or parse_let_in(adapter, request, now=now)


def outcome_of(quote: Quote, *, now: dt.datetime, most_fresh_s: int) -> RateOutcome:
    """The outcome a quote stands for, and for how many seconds it may be kept."""
    left = quote.valid_until - now
    left_s = left.days * 86_400 + left.seconds
    fresh_s = most_fresh_s if left_s >= most_fresh_s else max(0, left_s)
    if quote.options:
        return _options(quote=quote, fresh_s=fresh_s)
    reasons = {method.reason for method in quote.withheld}
    return NoOptions(reason=reasons.pop() if len(reasons) == 1 else "none_offered", fresh_s=fresh_s)


def quote_for_cache(quoter: Quoter, request: QuoteRequest, *, keeps_s: int) -> Quote:
    """A quote that is still true when the platform shows it from its own cache `keeps_s` seconds later.

    Where the answer would change within that time (a cut-off), it is the later answer: orders placed before
    are then early, never late.
    """
    quote = quoter(request)
    if keeps_s:
        end = request.placed_at + keeps_s * _SECOND
        if quote.valid_until <= end:
            quote = quoter(evolve(request, placed_at=end))
    return quote


def render_quote(
    adapter: AnyAdapter,
    request: QuoteRequest,
    quote: Quote,
    *,
    now: dt.datetime,
    most_fresh_s: int | None = None,
) -> HttpResponse:
    """The answer that a quote stands for at this instant; it may be kept for `most_fresh_s` seconds at most.

    Without a number of seconds, the adapter's own counts.
    """
    most_s = adapter.most_fresh_s if most_fresh_s is None else most_fresh_s
    return _render(adapter, outcome_of(quote, now=now, most_fresh_s=most_s), request)


def answer_quote(
    adapter: AnyAdapter, request: QuoteRequest, quoter: Quoter, *, now: dt.datetime
) -> HttpResponse:
    """Quote and render; any failure of ours is the platform's "unavailable", never an empty list."""
    try:
        quote = quote_for_cache(quoter, request, keeps_s=adapter.platform_cache_s)
        return render_quote(adapter, request, quote, now=now)
    except Exception as error:  # noqa: BLE001 - the shop must see "unavailable" whatever broke, and it is logged
        return unavailable(adapter, error, request)


def unavailable(adapter: AnyAdapter, error: Exception, request: QuoteRequest | None = None) -> HttpResponse:
    """The platform's "unavailable" answer, and the cause in the log without its message's secrets."""
    _log.error("%s: no rates: %s: %s", adapter.name, type(error).__name__, adapter.scrub(str(error)))
    return _render(adapter, RatesUnavailable(), request)


def answer_rates(
    adapter: AnyAdapter, request: HttpRequest, quoter: Quoter, *, now: dt.datetime
) -> HttpResponse:
    """A whole rate call-out: verify, parse, quote, render."""
    try:
        read = read_rates(adapter, request, now=now)
    except Exception as error:  # noqa: BLE001 - an adapter's own fault must not look like "cannot ship"
        return unavailable(adapter, error)
    return read if isinstance(read, HttpResponse) else answer_quote(adapter, read, quoter, now=now)


@frozen(kw_only=True)
class WebhookAnswer:
    """What to answer at once, and the event to act on; None when there is nothing to do."""

    response: HttpResponse
    event: WebhookEvent | None = None


def answer_webhook(
    adapter: AnyAdapter, request: HttpRequest, *, now: dt.datetime, is_known: Callable[[str], bool]
) -> WebhookAnswer:
    """Verify and parse a webhook; `is_known` tells whether an event id was taken before."""
    if len(request.body) > adapter.most_bytes:
        return WebhookAnswer(
            response=refuse(adapter, 413, (Fault("", f"larger than {adapter.most_bytes} bytes"),))
        )
    try:
        adapter.verify_webhook(request, now=now)
        event = adapter.parse_webhook(request)
    except Forbidden as error:
        return WebhookAnswer(response=refuse(adapter, 401, single_fault(error)))
    except NotFound as error:
        return WebhookAnswer(response=refuse(adapter, 404, single_fault(error)))
    except InputError as error:
        return WebhookAnswer(response=refuse(adapter, 400, single_fault(error)))
    if event is not None and is_known(f"{adapter.name}:{event.id}"):
        event = None
    return WebhookAnswer(response=HttpResponse(status=200), event=event)


def _not_served(error: InputError) -> str:
    """Why this is a definite none, or an empty string for a malformed payload."""
    places = {fault.path for fault in error.faults}
    if isinstance(error, NotServed):
        return "_and_".join(sorted(place.rpartition(".")[2] for place in places)) + "_not_supported"
    return "country_not_supported" if places == {"destination.country"} else ""


def _render(adapter: AnyAdapter, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
    response = adapter.render_rates(outcome, request)
    if isinstance(outcome, Options):
        return _with_headers(response, outcome.fresh_s, "")
    if isinstance(outcome, NoOptions):
        _log.info("%s: no options: %s", adapter.name, outcome.reason)
        return _with_headers(response, outcome.fresh_s, outcome.reason)
    return _with_headers(response, 0, outcome.reason)


def _with_headers(response: HttpResponse, fresh_s: int, reason: str) -> HttpResponse:
    headers = {"cache-control": f"private, max-age={fresh_s}" if fresh_s else "no-store"}
    if reason:
        headers[REASON_HEADER] = reason
    headers.update(response.headers)
    return _response(status=response.status, headers=headers, body=response.body)


def refuse(adapter: AnyAdapter, status: int, faults: tuple[Fault, ...]) -> HttpResponse:
    """A refusal in the platform's error shape, and a line in the log; nobody keeps it."""
    _log.warning("%s: refused with %d: %s", adapter.name, status, "; ".join(str(f) for f in faults))
    response = adapter.render_fault(status, faults)
    return evolve(response, headers={"cache-control": "no-store", **response.headers})
