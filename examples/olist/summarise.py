"""Quote real orders with the policy made from them, and print what shoppers would have seen.

    python examples/olist/summarise.py ORDERS.csv.gz [--most 20000]

Exits with 1 when an order is not answered: every method has to be offered or withheld with a reason.
"""

import argparse
import datetime as dt
import sys
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from statistics import mean, median

from make_policy import policy as policy_data
from orders import quote_request, read_orders
from rich.console import Console
from rich.progress import track

from checkout_kit import Quote, ShippingPolicy
from checkout_kit.shipping.request_document import parse_request

NOW = dt.datetime(2018, 10, 1, tzinfo=dt.UTC)
"""Every order states when it was placed, so this is never looked at."""


def main() -> int:
    """Print the summary as a Markdown table."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("orders", type=Path)
    parser.add_argument("--most", type=int, default=20_000)
    given = parser.parse_args()
    policy = ShippingPolicy.from_dict(policy_data(read_orders(given.orders)), source="olist")
    rows = list(islice(read_orders(given.orders), given.most))
    summary = Summary(methods=len(policy.method_ids))
    console = Console(stderr=True)
    started = time.perf_counter()
    for row in track(rows, "Quoting", console=console):
        summary.add(row, policy.quote(parse_request(quote_request(row), now=NOW)))
    summary.print(seconds=time.perf_counter() - started)
    return 1 if summary.unanswered else 0


class Summary:
    """What is counted over all quotes."""

    def __init__(self, *, methods: int) -> None:
        self.methods = methods
        self.orders = 0
        self.unanswered: list[str] = []
        self.options: Counter[int] = Counter()
        self.withheld: Counter[str] = Counter()
        self.free = 0
        self.lead_days: dict[str, list[int]] = {}
        self.ratio: list[float] = []

    def add(self, row: dict[str, str], quote: Quote) -> None:
        """Count one order's quote."""
        self.orders += 1
        if len(quote.options) + len(quote.withheld) != self.methods or any(
            not withheld.reason for withheld in quote.withheld
        ):
            self.unanswered.append(row["order_id"])
        self.options[len(quote.options)] += 1
        self.withheld.update(withheld.reason for withheld in quote.withheld)
        self.free += any(option.is_free for option in quote.options)
        for option in quote.options:
            if option.promise is not None:
                days = (option.promise.latest - quote.placed_at.date()).days
                self.lead_days.setdefault(option.method_id.rpartition("-")[0], []).append(days)
            if option.method_id.startswith("standard-") and float(row["freight_value"]):
                self.ratio.append(float(option.price.decimal) / float(row["freight_value"]))

    def print(self, *, seconds: float) -> None:
        """Print the tables."""
        print(
            f"{self.orders} orders quoted against {self.methods} methods, {len(self.unanswered)} unanswered"
        )
        print(f"({seconds / self.orders * 1e6:.0f} microseconds an order, its JSON checked)\n")
        print("| options per order | orders | share |\n| --- | --- | --- |")
        for count, orders in sorted(self.options.items()):
            print(f"| {count} | {orders} | {orders / self.orders:.1%} |")
        print(f"\nA free option is offered on {self.free / self.orders:.1%} of the orders.\n")
        print("| speed | offered | promised within, median days | mean |\n| --- | --- | --- | --- |")
        for speed, days in sorted(self.lead_days.items(), key=lambda item: median(item[1])):
            print(f"| {speed} | {len(days)} | {median(days):.0f} | {mean(days):.1f} |")
        print("\n| withheld because | methods |\n| --- | --- |")
        for reason, methods in self.withheld.most_common():
            print(f"| `{reason}` | {methods} |")
        print(f"\nStandard price over the freight really paid: median {median(self.ratio):.2f}.")


if __name__ == "__main__":
    sys.exit(main())
