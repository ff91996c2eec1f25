"""Tables of planning: agenda items, papers, invitation choices, neighbours, acknowledgements.

What belongs to a series or to one meeting has both columns, one of them empty.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
)

from scheduler.store.base import Id, UtcDateTime, metadata
from scheduler.store.meeting_tables import TEXT_LENGTH, WORD_LENGTH

SHA256_LENGTH = 64

agenda_item = Table(
    "agenda_item",
    metadata,
    Column("id", Id, primary_key=True),
    Column("occurrence", Id, ForeignKey("occurrence.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("title", String(TEXT_LENGTH), nullable=False),
    Column("speaker", String(TEXT_LENGTH)),  # words, not a person: guests speak too
    Column("minutes", Integer),
)

series_agenda_item = Table(
    "series_agenda_item",
    metadata,
    Column("series", Id, ForeignKey("series.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("title", String(TEXT_LENGTH), nullable=False),
    Column("speaker", String(TEXT_LENGTH)),
    Column("minutes", Integer),
)

# The bytes of a paper, once however many meetings show it. In the database, so that every node
# has them and one backup holds all.
document = Table(
    "document",
    metadata,
    Column("sha256", String(SHA256_LENGTH), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

attachment = Table(
    "attachment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("occurrence", Id, ForeignKey("occurrence.id"), nullable=False, index=True),
    Column("name", String(TEXT_LENGTH), nullable=False),
    Column("media_type", String(TEXT_LENGTH), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column(
        "sha256",
        String(SHA256_LENGTH),
        ForeignKey("document.sha256"),
        nullable=False,
        index=True,
    ),
    Column("added_at", UtcDateTime, nullable=False),
    Column("added_by", Id),
)

invitation_choice = Table(
    "invitation_choice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("series", Id, ForeignKey("series.id"), index=True),
    Column("occurrence", Id, ForeignKey("occurrence.id"), index=True),
    Column("position", Integer, nullable=False),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("subject", Id, nullable=False),  # a unit, a site, a person or a role
    Column("within", Id, ForeignKey("unit.id")),  # where the role is held
    Column("below", Boolean, nullable=False),
    Column("standing", String(WORD_LENGTH), nullable=False),
    CheckConstraint("(series IS NULL) <> (occurrence IS NULL)", name="one_owner"),
)

# Written when the meeting opens: from then on why somebody was invited stays as it was.
invitation_reason = Table(
    "invitation_reason",
    metadata,
    Column("occurrence", Id, ForeignKey("occurrence.id"), primary_key=True),
    Column("invited", Id, primary_key=True),  # a person or a site
    Column("kind", String(WORD_LENGTH), primary_key=True),
    Column("subject", Id, primary_key=True),
)

# What somebody says of the neighbours of a village; without a row here they are those of the
# same township.
village_neighbour = Table(
    "village_neighbour",
    metadata,
    Column("unit", Id, ForeignKey("unit.id"), primary_key=True),
    Column("neighbour", Id, ForeignKey("unit.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", Id),
)

conflict_acknowledgement = Table(
    "conflict_acknowledgement",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("series", Id, ForeignKey("series.id"), index=True),
    Column("occurrence", Id, ForeignKey("occurrence.id"), index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Id),
    Column("reason", String(TEXT_LENGTH), nullable=False),
    Column("conflicts", JSON, nullable=False),  # as they were shown, by ids
    CheckConstraint("(series IS NULL) <> (occurrence IS NULL)", name="one_owner"),
)

# Answers of writes that a client may repeat (Idempotency-Key); without a status it is under way.
idempotent_answer = Table(
    "idempotent_answer",
    metadata,
    Column("author", Id, primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("fingerprint", String(SHA256_LENGTH), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("status", Integer),
    Column("content_type", String(TEXT_LENGTH)),
    Column("etag", String(TEXT_LENGTH)),
    Column("body", LargeBinary),
)
