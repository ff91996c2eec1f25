"""The directory as a whole: read at once before an import, written in bulk by it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Table, bindparam, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.store.directory_tables import (
    device,
    membership,
    person,
    post,
    role_grant,
    site,
    unit,
    unit_link,
    unit_name,
)

TableRow = dict[str, Any]

TABLES: Final[Mapping[str, Table]] = {
    table.name: table
    for table in (unit, unit_name, unit_link, person, site, device, membership, post, role_grant)
}
"""In the order in which they can be written: what is referred to comes first."""

_ADVISORY_LOCK = 0x6C69616F
_BATCH = 5000


async def lock(connection: AsyncConnection) -> None:
    """Let one import at a time change the directory."""
    if connection.dialect.name == "postgresql":
        statement = text("SELECT pg_advisory_xact_lock(:key)")
        await connection.execute(statement, {"key": _ADVISORY_LOCK})


async def load(connection: AsyncConnection) -> dict[str, list[TableRow]]:
    """Return all rows of all tables of the directory, without what no file carries."""
    loaded = {}
    for name, table in TABLES.items():
        columns = [column for column in table.c if column is not device.c.revoked_at]
        rows = await connection.execute(select(*columns))
        loaded[name] = [dict(row) for row in rows.mappings()]
    return loaded


async def create(connection: AsyncConnection, name: str, rows: Sequence[TableRow]) -> None:
    """Insert the rows; those that refer to others of them come after these."""
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        await connection.execute(insert(TABLES[name]), batch)
        if len(batch) == _BATCH and connection.dialect.name == "postgresql":
            # It still takes the table for a small one, and would read it whole for every row that
            # refers to it: minutes instead of seconds for 100,000 rows.
            await connection.execute(text(f"ANALYZE {name}"))


async def change(connection: AsyncConnection, name: str, rows: Sequence[TableRow]) -> None:
    """Write the rows over those with the same keys."""
    if not rows:
        return
    table = TABLES[name]
    keys = [column.name for column in table.primary_key]
    values = [column for column in rows[0] if column not in keys]
    statement = update(table).values({column: bindparam(f"new_{column}") for column in values})
    for key in keys:
        statement = statement.where(table.c[key] == bindparam(f"old_{key}"))
    parameters = [
        {f"old_{key}": row[key] for key in keys} | {f"new_{name}": row[name] for name in values}
        for row in rows
    ]
    for start in range(0, len(parameters), _BATCH):
        await connection.execute(statement, parameters[start : start + _BATCH])
