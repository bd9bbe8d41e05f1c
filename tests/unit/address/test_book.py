"""Saved addresses and their defaults."""

from datetime import UTC, datetime

import pytest

from checkout_kit.address import Address, AddressBook, SavedAddress, adopt
from checkout_kit.address.handover import Adoption
from checkout_kit.errors import InputError, NotFound


def oak(number: int) -> Address:
    """A complete address that differs by its house number."""
    return Address(
        country="US",
        name="Eva Cruz",
        line1=f"{number} Oak Ave",
        city="Austin",
        region="TX",
        postal_code="73301",
    )


def book_of(*numbers: int) -> AddressBook:
    """A book whose ids are `a` and the house number."""
    book = AddressBook()
    for number in numbers:
        book, _ = book.save(oak(number), id=f"a{number}")
    return book


def test_removing_takes_one_record_and_its_default_along() -> None:
    """The rest stays as it was; an unknown id is an error that shows no address."""
    book = book_of(1, 2).set_default("a1", "delivery").remove("a1")
    assert [one.id for one in book.saved] == ["a2"]
    assert book.default("delivery") is None
    with pytest.raises(NotFound, match="'a1'"):
        book.remove("a1")


def test_there_is_one_default_for_each_purpose_and_billing_falls_back() -> None:
    """Setting a default clears the earlier one; without its own, billing uses the delivery default."""
    book = book_of(1, 2).set_default("a1", "delivery").set_default("a2", "delivery")
    assert [one.id for one in book.saved if one.is_default_delivery] == ["a2"]
    assert book.default("billing") == book.get("a2")
    assert book.set_default("a1", "billing").default("billing") == book.set_default("a1", "billing").get("a1")


def test_the_offer_is_default_then_recent_then_oldest() -> None:
    """The order is stable, so the same book always fills in the same address."""
    book = book_of(1, 2, 3, 4).set_default("a4", "delivery")
    book = book.used("a2", datetime(2026, 1, 1, tzinfo=UTC)).used("a3", datetime(2026, 2, 1, tzinfo=UTC))
    assert [one.id for one in book.offer("delivery")] == ["a4", "a3", "a2", "a1"]
    assert AddressBook().offer("billing") == ()


def test_a_label_changes_without_touching_the_address() -> None:
    """Renaming keeps id, content and place."""
    book = book_of(1).rename("a1", "home")
    assert (book.get("a1").label, book.get("a1").address) == ("home", oak(1))


@pytest.mark.parametrize(
    "saved",
    [
        (SavedAddress(id="a", address=oak(1)), SavedAddress(id="a", address=oak(2))),
        (SavedAddress(id="a", address=oak(1)), SavedAddress(id="b", address=oak(1))),
        (
            SavedAddress(id="a", address=oak(1), is_default_delivery=True),
            SavedAddress(id="b", address=oak(2), is_default_delivery=True),
        ),
    ],
)
def test_a_book_with_doubles_cannot_exist(saved: tuple[SavedAddress, ...]) -> None:
    """One id, one content and one default each, also from storage, and no address in the message."""
    with pytest.raises(InputError, match="two saved addresses share one") as caught:
        AddressBook(saved=saved)
    assert "Oak" not in str(caught.value)


def test_an_id_in_use_is_refused() -> None:
    """A new content under an old id would make past orders point to the wrong door."""
    with pytest.raises(InputError, match="share one id"):
        book_of(1).save(oak(2), id="a1")


def test_a_guest_becomes_a_customer_once() -> None:
    """Known content is reused, new content saved, the likely one asked about; again, nothing changes."""
    typo = Address(
        country="US", name="Eva Cruz", line1="2 Oka Ave", city="Austin", region="TX", postal_code="73301"
    )
    first = adopt(book_of(2), [oak(1), oak(2), typo], new_ids=["a2", "n1"])
    assert [one.id for one in first.saved] == ["n1", "a2"]
    assert [(asked, probable.saved.id) for asked, probable in first.questions] == [(typo, "a2")]
    default = first.book.default("delivery")
    assert default is not None
    assert default.id == "n1"
    again = adopt(first.book, [oak(1), oak(2), typo], new_ids=[])
    assert again == Adoption(first.book, first.saved, first.questions)


def test_adopting_makes_a_default_only_where_there_is_none() -> None:
    """What a customer has set stands, whatever they bought as a guest."""
    book = book_of(1, 2).set_default("a2", "delivery")
    kept = adopt(book, [oak(1), oak(3)], new_ids=["n1"]).book
    assert [one.id for one in kept.saved if one.is_default_delivery] == ["a2"]


def test_adopting_needs_enough_ids() -> None:
    """Too few ids are an error, not a lost address."""
    with pytest.raises(InputError, match="fewer ids"):
        adopt(AddressBook(), [oak(1), oak(2)], new_ids=["n1"])
