"""Gathering the faults of a value's parts, so that all are reported together."""

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import evolve

from checkout_kit.errors import Fault, InputError


@contextmanager
def gathered(faults: list[Fault], under: str = "") -> Iterator[None]:
    """Adds the faults of an InputError raised inside to `faults`, their paths put under `under`."""
    try:
        yield
    except InputError as error:
        faults.extend(prefixed(error, under))


def prefixed(error: InputError, under: str) -> tuple[Fault, ...]:
    """The faults of an error with their paths put under `under`."""
    return tuple(evolve(fault, path=_joined(under, fault.path)) for fault in error.faults)


def _joined(under: str, path: str) -> str:
    return f"{under}.{path}" if under and path and not path.startswith("[") else under + path
