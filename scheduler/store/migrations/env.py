"""Alembic's environment: the connection comes from `upgrade`, the tables from the schema."""

from alembic import context

from scheduler.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
)
with context.begin_transaction():
    context.run_migrations()
