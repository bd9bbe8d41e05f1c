"""The examples of in-process hosts run: a Django store and a FastAPI store."""

import asyncio
import datetime as dt
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from checkout_kit.adapter import HttpRequest
from checkout_kit.testing.adapters.reference import ReferenceAdapter, ReferenceSettings

ROOT = Path(__file__).parents[2]
DJANGO = ROOT / "examples" / "django_store"
REPLAY = ROOT / "tests" / "unit" / "testing" / "replay"
# What a reader of the example does, in one process of its own because Django is set up once per process.
DJANGO_WALK = """
import json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "store.settings"
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = ":memory:"
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("check")
call_command("migrate", verbosity=0)
from django.contrib.auth.models import User
User.objects.create_superuser("ann", "ann@example.com", "pw")
shopper, staff = Client(), Client()
added = [shopper.post("/cart").status_code for _ in range(2)]
home = shopper.get("/").content.decode()
good = shopper.get("/delivery/options?country=US&region=NY&postal_code=11201")
bad = shopper.get("/delivery/options?country=Narnia")
closed = shopper.get("/admin/checkout_kit/policy/")
staff.force_login(User.objects.get())
page = staff.get("/admin/checkout_kit/policy/")
index = staff.get("/admin/").content.decode()
print(json.dumps({
    "options": [option["id"] for option in good.json()["options"]],
    "dated": "promise" in good.json()["options"][0],
    "bad": [bad.status_code, bad.json()["errors"]], "closed": closed.status_code,
    "page": [page.status_code, "brooklyn" in page.content.decode()],
    "cart": [*added, "2 in the cart" in home], "linked": "/admin/checkout_kit/policy/" in index,
}))
"""


def django(*command: str) -> subprocess.CompletedProcess[str]:
    """A command in the example's folder."""
    return subprocess.run([sys.executable, *command], cwd=DJANGO, capture_output=True, text=True, check=False)


def test_django_store_answers_and_shows_its_policy() -> None:
    """Options for the session's cart, 400 with the reason, and a page for staff only."""
    done = django("-c", DJANGO_WALK)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert "economy" in seen["options"]
    assert seen["dated"] is True
    assert seen["bad"][0] == 400
    assert "country" in seen["bad"][1][0]
    assert seen["closed"] == 302
    assert seen["page"] == [200, True]
    assert seen["cart"] == [302, 302, True]
    assert seen["linked"] is True


def test_django_check_reports_a_broken_policy(tmp_path: Path) -> None:
    """`manage.py check` fails and names the fault."""
    broken = tmp_path / "broken.toml"
    broken.write_text('currency = "QQQ"\n')
    program = f"""
import os, pathlib
os.environ["DJANGO_SETTINGS_MODULE"] = "store.settings"
from django.conf import settings
settings.SHIPPING_POLICIES = {{"default": pathlib.Path({str(broken)!r})}}
import django
django.setup()
from django.core.management import call_command
call_command("check")
"""
    done = django("-c", program)
    assert done.returncode != 0
    assert "currency" in done.stderr


def fastapi_app(database: Path) -> Any:
    """The example's application with the reference platform beside it."""
    place = ROOT / "examples" / "fastapi_store" / "main.py"
    spec = importlib.util.spec_from_file_location("fastapi_store_main", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    settings = ReferenceSettings(shop="main", secret="s", api_url="https://reference.example", token="t")
    return module.make_app(database, (ReferenceAdapter(settings),))


def test_fastapi_store_hosts_checkout_platforms_and_its_own_routes(tmp_path: Path) -> None:
    """One process answers the store's route, a platform's signed call-back, and the mounted checkout."""
    app = fastapi_app(tmp_path / "checkout.db")
    scheme = ReferenceAdapter.signature
    assert scheme is not None
    body = json.dumps(json.loads((REPLAY / "rates_typical.json").read_text())["request"]["body"]).encode()
    signed = scheme.sign(HttpRequest(url="/", body=body), secret="s", now=dt.datetime.now(dt.UTC))

    async def walk() -> tuple[httpx.Response, httpx.Response, httpx.Response, httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="https://store.example") as client:
            return (
                await client.get("/delivery", params={"postal_code": "11201", "region": "NY"}),
                await client.post("/adapters/reference/rates", content=body, headers=dict(signed.headers)),
                await client.get("/checkout/openapi.json"),
                await client.post("/buy", follow_redirects=True),
            )

    async def run_and_stop() -> tuple[httpx.Response, httpx.Response, httpx.Response, httpx.Response]:
        async with app.router.lifespan_context(app):
            return await walk()

    own, platform, document, page = asyncio.run(run_and_stop())
    assert "economy" in [option["id"] for option in own.json()["options"]]
    assert [option["id"] for option in platform.json()["options"]]
    assert platform.json()["outcome"] == "options"
    assert document.json()["openapi"].startswith("3.1")
    assert page.status_code == 200
    assert page.url.path.startswith("/checkout/checkout/")
    assert "A mug" in page.text
    assert 'href="/"' in page.text
