"""The calibrator: learns lead times from past orders and promises dates kept as often as asked for."""

import math
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from operator import mul

from attrs import frozen

from checkout_kit.errors import InputError
from checkout_kit.promise.calibration.clock import DeliveryClock, moment_of
from checkout_kit.promise.calibration.facts import (
    CalibratedPromise,
    CalibrationSettings,
    OrderFacts,
    PastOrder,
    PromiseBasis,
)
from checkout_kit.promise.calibration.features import (
    OWN_ESTIMATE,
    RunningMean,
    feature_row,
    figures_of,
    usual_coefficients,
)
from checkout_kit.promise.calibration.lead import LeadHistory, LeadKeys, Outlook
from checkout_kit.promise.calibration.lifetable import LifeTable, Slowness, slowness_from, spans_on
from checkout_kit.promise.calibration.margin import AdaptiveMargin
from checkout_kit.promise.calibration.orders import OrderBook, RememberedOrder
from checkout_kit.promise.calibration.pace import Pace, pace_on
from checkout_kit.promise.calibration.quantile import fitted_quantiles
from checkout_kit.promise.calibration.replay import replayed
from checkout_kit.promise.calibration.sample import FitSample

_LONGEST_LOG_LEAD = math.log(100.0)
_FORGET_AFTER_DAYS = 250
_SHORTEST_LEAD = 0.05
_WEIGHT_UNIT_DAYS = 10.0
_ARRIVALS_ASSUMED = 20.0
_ARRIVALS_FADE = 0.9
_SAMPLE_HALF_LIFE_DAYS = 200.0
_AS_EXPECTED = Pace()


@frozen(kw_only=True)
class PreparedPromise:
    """What a calibrator would promise today for one kind of order, reduced to one addition on the clock."""

    lead_clock_days: float
    clock: DeliveryClock

    def date_for(self, purchased_at: datetime, rules_minimum: date | None = None) -> date:
        """The promised date of an order placed at this wall clock, never before `rules_minimum`."""
        clock = self.clock
        promised = date.fromordinal(
            clock.day_at(clock.reading(moment_of(purchased_at)) + self.lead_clock_days)
        )
        return promised if rules_minimum is None or promised > rules_minimum else rules_minimum


class PromiseCalibrator:
    """Learns from orders, hand-overs and deliveries as they happen, told in order of time.

    Telling it about an event moves its own notion of today; it never reads a clock. `promise` changes
    nothing.
    """

    def __init__(self, settings: CalibrationSettings | None = None) -> None:
        self.settings = settings or CalibrationSettings()
        self.today = 0
        self.fitted_on = 0
        self.clock = DeliveryClock((1.0,) * 7)
        self.arrivals = [_ARRIVALS_ASSUMED] * 7
        self.lead = LeadHistory()
        self.book = OrderBook()
        self.pace: Pace | None = None
        self.slowness = Slowness()
        self.orders_a_day: dict[str, float] = {}
        self.averages = {name: RunningMean() for name in (OWN_ESTIMATE, *self.settings.numbers)}
        self.sample = FitSample(self.settings.sample_limit)
        self.coefficients: list[tuple[float, ...] | None] = [None] * len(self.settings.confidences)
        self.margins = [AdaptiveMargin(confidence) for confidence in self.settings.confidences]

    @classmethod
    def learn(
        cls, orders: Iterable[PastOrder], *, as_of: date, settings: CalibrationSettings | None = None
    ) -> "PromiseCalibrator":
        """A calibrator that knows what had happened before `as_of`, in the order in which it happened."""
        calibrator = cls(settings)
        for _ in replayed(calibrator, orders, until=as_of):
            pass
        calibrator.advance_to(as_of)
        return calibrator

    def advance_to(self, day: date) -> None:
        """Let mornings pass up to this day: judge promises that fell due, let orders mature, fit when due."""
        self._advance(day.toordinal())

    def order_placed(self, facts: OrderFacts) -> None:
        """Remember a new order and the promises made for it; an order already known is passed over."""
        moment = moment_of(facts.purchased_at)
        self._advance(int(moment))
        if facts.order_id in self.book.by_id:
            return
        keys = LeadKeys.of(facts)
        outlook = self.lead.outlook(keys, moment)
        row = self._row(facts, moment, keys, outlook)
        promised = tuple(
            self._promised_day(moment, self._lead(level, row, outlook, keys.zone))
            for level, coefficients in enumerate(self.coefficients)
            if coefficients is not None
        )
        order = RememberedOrder(
            order_id=facts.order_id,
            purchased=moment,
            purchased_reading=self.clock.reading(moment),
            keys=keys,
            outlook=outlook,
            row=None if self.pace is None else row,
            promised=promised,
        )
        self.book.add(order, today=self.today)
        for name, value in figures_of(facts, self.settings.numbers, self.clock, moment).items():
            self.averages[name].add(value)

    def handed_over(self, order_id: str, at: datetime) -> None:
        """Note that the carrier has the parcel; an order not remembered (any more) is passed over."""
        moment = moment_of(at)
        self._advance(int(moment))
        order = self.book.by_id.get(order_id)
        if order is None or order.handed_over is not None or order.delivered is not None:
            return
        self.book.hand_over(order, moment)
        waited = self.clock.reading(moment) - order.purchased_reading
        self.lead.count_handover(order.keys, order.outlook, moment, waited)

    def delivered(self, order_id: str, at: datetime) -> None:
        """Note that the parcel has arrived; an order not remembered (any more) is passed over."""
        moment = moment_of(at)
        self._advance(int(moment))
        order = self.book.by_id.get(order_id)
        if order is None or order.delivered is not None:
            return
        self.book.deliver(order, moment)
        self.arrivals[(int(moment) - 1) % 7] += 1.0
        reading = self.clock.reading(moment)
        started = order.purchased if order.handed_over is None else order.handed_over
        self.lead.count_delivery(
            order.keys,
            order.outlook,
            moment,
            transit_clock_days=reading - self.clock.reading(started),
            lead_clock_days=reading - order.purchased_reading,
        )

    def promise(
        self, facts: OrderFacts, *, confidence: float | None = None, rules_minimum: date | None = None
    ) -> CalibratedPromise:
        """The earliest date kept with probability `confidence` (default: the first of the settings).

        Raises InputError for a confidence the calibrator was not set up for.
        """
        level = self._level(confidence)
        asked = self.settings.confidences[level]
        if self.coefficients[level] is None:
            have, need = len(self.sample.rows), self.settings.minimum_orders
            reason = f"too little history: {have} mature orders, {need} needed"
            return CalibratedPromise(
                promised_date=None, confidence=asked, basis=PromiseBasis.TOO_LITTLE_HISTORY, reason=reason
            )
        promised = self.prepare(facts, confidence=confidence).date_for(facts.purchased_at)
        if rules_minimum is not None and promised < rules_minimum:
            return CalibratedPromise(
                promised_date=rules_minimum,
                confidence=asked,
                basis=PromiseBasis.RULES_MINIMUM,
                reason=f"history says {promised}, the rules allow no date before {rules_minimum}",
            )
        return CalibratedPromise(promised_date=promised, confidence=asked, basis=PromiseBasis.LEARNED)

    def prepare(self, facts: OrderFacts, *, confidence: float | None = None) -> PreparedPromise:
        """The promise for this kind of order as known now, to ask for many instants of the same day.

        Raises InputError while there is too little history.
        """
        level = self._level(confidence)
        if self.coefficients[level] is None:
            raise InputError.of("history", "too little to calibrate", remedy="let the rules stand")
        moment = moment_of(facts.purchased_at)
        keys = LeadKeys.of(facts)
        outlook = self.lead.outlook(keys, moment)
        row = self._row(facts, moment, keys, outlook)
        return PreparedPromise(lead_clock_days=self._lead(level, row, outlook, keys.zone), clock=self.clock)

    def _level(self, confidence: float | None) -> int:
        known = self.settings.confidences
        if confidence is None:
            return 0
        if confidence not in known:
            remedy = f"ask for one of {', '.join(map(str, known))}, or learn anew with it in the settings"
            raise InputError.of(
                "confidence", "the calibrator was not set up for it", found=confidence, remedy=remedy
            )
        return known.index(confidence)

    def _row(self, facts: OrderFacts, moment: float, keys: LeadKeys, outlook: Outlook) -> tuple[float, ...]:
        figures = figures_of(facts, self.settings.numbers, self.clock, moment)
        return feature_row(
            outlook,
            overdue=self.book.overdue(keys.seller, moment, self.clock),
            pace=self.pace or _AS_EXPECTED,
            slowness=self.slowness.of(keys),
            figures=figures,
            averages=self.averages,
        )

    def _lead(self, level: int, row: tuple[float, ...], outlook: Outlook, zone: str) -> float:
        coefficients = self.coefficients[level] or ()
        log_lead = outlook.log_lead + sum(map(mul, row, coefficients))
        share = self.orders_a_day.get(zone, 0.0) / max(sum(self.orders_a_day.values()), 1e-9)
        stretch = self.margins[level].factor(zone, zone_share=share)
        return math.exp(min(log_lead, _LONGEST_LOG_LEAD)) * stretch

    def _promised_day(self, moment: float, lead_clock_days: float) -> int:
        return self.clock.day_at(self.clock.reading(moment) + lead_clock_days)

    def _advance(self, day: int) -> None:
        if self.today == 0:
            self.today = day
        while self.today < day:
            self.today += 1
            self._morning()

    def _morning(self) -> None:
        today = self.today
        for level, order_id in self.book.due_on.pop(today, ()):
            order = self.book.by_id.get(order_id)
            if order is not None:
                self._judge(level, order)
        mature_day = today - self.settings.mature_after_days
        for order in self.book.bought((mature_day,)):
            self._mature(order)
        self.book.forget_spent(mature_day, today)
        self.book.forget_spent(today - _FORGET_AFTER_DAYS, today, at_any_rate=True)
        self._count_zones()
        self._read_pace()
        enough = len(self.sample.rows) >= self.settings.minimum_orders
        if enough and today - self.fitted_on >= self.settings.refit_every_days:
            self._fit()

    def _judge(self, level: int, order: RememberedOrder) -> None:
        zone = order.keys.zone
        self.margins[level].judge(
            zone,
            is_late=order.delivered is None or int(order.delivered) >= self.today,
            orders_a_day=sum(self.orders_a_day.values()),
            zone_orders_a_day=self.orders_a_day.get(zone, 0.0),
        )

    def _count_zones(self) -> None:
        days = self.settings.pace_days
        young = self.book.bought(range(self.today - days, self.today))
        counts = Counter(order.keys.zone for order in young)
        self.orders_a_day = {zone: count / days for zone, count in sorted(counts.items())}

    def _read_pace(self) -> None:
        spans = spans_on(self.today, clock=self.clock, book=self.book)
        table = LifeTable(span for _, span in spans)
        known = pace_on(
            self.today, lead_days=self.settings.pace_days, clock=self.clock, book=self.book, table=table
        )
        self.pace = known or self.pace
        self.slowness = slowness_from(table, spans)

    def _mature(self, order: RememberedOrder) -> None:
        order.is_mature = True
        if order.row is None:
            return
        until = self.today if order.delivered is None else int(order.delivered)
        waited = self.clock.reading(until) - order.purchased_reading
        outcome = math.log(max(waited, _SHORTEST_LEAD)) - order.outlook.log_lead
        self.sample.add(order.row, outcome, math.exp(order.outlook.log_lead) / _WEIGHT_UNIT_DAYS)

    def _fit(self) -> None:
        if self.fitted_on:
            self.sample.fade(0.5 ** ((self.today - self.fitted_on) / _SAMPLE_HALF_LIFE_DAYS))
        self.fitted_on = self.today
        usual = usual_coefficients(len(self.sample.rows[0]))
        fitted = fitted_quantiles(
            self.sample, self.settings.confidences, usual=usual, starts=self.coefficients
        )
        self.coefficients = list(fitted)
        self.clock = DeliveryClock(self.arrivals)
        self.book.read_by(self.clock)
        self.arrivals = [arrivals * _ARRIVALS_FADE for arrivals in self.arrivals]
        self.lead.forget_faded(float(self.today))
        for day in [day for day in self.book.bought_on if day < self.today - self.settings.mature_after_days]:
            self.book.forget_spent(day, self.today)
