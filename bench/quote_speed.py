"""Microseconds per quote beside the floor, in CPU time of interleaved runs; fails when an answer differs.

Run: python bench/quote_speed.py [--large]
"""

import argparse
import gc
import sys
import time
import tracemalloc
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from attrs import evolve
from quote_floor import Answer, compile_floor, floor_request
from quote_workload import LARGE, LARGEST, SMALL, USUAL, WIDE, Size, make_policy, make_requests

from checkout_kit.shipping import Quote, QuoteRequest, ShippingPolicy
from checkout_kit.shipping.columns import QuoteColumns, quote_columns
from checkout_kit.shipping.pricing import PricedRequest

REQUESTS = 2000
ROUNDS = 15


def seen(quote: Quote) -> Answer:
    """What the floor answers, read off a quote."""
    return [
        (o.id, o.price_minor, o.promise.earliest, o.promise.latest)
        for o in quote.options
        if o.promise is not None
    ]


def check_same(policy: ShippingPolicy, floor, requests: list[QuoteRequest]) -> int:
    """How many options were compared; exits where an answer differs."""
    compared = 0
    for request in requests:
        ours, theirs = seen(policy.quote(request)), floor(floor_request(request))
        if ours != theirs:
            raise SystemExit(f"answers differ for {request}:\nquote: {ours}\nfloor: {theirs}")
        compared += len(ours)
    return compared


def measure(size: Size) -> tuple[float, float]:
    """Median microseconds of one quote and of the floor, measured in turns."""
    mapping = make_policy(size)
    policy, floor = ShippingPolicy.from_dict(mapping), compile_floor(mapping)
    requests = make_requests(size, REQUESTS)
    compared = check_same(policy, floor, requests)
    plain = [floor_request(request) for request in requests]
    ours, theirs = [], []
    quote = policy.quote
    for _ in range(ROUNDS):
        start = time.process_time()
        for request in requests:
            quote(request)
        ours.append(time.process_time() - start)
        start = time.process_time()
        for request in plain:
            floor(request)
        theirs.append(time.process_time() - start)
    ratio = median(a / b for a, b in zip(ours, theirs, strict=True))
    us, floor_us = min(ours) / REQUESTS * 1e6, min(theirs) / REQUESTS * 1e6
    name = f"{size.options} options x {size.zones} zones, {size.postal_rules} postal rules"
    print(
        f"{name}: quote {us:.1f} us, floor {floor_us:.1f} us, ratio {ratio:.2f} ({compared} options checked)"
    )
    return us, floor_us


def measure_shapes(size: Size) -> None:
    """The same policy with added tax and a least and a most price, by the quick walk and with every step."""
    mapping = make_policy(size) | {"tax": {"prices": "added", "rate": "8.875"}}
    for method in mapping["methods"]:
        method["price"] |= {"floor": "4", "ceiling": "40"}
    policy, requests = ShippingPolicy.from_dict(mapping), make_requests(size, REQUESTS)
    engine = policy.engines[policy.currency]
    priced = [
        PricedRequest(request, engine.cell(engine.zones.place(request.destination)), engine)
        for request in requests
    ]
    quick, full = [], []
    for _ in range(3):
        start = time.process_time()
        quoted = [policy.quote(request).options for request in requests]
        quick.append(time.process_time() - start)
        start = time.process_time()
        walked = [tuple(each.full_options()) for each in priced]
        full.append(time.process_time() - start)
        if quoted != walked:
            raise SystemExit("the quick and the full walk differ")
    print(
        f"{size.options} options with bounds and added tax: quote {min(quick) / REQUESTS * 1e6:.1f} us, "
        f"full walk {min(full) / REQUESTS * 1e6:.1f} us"
    )


def measure_columns(size: Size) -> None:
    """Rows per second of the column call beside single calls, the answers compared."""
    policy = ShippingPolicy.from_dict(make_policy(size))
    for places in (20_000, 2_000):
        requests = make_requests(size, 20_000)
        homes = [request.destination for request in requests[:places]]
        requests = [evolve(request, destination=homes[i % places]) for i, request in enumerate(requests)]
        _measure_batch(policy, requests, f"{size.options} x {size.zones}")


def _measure_batch(policy: ShippingPolicy, requests: list[QuoteRequest], name: str) -> None:
    columns = as_columns(requests)
    found = quote_columns(policy, columns)
    for i, request in enumerate(requests[:REQUESTS]):
        offered = {option.id: option.price_minor for option in policy.quote(request).options}
        for method_id, price in zip(found.method_ids, found.price_minor[:, i].tolist(), strict=True):
            if offered.get(method_id, -1) != price:
                raise SystemExit(f"columns differ for {method_id} of {request}")
    single, batch = [], []
    for _ in range(5):
        start = time.process_time()
        for request in requests:
            policy.quote(request)
        single.append(time.process_time() - start)
        start = time.process_time()
        quote_columns(policy, columns)
        batch.append(time.process_time() - start)
    per_row = min(batch) / len(requests) * 1e6
    ratio = min(single) / min(batch)
    print(
        f"columns {name}: {len(requests)} rows to {len(columns.places)} destinations, "
        f"{per_row:.2f} us a row, {ratio:.1f} times the throughput of single quotes"
    )


def as_columns(requests: list[QuoteRequest]) -> QuoteColumns:
    """The same carts as columns; equal destinations are listed once."""
    places = {request.destination: None for request in requests}
    numbers = {place: i for i, place in enumerate(places)}
    carts = [request.cart.lines for request in requests]
    return QuoteColumns(
        weight_g=np.array([sum(line.quantity * (line.weight_g or 0) for line in lines) for lines in carts]),
        goods_minor=np.array([sum(line.total for line in lines) for lines in carts]),
        quantity=np.array([sum(line.quantity for line in lines) for lines in carts]),
        places=tuple(places),
        place=np.array([numbers[request.destination] for request in requests]),
        placed_at=np.array([r.placed_at.replace(tzinfo=None) for r in requests], dtype="datetime64[us]"),
    )


def measure_compile(size: Size) -> None:
    """Time and memory kept by compiling, beside the floor's."""
    mapping = make_policy(size)
    ours, theirs = [], []
    for _ in range(3):
        gc.collect()
        start = time.process_time()
        policy = ShippingPolicy.from_dict(mapping)
        ours.append(time.process_time() - start)
        del policy
        gc.collect()
        start = time.process_time()
        floor = compile_floor(mapping)
        theirs.append(time.process_time() - start)
        del floor
    requests = make_requests(size, 10 * REQUESTS)

    def visited() -> ShippingPolicy:
        policy = ShippingPolicy.from_dict(mapping)
        for request in requests:
            policy.quote(request)
        return policy

    kept = [_kept(make) for make in (lambda: ShippingPolicy.from_dict(mapping), visited)]
    kept.append(_kept(lambda: compile_floor(mapping)))
    time_ratio, memory_ratio = min(ours) / min(theirs), kept[1] / kept[2]
    print(
        f"compile {size.options} x {size.zones}: {min(ours):.2f} s, floor {min(theirs):.2f} s, "
        f"ratio {time_ratio:.1f}; kept {kept[0]:.0f} MB, {kept[1]:.0f} MB after {len(requests)} quotes, "
        f"floor {kept[2]:.0f} MB, ratio {memory_ratio:.1f}"
    )


def _kept(make) -> float:
    gc.collect()
    tracemalloc.start()
    made = make()
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del made
    return kept / 1e6


def main() -> None:
    """Print one line per size, then the growth from 40 to 2,000 zones and the compile figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="the large sizes too (about a minute)")
    is_large = parser.parse_args().large
    for size in (SMALL, USUAL, WIDE):
        measured = measure(size)
        usual = measured if size is USUAL else None
        if usual is not None:
            base = usual
    measure_shapes(USUAL)
    measure_columns(USUAL)
    if is_large:
        us, floor_us = measure(LARGE)
        growth, floor_growth = us / base[0], floor_us / base[1]
        ratio = growth / floor_growth
        print(f"growth to 2,000 zones: quote {growth:.2f}x, floor {floor_growth:.2f}x, ratio {ratio:.2f}")
        measure_compile(LARGEST)


if __name__ == "__main__":
    main()
