"""The table of due actions."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, text

from scheduler.store.base import Id, UtcDateTime, metadata

WORD_LENGTH = 32

PENDING = "pending"
DONE = "done"
MISSED = "missed"

agenda = Table(
    "agenda",
    metadata,
    Column("occurrence", Id, ForeignKey("occurrence.id"), primary_key=True),
    Column("kind", String(WORD_LENGTH), primary_key=True),
    Column("rank", Integer, nullable=False),  # the order of kinds due at the same time
    Column("due_at", UtcDateTime, nullable=False),
    Column("useless_after", UtcDateTime),
    Column("state", String(WORD_LENGTH), nullable=False),
    # Not before this: the due time, the end of a lease, or the next try.
    Column("ready_at", UtcDateTime, nullable=False),
    Column("taken_by", Id),  # the node that holds the lease
    Column("attempts", Integer, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("last_error", Text),
    Index(
        None,
        "ready_at",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)
