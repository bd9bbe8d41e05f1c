"""The hosted page by plain HTTP, as a browser without scripts uses it."""

import asyncio
import re
from collections.abc import Callable, Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from attrs import evolve, frozen

from checkout_kit.server import PageSettings, create_app
from checkout_kit.server.demo import GOODS, create_demo_app, demo_facts
from checkout_kit.server.wiring import embedded_service
from checkout_kit.service import AsyncCheckoutService, Settings

FILLED = {
    "email": "ada@example.com",
    "name": "Ada Lovelace",
    "country": "US",
    "line1": "123 Sackett Street",
    "postal_code": "11231",
    "city": "Brooklyn",
}


class Controls(HTMLParser):
    """The successful controls of the page's form, as a browser without scripts would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, str] = {}
        self.action = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect one control."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = found["action"]
        elif tag == "select":
            self._select = found["name"]
        elif tag == "option" and "selected" in found:
            self.data[self._select] = found["value"]
        elif tag == "input" and "name" in found:
            if found.get("type") in ("radio", "checkbox") and "checked" not in found:
                return
            self.data[found["name"]] = found.get("value", "")


def form_of(page: httpx.Response) -> tuple[str, dict[str, str]]:
    """The form's action and what it would send."""
    controls = Controls()
    controls.feed(page.text)
    return controls.action, controls.data


def text_of(page: httpx.Response) -> str:
    """The words on the page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@frozen
class Browser:
    """A browser without scripts on the demo shop: it keeps cookies and follows redirects."""

    call: Callable[..., httpx.Response]

    def get(self, path: str) -> httpx.Response:
        """Open a path."""
        return self.call("GET", path)

    def press(self, page: httpx.Response, action: str, **fields: str) -> httpx.Response:
        """Fill some fields and press a button."""
        where, data = form_of(page)
        return self.call("POST", where, data={**data, **fields, "action": action})


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """A fresh demo shop in a fresh browser."""
    app = create_demo_app(tmp_path / "demo.db")
    with asyncio.Runner() as runner:
        lifespan = app.router.lifespan_context(app)
        runner.run(lifespan.__aenter__())
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://shop.example", follow_redirects=True
        )
        yield Browser(lambda *a, **k: runner.run(client.request(*a, **k)))
        runner.run(client.aclose())
        runner.run(lifespan.__aexit__(None, None, None))


def test_the_page_is_on_the_root_and_stays(browser: Browser) -> None:
    """`/` is a guest's checkout with dated options; opening it again shows the same one."""
    page = browser.get("/")
    assert page.status_code == 200
    assert page.text.count('name="option"') >= 3
    assert re.search(r"arrives \w", text_of(page))
    assert "short of free delivery" in text_of(page)
    assert form_of(browser.get("/"))[0] == form_of(page)[0]


def test_a_guest_orders_without_scripts(browser: Browser) -> None:
    """Fill, press, and the confirmation shows the same days; loading it again places nothing new."""
    page = browser.press(browser.get("/"), "update", **FILLED, option="two-day")
    assert "New York" in text_of(page)
    done = browser.press(page, "place")
    assert done.status_code == 200
    assert "Thank you, Ada" in text_of(done)
    assert "What happens next" in text_of(done)
    assert browser.get(str(done.url)).text == done.text


def test_what_was_shown_is_what_is_charged(browser: Browser) -> None:
    """An order pressed on an old price is shown the new one first, and placed on the second press."""
    page = browser.press(browser.get("/"), "update", **FILLED)
    changed = browser.press(page, "place", option="next-day")
    assert changed.status_code == 409
    assert "The price or the date has changed" in text_of(changed)
    assert "Thank you" in text_of(browser.press(changed, "place"))


def test_placing_an_empty_form_names_what_is_missing(browser: Browser) -> None:
    """Every missing part is listed at the top, linked to its field, and said beside the field."""
    page = browser.press(browser.get("/"), "place")
    assert page.status_code == 422
    links = re.findall(r'<a href="#(f-\w+)">', page.text)
    assert links == ["f-email", "f-name", "f-line1", "f-postal_code", "f-city"]
    assert page.text.count('aria-invalid="true"') == 5
    assert "required in" not in text_of(page)


def test_typed_text_survives_a_refusal(browser: Browser) -> None:
    """What was typed is still there after a refusal, even where it is wrong, and safely escaped."""
    page = browser.press(
        browser.get("/"), "place", **{**FILLED, "postal_code": "ABC", "name": '<b>"Ada"</b>', "email": "ada"}
    )
    assert page.status_code == 422
    _, data = form_of(page)
    assert (data["postal_code"], data["email"], data["name"]) == ("ABC", "ada", '<b>"Ada"</b>')
    assert "<b>" not in page.text
    assert "email address" in text_of(page)


def test_a_returning_customer_types_nothing(browser: Browser) -> None:
    """Contact, address, option and card are filled in: one press orders."""
    page = browser.get("/returning")
    assert "123 Sackett Street, Brooklyn, NY 11231" in text_of(page)
    assert "Thank you, Ada" in text_of(browser.press(page, "place"))


def test_a_saved_address_is_chosen(browser: Browser) -> None:
    """Another saved address is used as it is."""
    page = browser.press(browser.get("/returning"), "update", place="ad_work")
    done = browser.press(page, "place")
    assert "85 Broad Street" in text_of(done)


def test_a_billing_address_of_its_own(browser: Browser) -> None:
    """Without the tick, the billing address is asked for and its faults are named."""
    page = browser.get("/returning")
    where, data = form_of(page)
    del data["billing_same"]
    refused = browser.call("POST", where, data={**data, "billing_country": "DE", "action": "place"})
    assert refused.status_code == 422
    assert 'href="#f-billing_line1"' in refused.text
    fields = {f"billing_{name}": value for name, value in FILLED.items() if name != "email"}
    assert "Thank you" in text_of(browser.press(refused, "place", **fields))


def test_a_double_press_is_one_order(browser: Browser) -> None:
    """The same form sent twice ends on the same order."""
    page = browser.get("/returning")
    first, second = browser.press(page, "place"), browser.press(page, "place")
    assert re.findall(r"or_\w+", first.text) == re.findall(r"or_\w+", second.text) != []


def test_a_decline_asks_for_another_card(browser: Browser) -> None:
    """The decline is said at the top; the next card is a new attempt."""
    declined = browser.press(browser.get("/returning"), "place", payment="decline")
    assert declined.status_code == 422
    assert "The payment was declined" in text_of(declined)
    assert "Thank you" in text_of(browser.press(declined, "place", payment="ok"))


def test_the_bank_is_asked(browser: Browser) -> None:
    """Authentication has a page of its own, and the order follows it."""
    waiting = browser.press(browser.get("/returning"), "place", payment="3ds")
    assert "Your bank asks you to confirm" in text_of(waiting)
    assert "Thank you" in text_of(browser.press(waiting, "authenticate"))


def test_quantities_change_and_free_delivery_is_reached(browser: Browser) -> None:
    """One more piece takes the cart over the threshold: the goal is reached and delivery is free."""
    page = browser.get("/")
    where, data = form_of(page)
    more = browser.call("POST", where, data={**data, "step": "mug:1"})
    assert "You have free delivery with Economy" in text_of(more)
    assert "Free" in text_of(more)


def test_a_discount_code_is_taken_and_given_back(browser: Browser) -> None:
    """A code of the policy halves delivery, beside what it would have cost; emptying the field undoes it."""
    page = browser.press(browser.get("/"), "update", codes="WELCOME")
    assert "$2.45" in text_of(page)
    assert "instead of $4.90" in text_of(page)
    undone = browser.press(page, "update", codes="")
    assert "Economy now costs $4.90 instead of $2.45, because of the discount code." in text_of(undone)


def test_a_live_update_keeps_quiet_about_the_field_in_use(browser: Browser) -> None:
    """While a postal code is being typed nothing is called wrong; once left, it is."""
    where, data = form_of(browser.get("/"))
    token = {"X-CSRF-Token": data["csrf"]}
    typing = {**data, **FILLED, "postal_code": "112", "focused": "postal_code"}
    assert "Please check your" not in browser.call("PATCH", where, data=typing, headers=token).text
    left = browser.call("PATCH", where, data={**typing, "focused": "city"}, headers=token)
    assert "Please check your ZIP code" in text_of(left)
    assert left.text.count('aria-invalid="true"') == 1


def test_another_country_has_its_own_form_and_the_change_is_said(browser: Browser) -> None:
    """The preselected option does not go abroad: the page says what took its place."""
    page = browser.press(browser.get("/"), "update", country="DE")
    assert "Postcode" in text_of(page)
    assert "no longer offered" in text_of(page)


@pytest.mark.parametrize("field", ["csrf", "cookie"])
def test_a_form_without_its_token_is_refused(browser: Browser, field: str) -> None:
    """Without the token of this browser's checkout nothing is changed."""
    where, data = form_of(browser.get("/"))
    headers = {"Cookie": "x=1"} if field == "cookie" else {}
    sent = {**data, **FILLED, "csrf": "" if field == "csrf" else data["csrf"]}
    answer = browser.call("POST", where, data=sent, headers=headers)
    assert answer.status_code in (403, 404)
    assert "ada@example.com" not in browser.get("/").text


def test_a_link_with_the_secret_moves_it_into_a_cookie(browser: Browser) -> None:
    """The address bar does not keep the secret, and without it the page is not there."""
    opened = browser.call(
        "POST", "/api/checkouts", json={"currency": "USD", "lines": [{"sku": "mug", "quantity": 1}]}
    )
    checkout_id, secret = opened.json()["id"], opened.json()["secret"]
    assert browser.get(f"/checkout/{checkout_id}").status_code == 404
    assert browser.get(f"/checkout/{checkout_id}?secret=guess").status_code == 404
    page = browser.get(f"/checkout/{checkout_id}?secret={secret}")
    assert page.status_code == 200
    assert "secret" not in str(page.url)
    assert secret not in page.text


@pytest.mark.parametrize("locale", ["de-AT", "de_AT", "de", "de-Latn-XQ"])
def test_the_page_speaks_the_locale_the_checkout_was_opened_for(browser: Browser, locale: str) -> None:
    """However the caller writes it, and a country nobody knows still leaves the language."""
    opened = browser.call(
        "POST",
        "/api/checkouts",
        json={"currency": "USD", "locale": locale, "lines": [{"sku": "mug", "quantity": 1}]},
    ).json()
    page = browser.get(f"/checkout/{opened['id']}?secret={opened['secret']}")
    assert (page.status_code, '<html lang="de' in page.text) == (200, True)


def test_the_page_keeps_to_its_own_policy(browser: Browser) -> None:
    """No inline script or style, nothing from elsewhere, and the headers that say so."""
    page = browser.get("/")
    policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
    assert {name: policy[name] for name in ("default-src", "script-src", "style-src", "base-uri")} == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "base-uri": "'none'",
    }
    assert (policy["frame-ancestors"], policy["form-action"]) == ("'none'", "'self'")
    assert "unsafe" not in page.headers["content-security-policy"]
    assert not re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page.text)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)
    assert page.headers["cache-control"] == "no-store"


def test_files_are_pinned_by_their_content(browser: Browser) -> None:
    """With the version in its address a file may be kept for good; without it, it is asked for again."""
    page = browser.get("/")
    href = re.findall(r'href="(/static/checkout\.css\?\w+)"', page.text)[0]
    assert "immutable" in browser.get(href).headers["cache-control"]
    plain = browser.get(href.partition("?")[0])
    assert plain.headers["cache-control"] == "no-cache"
    again = browser.call("GET", href, headers={"If-None-Match": plain.headers["etag"]})
    assert again.status_code == 304


def test_every_control_has_a_label_and_a_purpose(browser: Browser) -> None:
    """Each text field and list is labelled, described and named to the browser's autofill."""
    page = browser.get("/")
    for tag in re.findall(r"<(?:input|select)[^>]*>", page.text):
        kind = re.search(r'type="(\w+)"', tag)
        if kind and kind[1] in ("hidden", "radio", "checkbox"):
            continue
        found = re.search(r'id="([\w-]+)"', tag)
        assert found is not None, tag
        assert f'<label for="{found[1]}"' in page.text, tag
        assert re.search(r'autocomplete="[a-z0-9 -]+"', tag), tag


def test_a_shop_may_ask_for_phone_tax_id_and_terms(tmp_path: Path) -> None:
    """What the shop demands has its place on the page, and is all that is missing there."""
    service = embedded_service(demo_facts().policy, tmp_path / "shop.db", catalog=GOODS.get)
    demands = evolve(
        service.parts.settings.rules.demands, needs_phone=True, needs_tax_id=True, needs_terms=True
    )
    rules = evolve(service.parts.settings.rules, demands=demands)
    strict = AsyncCheckoutService(
        store=service.parts.store,
        policy=demo_facts().policy,
        payments=service.parts.payments,
        settings=Settings(rules=rules),
        catalog=GOODS.get,
    )
    app = create_app(strict, page=PageSettings(terms_url="https://shop.example/terms"))

    async def order() -> tuple[httpx.Response, httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://shop.example", follow_redirects=True
        ) as client:
            body = {"currency": "USD", "lines": [{"sku": "mug", "quantity": 1}]}
            opened = (await client.post("/api/checkouts", json=body)).json()
            page = await client.get(f"/checkout/{opened['id']}", params={"secret": opened["secret"]})
            where, data = form_of(page)
            page = await client.post(where, data={**data, **FILLED, "action": "update"})
            _, data = form_of(page)
            refused = await client.post(where, data={**data, "action": "place"})
            _, data = form_of(refused)
            given = {"phone": "+1 212 555 0100", "tax_id": "12-3456789", "terms": "1"}
            return refused, await client.post(where, data={**data, **given, "action": "place"})

    refused, done = asyncio.run(order())
    assert re.findall(r'<a href="#(f-\w+)">', refused.text) == ["f-phone", "f-tax_id", "f-terms"]
    assert "https://shop.example/terms" in refused.text
    assert "Thank you" in text_of(done)
