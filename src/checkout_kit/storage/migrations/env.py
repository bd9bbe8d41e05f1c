"""Run by Alembic: migrate the engine that `upgrade` hands over, in one transaction."""

from alembic import context
from sqlalchemy import Engine

from checkout_kit.storage.schema import METADATA


def migrate(engine: Engine) -> None:
    """Run the revisions Alembic has chosen."""
    with engine.connect().execution_options(isolation_level="SERIALIZABLE") as connection:
        context.configure(
            connection=connection, target_metadata=METADATA, transactional_ddl=True, render_as_batch=True
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


# Alembic gives its context a configuration only while it runs this file.
if hasattr(context, "config"):
    migrate(context.config.attributes["engine"])
