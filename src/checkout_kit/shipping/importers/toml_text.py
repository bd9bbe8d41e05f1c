"""A policy mapping as TOML text a merchant can read and edit."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WIDE = 90


def to_toml(mapping: Mapping[str, object]) -> str:
    """TOML text that reads back to the same mapping: settings first, then one table per name.

    >>> print(to_toml({"currency": "USD", "zones": {"home": {"where": [{"country": "US"}]}}}))
    currency = "USD"
    <BLANKLINE>
    [zones.home]
    where = [{ country = "US" }]
    <BLANKLINE>
    """
    lines = [_setting(key, value) for key, value in mapping.items() if not _is_section(value)]
    for key, value in mapping.items():
        if _is_section(value):
            lines += _section(_key(key), value)
    return "\n".join(lines) + "\n"


def _is_section(value: object) -> bool:
    if isinstance(value, Mapping):
        return bool(value) and all(isinstance(inner, Mapping) for inner in value.values())
    return _is_tables(value)


def _is_tables(value: object) -> bool:
    if isinstance(value, str) or not isinstance(value, Sequence) or not value:
        return False
    return all(isinstance(inner, Mapping) and len(inner) > 1 for inner in value)


def _section(path: str, value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, table in value.items():
            yield f"\n[{path}.{_key(name)}]"
            yield from (_setting(key, inner) for key, inner in table.items())
    elif isinstance(value, Sequence):
        for table in value:
            yield f"\n[[{path}]]"
            yield from (_setting(key, inner) for key, inner in table.items() if key != "rates")
            for rate in table.get("rates", ()):
                yield f"\n[[{path}.rates]]"
                yield from (_setting(key, inner) for key, inner in rate.items())


def _filled(parts: Sequence[str]) -> Iterator[str]:
    line = ""
    for part in parts:
        if line and len(line) + len(part) > _WIDE:
            yield line.rstrip()
            line = ""
        line += f"{part}, "
    yield line.rstrip()


def _setting(key: str, value: object) -> str:
    return f"{_key(key)} = {_value(value)}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _string(name)


def _string(text: str) -> str:
    # JSON's escapes are TOML's, but for the slash and DEL.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(str(key))} = {_value(each)}" for key, each in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        parts = [_value(each) for each in value]
        line = f"[{', '.join(parts)}]"
        if len(line) <= _WIDE:
            return line
        if any(isinstance(each, Mapping) for each in value):
            return "[\n    " + ",\n    ".join(parts) + ",\n]"
        return "[\n    " + "\n    ".join(_filled(parts)) + "\n]"
    if isinstance(value, str):
        return _string(value)
    raise TypeError(f"TOML has no way to write {type(value).__name__}")
