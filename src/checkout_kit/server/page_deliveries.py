"""The deliveries of a checkout as the page shows them: goods, place and options of each."""

from collections.abc import Iterable
from typing import Final

from attrs import evolve

from checkout_kit.address import Address, AddressBook
from checkout_kit.checkout import Checkout, Delivery, lines_of, pickup_choices, promised
from checkout_kit.server import texts
from checkout_kit.server.address_fields import address_fields
from checkout_kit.server.delivery_forms import (
    MOST_DELIVERIES,
    NEW_ADDRESS,
    PICKUP,
    SAME_ADDRESS,
    goes_to_same_place,
)
from checkout_kit.server.page_parts import free_goals, option_cards, spoken_address, withheld_rows
from checkout_kit.server.page_problems import prefix_of, with_errors
from checkout_kit.server.page_values import (
    DeliverySection,
    GoodsTick,
    PlaceCard,
    PlacedDelivery,
    ProblemRow,
    SlotCard,
    TimelineRow,
)
from checkout_kit.server.reading import Reading
from checkout_kit.service import CheckoutView

_CHOSEN_ABOVE: Final = frozenset({"pickup_only", "address_only"})
FEW_LEFT: Final = 3
MOST_SLOTS: Final = 30
MOST_TICKS: Final = 40
"""A longer cart is not offered to be split by hand."""


def delivery_sections(
    view: CheckoutView,
    countries: tuple[tuple[str, str], ...],
    rows: Iterable[ProblemRow],
    reading: Reading,
    *,
    splits: bool = True,
) -> tuple[DeliverySection, ...]:
    """Every delivery that takes goods along; none where nothing is shipped.

    `splits` says whether the first may be asked to leave something to another.
    """
    if not view.checkout.cart.needs_shipping:
        return ()
    said = tuple(rows)
    sections = [
        _section(view, index, countries, said, reading) for index in range(len(view.checkout.deliveries))
    ]
    sections[0] = evolve(sections[0], can_split=splits and _can_split(view.checkout))
    return tuple(sections)


def _section(
    view: CheckoutView,
    index: int,
    countries: tuple[tuple[str, str], ...],
    rows: tuple[ProblemRow, ...],
    reading: Reading,
) -> DeliverySection:
    checkout, t = view.checkout, reading.words
    delivery, quote, prefix = checkout.deliveries[index], view.quotes[index], prefix_of(index)
    choice = delivery.choice
    places = _places(view, index, countries[0][0], reading)
    is_new = not any(place.is_selected for place in places if place.value != NEW_ADDRESS)
    shown = (delivery.address if is_new else None) or Address(country=countries[0][0])
    section = f"section-{prefix[:-1]} shipping" if prefix else "shipping"
    fields = address_fields(shown, countries, t, prefix=prefix, section=section)
    is_several = len(checkout.deliveries) > 1
    is_filled = delivery.pickup is not None or _is_filled(delivery.address)
    chosen_above = _CHOSEN_ABOVE if places else frozenset[str]()
    return DeliverySection(
        id=delivery.id,
        number=index + 1,
        prefix=prefix,
        title=t("delivery_number", number=index + 1) if is_several else t("delivery_address"),
        places=places,
        fields=with_errors(fields, rows),
        country=shown.country,
        goods=_ticks(checkout, index),
        goods_text=_goods_text(checkout, delivery) if is_several else "",
        free_shipping=free_goals(quote, reading) if quote and index == 0 else (),
        options=option_cards(quote, choice.option_id if choice else "", reading) if quote else (),
        options_note=t("nothing_offered" if is_filled else "needs_address"),
        slots=_slot_cards(view, delivery, reading),
        withheld=withheld_rows(quote, t, is_placed=is_filled, but=chosen_above) if quote else (),
        timeline_title=t("step_by_step", option=choice.title) if choice else "",
        timeline=timeline_of(checkout, delivery, reading),
    )


def _places(view: CheckoutView, index: int, home: str, reading: Reading) -> tuple[PlaceCard, ...]:
    """What there is to choose from; nothing where only an address can be written."""
    checkout, t = view.checkout, reading.words
    delivery, first = checkout.deliveries[index], checkout.deliveries[0]
    pickup_id = delivery.pickup.id if delivery.pickup else ""
    is_same = index > 0 and first.pickup is None and goes_to_same_place(delivery, first)
    cards = []
    if index > 0 and first.pickup is None:
        cards.append(PlaceCard(value=SAME_ADDRESS, title=t("same_address"), is_selected=is_same))
    cards += _saved_cards(view.book, "" if is_same or pickup_id else delivery.saved_address_id, home, reading)
    points = [
        PlaceCard(
            value=PICKUP + point.id,
            title=t("collect_at", place=point.title),
            text=_spoken_but(point.title, point.address, home, reading),
            is_selected=point.id == pickup_id,
        )
        for point in pickup_choices(checkout, delivery, view.pickup)
    ]
    if not cards and not points:
        return ()
    is_new = not any(card.is_selected for card in (*cards, *points))
    title = t("another_address" if cards else "to_address")
    return (*cards, PlaceCard(value=NEW_ADDRESS, title=title, is_selected=is_new), *points)


def _saved_cards(book: AddressBook, selected_id: str, home: str, reading: Reading) -> list[PlaceCard]:
    """The addresses in the customer's book, the likeliest first."""
    return [
        PlaceCard(
            value=saved.id,
            title=saved.label or saved.address.name or saved.address.city,
            text=_spoken_but(saved.address.name, saved.address, home, reading),
            is_selected=saved.id == selected_id,
        )
        for saved in book.offer("delivery")
    ]


def _spoken_but(said: str, address: Address, home: str, reading: Reading) -> str:
    """An address in one line, without what the title says already."""
    return ", ".join(line for line in spoken_address(address, home, reading.locale) if line != said)


def _slot_cards(view: CheckoutView, delivery: Delivery, reading: Reading) -> tuple[SlotCard, ...]:
    """Any time, and every slot that is open or just full; nothing is selected while a wanted one is gone."""
    slots = [slot for slot in view.slots_of(delivery) if slot.is_offered or slot.reason == "full"]
    if not slots and not delivery.wanted_slot:
        return ()
    t, picked = reading.words, delivery.slot.id if delivery.slot else ""
    is_any = not picked and not delivery.wanted_slot
    cards = [SlotCard(value="", title=t("any_time"), note="", is_selected=is_any, is_open=True)]
    for slot in slots[:MOST_SLOTS]:
        is_few = slot.is_offered and slot.left <= FEW_LEFT and slot.id != picked
        note = t("places_left", count=slot.left) if is_few else ""
        cards.append(
            SlotCard(
                value=slot.id,
                title=texts.capitalised(texts.slot_text(slot, reading)),
                note=note if slot.is_offered else t("full"),
                is_selected=slot.id == picked,
                is_open=slot.is_offered,
            )
        )
    return tuple(cards)


def _ticks(checkout: Checkout, index: int) -> tuple[GoodsTick, ...]:
    lines = [line for line in checkout.cart.lines if line.requires_shipping]
    if index == 0 or len(lines) > MOST_TICKS:
        return ()
    mine = frozenset(lines_of(checkout, checkout.deliveries[index]))
    return tuple(
        GoodsTick(line_id=line.id, title=line.title or line.sku, is_ticked=line.id in mine) for line in lines
    )


def _can_split(checkout: Checkout) -> bool:
    count = sum(line.requires_shipping for line in checkout.cart.lines)
    is_short = count <= MOST_TICKS and len(checkout.deliveries) < MOST_DELIVERIES
    return is_short and len(lines_of(checkout, checkout.deliveries[0])) > 1


def _goods_text(checkout: Checkout, delivery: Delivery) -> str:
    mine = frozenset(lines_of(checkout, delivery))
    return ", ".join(
        f"{line.quantity} × {line.title or line.sku}" for line in checkout.cart.lines if line.id in mine
    )


def placed_deliveries(checkout: Checkout, home: str, reading: Reading) -> tuple[PlacedDelivery, ...]:
    """The deliveries of a placed order that take goods along."""
    sent = [delivery for delivery in checkout.deliveries if lines_of(checkout, delivery)]
    return tuple(
        PlacedDelivery(
            title=reading.words("delivery_number", number=number) if len(sent) > 1 else "",
            is_collected=delivery.pickup is not None,
            address_lines=_placed_address(delivery, home, reading),
            option_title=delivery.choice.title if delivery.choice else "",
            option_arrives=arrives_of(delivery, reading),
            goods_text=_goods_text(checkout, delivery) if len(sent) > 1 else "",
            timeline=timeline_of(checkout, delivery, reading),
        )
        for number, delivery in enumerate(sent, 1)
    )


def _placed_address(delivery: Delivery, home: str, reading: Reading) -> tuple[str, ...]:
    place = delivery.pickup
    if place is not None:
        at = spoken_address(place.address, home, reading.locale) if place.address else ()
        return (place.title, *(line for line in at if line != place.title))
    return spoken_address(delivery.address, home, reading.locale) if delivery.address else ()


def arrives_of(delivery: Delivery, reading: Reading) -> str:
    """When a delivery arrives, in words; empty while nothing is promised."""
    if delivery.slot is not None:
        return texts.arrives_in_slot(delivery.slot, reading)
    choice = delivery.choice
    return texts.arrives(choice.promise, reading) if choice and choice.promise else ""


def timeline_of(checkout: Checkout, delivery: Delivery, reading: Reading) -> tuple[TimelineRow, ...]:
    """The way of one delivery; empty while nothing is promised."""
    choice = promised(delivery)
    if choice is None or choice.promise is None:
        return ()
    return texts.timeline_rows(choice.promise, checkout.ending.at if checkout.ending else None, reading)


def _is_filled(address: Address | None) -> bool:
    return address is not None and bool(address.postal_code or address.city)
