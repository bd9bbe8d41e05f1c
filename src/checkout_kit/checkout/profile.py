"""What the shop remembers of a customer between checkouts."""

from attrs import field, frozen

from checkout_kit.address import AddressBook
from checkout_kit.checkout.value import Contact


@frozen(kw_only=True)
class Profile:
    """The address book and the last contact details; payment methods stay with the payment provider."""

    book: AddressBook = field(factory=AddressBook, repr=False)
    contact: Contact | None = field(default=None, repr=False)
