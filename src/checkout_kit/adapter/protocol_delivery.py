"""Several takers of the outbox's events behind the one a service has room for."""

from checkout_kit.checkout import Event
from checkout_kit.service import Deliver
from checkout_kit.service.steps import Steps


def chain_deliverers(*deliverers: Deliver) -> Deliver:
    """One taker that hands each event to all of these, in order.

    An event is taken when all have taken it: after a failure every one of them sees it again, and each
    ignores, or repeats under the event's key, what it has delivered before.
    """

    def deliver(event: Event, attempts: int) -> Steps[None]:
        for one in deliverers:
            yield from one(event, attempts)

    return deliver
