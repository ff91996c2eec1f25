"""Tables of the meeting records (会议记录): where each stands, and its entries.

`record_entry` is appended to and never changed: each row carries the hash of the one before it
(`scheduler.records.chain`), so that a change made afterwards shows.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from scheduler.store.base import Id, UtcDateTime, metadata

WORD_LENGTH = 32
NAME_LENGTH = 200
REASON_LENGTH = 1000
HASH_LENGTH = 64

meeting_record = Table(
    "meeting_record",
    metadata,
    Column("occurrence", Id, ForeignKey("occurrence.id"), primary_key=True),
    Column("state", String(WORD_LENGTH), nullable=False),
    Column("version", Integer, nullable=False),
    Column("minutes", Text, nullable=False),  # what the recorder writes, JSON; until signed
    Column("signed_version", Integer),  # the `seq` of the entry that the signatures are for
    Column("host_signed", Boolean, nullable=False),
    Column("recorder_signed", Boolean, nullable=False),
    Column("quorum_met", Boolean),  # null: the meeting needs none
    Column("submitted_at", UtcDateTime),
    Column("archived_at", UtcDateTime),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", Id),
    Index(None, "state", "changed_at"),
)

record_entry = Table(
    "record_entry",
    metadata,
    Column("occurrence", Id, ForeignKey("meeting_record.occurrence"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3 …
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("author", Id),
    Column("author_name", String(NAME_LENGTH), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("reason", String(REASON_LENGTH), nullable=False),
    Column("content", Text, nullable=False),  # canonical JSON, as it was hashed
    Column("previous", String(HASH_LENGTH), nullable=False),
    Column("hash", String(HASH_LENGTH), nullable=False),
)
