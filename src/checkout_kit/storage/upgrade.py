"""Create the tables of an empty database, or bring an earlier schema up to this version's through Alembic."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from checkout_kit.errors import InputError
from checkout_kit.storage.faults import our_errors
from checkout_kit.storage.schema import METADATA

HEAD = "0003"
SCRIPTS = Path(__file__).parent / "migrations"


def current_revision(engine: Engine) -> str | None:
    """The schema's revision in the database; None for a database without our tables."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        row = connection.execute(text("select version_num from alembic_version")).first()
    return None if row is None else str(row[0])


def create_all(engine: Engine) -> None:
    """Create every table of this version at once and note its revision; another process may do so too."""
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN" if engine.dialect.name != "sqlite" else "BEGIN IMMEDIATE")
        try:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4211771)")
            if not inspect(connection).has_table("alembic_version"):
                METADATA.create_all(connection)
                connection.exec_driver_sql(
                    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
                )
                connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{HEAD}')")  # noqa: S608
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")


def upgrade(engine: Engine, revision: str = "head") -> tuple[str | None, str | None]:
    """Run the migrations up to `revision`; the revisions before and after.

    Raises:
        InputError: no such revision, or the database has one that only a newer version knows.
        Unavailable: the database did not answer.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["engine"] = engine
    with our_errors():
        before = current_revision(engine)
        try:
            command.upgrade(config, revision)
        except CommandError as error:
            raise InputError.of(
                "revision",
                f"cannot be reached from schema {before or 'none'} by this version, which knows up to {HEAD}",
                found=revision,
                remedy="install the newer checkout-kit it was made with" if (before or "") > HEAD else "",
            ) from error
        return before, current_revision(engine)
