"""The SQL store on real databases: the conformance suite, statements counted, faults of the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from checkout_kit.errors import InputError, Unavailable
from checkout_kit.storage import CheckoutWrite, Write, open_store
from checkout_kit.storage.sql import SqlStore
from checkout_kit.testing.checkouts import ready_checkout
from checkout_kit.testing.databases import temporary_postgresql
from checkout_kit.testing.stores import StoreConformance


@pytest.fixture
def postgresql_store(postgresql: str) -> Iterator[SqlStore]:
    store = open_store(postgresql)
    yield store
    store.close()


class TestSqliteFile(StoreConformance):
    """The suite on an embedded file."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SqlStore]:
        store = open_store(f"sqlite:///{tmp_path / 'shop.db'}")
        yield store
        store.close()


class TestSqliteInMemory(StoreConformance):
    """The suite in memory."""

    @pytest.fixture
    def store(self) -> Iterator[SqlStore]:
        store = open_store("sqlite://")
        yield store
        store.close()


class TestPostgresql(StoreConformance):
    """The suite on a PostgreSQL server."""

    @pytest.fixture
    def store(self, postgresql_store: SqlStore) -> SqlStore:
        return postgresql_store


def test_an_update_is_two_statements(tmp_path: Path) -> None:
    """Read and write: one statement each, so two round trips to a server."""
    store = open_store(f"sqlite:///{tmp_path / 'shop.db'}")
    first = evolve(ready_checkout(), version=1)
    store.commit(Write(checkout=CheckoutWrite(checkout=first, expected_version=0)))
    seen: list[str] = []
    store.on_statement = seen.append
    loaded = store.load("co_1")
    assert loaded is not None
    changed = evolve(loaded.checkout, version=2)
    store.commit(Write(checkout=CheckoutWrite(checkout=changed, expected_version=1)))
    assert seen == ["load", "update_checkout"]
    store.close()


def test_an_embedded_file_is_in_wal_mode(tmp_path: Path) -> None:
    """Readers do not wait for the writer, and a commit is flushed before it is answered."""
    store = open_store(f"sqlite:///{tmp_path / 'shop.db'}")
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("pragma journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("pragma synchronous").scalar() == 2
    store.close()


def test_another_database_is_refused() -> None:
    """A URL of a database nobody tested is an input fault, not a guess."""
    with pytest.raises(InputError, match="not a database this store knows, found 'mysql'"):
        open_store("mysql://root@localhost/shop")


def test_a_server_that_is_away_is_unavailable(tmp_path: Path) -> None:
    """No server on the socket: a retryable error without the password in it."""
    with pytest.raises(Unavailable) as caught:
        open_store(f"postgresql://shop:hunter2@/shop?host={tmp_path}")
    assert caught.value.retryable
    assert "hunter2" not in str(caught.value)


def test_a_restarted_server_is_away_for_a_moment_and_nothing_is_lost() -> None:
    """Calls in flight hear a retryable error; what was committed is there when they are repeated."""
    with temporary_postgresql() as server:
        store = open_store(server.url)
        first = evolve(ready_checkout(), version=1)
        store.commit(Write(checkout=CheckoutWrite(checkout=first, expected_version=0)))
        server.restart()
        heard = 0
        for _ in range(20):
            try:
                loaded = store.load("co_1")
                break
            except Unavailable:
                heard += 1
        assert heard >= 1
        assert loaded is not None
        assert loaded.checkout == first
        store.close()


def test_a_value_the_server_cannot_hold_is_the_callers_fault(postgresql_store: SqlStore) -> None:
    """A NUL in an id is bad input, and not a reason to ask again."""
    with pytest.raises(InputError) as caught:
        postgresql_store.load("co_\0")
    assert not caught.value.retryable
