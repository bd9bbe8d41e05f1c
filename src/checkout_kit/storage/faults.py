"""Database errors as ours, without statement, parameters or URL: those hold addresses and passwords."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from checkout_kit.errors import Conflict, Unavailable


@contextmanager
def our_errors() -> Iterator[None]:
    """Turn what the driver raises into Conflict or Unavailable."""
    try:
        yield
    except exc.IntegrityError as error:
        kind = type(error.orig).__name__
        raise Conflict(f"the database refused a duplicate ({kind}); read again and repeat") from None
    except (exc.DBAPIError, exc.TimeoutError) as error:
        kind = type(getattr(error, "orig", error)).__name__
        raise Unavailable(f"the database did not carry out a statement ({kind}); try again") from None
