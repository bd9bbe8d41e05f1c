"""How a stranger's adapter is typed; checked by mypy and never run."""

import datetime as dt
from typing import ClassVar, assert_type

import httpx
from attrs import frozen

from checkout_kit.adapter import (
    Adapter,
    BodyHmac,
    Capability,
    HttpRequest,
    HttpResponse,
    PlatformPromise,
    RateOutcome,
    Secret,
    Signature,
    Steps,
    json_response,
    run,
    run_async,
)
from checkout_kit.shipping import QuoteRequest


@frozen(kw_only=True)
class ShopSettings:
    """What the shop is reached with."""

    shop: str
    secret: Secret


class ShopAdapter(Adapter[ShopSettings]):
    """Answers rates, and writes a promise on an order."""

    name: ClassVar[str] = "shop"
    signature: ClassVar[Signature | None] = BodyHmac(("x-signature",))

    def parse_rates(self, request: HttpRequest, *, now: dt.datetime) -> QuoteRequest:
        assert_type(self.settings, ShopSettings)
        assert_type(request.json()["cart"]["total"].whole(), int)
        raise NotImplementedError

    def render_rates(self, outcome: RateOutcome, request: QuoteRequest | None) -> HttpResponse:
        return json_response({"rates": []})

    def write_promise(self, promise: PlatformPromise) -> Steps[None]:
        reply = yield HttpRequest(method="POST", url="https://shop.example/promises")
        assert_type(reply, HttpResponse)


adapter = ShopAdapter(ShopSettings(shop="main", secret=Secret("s")))
assert_type(adapter.capabilities, frozenset[Capability])


def order_ids() -> Steps[tuple[str, ...]]:
    """An operation with a result."""
    reply = yield HttpRequest(url="https://shop.example/orders")
    return tuple(one["id"].text() for one in reply.json().each())


assert_type(run(order_ids(), httpx.Client()), tuple[str, ...])


async def ask(client: httpx.AsyncClient) -> None:
    """The asynchronous loop gives the same result."""
    assert_type(await run_async(order_ids(), client), tuple[str, ...])


run(order_ids(), httpx.AsyncClient())  # type: ignore[arg-type]
ShopAdapter(ShopSettings(shop="main"))  # type: ignore[call-arg]
