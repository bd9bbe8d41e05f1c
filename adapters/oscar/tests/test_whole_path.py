"""From the product page to the shipped order, on the real shop."""

import datetime as dt
import re

import pytest
from checkout_kit.adapter import ShipmentNotice, ShippedLine, run
from checkout_kit.errors import NotFound, Refused
from django.core import mail
from django.test import Client
from oscar.apps.order.models import Order

from checkout_kit_oscar import OscarAdapter
from checkout_kit_oscar.settings import shop_settings
from store import guest_walk, stock_shop

DATED = r"by (Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ [A-Z][a-z]{2}"


@pytest.fixture
def placed(db: None, client: Client) -> tuple[list[str], Order]:
    """What a guest saw, and the order placed."""
    seen = list(guest_walk(client, stock_shop()))
    return seen, Order.objects.get()


def test_every_page_shows_our_options_and_dates(placed: tuple[list[str], Order]) -> None:
    """Price and date are on the basket, delivery, preview and thank-you pages."""
    seen, _ = placed
    delivery = next(step for step in seen if step.startswith("delivery page"))
    assert "Economy" in delivery
    assert "Two working days" in delivery
    assert "$3.90" in delivery
    assert "$9.90" in delivery
    for name in ("basket page", "delivery page", "preview", "thank-you page"):
        page = next(step for step in seen if step.startswith(name))
        assert re.search(r"Economy\s*, " + DATED, page), name


def test_order_keeps_choice_price_and_promise(placed: tuple[list[str], Order]) -> None:
    """The order has our code and price, its name carries the date, and the promise is there as data."""
    _, order = placed
    assert order.shipping_code == "economy"
    assert str(order.shipping_incl_tax) == "3.90"
    assert str(order.total_incl_tax) == "53.88"
    promise = order.checkout_kit_promise
    assert promise.option_id == "economy"
    assert promise.earliest <= promise.latest
    assert 7 <= (promise.latest - promise.ships_on).days <= 10
    assert f"{promise.latest:%b}" in order.shipping_method


def test_order_is_read_through_the_adapter(placed: tuple[list[str], Order]) -> None:
    """The same order in the contract's terms, by number and in the list."""
    _, order = placed
    oscar = OscarAdapter(shop_settings())
    read = run(oscar.get_order(order.number), None)
    assert (read.total, read.option_id, read.promised_on) == (
        5388,
        "economy",
        order.checkout_kit_promise.latest,
    )
    assert [line.quantity for line in read.lines] == [2]
    since = order.date_placed - dt.timedelta(seconds=1)
    assert run(oscar.list_orders(since), None) == (read,)
    assert run(oscar.list_orders(since + dt.timedelta(days=1)), None) == ()


def test_tracking_is_written_back_once(placed: tuple[list[str], Order]) -> None:
    """The shop's own shipping event is there with the tracking, and a repeat changes nothing."""
    _, order = placed
    oscar = OscarAdapter(shop_settings())
    notice = ShipmentNotice(order_id=order.number, reference="p-1", tracking_number="1Z999", carrier="UPS")
    first, second = run(oscar.write_shipment(notice), None), run(oscar.write_shipment(notice), None)
    assert (first.is_repeat, second.is_repeat, second.id) == (False, True, first.id)
    assert [event.notes for event in order.shipping_events.all()] == ["UPS 1Z999"]
    assert order.shipping_status == "Shipped"


def test_parts_are_shipped_until_nothing_is_left(placed: tuple[list[str], Order]) -> None:
    """Units are counted per line; one too many, an unknown line and an empty rest are refused."""
    _, order = placed
    oscar, line = OscarAdapter(shop_settings()), order.lines.get()

    def ship(reference: str, *lines: ShippedLine) -> object:
        notice = ShipmentNotice(
            order_id=order.number, reference=reference, tracking_number=reference, lines=lines
        )
        return run(oscar.write_shipment(notice), None)

    ship("a", ShippedLine(line_id=str(line.pk), quantity=1))
    with pytest.raises(Refused):
        ship("b", ShippedLine(line_id=str(line.pk), quantity=2))
    with pytest.raises(NotFound, match="no line"):
        ship("c", ShippedLine(line_id="999999", quantity=1))
    ship("d")
    with pytest.raises(Refused, match="nothing is left"):
        ship("e")
    assert sorted(event.notes for event in order.shipping_events.all()) == ["a", "d"]


@pytest.mark.django_db
def test_options_follow_the_basket(client: Client) -> None:
    """Above the policy's threshold the economy option is free, and the order says so."""
    list(guest_walk(client, stock_shop(price="60.00")))
    assert str(Order.objects.get().shipping_incl_tax) == "0.00"


@pytest.mark.django_db
def test_nothing_delivered_there_sends_back_to_the_address(client: Client) -> None:
    """A definite none is django-oscar's own message, not an error and not the fallback."""
    walk = guest_walk(client, stock_shop(), state="AK", postcode="99501")
    steps = [next(walk) for _ in range(3)]
    assert steps[-1].startswith("delivery page: 302")
    assert not Order.objects.exists()


def test_confirmation_mail_is_sent(placed: tuple[list[str], Order]) -> None:
    """The shop's own mail goes out: our part breaks nothing of placing an order."""
    _, order = placed
    assert any(order.number in message.body for message in mail.outbox)
