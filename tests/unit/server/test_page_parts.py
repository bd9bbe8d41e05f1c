"""What the page shows of a checkout and its quote."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from checkout_kit.address import Address
from checkout_kit.cart import Cart, LineItem
from checkout_kit.checkout import Change, Checkout, Component, Delivery, Problem, ledger, totals
from checkout_kit.server import texts
from checkout_kit.server.demo import demo_facts
from checkout_kit.server.page_parts import (
    free_goals,
    option_cards,
    shown_as,
    spoken_address,
    totals_table,
    withheld_rows,
)
from checkout_kit.server.page_problems import problem_rows, target_of
from checkout_kit.server.reading import Reading
from checkout_kit.server.words import shipped_words
from checkout_kit.shipping import Quote, QuoteRequest, ShippingPolicy

NOON = dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC)
ENGLISH = shipped_words()["en"]
READING = Reading("en", ZoneInfo("America/New_York"), NOON)
HOME = Address(
    country="US", name="Ada Lovelace", line1="1 Main St", city="Brooklyn", region="NY", postal_code="11231"
)
LINE = LineItem(id="1", sku="mug", quantity=5, unit_price=1200, weight_g=300)


@pytest.fixture(scope="module")
def policy() -> ShippingPolicy:
    """The demo's policy."""
    return demo_facts().policy


def quote(
    policy: ShippingPolicy, *, quantity: int = 5, address: Address = HOME, at: dt.datetime = NOON
) -> Quote:
    """A quote for some mugs, on a Monday at ten in New York unless told."""
    cart = Cart(currency="USD", lines=(evolve(LINE, quantity=quantity),))
    return policy.quote(QuoteRequest(cart=cart, destination=address, placed_at=at))


def checkout() -> Checkout:
    """An open checkout with one line."""
    cart = Cart(currency="USD", lines=(LINE,))
    return Checkout(
        id="co_1",
        version=1,
        cart=cart,
        created_at=NOON,
        updated_at=NOON,
        expires_at=NOON + dt.timedelta(days=1),
        deliveries=(Delivery(address=HOME),),
    )


def test_cards_carry_price_day_and_countdown(policy: ShippingPolicy) -> None:
    """Within the city before eleven, same-day delivery is offered for today, with an hour left."""
    cards = {card.id: card for card in option_cards(quote(policy), "two-day", READING)}
    assert cards["same-day"].arrives == "arrives today"
    assert cards["same-day"].order_by == "1 h"
    assert cards["next-day"].arrives == "arrives tomorrow"
    assert cards["two-day"].price == "$7.90"
    assert [card.id for card in cards.values() if card.is_selected] == ["two-day"]


def test_a_free_option_keeps_its_regular_price(policy: ShippingPolicy) -> None:
    """Above the threshold economy is free and says what it would have cost."""
    economy = next(
        card for card in option_cards(quote(policy, quantity=7), "", READING) if card.id == "economy"
    )
    assert (economy.price, economy.was, economy.is_free) == ("Free", "$4.90", True)


def test_what_is_withheld_is_said_once(policy: ShippingPolicy) -> None:
    """Methods for other places share one row; one that was missed says when it is offered again."""
    late = NOON + dt.timedelta(hours=3)
    rows = withheld_rows(quote(policy, at=late), ENGLISH)
    assert [row.title for row in rows] == ["Same day", "Not to this address"]
    assert rows[0].hint.startswith("Order ")
    assert "Airmail" in rows[1].message
    unplaced = withheld_rows(quote(policy, at=late), ENGLISH, is_placed=False)
    assert [row.title for row in unplaced] == ["Same day", "Depends on your address"]


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [(5, [("$15.00", 80, False)]), (7, [("You have free delivery", 100, True), ("$116.00", 42, False)])],
)
def test_the_way_to_free_delivery(
    policy: ShippingPolicy, quantity: int, expected: list[tuple[str, int, bool]]
) -> None:
    """The nearest goal not reached, after those that are; never a full bar before it is."""
    goals = free_goals(quote(policy, quantity=quantity), READING)
    assert [(goal.percent, goal.is_reached) for goal in goals] == [(p, r) for _, p, r in expected]
    assert all(text in goal.text for goal, (text, _, _) in zip(goals, expected, strict=True))


def test_delivery_is_in_the_totals_before_it_is_known() -> None:
    """Without a chosen option the delivery row says so instead of zero."""
    table = totals_table(checkout(), totals(ledger(checkout())), READING)
    assert [(row.title, row.amount) for row in table.rows] == [("Goods", "$60.00"), ("Delivery", "—")]
    assert table.shown == shown_as(checkout(), totals(ledger(checkout()))) == "6000|USD|"


def test_the_totals_name_what_is_added_taken_off_and_contained() -> None:
    """Rows that come to nothing are left out; contained tax is told after what adds up."""
    entries = (
        Component(kind="goods", label="Mug", amount=6000),
        Component(kind="order_discount", label="", amount=-500),
        Component(kind="tax", label="Tax", amount=440),
        Component(kind="tax", label="VAT", amount=70, is_included=True),
        Component(kind="fee", label="Wrap", amount=150),
        Component(kind="refund", label="", amount=-90),
    )
    table = totals_table(checkout(), totals(entries), READING)
    assert [(row.title, row.amount) for row in table.rows] == [
        ("Goods", "$60.00"),
        ("Discount", "-$5.00"),
        ("Delivery", "—"),
        ("Tax", "$4.40"),
        ("Fees", "$1.50"),
        ("Refunded", "-$0.90"),
        ("Tax included", "$0.70"),
    ]
    assert table.total == "$60.00"


def test_addresses_are_written_as_people_write_them() -> None:
    """No capitals of sorting machines, and the country only where it is another."""
    assert spoken_address(HOME, "US", "en") == ("Ada Lovelace", "1 Main St", "Brooklyn, NY 11231")
    assert spoken_address(HOME, "DE", "en")[-1] == "United States"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("contact.email", "f-email"),
        ("deliveries[0].address.postal_code", "f-postal_code"),
        ("deliveries[0].address", "f-line1"),
        ("deliveries[0].option_id", "options"),
        ("billing.address.city", "f-billing_city"),
        ("payment", "payments"),
        ("approval", ""),
    ],
)
def test_problems_lead_to_their_controls(path: str, target: str) -> None:
    """Every path of a checkout's problems has its place on the page."""
    assert target_of(Problem(code="x", severity="fixable", path=path, message="")) == target


def test_address_problems_are_said_to_buyers_in_the_order_of_the_page() -> None:
    """A missing part is asked for by its own name; the state waits for the ZIP code that gives it."""
    empty = evolve(checkout(), deliveries=(Delivery(address=Address(country="US")),))
    found = [
        Problem(
            code="address_invalid",
            severity="fixable",
            path=f"deliveries[0].address.{part}",
            message="required",
        )
        for part in ("region", "city", "postal_code", "name")
    ]
    rows = problem_rows(found, empty, ENGLISH)
    assert [row.message for row in rows] == [
        "Enter your full name.",
        "Enter your ZIP code, such as 95014.",
        "Enter your city.",
    ]


DAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"kind": "price", "cause": "cart", "old_price": 390, "new_price": 490},
            "Post now costs $4.90 instead of $3.90, because the cart has changed.",
        ),
        (
            {"kind": "date", "cause": "time", "old_latest": DAY, "new_latest": dt.date(2026, 11, 26)},
            "Post now arrives Thu, 26 Nov instead of tomorrow, because time has passed.",
        ),
        (
            {"kind": "option_unavailable", "cause": "address", "detail": "Too far."},
            "Post is no longer offered, because the address has changed. Too far.",
        ),
        (
            {"kind": "option_restored", "cause": "cart"},
            "Post is offered again and chosen for you, as you had asked.",
        ),
    ],
)
def test_changes_are_told_with_old_new_and_cause(change: dict[str, object], expected: str) -> None:
    """The buyer reads what has changed, from what to what, and why."""
    told = Change(delivery_id="delivery", option_id="post", title="Post", **change)  # type: ignore[arg-type]
    assert texts.change_sentence(told, "USD", READING) == expected
