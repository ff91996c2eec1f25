"""Tables of the notices: what each person was last told of a meeting, and the messages to send."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from scheduler.store.base import Id, Serial, UtcDateTime, metadata

WORD_LENGTH = 32
TEXT_LENGTH = 200
DUE = "due"


def _subject() -> tuple[Column[str], ...]:
    return (
        Column("occurrence", Id, ForeignKey("occurrence.id"), nullable=False),
        Column("person", Id, ForeignKey("person.id"), nullable=False),
        Column("channel", String(WORD_LENGTH), nullable=False),
    )


told = Table(
    "told",
    metadata,
    Column("occurrence", Id, ForeignKey("occurrence.id"), primary_key=True),
    Column("person", Id, ForeignKey("person.id"), primary_key=True, index=True),
    Column("channel", String(WORD_LENGTH), primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("title", String(TEXT_LENGTH), nullable=False),
    Column("start", UtcDateTime, nullable=False),
    Column("end", UtcDateTime, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("reminded_of", UtcDateTime),  # the start that a reminder was written for
    Index(None, "start"),
)

notice = Table(
    "notice",
    metadata,
    Column("id", Serial, primary_key=True),
    *_subject(),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("title", String(TEXT_LENGTH), nullable=False),
    Column("start", UtcDateTime, nullable=False),
    Column("end", UtcDateTime, nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Column("state", String(WORD_LENGTH), nullable=False),
    Column("ready_at", UtcDateTime, nullable=False),  # taken: when the lease runs out
    Column("attempts", Integer, nullable=False),
    Column("error", String(TEXT_LENGTH)),
    Column("finished_at", UtcDateTime),
    UniqueConstraint("occurrence", "person", "channel", "kind", "sequence"),
    Index(
        "ix_notice_due",
        "ready_at",
        sqlite_where=text(f"state = '{DUE}'"),
        postgresql_where=text(f"state = '{DUE}'"),
    ),
)
