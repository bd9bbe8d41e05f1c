"""Same-day delivery is only offered while today's cut-off has not passed."""

import datetime as dt

from attrs import frozen

from checkout_kit.errors import InputError
from checkout_kit.promise import ShipFrom
from checkout_kit.shipping.conditions import Need
from checkout_kit.shipping.facts import Facts
from checkout_kit.shipping.values import Change


@frozen
class SameDayTest:
    """Holds while the order still starts on its own day, on the calendar of the place it ships from."""

    ship_from: ShipFrom

    def holds(self, facts: Facts) -> bool:
        """Whether the order's start day is today."""
        start = self._start(facts)
        return start is not None and start[0] == start[1]

    def fails(self, facts: Facts) -> bool:
        """Whether it starts later, or on no day at all."""
        return not self.holds(facts)

    def _start(self, facts: Facts) -> tuple[int, int, dt.datetime | None] | None:
        try:
            start = self.ship_from.start_at(facts.request.placed_at, facts.release_on)
        except InputError:
            return None
        return start.day, self._local(facts).toordinal(), start.order_by

    def _local(self, facts: Facts) -> dt.datetime:
        return facts.request.placed_at.astimezone(self.ship_from.starts.local.zone)

    def _could_start(self, facts: Facts) -> bool:
        """Whether an order at the beginning of this day would have started on it."""
        dawn = self._local(facts).replace(hour=0, minute=0, second=0, microsecond=0)
        return self.ship_from.start_at(dawn).day == dawn.toordinal()

    def needs(self, facts: Facts, *, wanted: bool = True) -> tuple[Need, ...]:
        """The next cut-off that can be met."""
        if self.holds(facts) is wanted:
            return ()
        start = self._start(facts)
        if start is None or start[2] is None:
            return (Need("the goods cannot leave today", "", Change(kind="none")),)
        by = start[2]
        change = Change(kind="order_before", at=by)
        why = "today's cut-off has passed" if self._could_start(facts) else "nothing leaves today"
        return (Need(why, f"order on {by:%a %d %b} before {by:%H:%M}", change),)
