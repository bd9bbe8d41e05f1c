"""JSON text as people and programs write it: no name twice, decimals exact, and refusals in plain words."""

import json


class RepeatedKey(ValueError):
    """One object of a JSON text names a key twice, and which of the two is meant nobody knows."""


def read_json_text(text: bytes | str) -> object:
    """The value in a JSON text; decimal numbers, and the likes of NaN, are kept as text, never as floats.

    >>> read_json_text('{"price": 3.90}')
    {'price': '3.90'}

    Raises:
        RepeatedKey: a name given twice in one object.
        ValueError: not JSON, or beyond what can be read; says why.
    """
    try:
        found: object = json.loads(
            text, parse_float=str, parse_constant=str, object_pairs_hook=_without_repeats
        )
    except RepeatedKey:
        raise
    except (ValueError, RecursionError) as error:
        raise ValueError(reason_of(error)) from error
    return found


def reason_of(error: ValueError | RecursionError) -> str:
    """Why a parser gave up, without what only its programmer would understand."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} in line {error.lineno}, column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start + 1} is not {error.encoding.upper()} text"
    # The only sign Python gives of a number that is too long to convert.
    return "a number in it has thousands of digits" if "int_max_str_digits" in str(error) else str(error)


def why_unreadable(error: OSError | UnicodeDecodeError) -> str:
    """Why a file gave no text, without its name and error numbers."""
    return reason_of(error) if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise RepeatedKey(f"the key {repeated!r} is written twice in one table")
    return table
