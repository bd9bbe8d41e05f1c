"""A whole rate call-back, bytes to bytes, beside hand-written floors for the same bytes.

The quote workload (12 options x 40 zones, 800 postal rules, carts of 1 to 12 lines) arrives as signed
carrier-service call-backs; each is verified, parsed, validated, quoted with dates and rendered, nothing
kept between them. Rounds of all sides alternate and the ratio is the median of the rounds' ratios, in time
of the processor, which other work on the machine disturbs less.
"""

import base64
import datetime as dt
import hmac
import json
import statistics
import sys
import time
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "adapters" / "shopify" / "src"), str(Path(__file__).parent)]

from checkout_kit_shopify import ShopifyAdapter, ShopifySettings  # noqa: E402
from quote_workload import USUAL, make_policy, make_requests  # noqa: E402
from rate_callback_floor import compile_callback, read_untyped, typed_reader  # noqa: E402

from checkout_kit.adapter import HttpRequest, answer_rates  # noqa: E402
from checkout_kit.making import maker  # noqa: E402
from checkout_kit.shipping import QuoteRequest, ShippingPolicy  # noqa: E402

SECRET = "bench-secret"
SHOP = "bench-store.myshopify.com"
CALLS, ROUNDS = 1000, 15
GOAL = 2.5
Call = tuple[str, bytes, dt.datetime]


def payload(request: QuoteRequest) -> bytes:
    """The request as the platform sends it."""
    items = [
        {
            "name": f"Product {line.sku}",
            "sku": line.sku,
            "quantity": line.quantity,
            "grams": line.weight_g,
            "price": line.unit_price,
            "vendor": "Acme",
            "requires_shipping": True,
            "taxable": True,
            "fulfillment_service": "manual",
            "properties": {},
            "product_id": 632910392 + i,
            "variant_id": 39072856 + i,
        }
        for i, line in enumerate(request.cart.lines)
    ]
    to = request.destination
    destination = dict.fromkeys(("address2", "address3", "fax", "email", "address_type", "company_name"))
    destination |= {"country": to.country, "postal_code": to.postal_code, "province": to.region}
    destination |= {"city": "Springfield", "name": "Ann Example", "address1": "12 Sample Street", "phone": ""}
    rate = {"origin": destination, "destination": destination, "items": items, "currency": "USD"}
    return json.dumps({"rate": {**rate, "locale": "en-US"}}, separators=(",", ":")).encode()


def make_calls() -> list[Call]:
    """Signed bodies and the instant each arrives at."""
    calls = []
    for request in make_requests(USUAL, CALLS):
        body = payload(request)
        signature = base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()
        calls.append((signature, body, request.placed_at))
    return calls


def main() -> None:
    """Check that both give the same bytes' meaning, measure, print."""
    document = make_policy(USUAL)
    policy = ShippingPolicy.from_dict(document)
    titles = {method["id"]: method["title"] for method in document["methods"]}
    floors = [
        compile_callback(document, titles, SECRET.encode(), read) for read in (typed_reader(), read_untyped)
    ]
    settings = ShopifySettings(shop=SHOP, client_secret=SECRET, access_token="unused")
    adapter, calls = ShopifyAdapter(settings), make_calls()
    # As the server does it.
    received = maker(HttpRequest)
    # The platform's own cache makes quotes near a cut-off later; the floor knows nothing of that.
    ShopifyAdapter.platform_cache_s = 0

    def ours(call: Call) -> bytes:
        signature, body, now = call
        headers = {"x-shopify-hmac-sha256": signature, "x-shopify-shop-domain": SHOP}
        request = received(url="/adapters/shopify/rates", headers=headers, body=body)
        return answer_rates(adapter, request, policy.quote, now=now).body

    rates = 0
    for call in calls:
        got = json.loads(ours(call))
        for floor in floors:
            wanted = json.loads(floor(*call))
            assert got == wanted, (got, wanted)
        rates += len(got["rates"])
    spent: list[list[float]] = []
    for _ in range(ROUNDS):
        marks = [time.process_time()]
        for floor in floors:
            for call in calls:
                floor(*call)
            marks.append(time.process_time())
        for call in calls:
            ours(call)
        marks.append(time.process_time())
        spent.append([after - before for before, after in pairwise(marks)])
    typed, untyped, own = (min(side) / CALLS * 1e6 for side in zip(*spent, strict=True))
    ratio, untyped_ratio = (statistics.median(each[2] / each[i] for each in spent) for i in (0, 1))
    print(
        f"rate call-back, bytes to bytes: {own:.1f} us, floor {typed:.1f} us, ratio {ratio:.2f} "
        f"(goal {GOAL}); floor that parses everything {untyped:.1f} us, ratio {untyped_ratio:.2f} "
        f"({rates} rates checked, "
        f"{sum(len(call[1]) for call in calls) // CALLS} bytes a request)"
    )


if __name__ == "__main__":
    main()
