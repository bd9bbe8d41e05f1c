"""Pickup points, several deliveries and languages on the page, in all the ways people use it."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
Keep = Callable[[Page, str], None]

HOME = {"name": "Eva Kern", "line1": "Torstraße 1", "postal_code": "10119", "city": "Berlin"}


def settle(page: Page) -> None:
    """Wait until the last change has been sent and answered."""
    expect(page.locator("#checkout:not(.is-busy)")).to_be_attached()
    page.wait_for_load_state("networkidle")


def fill_in(page: Page, prefix: str = "", **changes: str) -> None:
    """An address into the fields of one delivery, or of the bill."""
    for part, text in {**HOME, **changes}.items():
        page.locator(f"#f-{prefix}{part}").fill(text)


def place(page: Page) -> None:
    """Press the button and wait for the confirmation."""
    page.locator("button.place").click()
    expect(page.locator(".hero h1")).to_contain_text("Thank you")


def test_a_pickup_point_takes_the_place_of_the_address(open_wide: OpenPage, keep: Keep) -> None:
    """Choosing one hides the address, offers what goes there, asks for a bill's address, and orders."""
    page = open_wide()
    page.locator("#f-email").fill("eva@example.com")
    page.get_by_role("radio", name=re.compile("Our shop")).check()
    expect(page.locator("#f-line1")).to_be_hidden()
    expect(page.locator(".option-title")).to_have_text(["Collect"])
    expect(page.locator("#f-billing_line1")).to_be_visible()
    settle(page)
    assert page.evaluate("document.activeElement.name") == "place", "the live update took the focus away"
    keep(page, "pickup")
    fill_in(page, "billing_")
    place(page)
    expect(page.locator(".placed")).to_contain_text("Our shop")
    expect(page.locator(".placed")).to_contain_text("Torstraße 12")
    keep(page, "pickup-confirmation")


def test_back_to_an_address_the_bill_follows_it_again(open_wide: OpenPage) -> None:
    """An empty bill of the pickup point's time does not stand in the way of the delivery."""
    page = open_wide()
    page.locator("#f-email").fill("eva@example.com")
    page.get_by_role("radio", name=re.compile("Locker")).check()
    expect(page.locator("#f-billing_line1")).to_be_visible()
    page.get_by_role("radio", name="To an address").check()
    fill_in(page)
    expect(page.locator(".option-title")).to_have_text(["Parcel", "Express"])
    place(page)


def test_part_of_the_cart_goes_elsewhere_and_faster(open_wide: OpenPage, keep: Keep) -> None:
    """Each delivery has its goods, its place and its own option; the order keeps them apart."""
    page = open_wide()
    page.locator("#f-email").fill("eva@example.com")
    fill_in(page)
    page.get_by_role("button", name="Deliver some of it separately").click()
    expect(page.get_by_role("heading", name="Delivery 2")).to_be_focused()
    second = page.locator("section", has=page.locator("#d2_h-address"))
    expect(second.get_by_role("radio", name="To the same address as delivery 1")).to_be_checked()
    expect(second.get_by_role("checkbox", name="Linen table cloth")).to_be_checked()
    second.get_by_role("radio", name=re.compile("Express")).check()
    expect(page.locator("#live-assurance .assurance")).to_have_count(2)
    keep(page, "split")
    second.get_by_role("radio", name="Another address").check()
    fill_in(page, "d2_", name="Ana Kern", line1="Domplatz 2", postal_code="20095", city="Hamburg")
    second.get_by_role("checkbox", name="Bowl, large").check()
    expect(page.locator(".goods-text").first).to_have_text("1 × Cup")
    settle(page)
    place(page)
    expect(page.locator(".placed")).to_have_count(2)
    expect(page.locator(".placed").nth(1)).to_contain_text("Hamburg")
    expect(page.locator(".placed").nth(1)).to_contain_text("1 × Bowl, large, 1 × Linen table cloth")
    expect(page.locator(".placed").nth(1)).to_contain_text("Express")
    keep(page, "split-confirmation")


def test_a_delivery_is_taken_away_again(open_wide: OpenPage) -> None:
    """Its button, or unticking all it has, brings everything back together."""
    page = open_wide()
    fill_in(page)
    split = page.get_by_role("button", name="Deliver some of it separately")
    split.click()
    page.get_by_role("button", name="Remove delivery 2").click()
    expect(page.locator("#d2_h-address")).to_have_count(0)
    split.click()
    page.get_by_role("checkbox", name="Linen table cloth").uncheck()
    expect(page.locator("#d2_h-address")).to_have_count(0)
    expect(page.locator("#h-address")).to_have_text("Delivery address")


def test_what_is_missing_leads_to_the_right_delivery(open_wide: OpenPage) -> None:
    """A problem of the second delivery links to a field of the second delivery."""
    page = open_wide()
    page.locator("#f-email").fill("eva@example.com")
    fill_in(page)
    page.get_by_role("button", name="Deliver some of it separately").click()
    second = page.locator("section", has=page.locator("#d2_h-address"))
    second.get_by_role("radio", name="Another address").check()
    page.locator("#f-d2_line1").fill("")
    settle(page)
    page.locator("button.place").click()
    expect(page.locator("#problems")).to_be_focused()
    page.get_by_role("link", name="Enter your street and number.").click()
    expect(page.locator("#f-d2_line1")).to_be_focused()


def test_without_scripts_plain_forms_do_it_all(open_wide: OpenPage) -> None:
    """Pickup, splitting and ordering by submits alone."""
    page = open_wide(scripts=False)
    page.locator("#f-email").fill("eva@example.com")
    fill_in(page)
    page.get_by_role("button", name="Deliver some of it separately").click()
    second = page.locator("section", has=page.locator("#d2_h-address"))
    second.get_by_role("radio", name=re.compile("Our shop")).check()
    second.get_by_role("button", name="Show delivery for this address").click()
    expect(second.locator(".option-title")).to_have_text(["Collect"])
    place(page)
    expect(page.locator(".placed").nth(1)).to_contain_text("Our shop")


def test_the_keyboard_alone_splits_and_collects(open_wide: OpenPage) -> None:
    """Tab, arrows, Space and Enter reach every control in the order of the page."""
    page = open_wide()

    def tab_to(test: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(f"() => {{ const here = document.activeElement; return {test}; }}"):
                return
        raise AssertionError(f"Tab never reached {test}")

    tab_to("here.name === 'place'")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name=re.compile("Our shop"))).to_be_checked()
    settle(page)
    tab_to("here.value === 'split'")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Delivery 2")).to_be_focused()
    tab_to("here.name === 'd2_goes:bowl'")
    page.keyboard.press("Space")
    settle(page)
    expect(page.locator(".goods-text").first).to_have_text("1 × Cup")
    tab_to("here.name === 'd2_place'")
    page.keyboard.press("ArrowDown")
    settle(page)
    assert page.evaluate("document.activeElement.name") == "d2_place"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_accessibility_rules_hold(open_wide: OpenPage, keep: Keep, dark: bool) -> None:
    """The axe rules find nothing with two deliveries, one of them collected, nor after the order."""
    page = open_wide(dark=dark)
    page.locator("#f-email").fill("eva@example.com")
    fill_in(page)
    page.get_by_role("button", name="Deliver some of it separately").click()
    second = page.locator("section", has=page.locator("#d2_h-address"))
    second.get_by_role("radio", name=re.compile("Our shop")).check()
    expect(second.locator(".option-title")).to_have_text(["Collect"])
    settle(page)
    if dark:
        keep(page, "dark-split")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    place(page)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [320, 390])
def test_small_screens_need_no_sideways_scrolling(open_wide: OpenPage, keep: Keep, width: int) -> None:
    """Two deliveries fit a phone, and the button stays in reach."""
    page = open_wide(width=width, height=800)
    fill_in(page)
    page.get_by_role("button", name="Deliver some of it separately").click()
    expect(page.get_by_role("heading", name="Delivery 2")).to_be_visible()
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator("button.place")).to_be_in_viewport()
    keep(page, f"phone-{width}-split")


SPOKEN = {
    "de": ("Lieferadresse", "Zahlungspflichtig bestellen", "Straße und Hausnummer"),
    "fr": ("Adresse de livraison", "Commander et payer", "Numéro et rue"),
    "es": ("Dirección de entrega", "Pedir y pagar", "Calle y número"),
}


@pytest.mark.parametrize("language", sorted(SPOKEN))
def test_the_page_speaks_the_buyers_language(open_wide: OpenPage, keep: Keep, language: str) -> None:
    """As the browser asks, from the first heading to the last refusal; axe finds nothing."""
    heading, button, street = SPOKEN[language]
    page = open_wide(language=f"{language}-{language.upper()}")
    assert page.locator("html").get_attribute("lang") == language
    expect(page.locator("#h-address")).to_have_text(heading)
    expect(page.locator("button.place span").first).to_have_text(button)
    page.locator("button.place").click()
    expect(page.locator("#problems")).to_contain_text(street)
    fill_in(page)
    settle(page)
    keep(page, f"language-{language}")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_checkouts_own_language_comes_first(open_wide: OpenPage) -> None:
    """A checkout that was opened in German stays German in a French browser; an unknown one is answered."""
    page = open_wide("/?locale=de_AT", language="fr-FR")
    assert page.locator("html").get_attribute("lang") == "de"
    other = open_wide("/?locale=xx", language="pl-PL")
    assert other.locator("html").get_attribute("lang") == "en"


def test_a_time_is_picked_and_kept_by_the_order(open_wide: OpenPage, keep: Keep) -> None:
    """The slots of the chosen option are a list to pick from, and the confirmation names the one picked."""
    page = open_wide()
    page.locator("#f-email").fill("eva@example.com")
    fill_in(page)
    expect(page.locator("#slots")).to_have_count(0)
    page.get_by_role("radio", name=re.compile("Express")).check()
    expect(page.get_by_role("radio", name="Any time")).to_be_checked()
    slot = page.locator("#slots .choice").nth(2)
    expect(slot).to_contain_text("1 left")
    when = slot.locator(".choice-body > span").first.inner_text()
    slot.locator("input").check()
    expect(page.locator(".option:has(:checked) .option-date")).to_contain_text("arrives")
    expect(page.locator(".assurance")).to_contain_text(when)
    settle(page)
    assert page.evaluate("document.activeElement.name") == "slot", "the live update took the focus away"
    keep(page, "slots")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    other = open_wide(dark=True)
    fill_in(other)
    other.get_by_role("radio", name=re.compile("Express")).check()
    full = other.locator("#slots .choice").nth(2)
    expect(full).to_contain_text("Full")
    expect(full.locator("input")).to_be_disabled()
    found = Axe().run(other)
    assert found.violations_count == 0, found.generate_report()
    place(page)
    expect(page.locator(".lead")).to_contain_text(when)
    keep(page, "slots-confirmation")


def test_a_time_is_picked_without_scripts(open_wide: OpenPage, keep: Keep) -> None:
    """By plain forms, on a phone, in the dark."""
    page = open_wide(scripts=False, width=390, height=800, dark=True)
    page.locator("#f-email").fill("eva@example.com")
    fill_in(page)
    show = page.get_by_role("button", name="Show delivery for this address")
    show.click()
    page.get_by_role("radio", name=re.compile("Express")).check()
    show.click()
    page.locator("#slots .choice").nth(1).locator("input").check()
    show.click()
    expect(page.locator("#slots .choice").nth(1).locator("input")).to_be_checked()
    keep(page, "phone-390-slots")
    place(page)
