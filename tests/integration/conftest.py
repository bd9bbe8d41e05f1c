"""Databases for the tests that run on real ones: an embedded file, and one server for the whole run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from checkout_kit.storage import open_store
from checkout_kit.storage.opening import make_engine
from checkout_kit.storage.sql import SqlStore
from checkout_kit.testing.databases import temporary_postgresql


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server, started once."""
    with temporary_postgresql() as server:
        yield server.url


@pytest.fixture
def postgresql(server: str) -> str:
    """The server's URL, with nothing in its database."""
    engine = make_engine(server)
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of either kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'shop.db'}"
    found: str = request.getfixturevalue("postgresql")
    return found


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    """An empty store on either kind of database in turn."""
    store = open_store(url)
    yield store
    store.close()
