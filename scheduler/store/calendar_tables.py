"""The calendar feeds somebody asked for. The token stands here only as a hash."""

from sqlalchemy import Column, ForeignKey, String, Table

from scheduler.store.base import Id, UtcDateTime, metadata

_SHA256_HEX = 64
KIND_LENGTH = 8

calendar_feed = Table(
    "calendar_feed",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", String(_SHA256_HEX), nullable=False, unique=True),
    Column("kind", String(KIND_LENGTH), nullable=False),
    Column("subject", Id, nullable=False),  # a person, a unit or a site, by `kind`
    Column("issued_by", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("issued_at", UtcDateTime, nullable=False),
)
