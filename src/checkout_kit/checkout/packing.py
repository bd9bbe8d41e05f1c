"""Pack frozen values into compact documents: fields at their default are left out.

Dates and instants stay as they are: pydantic's `to_json` writes them in ISO 8601, several times faster than
`isoformat`, and the unpackers read its text.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any, TypeVar

import attrs

Document = dict[str, Any]
_T = TypeVar("_T")
_MISSING = object()


Packers = Mapping[str, Callable[[Any], object]]
PackedField = tuple[str, object, Callable[[Any], object] | None]
"""A field's name, its default, at which it is left out, and what packs it unless JSON has a word for it."""


def packed_fields(cls: type, special: Packers | None = None) -> tuple[PackedField, ...]:
    """The fields of an attrs class or a named tuple; `special` packs the ones JSON has no word for."""
    pack = special or {}
    return tuple([(name, default, pack.get(name)) for name, default in _fields(cls)])


def _fields(cls: Any) -> Iterator[tuple[str, object]]:
    if not attrs.has(cls):
        yield from ((name, cls._field_defaults.get(name, _MISSING)) for name in cls._fields)
        return
    for attribute in attrs.fields(cls):
        if not attribute.init:
            continue
        default = attribute.default
        if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
            default = default.factory()
        yield attribute.name, _MISSING if default is attrs.NOTHING else default


def reader(fields: tuple[PackedField, ...]) -> Callable[[Any], tuple[object, ...]]:
    """A function that reads these fields of a value, and then the first one again."""
    # One name alone would be read bare; twice the same makes a tuple of it.
    return attrgetter(*[name for name, _, _ in fields], fields[0][0])


def packer(cls: type, special: Packers | None = None) -> Callable[[Any], Document]:
    """A function that packs values of an attrs class or a named tuple."""
    fields = packed_fields(cls, special)
    read = reader(fields)

    def packed(value: Any) -> Document:
        document = {}
        for (name, default, function), x in zip(fields, read(value), strict=False):
            if x is default:
                continue
            # Nothing but None equals None, and an attrs class would be asked in Python.
            if default is None or default is _MISSING or x != default:
                document[name] = x if function is None else function(x)
        return document

    return packed


def unpacker(cls: type[_T], special: Mapping[str, Callable[[Any], object]]) -> Callable[[Document], _T]:
    """The inverse of `packer`: absent fields get their default."""
    items = tuple(special.items())

    def unpacked(document: Document) -> _T:
        given = dict(document)
        for name, function in items:
            x = given.get(name)
            if x is not None:
                given[name] = function(x)
        return cls(**given)

    return unpacked


def each(function: Callable[[Any], object]) -> Callable[[Any], object]:
    """Pack every member of a tuple."""
    return lambda values: [function(value) for value in values]


def tuple_of(function: Callable[[Any], object]) -> Callable[[Any], object]:
    """Unpack every member of a list."""
    return lambda values: tuple([function(value) for value in values])


date = dt.date.fromisoformat
instant = dt.datetime.fromisoformat
