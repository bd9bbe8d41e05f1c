"""The checkout page as people use it: with a mouse, with a keyboard, on a phone, and without scripts."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
Keep = Callable[[Page, str], None]

GUEST = {
    "f-email": "grace@example.com",
    "f-name": "Grace Hopper",
    "f-line1": "350 Fifth Avenue",
    "f-postal_code": "10118",
    "f-city": "New York",
}
VISIBLE_FIELDS = """
() => [...new Set([...document.querySelectorAll("input, select, textarea")]
  .filter((control) => control.type !== "hidden" && control.checkVisibility() && !control.disabled)
  .map((control) => control.name))]
"""
DATE = re.compile(r"arrives (today|tomorrow|\w{3}, \d{1,2} \w{3})")


def settle(page: Page) -> None:
    """Wait until the last change has been sent and answered."""
    expect(page.locator("#checkout:not(.is-busy)")).to_be_attached()
    page.wait_for_load_state("networkidle")


def place(page: Page) -> None:
    """Press the button and wait for the confirmation."""
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")


def test_a_guest_orders_with_at_most_eight_fields(open_page: OpenPage, keep: Keep) -> None:
    """All is on one page with at most 8 visible fields, and the confirmation keeps the promised day."""
    page = open_page("/")
    fields = page.evaluate(VISIBLE_FIELDS)
    assert len(fields) <= 8, fields
    keep(page, "guest-empty")
    start = page.url
    for control, text in GUEST.items():
        page.locator(f"#{control}").fill(text)
    expect(page.locator("#n-postal_code")).to_have_text("New York")
    page.get_by_role("radio", name=re.compile("Two-day")).check()
    expect(page.locator(".journey h3")).to_have_text("Two-day, step by step")
    settle(page)
    assert len(page.evaluate(VISIBLE_FIELDS)) <= 8
    assert page.url == start
    promised = page.locator(".assurance").inner_text().removeprefix("Arrives ").rstrip(".")
    last_step = page.locator(".timeline .step-date").last.inner_text()
    total = page.locator("#live-button-total").inner_text()
    keep(page, "guest-filled")
    place(page)
    expect(page.locator(".lead")).to_contain_text(promised)
    assert page.locator(".timeline .step-date").last.inner_text() == last_step
    assert total in page.locator(".totals tfoot").inner_text()
    keep(page, "guest-confirmation")


def test_a_returning_customer_types_nothing(open_page: OpenPage, keep: Keep) -> None:
    """No text field is visible, and one press orders."""
    page = open_page("/returning")
    typed = [
        name
        for name in page.evaluate(VISIBLE_FIELDS)
        if page.locator(f"[name='{name}']").first.get_attribute("type") != "radio"
    ]
    assert typed == []
    keep(page, "returning")
    place(page)
    keep(page, "returning-confirmation")


def test_without_scripts_options_are_read_with_their_days(open_page: OpenPage, keep: Keep) -> None:
    """The server's page alone shows every option with price and day, and takes the order by plain forms."""
    page = open_page("/", scripts=False)
    dates = page.locator(".option-date").all_inner_texts()
    assert len(dates) >= 3
    assert all(DATE.match(text) for text in dates), dates
    assert all(re.search(r"\$\d|Free", text) for text in page.locator(".price").all_inner_texts())
    expect(page.locator(".timeline li")).to_have_count(5)
    for control, text in GUEST.items():
        page.locator(f"#{control}").fill(text)
    page.get_by_role("button", name="Show delivery for this address").click()
    expect(page.locator("#n-postal_code")).to_have_text("New York")
    keep(page, "without-scripts")
    place(page)


def test_the_keyboard_alone_orders(open_page: OpenPage) -> None:
    """Tab, arrows and Enter are enough, in the order of the page, and focus is always seen."""
    page = open_page("/")

    def tab_to(test: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate(f"() => {{ const here = document.activeElement; return {test}; }}"):
                return
        raise AssertionError(f"Tab never reached {test}")

    for control, text in GUEST.items():
        tab_to(f"here.id === '{control}'")
        page.keyboard.type(text)
    tab_to("here.name === 'option'")
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[name=option]").nth(1)).to_be_checked()
    settle(page)
    assert page.evaluate("document.activeElement.name") == "option", "the live update took the focus away"
    tab_to("here.classList.contains('place')")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you, Grace")


def test_live_updates_are_announced_and_keep_focus_and_text(open_page: OpenPage) -> None:
    """While somebody types on, an update neither moves the focus nor touches the text; it is announced."""
    page = open_page("/")
    page.locator("#f-postal_code").fill("94110")
    page.locator("#f-city").focus()
    page.keyboard.type("San Francis", delay=40)
    expect(page.locator("#n-postal_code")).to_have_text("California")
    settle(page)
    page.keyboard.type("co")
    assert page.locator("#f-city").input_value() == "San Francisco"
    expect(page.locator("#announce")).to_contain_text("Total $")
    page.locator("#plus-1").click()
    expect(page.locator(".free-goal.is-reached")).to_contain_text("free delivery")
    assert page.evaluate("document.activeElement.id") == "plus-1"


def test_a_region_appears_only_where_it_is_needed(open_page: OpenPage) -> None:
    """An unclear ZIP code brings the list of states; a clear one takes it away; Germany never has it."""
    page = open_page("/")
    region = page.locator("#f-region")
    expect(region).to_be_hidden()
    page.locator("#f-postal_code").fill("00000")
    page.locator("#f-city").focus()
    expect(region).to_be_visible()
    page.locator("#f-postal_code").fill("60601")
    page.locator("#f-city").focus()
    expect(region).to_be_hidden()
    page.locator("#f-country").select_option("DE")
    expect(page.locator("label[for=f-postal_code]")).to_have_text("Postcode")
    expect(region).to_have_count(0)
    expect(page.locator(".notice")).to_contain_text("no longer offered")


def test_a_refusal_leads_to_the_fields(open_page: OpenPage, keep: Keep) -> None:
    """What is missing is listed, focused, and each entry leads to its field."""
    page = open_page("/")
    page.get_by_role("button", name="Place order").click()
    expect(page.locator("#problems")).to_be_focused()
    keep(page, "guest-refused")
    page.get_by_role("link", name="Enter your street").click()
    expect(page.locator("#f-line1")).to_be_focused()
    assert page.locator("#f-line1").get_attribute("aria-invalid") == "true"


def test_billing_opens_on_demand(open_page: OpenPage) -> None:
    """The billing address is the delivery address until somebody says otherwise."""
    page = open_page("/returning")
    expect(page.locator("#f-billing_line1")).to_be_hidden()
    page.get_by_text("Billing address:").click()
    page.get_by_label("Same as the delivery address").uncheck()
    expect(page.locator("#f-billing_line1")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Place order").click()
    expect(page.locator("#problems")).to_contain_text("Enter your street")


def test_a_card_that_needs_the_bank_and_one_that_is_declined(open_page: OpenPage, keep: Keep) -> None:
    """Authentication has its own page; a decline asks for another card."""
    page = open_page("/returning")
    page.get_by_role("radio", name=re.compile("0002")).check()
    page.get_by_role("button", name="Place order").click()
    expect(page.locator("#problems")).to_contain_text("declined")
    page.get_by_role("radio", name=re.compile("3220")).check()
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your bank asks you to confirm")
    keep(page, "authentication")
    page.get_by_role("button", name="I have confirmed it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", ["/guest", "/returning"])
def test_accessibility_rules_hold(open_page: OpenPage, keep: Keep, path: str, dark: bool) -> None:
    """The axe rules find nothing on the page, its refusal and its confirmation, in light and dark."""
    page = open_page(path, dark=dark)
    if dark:
        keep(page, f"dark{path.replace('/', '-')}")
    axe = Axe()
    found = [(axe.run(page), "page")]
    if path == "/guest":
        page.get_by_role("button", name="Place order").click()
        expect(page.locator("#problems")).to_be_focused()
        found.append((axe.run(page), "refusal"))
    else:
        place(page)
        found.append((axe.run(page), "confirmation"))
    for results, where in found:
        assert results.violations_count == 0, f"{where}: {results.generate_report()}"


@pytest.mark.parametrize("width", [320, 390, 768])
def test_small_screens_need_no_sideways_scrolling(open_page: OpenPage, keep: Keep, width: int) -> None:
    """Nothing is wider than the screen, and the button stays in reach."""
    page = open_page("/returning", width=width, height=800)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_role("button", name="Place order")).to_be_in_viewport()
    keep(page, f"phone-{width}")
    place(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    keep(page, f"phone-{width}-confirmation")


@pytest.mark.parametrize(("width", "height"), [(390, 664), (640, 450)])
def test_what_has_the_focus_is_not_hidden_behind_the_button(
    open_page: OpenPage, width: int, height: int
) -> None:
    """On a phone, and enlarged to 200 %, where the button floats above the page."""
    page = open_page("/", width=width, height=height)
    covered = """
    () => {
      const e = document.activeElement, box = e.getBoundingClientRect();
      const button = document.querySelector(".place").getBoundingClientRect();
      const overlaps = box.bottom > button.top && box.top < button.bottom;
      return e !== document.body && !e.closest(".place") && overlaps;
    }
    """
    stops = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        stops.add(page.evaluate("document.activeElement.name || document.activeElement.tagName"))
        assert not page.evaluate(covered), page.evaluate("document.activeElement.outerHTML")
    assert {"email", "option", "payment", "SUMMARY"} <= stops


def test_a_late_answer_never_undoes_a_newer_choice(open_page: OpenPage) -> None:
    """An option chosen while an earlier update is under way stays chosen when that update's answer comes."""
    page = open_page("/")
    page.evaluate(
        "() => { const real = window.fetch; window.fetch = async (...asked) => {"
        " const answer = await real(...asked);"
        " await new Promise((done) => setTimeout(done, 900)); return answer; }; }"
    )
    page.locator("#f-postal_code").fill("11231")
    expect(page.locator("#checkout.is-busy")).to_be_attached()
    second = page.locator("input[name=option]").nth(1)
    second.check()
    for _ in range(20):
        page.wait_for_timeout(100)
        assert second.is_checked()
