"""What all tables share: the metadata with its naming convention, and the column types."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, MetaData, String
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
