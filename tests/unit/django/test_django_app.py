"""The Django app in a project of its own: settings, checks, addresses, admin, several policies, async."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.core.checks import CheckMessage
from django.http import HttpRequest
from django.test import AsyncClient, Client, override_settings

from checkout_kit import Cart, LineItem
from checkout_kit.cart import Customer

POLICIES = Path(__file__).parents[3] / "examples" / "policies"
TRADE = """
currency = "USD"
[origins.main]
address = { country = "US", region = "NY", postal_code = "11201" }
timezone = "America/New_York"
cutoff = "14:00"
handling = "0-1 working days"
[zones.us]
where = [{ country = "US" }]
[zones.unused]
where = [{ country = "CA" }]
[[methods]]
id = "van"
title = "Van"
zones = ["us"]
price = "5"
when = { customer_groups = ["trade"] }
"""
TO_NEW_YORK = {"country": "US", "region": "NY", "postal_code": "11201"}


def cart_of(request: HttpRequest) -> Cart:
    """A mug, or as many as the request says."""
    quantity = int(request.GET.get("mugs", 1))
    line = LineItem(id="1", sku="MUG", quantity=quantity, unit_price=2499, weight_g=450)
    return Cart(currency="USD", lines=(line,))


async def later_cart_of(request: HttpRequest) -> Cart:
    """The same, asynchronously."""
    await asyncio.sleep(0)
    return cart_of(request)


def trade_of(request: HttpRequest) -> Customer:
    """Everybody is of the trade."""
    return Customer(id="1", groups=("trade",))


settings.configure(
    DEBUG=False,
    ALLOWED_HOSTS=["testserver"],
    ROOT_URLCONF="urls_of_the_django_app",
    SECRET_KEY="only-for-tests",
    USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    STATIC_URL="/static/",
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "checkout_kit.django",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    SHIPPING_POLICIES={"default": POLICIES / "brooklyn.toml"},
    SHIPPING_CART=cart_of,
)
django.setup()


@pytest.fixture(scope="module", autouse=True)
def project() -> Iterator[None]:
    """The project's addresses, and its test environment."""
    import sys
    from types import ModuleType

    from django.contrib import admin
    from django.urls import include, path

    urls = ModuleType("urls_of_the_django_app")
    vars(urls)["urlpatterns"] = [
        path("delivery/", include("checkout_kit.django.urls")),
        path("admin/", admin.site.urls),
    ]
    sys.modules[urls.__name__] = urls
    yield
    del sys.modules[urls.__name__]


@pytest.fixture
def trade(tmp_path: Path) -> Path:
    """A second policy, for a customer group."""
    file = tmp_path / "trade.toml"
    file.write_text(TRADE)
    return file


def said() -> list[CheckMessage]:
    """What the check says."""
    from checkout_kit.django.checks import check_delivery

    return check_delivery()


def test_options_of_the_default_policy() -> None:
    """Options with days for the request's cart, kept by nobody."""
    answer = Client().get("/delivery/options", TO_NEW_YORK)
    assert answer.status_code == 200
    assert "economy" in [option["id"] for option in answer.json()["options"]]
    assert "no-store" in answer["cache-control"]


def test_options_of_another_policy_for_a_group(trade: Path) -> None:
    """A policy by its name, asked for the customer that the setting names."""
    both = {"default": POLICIES / "brooklyn.toml", "trade": str(trade)}
    with override_settings(SHIPPING_POLICIES=both):
        guest = Client().get("/delivery/options/trade", TO_NEW_YORK)
        with override_settings(SHIPPING_CUSTOMER=trade_of):
            buyer = Client().get("/delivery/options/trade", TO_NEW_YORK)
        unknown = Client().get("/delivery/options/export", TO_NEW_YORK)
    assert guest.json()["options"] == []
    assert [option["id"] for option in buyer.json()["options"]] == ["van"]
    assert (unknown.status_code, "default, trade" in unknown.json()["errors"][0]) == (404, True)


@pytest.mark.parametrize("cart", [cart_of, later_cart_of])
def test_options_on_an_event_loop(cart: Any) -> None:
    """Under ASGI, with an ordinary and with an asynchronous cart."""

    async def ask() -> Any:
        return await AsyncClient().get("/delivery/options", TO_NEW_YORK)

    with override_settings(SHIPPING_CART=cart):
        assert asyncio.run(ask()).json()["options"]


@pytest.mark.parametrize("query", [{"country": "Narnia"}, {"country": "US", "mugs": "0"}])
def test_wrong_address_or_cart_is_400(query: dict[str, str]) -> None:
    """With every fault in words."""
    answer = Client().get("/delivery/options", query)
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"]


def test_nothing_is_written_by_asking() -> None:
    """The address takes GET and HEAD alone."""
    assert Client().post("/delivery/options").status_code == 405


def test_right_settings_have_no_error() -> None:
    """Only what the lint doubts, if anything."""
    assert [message.id for message in said() if message.is_serious()] == []


@pytest.mark.parametrize(
    ("setting", "value", "code", "words"),
    [
        ("SHIPPING_POLICIES", None, "E001", "must name the policies' files"),
        ("SHIPPING_POLICIES", {}, "E001", "must name the policies' files"),
        ("SHIPPING_POLICIES", {"web": "x.toml"}, "E001", '"default"'),
        ("SHIPPING_POLICIES", {"default": 7}, "E001", "must be a path"),
        ("SHIPPING_POLICIES", {"default": "missing.toml"}, "E003", "missing.toml: cannot be read"),
        ("SHIPPING_CART", "cart_of", "E002", "cannot be imported"),
        ("SHIPPING_CART", "no.such.module", "E002", "no.such.module"),
        ("SHIPPING_CUSTOMER", "json.nothing", "E002", "nothing"),
        ("SHIPPING_CUSTOMER", "json.__doc__", "E002", "must name a function"),
    ],
)
def test_wrong_settings_are_found_by_the_check(setting: str, value: object, code: str, words: str) -> None:
    """Each with its code and in clear words."""
    with override_settings(**{setting: value}):
        found = [message for message in said() if message.is_serious()]
    assert [message.id for message in found] == [f"checkout_kit.{code}"]
    assert words in found[0].msg


def test_every_fault_and_doubt_of_every_policy_is_said(tmp_path: Path, trade: Path) -> None:
    """Faults as errors with file and place; findings of a policy that loads as warnings."""
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps({"currency": "QQQ", "polcy": 1}))
    with override_settings(SHIPPING_POLICIES={"default": trade, "broken": broken}):
        found = said()
    errors = [message.msg for message in found if message.is_serious()]
    assert len(errors) >= 2
    assert all("broken.json" in error for error in errors)
    assert any("policy 'default'" in message.msg for message in found if not message.is_serious())


def test_admin_page_shows_each_policy(tmp_path: Path, trade: Path) -> None:
    """In use, doubtful or broken; to staff with the permission alone, and listed in the admin site."""
    from django.contrib.auth.models import Permission, User
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    broken = tmp_path / "broken.toml"
    broken.write_text('currency = "QQQ"\n')
    clerk = User.objects.create_user("clerk", password="pw", is_staff=True)
    client = Client()
    client.force_login(clerk)
    with override_settings(SHIPPING_POLICIES={"default": trade, "broken": broken}):
        refused = client.get("/admin/checkout_kit/policy/")
        clerk.user_permissions.add(Permission.objects.get(codename="view_policy"))
        page = client.get("/admin/checkout_kit/policy/").content.decode()
        index = client.get("/admin/").content.decode()
        adding = client.get("/admin/checkout_kit/policy/add/")
    assert refused.status_code == 403
    assert "not an ISO 4217 currency" in page
    assert "trade" in page
    assert "Delivery policies" in index
    assert adding.status_code == 403


def test_unset_cart_is_said_to_the_developer() -> None:
    """Not an empty answer."""
    with override_settings(SHIPPING_CART=None):
        client = Client(raise_request_exception=False)
        assert client.get("/delivery/options", TO_NEW_YORK).status_code == 500


def test_runserver_watches_the_policies(trade: Path) -> None:
    """An edited policy starts the development server anew."""
    from django.utils.autoreload import StatReloader, autoreload_started

    reloader = StatReloader()
    with override_settings(SHIPPING_POLICIES=None):
        autoreload_started.send(sender=reloader)
    with override_settings(SHIPPING_POLICIES={"default": trade}):
        autoreload_started.send(sender=reloader)
    assert trade in set(reloader.watched_files(include_globs=True))
