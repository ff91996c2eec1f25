"""Meetings, the agenda and the attendance."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.String(64)
WORD = sa.String(32)
TEXT = sa.String(200)
RRULE = sa.String(500)
TIME = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")

TABLES = (
    "series",
    "series_person",
    "series_site",
    "occurrence",
    "roster_person",
    "roster_site",
    "roster_change",
    "leave",
    "agenda",
    "attendance_fact",
    "roll_call_mark",
    "attendance_correction",
    "attendance_result",
    "node_alive",
)


def upgrade() -> None:
    create_series()
    create_occurrences()
    create_rosters()
    create_agenda()
    create_attendance()


def rules() -> tuple[sa.Column[int], ...]:
    return (
        sa.Column("grace_s", sa.Integer, nullable=False),
        sa.Column("late_after_s", sa.Integer, nullable=False),
        sa.Column("present_percent", sa.Integer, nullable=False),
        sa.Column("open_before_s", sa.Integer, nullable=False),
        sa.Column("ring_before_s", sa.Integer, nullable=False),
        sa.Column("remind_before_s", sa.Integer, nullable=False),
        sa.Column("overrun_s", sa.Integer, nullable=False),
    )


def create_series() -> None:
    op.create_table(
        "series",
        sa.Column("id", ID, primary_key=True),
        sa.Column("unit", ID, sa.ForeignKey("unit.id"), nullable=False, index=True),
        sa.Column("type", WORD, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("rrule", RRULE, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("start_time", sa.Time, nullable=False),
        sa.Column("duration_s", sa.Integer, nullable=False),
        sa.Column("sign_in", WORD, nullable=False),
        sa.Column("host", ID, sa.ForeignKey("person.id")),
        sa.Column("recorder", ID, sa.ForeignKey("person.id")),
        *rules(),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", ID),
    )
    op.create_table(
        "series_person",
        sa.Column("series", ID, sa.ForeignKey("series.id"), primary_key=True),
        sa.Column("person", ID, sa.ForeignKey("person.id"), primary_key=True, index=True),
        sa.Column("standing", WORD, nullable=False),
        sa.Column("exempt", sa.Boolean, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_table(
        "series_site",
        sa.Column("series", ID, sa.ForeignKey("series.id"), primary_key=True),
        sa.Column("site", ID, sa.ForeignKey("site.id"), primary_key=True, index=True),
        sa.Column("position", sa.Integer, nullable=False),
    )


def create_occurrences() -> None:
    op.create_table(
        "occurrence",
        sa.Column("id", ID, primary_key=True),
        sa.Column("series", ID, sa.ForeignKey("series.id")),
        sa.Column("planned_for", sa.Date),
        sa.Column("unit", ID, sa.ForeignKey("unit.id"), nullable=False),
        sa.Column("type", WORD, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("scheduled_start", TIME, nullable=False),
        sa.Column("scheduled_end", TIME, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("opened_at", TIME),
        sa.Column("opened_by", ID),
        sa.Column("closed_at", TIME),
        sa.Column("closed_by", ID),
        sa.Column("cancelled_at", TIME),
        sa.Column("cancelled_by", ID),
        sa.Column("cancel_reason", TEXT),
        sa.Column("moved", sa.Boolean, nullable=False),
        sa.Column("sign_in", WORD, nullable=False),
        sa.Column("host", ID, sa.ForeignKey("person.id"), index=True),
        sa.Column("recorder", ID, sa.ForeignKey("person.id"), index=True),
        *rules(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("series", "planned_for", name="uq_occurrence_series_planned_for"),
    )
    index("occurrence", "scheduled_start")
    index("occurrence", "unit", "scheduled_start")
    index("occurrence", "state", "scheduled_start")


def create_rosters() -> None:
    op.create_table(
        "roster_person",
        sa.Column("occurrence", ID, sa.ForeignKey("occurrence.id"), primary_key=True),
        sa.Column("person", ID, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("standing", WORD, nullable=False),
        sa.Column("exempt", sa.Boolean, nullable=False),
        sa.Column("site", ID, sa.ForeignKey("site.id")),
        sa.Column("position", sa.Integer, nullable=False),
    )
    index("roster_person", "person", "occurrence")
    op.create_table(
        "roster_site",
        sa.Column("occurrence", ID, sa.ForeignKey("occurrence.id"), primary_key=True),
        sa.Column("site", ID, sa.ForeignKey("site.id"), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
    )
    index("roster_site", "site", "occurrence")
    op.create_table(
        "roster_change",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("occurrence", ID, sa.ForeignKey("occurrence.id"), nullable=False, index=True),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("subject", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", ID),
        sa.Column("reason", TEXT, nullable=False),
    )
    op.create_table(
        "leave",
        sa.Column("occurrence", ID, sa.ForeignKey("occurrence.id"), primary_key=True),
        sa.Column("person", ID, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("requested_by", ID),
        sa.Column("decision", WORD, nullable=False),
        sa.Column("decided_at", TIME),
        sa.Column("decided_by", ID),
    )


def create_agenda() -> None:
    op.create_table(
        "agenda",
        sa.Column("occurrence", ID, sa.ForeignKey("occurrence.id"), primary_key=True),
        sa.Column("kind", WORD, primary_key=True),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("useless_after", TIME),
        sa.Column("state", WORD, nullable=False),
        sa.Column("ready_at", TIME, nullable=False),
        sa.Column("taken_by", ID),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("finished_at", TIME),
        sa.Column("last_error", sa.Text),
    )
    pending = sa.text("state = 'pending'")
    op.create_index(
        op.f("ix_agenda_ready_at"),
        "agenda",
        ["ready_at"],
        sqlite_where=pending,
        postgresql_where=pending,
    )


def create_attendance() -> None:
    op.create_table(
        "attendance_fact",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("occurrence", ID, sa.ForeignKey("occurrence.id"), nullable=False, index=True),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("presence", ID, nullable=False, index=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("device", ID, sa.ForeignKey("device.id")),
        sa.Column("site", ID, sa.ForeignKey("site.id")),
        sa.Column("room", sa.Boolean, nullable=False),
        sa.Column("person", ID, sa.ForeignKey("person.id")),
        sa.Column("cause", WORD),
        sa.Column("boot", ID, nullable=False),
        sa.Column("written_at", TIME, nullable=False),
    )
    index("attendance_fact", "boot", "at")
    op.create_table(
        "roll_call_mark",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("occurrence", ID, sa.ForeignKey("occurrence.id"), nullable=False, index=True),
        sa.Column("site", ID, sa.ForeignKey("site.id"), nullable=False),
        sa.Column("person", ID, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("mark", WORD, nullable=False),
        sa.Column("substitute", ID, sa.ForeignKey("person.id")),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", ID),
    )
    op.create_table(
        "attendance_correction",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("occurrence", ID, sa.ForeignKey("occurrence.id"), nullable=False, index=True),
        sa.Column("person", ID, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("minutes", sa.Float),
        sa.Column("author", ID, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
    )
    op.create_table(
        "attendance_result",
        sa.Column("occurrence", ID, sa.ForeignKey("occurrence.id"), primary_key=True),
        sa.Column("person", ID, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("standing", WORD),
        sa.Column("exempt", sa.Boolean, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("minutes", sa.Float, nullable=False),
    )
    index("attendance_result", "person", "occurrence")
    op.create_table(
        "node_alive",
        sa.Column("boot", ID, primary_key=True),
        sa.Column("node", ID, nullable=False, index=True),
        sa.Column("alive_at", TIME, nullable=False),
        sa.Column("recovered_at", TIME),
    )


def index(table: str, *columns: str) -> None:
    op.create_index(op.f("_".join(("ix", table, *columns))), table, list(columns))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
