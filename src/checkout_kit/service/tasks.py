"""Effects as rows of the outbox, and back."""

import datetime as dt
import json

import attrs

from checkout_kit.checkout import Authorise, Capture, Effect, Event, PlaceOrder, Void
from checkout_kit.storage import Task

PAYMENT, EVENT = "payment", "event"
LEASE_S = 60

_KINDS: dict[str, type[Authorise] | type[Capture] | type[Void] | type[Event]] = {
    "authorise": Authorise,
    "capture": Capture,
    "void": Void,
    "event": Event,
}


def task_of(effect: Authorise | Capture | Void | Event, now: dt.datetime, *, keeps: bool) -> Task:
    """The outbox row of an effect; `keeps` leases it to the caller, who is about to run it."""
    kind = next(name for name, cls in _KINDS.items() if isinstance(effect, cls))
    return Task(
        key=effect.key,
        stream=effect.checkout_id,
        topic=EVENT if isinstance(effect, Event) else PAYMENT,
        payload=json.dumps([kind, attrs.asdict(effect)], separators=(",", ":")),
        due_at=now,
        lease_until=now + dt.timedelta(seconds=LEASE_S) if keeps else now,
    )


def effect_of(task: Task) -> Authorise | Capture | Void | Event:
    """The effect of an outbox row."""
    kind, fields = json.loads(task.payload)
    return _KINDS[kind](**fields)


def is_readable(task: Task) -> bool:
    """Whether the row says what to do; one that does not never will."""
    try:
        effect_of(task)
    except (ValueError, KeyError, TypeError):
        return False
    return True


def split(
    effects: tuple[Effect, ...],
) -> tuple[PlaceOrder | None, tuple[Authorise | Capture | Void | Event, ...]]:
    """The order to write in the same transaction, if any, and what goes to the outbox."""
    place = next((effect for effect in effects if isinstance(effect, PlaceOrder)), None)
    return place, tuple(effect for effect in effects if not isinstance(effect, PlaceOrder))


def retry_at(now: dt.datetime, attempts: int) -> dt.datetime:
    """When to try again after `attempts` failures: 2 s, doubling, at most an hour."""
    return now + dt.timedelta(seconds=min(3600, 2 ** min(attempts + 1, 12)))
