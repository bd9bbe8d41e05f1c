"""When to try again and how long to wait first; pure, the drivers do the waiting."""

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Final

from attrs import field, frozen, validators

from checkout_kit.adapter.http import HttpRequest, HttpResponse

_NOT_CARRIED_OUT: Final = frozenset({408, 425, 429})
_MAY_PASS: Final = frozenset({500, 502, 503, 504})


@frozen(kw_only=True)
class RetryPolicy:
    """How often and how patiently each outbound request is tried; all times in seconds, `total_s` of waits.

    Waits double from `base_s` to `cap_s` with full jitter (a random part of the step), so that many clients
    do not come back together; a platform's Retry-After is a lower bound.
    """

    attempts: int = field(default=4, validator=validators.ge(1))
    base_s: float = field(default=0.5, validator=validators.gt(0))
    cap_s: float = field(default=20.0, validator=validators.gt(0))
    total_s: float = field(default=60.0, validator=validators.gt(0))
    timeout_s: float = field(default=10.0, validator=validators.gt(0))

    def wait_s(self, attempt: int, *, at_least_s: float, random: Callable[[], float]) -> float:
        """Seconds before attempt `attempt + 1`, where the first attempt is 1."""
        step: float = min(self.cap_s, self.base_s * 2 ** (attempt - 1))
        return at_least_s + step * random()


def is_worth_retrying(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the same request may succeed later and sending it again does no harm."""
    if response.status in _NOT_CARRIED_OUT:
        return True
    return may_pass(response) and is_repeatable(request)


def may_pass(response: HttpResponse) -> bool:
    """Whether the platform failed in a way that says nothing about the request itself."""
    return response.status in _MAY_PASS


def is_repeatable(request: HttpRequest) -> bool:
    """Whether sending the request twice does no harm."""
    return request.repeatable or request.method in {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}


def retry_after_s(response: HttpResponse) -> float:
    """The seconds a Retry-After header asks for; 0 without one.

    A date there is counted from the answer's own Date, as no other clock is the platform's.
    """
    text = response.headers.get("retry-after", "").strip()
    try:
        asked_s = float(text)
    except ValueError:
        asked_s = _between_s(response.headers.get("date", ""), text)
    return max(0.0, min(asked_s, 3600.0))


def _between_s(start: str, end: str) -> float:
    try:
        return (parsedate_to_datetime(end) - parsedate_to_datetime(start)).total_seconds()
    except (ValueError, TypeError):
        return 0.0
