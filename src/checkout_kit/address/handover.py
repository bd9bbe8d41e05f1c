"""What a guest typed becomes a customer's address book."""

from collections.abc import Iterable

from attrs import frozen

from checkout_kit.address.book import AddressBook, SavedAddress
from checkout_kit.address.matching import Probable, match
from checkout_kit.address.value import Address
from checkout_kit.errors import InputError


@frozen
class Adoption:
    """The book after a hand-over, and what has to be asked before the rest is kept.

    `saved` holds, in order, the record of every address that needed no question; `questions` pairs every
    other address with the record it probably is.
    """

    book: AddressBook
    saved: tuple[SavedAddress, ...]
    questions: tuple[tuple[Address, Probable], ...]


def adopt(book: AddressBook, addresses: Iterable[Address], *, new_ids: Iterable[str]) -> Adoption:
    """Give a customer the addresses used as a guest; the first becomes the default of a book without one.

    Known content is reused and new content saved under the next of `new_ids` that is free; a probable match
    is neither merged nor saved but asked about. Adopting twice changes nothing.

    Raises:
        InputError: `new_ids` ran out.
    """
    free = iter(new_ids)
    saved: list[SavedAddress] = []
    questions: list[tuple[Address, Probable]] = []
    for address in addresses:
        found = match(book, address)
        if isinstance(found, Probable):
            questions.append((address, found))
            continue
        if found is not None:
            saved.append(found.saved)
            continue
        taken = {one.id for one in book.saved}
        new_id = next((one for one in free if one not in taken), None)
        if new_id is None:
            raise InputError.of("new_ids", "fewer ids than new addresses", remedy="give one id per address")
        book, record = book.save(address, id=new_id)
        saved.append(record)
    if saved and book.default("delivery") is None:
        book = book.set_default(saved[0].id, "delivery")
        saved = [book.get(one.id) for one in saved]
    return Adoption(book, tuple(saved), tuple(questions))
