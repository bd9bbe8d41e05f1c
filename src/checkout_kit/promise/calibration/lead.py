"""Lead time in its two stages, hand-over and transit, by seller and lane, as known at a moment."""

import math
from typing import Final

from attrs import fields, frozen

from checkout_kit.promise.calibration.facts import OrderFacts
from checkout_kit.promise.calibration.trailing import TrailingMeans, narrowed

_ALL = ""
_LEVEL_PULL = 5.0
_USUAL_LOG_HANDLING = 1.0
_USUAL_LOG_TRANSIT = 2.0
_ZONE_PULL = 30.0
_SELLER_PULL = 8.0
_NARROWING_PULL = 8.0


HALF_LIVES: Final = {
    "handling_level": 7.0,
    "transit_level": 7.0,
    "zone_level": 14.0,
    "category": 60.0,
    "origin": 60.0,
    "seller": 45.0,
    "seller_drift": 60.0,
    "lane_0": 60.0,
    "lane_1": 90.0,
    "lane_2": 90.0,
    "lane_3": 120.0,
}


@frozen(kw_only=True)
class LeadKeys:
    """Under which names an order's stages are counted, wide to narrow."""

    handling: tuple[str, ...]
    transit: tuple[str, ...]
    zone: str
    seller: str

    @property
    def widest_lane(self) -> str:
        """The lane between the widest places."""
        return self.transit[0] if self.transit else ""

    @classmethod
    def of(cls, facts: OrderFacts) -> "LeadKeys":
        """Lanes pair the origin's widest place with each destination place; the narrowest stands alone."""
        start = facts.origin[0] if facts.origin else ""
        places = facts.destination
        lanes = [f"{facts.service}|{start}|{place}" for place in places[:-1] or places]
        if len(places) > 1:
            lanes.append(f"{facts.service}||{places[-1]}")
        handling = (facts.category, "|".join(facts.origin[:2]), facts.seller)
        return cls(handling=handling, transit=tuple(lanes), zone=facts.zone, seller=facts.seller)


@frozen(kw_only=True)
class Outlook:
    """What the past says about one order, on a log scale (log of half a day plus clock days)."""

    handling_effect: float
    transit_effect: float
    log_handling: float
    log_transit: float
    log_lead: float
    handling_spread: float
    transit_spread: float
    seller_drift: float
    seller_rarity: float


OUTLOOK_FIGURES: Final = tuple(each.name for each in fields(Outlook))


def log_days(clock_days: float) -> float:
    """Half a day is added so that same-day stages stay finite."""
    return math.log(max(clock_days, 0.0) + 0.5)


def _kept(figure: float) -> float:
    """Five digits are kept, which keeps the stored file small and exact."""
    return round(figure, 5)


class LeadHistory:
    """Fast levels (everything is slower this week) times slow effects (this lane is slower than others)."""

    def __init__(self, means: dict[str, TrailingMeans] | None = None) -> None:
        self.means = means or {name: TrailingMeans(days) for name, days in HALF_LIVES.items()}
        self._handling = tuple(self.means[name] for name in ("category", "origin", "seller"))
        self._transit = tuple(self.means[f"lane_{depth}"] for depth in range(4))

    def _handling_level(self, moment: float) -> float:
        return self.means["handling_level"].mean(_ALL, moment, pull=_LEVEL_PULL, toward=_USUAL_LOG_HANDLING)

    def _transit_level(self, moment: float) -> float:
        return self.means["transit_level"].mean(_ALL, moment, pull=_LEVEL_PULL, toward=_USUAL_LOG_TRANSIT)

    def _zone_level(self, zone: str, moment: float) -> float:
        return self.means["zone_level"].mean(zone, moment, pull=_ZONE_PULL)

    def outlook(self, keys: LeadKeys, moment: float) -> Outlook:
        """Everything the fitted model looks at, from what has been counted before `moment`."""
        handling, handling_sd = narrowed(
            self._handling, keys.handling, moment, pull=_NARROWING_PULL, spread=math.sqrt(0.5)
        )
        transit, transit_sd = narrowed(
            self._transit, keys.transit, moment, pull=_NARROWING_PULL, spread=math.sqrt(0.4)
        )
        log_handling = self._handling_level(moment) + handling
        log_transit = self._transit_level(moment) + self._zone_level(keys.zone, moment) + transit
        handling_days, transit_days = math.exp(log_handling), math.exp(log_transit)
        handling_part = handling_days / (handling_days + transit_days)
        return Outlook(
            handling_effect=_kept(handling),
            transit_effect=_kept(transit),
            log_handling=_kept(log_handling),
            log_transit=_kept(log_transit),
            log_lead=_kept(math.log(handling_days + transit_days)),
            handling_spread=_kept(handling_sd * handling_part),
            transit_spread=_kept(transit_sd * (1.0 - handling_part)),
            seller_drift=_kept(self.means["seller_drift"].mean(keys.seller, moment, pull=_SELLER_PULL)),
            seller_rarity=_kept(1.0 / math.sqrt(1.0 + self.means["seller"].read(keys.seller, moment)[0])),
        )

    def count_handover(self, keys: LeadKeys, outlook: Outlook, moment: float, clock_days: float) -> None:
        """Learn from a hand-over `clock_days` after purchase; `outlook` is that of the purchase."""
        value = log_days(clock_days)
        level = self._handling_level(moment)
        for means, key in zip(self._handling, keys.handling, strict=False):
            means.add(key, moment, value - level)
        self.means["handling_level"].add(_ALL, moment, value - outlook.handling_effect)

    def count_delivery(
        self,
        keys: LeadKeys,
        outlook: Outlook,
        moment: float,
        *,
        transit_clock_days: float,
        lead_clock_days: float,
    ) -> None:
        """Learn from a delivery: `transit_clock_days` after hand-over, `lead_clock_days` after purchase."""
        value = log_days(transit_clock_days)
        level = self._transit_level(moment)
        zone_level = self._zone_level(keys.zone, moment)
        for means, key in zip(self._transit, keys.transit, strict=False):
            means.add(key, moment, value - level - zone_level)
        self.means["zone_level"].add(keys.zone, moment, value - level - outlook.transit_effect)
        self.means["transit_level"].add(_ALL, moment, value - outlook.transit_effect)
        self.means["seller_drift"].add(keys.seller, moment, log_days(lead_clock_days) - outlook.log_lead)

    def forget_faded(self, moment: float) -> None:
        """Keep memory and file small: sellers and places long gone are dropped."""
        for means in self.means.values():
            means.forget_faded(moment)
