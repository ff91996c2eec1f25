"""Tables of the attendance. Facts, marks and corrections are appended and never changed.

`attendance_result` holds what the fold made of a settled occurrence, so that reports over a year
need not fold it again; it can be made anew from the others at any time.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    String,
    Table,
)

from scheduler.store.base import Id, Serial, UtcDateTime, metadata

WORD_LENGTH = 32
TEXT_LENGTH = 200

attendance_fact = Table(
    "attendance_fact",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("occurrence", Id, ForeignKey("occurrence.id"), nullable=False, index=True),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("presence", Id, nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("device", Id, ForeignKey("device.id")),
    Column("site", Id, ForeignKey("site.id")),  # where the device stood then
    Column("room", Boolean, nullable=False),  # a meeting room, behind which many may sit
    Column("person", Id, ForeignKey("person.id")),
    Column("cause", String(WORD_LENGTH)),  # why left, how signed in
    Column("boot", Id, nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Index(None, "boot", "at"),
)

roll_call_mark = Table(
    "roll_call_mark",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("occurrence", Id, ForeignKey("occurrence.id"), nullable=False, index=True),
    Column("site", Id, ForeignKey("site.id"), nullable=False),
    Column("person", Id, ForeignKey("person.id"), nullable=False),
    Column("mark", String(WORD_LENGTH), nullable=False),
    Column("substitute", Id, ForeignKey("person.id")),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Id),
)

attendance_correction = Table(
    "attendance_correction",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("occurrence", Id, ForeignKey("occurrence.id"), nullable=False, index=True),
    Column("person", Id, ForeignKey("person.id"), nullable=False),
    Column("state", String(WORD_LENGTH), nullable=False),
    Column("minutes", Float),
    Column("author", Id, nullable=False),
    Column("reason", String(TEXT_LENGTH), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

attendance_result = Table(
    "attendance_result",
    metadata,
    Column("occurrence", Id, ForeignKey("occurrence.id"), primary_key=True),
    Column("person", Id, ForeignKey("person.id"), primary_key=True),
    Column("standing", String(WORD_LENGTH)),  # null: came without being on the roster
    Column("exempt", Boolean, nullable=False),
    Column("state", String(WORD_LENGTH), nullable=False),  # as counted: corrected where it was
    Column("minutes", Float, nullable=False),
    Index(None, "person", "occurrence"),
)

# One row for each run of a node: when it was last alive, and whether its open ends were tied.
node_alive = Table(
    "node_alive",
    metadata,
    Column("boot", Id, primary_key=True),
    Column("node", Id, nullable=False, index=True),
    Column("alive_at", UtcDateTime, nullable=False),
    Column("recovered_at", UtcDateTime),
)
