"""Calendar feeds, and when an occurrence was changed last."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.String(64)
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("id", ID, primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("subject", ID, nullable=False),
        sa.Column("issued_by", ID, sa.ForeignKey("person.id"), nullable=False, index=True),
        sa.Column("issued_at", TIME, nullable=False),
    )
    # Occurrences of before: readers fetch them once more, no more is lost. SQLite cannot add a
    # column that must not be null without a constant default.
    op.add_column("occurrence", sa.Column("changed_at", TIME, nullable=True))
    op.execute(sa.text("UPDATE occurrence SET changed_at = CURRENT_TIMESTAMP"))


def downgrade() -> None:
    op.drop_column("occurrence", "changed_at")
    op.drop_table("calendar_feed")
