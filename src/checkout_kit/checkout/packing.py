"""Pack frozen values into compact JSON-ready documents: fields at their default are left out."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

import attrs

Document = dict[str, Any]
_T = TypeVar("_T")
_MISSING = object()


def packer(
    cls: type,
    special: Mapping[str, Callable[[Any], object]] | None = None,
    *,
    skips: tuple[str, ...] = (),
) -> Callable[[Any], Document]:
    """A function that packs values of an attrs class; `special` packs the fields JSON has no word for."""
    specs: list[tuple[str, object]] = []
    for attribute in attrs.fields(cls):
        if not attribute.init or attribute.name in skips:
            continue
        default = attribute.default
        if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
            default = default.factory()
        specs.append((attribute.name, _MISSING if default is attrs.NOTHING else default))
    pack = special or {}
    names = tuple(name for name, _ in specs)
    defaults = tuple(default for _, default in specs)
    functions = tuple(pack.get(name) for name in names)
    # One name alone would be read bare; twice the same makes a tuple of it, and zip stops at the names.
    read = attrgetter(*names, names[0])

    def packed(value: Any) -> Document:
        document = {}
        for name, default, function, x in zip(names, defaults, functions, read(value), strict=False):
            if x is not default and x != default:
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


def iso(value: dt.date) -> str:
    """A date or an instant in ISO 8601; remembered, for one update writes most of them twice."""
    return _iso(value, value.utcoffset() if isinstance(value, dt.datetime) else None)


@lru_cache(maxsize=1024)
def _iso(value: dt.date, _offset: dt.timedelta | None) -> str:
    """Equal instants read differently in two zones, hence the second key."""
    return value.isoformat()
