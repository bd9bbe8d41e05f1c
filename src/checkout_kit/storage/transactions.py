"""A write transaction on an engine in autocommit, as `make_engine` makes them."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from checkout_kit.storage.faults import our_errors


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Everything inside is committed together, or not at all.

    SQLite's write lock is taken at the start: asked for in the middle, it may be refused without a wait.
    """
    with our_errors(), engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else "BEGIN")
        try:
            yield connection
        except BaseException:
            if not connection.invalidated:
                connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")
