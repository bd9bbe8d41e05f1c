"""Answering what a platform asks beside rates, such as which of its own methods to hide."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Final

from attrs import evolve

from checkout_kit.adapter.contract import AnyAdapter, single_fault
from checkout_kit.adapter.http import HttpRequest, HttpResponse
from checkout_kit.errors import Fault, Forbidden, InputError, NotFound
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
        if len(request.body) > adapter.most_bytes:
            return _refuse(adapter, 413, (Fault("", f"larger than {adapter.most_bytes} bytes"),))
        adapter.verify_rates(request, now=now)
        response = adapter.answer_question(question, request, quoter, now=now)
        return evolve(response, headers={"cache-control": "no-store", **response.headers})
    except Forbidden as error:
        return _refuse(adapter, 401, single_fault(error))
    except NotFound as error:
        return _refuse(adapter, 404, single_fault(error))
    except InputError as error:
        return _refuse(adapter, 400, single_fault(error))
    except Exception as error:  # noqa: BLE001 - the shop must go on whatever broke, and it is logged
        _log.error("%s: %s: %s: %s", adapter.name, question, type(error).__name__, adapter.scrub(str(error)))
        return _refuse(adapter, 503, (Fault("", "unavailable"),))


def _refuse(adapter: AnyAdapter, status: int, faults: tuple[Fault, ...]) -> HttpResponse:
    _log.warning("%s: refused with %d: %s", adapter.name, status, "; ".join(str(f) for f in faults))
    response = adapter.render_fault(status, faults)
    return evolve(response, headers={"cache-control": "no-store", **response.headers})
