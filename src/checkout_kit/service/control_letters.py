"""Control letters in JSON: no text of a checkout needs them, and PostgreSQL cannot store a NUL."""

import re
from collections.abc import Iterator
from typing import Final

from checkout_kit.errors import Fault
from checkout_kit.json_text import read_json_text

# Tab, line feed and carriage return are left: a note may have lines.
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def control_faults(body: bytes) -> tuple[Fault, ...]:
    r"""Where texts or names of a JSON body hold control letters; nothing for a body that is no JSON.

    >>> [fault.path for fault in control_faults(rb'{"lines": [{"sku": "MUG\u0000"}]}')]
    ['lines[0].sku']
    """
    # JSON writes control letters as escapes, except for DEL; a body with neither is not read twice.
    if b"\\" not in body and b"\x7f" not in body:
        return ()
    try:
        value = read_json_text(body)
    except ValueError:
        return ()
    return tuple(Fault(path, "holds a control letter", "", "leave it out") for path in _places(value, ""))


def _places(value: object, path: str) -> Iterator[str]:
    if isinstance(value, str):
        if _CONTROL.search(value):
            yield path
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _places(one, f"{path}[{index}]")
    elif isinstance(value, dict):
        for name, one in value.items():
            if _CONTROL.search(name):
                yield path
            else:
                yield from _places(one, f"{path}.{name}" if path else name)
