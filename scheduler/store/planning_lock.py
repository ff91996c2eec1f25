"""One plan at a time: what was found free stays free until it is saved."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_ADVISORY_LOCK = 0x6C696170


async def hold(connection: AsyncConnection) -> None:
    """Wait until no other transaction of this county plans, and keep others waiting until the end
    of this one.

    On PostgreSQL it is to be the first statement: those behind it then see what the transaction
    waited for has written. On SQLite a writing transaction keeps others waiting anyhow.
    """
    if connection.dialect.name == "postgresql":
        statement = text("SELECT pg_advisory_xact_lock(:key)")
        await connection.execute(statement, {"key": _ADVISORY_LOCK})
