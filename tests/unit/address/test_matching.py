"""Same, probably the same, or another address."""

import pytest
from attrs import evolve

from checkout_kit.address import Address, AddressBook, Exact, Probable, confirm_same, match
from checkout_kit.errors import InputError, NotFound

HOME = Address(
    country="US",
    name="Eva Cruz",
    line1="9 Oak Avenue",
    line2="Apt 4",
    city="Austin",
    region="TX",
    postal_code="73301",
)
BOOK, SAVED = AddressBook().save(HOME, id="home")


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({"line1": "9 Oka Avenue"}, ("street",)),
        ({"line1": "9 Oak Avnue"}, ("street",)),
        ({"line1": "9 Oak"}, ("street",)),
        ({"line1": "4/9 Oak Avenue", "line2": ""}, ("street",)),
        ({"name": "E. Cruz"}, ("name",)),
        ({"name": "Cruz, Eva"}, ("name",)),
        ({"name": "Eva María Cruz"}, ("name",)),
        ({"name": ""}, ("name",)),
        ({"region": ""}, ("region",)),
        ({"region": "Texs"}, ("region",)),
        ({"city": "Austn", "region": ""}, ("city", "region")),
        ({"city": ""}, ("city",)),
        ({"postal_code": "73310"}, ("postal_code",)),
        ({"postal_code": ""}, ("postal_code",)),
        ({"company": "Acme"}, ("company",)),
    ],
)
def test_slips_and_omissions_are_asked_about(changes: dict[str, str], differs: tuple[str, ...]) -> None:
    """One or two usual mistakes make it probable, and the question can name them."""
    assert match(BOOK, evolve(HOME, **changes)) == Probable(SAVED, differs)


@pytest.mark.parametrize(
    "changes",
    [
        {"line1": "10 Oak Avenue"},
        {"line2": "Apt 5"},
        {"line2": ""},
        {"line1": "4 Oak Avenue", "line2": "Apt 9"},
        {"line1": "9 Elm Avenue"},
        {"line1": "9 Oak Street"},
        {"name": "Ben Cruz"},
        {"name": "Adam Smith"},
        {"city": "Dallas"},
        {"region": "NY"},
        {"postal_code": "10001"},
        {"country": "CA"},
        {"company": "Acme", "name": "E Cruz", "city": "Austn", "region": "", "line1": "9 Oka Ave"},
    ],
)
def test_another_address_is_not_asked_about(changes: dict[str, str]) -> None:
    """Another door, street, person, town, region or country, or too many slips at once, is a new address."""
    assert match(BOOK, evolve(HOME, **changes)) is None


@pytest.mark.parametrize(
    ("country", "one", "other"),
    [
        ("NL", ("Kerkstraat 12", ""), ("Kerkstraat 12 A", "")),
        ("NL", ("Kerkstraat 12 A", ""), ("Kerkstraat 12 B", "")),
        ("FR", ("3 rue de la Paix", ""), ("3 bis rue de la Paix", "")),
        ("JP", ("千代田1-1-11", ""), ("千代田1-11-1", "")),
        ("AT", ("Ringstraße 7", "Stiege 1 Tür 4"), ("Ringstraße 7", "Stiege 4 Tür 1")),
    ],
)
def test_a_neighbour_is_not_asked_about(country: str, one: tuple[str, str], other: tuple[str, str]) -> None:
    """A letter of the house number, and the order of block, stair and door, make it another home."""
    book, _ = AddressBook().save(
        Address(country=country, name="Eva Cruz", line1=one[0], line2=one[1]), id="a"
    )
    there = Address(country=country, name="Eva Cruz", line1=other[0], line2=other[1])
    assert match(book, there) is None
    same = evolve(there, line1=", ".join(filter(None, one)), line2="")
    assert match(book, same) is not None


def test_wide_letters_with_their_accents_apart_are_the_same_address() -> None:
    """A full-width letter followed by its accent is one letter."""
    book, _ = AddressBook().save(Address(country="AT", line1="Ringstraße 7", line2="Tür 4"), id="a")
    wide = Address(country="AT", line1="Ringstraße ７", line2="Tｕ\u0308r ４")
    assert isinstance(match(book, wide), Exact)


def test_the_nearest_record_is_asked_about() -> None:
    """Of two probable records the one with fewer differences is offered."""
    book, _ = BOOK.save(evolve(HOME, name="Eva Crux", city="Austen"), id="near")
    found = match(book, evolve(HOME, name="Eva Crus"))
    assert isinstance(found, Probable)
    assert found.saved.id == "home"


def test_a_confirmed_spelling_is_not_asked_about_again() -> None:
    """After "yes, the same" nothing is stored twice and the address on record is unchanged."""
    typed = evolve(HOME, line1="9 Oka Avenue")
    book, saved = confirm_same(BOOK, "home", typed)
    assert (saved.id, saved.address, len(book.saved)) == ("home", HOME, 1)
    assert match(book, typed) == Exact(saved)
    assert book.save(typed, id="new") == (book, saved)
    assert confirm_same(book, "home", typed) == (book, saved)


def test_an_answer_cannot_merge_what_is_not_probable() -> None:
    """A forged or stale answer is refused without showing the address."""
    with pytest.raises(InputError, match="cannot be the saved address 'home'") as caught:
        confirm_same(BOOK, "home", evolve(HOME, line1="10 Oak Avenue"))
    assert "Oak" not in str(caught.value)
    with pytest.raises(NotFound):
        confirm_same(BOOK, "gone", HOME)
    book, _ = BOOK.save(evolve(HOME, line1="10 Oak Avenue"), id="work")
    with pytest.raises(InputError, match="cannot be"):
        confirm_same(book, "home", evolve(HOME, line1="10 Oak Avenue"))
