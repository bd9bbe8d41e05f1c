"""Run by Alembic: migrate the engine that `upgrade` hands over, in one transaction."""

from alembic import context

from checkout_kit.storage.schema import METADATA

engine = context.config.attributes["engine"]

with engine.connect().execution_options(isolation_level="SERIALIZABLE") as connection:
    context.configure(
        connection=connection, target_metadata=METADATA, transactional_ddl=True, render_as_batch=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
