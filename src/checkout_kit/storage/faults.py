"""Database errors as ours, without statement, parameters or URL: those hold addresses and passwords."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import exc

from checkout_kit.errors import CheckoutKitError, Conflict, InputError, Unavailable
from checkout_kit.storage.unusable import DamagedDatabase

# Extended result codes keep the primary one in their low byte. Source: SQLite, "Result and Error Codes".
_PRIMARY: Final = 0xFF
_DAMAGE: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def our_errors() -> Iterator[None]:
    """Turn what SQLAlchemy raises into InputError, Conflict or Unavailable."""
    try:
        yield
    except (exc.DBAPIError, exc.TimeoutError) as error:
        raise translated(getattr(error, "orig", error)) from None


def translated(error: object, file: str | None = None) -> CheckoutKitError:
    """Our exception for one of SQLAlchemy's or of a driver's; drivers share the names of PEP 249."""
    if is_damage(error):
        return damaged(file)
    names = [cls.__name__ for cls in type(error).__mro__]
    if "IntegrityError" in names:
        return Conflict(f"the database refused a duplicate ({names[0]}); read again and repeat")
    if "DataError" in names:
        return InputError.of("", "the database cannot hold a value of this request", remedy="look for a NUL")
    return Unavailable(f"the database did not carry out a statement ({names[0]}); try again")


def is_damage(error: object) -> bool:
    """Whether SQLite found broken pages, or no database at all."""
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & _PRIMARY in _DAMAGE


def damaged(file: str | None) -> DamagedDatabase:
    """The error that names a damaged file and the ways out of it."""
    name = file or "FILE"
    return DamagedDatabase(
        f"the database file {name} is damaged; stop what uses it, then restore a backup or save what can "
        f"be read: sqlite3 {name} .recover | sqlite3 recovered.db"
    )
