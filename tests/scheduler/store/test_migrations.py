"""The migrated schema is the one the program's tables describe, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from scheduler.store.engine import Store
from scheduler.store.schema import metadata


async def test_migrations_lead_from_nothing_to_the_tables_of_the_program(
    empty_store_url: str,
) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    store = await Store.open(empty_store_url)
    try:
        async with store.begin() as connection:
            assert await connection.run_sync(differences) == []
    finally:
        await store.close()


async def test_opening_again_changes_nothing(empty_store_url: str) -> None:
    await (await Store.open(empty_store_url)).close()
    await (await Store.open(empty_store_url)).close()
