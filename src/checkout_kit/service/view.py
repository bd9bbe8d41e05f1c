"""What a caller gets back: a checkout as it stands, which writes its own answer."""

from attrs import define, field, frozen
from pydantic_core import from_json

from checkout_kit.service.answer_text import checkout_text
from checkout_kit.service.standing import Standing


@define(frozen=True, kw_only=True, slots=False, eq=False)
class CheckoutView(Standing):
    """A checkout as it stands at `now`, the quote of each delivery, and what follows from them."""

    def to_dict(self) -> dict[str, object]:
        """The JSON answer as plain data."""
        answer: dict[str, object] = from_json(self.to_json())
        return answer

    def to_json(self) -> bytes:
        """The JSON answer as bytes."""
        return checkout_text(self).encode()


@frozen
class Opened:
    """A new checkout and its secret, which is shown this once."""

    view: CheckoutView
    secret: str = field(repr=False)
