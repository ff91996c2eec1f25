"""Sums of occurrences, who took part in a year, and when branches were founded and dissolved."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.String(64)
WORD = sa.String(32)
SUMS = ("expected", "counted", "came", "late", "left_early", "on_leave", "absent", "took_part")


def upgrade() -> None:
    op.create_table(
        "occurrence_tally",
        sa.Column("occurrence", ID, nullable=False),
        sa.Column("unit", ID, nullable=False),
        sa.Column("type", WORD, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("took_place", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in SUMS),
        sa.PrimaryKeyConstraint("occurrence", name="pk_occurrence_tally"),
        sa.ForeignKeyConstraint(
            ["occurrence"], ["occurrence.id"], name="fk_occurrence_tally_occurrence"
        ),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_occurrence_tally_unit"),
    )
    op.create_index("ix_occurrence_tally_day_unit", "occurrence_tally", ["day", "unit"])
    op.create_index("ix_occurrence_tally_unit_day", "occurrence_tally", ["unit", "day"])
    op.create_table(
        "attendee_year",
        sa.Column("unit", ID, nullable=False),
        sa.Column("year", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("took_part", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("unit", "year", "person", name="pk_attendee_year"),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_attendee_year_unit"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_attendee_year_person"),
    )
    op.create_index(
        "ix_attendee_year_year_unit_person", "attendee_year", ["year", "unit", "person"]
    )
    op.create_table(
        "branch_life",
        sa.Column("unit", ID, nullable=False),
        sa.Column("founded", sa.Date),
        sa.Column("dissolved", sa.Date),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", ID),
        sa.PrimaryKeyConstraint("unit", name="pk_branch_life"),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name="fk_branch_life_unit"),
    )


def downgrade() -> None:
    op.drop_table("branch_life")
    op.drop_table("attendee_year")
    op.drop_table("occurrence_tally")
