"""Whether an address typed again is one already saved: the same, probably the same (ask), or another."""

from attrs import evolve, frozen

from checkout_kit.address.book import AddressBook, SavedAddress
from checkout_kit.address.content import content_key, read_content
from checkout_kit.address.similarity import differences
from checkout_kit.address.value import Address
from checkout_kit.errors import InputError


@frozen
class Exact:
    """The content is saved already, or the buyer has said so before: reuse without asking."""

    saved: SavedAddress


@frozen
class Probable:
    """Likely the same place and person: ask; `differs` names the fields to show in the question."""

    saved: SavedAddress
    differs: tuple[str, ...]


def match(book: AddressBook, address: Address) -> Exact | Probable | None:
    """The saved record that this address is, probably is, or None when it is another one.

    Another house or door number, person, town or country is never probable, whatever else agrees. Among
    several probable records the one with the fewest differences is given, then the first saved.

    >>> book, home = AddressBook().save(Address(country="US", line1="9 Oak Ave", city="Austin"), id="a1")
    >>> match(book, Address(country="US", line1="9 Oka Avenue", city="Austin")).differs
    ('street',)
    >>> match(book, Address(country="US", line1="10 Oak Ave", city="Austin")) is None
    True
    """
    known = book.find(address)
    if known is not None:
        return Exact(known)
    typed = read_content(address)
    found = []
    for saved in book.saved:
        differs = differences(read_content(saved.address), typed)
        if differs is not None:
            found.append(Probable(saved, differs))
    return min(found, key=lambda probable: len(probable.differs), default=None)


def confirm_same(book: AddressBook, saved_id: str, address: Address) -> tuple[AddressBook, SavedAddress]:
    """The buyer answered "yes, the same": nothing new is kept, and this spelling is not asked about again.

    Raises:
        NotFound: the book has no such record.
        InputError: the address is not even probably that record, so the answer cannot be taken.
    """
    saved = book.get(saved_id)
    known = book.find(address)
    if known is saved:
        return book, saved
    if known is not None or differences(read_content(saved.address), read_content(address)) is None:
        remedy = "save it as a new address"
        raise InputError.of("address", f"cannot be the saved address {saved_id!r}", remedy=remedy)
    learned = evolve(saved, also_written=(*saved.also_written, content_key(address)))
    return AddressBook(saved=(learned if one is saved else one for one in book.saved)), learned
