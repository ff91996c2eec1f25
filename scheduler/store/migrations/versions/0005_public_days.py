"""Public holidays and working weekends, and what a series does on a holiday."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WORD = sa.String(32)
TEXT = sa.String(200)
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "public_day",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("edited_by", sa.String(64)),
        sa.Column("changed_at", TIME, nullable=False),
    )
    op.create_table(
        "public_year",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("taken_at", TIME, nullable=False),
    )
    keep = sa.Column("on_holiday", WORD, nullable=False, server_default="keep")
    op.add_column("series", keep)
    op.add_column("occurrence", sa.Column("holiday", TEXT, nullable=True))


def downgrade() -> None:
    op.drop_column("occurrence", "holiday")
    op.drop_column("series", "on_holiday")
    op.drop_table("public_year")
    op.drop_table("public_day")
