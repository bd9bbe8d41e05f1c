"""JSON documents taken apart: every place in one, and copies with one place altered."""

from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]


def leaves(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value below the document's own with its place, outer ones first."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    if path:
        yield path, node
    for key, child in pairs:
        yield from leaves(child, (*path, key))


def replaced(node: Any, path: Path, value: Any) -> Any:
    """A copy with another value at that place."""
    if not path:
        return value
    copy: Any = dict(node) if isinstance(node, dict) else list(node)
    copy[path[0]] = replaced(node[path[0]], path[1:], value)
    return copy


def without(node: Any, path: Path) -> Any:
    """A copy without the member at that place."""
    copy: Any = dict(node) if isinstance(node, dict) else list(node)
    if len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = without(node[path[0]], path[1:])
    return copy
