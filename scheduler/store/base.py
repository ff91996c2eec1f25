"""What all tables share: the metadata with its naming convention, and the column types."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, String, Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID_LENGTH = 64
"""Longest identifier, characters. Identifiers are ASCII and stand in logs; names do not."""


Serial = BigInteger().with_variant(Integer, "sqlite")
"""Numbers rows by itself; SQLite does so only in a column of the very type INTEGER."""


def insert_of(connection: AsyncConnection) -> Callable[[Table], Any]:
    """Return the `insert` of the connection's dialect, which knows ON CONFLICT."""
    return postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert


class Id(TypeDecorator[str]):
    """An identifier of at most `ID_LENGTH` characters."""

    impl = String(ID_LENGTH)
    cache_ok = True


def is_id(text: str) -> bool:
    """Return whether the text can be an identifier at all; anything else need not be looked up."""
    return 0 < len(text) <= ID_LENGTH and text.isascii() and text.isprintable()


class UtcDateTime(TypeDecorator[datetime]):
    """An aware point in time, UTC in and out; refuses naive ones with ValueError.

    SQLite keeps text without a zone; in one zone its order is the order in time.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a point in time without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
