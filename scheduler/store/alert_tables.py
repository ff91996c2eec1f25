"""Alerts that somebody should look at, and makeup study (补课), which is appended to.

An alert decides nothing. Its key says what it is about, so that looking again adds no second one.
"""

from sqlalchemy import Column, Date, Float, ForeignKey, Index, Integer, String, Table

from scheduler.store.base import ID_LENGTH, Id, UtcDateTime, metadata

WORD_LENGTH = 32
TEXT_LENGTH = 200

clock_alert = Table(
    "clock_alert",
    metadata,
    Column("key", String(2 * ID_LENGTH + 2 * WORD_LENGTH), primary_key=True),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("unit", Id, ForeignKey("unit.id"), nullable=False),
    Column("type", String(WORD_LENGTH)),
    Column("person", Id, ForeignKey("person.id")),
    Column("first", Date, nullable=False),  # of the period, or of the absence
    Column("last", Date),
    Column("number", Integer, nullable=False),  # meetings missing, or missed
    Column("raised_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
    Column("seen_at", UtcDateTime),
    Column("seen_by", Id),
    Index(None, "resolved_at", "unit"),
)

makeup_entry = Table(
    "makeup_entry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("occurrence", Id, ForeignKey("occurrence.id"), nullable=False),
    Column("person", Id, ForeignKey("person.id"), nullable=False),
    Column("act", String(WORD_LENGTH), nullable=False),  # done, confirmed, declined
    Column("way", String(WORD_LENGTH)),  # replay, reading
    Column("minutes", Float),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Id, nullable=False),
    Column("reason", String(TEXT_LENGTH), nullable=False),
    Index(None, "occurrence", "person"),
    Index(None, "person", "occurrence"),
)
