"""A feed of promises on a Dask LocalCluster with 2 worker processes: the Arrow function, unchanged.

Needs `dask[dataframe]` and `distributed`. The result is compared, row for row, with one process.
"""

import datetime as dt
import random
import sys
import time

import dask.dataframe as dd
import pandas as pd
import pyarrow as pa
from dask.distributed import Client, LocalCluster

from checkout_kit.promise import Destination, PromiseRule, ShipFrom, Transit, promise
from checkout_kit.promise.arrow import promise_table

PARTS, ROWS = 8, 50_000
ZONES = ("America/Chicago", "America/Los_Angeles", "Pacific/Honolulu", "Europe/Berlin")


def lanes() -> dict[str, PromiseRule]:
    """Twenty lanes from one origin."""
    ship_from = ShipFrom(tz="America/New_York", cutoff="14:00", holidays=[dt.date(2027, 5, 31)])
    goals = [Destination(tz=zone, delivery_weekdays=range(1, 7)) for zone in ZONES]
    return {
        f"{goal.tz}/{days}": PromiseRule(
            ship_from=ship_from,
            handling_days=(0, 1),
            transit=Transit(days=(days, days + 2)),
            destination=goal,
        )
        for goal in goals
        for days in range(5)
    }


def orders(part: int) -> pd.DataFrame:
    """One partition of item, lane and instant of ordering."""
    rng, names = random.Random(part), list(lanes())
    seconds = [rng.randrange(350 * 86400) for _ in range(ROWS)]
    return pd.DataFrame(
        {
            "item": range(part * ROWS, (part + 1) * ROWS),
            "rule": rng.choices(names, k=ROWS),
            "placed_at": pd.Timestamp("2027-01-04", tz="UTC") + pd.to_timedelta(seconds, unit="s"),
        }
    )


def promised(frame: pd.DataFrame, rules: dict[str, PromiseRule]) -> pd.DataFrame:
    """One partition: pandas to Arrow, the promises, and back."""
    table = promise_table(pa.Table.from_pandas(frame, preserve_index=False), rules)
    return table.to_pandas(types_mapper=pd.ArrowDtype)


def main() -> int:
    """Exit 1 unless both ways agree."""
    rules = lanes()
    frame = pd.concat([orders(part) for part in range(PARTS)], ignore_index=True)
    alone = promised(frame, lanes())
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster):
        began = time.perf_counter()
        parts = dd.from_map(orders, range(PARTS))
        together = parts.map_partitions(promised, rules, meta=alone.head(0)).compute()
        took = time.perf_counter() - began
    together = together.reset_index(drop=True)
    if not together.equals(alone.astype(together.dtypes)):
        print("the cluster and the single process disagree")
        return 1
    for row in random.Random(11).sample(range(len(frame)), 2000):
        expected = promise(rules[frame["rule"][row]], frame["placed_at"][row].to_pydatetime())
        if together["latest"][row] != expected.latest:
            print(f"row {row}: the cluster says {together['latest'][row]}, the scalar {expected.latest}")
            return 1
    print(f"dask feed: {len(frame)} rows on 2 worker processes in {took:.1f} s, equal to one process")
    return 0


if __name__ == "__main__":
    sys.exit(main())
