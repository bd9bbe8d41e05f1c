"""One promise out of both halves: dates of the rules, `latest` learned from the shop's own deliveries."""

import datetime as dt

from attrs import evolve, field, frozen

from checkout_kit.calendars.zones import EPOCH, TICK
from checkout_kit.errors import InputError
from checkout_kit.promise.calibration import CalibratedPromise, PreparedPromise
from checkout_kit.promise.engine import PromiseRule, promise
from checkout_kit.promise.value import DeliveryPromise

_MEMO_DAYS = 64

_Spans = tuple[tuple[dt.timedelta, DeliveryPromise | None], ...]


def calibrated(rules: DeliveryPromise, learned: CalibratedPromise, rule: PromiseRule) -> DeliveryPromise:
    """The rules' promise with the learned last day and its confidence; the rules alone without history.

    The day is a delivery day of the destination and never before the rules' earliest.
    """
    if learned.promised_date is None:
        return rules
    return _with_latest(rules, learned.promised_date, learned.confidence, rule)


def _with_latest(
    rules: DeliveryPromise, learned: dt.date, confidence: float, rule: PromiseRule
) -> DeliveryPromise:
    day = rule.destination.calendar.on_or_after(max(learned, rules.earliest).toordinal())
    return evolve(rules, latest=dt.date.fromordinal(day), confidence=confidence)


@frozen(kw_only=True)
class CalibratedRule:
    """A rule with what has been learned of one kind of order, for many instants of the same day.

    `confidence` is the one `learned` was prepared for.
    """

    rule: PromiseRule
    learned: PreparedPromise
    confidence: float
    _days: dict[int, _Spans] = field(init=False, eq=False, repr=False, factory=dict)

    def promise(self, placed_at: dt.datetime) -> DeliveryPromise:
        """The calibrated promise of an order placed at that instant.

        Raises:
            InputError: as the rules' own promise does.
        """
        try:
            since = placed_at - EPOCH
            for last, answer in self._days.get(since.days) or self._learn_day(since.days):
                if since <= last:
                    if answer is not None:
                        return answer
                    break
        except (TypeError, OverflowError):
            pass
        return promise(self.rule, placed_at)

    def _learn_day(self, utc_day: int) -> _Spans:
        """The promises of one UTC day, each with the last instant it holds for."""
        start, stop = dt.timedelta(days=utc_day), dt.timedelta(days=utc_day + 1)
        # Wall clocks, and so the learned half, run backwards only where they are changed: look closely there.
        piece = stop - start if self._offset(start) == self._offset(stop) else dt.timedelta(minutes=30)
        spans: list[tuple[dt.timedelta, DeliveryPromise | None]] = []
        while start < stop:
            spans.extend(self._steps(start, start + piece - TICK))
            start += piece
        if len(self._days) >= _MEMO_DAYS:
            self._days.clear()
        self._days[utc_day] = known = tuple(spans)
        return known

    def _steps(self, start: dt.timedelta, stop: dt.timedelta) -> _Spans:
        """The promises between two instants in which they only move on; halving finds each step."""
        spans: list[tuple[dt.timedelta, DeliveryPromise | None]] = []
        while start <= stop:
            answer, low, high = self._reckon(start), start, stop
            if self._reckon(high) == answer:
                low = high
            while high - low > TICK:
                middle = low + (high - low) // 2
                low, high = (middle, high) if self._reckon(middle) == answer else (low, middle)
            spans.append((low, answer))
            start = low + TICK
        return tuple(spans)

    def _offset(self, since: dt.timedelta) -> dt.timedelta | None:
        return (EPOCH + since).astimezone(self.rule.ship_from.starts.local.zone).utcoffset()

    def _reckon(self, since: dt.timedelta) -> DeliveryPromise | None:
        placed_at = EPOCH + since
        try:
            rules = promise(self.rule, placed_at)
        except InputError:
            return None
        local = placed_at.astimezone(self.rule.ship_from.starts.local.zone)
        return _with_latest(rules, self.learned.date_for(local), self.confidence, self.rule)
