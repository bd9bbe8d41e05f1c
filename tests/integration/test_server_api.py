"""The JSON API over a real SQLite file: what it answers, and how it refuses."""

import asyncio
import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import httpx
import jsonschema
import pytest
from attrs import frozen
from openapi_spec_validator import validate
from starlette.applications import Starlette
from starlette.routing import Mount

from checkout_kit.cart import LineItem
from checkout_kit.checkout import SigningKeys, resume_token
from checkout_kit.errors import CurrencyMismatch, Unavailable
from checkout_kit.payments import TestPayments, run_without_network
from checkout_kit.server import create_app, new_shop_key
from checkout_kit.server.demo import demo_facts
from checkout_kit.server.openapi import openapi_document
from checkout_kit.server.wiring import embedded_service
from checkout_kit.service import AsyncCheckoutService
from checkout_kit.shipping import ShippingPolicy

MUG = LineItem(id="mug", sku="mug", quantity=1, unit_price=1200, title="Enamel mug", weight_g=310)
KEYS = SigningKeys({"k": b"k" * 32})
STREET = {"line1": "123 Sackett Street", "city": "Brooklyn", "region": "NY", "postal_code": "11231"}
HOME = {"country": "US", "name": "Ada Lovelace", **STREET}
NEW = {"currency": "USD", "lines": [{"sku": "mug", "quantity": 2}]}
FILLED = {
    **NEW,
    "contact": {"email": "ada@example.com"},
    "delivery": {"address": HOME},
    "payment": {"method": "test", "token": "tok_ok"},
}


@lru_cache(maxsize=1)
def demo_policy() -> ShippingPolicy:
    """The demo's policy, read once."""
    return demo_facts().policy


@frozen
class Shop:
    """A running application, its shop key, and its database."""

    call: Callable[..., httpx.Response]
    key: str
    database: Path
    service: AsyncCheckoutService

    def open(self, body: object = FILLED) -> tuple[str, dict[str, str], dict[str, object]]:
        """A new checkout: its path, the header that opens it, and the answer."""
        answer = self.call("POST", "/api/checkouts", json=body)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"], {"Checkout-Secret": answer.json()["secret"]}, answer.json()

    def count(self, table: str) -> int:
        """How many rows a table has."""
        with sqlite3.connect(self.database) as connection:
            return int(connection.execute(f"select count(*) from {table}").fetchone()[0])


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """The application over a fresh SQLite file."""
    database = tmp_path / "shop.db"
    service = embedded_service(demo_policy(), database, catalog={"mug": MUG}.get, keys=KEYS)
    key, text = new_shop_key("test")
    app = create_app(service, shop_keys=[key])
    with asyncio.Runner() as runner:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://shop.example")
        yield Shop(lambda *a, **k: runner.run(client.request(*a, **k)), text, database, service)
        runner.run(client.aclose())
        runner.run(service.close())
    service.parts.store.close()
    service.parts.payments.close()


def problem(answer: httpx.Response, status: int) -> dict[str, object]:
    """The problem document of a refusal, checked against its media type, its status and its schema."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    document = answer.json()
    assert document["status"] == status
    assert "Traceback" not in answer.text
    matches("ProblemDocument", document)
    return dict(document)


def matches(model: str, answer: object) -> None:
    """Check an answer against its schema in the OpenAPI document."""
    document = openapi_document()
    schema = {"$ref": f"#/components/schemas/{model}", "components": document["components"]}
    jsonschema.validate(answer, schema, cls=jsonschema.Draft202012Validator)


def test_the_document_is_valid_openapi(shop: Shop) -> None:
    """The served document is OpenAPI 3.1 and names every route of the API."""
    document = shop.call("GET", "/openapi.json").json()
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert len(document["paths"]) == 9


def test_a_checkout_is_opened_filled_and_completed(shop: Shop) -> None:
    """From cart to order in three calls, every answer as the document describes it."""
    path, secret, opened = shop.open(NEW)
    matches("OpenedCheckout", opened)
    update = {key: value for key, value in FILLED.items() if key not in NEW}
    filled = shop.call("PATCH", path, json=update, headers={**secret, "If-Match": '"1"'})
    assert filled.headers["etag"] == '"2"'
    matches("Checkout", filled.json())
    assert filled.json()["status"] == "ready"
    assert {option["id"] for option in filled.json()["deliveries"][0]["options"]} >= {"economy", "two-day"}
    done = shop.call("POST", path + "/complete", json={}, headers={**secret, "Idempotency-Key": "k1"})
    matches("Checkout", done.json())
    assert done.json()["status"] == "completed"
    order = shop.call("GET", f"/api/orders/{done.json()['order_id']}", headers=secret)
    matches("Order", order.json())
    assert order.json()["totals"] == done.json()["totals"]
    again = shop.call("POST", path + "/complete", json={}, headers={**secret, "Idempotency-Key": "k1"})
    assert again.json()["order_id"] == done.json()["order_id"]
    assert shop.count("orders") == 1


def test_promises_are_dated(shop: Shop) -> None:
    """Every option of the answer has its promised days."""
    _, _, opened = shop.open()
    promises = [option["promise"] for option in opened["deliveries"][0]["options"]]  # type: ignore[index]
    assert len(promises) >= 3
    assert all(dt.date.fromisoformat(p["latest"]) >= dt.date.fromisoformat(p["earliest"]) for p in promises)


def test_completing_with_problems_lists_them(shop: Shop) -> None:
    """409 with every problem, and no order."""
    path, secret, _ = shop.open(NEW)
    answer = shop.call("POST", path + "/complete", json={}, headers={**secret, "Idempotency-Key": "k1"})
    found = problem(answer, 409)["problems"]
    assert {entry["code"] for entry in found} >= {"contact_missing", "address_missing", "payment_missing"}  # type: ignore[attr-defined]
    assert shop.count("orders") == 0


def test_a_stale_version_is_told_the_current_one(shop: Shop) -> None:
    """409 with the current version, by header and by member alike."""
    path, secret, _ = shop.open()
    shop.call("PATCH", path, json={"note": "ring twice"}, headers=secret)
    by_header = shop.call("PATCH", path, json={"note": "x"}, headers={**secret, "If-Match": '"1"'})
    by_member = shop.call("PATCH", path, json={"note": "x", "version": 1}, headers=secret)
    assert problem(by_header, 409)["current_version"] == 2
    assert problem(by_member, 409)["current_version"] == 2
    assert shop.call("GET", path, headers=secret).json()["note"] == "ring twice"


def test_null_clears_and_absence_keeps(shop: Shop) -> None:
    """In a PATCH an absent member is not the same as null."""
    path, secret, _ = shop.open()
    kept = shop.call("PATCH", path, json={"note": "x"}, headers=secret).json()
    assert kept["deliveries"][0]["address"]["city"] == "Brooklyn"
    cleared = shop.call("PATCH", path, json={"delivery": {"address": None}}, headers=secret).json()
    assert cleared["deliveries"][0]["address"] is None


def new_with(**members: object) -> bytes:
    """The bytes of a new checkout with these members."""
    return json.dumps({"currency": "USD", "lines": [], **members}).encode()


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        (b'{"currency": "USD", "lines": [', 400, ""),
        (b"", 400, ""),
        (b"[]", 400, ""),
        (b"\xff\xfe", 400, ""),
        (new_with(lines=[{"sku": "mug", "quantity": -1}]), 400, "lines[0].quantity"),
        (b'{"currency": "USD", "lines": [{"sku": "mug", "quantity": 1e400}]}', 400, "lines[0].quantity"),
        (new_with(lines=[{"sku": "gold", "quantity": 1}]), 400, "lines[0].sku"),
        (new_with(currency="ABC"), 400, "currency"),
        (new_with(delivery={"address": {"country": "XX"}}), 400, "delivery.address.country"),
        (
            new_with(delivery={"address": {"country": "US", "postal_code": "ABC"}}),
            400,
            "delivery.address.postal_code",
        ),
        (new_with(colour="red"), 400, "colour"),
        (new_with(payment={"method": "x", "token": "4242 4242 4242 4242"}), 400, "payment.token"),
        (b'{"currency": "USD", "currency": "EUR", "lines": []}', 400, None),
        (b"[" * 5000, 400, None),
        (b" " * (10 * 1024 * 1024), 413, None),
    ],
)
def test_unusable_bodies_are_refused_and_nothing_is_stored(
    shop: Shop, body: bytes, status: int, path: str | None
) -> None:
    """A problem document that names the place, no traceback, no row."""
    answer = shop.call("POST", "/api/checkouts", content=body, headers={"Content-Type": "application/json"})
    document = problem(answer, status)
    if path is not None:
        assert path in [entry["path"] for entry in document["errors"]]  # type: ignore[attr-defined]
    assert shop.count("checkouts") == 0


def test_every_fault_of_a_body_is_listed(shop: Shop) -> None:
    """Two wrong members are two errors with their paths."""
    body = {"currency": "USD", "lines": [{"sku": "", "quantity": -1}], "note": 5}
    answer = shop.call("POST", "/api/checkouts", json=body)
    paths = {entry["path"] for entry in problem(answer, 400)["errors"]}  # type: ignore[attr-defined]
    assert paths == {"lines[0].sku", "lines[0].quantity", "note"}


def test_a_day_that_is_none_is_refused(shop: Shop) -> None:
    """A day that is none is a 400 with its path."""
    line = {"id": "1", "sku": "mug", "quantity": 1, "unit_price": 100, "release_on": "soon"}
    answer = shop.call(
        "POST",
        "/api/checkouts",
        json={"currency": "USD", "lines": [line]},
        headers={"Authorization": f"Bearer {shop.key}"},
    )
    assert str(problem(answer, 400)["errors"]).count("lines[0].release_on") >= 1


def test_private_values_are_not_echoed(shop: Shop) -> None:
    """A refusal shows neither a token nor a street."""
    body = {
        **FILLED,
        "delivery": {"address": {**HOME, "line1": "x" * 300}},
        "payment": {"method": "t", "token": 7},
    }
    answer = shop.call("POST", "/api/checkouts", json=body)
    assert "xxx" not in json.dumps(problem(answer, 400))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/checkouts", 405),
        ("DELETE", "/api/checkouts/co_1", 405),
        ("GET", "/api/checkouts/co_1", 404),
        ("GET", "/api/orders/or_1", 404),
        ("GET", "/static/../app.py", 404),
        ("GET", "/static/nothing.css", 404),
    ],
)
def test_unknown_routes_and_methods(shop: Shop, method: str, path: str, status: int) -> None:
    """Also the router's own refusals are problem documents; 405 says what is allowed."""
    answer = shop.call(method, path)
    problem(answer, status)
    if status == 405:
        assert answer.headers["allow"]


def test_without_the_secret_nothing_is_there(shop: Shop) -> None:
    """A wrong or missing secret is a 404, for reading and for writing, like an id that does not exist."""
    path, _, _ = shop.open()
    _, other, _ = shop.open()
    for headers in ({}, other, {"Checkout-Secret": "guess"}):
        for method, where, body in (("GET", "", None), ("PATCH", "", {}), ("POST", "/cancel", {})):
            assert (
                problem(shop.call(method, path + where, json=body, headers=headers), 404)["code"]
                == "not_found"
            )


def test_prices_are_taken_from_the_shop_only(shop: Shop) -> None:
    """A buyer's price is refused; the shop's own server, by its key, may set it."""
    line = {"id": "1", "sku": "gift", "quantity": 1, "unit_price": 1}
    body = {"currency": "USD", "lines": [line], "customer_id": "ada"}
    problem(shop.call("POST", "/api/checkouts", json=body), 400)
    wrong = shop.call("POST", "/api/checkouts", json=body, headers={"Authorization": "Bearer sk_guess"})
    assert problem(wrong, 401)["code"] == "unknown_shop_key"
    right = shop.call("POST", "/api/checkouts", json=body, headers={"Authorization": f"Bearer {shop.key}"})
    assert right.status_code == 201
    assert right.json()["totals"]["goods"] == 1


def test_completing_needs_an_idempotency_key(shop: Shop) -> None:
    """Without a key, or with one that is too long, nothing is placed."""
    path, secret, _ = shop.open()
    for headers in (secret, {**secret, "Idempotency-Key": "k" * 201}):
        answer = shop.call("POST", path + "/complete", json={}, headers=headers)
        assert problem(answer, 400)["errors"][0]["path"] == "Idempotency-Key"  # type: ignore[index]
    assert shop.count("orders") == 0


def test_a_put_replaces_and_a_patch_changes(shop: Shop) -> None:
    """What a PATCH leaves out stays; what a PUT leaves out is emptied."""
    path, secret, _ = shop.open({**FILLED, "note": "ring twice"})
    patched = shop.call("PATCH", path, json={"contact": {"phone": "+15550100"}}, headers=secret).json()
    assert (patched["contact"]["email"], patched["note"]) == ("ada@example.com", "ring twice")
    replaced = shop.call("PUT", path, json={"contact": {"phone": "+15550100"}}, headers=secret).json()
    assert replaced["contact"]["email"] == ""
    assert (replaced["note"], replaced["lines"], replaced["payment"]) == ("", [], None)
    assert replaced["deliveries"][0]["address"] is None
    problem(shop.call("PUT", path, json={}, headers={**secret, "If-Match": '"2"'}), 409)


def test_a_resume_link_opens_the_checkout_on_another_device(shop: Shop) -> None:
    """Whoever may use a checkout makes a link, which gives its secret or the page's cookie until it ends."""
    path, secret, opened = shop.open()
    made = shop.call("POST", path + "/resume-links", json={"days": 2, "channel": "phone"}, headers=secret)
    assert made.status_code == 201
    matches("ResumeLink", made.json())
    resumed = shop.call("POST", "/api/resume", json={"token": made.json()["token"]})
    matches("OpenedCheckout", resumed.json())
    assert resumed.json()["secret"] == secret["Checkout-Secret"]
    page = shop.call("GET", made.json()["url"])
    assert (page.status_code, page.headers["location"]) == (303, f"/checkout/{opened['id']}")
    assert secret["Checkout-Secret"] in page.headers["set-cookie"]
    problem(shop.call("POST", path + "/resume-links", json={}), 404)
    problem(shop.call("POST", path + "/resume-links", json={"days": 99}, headers=secret), 400)
    now = dt.datetime.now(dt.UTC)
    soon, past = now + dt.timedelta(hours=1), now - dt.timedelta(hours=1)
    for token in (
        made.json()["token"][:-2] + "xx",
        resume_token(str(opened["id"]), KEYS, shop="another", until=soon),
        resume_token(str(opened["id"]), KEYS, shop="shop", until=past),
        "v1.a.b.c",
        "\u0661",
    ):
        problem(shop.call("POST", "/api/resume", json={"token": token}), 404)
        assert shop.call("GET", f"/resume/{token}").status_code == 404


def test_an_ended_or_altered_lock_comes_back_with_fresh_options(shop: Shop) -> None:
    """A quote lock that does not hold is a 409 that lists what is offered now."""
    path, secret, _ = shop.open()
    parts = {"for": "nothing", "choice": None}
    until = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    for token in ("v1.a.b.c", KEYS.sign("quote-lock", parts, until=until)):
        answer = shop.call("PATCH", path, json={"delivery": {"lock": token}}, headers=secret)
        refused = problem(answer, 409)
        assert refused["code"] == "quote_refused"
        assert {option["id"] for option in refused["options"]} >= {"economy"}  # type: ignore[attr-defined]


def test_a_payment_webhook_is_taken_when_it_is_signed(shop: Shop) -> None:
    """The provider's news complete a checkout whose answer was lost; unsigned news are a 401."""
    path, secret, _ = shop.open({**FILLED, "payment": {"method": "test", "token": "tok_3ds"}})
    headers = {**secret, "Idempotency-Key": "k"}
    assert shop.call("POST", path + "/complete", headers=headers).json()["status"] == "needs_buyer"
    bank = shop.service.parts.payments
    assert isinstance(bank, TestPayments)
    ((_, payment_id, *_),) = bank.ledger()
    run_without_network(bank.continue_authentication(payment_id))
    signed, body = bank.webhook(payment_id, dt.datetime.now(dt.UTC))
    for wrong in ({}, {"test-signature": "t=1,v1=00"}):
        assert problem(shop.call("POST", "/api/payments/webhook", content=body, headers=wrong), 401)
    assert shop.call("GET", path, headers=secret).json()["status"] == "needs_buyer"
    for _ in range(2):
        taken = shop.call("POST", "/api/payments/webhook", content=body, headers=signed)
        assert (taken.status_code, taken.content) == (204, b"")
    done = shop.call("GET", path, headers=secret).json()
    assert (done["status"], done["order"]["payment"]["status"]) == ("completed", "captured")
    big = shop.call("POST", "/api/payments/webhook", content=b"x" * 300_000, headers=signed)
    problem(big, 413)


def test_a_change_is_made_once_for_a_key(shop: Shop) -> None:
    """A PATCH or cancel sent again changes nothing; another body under its key is a 409."""
    path, secret, _ = shop.open()
    headers = {**secret, "Idempotency-Key": "n1", "If-Match": '"1"'}
    first = shop.call("PATCH", path, json={"note": "ring twice"}, headers=headers).json()
    later = shop.call("PATCH", path, json={"note": "ring once"}, headers=secret).json()
    again = shop.call("PATCH", path, json={"note": "ring twice"}, headers=headers).json()
    assert (first["version"], later["version"], again["version"]) == (2, 3, 3)
    assert again["note"] == "ring once"
    other = shop.call("PATCH", path, json={"note": "knock"}, headers=headers)
    assert problem(other, 409)["code"] == "idempotency_conflict"
    stale = shop.call("PATCH", path, json={"note": "x"}, headers={**headers, "Idempotency-Key": "n2"})
    assert problem(stale, 409)["code"] == "version_conflict"
    problem(shop.call("PATCH", path, json={}, headers={**secret, "Idempotency-Key": "k" * 201}), 400)
    given_up = {**secret, "Idempotency-Key": "c1"}
    for _ in range(2):
        answer = shop.call("POST", path + "/cancel", json={"reason": "no"}, headers=given_up)
        assert answer.json()["status"] == "canceled"
    problem(shop.call("POST", path + "/cancel", json={"reason": "no"}, headers=secret), 409)


def test_an_idempotency_key_opens_one_checkout(shop: Shop) -> None:
    """The same key with the same body gives the same checkout; with another body it is a 409."""
    headers = {"Idempotency-Key": "open-1-9f2c7e6a41d8"}
    first = shop.call("POST", "/api/checkouts", json=NEW, headers=headers)
    second = shop.call("POST", "/api/checkouts", json=NEW, headers=headers)
    assert first.json()["id"] == second.json()["id"]
    problem(shop.call("POST", "/api/checkouts", json=FILLED, headers=headers), 409)
    assert shop.count("checkouts") == 1


def test_a_repeated_opening_shows_nobody_what_was_written_since(shop: Shop) -> None:
    """An idempotency key is no secret: guessable ones are refused, and none opens what a buyer has filled."""
    short = shop.call("POST", "/api/checkouts", json=NEW, headers={"Idempotency-Key": "cart-17"})
    assert problem(short, 400)["errors"][0]["path"] == "Idempotency-Key"  # type: ignore[index]
    headers = {"Idempotency-Key": "7b0e4d0c2f6a4f0a9d6f"}
    opened = shop.call("POST", "/api/checkouts", json=NEW, headers=headers)
    path, secret = opened.headers["location"], {"Checkout-Secret": opened.json()["secret"]}
    shop.call("PATCH", path, json={"contact": {"email": "ada@example.com"}}, headers=secret)
    again = shop.call("POST", "/api/checkouts", json=NEW, headers=headers)
    assert problem(again, 409)["code"] == "idempotency_conflict"
    assert "ada@example.com" not in again.text
    by_shop = {**headers, "Authorization": f"Bearer {shop.key}"}
    assert shop.call("POST", "/api/checkouts", json={"currency": "USD"}, headers=by_shop).status_code == 201


def test_a_decline_is_an_answer(shop: Shop) -> None:
    """A declined payment is a 200 with the problem in it, and another card places the order."""
    path, secret, _ = shop.open({**FILLED, "payment": {"method": "test", "token": "tok_decline"}})
    declined = shop.call("POST", path + "/complete", json={}, headers={**secret, "Idempotency-Key": "a"})
    assert declined.status_code == 200
    assert [entry["code"] for entry in declined.json()["problems"]] == ["payment_declined"]
    shop.call("PATCH", path, json={"payment": {"method": "test", "token": "tok_ok"}}, headers=secret)
    done = shop.call("POST", path + "/complete", json={}, headers={**secret, "Idempotency-Key": "b"})
    assert done.json()["status"] == "completed"


def test_authentication_is_continued(shop: Shop) -> None:
    """A bank that wants the buyer is named in the answer, and the order follows their return."""
    path, secret, _ = shop.open({**FILLED, "payment": {"method": "test", "token": "tok_3ds"}})
    waiting = shop.call(
        "POST", path + "/complete", json={}, headers={**secret, "Idempotency-Key": "a"}
    ).json()
    assert (waiting["status"], waiting["payment_action"]["kind"]) == ("needs_buyer", "authentication")
    done = shop.call("POST", path + "/authentication", headers=secret)
    assert done.json()["status"] == "completed"


def test_a_canceled_checkout_refuses_changes(shop: Shop) -> None:
    """After cancel, an update is a 409."""
    path, secret, _ = shop.open()
    assert (
        shop.call("POST", path + "/cancel", json={"reason": "no"}, headers=secret).json()["status"]
        == "canceled"
    )
    problem(shop.call("PATCH", path, json={"note": "x"}, headers=secret), 409)


def test_a_currency_without_prices_withholds_every_option(shop: Shop) -> None:
    """A cart in a currency the policy does not price gets reasons, not an error and not a free delivery."""
    line = {"id": "1", "sku": "mug", "quantity": 1, "unit_price": 1000}
    answer = shop.call(
        "POST",
        "/api/checkouts",
        json={"currency": "EUR", "lines": [line], "delivery": {"address": HOME}},
        headers={"Authorization": f"Bearer {shop.key}"},
    ).json()
    delivery = answer["deliveries"][0]
    assert delivery["options"] == []
    assert {method["reason"] for method in delivery["withheld"]} == {"currency_not_priced"}


def test_mounted_under_a_prefix(shop: Shop, tmp_path: Path) -> None:
    """In another ASGI application, under its own path, locations and the document carry the prefix."""
    service = embedded_service(demo_policy(), tmp_path / "mounted.db", catalog={"mug": MUG}.get)
    app = Starlette(routes=[Mount("/buy", create_app(service))])

    async def calls() -> tuple[httpx.Response, ...]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
            opened = await client.post("/buy/api/checkouts", json=NEW)
            secret = opened.json()["secret"]
            got = await client.get(opened.headers["location"], headers={"Checkout-Secret": secret})
            page = await client.get(
                f"/buy/checkout/{opened.json()['id']}", params={"secret": secret}, follow_redirects=True
            )
            return opened, got, page, await client.get("/buy/openapi.json"), await client.get("/buy/nowhere")

    opened, got, page, document, missing = asyncio.run(calls())
    assert opened.headers["location"].startswith("/buy/api/checkouts/")
    assert got.status_code == 200
    assert page.status_code == 200
    assert 'href="/buy/static/checkout.css' in page.text
    assert f'action="/buy/checkout/{opened.json()["id"]}"' in page.text
    assert document.json()["servers"] == [{"url": "/buy"}]
    problem(missing, 404)
    service.parts.store.close()
    service.parts.payments.close()


def test_an_unexpected_fault_tells_nothing(shop: Shop) -> None:
    """A fault of ours is a 500 problem document without its message, still with the security headers."""

    class Broken:
        def __init__(self, error: Exception) -> None:
            self.error = error

        def __getattr__(self, name: str) -> object:
            raise self.error

    async def get(error: Exception) -> httpx.Response:
        app = create_app(Broken(error))  # type: ignore[arg-type]
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
            return await client.get("/api/checkouts/co_1")

    for error in (RuntimeError("internal detail"), CurrencyMismatch("internal detail")):
        document = problem(asyncio.run(get(error)), 500)
        assert "internal detail" not in json.dumps(document)


def test_allowed_origins_may_call_the_api(tmp_path: Path) -> None:
    """A named web origin passes the browser's preflight; another does not."""
    service = embedded_service(demo_policy(), tmp_path / "shop.db")
    app = create_app(service, allowed_origins=["https://store.example"])

    async def preflight(origin: str) -> httpx.Response:
        transport = httpx.ASGITransport(app)
        headers = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
            return await client.options("/api/checkouts/co_1", headers=headers)

    allowed = asyncio.run(preflight("https://store.example"))
    assert allowed.headers["access-control-allow-origin"] == "https://store.example"
    assert "access-control-allow-origin" not in asyncio.run(preflight("https://evil.example")).headers
    service.parts.store.close()
    service.parts.payments.close()


def test_what_is_due_is_done_in_rounds(caplog: pytest.LogCaptureFixture) -> None:
    """While the application runs, due work is done again and again, also after a round that failed."""
    rounds: list[str] = []

    class Due:
        async def run_due(self) -> None:
            rounds.append("due")
            if len(rounds) == 1:
                raise Unavailable("the database is away")

        async def close(self) -> None:
            rounds.append("closed")

    async def prepare() -> None:
        rounds.clear()

    app = create_app(Due(), prepare=prepare, due_every_s=0.001)  # type: ignore[arg-type]

    async def live() -> None:
        async with app.router.lifespan_context(app):
            while len(rounds) < 3:
                await asyncio.sleep(0.001)

    asyncio.run(live())
    assert rounds[-1] == "closed"
    assert "the database is away" in caplog.text
