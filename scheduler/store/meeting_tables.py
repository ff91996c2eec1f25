"""Tables of the meetings: series, occurrences, rosters with their changes, leave.

Who did something (`…_by`) is a person or a device, and may be neither any more: no foreign key.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Time,
    UniqueConstraint,
    false,
)

from scheduler.store.base import Id, UtcDateTime, metadata

WORD_LENGTH = 32
TEXT_LENGTH = 200
RRULE_LENGTH = 500


def _rules() -> tuple[Column[int], ...]:
    """Columns of the thresholds, seconds and percent."""
    names = (
        "grace_s",
        "late_after_s",
        "present_percent",
        "open_before_s",
        "ring_before_s",
        "remind_before_s",
        "overrun_s",
    )
    return tuple(Column(name, Integer, nullable=False) for name in names)


series = Table(
    "series",
    metadata,
    Column("id", Id, primary_key=True),
    Column("unit", Id, ForeignKey("unit.id"), nullable=False, index=True),
    Column("type", String(WORD_LENGTH), nullable=False),
    Column("title", String(TEXT_LENGTH), nullable=False),
    Column("rrule", String(RRULE_LENGTH), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("start_time", Time, nullable=False),  # local
    Column("duration_s", Integer, nullable=False),
    Column("sign_in", String(WORD_LENGTH), nullable=False),
    Column("host", Id, ForeignKey("person.id")),
    Column("recorder", Id, ForeignKey("person.id")),
    Column("on_holiday", String(WORD_LENGTH), nullable=False, server_default="keep"),
    *_rules(),
    Column("active", Boolean, nullable=False),
    Column("continues", Id),  # the series that ended where this one begins
    Column("version", Integer, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", Id),
)

series_person = Table(
    "series_person",
    metadata,
    Column("series", Id, ForeignKey("series.id"), primary_key=True),
    Column("person", Id, ForeignKey("person.id"), primary_key=True, index=True),
    Column("standing", String(WORD_LENGTH), nullable=False),
    Column("exempt", Boolean, nullable=False),
    Column("position", Integer, nullable=False),  # the order in which the organizer named them
)

series_site = Table(
    "series_site",
    metadata,
    Column("series", Id, ForeignKey("series.id"), primary_key=True),
    Column("site", Id, ForeignKey("site.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

occurrence = Table(
    "occurrence",
    metadata,
    Column("id", Id, primary_key=True),
    Column("series", Id, ForeignKey("series.id")),
    Column("planned_for", Date),  # local date given by the series; stays when moved
    Column("unit", Id, ForeignKey("unit.id"), nullable=False),
    Column("type", String(WORD_LENGTH), nullable=False),
    Column("title", String(TEXT_LENGTH), nullable=False),
    Column("scheduled_start", UtcDateTime, nullable=False),
    Column("scheduled_end", UtcDateTime, nullable=False),
    Column("state", String(WORD_LENGTH), nullable=False),
    Column("opened_at", UtcDateTime),
    Column("opened_by", Id),
    Column("closed_at", UtcDateTime),
    Column("closed_by", Id),
    Column("cancelled_at", UtcDateTime),
    Column("cancelled_by", Id),
    Column("cancel_reason", String(TEXT_LENGTH)),
    Column("moved", Boolean, nullable=False),
    Column("holiday", String(TEXT_LENGTH)),
    Column("sign_in", String(WORD_LENGTH), nullable=False),
    Column("host", Id, ForeignKey("person.id"), index=True),
    Column("recorder", Id, ForeignKey("person.id"), index=True),
    *_rules(),
    Column("version", Integer, nullable=False),
    Column("changed_at", UtcDateTime),
    UniqueConstraint("series", "planned_for"),
    Index(None, "scheduled_start"),
    Index(None, "unit", "scheduled_start"),
    Index(None, "state", "scheduled_start"),  # the few that are open now
)

roster_person = Table(
    "roster_person",
    metadata,
    Column("occurrence", Id, ForeignKey("occurrence.id"), primary_key=True),
    Column("person", Id, ForeignKey("person.id"), primary_key=True),
    Column("standing", String(WORD_LENGTH), nullable=False),
    Column("exempt", Boolean, nullable=False),
    Column("site", Id, ForeignKey("site.id")),
    Column("position", Integer, nullable=False),
    Column("membership", String(WORD_LENGTH)),  # of the directory, when the meeting opened
    Column("voting", Boolean, nullable=False, server_default=false()),
    Index(None, "person", "occurrence"),
)

roster_site = Table(
    "roster_site",
    metadata,
    Column("occurrence", Id, ForeignKey("occurrence.id"), primary_key=True),
    Column("site", Id, ForeignKey("site.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Index(None, "site", "occurrence"),
)

roster_change = Table(
    "roster_change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("occurrence", Id, ForeignKey("occurrence.id"), nullable=False, index=True),
    Column("kind", String(WORD_LENGTH), nullable=False),
    Column("subject", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Id),
    Column("reason", String(TEXT_LENGTH), nullable=False),
)

# Appended and never changed: the last row of a person holds.
roster_exclusion = Table(
    "roster_exclusion",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("occurrence", Id, ForeignKey("occurrence.id"), nullable=False, index=True),
    Column("person", Id, ForeignKey("person.id"), nullable=False),
    Column("reason", String(WORD_LENGTH), nullable=False),
    Column("approved_by", String(TEXT_LENGTH), nullable=False),
    Column("approved_on", Date, nullable=False),
    Column("stands", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Id),
)

leave = Table(
    "leave",
    metadata,
    Column("occurrence", Id, ForeignKey("occurrence.id"), primary_key=True),
    Column("person", Id, ForeignKey("person.id"), primary_key=True),
    Column("reason", String(WORD_LENGTH), nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("requested_by", Id),
    Column("decision", String(WORD_LENGTH), nullable=False),
    Column("decided_at", UtcDateTime),
    Column("decided_by", Id),
)
