"""What the page shows of each delivery: places, goods to tick, and times to pick."""

import datetime as dt

import pytest
from attrs import evolve

from checkout_kit.cart import LineItem
from checkout_kit.checkout import DeliveryPatch, PickupPlace, Update
from checkout_kit.payments import TestPayments
from checkout_kit.server.delivery_forms import posted_deliveries
from checkout_kit.server.page_deliveries import MOST_TICKS, delivery_sections
from checkout_kit.server.page_parts import shown_as
from checkout_kit.server.page_values import DeliverySection
from checkout_kit.server.reading import Reading
from checkout_kit.service import CheckoutService, CheckoutView, NewCheckout
from checkout_kit.storage import open_store
from tests.slot_shop import HOME, NOW, TUESDAY, slot_policy

READING = Reading("en_GB", dt.timezone(dt.timedelta(hours=-5)), NOW)
COUNTRIES = (("US", "United States"),)
FORM = {
    "country": "US", "name": "Eva", "line1": "9 Oak Ave", "city": "Brooklyn", "region": "NY",
    "postal_code": "11231",
}  # fmt: skip


@pytest.fixture
def service() -> CheckoutService:
    """A shop with a van that keeps times, and a desk to collect at."""
    return CheckoutService(
        store=open_store("sqlite://"), policy=slot_policy(1), payments=TestPayments(), clock=lambda: NOW
    )


def opened(service: CheckoutService, *patches: DeliveryPatch, lines: int = 2) -> CheckoutView:
    """A checkout with these deliveries, by van to one home unless told."""
    goods = tuple(LineItem(id=f"l{i}", sku=f"S{i}", quantity=1, unit_price=100) for i in range(lines))
    update = Update(
        lines=goods,
        deliveries=patches or (DeliveryPatch(address=HOME, option_id="van"),),
        replaces_deliveries=True,
    )
    return service.create(NewCheckout(currency="USD", update=update)).view


def sections(view: CheckoutView) -> tuple[DeliverySection, ...]:
    """The page's deliveries."""
    return delivery_sections(view, COUNTRIES, (), READING)


def test_places_are_an_address_or_a_pickup_point(service: CheckoutService) -> None:
    """The title of a point is not repeated in its address; a second delivery may follow the first."""
    view = opened(
        service,
        DeliveryPatch(id="a", address=HOME),
        DeliveryPatch(id="b", line_ids=("l1",), pickup_point_id="shop"),
    )
    first, second = sections(view)
    assert [(place.value, place.is_selected) for place in first.places] == [
        ("new", True),
        ("pickup:shop", False),
    ]
    assert [(place.value, place.is_selected) for place in second.places] == [
        ("same", False),
        ("new", False),
        ("pickup:shop", True),
    ]
    assert first.places[1].text == "1 Elm St, Brooklyn, NY 11201"
    assert [(tick.line_id, tick.is_ticked) for tick in second.goods] == [("l0", False), ("l1", True)]


def test_nothing_follows_a_first_delivery_that_is_collected(service: CheckoutService) -> None:
    """There is no address that a second one could share."""
    view = opened(
        service,
        DeliveryPatch(id="a", pickup_point_id="shop"),
        DeliveryPatch(id="b", line_ids=("l1",), address=HOME),
    )
    assert [place.value for place in sections(view)[1].places] == ["new", "pickup:shop"]


@pytest.mark.parametrize(("lines", "can_split"), [(1, False), (2, True), (MOST_TICKS + 1, False)])
def test_only_a_few_goods_are_split_by_hand(service: CheckoutService, lines: int, can_split: bool) -> None:
    """One line cannot be split, and ticking a long cart apart helps nobody."""
    view = opened(service, lines=lines)
    assert sections(view)[0].can_split is can_split
    assert not delivery_sections(view, COUNTRIES, (), READING, splits=False)[0].can_split


def test_a_time_is_any_or_one_of_the_slots(service: CheckoutService) -> None:
    """By the clock there, with the few places left; what was shown names the slot."""
    view = opened(service)
    cards = sections(view)[0].slots
    assert (cards[0].title, cards[0].is_selected) == ("Any time", True)
    assert (cards[1].value, cards[1].title, cards[1].note) == (TUESDAY, "Tomorrow, 18:00–21:00", "1 left")
    picked = service.update(view.checkout.id, Update(deliveries=(DeliveryPatch(slot_id=TUESDAY),)))
    (section,) = sections(picked)
    assert [card.value for card in section.slots if card.is_selected] == [TUESDAY]
    assert TUESDAY in shown_as(picked.checkout, picked.totals)
    assert section.timeline[-1].when == "Tomorrow"


def test_a_time_that_was_lost_leaves_none_selected(service: CheckoutService) -> None:
    """So that sending the form back does not take the wish, and with it the problem, away unasked."""
    opened(service, DeliveryPatch(address=HOME, slot_id=TUESDAY, option_id="van"))
    late = opened(service, DeliveryPatch(address=HOME, slot_id=TUESDAY, option_id="van"))
    (section,) = sections(late)
    assert [card.value for card in section.slots if card.is_selected] == []
    full = next(card for card in section.slots if card.value == TUESDAY)
    assert (full.note, full.is_open) == ("Full", False)
    patches, _ = posted_deliveries(FORM, late.checkout, ("US",))
    assert not patches
    patches, _ = posted_deliveries({**FORM, "slot": ""}, late.checkout, ("US",))
    assert patches == (DeliveryPatch(slot_id=None),)


def test_a_slot_of_the_form_goes_with_the_option_it_was_shown_for(service: CheckoutService) -> None:
    """A form that chooses another option does not also ask for a slot of the one before."""
    view = opened(service)
    form = {"place": "pickup:shop", "option": "desk", "slot": TUESDAY}
    patches, _ = posted_deliveries(form, view.checkout, ("US",))
    assert patches == (DeliveryPatch(pickup_point_id="shop", option_id="desk"),)


def test_a_checkout_of_a_point_that_is_gone_still_shows(service: CheckoutService) -> None:
    """The point the policy dropped is not among the places; an address is asked for."""
    view = opened(service)
    gone = evolve(view.checkout.deliveries[0], address=None, pickup=PickupPlace(id="old"), choice=None)
    shown = evolve(view, checkout=evolve(view.checkout, deliveries=(gone,)))
    (section,) = sections(shown)
    assert [place.value for place in section.places if place.is_selected] == ["new"]
