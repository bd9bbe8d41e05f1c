"""Which methods and pickup points have slots, and what is left of each at a moment."""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

from checkout_kit.shipping.slots.schedule import Slot, SlotSchedule, list_slots

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@frozen(kw_only=True, eq=False)
class SlotRules:
    """The schedules of a policy, and who keeps them.

    `methods` and `points` map ids to the id of a schedule; a pickup point's own desk comes before the
    method's round. `taken` counts the places that others hold, by slot id; the service fills it in.
    """

    schedules: Mapping[str, SlotSchedule] = MappingProxyType({})
    methods: Mapping[str, str] = _NOTHING
    points: Mapping[str, str] = _NOTHING
    taken: Mapping[str, int] = MappingProxyType({})

    @property
    def is_used(self) -> bool:
        """Whether any method or pickup point has slots at all."""
        return bool(self.methods or self.points)

    def schedule_of(self, method_id: str, point_id: str = "") -> SlotSchedule | None:
        """The schedule of a method, or of the pickup point it goes to; None where neither has one."""
        name = self.points.get(point_id) or self.methods.get(method_id)
        return None if name is None else self.schedules[name]

    def slot_ids(self, now: dt.datetime) -> tuple[str, ...]:
        """Every slot that may be offered at `now`, of all schedules in use."""
        names = dict.fromkeys((*self.points.values(), *self.methods.values()))
        return tuple(slot.id for name in names for slot in list_slots(self.schedules[name], now))

    def offer(
        self,
        schedule: SlotSchedule,
        now: dt.datetime,
        *,
        not_before: dt.date | None = None,
        also_taken: Mapping[str, int] = MappingProxyType({}),
    ) -> tuple[Slot, ...]:
        """The slots of a schedule at `now`, offered or with a reason."""
        taken = {**self.taken, **{key: self.taken.get(key, 0) + n for key, n in also_taken.items()}}
        return list_slots(schedule, now, taken=taken, not_before=not_before)


NO_SLOTS: Final = SlotRules()
