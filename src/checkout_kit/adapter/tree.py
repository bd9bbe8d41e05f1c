"""Reading foreign JSON: every access knows its path, so a fault can name the place."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from attrs import frozen

from checkout_kit.errors import InputError

_WHOLE: Final = re.compile(r"-?[0-9]{1,19}")


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not a JSON number")


@frozen
class Tree:
    """A value inside a JSON document together with its path.

    Missing keys read as absent, so that optional fields need no special care; the typed accessors raise
    InputError naming the path when the value is absent (and no default is given) or of another kind.

    >>> document = Tree.loads(b'{"rate": {"items": [{"grams": 500}]}}')
    >>> [item["grams"].whole() for item in document["rate"]["items"].each()]
    [500]
    """

    value: object
    path: str = ""

    @classmethod
    def loads(cls, raw: bytes) -> "Tree":
        """Parse a document; raises InputError for anything that is not JSON."""
        try:
            return cls(json.loads(raw, parse_float=Decimal, parse_constant=_no_constant))
        except (ValueError, RecursionError):
            raise InputError.of("", "not a JSON document", found=raw[:40]) from None

    def __getitem__(self, key: str) -> "Tree":
        """The member `key`; absent when this is absent or null. Raises InputError when it is no object."""
        if self.value is None:
            return Tree(None, f"{self.path}.{key}" if self.path else key)
        if not isinstance(self.value, Mapping):
            raise self._fault("must be an object")
        return Tree(self.value.get(key), f"{self.path}.{key}" if self.path else key)

    def each(self) -> tuple["Tree", ...]:
        """The elements of an array; none when absent or null."""
        if self.value is None:
            return ()
        if not isinstance(self.value, list):
            raise self._fault("must be an array")
        return tuple(Tree(element, f"{self.path}[{i}]") for i, element in enumerate(self.value))

    @property
    def is_absent(self) -> bool:
        """Whether the value is missing or null."""
        return self.value is None

    def text(self, default: str | None = None) -> str:
        """A string; a number is taken as its text."""
        if self.value is None and default is not None:
            return default
        if isinstance(self.value, bool) or not isinstance(self.value, str | int | Decimal):
            raise self._fault("must be a string")
        return str(self.value)

    def whole(self, default: int | None = None) -> int:
        """An integer; also one written as a string."""
        if self.value is None and default is not None:
            return default
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return self.value
        if isinstance(self.value, str) and _WHOLE.fullmatch(self.value):
            return int(self.value)
        # Bounded first: as an integer, 1e999999999 would fill the memory.
        if isinstance(self.value, Decimal) and self.value.adjusted() < 20 and self.value % 1 == 0:
            return int(self.value)
        raise self._fault("must be a whole number")

    def decimal(self, default: Decimal | None = None) -> Decimal:
        """An exact decimal from a number or a numeric string."""
        if self.value is None and default is not None:
            return default
        if isinstance(self.value, int | str | Decimal) and not isinstance(self.value, bool):
            try:
                number = Decimal(self.value)
            except InvalidOperation:
                raise self._fault("must be a number") from None
            if number.is_finite() and abs(number.adjusted()) < 16:
                return number
        raise self._fault("must be a number")

    def flag(self, default: bool | None = None) -> bool:
        """A boolean."""
        if self.value is None and default is not None:
            return default
        if not isinstance(self.value, bool):
            raise self._fault("must be true or false")
        return self.value

    def _fault(self, message: str) -> InputError:
        found = None if self.value is None else type(self.value).__name__
        return InputError.of(self.path, message if found else f"{message}, is missing", found=found)
