"""The decisions of a fan-out, without I/O: what to ask, how to read answers, what stands in for a failure."""

import datetime as dt
from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from checkout_kit.carriers.cache import RateCache, content_key
from checkout_kit.carriers.port import (
    LiveRates,
    MalformedReply,
    RateCall,
    RateReply,
    RateRequest,
    RateSource,
    SourceReport,
)
from checkout_kit.shipping.live import LiveRate

MAX_REPLY_BYTES = 1_000_000
StoredRates = Mapping[str, tuple[LiveRate, ...]]


@frozen
class Answer:
    """What one source gave: rates, or the reason there are none."""

    rates: tuple[LiveRate, ...] = ()
    reason: str = ""
    detail: str = ""
    elapsed_ms: int = 0


@frozen
class Ask:
    """A source that has to be asked, with the call to make and where its answer belongs in the cache."""

    source: RateSource
    key: str
    call: RateCall


class FanOut:
    """One request to all sources: `asks` are to be made, `settle` records their answers, `result` sums up."""

    def __init__(
        self,
        sources: Sequence[RateSource],
        request: RateRequest,
        *,
        now: dt.datetime,
        cache: RateCache | None,
        stored: StoredRates,
    ) -> None:
        ids = [source.id for source in sources]
        if len(set(ids)) != len(ids):
            raise ValueError(f"each rate source needs its own id, got {ids!r}")
        self._order = ids
        self._request = request
        self._now = now
        self._cache = cache
        self._stored = stored
        self._stale: dict[str, tuple[LiveRate, ...]] = {}
        self._answers: dict[str, tuple[str, Answer]] = {}
        self.asks: tuple[Ask, ...] = tuple(ask for s in sources if (ask := self._ask(s)) is not None)

    def _ask(self, source: RateSource) -> Ask | None:
        key = content_key(source.id, self._request)
        known = self._cache.get(key, self._now) if self._cache is not None else None
        if known is not None:
            rates, is_fresh = known
            if is_fresh:
                self._answers[source.id] = ("cached", Answer(rates))
                return None
            self._stale[source.id] = tuple(evolve(rate, is_stale=True) for rate in rates)
        try:
            call = source.prepare(self._request)
        except Exception as error:  # noqa: BLE001 - a plug-in's fault is reported and must not empty the list
            self.settle(source.id, Answer(reason="source_error", detail=type(error).__name__))
            return None
        return Ask(source, key, call)

    def read(self, ask: Ask, reply: RateReply, elapsed_ms: int) -> Answer:
        """The rates in a reply, or why there are none; good ones are cached even when they come too late."""
        if not 200 <= reply.status < 300:
            return Answer(reason="http_status", detail=str(reply.status), elapsed_ms=elapsed_ms)
        try:
            rates = ask.source.interpret(self._request, reply)
        except (MalformedReply, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            return Answer(reason="malformed", detail=type(error).__name__, elapsed_ms=elapsed_ms)
        except Exception as error:  # noqa: BLE001 - as in _ask
            return Answer(reason="source_error", detail=type(error).__name__, elapsed_ms=elapsed_ms)
        if any(rate.currency != self._request.currency for rate in rates):
            return Answer(reason="malformed", detail="CurrencyMismatch", elapsed_ms=elapsed_ms)
        if self._cache is not None:
            self._cache.put(ask.key, rates, self._now)
        return Answer(rates, elapsed_ms=elapsed_ms)

    def settle(self, source_id: str, answer: Answer) -> None:
        """Record what a source gave; for a failure an expired cache entry or the stored table stands in."""
        if not answer.reason:
            self._answers[source_id] = ("live", answer)
            return
        for outcome, stand_in in (
            ("stale", self._stale.get(source_id, ())),
            ("stored", self._stored.get(source_id, ())),
        ):
            if stand_in:
                self._answers[source_id] = (outcome, evolve(answer, rates=stand_in))
                return
        self._answers[source_id] = ("failed", answer)

    def result(self) -> LiveRates:
        """Everything known now; a source that has not been settled is reported as past the deadline."""
        for source_id in self._order:
            if source_id not in self._answers:
                self.settle(source_id, Answer(reason="deadline"))
        settled = [(source_id, *self._answers[source_id]) for source_id in self._order]
        return LiveRates(
            rates=tuple(rate for _, _, answer in settled for rate in answer.rates),
            reports=tuple(
                SourceReport(
                    source_id=source_id,
                    outcome=outcome,
                    reason=answer.reason,
                    detail=answer.detail,
                    elapsed_ms=answer.elapsed_ms,
                )
                for source_id, outcome, answer in settled
            ),
        )
