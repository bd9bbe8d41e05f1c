"""Answering what a platform asks beside rates, such as which of its own methods to hide."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Final

from attrs import evolve

from checkout_kit.adapter.answer import refuse, refuse_rates
from checkout_kit.adapter.contract import AnyAdapter, single_fault
from checkout_kit.adapter.http import HttpRequest, HttpResponse
from checkout_kit.errors import Fault, InputError, NotFound
from checkout_kit.shipping import Quote, QuoteRequest

_log: Final = logging.getLogger(__name__)


def answer_question(
    adapter: AnyAdapter,
    question: str,
    request: HttpRequest,
    quoter: Callable[[QuoteRequest], Quote],
    *,
    now: dt.datetime,
) -> HttpResponse:
    """Verify, then answer; 413, 401, 404, 400 as for rates, and 503 for any failure of ours."""
    try:
        refused = refuse_rates(adapter, request, now=now)
        if refused is not None:
            return refused
        response = adapter.answer_question(question, request, quoter, now=now)
        return evolve(response, headers={"cache-control": "no-store", **response.headers})
    except NotFound as error:
        return refuse(adapter, 404, single_fault(error))
    except InputError as error:
        return refuse(adapter, 400, single_fault(error))
    except Exception as error:  # noqa: BLE001 - the shop must go on whatever broke, and it is logged
        _log.error("%s: %s: %s: %s", adapter.name, question, type(error).__name__, adapter.scrub(str(error)))
        return refuse(adapter, 503, (Fault("", "unavailable"),))
