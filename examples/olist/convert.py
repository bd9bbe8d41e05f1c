"""Turn the order file into quote requests, one JSON line per order.

python examples/olist/convert.py ORDERS.csv.gz > carts.jsonl
"""

import argparse
import json
import sys
from itertools import islice
from pathlib import Path

from orders import quote_request, read_orders


def main() -> None:
    """Write the requests to standard output."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("orders", type=Path)
    parser.add_argument("--most", type=int, help="stop after so many orders")
    given = parser.parse_args()
    for row in islice(read_orders(given.orders), given.most):
        sys.stdout.write(json.dumps(quote_request(row)) + "\n")


if __name__ == "__main__":
    main()
