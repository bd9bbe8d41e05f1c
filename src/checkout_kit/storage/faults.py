"""Database errors as ours, without statement, parameters or URL: those hold addresses and passwords."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from checkout_kit.errors import CheckoutKitError, Conflict, Unavailable


@contextmanager
def our_errors() -> Iterator[None]:
    """Turn what SQLAlchemy raises into Conflict or Unavailable."""
    try:
        yield
    except (exc.DBAPIError, exc.TimeoutError) as error:
        raise translated(getattr(error, "orig", error)) from None


def translated(error: object) -> CheckoutKitError:
    """Our exception for one of SQLAlchemy's or of a driver's; drivers share the names of PEP 249."""
    names = [cls.__name__ for cls in type(error).__mro__]
    if "IntegrityError" in names:
        return Conflict(f"the database refused a duplicate ({names[0]}); read again and repeat")
    return Unavailable(f"the database did not carry out a statement ({names[0]}); try again")
