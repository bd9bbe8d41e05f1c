"""Reading foreign JSON: every access knows its path, so a fault can name the place."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Final

from checkout_kit.errors import InputError

_SCALARS: Final = (str, int, Decimal)
_KINDS: Final = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "whole number",
    Decimal: "decimal number",
}
_WHOLE: Final = re.compile(r"-?[0-9]{1,19}")


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not a JSON number")


class Tree:
    """A value inside a JSON document together with its path. Treat it as frozen.

    Missing keys read as absent, so that optional fields need no special care; the typed accessors raise
    InputError naming the path when the value is absent (and no default is given) or of another kind.

    >>> document = Tree.loads(b'{"rate": {"items": [{"grams": 500}]}}')
    >>> [item["grams"].whole() for item in document["rate"]["items"].each()]
    [500]
    """

    __slots__ = ("_above", "_key", "value")

    def __init__(self, value: object, path: str | int = "", above: "Tree | None" = None) -> None:
        self.value: Final = value
        self._key: Final = path
        self._above: Final = above

    @property
    def path(self) -> str:
        """Where the value stands, such as `items[0].grams`; worked out when asked for, as few are."""
        if self._above is None:
            return str(self._key)
        start = self._above.path
        if isinstance(self._key, int):
            return f"{start}[{self._key}]"
        return f"{start}.{self._key}" if start else self._key

    @classmethod
    def loads(cls, raw: bytes) -> "Tree":
        """Parse a document; raises InputError for anything that is not JSON."""
        try:
            return cls(json.loads(raw, parse_float=Decimal, parse_constant=_no_constant))
        except (ValueError, RecursionError):
            raise InputError.of("", "not a JSON document", found=raw[:40]) from None

    def __getitem__(self, key: str) -> "Tree":
        """The member `key`; absent when this is absent or null. Raises InputError when it is no object."""
        value = self.value
        if isinstance(value, dict):
            return Tree(value.get(key), key, self)
        if value is None:
            return Tree(None, key, self)
        raise self._fault("must be an object")

    def each(self) -> tuple["Tree", ...]:
        """The elements of an array; none when absent or null."""
        if self.value is None:
            return ()
        if not isinstance(self.value, list):
            raise self._fault("must be an array")
        return tuple([Tree(element, i, self) for i, element in enumerate(self.value)])

    def texts(self) -> dict[str, str]:
        """An object of texts by name; empty when absent or null, and without members that are null."""
        # PHP writes an empty map as an empty array.
        if self.value is None or self.value == []:
            return {}
        if not isinstance(self.value, dict):
            raise self._fault("must be an object")
        return {name: self[name].text() for name, value in self.value.items() if value is not None}

    @property
    def is_absent(self) -> bool:
        """Whether the value is missing or null."""
        return self.value is None

    def text(self, default: str | None = None) -> str:
        """A string; a number is taken as its text."""
        value = self.value
        if isinstance(value, str):
            return value
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, _SCALARS):
            raise self._fault("must be a string")
        return str(value)

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
        if isinstance(self.value, _SCALARS) and not isinstance(self.value, bool):
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
        kind = type(self.value)
        found = None if self.value is None else _KINDS.get(kind, kind.__name__)
        return InputError.of(self.path, message if found else f"{message}, is missing", found=found)
