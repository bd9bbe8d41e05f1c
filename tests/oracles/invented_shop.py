"""An invented shop's history: lead times by lane and seller, a season that can turn, no real order in it."""

from datetime import datetime, timedelta
from random import Random

from checkout_kit.promise.calibration import OrderFacts, PastOrder

OPENED = datetime(2026, 1, 5, 8)
ZONES = {"NEAR": 3.0, "MIDDLE": 6.0, "FAR": 11.0}
SELLERS = {f"seller-{number}": 0.5 + 0.5 * number for number in range(6)}


def invented_orders(
    *,
    days: int = 240,
    orders_a_day: int = 20,
    seed: int = 1,
    slower_from: int | None = None,
    slower_by: float = 1.0,
    rare_zone_share: float = 0.0,
) -> tuple[PastOrder, ...]:
    """Orders by time of purchase; from day `slower_from` every transit takes `slower_by` times as long."""
    random = Random(seed)
    orders = []
    for number in range(days * orders_a_day):
        purchased_at = OPENED + timedelta(days=number // orders_a_day, minutes=random.randrange(14 * 60))
        zone = "RARE" if random.random() < rare_zone_share else random.choice(tuple(ZONES))
        seller = random.choice(tuple(SELLERS))
        handling = SELLERS[seller] * random.lognormvariate(0.0, 0.4)
        transit = ZONES.get(zone, 9.0) * random.lognormvariate(0.0, 0.35)
        if slower_from is not None and number // orders_a_day >= slower_from:
            transit *= slower_by
        handed_over_at = purchased_at + timedelta(days=handling)
        town = f"{zone}-{random.randrange(4)}"
        orders.append(
            PastOrder(
                facts=OrderFacts(
                    order_id=f"order-{number}",
                    purchased_at=purchased_at,
                    origin=("HOME",),
                    destination=(zone, town),
                    seller=seller,
                    numbers=(("weight_g", random.uniform(100, 5000)),),
                ),
                handed_over_at=handed_over_at,
                delivered_at=handed_over_at + timedelta(days=transit),
            )
        )
    return tuple(sorted(orders, key=lambda order: order.facts.purchased_at))
