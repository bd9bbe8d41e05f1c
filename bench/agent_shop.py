"""The small shop behind both agent benchmarks, and a caller that counts the CPU time of each request."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from checkout_kit.cart import LineItem
from checkout_kit.payments import TestPayments
from checkout_kit.service import AsyncCheckoutService
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.storage import open_store

POLICY = """
currency = "USD"
[origins.here]
address = { country = "US", region = "NY", postal_code = "11231" }
timezone = "America/New_York"
works = "Mon-Fri"
cutoff = "14:00"
handling = "0-1 working days"
[zones.domestic]
where = [{ country = "US" }]
[services.economy]
transit = "5-7 business days"
[services.express]
transit = "1 business day"
[[methods]]
id = "economy"
title = "Economy"
service = "economy"
zones = ["domestic"]
price = { by = "weight", tiers = [{ up_to = "1 kg", price = "3.90" }], above = { price = "6.90" } }
[[methods]]
id = "express"
title = "Express"
service = "express"
zones = ["domestic"]
price = "19.00"
"""
GOODS = {"MUG": LineItem(id="", sku="MUG", title="Mug", quantity=1, unit_price=1200, weight_g=400)}


def open_service(folder: Path) -> AsyncCheckoutService:
    """The shop's checkouts over a database in the folder."""
    return AsyncCheckoutService(
        store=open_store(f"sqlite:///{folder / 'shop.db'}", durability="normal"),
        payments=TestPayments(),
        policy=ShippingPolicy.loads(POLICY, "toml", source="bench"),
        catalog=GOODS.get,
    )


class Caller:
    """One application; `await caller(method, path, body, headers)` gives status, body and CPU seconds."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes, float]:
        """Send one request."""
        raw = [(name.encode(), text.encode()) for name, text in headers.items()]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
            "scheme": "http", "headers": [(b"host", b"shop.example"), *raw], "client": ("1.2.3.4", 5),
            "server": ("shop.example", 80),
        }  # fmt: skip
        messages: list[dict[str, Any]] = []
        given = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            return given.pop() if given else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            messages.append(message)

        before = time.process_time()
        await self.app(scope, receive, send)
        spent = time.process_time() - before
        return messages[0]["status"], b"".join(one.get("body", b"") for one in messages[1:]), spent
