"""A shop that sells through agents, with goods, codes and the test provider; for the tests and the judge."""

import asyncio
import datetime as dt
import itertools
import json
from collections.abc import Callable
from typing import Any

from attrs import define, evolve, field
from checkout_kit.adapter import HttpRequest, HttpResponse
from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.cart import Cart, LineItem
from checkout_kit.checkout import Checkout, PaymentMethod, PricedCart, Rules
from checkout_kit.money import divide_half_up
from checkout_kit.payments import PaymentProvider, TestPayments
from checkout_kit.service import AsyncCheckoutService, Settings
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.storage import open_store
from checkout_kit.storage.inventory import SqlInventory

from checkout_kit_acp import (
    AcpSettings,
    Acquirer,
    Agent,
    AppliedDiscount,
    Instrument,
    MarketingChannel,
    PaymentHandler,
    provider_tokens,
)
from checkout_kit_acp.acp import Acp
from checkout_kit_acp.webhooks import OrderWebhooks

KEY, OTHER_KEY, HOOK_SECRET = "sk_agent_1", "sk_other_1", "whsec_agent_1"
NOON = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
BASE = "https://shop.example"

GOODS = {
    line.sku: line
    for line in (
        LineItem(id="", sku="MUG", title="Mug", quantity=1, unit_price=1200, weight_g=400),
        LineItem(id="", sku="LAMP", title="Lamp", quantity=1, unit_price=4500, weight_g=2100),
        LineItem(id="", sku="TEA", title="Tea", quantity=1, unit_price=650, weight_g=120, tax_rate_bp=700),
        LineItem(id="", sku="BOOK", title="E-book", quantity=1, unit_price=900, requires_shipping=False),
        LineItem(id="", sku="VASE", title="Vase", quantity=1, unit_price=3000, weight_g=900),
        LineItem(id="", sku="BOWL", title="Bowl", quantity=1, unit_price=1500, weight_g=600),
        LineItem(id="", sku="SCARCE", title="Last one", quantity=1, unit_price=700, weight_g=100),
        # The ids of the protocol's own examples.
        LineItem(id="", sku="item_123", title="Denim jacket", quantity=1, unit_price=300, weight_g=700),
        LineItem(id="", sku="item_456", title="Leather belt", quantity=1, unit_price=500, weight_g=300),
        LineItem(id="", sku="item_789", title="Scarf", quantity=1, unit_price=1500, weight_g=200),
        LineItem(id="", sku="item_shirt", title="T-shirt", quantity=1, unit_price=2500, weight_g=200),
        LineItem(id="", sku="item_pants", title="Jeans", quantity=1, unit_price=6000, weight_g=600),
        LineItem(id="", sku="item_laptop", title="Laptop", quantity=1, unit_price=99900, weight_g=2100),
        LineItem(id="", sku="item_mouse", title="Mouse", quantity=1, unit_price=2999, weight_g=150),
        LineItem(id="", sku="item_3ds_001", title="Boots", quantity=1, unit_price=5000, weight_g=1500),
    )
}
STOCK = {"VASE": 0, "BOWL": 3}
TOKENS = {"spt_123": "tok_ok", "vt_01J8Z3WXYZ9ABC": "tok_ok", "spt_3ds_token_001": "tok_3ds",
          "spt_3ds_denied_001": "tok_3ds"}  # fmt: skip

POLICY = """
currency = "USD"
[origins.brooklyn]
address = { country = "US", region = "NY", postal_code = "11231" }
timezone = "America/New_York"
works = "Mon-Fri"
cutoff = "16:00"
handling = "0 working days"
[zones.domestic]
where = [{ country = "US", except_regions = ["AK", "HI"] }]
delivers = "Mon-Sat"
[services.economy]
transit = "7-10 calendar days"
[services.two-day]
transit = "2 business days"
[[methods]]
id = "economy"
title = "Economy, up to ten days"
description = "The lightest on the climate"
service = "economy"
zones = ["domestic"]
price = "3.90"
free_from = "75.00"
[[methods]]
id = "two-day"
title = "Two-day"
service = "two-day"
zones = ["domestic"]
price = "9.90"
"""


def discounts_of(cart: Cart) -> tuple[AppliedDiscount, ...]:
    """SAVE10 takes ten per cent off the order, TEA20 twenty per cent off tea."""
    goods = sum(line.quantity * line.unit_price for line in cart.lines)
    found: list[AppliedDiscount] = []
    if "TEA20" in cart.discount_codes:
        shares = tuple(
            (line.id, divide_half_up(line.quantity * line.unit_price * 20, 100))
            for line in cart.lines
            if line.sku == "TEA"
        )
        if shares:
            total = sum(amount for _, amount in shares)
            found.append(
                AppliedDiscount(
                    id="di_tea20", name="20% off tea", amount=total, code="TEA20", percent_off=20.0,
                    allocations=shares,
                )
            )  # fmt: skip
    if "SAVE10" in cart.discount_codes and goods:
        amount = divide_half_up(goods - sum(one.amount for one in found), 10)
        found.append(AppliedDiscount(id="di_save10", name="10% off", amount=amount, code="SAVE10"))
    return tuple(found)


def price_cart(cart: Cart) -> PricedCart:
    """Apply the codes; one that earns nothing is refused."""
    found = discounts_of(cart)
    by_line = {line_id: amount for one in found for line_id, amount in one.allocations}
    lines = tuple(evolve(line, discount=by_line.get(line.id, 0)) for line in cart.lines)
    on_order = sum(one.amount for one in found if not one.allocations)
    used = {one.code for one in found}
    return PricedCart(
        cart=evolve(cart, lines=lines, order_discount=on_order),
        rejected_codes=tuple(code for code in cart.discount_codes if code not in used),
    )


def _pays(instrument: Instrument) -> PaymentMethod | None:
    return PaymentMethod(method="test", token=TOKENS.get(instrument.token, instrument.token), label="Card")


def _acquirer(_checkout: Checkout) -> Acquirer | None:
    return Acquirer(
        bin="123456", country="US", merchant_id="merchant_789", merchant_name="Test shop",
        directory_server="visa",
    )  # fmt: skip


def shop_settings(**changed: Any) -> AcpSettings:
    """The settings of the shop; any of them may be changed."""
    card = evolve(provider_tokens("test", "acct_1"), payment_of=_pays)
    given: dict[str, Any] = {
        "base_url": BASE,
        "page_url": f"{BASE}/checkout/{{checkout_id}}",
        "currency": "USD",
        "sealing_key": "0123456789abcdef0123456789abcdef",
        "agents": (
            Agent(
                name="agent", api_keys=(KEY,), webhook_url="https://agent.example/order_events",
                webhook_secret=HOOK_SECRET,
            ),
            Agent(name="other", api_keys=(OTHER_KEY,)),
        ),
        "handlers": (card, saved_card()),
        "links": (
            ("terms_of_use", "https://shop.example/terms"),
            ("return_policy", "https://shop.example/returns"),
        ),
        "stock": STOCK.get,
        "describe_discounts": discounts_of,
        "acquirer": _acquirer,
        "marketing": (
            MarketingChannel(
                channel="email", display_text="News", privacy_policy_url="https://shop.example/privacy"
            ),
        ),
        "support": {"email": "help@shop.example"},
    }  # fmt: skip
    return AcpSettings(**{**given, **changed})


def saved_card() -> PaymentHandler:
    """A second handler, as the protocol's examples have one."""
    return PaymentHandler(
        id="seller_pm_123", name="dev.acp.seller_backed.saved_card", psp="seller_managed", payment_of=_pays
    )


@define
class Clock:
    """A clock that tests move."""

    now: dt.datetime = NOON

    def __call__(self) -> dt.datetime:
        """The instant it stands at."""
        return self.now


@define
class Shop:
    """The shop with everything a test looks at."""

    acp: Acp
    service: AsyncCheckoutService
    payments: TestPayments
    documents: ProtocolStore
    clock: Callable[[], dt.datetime]
    check: Callable[[str, str, HttpResponse], None] = lambda *_: None
    runner: asyncio.Runner = field(factory=asyncio.Runner)
    _keys: Any = field(factory=lambda: itertools.count(1))

    def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str
    ) -> HttpResponse:
        """One request of the agent below /acp; each POST has a key of its own unless one is given."""
        sent = {"authorization": f"Bearer {KEY}", "api-version": "2026-04-17", "request-id": "r-1"}
        if body is not None:
            sent["content-type"] = "application/json"
        if method != "GET":
            sent["idempotency-key"] = f"key-{next(self._keys)}" if key is None else key
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        request = HttpRequest(method=method, url=f"/acp{path}", headers=sent, body=content)
        response = self.runner.run(self.acp.handle(request))
        self.check(method, path, response)
        return response

    def json(self, method: str, path: str, body: Any = None, *, status: int = 200, **more: Any) -> Any:
        """The document of a request that must be answered with this status."""
        response = self.call(method, path, body, **more)
        assert response.status == status, (response.status, response.body)
        return json.loads(response.body)

    def create(self, *item_ids: str, **more: Any) -> Any:
        """A new session of these items, home delivered."""
        return self.json("POST", "/checkout_sessions", create_body(*item_ids, **more), status=201)

    def update(self, session: Any, **sections: Any) -> Any:
        """The session after an update of these sections."""
        return self.json("POST", f"/checkout_sessions/{session['id']}", sections)

    def complete(self, session: Any, token: str = "tok_ok", **more: Any) -> Any:
        """The session after completing it with this token."""
        body = complete_body(token, **more)
        return self.json("POST", f"/checkout_sessions/{session['id']}/complete", body)


def build_shop(
    url: str = "sqlite://",
    *,
    clock: Callable[[], dt.datetime] | None = None,
    provider: PaymentProvider | None = None,
    **changed: Any,
) -> Shop:
    """The shop over a database, by default in memory."""
    ticking = clock or Clock()
    store = open_store(url)
    payments = TestPayments()
    inventory = SqlInventory(store)  # type: ignore[arg-type]
    inventory.set_stock("SCARCE", 1)
    settings = shop_settings(**changed)
    documents = ProtocolStore(store)
    service = AsyncCheckoutService(
        store=store,
        payments=provider or payments,
        policy=ShippingPolicy.loads(POLICY, "toml", source="shop"),
        settings=Settings(rules=Rules(price_cart=price_cart), emits_events=True),
        catalog=GOODS.get,
        inventory=inventory,
        clock=ticking,
        deliver=OrderWebhooks(store=store, documents=documents, settings=settings, clock=ticking),
    )
    return Shop(
        acp=Acp(service, documents, settings), service=service, payments=payments, documents=documents,
        clock=ticking,
    )  # fmt: skip


HOME = {
    "name": "Eva Cruz", "line_one": "9 Oak Ave", "city": "Austin", "state": "TX", "country": "US",
    "postal_code": "73301",
}  # fmt: skip
DETAILS = {"name": "Eva Cruz", "phone_number": "15125550100", "email": "eva@example.com", "address": HOME}


def create_body(*item_ids: str, **more: Any) -> dict[str, Any]:
    """A create request of these items, home delivered."""
    return {
        "line_items": [{"id": one} for one in item_ids or ("MUG",)],
        "currency": "usd",
        "capabilities": {"interventions": {"supported": ["3ds"]}, "extensions": ["discount"]},
        "fulfillment_details": DETAILS,
        **more,
    }


def complete_body(token: str = "tok_ok", **more: Any) -> dict[str, Any]:
    """A complete request with this token."""
    return {
        "payment_data": {
            "handler_id": "card_tokenized",
            "instrument": {"type": "card", "credential": {"type": "spt", "token": token}},
        },
        **more,
    }
