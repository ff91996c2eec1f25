"""The table of public holidays and working weekends."""

from sqlalchemy import Column, Date, Integer, String, Table

from scheduler.store.base import Id, UtcDateTime, metadata
from scheduler.store.meeting_tables import TEXT_LENGTH, WORD_LENGTH

public_day = Table(
    "public_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("name", String(TEXT_LENGTH), nullable=False),
    Column("edited_by", Id),  # None: as published
    Column("changed_at", UtcDateTime, nullable=False),
)

# The years whose published list was taken over. It is taken over once: edits stay.
public_year = Table(
    "public_year",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("taken_at", UtcDateTime, nullable=False),
)
