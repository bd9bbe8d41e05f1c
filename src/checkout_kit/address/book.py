"""A customer's saved addresses: reused by content, never edited in place, never kept twice."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from attrs import evolve, field, frozen

from checkout_kit.address.content import content_key
from checkout_kit.address.value import Address
from checkout_kit.errors import InputError, NotFound

Purpose = Literal["delivery", "billing"]


@frozen(kw_only=True)
class SavedAddress:
    """An address with the id that orders point to.

    `also_written` holds the content keys of spellings that the buyer has said are the same;
    `last_used_at` is an aware datetime, None until an order used the address.
    """

    id: str
    address: Address
    label: str = ""
    is_default_delivery: bool = False
    is_default_billing: bool = False
    last_used_at: datetime | None = None
    also_written: tuple[str, ...] = ()
    key: str = field(init=False, eq=False, repr=False)

    @key.default
    def _key(self) -> str:
        return content_key(self.address)


def _records(saved: Iterable[SavedAddress]) -> tuple[SavedAddress, ...]:
    return tuple(saved)


@frozen(kw_only=True)
class AddressBook:
    """Saved addresses in the order they were saved; every change gives a new book.

    Raises:
        InputError: two records share an id or a content, or two are the default for one purpose.
    """

    saved: tuple[SavedAddress, ...] = field(default=(), converter=_records)

    def __attrs_post_init__(self) -> None:
        for values, what in (
            ([one.id for one in self.saved], "id"),
            ([one.key for one in self.saved], "content"),
            (["" for one in self.saved if one.is_default_delivery], "default for delivery"),
            (["" for one in self.saved if one.is_default_billing], "default for billing"),
        ):
            if len(set(values)) != len(values):
                raise InputError.of("saved", f"two saved addresses share one {what}")

    def get(self, saved_id: str) -> SavedAddress:
        """The record with this id.

        Raises:
            NotFound: the book has none.
        """
        for one in self.saved:
            if one.id == saved_id:
                return one
        raise NotFound(f"no saved address {saved_id!r} in this book")

    def find(self, address: Address) -> SavedAddress | None:
        """The record of this very content, or of one the buyer has said is the same."""
        key = content_key(address)
        for one in self.saved:
            if key == one.key or key in one.also_written:
                return one
        return None

    def save(self, address: Address, *, id: str, label: str = "") -> tuple["AddressBook", SavedAddress]:  # noqa: A002
        """Keep the address under `id`, or give the record that already has this content.

        The record found stays as it is, so past orders keep pointing to what they were placed with.

        >>> book, first = AddressBook().save(Address(country="US", line1="9 Oak Ave"), id="a1")
        >>> book.save(Address(country="US", line1="9 oak avenue"), id="a2")[1].id
        'a1'
        """
        known = self.find(address)
        if known is not None:
            return self, known
        new = SavedAddress(id=id, address=address, label=label)
        return AddressBook(saved=(*self.saved, new)), new

    def remove(self, saved_id: str) -> "AddressBook":
        """The book without this record; orders placed with it keep their own copy.

        Raises:
            NotFound: the book has none.
        """
        gone = self.get(saved_id)
        return AddressBook(saved=(one for one in self.saved if one is not gone))

    def set_default(self, saved_id: str, purpose: Purpose) -> "AddressBook":
        """The book with this record as the only default for the purpose.

        Raises:
            NotFound: the book has none.
        """
        chosen = self.get(saved_id)
        if purpose == "delivery":
            marked = (evolve(one, is_default_delivery=one is chosen) for one in self.saved)
        else:
            marked = (evolve(one, is_default_billing=one is chosen) for one in self.saved)
        return AddressBook(saved=marked)

    def rename(self, saved_id: str, label: str) -> "AddressBook":
        """The book with another label (`home`, `work`) on this record."""
        return self._replace(evolve(self.get(saved_id), label=label))

    def used(self, saved_id: str, now: datetime) -> "AddressBook":
        """The book with this record as used by an order at `now` (aware)."""
        return self._replace(evolve(self.get(saved_id), last_used_at=now))

    def default(self, purpose: Purpose) -> SavedAddress | None:
        """The default for the purpose; billing falls back to delivery."""
        for one in self.saved:
            if one.is_default_billing if purpose == "billing" else one.is_default_delivery:
                return one
        return self.default("delivery") if purpose == "billing" else None

    def offer(self, purpose: Purpose) -> tuple[SavedAddress, ...]:
        """All records, best first: the default, then the most recently used, then the order of saving.

        >>> book, _ = AddressBook().save(Address(country="US", line1="9 Oak Ave"), id="a1")
        >>> book, work = book.save(Address(country="US", line1="1 Elm St"), id="a2")
        >>> [one.id for one in book.set_default("a2", "delivery").offer("billing")]
        ['a2', 'a1']
        """
        default = self.default(purpose)
        used = [one for one in self.saved if one.last_used_at is not None]
        used.sort(key=_last_use, reverse=True)
        unused = [one for one in self.saved if one.last_used_at is None]
        rest = [one for one in (*used, *unused) if one is not default]
        return tuple(rest if default is None else (default, *rest))

    def _replace(self, changed: SavedAddress) -> "AddressBook":
        return AddressBook(saved=(changed if one.id == changed.id else one for one in self.saved))


def _last_use(saved: SavedAddress) -> float:
    return saved.last_used_at.timestamp() if saved.last_used_at is not None else 0.0
