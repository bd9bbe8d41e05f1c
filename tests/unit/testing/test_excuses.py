"""What some platforms cannot do is excused by name and reason, and only that."""

import datetime as dt
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

from checkout_kit.adapter import HttpRequest, HttpResponse, Options, RateOutcome, TimestampedHmac
from checkout_kit.shipping import QuoteRequest
from checkout_kit.testing import AdapterConformance
from checkout_kit.testing.adapters.reference import ReferenceAdapter
from tests.unit.testing.broken import REPLAY, SECRET, SETTINGS, edited


class SignsTheIdOnly:
    """A scheme that covers the event's id and nothing else of the body."""

    inner = TimestampedHmac("x-reference-signature")

    def sign(self, request: HttpRequest, *, secret: str, now: dt.datetime) -> HttpRequest:
        signed = self.inner.sign(self._signed_part(request), secret=secret, now=now)
        return attrs.evolve(signed, body=request.body)

    def verify(self, request: HttpRequest, *, secrets: Sequence[str], now: dt.datetime) -> None:
        self.inner.verify(self._signed_part(request), secrets=secrets, now=now)

    def _signed_part(self, request: HttpRequest) -> HttpRequest:
        try:
            name = str(json.loads(request.body)["id"])
        except (ValueError, TypeError, KeyError):
            name = ""
        return attrs.evolve(request, body=name.encode())


class TrustsTheId(ReferenceAdapter):
    """As Ecwid's webhooks are signed."""

    webhook_signature = SignsTheIdOnly()


class TakesOneOption(ReferenceAdapter):
    """As a cart of commercetools takes one method."""

    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        if not isinstance(outcome, Options):
            return response
        return edited(response, lambda body: body.update(options=body["options"][:1]))


class KnowsNoIds(ReferenceAdapter):
    """As Ecwid's options have titles only."""

    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        if not isinstance(outcome, Options):
            return response
        return edited(response, lambda body: [option.pop("id") for option in body["options"]])


class ShowsTheLatestDayOnly(ReferenceAdapter):
    """As Snipcart shows one number of days."""

    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        response = super().render_rates(outcome, request)
        if not isinstance(outcome, Options):
            return response
        return edited(response, lambda body: [option.pop("earliest", None) for option in body["options"]])


def suite(adapter: ReferenceAdapter, replies: Path) -> AdapterConformance:
    """The suite over these recordings."""
    made: dict[str, Any] = {"adapter": adapter, "secret": SECRET, "replies": replies}
    return type("Suite", (AdapterConformance,), made)()


@pytest.mark.parametrize(
    ("kind", "case", "test"),
    [
        (TrustsTheId, "webhook/altered", "test_altered_webhook_is_401"),
        (TakesOneOption, "option/others", "test_option_ids_are_carried_unchanged"),
        (TakesOneOption, "option/others", "test_all_options_are_offered_in_their_order"),
        (KnowsNoIds, "option/id", "test_option_ids_are_carried_unchanged"),
        (KnowsNoIds, "option/id", "test_free_option_is_offered"),
        (ShowsTheLatestDayOnly, "promise/earliest", "test_promise_reaches_the_payload"),
    ],
)
def test_excuse_lets_one_test_pass(
    kind: type[ReferenceAdapter], case: str, test: str, tmp_path: Path
) -> None:
    """Without the excuse the test fails, with it the rest of the test still runs."""
    replies = tmp_path / "replay"
    shutil.copytree(REPLAY, replies)
    with pytest.raises(AssertionError):
        getattr(suite(kind(SETTINGS), replies), test)()
    excused = tmp_path / "excused"
    shutil.copytree(REPLAY, excused)
    reason = "this platform cannot do it, as its documentation says"
    (excused / "excuse.json").write_text(json.dumps({"kind": "excuse", "case": case, "reason": reason}))
    getattr(suite(kind(SETTINGS), excused), test)()


def test_excuse_needs_a_reason(tmp_path: Path) -> None:
    """A case is not left out by naming it alone."""
    replies = tmp_path / "replay"
    shutil.copytree(REPLAY, replies)
    (replies / "rates_kwd.json").unlink()
    (replies / "excuse.json").write_text(json.dumps({"kind": "excuse", "case": "rates/kwd", "reason": "no"}))
    with pytest.raises(AssertionError, match="give the reason"):
        suite(ReferenceAdapter(SETTINGS), replies).test_amounts_with_three_decimals_are_read_right()
