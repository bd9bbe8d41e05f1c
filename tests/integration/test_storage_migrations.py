"""Migrations: every earlier schema reaches this one with its data, and both ways to make it agree."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from attrs import evolve
from click.testing import CliRunner
from sqlalchemy import Engine, insert, text

from checkout_kit.adapter.protocol_store import ProtocolStore
from checkout_kit.cli.db import command
from checkout_kit.errors import InputError, Unavailable
from checkout_kit.storage import open_store
from checkout_kit.storage.codec import CheckoutCodec
from checkout_kit.storage.opening import make_engine
from checkout_kit.storage.schema import METADATA, PROTOCOL_ANSWERS, PROTOCOL_DOCUMENTS, SLOT_HOLDS, SLOTS
from checkout_kit.storage.slots import SqlSlotHolds
from checkout_kit.storage.upgrade import HEAD, SCRIPTS, create_all, current_revision, upgrade
from checkout_kit.testing.checkouts import ready_checkout

REVISIONS = [script.revision for script in reversed(list(ScriptDirectory(str(SCRIPTS)).walk_revisions()))]


def _differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))


def _write_old_checkout(engine: Engine) -> None:
    checkout = evolve(ready_checkout(), version=1)
    with engine.connect() as connection:
        connection.execute(
            text(
                "INSERT INTO checkouts (id, version, customer_id, secret_hash, due_at, doc)"
                " VALUES ('co_1', 1, '', 'h', 5, :doc)"
            ),
            {"doc": CheckoutCodec().encode(checkout)},
        )


def test_the_newest_revision_is_the_one_the_code_needs() -> None:
    """Whoever adds a migration also moves HEAD."""
    assert REVISIONS[-1] == HEAD


def test_migrating_and_creating_make_the_same_schema(url: str) -> None:
    """The tables the code describes are the tables the migrations make."""
    engine = make_engine(url)
    upgrade(engine)
    assert _differences(engine) == []
    engine.dispose()


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_earlier_schema_is_brought_up_with_its_data(url: str, revision: str) -> None:
    """A checkout written under an old schema is there, and usable, under the new one."""
    engine = make_engine(url)
    assert upgrade(engine, revision) == (None, revision)
    _write_old_checkout(engine)
    if revision != HEAD:
        with pytest.raises(Unavailable, match="checkout-kit db upgrade"):
            open_store(url)
    assert upgrade(engine)[1] == HEAD
    engine.dispose()
    store = open_store(url)
    loaded = store.load("co_1")
    assert loaded is not None
    assert loaded.checkout.cart == ready_checkout().cart
    assert store.due_checkouts(ready_checkout().created_at, limit=5) == ("co_1",)
    store.close()


def test_tables_made_on_first_use_are_kept(url: str) -> None:
    """Slot holds and kept documents of releases that made those tables themselves outlive the migration."""
    engine = make_engine(url)
    upgrade(engine, "0002")
    with engine.connect() as connection:
        METADATA.create_all(connection, tables=[SLOTS, SLOT_HOLDS, PROTOCOL_DOCUMENTS, PROTOCOL_ANSWERS])
        connection.execute(insert(SLOT_HOLDS).values(slot_id="s", hold_id="co_1", units=1))
        connection.execute(insert(PROTOCOL_DOCUMENTS).values(kind="k", id="d", version=3, text="{}"))
    assert upgrade(engine) == ("0002", HEAD)
    assert _differences(engine) == []
    engine.dispose()
    store = open_store(url)
    assert SqlSlotHolds(store).taken(["s"], now=ready_checkout().created_at) == {"s": 1}
    kept = ProtocolStore(store).get("k", "d")
    assert kept is not None
    assert kept.version == 3
    store.close()


def test_a_newer_schema_asks_for_a_newer_version(url: str) -> None:
    """Migrating cannot go back, so neither opening nor the command promises it."""
    engine = make_engine(url)
    upgrade(engine)
    with engine.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable, match="install the newer"):
        open_store(url)
    with pytest.raises(InputError, match="knows up to"):
        upgrade(engine)
    engine.dispose()


def test_a_new_database_is_made_at_the_newest_revision(url: str) -> None:
    """Creating twice, as two processes may, changes nothing."""
    engine = make_engine(url)
    create_all(engine)
    create_all(engine)
    assert current_revision(engine) == HEAD
    assert _differences(engine) == []
    engine.dispose()


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    """Created, then current; a URL of another database is an input fault."""
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    first = CliRunner().invoke(command, ["upgrade", "--db", url])
    second = CliRunner().invoke(command, ["upgrade", "--db", url])
    assert (first.exit_code, first.output) == (0, f"schema none -> {HEAD}\n")
    assert (second.exit_code, second.output) == (0, f"schema {HEAD} is current\n")
    wrong = CliRunner().invoke(command, ["upgrade", "--db", "oracle://x"])
    assert isinstance(wrong.exception, InputError)
