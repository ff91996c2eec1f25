"""Alerts of the clock of the branches, and makeup study."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.String(64)
WORD = sa.String(32)
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "clock_alert",
        sa.Column("key", sa.String(192), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("unit", ID, nullable=False),
        sa.Column("type", WORD),
        sa.Column("person", ID),
        sa.Column("first", sa.Date, nullable=False),
        sa.Column("last", sa.Date),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("raised_at", TIME, nullable=False),
        sa.Column("resolved_at", TIME),
        sa.Column("seen_at", TIME),
        sa.Column("seen_by", ID),
        sa.PrimaryKeyConstraint("key", name="pk_clock_alert"),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_clock_alert_unit"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_clock_alert_person"),
    )
    op.create_index("ix_clock_alert_resolved_at_unit", "clock_alert", ["resolved_at", "unit"])
    op.create_table(
        "makeup_entry",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("occurrence", ID, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("act", WORD, nullable=False),
        sa.Column("way", WORD),
        sa.Column("minutes", sa.Float),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", ID, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_makeup_entry"),
        sa.ForeignKeyConstraint(
            ["occurrence"], ["occurrence.id"], name="fk_makeup_entry_occurrence"
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_makeup_entry_person"),
    )
    op.create_index("ix_makeup_entry_occurrence_person", "makeup_entry", ["occurrence", "person"])
    op.create_index("ix_makeup_entry_person_occurrence", "makeup_entry", ["person", "occurrence"])


def downgrade() -> None:
    op.drop_table("makeup_entry")
    op.drop_table("clock_alert")
