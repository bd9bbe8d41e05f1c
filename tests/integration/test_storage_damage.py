"""A damaged SQLite file: named, with the way out, and never said to heal by waiting."""

from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner

from checkout_kit.cli.db import command
from checkout_kit.errors import CheckoutKitError
from checkout_kit.server.problem_documents import document_for
from checkout_kit.storage import CheckoutWrite, Write, open_store
from checkout_kit.storage.personal import PersonalData
from checkout_kit.storage.slots import SqlSlotHolds
from checkout_kit.storage.unusable import DamagedDatabase
from checkout_kit.testing.checkouts import NOON, ready_checkout

PAGE = 4096


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database whose tables and indexes are overwritten at their root; header and schema are sound."""
    path = tmp_path / "shop.db"
    store = open_store(f"sqlite:///{path}")
    for number in range(200):
        checkout = evolve(ready_checkout(), id=f"co_{number}", version=1)
        store.commit(Write(checkout=CheckoutWrite(checkout=checkout, expected_version=0, secret_hash="h")))
    with store.engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
        rows = connection.exec_driver_sql(
            "select rootpage from sqlite_master where rootpage and tbl_name != 'alembic_version'"
        )
        roots = [row[0] for row in rows]
    store.close()
    with path.open("r+b") as broken:
        for root in roots:
            broken.seek(PAGE * (root - 1))
            broken.write(b"\x5a" * PAGE)
    return path


def _check(error: CheckoutKitError, file: Path) -> None:
    assert not error.retryable
    assert str(file) in str(error)
    assert ".recover" in str(error)


def test_every_way_in_names_the_damaged_file(file: Path) -> None:
    """Reading, writing, searching and holding all say which file is damaged and how to save it."""
    store = open_store(f"sqlite:///{file}")
    checkout = evolve(ready_checkout(), id="co_new", version=1)
    write = Write(checkout=CheckoutWrite(checkout=checkout, expected_version=0, secret_hash="h"))
    for use in (
        lambda: store.load("co_1"),
        lambda: store.commit(write),
        lambda: store.due_checkouts(NOON, limit=5),
        lambda: list(PersonalData(store).checkouts()),
        lambda: SqlSlotHolds(store).taken(["s"], now=NOON),
    ):
        with pytest.raises(DamagedDatabase) as caught:
            use()
        _check(caught.value, file)
    store.close()


def test_a_file_of_rubbish_behind_a_sound_header_is_named(tmp_path: Path) -> None:
    """Opening and migrating say the same."""
    path = tmp_path / "shop.db"
    path.write_bytes(b"SQLite format 3\0" + b"rubbish " * 2000)
    with pytest.raises(DamagedDatabase) as caught:
        open_store(f"sqlite:///{path}")
    _check(caught.value, path)
    done = CliRunner().invoke(command, ["upgrade", "--db", f"sqlite:///{path}"])
    assert isinstance(done.exception, DamagedDatabase)


def test_a_buyer_learns_neither_the_file_nor_to_wait(file: Path) -> None:
    """Over HTTP the answer is 503 without `Retry-After`, and the path stays in the shop's log."""
    store = open_store(f"sqlite:///{file}")
    with pytest.raises(DamagedDatabase) as caught:
        store.load("co_1")
    store.close()
    answer = document_for(caught.value)
    assert answer.status_code == 503
    assert "retry-after" not in answer.headers
    assert file.name.encode() not in bytes(answer.body)
    assert b"retryable" not in bytes(answer.body)
