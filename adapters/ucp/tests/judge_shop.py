"""A shop for the conformance runner: goods, codes, claims and ways to pay, with the hooks a runner needs.

Nothing of this is part of the installed package: a real shop has no `/testing` paths.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, frozen
from checkout_kit.adapter.protocol_store import KeptAnswer, ProtocolStore
from checkout_kit.adapter.protocol_tables import ANSWERS
from checkout_kit.cart import Cart, LineItem
from checkout_kit.checkout import Demands, Event, PaymentMethod, PricedCart, Rules
from checkout_kit.errors import Unavailable
from checkout_kit.money import divide_half_up
from checkout_kit.payments import HttpCall, TestPayments
from checkout_kit.server import create_app
from checkout_kit.service import AsyncCheckoutService, Settings
from checkout_kit.service.settings import utc_now
from checkout_kit.service.steps import Steps
from checkout_kit.shipping import ShippingPolicy
from checkout_kit.storage import open_store
from sqlalchemy import update as sql_update
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from checkout_kit_ucp import (
    Adjustment,
    AppliedDiscount,
    HttpProfiles,
    Instrument,
    OrderWebhooks,
    PaymentHandler,
    PlatformProfile,
    SigningKey,
    Ucp,
    UcpSettings,
)
from checkout_kit_ucp.mounting import ucp_routes
from checkout_kit_ucp.settings import PREFIX
from checkout_kit_ucp.versions import Version

AGENT = "https://spck.dev/agent"
GOLD, STUDENT = "com.example.loyalty_gold", "com.example.student"
GOODS = {
    "ROSES": LineItem(id="", sku="ROSES", title="A dozen roses", quantity=1, unit_price=3500, weight_g=900),
    "POT": LineItem(id="", sku="POT", title="Clay pot", quantity=1, unit_price=1500, weight_g=1200),
    "TULIPS": LineItem(id="", sku="TULIPS", title="Ten tulips", quantity=1, unit_price=2000, weight_g=600),
    "VOUCHER": LineItem(id="", sku="VOUCHER", title="Voucher", quantity=1, unit_price=2500, weight_g=10),
    "ORCHID": LineItem(id="", sku="ORCHID", title="Orchid", quantity=1, unit_price=7500, weight_g=1500),
}
TOKENS = {"success_token": "tok_ok", "fail_token": "tok_decline", "3ds_token": "tok_3ds"}

POLICY = """
currency = "USD"
[origins.brooklyn]
address = { country = "US", region = "NY", postal_code = "11231" }
timezone = "America/New_York"
works = "Mon-Sat"
cutoff = "16:00"
handling = "0 working days"
[zones.domestic]
where = [{ country = "US" }]
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
    """What codes, claims and quantities earn; goods at full price are the base of each."""
    goods = sum(line.quantity * line.unit_price for line in cart.lines)
    codes = {code.upper(): code for code in cart.discount_codes}
    found: list[AppliedDiscount] = []
    if "TULIP20" in codes:
        shares = tuple(
            (line.id, divide_half_up(line.quantity * line.unit_price * 20, 100))
            for line in cart.lines
            if line.sku == "TULIPS"
        )
        amount = sum(share for _, share in shares)
        if amount:
            found.append(
                AppliedDiscount(
                    code="TULIP20", title="20% off tulips", amount=amount, priority=1, allocations=shares
                )
            )
    if "SAVE10" in codes:
        found.append(AppliedDiscount(code="SAVE10", title="10% off", amount=divide_half_up(goods, 10)))
    if "WELCOME5" in codes:
        found.append(AppliedDiscount(code="WELCOME5", title="Welcome", amount=min(500, goods)))
    if GOLD in cart.discount_codes:
        found.append(AppliedDiscount(claim=GOLD, title="Gold members", amount=min(300, goods)))
    if STUDENT in cart.discount_codes:
        found.append(AppliedDiscount(claim=STUDENT, title="Students", amount=min(200, goods)))
    if sum(line.quantity for line in cart.lines if line.sku == "POT") >= 3:
        found.append(AppliedDiscount(title="Three pots or more", amount=divide_half_up(goods, 20)))
    return tuple(found)


def price_cart(cart: Cart) -> PricedCart:
    """Apply the discounts; a code that earns nothing is refused."""
    bare = evolve(cart, lines=tuple(evolve(line, discount=0) for line in cart.lines), order_discount=0)
    found = discounts_of(bare)
    by_line: dict[str, int] = {}
    for discount in found:
        for line_id, amount in discount.allocations:
            by_line[line_id] = by_line.get(line_id, 0) + amount
    used = {discount.code or discount.claim for discount in found}
    return PricedCart(
        cart=evolve(
            bare,
            lines=tuple(evolve(line, discount=by_line.get(line.id, 0)) for line in bare.lines),
            order_discount=sum(one.amount for one in found if not one.allocations),
        ),
        rejected_codes=tuple(
            code for code in cart.discount_codes if code not in used and code.upper() not in used
        ),
    )


def _pays(instrument: Instrument) -> PaymentMethod | None:
    token = instrument.credential.get("token", "")
    return PaymentMethod(method="test", token=TOKENS.get(token, token)) if token else None


def _no_vouchers(cart: Cart) -> bool:
    return all(line.sku != "VOUCHER" for line in cart.lines)


class FailingDocuments(ProtocolStore):
    """A store of documents that can be told to be out of order."""

    is_out = False

    def claim(self, scope: str, key: str, digest: str, *, now: dt.datetime) -> KeptAnswer | None:
        """Refuse while out of order."""
        if self.is_out:
            raise Unavailable("out of order, as told by a test")
        return super().claim(scope, key, digest, now=now)

    def age(self, key: str, hours: float) -> int:
        """Make a kept answer older."""
        with self._connection() as connection:
            done = connection.execute(
                sql_update(ANSWERS)
                .where(ANSWERS.c.key == key)
                .values(created_at=ANSWERS.c.created_at - int(hours * 3_600_000))
            )
        return done.rowcount


@frozen(kw_only=True)
class Keys:
    """The keys of the shop and of the runner's platform."""

    shop: SigningKey
    platform: SigningKey
    former: SigningKey

    @classmethod
    def generate(cls) -> "Keys":
        """Fresh ones."""
        return cls(
            shop=SigningKey.generate("shop-1"),
            platform=SigningKey.generate("agent-2"),
            former=SigningKey.generate("agent-1"),
        )


@frozen(kw_only=True)
class Shop:
    """The shop, what it answered as (method, path, status, body), and the webhooks it sent."""

    folder: Path
    app: "Recorder"
    ucp: Ucp
    service: AsyncCheckoutService
    payments: TestPayments
    answers: list[tuple[str, str, int, bytes]]
    webhooks: list[bytes]


def build_shop(
    folder: Path,
    *,
    base_url: str,
    page_url: str,
    version: Version,
    keys: Keys,
    clock: Callable[[], dt.datetime] = utc_now,
    is_lenient: bool = True,
) -> Shop:
    """The shop over a database file in `folder`.

    A lenient one takes orders without a destination or an e-mail address and shows them by their id, as the
    runner expects; otherwise the defaults of the package hold.
    """
    store = open_store(f"sqlite:///{folder / 'shop.db'}", durability="normal")
    payments = TestPayments(str(folder / "payments.db"))
    documents = FailingDocuments(store)
    tokens: dict[str, str] = {}
    settings = UcpSettings(
        base_url=base_url,
        page_url=page_url,
        currency="USD",
        signing_key=keys.shop,
        handlers=(
            PaymentHandler(name="dev.spck.tokenpay", id="spck_tokenpay", payment_of=_pays),
            PaymentHandler(
                name="dev.spck.giftpay", id="spck_giftpay", payment_of=_pays, is_offered=_no_vouchers
            ),
        ),
        primary_version=version,
        links=(
            ("terms_of_service", "https://shop.example/terms", "Terms"),
            ("privacy_policy", "https://shop.example/privacy", "Privacy"),
        ),
        stock=lambda sku: 0 if sku == "ORCHID" else None,
        claims={GOLD: lambda _: True, STUDENT: lambda _: False},
        describe_discounts=discounts_of,
        authenticate=lambda request: tokens.get(request.header("authorization").removeprefix("Bearer "), ""),
        order_reads="by_id" if is_lenient else "authenticated",
        email_when_absent="orders@shop.example" if is_lenient else "",
        allows_loopback_http=True,
    )
    webhooks: list[bytes] = []
    demands = Demands(needs_destination=False, check_address=lambda _: ()) if is_lenient else Demands()
    rules = Rules(price_cart=price_cart, demands=demands)
    send = OrderWebhooks(store=store, documents=documents, settings=settings, clock=clock)

    def deliver(event: Event, attempts: int) -> Steps[None]:
        steps, reply = send(event, attempts), None
        while True:
            try:
                call = steps.send(reply)
            except StopIteration:
                return
            if isinstance(call, HttpCall):
                webhooks.append(call.content)
            reply = yield call

    service = AsyncCheckoutService(
        store=store,
        payments=payments,
        policy=ShippingPolicy.loads(POLICY, "toml", source="judge"),
        settings=Settings(rules=rules, emits_events=True),
        catalog=GOODS.get,
        deliver=deliver,
        clock=clock,
    )
    profiles = HttpProfiles(
        [PlatformProfile(url=AGENT, keys=_agent_keys(keys))], allows_loopback_http=True, timeout_s=2
    )
    ucp = Ucp(service, documents, settings, profiles)
    answers: list[tuple[str, str, int, bytes]] = []
    routes = [*_hooks(ucp, documents, version, tokens), *ucp_routes(ucp)]
    app = create_app(service, more_routes=lambda _page: routes, due_every_s=0.1)
    return Shop(
        folder=folder,
        app=Recorder(app, answers),
        ucp=ucp,
        service=service,
        payments=payments,
        answers=answers,
        webhooks=webhooks,
    )


def _agent_keys(keys: Keys) -> tuple[dict[str, object], ...]:
    point = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    other = {"kid": "agent-ed25519", "kty": "OKP", "crv": "Ed25519", "x": point}
    return (dict(keys.platform.jwk()), dict(keys.former.jwk()), dict(other))


class Recorder:
    """Keeps what the protocol's paths answered."""

    def __init__(self, app: Any, answers: list[tuple[str, str, int, bytes]]) -> None:
        self.app, self.answers = app, answers

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith((PREFIX, "/.well-known")) or "/testing/" in path:
            await self.app(scope, receive, send)
            return
        status, chunks = 0, []

        async def keep(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                chunks.append(message.get("body", b""))
            await send(message)

        await self.app(scope, receive, keep)
        self.answers.append((scope["method"], path, status, b"".join(chunks)))


def _hooks(
    ucp: Ucp, documents: FailingDocuments, version: Version, tokens: dict[str, str]
) -> Sequence[Route]:
    async def age(request: Request) -> Response:
        given = await request.json()
        return JSONResponse({"aged": documents.age(given["key"], given["hours"])})

    async def outage(request: Request) -> Response:
        documents.is_out = bool((await request.json())["enabled"])
        return JSONResponse({"enabled": documents.is_out})

    async def adjust(request: Request) -> Response:
        given = await request.json()
        order = await ucp.service.get_order(request.path_params["order_id"])
        line = next(one for one in order.cart.lines if one.id == given["line_item_id"])
        units = int(given["quantity"])
        entry = Adjustment(
            id=f"adj_{uuid.uuid4().hex[:12]}",
            type=given["type"],
            occurred_at=ucp.service.parts.clock(),
            quantities={line.id: -units},
            amount=-units * line.unit_price,
        )
        await ucp.record(order.id, entry)
        return JSONResponse({"id": entry.id})

    async def profile(request: Request) -> Response:
        name = request.path_params["name"]
        if name == "malformed":
            return Response(b'{"ucp": "no profile"', media_type="application/json")
        shown = "2099-01-01" if name == "future" else version
        capabilities = {"com.example.other.thing": [{"version": shown}]}
        return JSONResponse({"ucp": {"version": shown, "capabilities": capabilities}})

    async def mint(_request: Request) -> Response:
        token = uuid.uuid4().hex
        tokens[token] = AGENT
        return JSONResponse({"access_token": token})

    at = f"{PREFIX}/{{version}}/testing"
    return [
        Route(f"{at}/idempotency/age", age, methods=["POST"]),
        Route(f"{at}/idempotency/outage", outage, methods=["POST"]),
        Route(f"{at}/orders/{{order_id}}/adjust", adjust, methods=["POST"]),
        Route("/testing/profiles/{name}", profile),
        Route("/testing/oauth/mint", mint, methods=["POST"]),
    ]
