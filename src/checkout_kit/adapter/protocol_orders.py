"""What happens to an order after it was placed, recorded once and told in each protocol's own words."""

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, Literal

from attrs import asdict, evolve, field, frozen

from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.checkout import Event
from checkout_kit.errors import Conflict, Fault, InputError
from checkout_kit.orders import Order
from checkout_kit.service import AsyncCheckoutService
from checkout_kit.service.tasks import task_of
from checkout_kit.storage import Write

ACTIVITY_KIND: Final = "order_activity"
RACES: Final = 5


@frozen(kw_only=True)
class Adjustment:
    """Something that changed what is owed or kept after the order, such as a refund.

    Attributes:
        type: the protocol's open word: `refund`, `return`, `credit`, `cancellation`, ...
        quantities: signed units by line id, negative where goods are taken off the order.
        amount: signed minor units, negative for money that goes back to the buyer.
    """

    id: str
    type: str
    occurred_at: dt.datetime
    quantities: Mapping[str, int] = field(factory=dict, hash=False)
    amount: int = 0
    description: str = ""
    status: Literal["pending", "completed", "failed"] = "completed"


@frozen(kw_only=True)
class FulfillmentEvent:
    """Something that happened to a shipment: `shipped`, `in_transit`, `delivered`, `failed_attempt`, ..."""

    id: str
    type: str
    occurred_at: dt.datetime
    quantities: Mapping[str, int] = field(factory=dict, hash=False)
    tracking_number: str = ""
    tracking_url: str = ""
    carrier: str = ""
    description: str = ""


@frozen(kw_only=True)
class Activity:
    """What has happened to an order, oldest first; entries are only ever added.

    `is_claimed` says that an authenticated platform has read it, so that its id alone opens it no longer.
    """

    is_claimed: bool = False
    adjustments: tuple[Adjustment, ...] = ()
    events: tuple[FulfillmentEvent, ...] = ()

    def with_entry(self, entry: Adjustment | FulfillmentEvent, order: Order) -> "Activity":
        """The activity with one more entry; the same object when an entry of its id is there already.

        Raises:
            InputError: a line the order does not have, or more units than it has.
        """
        known: tuple[Adjustment | FulfillmentEvent, ...] = (*self.adjustments, *self.events)
        if any(one.id == entry.id for one in known):
            return self
        lines = {line.id: line.quantity for line in order.cart.lines}
        faults = [
            Fault(f"quantities.{line_id}", "is not a line of this order, or more units than it has")
            for line_id, units in entry.quantities.items()
            if not 0 < abs(units) <= lines.get(line_id, 0)
        ]
        if faults:
            raise InputError(faults)
        if isinstance(entry, Adjustment):
            return evolve(self, adjustments=(*self.adjustments, entry))
        return evolve(self, events=(*self.events, entry))


def pack_activity(activity: Activity) -> str:
    """The stored JSON text."""
    return json.dumps(asdict(activity), default=lambda instant: instant.isoformat(), separators=(",", ":"))


def unpack_activity(text: str) -> Activity:
    """The activity of a stored text."""
    given: dict[str, Any] = json.loads(text)

    def dated(one: dict[str, Any]) -> dict[str, Any]:
        return {**one, "occurred_at": dt.datetime.fromisoformat(one["occurred_at"])}

    return Activity(
        is_claimed=given["is_claimed"],
        adjustments=tuple(Adjustment(**dated(one)) for one in given["adjustments"]),
        events=tuple(FulfillmentEvent(**dated(one)) for one in given["events"]),
    )


def load_activity(store: ProtocolStore, order_id: str) -> Activity:
    """What has happened to an order."""
    found = store.get(ACTIVITY_KIND, order_id)
    return Activity() if found is None else unpack_activity(found.text)


def add_entry(store: ProtocolStore, order: Order, entry: Adjustment | FulfillmentEvent) -> Activity:
    """Add an entry to an order's activity over its newest version."""
    return _change(store, order.id, lambda activity: activity.with_entry(entry, order))


def claim_order(store: ProtocolStore, order_id: str) -> Activity:
    """Note that an authenticated platform reads the order."""
    return _change(store, order_id, lambda activity: evolve(activity, is_claimed=True))


def _change(store: ProtocolStore, order_id: str, change: Callable[[Activity], Activity]) -> Activity:
    for race in range(RACES):
        found = store.get(ACTIVITY_KIND, order_id)
        before = Activity() if found is None else unpack_activity(found.text)
        after = change(before)
        if after == before:
            return before
        version = 0 if found is None else found.version
        try:
            store.put(ACTIVITY_KIND, order_id, pack_activity(after), expected_version=version)
        except Conflict:
            if race == RACES - 1:
                raise
            continue
        return after
    raise AssertionError("unreachable: the last race raises")


async def record_activity(
    service: AsyncCheckoutService,
    documents: ProtocolStore,
    order_id: str,
    entry: Adjustment | FulfillmentEvent,
) -> None:
    """Add what happened to an order and have platforms told by an `order.changed` event.

    The same entry again changes nothing; it is told again only if its first telling has been delivered.

    Raises:
        NotFound: no such order.
        InputError: the entry names a line the order does not have.
    """
    order = await service.get_order(order_id)
    event = Event(
        key=f"{order_id}:{entry.id}", kind="order.changed", checkout_id=order.checkout_id, order_id=order_id
    )
    task = task_of(event, service.parts.clock(), keeps=False)

    def work() -> None:
        add_entry(documents, order, entry)
        with suppress(Conflict):  # the same entry waits to be told already
            service.parts.store.commit(Write(tasks=(task,)))

    if documents.is_remote:
        await asyncio.to_thread(work)
    else:
        work()
